"""`statetrace diff A B`: what changed between two captures. Writes nothing and needs no home.

A device that both show is compared with itself. Where each shows one device, and not the same, the two are compared
with each other: devices of one role should not differ in much.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from statetrace_engine.diff import authors, document, rollback, runs, showings
from statetrace_engine.diff.compare import Table
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, ConfigAuthor, Diff, DiffChange, Value
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
_TOLD = 20
"""The last who changed a configuration, likewise."""


class Read(NamedTuple):
    """One side."""

    path: str
    found: list[Capture]
    written_at: Epoch | None
    """When its file was; None: it is no file."""


def run(options: argparse.Namespace) -> int:
    """0, or 1 with --exit-code when something changed. Raises StateTraceError for a file that cannot be read."""
    vendors.check(options.vendor)
    redactor = Redactor(reading.key(options.home))
    before = _read(options.before, options.vendor, redactor)
    after = _read(options.after, options.vendor, redactor)
    pairs = list(_pairs(before, after))
    compared = [(pair.title, _compared(before, after, pair)) for pair in pairs]
    taken_back = [_taken_back(before, after, pair) for pair in pairs] if options.rollback else []
    if options.json:
        more = {"Rollback": [each._asdict() for each in taken_back]} if options.rollback else {}
        output.document({**document.of(compared), **more})
    else:
        _show(compared)
        _show_taken_back(taken_back)
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
    written = Path(path)
    return Read(path, found, written.stat().st_mtime if written.is_file() else None)


class Pair(NamedTuple):
    """Two devices to compare: mostly one."""

    one: str
    other: str

    @property
    def title(self) -> str:
        return self.one if self.one == self.other else f"{self.one or '?'} and {self.other or '?'}"


class TakenBack(NamedTuple):
    """What may take a configuration back; its fields are those of the JSON form."""

    Hostname: str
    Lines: tuple[str, ...]
    Reason: str
    """Why there are none."""


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
    return runs.diff(_tables(before, pair.one), _tables(after, pair.other), _authors(before, after, pair))


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
    old, new = _configuration(before, pair.one), _configuration(after, pair.other)
    if not old or not new:
        return TakenBack(pair.title, (), "no whole configuration is in both")
    vendor = next((showings.vendor(each, pair.other) for each in after.found), "")
    try:
        return TakenBack(pair.title, rollback.candidates(vendor, old, new), "")
    except ValueError as error:
        return TakenBack(pair.title, (), str(error))


def _configuration(side: Read, hostname: str) -> tuple[str, ...]:
    whole = [t for t in _tables(side, hostname) if t.kind is Kind.CONFIG and t.is_whole and t.rows]
    return whole[-1].rows[-1].lines if whole else ()


def _show_taken_back(found: list[TakenBack]) -> None:
    for each in found:
        if each.Reason:
            print(f"{sanitise(each.Hostname, 200)}: {sanitise(each.Reason, 300)}", file=sys.stderr)
        elif each.Lines:
            print(f"{sanitise(each.Hostname, 200)}: may take the configuration back; read it before you type it\n")
            for line in each.Lines:
                unknown = "   ! not known: it was replaced" if rollback.UNKNOWN in line else ""
                print(f"  {sanitise(line, 300)}{unknown}")
            print()


def _devices(side: Read) -> list[str]:
    return list(dict.fromkeys(name for each in side.found for name in showings.devices(each)))


def _tables(side: Read, hostname: str) -> list[Table]:
    return [table for each in side.found for table in showings.of_device(each, hostname)]


def _show(compared: list[tuple[str, Diff]]) -> None:
    for hostname, diff in compared:
        print(f"{sanitise(hostname, 200) or '(no hostname)'}: {_sentence(diff)}")
        for author in diff.metadata.authors[-_TOLD:]:
            print(f"  {sanitise(_told(author), 300)}")
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


def _told(author: ConfigAuthor) -> str:
    """`configuration changed by admin from 10.1.1.1 at 2026-11-27 10:21:14+00:00`."""
    who = f" by {author.who}" if author.who else ""
    origin = f" from {author.origin}" if author.origin else ""
    at = output.local(author.at) if author.at is not None else f"{author.printed_at}, as the device prints it"
    return f"configuration {author.how.value}{who}{origin} at {at}"


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
