"""`statetrace diff HOST`: what changed on a device, from the store of the home, which is only read.

Who looked, and at which runs, is told to the engine or to telemetry; a script that asks for JSON has not looked.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from statetrace_engine.diff.chosen import Chosen
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.model.diff import ChangeType, Diff, DiffRun
from statetrace_engine.model.filed import CaptureSummary
from statetrace_engine.model.text import sanitise
from statetrace_engine.runtime import diff_places
from statetrace_engine.store.captures import Captures
from statetrace_tui.commands import (
    answers,
    diff_json,
    diff_lines,
    diff_rollback,
    homes,
    looking,
    output,
    times,
)
from statetrace_tui.commands.diff_rollback import TakenBack
from statetrace_tui.commands.diff_runs import DeviceRuns, Told, is_file
from statetrace_tui.present.diff_list import Marked


def run(options: argparse.Namespace, chosen: Chosen) -> int:
    """0; with --exit-code 1 when something changed that was asked for. Raises StateTraceError."""
    home = homes.of(options).path
    store = answers.data_dir(home) / answers.STORE
    since_at = _since(options.since)
    device = DeviceRuns(store, options.before, options.site)
    if is_file(options.before):
        print(f"{device.hostname} is a file as well: this is the device", file=sys.stderr)
    wanted = _wanted(device, options.last, since_at)
    if options.runs:
        return _list(device, device.captures if wanted is None else wanted, is_json=options.json)
    told = [_one(device, options)] if wanted is None else [device.told(capture) for capture in wanted]
    shown = [(each, chosen.of(each.diff)) for each in told]
    taken_back = [_taken_back(device, each) for each in told] if options.rollback else []
    marked = _marked(home) if any(diff.changes for _, diff in shown) else Marked()
    if options.json:
        documents = [_document(device, Captures(store), each, diff, marked) for each, diff in shown]
        rollback = diff_rollback.document(options.rollback, taken_back)
        output.document({**documents[0], **rollback} if wanted is None else _of_many(device, documents))
    else:
        _show(device, shown, marked)
        diff_rollback.show(taken_back)
        sys.stdout.flush()
        looking.tell(home, device.hostname, _looked_at(shown))
    return 1 if options.exit_code and any(diff.changes for _, diff in shown) else 0


def _since(text: str) -> float | None:
    at = times.moment(text, time.time()) if text else None
    if text and at is None:
        raise ConfigError((f"--since {text}: a duration (30m, 2h, 7d) or an ISO time",))
    return at


def _wanted(device: DeviceRuns, last: int | None, since_at: float | None) -> tuple[CaptureSummary, ...] | None:
    """None: one comparison."""
    if since_at is not None:
        return device.since(since_at)
    return device.captures[:last] if last is not None else None


def _one(device: DeviceRuns, options: argparse.Namespace) -> Told:
    """The newest run against the one before it, or two that are named."""
    if not options.from_run and not options.to_run:
        device.need_two()
        return device.told(device.captures[0])
    after = device.meant(options.to_run or "newest", "--to")
    before = device.meant(options.from_run, "--from") if options.from_run else device.before(after)
    return device.between(before, after)


def _taken_back(device: DeviceRuns, told: Told) -> TakenBack:
    if told.before is None:
        return TakenBack(device.hostname, (), "there is no older configuration")
    try:
        old = device.configurations(told.before.capture_id)
        for each in told.run.metadata.elsewhere:  # compared with an older capture than the one before it
            old |= {
                name: lines for name, lines in device.configurations(each.capture_id).items() if name == each.command
            }
        new = device.configurations(told.after.capture_id)
    except ValueError as error:
        return TakenBack(device.hostname, (), f"a configuration can no longer be read: {error}")
    return diff_rollback.taken_back(device.hostname, (told.before.vendor, told.after.vendor), old, new)


def _marked(home: Path) -> Marked:
    """What operators said of changes; an engine that does not answer keeps nobody from seeing them."""
    try:
        return Marked(answers.change_marks(home))
    except StateTraceError as error:
        print(f"statetrace: what was said of changes is not known: {sanitise(str(error), 300)}", file=sys.stderr)
        return Marked()


def _document(device: DeviceRuns, captures: Captures, told: Told, shown: Diff, marked: Marked) -> dict[str, object]:
    before_id = told.before.capture_id if told.before is not None else None
    placed = diff_places.in_files(captures, shown, before_id, told.after.capture_id)
    mark_of = partial(marked.of, device.whose)
    return diff_json.comparison(told.run, placed, told.before, told.after, mark_of, device.file_of)


def _of_many(device: DeviceRuns, runs: Sequence[dict[str, object]]) -> dict[str, object]:
    return {"Hostname": device.hostname, "Site": device.site, "Runs": runs}


def _show(device: DeviceRuns, shown: Sequence[tuple[Told, Diff]], marked: Marked) -> None:
    if not shown:
        print(f"no run of {device.name} is as new as that", file=sys.stderr)
    for told, diff in shown:
        title = _title(device, told.run)
        if told.run.previous_id is None:
            first = f"the first of {device.name}; there is nothing to compare it with"
            print(sanitise(f"{title}: {'; '.join(told.run.metadata.warnings) or first}", 500), end="\n\n")
        else:
            mark_of = partial(marked.of, device.whose)
            diff_lines.show(title, diff, len(told.diff.changes), mark_of, _elsewhere(device, told.run))


def _elsewhere(device: DeviceRuns, run: DiffRun) -> list[str]:
    """What the run before does not show, and where that stands with which it was compared."""
    return [
        f"{each.command}: compared with run {each.capture_id}, {device.file_of(each.capture_id) or 'which is gone'}"
        for each in run.metadata.elsewhere
    ]


def _title(device: DeviceRuns, run: DiffRun) -> str:
    """`WLLS-A01-AR-01 run 12 of 2026-11-28 10:00:00+00:00 since run 9 of 2026-11-27 10:00:00+00:00`."""
    since = f" since run {run.previous_id} of {output.local(run.previous_at)}" if run.previous_id is not None else ""
    return f"{device.name} run {run.run_id} of {output.local(run.captured_at)}{since}"


def _looked_at(shown: Sequence[tuple[Told, Diff]]) -> list[DiffRun]:
    """Runs of which changes were shown; two that are no neighbours show no run's."""
    return [told.run for told, diff in shown if diff.changes and told.is_run]


def _list(device: DeviceRuns, captures: Sequence[CaptureSummary], *, is_json: bool) -> int:
    known = device.known(captures)
    if is_json:
        runs = [
            diff_json.listed(known[each.capture_id]) if each.capture_id in known else diff_json.not_compared(each)
            for each in captures
        ]
        output.document(_of_many(device, runs))
    elif captures:
        rows = (_row(capture, known.get(capture.capture_id)) for capture in captures)
        output.table(("RUN", "CAPTURED", "SINCE", "ADDED", "REMOVED", "CHANGED", "COMMANDS", "FILE"), rows)
    else:
        print(f"no run of {device.name} is as new as that", file=sys.stderr)
    return 0


def _row(capture: CaptureSummary, run: DiffRun | None) -> tuple[str, ...]:
    """`-` for what was not compared: the first run, and one that nobody has compared yet."""
    is_compared = run is not None and run.previous_id is not None
    counts = (str(run.count(each)) if run is not None and is_compared else "-" for each in ChangeType)
    return (
        str(capture.capture_id),
        output.local(capture.captured_at),
        str(run.previous_id) if run is not None and is_compared else "-",
        *counts,
        str(capture.sections),
        capture.file,
    )
