"""Pure. Two captures of a device → what changed between them, command by command.

Only what both captures show by the same command is compared: a command that one of them lacks says nothing of its
objects, and neither does one of whose lines none was understood. Where a capture shows a command twice, its last whole
showing stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from msgspec.structs import replace

from statetrace_engine.diff import compare, lines, loose
from statetrace_engine.diff.compare import Table, UnreadableError
from statetrace_engine.diff.fields import FIELDS
from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, ConfigAuthor, Diff, DiffChange, DiffMetadata, FieldChange

Compare = Callable[[Table, Table], list[DiffChange]]
_OF_KIND: Mapping[Kind, Compare] = {
    **dict.fromkeys(FIELDS, compare.tables),
    Kind.CONFIG: lines.changes,
    Kind.TABLE: loose.changes,
}
"""A log has no place here: its lines are signals, not objects."""


def diff(before: Iterable[Table], after: Iterable[Table], *, authors: Sequence[ConfigAuthor] = ()) -> Diff:
    """Everything that changed, each change once, though several commands show it; `authors` did it, or some of it."""
    old, new = _by_command(before), _by_command(after)
    mute = {name for name in old.keys() & new.keys() if old[name].is_mute or new[name].is_mute}
    both = sorted((old.keys() & new.keys()) - mute)
    found: list[DiffChange] = []
    alike: dict[_Object, list[_Told]] = {}
    unreadable: dict[_Name, str] = {}
    for name in both:
        try:
            if name[0] is Kind.CONFIG and not _is_same(old[name], new[name]):
                old[name], new[name] = lines.ended(old[name], new[name])
            for change in _between(old[name], new[name]):
                if change.kind in _LINES:
                    found.append(change)
                else:
                    of = change.kind, change.key, change.change_type
                    alike.setdefault(of, []).append((old[name].shown_at, change))
        except UnreadableError as error:
            unreadable[name] = f"{name[1]}: {error}; it is not compared"
    for told in alike.values():
        found += _once(told) if len(told) > 1 else (told[0][1],)
    compared = [name for name in both if name not in unreadable]
    metadata = DiffMetadata(
        compared=tuple(command for _, command in compared),
        only_before=tuple(command for _, command in sorted(old.keys() - new.keys())),
        only_after=tuple(command for _, command in sorted(new.keys() - old.keys())),
        warnings=(*unreadable.values(), *_warnings(old, new, mute)),
        objects=sum(len(old[name].rows) + len(new[name].rows) for name in compared),
        authors=tuple(authors),
    )
    return Diff(tuple(sorted(found, key=lambda c: (c.kind, c.command, c.key, c.change_type))), metadata)


_Name = tuple[Kind, str]
_Object = tuple[Kind, tuple[str, ...], ChangeType]
_Told = tuple[Epoch, DiffChange]
"""When the older capture was taken that shows it, and what is told of it."""
_LINES = (Kind.CONFIG, Kind.TABLE)
"""The same line or row may be there twice."""


def _between(before: Table, after: Table) -> list[DiffChange]:
    return [] if _is_same(before, after) else _OF_KIND[before.kind](before, after)


def _is_same(before: Table, after: Table) -> bool:
    return before.digest != "" and before.digest == after.digest


def _by_command(tables: Iterable[Table]) -> dict[_Name, Table]:
    found: dict[_Name, Table] = {}
    for table in tables:
        if table.kind not in _OF_KIND:
            continue
        known = found.get((table.kind, table.command))
        if known is None or table.is_whole or not known.is_whole:
            found[table.kind, table.command] = table
    return found


def _once(told: Sequence[_Told]) -> Iterator[DiffChange]:
    """What several commands tell of one object, each field once, by as few of them as it takes: first by those that the
    newest capture before shows, as it changed in a shorter time, then by those that show most of it."""
    ranked = sorted(told, key=lambda each: (-each[0], -len(each[1].fields), -_width(each[1]), each[1].command))
    if ranked[0][1].change_type is not ChangeType.CHANGED:
        yield ranked[0][1]
        return
    known: list[FieldChange] = []
    for _, change in ranked:
        if more := tuple(each for each in change.fields if each not in known):
            yield replace(change, fields=more)
            known += more


def _width(change: DiffChange) -> int:
    """How much of an object is shown."""
    sides = (side for side in (change.before, change.after) if side is not None)
    return sum(value is not None for side in sides for _, value in side.fields)


def _warnings(old: Mapping[_Name, Table], new: Mapping[_Name, Table], mute: Set[_Name]) -> Iterator[str]:
    for side, tables in (("before", old), ("after", new)):
        for _, command in sorted(name for name, table in tables.items() if not table.is_whole and name not in mute):
            yield f"{command}: cut off or filtered {side}; what it does not show is not taken for absent"
    if mute:
        commands = ", ".join(command for _, command in sorted(mute))
        yield f"no line was understood, before or after, and not compared: {commands}"
