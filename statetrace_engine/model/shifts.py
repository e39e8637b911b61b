"""Pure. Ages of two showings, one against the other: as time passes all of them grow by the same.

What is printed is cut to a unit (`1d02h` to hours, `3w2d` to days), so that the ages of one unit grow by one number or
by that and one more. Which of the two is a bit an age; the few that did otherwise, and those that changed their unit,
stand as they are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import sub, xor
from typing import Any, NamedTuple  # ages in any form

from statetrace_engine.model import edits

_ODD = 2
_SAMPLE = 4096
_MOST = 1 << 42
"""More than an age can be, or grow."""
_NOWHERE = 64 * _MOST
_FAR = 4 * _NOWHERE
_UNKNOWN = object()
_AS_DIGITS = bytes.maketrans(b"\0\1\2", b"010")
_AS_CODES = bytes.maketrans(b"01", b"\0\1")


Placed = tuple[str | None, int]
_UNPLACED: Placed = (None, _NOWHERE)


class Form(NamedTuple):
    """How ages are written."""

    unit: Callable[[Any], str | None]
    """To what it is cut; None: it is no age."""
    placed: Callable[[Any], Placed]
    """Its unit, and its place on a line on which two ages stand as far apart as the one grew to be the other, in the
    unit of the first, and those of two units farther than `_MOST`; `_UNPLACED`: of what no growth is told."""
    grown: Callable[[Any, int], Any]
    """The other again. Raises ValueError."""


class Shifts(NamedTuple):
    size: int
    growths: dict[str, list[int]]
    """Of each unit the two most frequent, in order; an age's code is its place there."""
    bits: bytes
    """Codes, eight a byte."""
    is_hinted: bool
    """They are 1 where a code is not the hint's."""
    at: list[int]
    """Ages that did otherwise, as steps …"""
    odd: list[Any]
    """… and what they are."""


