"""Pure. Two tables of rows → what was added, removed and changed, by key.

Most of two tables is the same row for row, so they are aligned first, a field at a time and at the speed of slices;
only what is on one side, or differs in a field, is made into objects and looked at. Laws: a table against itself gives
nothing; the mirror of a comparison is the comparison of the mirror; what is applied to one gives the other (`apply`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import compress, count
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, runtime_checkable  # rows of any kind

from statetrace_engine.diff.fields import FIELDS, SETTLED, Fields
from statetrace_engine.model import Epoch, edits
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.counts import is_other_count
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffObject, FieldChange, Span
from statetrace_engine.model.edits import Alignment

SURE = 1.0
UNREAD = 0.7
"""Where lines were not understood, what is missed may be one of them."""


ByKey = dict[tuple[str, ...], DiffObject]
_Identity = tuple[Any, ...]
_Values = tuple[Any, ...]
_SAMPLE = 512


@runtime_checkable
class ByField(Protocol):
    """Rows that are kept by field."""

    def column(self, name: str) -> list[Any]: ...


@runtime_checkable
class Aligning(Protocol):
    """Rows that know how others became they."""

    def aligned(self, base: Sequence[Any], name: str) -> Alignment: ...


class Table(NamedTuple):
    """What one command showed."""

    kind: Kind
    command: str
    rows: Sequence[Any]
    place: Callable[[int], Span] | None = None
    """Where a row stands, by its position; asked for those that changed only."""
    is_whole: bool = True
    """Neither cut off nor filtered: what it does not show is not there."""
    is_read: bool = True
    """No line of it was left without a meaning."""
    digest: str = ""
    """Of the rows without what passes; equal ones are not looked at. Empty: not known."""
    vendor: str = ""
    """Whose system shows it; empty: not known."""
    shown_at: Epoch = 0.0
    """When, where several captures stand for the older one."""

    @property
    def is_mute(self) -> bool:
        """It says something, of which nothing was understood: neither what is there nor what is not."""
        return not self.is_read and not len(self.rows)


class UnreadableError(ValueError):
    """Rows of a table that are no longer to be had: raised by its `rows` when they are looked at."""


def tables(before: Table, after: Table) -> list[DiffChange]:
    """The changes between two showings of one kind by one command, by key."""
    spec = FIELDS[before.kind]
    differing = _differing(spec, before, after)
    if not differing:
        return []
    old, new = _objects(before, spec, differing), _objects(after, spec, differing)
    keys = (old.keys() | new.keys()) - _half_shown(before, after, spec, differing)
    found = (_change(before, after, spec, old.get(key), new.get(key)) for key in keys)
    return sorted((each for each in found if each is not None), key=lambda each: each.key)


def objects(table: Table) -> ByKey:
    """Everything a table shows, by key."""
    spec = FIELDS[table.kind]
    return _objects(table, spec, set(_taken(table, spec.identity, range(len(table.rows)))))


def apply(objects: dict[tuple[str, ...], DiffObject], changes: Iterable[DiffChange]) -> ByKey:
    """What the older objects become by these changes."""
    become = dict(objects)
    for change in changes:
        if change.after is None:
            become.pop(change.key, None)
        else:
            become[change.key] = change.after
    return become


def one_sided(change_type: ChangeType, command: str, found: DiffObject, *, absent_from: Table) -> DiffChange:
    """An object that the other showing lacks."""
    before, after = (found, None) if change_type is ChangeType.REMOVED else (None, found)
    confidence = SURE if absent_from.is_read else UNREAD
    return DiffChange(change_type, found.kind, command, found.key, before, after, (), confidence)


def mirror(change: DiffChange) -> DiffChange:
    """The same, seen from the other side."""
    turned = {ChangeType.ADDED: ChangeType.REMOVED, ChangeType.REMOVED: ChangeType.ADDED}
    fields = tuple(FieldChange(each.field, each.after, each.before) for each in change.fields)
    kind = turned.get(change.change_type, ChangeType.CHANGED)
    return DiffChange(
        kind, change.kind, change.command, change.key, change.after, change.before, fields, change.confidence
    )


# Which objects differ -------------------------------------------------------------------------------------------------


def _key(identity: _Identity) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in identity)


def _differing(spec: Fields, before: Table, after: Table) -> set[_Identity]:
    """Identities of rows that are not the same on both sides, and maybe of some that only stand elsewhere."""
    name = _telling(spec, after)
    if name is None:
        return {()} if list(before.rows) != list(after.rows) else set()
    aligned = _aligned(before, after, name)
    fields = spec.identity + spec.state + spec.counted
    changed = {at for field in fields if field != name for at in aligned.differing(field)}
    gone = [*edits.gaps(aligned.made, len(before.rows)), *changed]
    come = [*edits.unused(aligned.made, len(after.rows)), *edits.origins(aligned.made, changed)]
    return {*_taken(before, spec.identity, gone), *_taken(after, spec.identity, come)}


def _aligned(before: Table, after: Table, name: str) -> Alignment:
    """The older by the newer, as the older will be told: who can, keeps it for that."""
    if isinstance(before.rows, Aligning):
        return before.rows.aligned(after.rows, name)
    return Alignment(partial(_column, after), partial(_column, before), name)


def _half_shown(before: Table, after: Table, spec: Fields, differing: set[_Identity]) -> set[tuple[str, ...]]:
    """Objects of which a table that is cut off shows some of the other's rows and no new one: the rest may stand behind
    the cut, as the second next hop of a route."""
    if before.is_whole and after.is_whole:
        return set()
    old, new = _rows_of(before, spec, differing), _rows_of(after, spec, differing)
    width = len(spec.state)

    def is_part(part: set[_Values], of: set[_Values]) -> bool:
        return len(part) < len(of) and {row[:width] for row in part} <= {row[:width] for row in of}

    return {
        key
        for key in old.keys() & new.keys()
        if (not after.is_whole and is_part(new[key], old[key])) or (not before.is_whole and is_part(old[key], new[key]))
    }


def _rows_of(table: Table, spec: Fields, wanted: set[_Identity]) -> dict[tuple[str, ...], set[_Values]]:
    """The wanted objects' rows, each as its state and then its counts."""
    names, places = spec.state + spec.counted, list(_places(table, spec, wanted))
    found: dict[tuple[str, ...], set[_Values]] = {}
    for identity, values in zip(_taken(table, spec.identity, places), _taken(table, names, places), strict=True):
        if identity in wanted:
            found.setdefault(_key(identity), set()).add(_settled(table.kind, names, values))
    return found


