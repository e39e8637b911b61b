"""`statetrace diff A B`: what changed between two captures. Writes nothing and needs no home.

A device that both show is compared with itself. Where each shows one device, and not the same, the two are compared
with each other: devices of one role should not differ in much.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from statetrace_engine.diff import authors, document, lines, rollback, runs, showings, whose
from statetrace_engine.diff.chosen import Chosen
from statetrace_engine.diff.compare import Table
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ConfigAuthor, Diff
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Capture
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.sources import captures
from statetrace_engine.sources.captures import Refused
from statetrace_tui.commands import diff_lines, diff_rollback, diff_runs, output, reading, vendors
from statetrace_tui.commands.diff_rollback import TakenBack


class Read(NamedTuple):
    """One side."""

    path: str
    found: list[Capture]
    written_at: Epoch | None
    """When its file was; None: it is no file."""


def run(options: argparse.Namespace, chosen: Chosen) -> int:
    """0, or 1 with --exit-code when something changed. Raises StateTraceError for a file that cannot be read."""
    vendors.check(options.vendor)
    redactor = Redactor(reading.key(options.home))
    before = _read(options.before, options.vendor, redactor)
    after = _read(options.after, options.vendor, redactor)
    pairs = list(_pairs(before, after))
    whole = [(pair.title, _compared(before, after, pair)) for pair in pairs]
    compared = [(title, chosen.of(diff)) for title, diff in whole]
    taken_back = [_taken_back(before, after, pair) for pair in pairs] if options.rollback else []
    if options.json:
        told = [document.Compared(title, diff) for title, diff in compared]
        output.document({**document.of(told), **diff_rollback.document(options.rollback, taken_back)})
    else:
        for (hostname, shown), (_, diff) in zip(compared, whole, strict=True):
            diff_lines.show(hostname or "(no hostname)", shown, len(diff.changes))
        diff_rollback.show(taken_back)
    return 1 if options.exit_code and any(diff.changes for _, diff in compared) else 0


def _read(path: str, vendor: str | None, redactor: Redactor) -> Read:
    found = []
    with reading.Templates() as fallback:
        for blob in captures.blobs([path]):
            if isinstance(blob, Refused):
                raise StateTraceError(f"{' '.join((blob.path, blob.member)).strip()}: {blob.reason}{_hint(path)}")
            read = capture.read(blob.take, name=blob.name, vendor=vendor, redactor=redactor, fallback=fallback)
            for remark in read.remarks:
                print(f"statetrace: {sanitise(path, 300)}: {sanitise(remark, 300)}", file=sys.stderr)
            found.append(read)
    written = Path(path)
    return Read(path, found, written.stat().st_mtime if written.is_file() else None)


def _hint(path: str) -> str:
    is_told = path == captures.STDIN or diff_runs.is_file(path)
    return "" if is_told else "; a device of the store is named alone: `statetrace diff HOST`"


class Pair(NamedTuple):
    """Two devices to compare: mostly one."""

    one: str
    other: str

    @property
    def title(self) -> str:
        return self.one if self.one == self.other else f"{self.one or '?'} and {self.other or '?'}"


def _pairs(before: Read, after: Read) -> Iterator[Pair]:
    old, new = _devices(before), _devices(after)
    one_each = len(old) == 1 and len(new) == 1
    pairs = [Pair(old[0], new[0])] if one_each else [Pair(name, name) for name in new if name in old]
    paired = {name for pair in pairs for name in pair}
    for side, names in ((before, old), (after, new)):
        for name in names:
            if name not in paired:
                print(f"statetrace: {name or 'an unnamed device'} is only in {_path(side)}", file=sys.stderr)
    if not pairs:
        raise StateTraceError(f"no device is in both {_path(before)} and {_path(after)}")
    yield from pairs


def _compared(before: Read, after: Read, pair: Pair) -> Diff:
    told = _authors(before, after, pair)
    diff = runs.diff(_tables(before, pair.one), _tables(after, pair.other), authors=told)
    warnings = (*_namesakes(before, after, pair), *diff.metadata.warnings)
    old = cache(partial(showings.config_lines, before.found, pair.one))
    new = cache(partial(showings.config_lines, after.found, pair.other))
    changes = lines.placed(diff.changes, old, new)
    return structs.replace(diff, changes=changes, metadata=structs.replace(diff.metadata, warnings=warnings))


def _namesakes(before: Read, after: Read, pair: Pair) -> list[str]:
    """What speaks against it that two captures of one hostname are of one device."""
    if pair.one != pair.other or not pair.one:
        return []
    return whose.between(*(showings.identity(side.found, pair.one) for side in (before, after)))


def _authors(before: Read, after: Read, pair: Pair) -> tuple[ConfigAuthor, ...]:
    """Of one device only: between two nobody changed the one into the other."""
    if pair.one != pair.other:
        return ()
    old, new = (
        [author for each in side.found for author in showings.authors(each, pair.one, side.written_at)]
        for side in (before, after)
    )
    taken = [at for each in before.found if (at := showings.taken_at(each, pair.one)) is not None]
    return authors.between(old, new, max(taken, default=None))


def _path(side: Read) -> str:
    return sanitise(side.path, 300)


def _taken_back(before: Read, after: Read, pair: Pair) -> TakenBack:
    if pair.one != pair.other:
        return TakenBack(pair.title, (), rollback.TWO_DEVICES)
    old, new = _configurations(before, pair.one), _configurations(after, pair.other)
    was = next((showings.vendor(each, pair.one) for each in before.found), "")
    vendor = next((showings.vendor(each, pair.other) for each in after.found), "")
    return diff_rollback.taken_back(pair.title, (was, vendor), old, new)


def _configurations(side: Read, hostname: str) -> dict[str, tuple[str, ...]]:
    whole = [t for t in _tables(side, hostname) if t.kind is Kind.CONFIG and t.is_whole and t.rows]
    return {table.command: table.rows[-1].lines for table in whole}


def _devices(side: Read) -> list[str]:
    return list(dict.fromkeys(name for each in side.found for name in showings.devices(each)))


def _tables(side: Read, hostname: str) -> list[Table]:
    return [table for each in side.found for table in showings.of_device(each, hostname)]
