"""Pure. How one long sequence becomes another: which stretches of it stand where in the other.

    copies("abcdef", "abXdefg")  →  [(0, 0, 2), (3, 3, 3)]      # X and g are in no copy

Made for two tables that are mostly the same in the same order: after a stretch that is equal, what comes next is
looked for where it would be had one been replaced, had one come in, and then wherever it stands. So the time is linear,
most of it spent comparing slices, and whatever the two are, the copies are right; how few they are is a matter of luck.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import accumulate, chain, compress, count, repeat, tee
from operator import add, attrgetter, ne, sub
from typing import Any, NamedTuple, TypeVar

_Value = TypeVar("_Value")
_STRIDE = 64
_AHEAD = 4
"""So many of the other's lines or values may follow each other that are new here."""
_NOTHING = object()


class Copy(NamedTuple):
    at: int
    """Where in the target."""
    start: int
    """Where in the base."""
    length: int


class Patch(NamedTuple):
    """What of a list of values does not follow from the base's and the copies."""

    new: list[Any]
    """Where nothing was copied to."""
    at: list[int]
    """Of those that were copied and are not the same: where, each as steps from the one before …"""
    other: list[Any]
    """… and what they are."""


class Alignment:
    """Two tables by the column that tells their rows apart; what was found of another column is kept."""

    def __init__(self, base: Callable[[str], Sequence[Any]], target: Callable[[str], Sequence[Any]], name: str) -> None:
        """By columns."""
        self._base, self._target = base, target
        self.made = copies(base(name), target(name))
        self._differing: dict[str, list[int]] = {name: []}

    def differing(self, name: str) -> list[int]:
        """Places of the target whose value in this column was copied and is another."""
        if name not in self._differing:
            self._differing[name] = differing(self._base(name), self._target(name), self.made)
        return self._differing[name]


def copies(base: Sequence[Hashable], target: Sequence[Hashable]) -> list[Copy]:
    """In the order of the target, none over another."""
    where: dict[Hashable, int] | None = None
    found: list[Copy] = []
    at = expected = since = 0
    while at < len(target):
        start = _near(base, target[at], expected, since)
        if start < 0 and not _is_new(base, target, at, expected, since):
            where = where if where is not None else dict(zip(base, count()))
            start = where.get(target[at], -1)
        if start < 0:
            at, since = at + 1, since + 1
            continue
        length = _equal(base, start, target, at)
        found.append(Copy(at, start, length))
        at, expected, since = at + length, start + length, 0
    return found


def stretches(base: str, target: str) -> list[Copy]:
    """The same of two texts, by whole lines: places and lengths are characters, and most is compared by the page."""
    where: dict[str, int] | None = None
    found: list[Copy] = []
    near = _Lines(base)
    at = 0
    while at < len(target):
        end = _line_end(target, at)
        start = near.find(target[at:end])
        if start < 0 and not near.is_soon(target, end) and (start := near.further(target[at:end])) < 0:
            where = where if where is not None else _line_starts(base)
            start = where.get(target[at:end], -1)
        if start < 0:
            near.skip()
            at = end
            continue
        length = _alike(base, start, target, at)
        if at + length < len(target):
            length = target.rfind("\n", at, at + length) + 1 - at
        found.append(Copy(at, start, length))
        at += length
        near = _Lines(base, start + length)
    return found


def moved(base: Sequence[_Value], made: Iterable[Copy], size: int, filler: Any = _NOTHING) -> list[_Value]:
    """The target's values as far as they are the base's; `filler`, which equals nothing, where they are not."""
    found: list[Any] = []
    for at, start, length in made:
        if at > len(found):
            found += [filler] * (at - len(found))
        found += base[start : start + length]
    return found + [filler] * (size - len(found))


def gaps(made: Iterable[Copy], size: int) -> list[int]:
    """Places of the target to which nothing was copied."""
    bounds, last = [], 0
    for at, _, length in made:
        bounds.append(range(last, at))
        last = at + length
    return list(chain.from_iterable((*bounds, range(last, size))))


def unused(made: Iterable[Copy], size: int) -> list[int]:
    """Places of a base of that size from which nothing was copied."""
    used = bytearray(size)
    for _, start, length in made:
        used[start : start + length] = b"\1" * length
    found: list[int] = []
    while (at := used.find(0, found[-1] + 1 if found else 0)) >= 0:
        found.append(at)
    return found


def origins(made: Sequence[Copy], places: Iterable[int]) -> list[int]:
    """Where places of the target, to which something was copied, have it from."""
    starts = list(map(attrgetter("at"), made))
    copied = ((made[bisect_right(starts, place) - 1], place) for place in places)
    return [one.start + place - one.at for one, place in copied]


def differing(base: Sequence[_Value], target: Sequence[_Value], made: Iterable[Copy]) -> list[int]:
    """Places of the target whose value was copied and is another."""
    found: list[int] = []
    for at, start, length in made:
        for begun in range(0, length, _STRIDE):  # few differ: only about them is asked value by value
            end = min(begun + _STRIDE, length)
            one, other = base[start + begun : start + end], target[at + begun : at + end]
            if one != other:
                found += compress(range(at + begun, at + end), map(ne, one, other))
    return found


def patch(
    base: Sequence[Any], target: Sequence[Any], made: Sequence[Copy], known: Sequence[int] | None = None
) -> Patch:
    """`known`: what `differing` said already."""
    at = differing(base, target, made) if known is None else known
    new: list[Any] = []
    last = 0
    for one in made:
        if one.at > last:
            new += target[last : one.at]
        last = one.at + one.length
    return Patch([*new, *target[last:]], list(steps(at)), [target[each] for each in at])


