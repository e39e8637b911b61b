"""Pure. The way back: which byte of a file a character of its clean text came from, piece by piece."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain, islice, pairwise

Edit = tuple[int, int, str]
"""Start, end (in characters of the old text) and what stands there instead; sorted, not overlapping."""


_STRIDE = 8
_TOGETHER = 1 << 13
"""Pieces of a text are joined so many at a time: each costs more than its letters."""


class Offsets:
    """From `places[i]` on, characters came from `raws[i]` and the bytes after it, `unit` bytes a character."""

    __slots__ = ("places", "raws", "unit")

    def __init__(self, places: Sequence[int] = (0,), raws: Sequence[int] = (0,), unit: int = 1) -> None:
        self.places, self.raws, self.unit = places, raws, unit

    def original(self, place: int) -> int:
        """The byte that the character at `place` came from."""
        at = bisect_right(self.places, place) - 1
        return self.raws[at] + (place - self.places[at]) * self.unit

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the characters from `start` up to `end`; what was taken out between them is within."""
        first = self.original(start)
        return (first, first) if end <= start else (first, max(first, self.original(end - 1) + self.unit))

    def edited(self, edits: Iterable[tuple[int, int, int]]) -> Offsets:
        """The same for the text after `edits` (start, end, new length), in time linear in both. What stands instead of
        something begins and ends where that did."""
        places, raws = array("q"), array("q")
        old_places, old_raws, unit = self.places, self.raws, self.unit
        count, at, shift = len(old_places), 0, 0
        for start, end, length in edits:
            while at < count and old_places[at] < start:
                places.append(old_places[at] + shift)
                raws.append(old_raws[at])
                at += 1
            if length:
                places.append(start + shift)
                raws.append(self.original(start))
            if length > 1 and end - start not in (0, length):
                places.append(start + shift + length - 1)
                raws.append(self.original(end - 1))
            while at < count and old_places[at] <= end:
                at += 1
            shift += length - (end - start)
            raw = old_raws[at - 1] + (end - old_places[at - 1]) * unit
            if places and places[-1] == end + shift:
                raws[-1] = raw
            else:
                places.append(end + shift)
                raws.append(raw)
        places.extend(place + shift for place in old_places[at:])
        raws.extend(old_raws[at:])
        return Offsets(places, raws, unit)

    def numbers(self, start: int, end: int) -> array[int]:
        """Places and bytes in turn for a part of the text, counted from its start, to be read with one byte a
        character; where the file has two, right to 8 characters."""
        first = bisect_right(self.places, start)
        last = bisect_right(self.places, max(start, end - 1))
        places: Iterable[int] = chain((start,), islice(self.places, first, last))
        if self.unit > 1:
            pieces = pairwise(chain(places, (max(end, start + 1),)))
            places = (at for begin, stop in pieces for at in range(begin, stop, _STRIDE))
        return array("q", (number for place in places for number in (place - start, self.original(place))))


def applied(text: str, edits: Sequence[Edit]) -> str:
    """The text after the edits."""
    if not edits:
        return text
    whole: list[str] = []
    pieces: list[str] = []
    at = 0
    for start, end, new in edits:
        pieces.append(text[at:start])
        pieces.append(new)
        at = end
        if len(pieces) >= _TOGETHER:
            whole.append("".join(pieces))
            pieces.clear()
    return "".join((*whole, *pieces, text[at:]))
