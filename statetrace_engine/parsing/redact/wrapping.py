"""Pure. Lines that a terminal broke at its right edge, put together again to be searched.

    username operator privilege 15 password 7 08224
    55D0A16

A line as long as a terminal is wide goes on in the next. A secret, or the keyword before it, may be broken anywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from statetrace_engine.parsing.redact.rules import MASK

WIDTHS = frozenset((80, 132))
_NARROWEST = 60
_OFTEN = 2
_LONGEST_CHAIN = 24
"""Lines; a table whose rows are as wide as the terminal is no chain."""


class Chain(NamedTuple):
    """Lines that are one: where the first begins, the text of all, and where each piece of it begins."""

    start: int
    text: str
    joints: tuple[int, ...]
    """Offsets in `text` before which a newline stood."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of `text` stands in the whole text."""
        return (
            self.start + start + bisect_right(self.joints, start),
            self.start + end - 1 + bisect_right(self.joints, end - 1) + 1,
        )


def chains(text: str) -> list[Chain]:
    """Every line that a terminal may have broken, with those it goes on in."""
    lines = text.split("\n")
    lengths = [len(line) for line in lines]
    widths = WIDTHS & set(lengths)
    longest = max(lengths)
    if longest >= _NARROWEST and longest not in widths and lengths.count(longest) >= _OFTEN:
        widths |= {longest}
    if not widths:
        return []
    starts = list(accumulate((length + 1 for length in lengths), initial=0))
    found, at = [], 0
    while at < len(lines) - 1:
        last = at
        while last < len(lines) - 1 and last - at < _LONGEST_CHAIN and _goes_on(lines[last], widths):
            last += 1
        if last > at:
            joints = tuple(accumulate(lengths[at:last]))
            found.append(Chain(starts[at], "".join(lines[at : last + 1]), joints))
        at = last + 1 if last == at else last
    return found


def _goes_on(line: str, widths: set[int] | frozenset[int]) -> bool:
    return len(line) in widths and MASK not in line
