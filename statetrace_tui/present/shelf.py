"""Pure. The shelf: ids of rows in their order, and the moves that wait while the operator's cursor is active.

A row keeps its place until `apply`; what its place should be is known at once. Looking up a line and finding the
line of an id are binary searches, so 100,000 rows cost as much as 100.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

_Row = TypeVar("_Row")

SLICE = 4000
"""Rows that are looked at before keys get their turn."""

Place = tuple[int, str]
"""Group and key, whose last part behind a NUL is the id."""


class Shelf(ABC, Generic[_Row]):
    """Rows in so many groups; where one belongs its kind says, by `place_of`."""

    def __init__(self, groups: int, before: Shelf[_Row] | None = None) -> None:
        """`before`: the shelf that this one takes the place of."""
        self.is_reversed = False
        self._before = before._placed if before is not None else {}
        self._groups: list[list[str]] = [[] for _ in range(groups)]
        self._placed: dict[str, Place] = {}
        self._pending: dict[str, Place | None] = {}

    @abstractmethod
    def place_of(self, row_id: str, row: _Row) -> Place | None:
        """Where it belongs; None: nowhere, a filter holds it back."""

    def known(self, row_id: str) -> Place | None:
        """Where it stands, or stood on the shelf before this one."""
        return self._placed.get(row_id) or self._before.get(row_id)

    def __len__(self) -> int:
        return len(self._placed)

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._placed

    @property
    def pending(self) -> int:
        """Moves that wait."""
        return len(self._pending)

    def sizes(self) -> list[int]:
        """Rows in each group."""
        return [len(keys) for keys in self._groups]

    def at(self, index: int) -> str:
        """The id of the row at `index`, over all groups; raises IndexError."""
        if index < 0:
            raise IndexError(index)
        for keys in self._groups:
            if index < len(keys):
                key = keys[len(keys) - 1 - index] if self.is_reversed else keys[index]
                return key.rpartition("\0")[2]
            index -= len(keys)
        raise IndexError(index)

    def index(self, row_id: str) -> int | None:
        """Where a row stands; None when it does not."""
        place = self._placed.get(row_id)
        if place is None:
            return None
        group, key = place
        keys = self._groups[group]
        inside = bisect_left(keys, key)
        if self.is_reversed:
            inside = len(keys) - 1 - inside
        return sum(len(before) for before in self._groups[:group]) + inside

    def group_at(self, row_id: str) -> int | None:
        """The group a row stands in now, which is not always where it belongs."""
        place = self._placed.get(row_id)
        return place[0] if place else None

    def ids(self) -> Iterator[str]:
        """All, in order."""
        for keys in self._groups:
            for key in reversed(keys) if self.is_reversed else keys:
                yield key.rpartition("\0")[2]

    def fill(self, rows: Mapping[str, _Row]) -> Iterator[None]:
        """Takes all rows in at once; yields now and then so that keys get their turn. Done when it is exhausted."""
        groups: list[list[str]] = [[] for _ in self._groups]
        placed: dict[str, Place] = {}
        for at, (row_id, row) in enumerate(list(rows.items())):
            if at % SLICE == SLICE - 1:
                yield
            place = self.place_of(row_id, row)
            if place is not None:
                groups[place[0]].append(place[1])
                placed[row_id] = place
        for keys in groups:
            for first in range(0, len(keys), SLICE):
                keys[first : first + SLICE] = sorted(keys[first : first + SLICE])
                if len(keys) > SLICE:
                    yield
            keys.sort()  # merges the sorted runs
        self._groups, self._placed, self._pending, self._before = groups, placed, {}, {}

    def want(self, row_id: str, row: _Row | None) -> None:
        """A row changed, appeared, or (None) went: its move waits for `apply`."""
        place = self.place_of(row_id, row) if row is not None else None
        if place == self._placed.get(row_id):
            self._pending.pop(row_id, None)
        else:
            self._pending[row_id] = place

    def keep(self, row_id: str) -> None:
        """Its move is off, until it is wanted again."""
        self._pending.pop(row_id, None)

    def waits(self, row_id: str) -> bool:
        """That row belongs elsewhere."""
        return row_id in self._pending

    def apply(self, keep: str = "") -> int:
        """Makes all moves but that of the row `keep`; answers how many."""
        moves = self._pending
        self._pending = {keep: moves.pop(keep)} if keep in moves else {}
        for row_id, place in moves.items():
            old = self._placed.pop(row_id, None)
            if old is not None:
                keys = self._groups[old[0]]
                del keys[bisect_left(keys, old[1])]
            if place is not None:
                insort(self._groups[place[0]], place[1])
                self._placed[row_id] = place
        return len(moves)