def _objects(table: Table, spec: Fields, wanted: set[_Identity]) -> ByKey:
    places = list(_places(table, spec, wanted))
    names = spec.state + spec.counted
    found: dict[tuple[str, ...], list[tuple[int, _Values]]] = {}
    both = zip(places, _taken(table, spec.identity, places), _taken(table, names, places), strict=True)
    for at, identity, values in both:
        if identity in wanted:
            found.setdefault(_key(identity), []).append((at, _settled(table.kind, names, values)))
    return {key: _object(table, names, key, rows) for key, rows in found.items()}


def _places(table: Table, spec: Fields, wanted: set[_Identity]) -> Iterable[int]:
    """Where rows of these identities stand, and few others."""
    name = _telling(spec, table)
    if name is None:
        return range(len(table.rows))
    at = spec.identity.index(name)
    values = {identity[at] for identity in wanted}
    return compress(count(), map(values.__contains__, _column(table, name)))


def _telling(spec: Fields, table: Table) -> str | None:
    """Of the fields of an identity, the one with the most values, by a sample; None where a table has one row."""
    every = max(1, len(table.rows) // _SAMPLE)
    told = {name: len(set(_column(table, name)[::every])) for name in spec.identity}
    return max(told, key=told.__getitem__, default=None)


def _column(table: Table, name: str) -> list[Any]:
    column = getattr(table.rows, "column", None)
    return column(name) if column is not None else list(map(attrgetter(name), table.rows))


def _taken(table: Table, names: tuple[str, ...], places: Sequence[int]) -> list[_Values]:
    """These fields of these rows."""
    if not names:
        return [()] * len(places)
    columns = [list(map(_column(table, name).__getitem__, places)) for name in names]
    return list(zip(*map(_hashable, columns), strict=True))


def _hashable(values: list[Any]) -> Iterable[Any]:
    return map(tuple, values) if values and isinstance(values[0], list) else values


def _object(
    table: Table, names: tuple[str, ...], key: tuple[str, ...], found: Sequence[tuple[int, _Values]]
) -> DiffObject:
    placed = {values: at for at, values in reversed(found)}
    rows = sorted(placed, key=_order) if len(placed) > 1 else list(placed)
    spans = tuple(table.place(placed[row]) for row in rows) if table.place is not None else ()
    columns = zip(*rows, strict=True)
    fields = (column[0] if len(rows) == 1 else tuple(column) for column in columns)
    return DiffObject(table.kind, key, tuple(zip(names, fields, strict=True)), spans)


def _settled(kind: Kind, names: tuple[str, ...], values: _Values) -> _Values:
    settling = SETTLED.get(kind)
    if settling is None:
        return values
    return tuple(
        settling[name](value) if name in settling else value for name, value in zip(names, values, strict=True)
    )


def _order(values: tuple[Any, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, str(value)) for value in values)


# How they differ ------------------------------------------------------------------------------------------------------


def _change(
    before: Table, after: Table, spec: Fields, old: DiffObject | None, new: DiffObject | None
) -> DiffChange | None:
    """None: nothing that counts, or nothing that can be known: a table cut off shows no absence."""
    known = old or new
    assert known is not None
    if old is not None and new is not None:
        fields = _fields(spec, old, new)
        return (
            DiffChange(ChangeType.CHANGED, known.kind, after.command, known.key, old, new, fields) if fields else None
        )
    absent_from = before if old is None else after
    if not absent_from.is_whole:
        return None
    change_type = ChangeType.ADDED if old is None else ChangeType.REMOVED
    return one_sided(change_type, after.command, known, absent_from=absent_from)


def _fields(spec: Fields, old: DiffObject, new: DiffObject) -> tuple[FieldChange, ...]:
    counted = frozenset(spec.counted)
    pairs = zip(old.fields, new.fields, strict=True)
    return tuple(
        FieldChange(name, before, after)
        for (name, before), (_, after) in pairs
        if (is_other_count(before, after) if name in counted else before != after)
    )