def patched(base: Sequence[Any], made: Sequence[Copy], size: int, found: Patch) -> list[Any]:
    """The target. Raises ValueError for a patch of something else."""
    values = moved(base, made, size)
    fill(values, gaps(made, size), found.new)
    fill(values, summed(found.at), found.other)
    return values


def fill(values: list[Any], places: Sequence[int], new: Sequence[Any]) -> None:
    """Raises ValueError where places and values do not fit."""
    if len(places) != len(new) or (places and not 0 <= min(places) <= max(places) < len(values)):
        raise ValueError("a change of something that is not there")
    for place, value in zip(places, new, strict=True):
        values[place] = value


# Copies as few small numbers ----------------------------------------------------------------------------------------


def packed(made: Iterable[Copy]) -> list[int]:
    """Three numbers a copy, small where the base goes on as before."""
    found: list[int] = []
    last = expected = 0
    for at, start, length in made:
        found += (at - last, start - expected, length)
        last, expected = at + length, start + length
    return found


def unpacked(numbers: Sequence[int], base_size: int, size: int) -> list[Copy]:
    """Raises ValueError for copies of what is not there."""
    if len(numbers) % 3:
        raise ValueError("copies of nothing")
    found: list[Copy] = []
    last = expected = 0
    for gap, jump, length in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        one = Copy(last + gap, expected + jump, length)
        last, expected = one.at + length, one.start + length
        if gap < 0 or length < 1 or one.start < 0 or expected > base_size or last > size:
            raise ValueError("copies of what is not there")
        found.append(one)
    return found


def steps(numbers: Iterable[int]) -> Iterator[int]:
    """From each to the next, from 0 on."""
    ahead, behind = tee(numbers)
    return map(sub, ahead, chain((0,), behind))


def summed(numbers: Iterable[int]) -> list[int]:
    """The way back from `steps`."""
    return list(accumulate(numbers))


def _near(base: Sequence[Hashable], value: Hashable, expected: int, since: int) -> int:
    """Had `since` been replaced, or come in, or one or two more or less; -1: it is not there."""
    replaced = expected + since
    for start in (replaced, expected, replaced + 1, replaced + 2, max(expected, replaced - 1)):
        if start < len(base) and base[start] == value:
            return start
    return -1


def _is_new(base: Sequence[Hashable], target: Sequence[Hashable], at: int, expected: int, since: int) -> bool:
    """What follows is there as if this one had just come in, or taken another's place."""
    for number, value in enumerate(target[at + 1 : at + 1 + _AHEAD], expected + since + 1):
        if any(start < len(base) and base[start] == value for start in (number, expected, number + 1, number - 1)):
            return True
    return False


def _equal(base: Sequence[Any], start: int, target: Sequence[Any], at: int) -> int:
    """How many are the same from there on."""
    length = 0
    while True:
        one = base[start + length : start + length + _STRIDE]
        other = target[at + length : at + length + _STRIDE]
        if one != other:
            both = min(len(one), len(other))
            return length + next(compress(count(), map(ne, one, other)), both)
        length += len(one)
        if len(one) < _STRIDE:
            return length


# Lines of a text ------------------------------------------------------------------------------------------------------

_PAGE, _PAGES = 1 << 8, 1 << 16


class _Lines:
    """The next lines of a text, from where one is expected on."""

    def __init__(self, text: str, expected: int = 0) -> None:
        self._text = text
        self._starts = [expected]
        self._since = 0
        """Lines of the other text that were not found here."""

    def skip(self) -> None:
        self._since += 1

    def find(self, line: str) -> int:
        """Where it stands, had what was not found replaced as many, or come in, or one or two more or less; or -1."""
        since = self._since
        for each in (since, 0, since + 1, since + 2, since - 1) if since else (0, 1, 2):
            if self._is_at(start := self._start(each), line):
                return start
        return -1

    def is_soon(self, target: str, at: int) -> bool:
        """What follows stands where it would if what comes before it had just come in, or taken another's place."""
        for number in range(self._since + 1, self._since + 1 + _AHEAD):
            line = target[at : (at := _line_end(target, at))]
            if line and any(self._is_at(self._start(each), line) for each in (number, 0, number + 1, number - 1)):
                return True
        return False

    def further(self, line: str) -> int:
        """Where it stands, had some pages gone; or -1."""
        first = self._starts[0]
        found = self._text.find(f"\n{line}", max(0, first - 1), first + _PAGES) + 1
        return found if found and self._is_at(found, line) else -1

    def _is_at(self, start: int, line: str) -> bool:
        text = self._text
        return text.startswith(line, start) and (line[-1] == "\n" or start + len(line) == len(text))

    def _start(self, number: int) -> int:
        starts = self._starts
        while len(starts) <= number:
            starts.append(_line_end(self._text, starts[-1]))
        return starts[number]


def _line_end(text: str, start: int) -> int:
    return text.find("\n", start) + 1 or len(text)


def _line_starts(text: str) -> dict[str, int]:
    *lines, last = text.split("\n")
    whole = [*map(add, lines, repeat("\n")), last]
    return dict(zip(whole, accumulate(map(len, whole), initial=0), strict=False))


def _alike(base: str, start: int, target: str, at: int) -> int:
    """How many characters are the same from there on."""
    length, size = 0, _PAGE
    while base[start + length : start + length + size] == (page := target[at + length : at + length + size]):
        length += len(page)
        if len(page) < size:
            return length
        size = min(2 * size, _PAGES)
    while size := size // 2:
        page = target[at + length : at + length + size]
        if base[start + length : start + length + size] == page:
            length += len(page)
    return length
