"""What changed, in lines for people, in the order and the words of the Changes screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from statetrace_engine.model.diff import ChangeType, ConfigAuthor, Diff, DiffChange, DiffMetadata
from statetrace_engine.model.marked import NOTHING, Covered
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands import output
from statetrace_tui.present.diff_changes import laid
from statetrace_tui.present.diff_export import texts
from statetrace_tui.present.diff_rows import title_of
from statetrace_tui.present.words import count

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
    for kind, changes in laid(diff.changes):
        print(f"\n  {title_of(kind)}")
        for line in texts(changes[:_SHOWN], mark_of):
            print(f"  {line}")
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
