"""Pure. The rows of a section as what makes them another section's: for a table of which little changed, little.

Rows are aligned by one column, the one that tells them apart best (a prefix, a line of a configuration); of those that
are on both sides only the fields that differ are written, of ages how they grew. A section may be the end of a long
chain of such deltas, so that rows travel along it as numbers and are put together once, at its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate, chain, compress, pairwise
from operator import add, not_, sub
from typing import Any  # fields of rows of any kind

import msgspec
from msgspec import Struct

from statetrace_engine.model import edits, shifts
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.edits import Alignment, Copy, Patch
from statetrace_engine.model.packed import Shown
from statetrace_engine.model.shifts import AS_NUMBERS, Shifts

_SAMPLE = 512

_encode = msgspec.msgpack.Encoder().encode
_Columns = Mapping[str, list[Any]]


class _Fields(Struct, array_like=True):
    """Of the columns, all of which are there by name."""

    names: list[str]
    new: list[list[Any]]
    """Rows that were not copied, by column."""
    patches: dict[str, tuple[list[int], list[Any]]]
    """Fields of rows that were copied: where, as steps, and what."""

    @property
    def patched(self) -> list[int]:
        """Rows that were copied and have a field that is another."""
        return sorted({at for places, _ in self.patches.values() for at in edits.summed(places)})


class _Passing(Struct, array_like=True):
    new: list[int | None]
    """Of rows that are not as they were."""
    grown: Shifts
    """Of the others."""


class RowDelta(Struct, array_like=True):
    """Made by `encode`; `Chain` follows it."""

    count: int
    """Of places."""
    size: int
    """Of the columns: more than places where one row is a whole configuration."""
    copies: list[int]
    fields: _Fields | None
    """None: they are the base's."""
    cuts: list[int]
    """How many of the columns' values make a row, where it is not one."""
    gaps: Patch
    """From the end of one row to the start of the next."""
    lengths: Patch
    passing: _Passing | None
    """None: of this kind nothing passes."""
    checks: tuple[bytes, bytes]
    """Of places and of what passes."""


def encode(
    base: Shown, target: Shown, hint: bytes = b"", *, is_same: bool = False, aligned: Alignment | None = None
) -> RowDelta:
    """Both of one kind; `is_same`: they have one digest, and their fields need not be looked at. `hint`: codes of the
    ages that stand in the section's text and maybe more. `aligned`: who compared them has aligned their columns."""
    old, new = _flat(base), _flat(target)
    old_size, size = _size(base, old), _size(target, new)
    is_same = is_same and base.count == target.count  # rows of which nothing was printed have no digest of their own
    aligned = None if is_same else aligned or _aligned(old, new)
    made = [Copy(0, 0, size)] if is_same and size else aligned.made if aligned is not None else []
    by_row = made if _is_by_row(old_size, base.count, size, target.count) else []
    fields = None if is_same else _fields(old, new, aligned, old_size)
    return RowDelta(
        count=target.count,
        size=size,
        copies=edits.packed(made),
        fields=fields,
        cuts=_cuts(target),
        gaps=edits.patch(_gaps(base), _gaps(target), by_row),
        lengths=edits.patch(base.lengths, target.lengths, by_row),
        passing=_passing(base.passing, target, by_row, fields, hint) if target.passing else None,
        checks=_checks(target),
    )


def _flat(shown: Shown) -> _Columns:
    """Columns whose values can be told apart: a configuration by line, a template's rows as their bytes."""
    if shown.kind is Kind.CONFIG:
        return {name: list(chain.from_iterable(values)) for name, values in shown.columns.items()}
    if shown.kind is Kind.TABLE:
        return {name: list(map(_encode, values)) for name, values in shown.columns.items()}
    return shown.columns


def _cuts(shown: Shown) -> list[int]:
    return [len(row) for row in shown.columns.get("lines", ())] if shown.kind is Kind.CONFIG else []


def _size(shown: Shown, columns: _Columns) -> int:
    return len(next(iter(columns.values()), ())) if shown.kind is Kind.CONFIG else shown.count


def _is_by_row(old_size: int, old_count: int, size: int, count: int) -> bool:
    """Columns have a value a row, so that places go the way of the rows."""
    return old_size == old_count and size == count


def _aligned(old: _Columns, new: _Columns) -> Alignment | None:
    name = _telling(new)
    return Alignment(old.__getitem__, new.__getitem__, name) if name is not None and name in old else None


