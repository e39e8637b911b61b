"""What changed, in lines for people: by kind, each object with what was before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from statetrace_engine.model.diff import ChangeType, ConfigAuthor, Diff, DiffChange, DiffMetadata, Value
from statetrace_engine.model.marked import NOTHING, Covered
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands import output
from statetrace_tui.present import diff_page
from statetrace_tui.present.words import count

_MARKS = {ChangeType.ADDED: "+", ChangeType.REMOVED: "-", ChangeType.CHANGED: "~"}
_SHOWN = 200
"""Of one kind, for people; --json has them all."""
_TOLD = 20
"""The last who changed a configuration, likewise."""


def _nothing(_: DiffChange) -> Covered:
    """Of two files nobody has said anything."""
    return NOTHING


def show(
    title: str,
    diff: Diff,
    total: int,
    mark_of: Callable[[DiffChange], Covered] = _nothing,
    elsewhere: Sequence[str] = (),
) -> None:
    """`total`: how many changes there are with those that were not asked for; `mark_of`: what was said of one;
    `elsewhere`: what was compared with another capture than the one before."""
    print(f"{sanitise(title, 300)}: {_sentence(diff, total)}")
    for author in diff.metadata.authors[-_TOLD:]:
        print(f"  {sanitise(_told(author), 300)}")
    for kind in dict.fromkeys(change.kind for change in diff.changes):
        changes = [change for change in diff.changes if change.kind is kind]
        print(f"\n  {kind.value}")
        for change in changes[:_SHOWN]:
            print(f"  {_MARKS[change.change_type]} {_line(change)}{_judged(diff_page.said_of(mark_of(change)))}")
        if len(changes) > _SHOWN:
            print(f"    and {len(changes) - _SHOWN} more; --json shows all")
    for remark in (*elsewhere, *remarks(diff.metadata)):
        print(f"\n  {sanitise(remark, 300)}")
    print()


def remarks(metadata: DiffMetadata) -> Iterator[str]:
    """What makes the comparison less than it looks."""
    yield from metadata.warnings
    for side, commands in (("before", metadata.only_after), ("after", metadata.only_before)):
        if commands:
            yield f"not captured {side}, and not compared: {', '.join(commands)}"


def counted(counts: dict[ChangeType, int]) -> str:
    """`2 added, 1 changed`; empty when there is nothing."""
    return ", ".join(f"{counts[each]} {each.value.lower()}" for each in ChangeType if counts.get(each))


def _told(author: ConfigAuthor) -> str:
    """`configuration changed by admin from 10.1.1.1 at 2026-11-27 10:21:14+00:00`."""
    who = f" by {author.who}" if author.who else ""
    origin = f" from {author.origin}" if author.origin else ""
    at = output.local(author.at) if author.at is not None else f"{author.printed_at}, as the device prints it"
    return f"configuration {author.how.value}{who}{origin} at {at}"


def _sentence(diff: Diff, total: int) -> str:
    if not diff.metadata.compared:
        return "nothing to compare: no command that is understood is in both"
    if not total:
        return f"no changes in {count(len(diff.metadata.compared), 'command')}"
    left_out = f", {total - len(diff.changes)} others not asked for" if len(diff.changes) < total else ""
    counts = {each: sum(change.change_type is each for change in diff.changes) for each in ChangeType}
    return f"{counted(counts) or 'no such change'}{left_out}"


def _line(change: DiffChange) -> str:
    words = [" / ".join(change.key) if change.kind == "config" else sanitise(change.name, 120)]
    words += [f"{each.field} {_said(each.before)} -> {_said(each.after)}" for each in change.fields]
    known = change.after or change.before
    if not change.fields and known is not None and change.kind not in ("config", "table"):
        words += [f"{name} {_said(value)}" for name, value in known.fields if value is not None]
    return sanitise("   ".join(words))


def _judged(said: str) -> str:
    return f"   ({said})" if said else ""


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_said, value)) + "]"
    return "-" if value is None else str(value)
