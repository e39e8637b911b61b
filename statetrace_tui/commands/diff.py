"""`statetrace diff A B`: what changed between two captures. Writes nothing and needs no home.

A device that both show is compared with itself. Where each shows one device, and not the same, the two are compared
with each other: devices of one role should not differ in much.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import NamedTuple

from statetrace_engine.diff import document, runs, showings
from statetrace_engine.diff.compare import Table
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.diff import ChangeType, Diff, DiffChange, Value
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Capture
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.sources import captures
from statetrace_engine.sources.captures import Refused
from statetrace_tui.commands import output, reading, vendors

_MARKS = {ChangeType.ADDED: "+", ChangeType.REMOVED: "-", ChangeType.CHANGED: "~"}
_SHOWN = 200
"""Of one kind, for people; --json has them all."""


class Read(NamedTuple):
    """One side."""

    path: str
    found: list[Capture]


def run(options: argparse.Namespace) -> int:
    """0, or 1 with --exit-code when something changed. Raises StateTraceError for a file that cannot be read."""
    vendors.check(options.vendor)
    redactor = Redactor(reading.key(options.home))
    before = _read(options.before, options.vendor, redactor)
    after = _read(options.after, options.vendor, redactor)
    compared = list(_compared(before, after))
    if options.json:
        output.document(document.of(compared))
    else:
        _show(compared)
    return 1 if options.exit_code and any(diff.changes for _, diff in compared) else 0


def _read(path: str, vendor: str | None, redactor: Redactor) -> Read:
    found = []
    with reading.Templates() as fallback:
        for blob in captures.blobs([path]):
            if isinstance(blob, Refused):
                raise StateTraceError(f"{' '.join((blob.path, blob.member)).strip()}: {blob.reason}")
            read = capture.read(blob.take, name=blob.name, vendor=vendor, redactor=redactor, fallback=fallback)
            for remark in read.remarks:
                print(f"statetrace: {sanitise(path, 300)}: {sanitise(remark, 300)}", file=sys.stderr)
            found.append(read)
    return Read(path, found)


def _compared(before: Read, after: Read) -> Iterator[tuple[str, Diff]]:
    old, new = _devices(before), _devices(after)
    if len(old) == 1 and len(new) == 1:
        pairs = [(old[0], new[0])]
    else:
        pairs = [(name, name) for name in new if name in old]
    for side, names in ((before, [n for n in old if n not in {a for a, _ in pairs}]),
                        (after, [n for n in new if n not in {b for _, b in pairs}])):  # fmt: skip
        for name in names:
            print(f"statetrace: {name or 'an unnamed device'} is only in {sanitise(side.path, 300)}", file=sys.stderr)
    if not pairs:
        raise StateTraceError(f"no device is in both {sanitise(before.path, 300)} and {sanitise(after.path, 300)}")
    for one, other in pairs:
        title = one if one == other else f"{one or '?'} and {other or '?'}"
        yield title, runs.diff(_tables(before, one), _tables(after, other))


def _devices(side: Read) -> list[str]:
    return list(dict.fromkeys(name for each in side.found for name in showings.devices(each)))


def _tables(side: Read, hostname: str) -> list[Table]:
    return [table for each in side.found for table in showings.of_device(each, hostname)]


def _show(compared: list[tuple[str, Diff]]) -> None:
    for hostname, diff in compared:
        print(f"{sanitise(hostname, 200) or '(no hostname)'}: {_sentence(diff)}")
        for kind in dict.fromkeys(change.kind for change in diff.changes):
            changes = [change for change in diff.changes if change.kind is kind]
            print(f"\n  {kind.value}")
            for change in changes[:_SHOWN]:
                print(f"  {_MARKS[change.change_type]} {_line(change)}")
            if len(changes) > _SHOWN:
                print(f"    and {len(changes) - _SHOWN} more; --json shows all")
        for warning in diff.metadata.warnings:
            print(f"\n  {sanitise(warning, 300)}")
        print()


def _sentence(diff: Diff) -> str:
    if not diff.metadata.compared:
        return "nothing to compare: no command is in both"
    if not diff.changes:
        return f"no changes in {len(diff.metadata.compared)} commands"
    counts = ((sum(c.change_type is each for c in diff.changes), each.value.lower()) for each in ChangeType)
    return ", ".join(f"{count} {word}" for count, word in counts if count)


def _line(change: DiffChange) -> str:
    words = [sanitise(" / ".join(change.key) if change.kind == "config" else change.name, 120)]
    words += [f"{each.field} {_said(each.before)} -> {_said(each.after)}" for each in change.fields]
    known = change.after or change.before
    if not change.fields and known is not None and change.kind not in ("config", "table"):
        words += [f"{name} {_said(value)}" for name, value in known.fields if value is not None]
    return sanitise("   ".join(words), 300)


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_said, value)) + "]"
    return "-" if value is None else str(value)