def between(base: Iterable[Hashable], target: Iterable[Hashable], form: Form, hint: bytes = b"") -> Shifts:
    """`hint`: codes that are likely the same (`codes`), of other ages in the same order."""
    known, there = list(base), list(target)
    placed = _by_value(form.placed, {*known, *there})
    names = sorted({unit for unit, _ in placed.values() if unit is not None})
    grown = list(map(sub, map(_ends(placed).__getitem__, there), map(_starts(placed, names).__getitem__, known)))
    counted = _sampled(grown)
    told = {each: _told(each, names) for each in counted}
    growths = _growths(counted, told)
    code = {each: _code(growth, growths) for each, growth in told.items()}
    found = bytes(map(code.__getitem__, grown))
    at = list(_where(found, _ODD))
    bits = _number(found)
    other = bits ^ _number(hint[: len(found)]) if len(hint) >= len(found) else bits
    is_hinted = other.bit_count() < bits.bit_count()
    raw = (other if is_hinted else bits).to_bytes((len(found) + 7) // 8)
    return Shifts(len(found), growths, raw, is_hinted, list(edits.steps(at)), [there[each] for each in at])


def _by_value(placed: Callable[[Any], Placed], ages: set[Hashable]) -> dict[Hashable, Placed]:
    return dict(zip(ages, map(placed, ages), strict=True))


def _ends(placed: Mapping[Hashable, Placed]) -> dict[Hashable, int]:
    return {each: place for each, (_, place) in placed.items()}


def _starts(placed: Mapping[Hashable, Placed], names: Sequence[str]) -> dict[Hashable, int]:
    """So that a difference says what grew by how much: one number is counted in a fraction of the time of two."""
    shift: dict[str | None, int] = {name: at * _FAR for at, name in enumerate(names)}
    shift[None] = len(names) * _FAR + _NOWHERE
    return {each: place - shift[unit] for each, (unit, place) in placed.items()}


def _sampled(grown: list[int]) -> Counter[int]:
    """All that there are, and about how often: to count some of them takes no time."""
    counted = Counter(grown[:: max(1, len(grown) // _SAMPLE)])
    counted.update(set(grown))
    return counted


def _where(found: bytes, value: int) -> Iterator[int]:
    at = found.find(value)
    while at >= 0:
        yield at
        at = found.find(value, at + 1)


def applied(base: Sequence[Hashable], found: Shifts, form: Form, hint: bytes = b"") -> list[Any]:
    """The target. Raises ValueError for shifts of something else."""
    if len(base) != found.size:
        raise ValueError("ages of something else")
    pairs = list(zip(base, codes(found, hint), strict=True))
    become = {pair: _become(*pair, found.growths, form) for pair in set(pairs)}
    values = list(map(become.__getitem__, pairs))
    edits.fill(values, edits.summed(found.at), found.odd)
    if _UNKNOWN in become.values() and _UNKNOWN in values:
        raise ValueError("ages that cannot have grown")
    return values


def codes(found: Shifts, hint: bytes = b"") -> bytes:
    """0 or 1 an age. Raises ValueError where there are not so many."""
    size = found.size
    digits = f"{int.from_bytes(found.bits):0{size}b}".encode() if size and len(found.bits) == (size + 7) // 8 else b""
    if len(digits) != size:
        raise ValueError("ages of something else")
    mine = digits.translate(_AS_CODES)
    return bytes(map(xor, mine, hint)) if found.is_hinted else mine


def _number(found: bytes) -> int:
    return int(found.translate(_AS_DIGITS), 2) if found else 0


def _told(grown: int, names: Sequence[str]) -> tuple[str, int] | None:
    """Which unit grew by how much; None: it did otherwise."""
    at, growth = divmod(grown + _FAR // 2, _FAR)
    growth -= _FAR // 2
    return (names[at], growth) if at < len(names) and -_MOST < growth < _MOST else None


def _growths(counted: Mapping[int, int], told: Mapping[int, tuple[str, int] | None]) -> dict[str, list[int]]:
    total: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for grown, growth in told.items():
        if growth is not None:
            total[growth[0]][growth[1]] = counted[grown]
    order = {unit: sorted(found, key=lambda growth: (-found[growth], growth)) for unit, found in total.items()}
    return {unit: sorted(found[:2]) for unit, found in sorted(order.items())}


def _code(growth: tuple[str, int] | None, growths: Mapping[str, list[int]]) -> int:
    known = growths[growth[0]] if growth is not None else []
    return known.index(growth[1]) if growth is not None and growth[1] in known else _ODD


def _become(value: Hashable, code: int, growths: dict[str, list[int]], form: Form) -> Any:
    """`_UNKNOWN` for what has no code: it did otherwise."""
    known = growths.get(form.unit(value) or "", ())
    if code >= len(known):
        return _UNKNOWN
    try:
        return form.grown(value, known[code])
    except ValueError:
        return _UNKNOWN


# Ages as they are printed ---------------------------------------------------------------------------------------------

PRINTED = r"\d{1,9}(?:d\d\dh(?:\d\dm)?|w\dd(?:\d\dh)?|y\d\d?w|:\d\d:\d\d)"
_FORMS: dict[str, tuple[tuple[int, ...], str]] = {
    "::": ((60, 60), "{:02}:{:02}:{:02}"),
    "dh": ((24,), "{}d{:02}h"),
    "dhm": ((24, 60), "{}d{:02}h{:02}m"),
    "wd": ((7,), "{}w{}d"),
    "wdh": ((7, 24), "{:02}w{}d{:02}h"),
    "yw": ((53,), "{}y{}w"),
}
"""The letters of an age → how many of each part make one of the part before it, and how it is printed."""
_PLACES = {unit: at * 2 * _MOST for at, unit in enumerate(_FORMS)}
_PARTS = re.compile(r"\d+")


def _measured(age: str) -> tuple[str, int] | None:
    """`1d02h` → ("dh", 26); only what is printed the same way again."""
    if age[-3:-2] == ":" == age[-6:-5]:  # most of those that are not yet a day old are there once
        return _measured_clock(age)
    unit = _PARTS.sub("", age)
    if unit not in _FORMS:
        return None
    total = _total(age, unit)
    return (unit, total) if _print(unit, total) == age else None


def _measured_clock(age: str) -> tuple[str, int] | None:
    hours, minutes, seconds = age[:-6], int(age[-5:-3]), int(age[-2:])
    is_printed_so = minutes < 60 and seconds < 60 and len(hours) >= 2 and (len(hours) == 2 or hours[0] != "0")
    return ("::", (int(hours) * 60 + minutes) * 60 + seconds) if is_printed_so else None


def _total(age: str, unit: str) -> int:
    total, *rest = map(int, _PARTS.findall(age))
    for size, part in zip(_FORMS[unit][0], rest, strict=True):
        total = total * size + part
    return total


def _print(unit: str, total: int) -> str:
    sizes, form = _FORMS[unit]
    parts: list[int] = []
    for size in reversed(sizes):
        total, part = divmod(total, size)
        parts.append(part)
    return form.format(total, *reversed(parts))


def _unit_of_print(age: str) -> str | None:
    measured = _measured(age)
    return measured[0] if measured is not None else None


@lru_cache(maxsize=1 << 14)
def _placed_print(age: str) -> Placed:
    measured = _measured(age)
    return (measured[0], _PLACES[measured[0]] + measured[1]) if measured is not None else _UNPLACED


def _grown_print(before: str, growth: int) -> str:
    measured = _measured(before)
    if measured is None or measured[1] + growth < 0:
        raise ValueError("an age before its beginning")
    return _print(measured[0], measured[1] + growth)


AS_PRINTED = Form(_unit_of_print, _placed_print, _grown_print)


# Ages as numbers ------------------------------------------------------------------------------------------------------


_DAY_S = 86400
_CUTS = ((_DAY_S, ""), (7 * _DAY_S, "days"), (365 * _DAY_S, "weeks"))
"""Up to which age systems print it in which words."""


def _unit_of_number(age: int | None) -> str:
    """Seconds that are whole days or hours were most likely printed so."""
    if age is None:
        return "-"
    unit = "d" if age % _DAY_S == 0 else "h" if age % 3600 == 0 else "s"
    return unit + next((words for most, words in _CUTS if age < most), "years")


@lru_cache(maxsize=1 << 14)
def _placed_number(age: int | None) -> Placed:
    if age is None:
        return _unit_of_number(age), 8 * _MOST
    return (_unit_of_number(age), age) if -_MOST < age < _MOST else _UNPLACED


def _grown_number(before: int | None, growth: int) -> int | None:
    return before + growth if before is not None else None


AS_NUMBERS = Form(_unit_of_number, _placed_number, _grown_number)
