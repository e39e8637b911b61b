"""Pure. How one long sequence becomes another: which stretches of it stand where in the other.

    copies("abcdef", "abXdefg")  →  [(0, 0, 2), (3, 3, 3)]      # X and g are in no copy

Made for two tables that are mostly the same in the same order: after a stretch that is equal, what comes next is
looked for where it would be had one been replaced, had one come in, and then wherever it stands. So the time is linear,
most of it spent comparing slices, and whatever the two are, the copies are right; how few they are is a matter of luck.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, compress, count
from operator import ne
from typing import Any, NamedTuple, TypeVar

_Value = TypeVar("_Value")
_STRIDE = 64
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
    return list(compress(count(), map((0).__eq__, used)))


def differing(base: Sequence[_Value], target: Sequence[_Value], made: Iterable[Copy]) -> list[int]:
    """Places of the target whose value was copied and is another."""
    found: list[int] = []
    for at, start, length in made:
        one, other = base[start : start + length], target[at : at + length]
        if one != other:
            found += compress(range(at, at + length), map(ne, one, other))
    return found


def patch(base: Sequence[Any], target: Sequence[Any], made: Sequence[Copy]) -> Patch:
    at = differing(base, target, made)
    return Patch([target[each] for each in gaps(made, len(target))], list(steps(at)), [target[each] for each in at])


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
    last = 0
    for number in numbers:
        yield number - last
        last = number


def summed(numbers: Iterable[int]) -> list[int]:
    """The way back from `steps`."""
    found, total = [], 0
    for number in numbers:
        total += number
        found.append(total)
    return found


def _near(base: Sequence[Hashable], value: Hashable, expected: int, since: int) -> int:
    """Had `since` been replaced, or come in, or one or two gone as well; -1: it is not there."""
    replaced = expected + since
    for start in (replaced, expected, replaced + 1, replaced + 2):
        if start < len(base) and base[start] == value:
            return start
    return -1


def _is_new(base: Sequence[Hashable], target: Sequence[Hashable], at: int, expected: int, since: int) -> bool:
    """What follows is there as if this one had just come in, or taken another's place."""
    if at + 1 >= len(target):
        return False
    both = expected, expected + since + 1
    return any(start < len(base) and base[start] == target[at + 1] for start in both)


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