def _telling(columns: _Columns) -> str | None:
    """The column with the most values, by a sample."""
    told: dict[str, int] = {}
    for name, values in sorted(columns.items()):
        some = values[:: max(1, len(values) // _SAMPLE)]
        if list not in set(map(type, some)):
            told[name] = len(set(some))
    return max(told, key=told.__getitem__, default=None)


def _fields(old: _Columns, new: _Columns, aligned: Alignment | None, old_size: int) -> _Fields:
    absent = [None] * old_size
    made = aligned.made if aligned is not None else []
    found = {
        name: edits.patch(
            old.get(name, absent), values, made, aligned.differing(name) if aligned and name in old else None
        )
        for name, values in new.items()
    }
    patches = {name: (patch.at, patch.other) for name, patch in found.items() if patch.at}
    return _Fields(list(found), [patch.new for patch in found.values()], patches)


def _kept(made: Sequence[Copy], count: int, fields: _Fields | None) -> bytearray:
    """1 for a row that is as it was."""
    kept = bytearray(b"\1") * count
    for at in (*edits.gaps(made, count), *(fields.patched if fields is not None else ())):
        kept[at] = 0
    return kept


def _passing(
    old: Sequence[int | None], target: Shown, made: Sequence[Copy], fields: _Fields | None, hint: bytes
) -> _Passing:
    kept = _kept(made, target.count, fields) if old else bytearray(target.count)
    base = list(compress(edits.moved(old, made, target.count), kept))
    there = list(compress(target.passing, kept))
    new = list(compress(target.passing, map(not_, kept)))
    return _Passing(new, shifts.between(base, there, AS_NUMBERS, hint))


def _gaps(shown: Shown) -> list[int]:
    return list(map(sub, shown.steps, chain((0,), shown.lengths)))


def _checks(shown: Shown) -> tuple[bytes, bytes]:
    return _check((shown.steps, shown.lengths)), _check(shown.passing)


def _check(numbers: object) -> bytes:
    return blake2b(_encode(numbers), digest_size=8).digest()


class Chain:
    """Rows on their way. What it is told raises ValueError, TypeError, KeyError or IndexError where it fits nothing."""

    def __init__(self, whole: Shown, *, with_passing: bool = True) -> None:
        self._kind = whole.kind
        self._columns = {name: list(values) for name, values in _flat(whole).items()}
        self._known = _size(whole, self._columns)
        self._order = list(range(self._known))
        """Which of all rows that were ever there stand where."""
        self._cuts = _cuts(whole)
        self._gaps, self._lengths, self._passing = _gaps(whole), whole.lengths, whole.passing
        self._with_passing = with_passing
        self._last: RowDelta | None = None

    def follow(self, delta: RowDelta, hint: bytes = b"") -> None:
        """`hint` as it was given to `encode`."""
        made = edits.unpacked(delta.copies, len(self._order), delta.size)
        is_by_row = _is_by_row(len(self._order), len(self._lengths), delta.size, delta.count)
        by_row = made if is_by_row else []
        self._gaps = edits.patched(self._gaps, by_row, delta.count, delta.gaps)
        self._lengths = edits.patched(self._lengths, by_row, delta.count, delta.lengths)
        if self._with_passing:
            self._passing = self._grown(delta, by_row, hint)
        if delta.fields is not None:
            self._reorder(delta.fields, made, delta.size)
            self._cuts = delta.cuts
        self._last = delta

    def end(self, digest: str) -> Shown:
        """Raises ValueError where rows, places or ages are not what they were."""
        if len(self._gaps) != len(self._lengths):
            raise ValueError("places of other rows")
        steps = list(map(add, self._gaps, chain((0,), self._lengths)))
        found = Shown(self._kind, self._rebuilt(), steps, self._lengths, self._passing if self._with_passing else [])
        checks, known = _checks(found), self._last.checks if self._last is not None else None
        if known is None or checks[0] != known[0] or (self._with_passing and checks[1] != known[1]):
            raise ValueError("places or ages are not what they were")
        if found.digest != digest:
            raise ValueError("rows are not what they were")
        return found

    def _grown(self, delta: RowDelta, made: Sequence[Copy], hint: bytes) -> list[int | None]:
        if delta.passing is None:
            return []
        kept = _kept(made, delta.count, delta.fields) if self._passing else bytearray(delta.count)
        base = list(compress(edits.moved(self._passing, made, delta.count), kept))
        grown, new = iter(shifts.applied(base, delta.passing.grown, AS_NUMBERS, hint)), iter(delta.passing.new)
        if len(delta.passing.new) != delta.count - len(base):
            raise ValueError("ages of something else")
        return [next(grown) if is_kept else next(new) for is_kept in kept]

    def _reorder(self, fields: _Fields, made: Sequence[Copy], size: int) -> None:
        gaps = edits.gaps(made, size)
        order = edits.moved(self._order, made, size, 0)
        edits.fill(order, gaps, range(self._known, self._known + len(gaps)))
        for name in self._columns.keys() - set(fields.names):
            del self._columns[name]
        for name, new in zip(fields.names, fields.new, strict=True):
            if len(new) != len(gaps):
                raise ValueError("rows without a place")
            values = self._columns.setdefault(name, [None] * self._known)
            values += new
        self._known += len(gaps)
        self._patch(fields, order)
        self._order = order

    def _patch(self, fields: _Fields, order: list[int]) -> None:
        """A row with a field that differs is one row more: the old one may stand elsewhere too."""
        touched = fields.patched
        for values in self._columns.values():
            values += [values[order[at]] for at in touched]
        edits.fill(order, touched, range(self._known, self._known + len(touched)))
        self._known += len(touched)
        for name, (at, other) in fields.patches.items():
            edits.fill(self._columns[name], [order[each] for each in edits.summed(at)], other)

    def _rebuilt(self) -> dict[str, list[Any]]:
        found = {name: _ordered(values, self._order) for name, values in self._columns.items()}
        if self._kind is Kind.TABLE:
            return {name: list(map(msgspec.msgpack.decode, values)) for name, values in found.items()}
        if self._kind is Kind.CONFIG:
            return {name: _cut(values, self._cuts) for name, values in found.items()}
        return found


def _ordered(values: list[Any], order: list[int]) -> list[Any]:
    """Half of the columns of most tables are one value, which stands anywhere."""
    if values and values.count(values[0]) == len(values):
        return values[:1] * len(order)
    return list(map(values.__getitem__, order))


def _cut(values: list[Any], sizes: Iterable[int]) -> list[list[Any]]:
    return [values[start:end] for start, end in pairwise(accumulate(sizes, initial=0))]
