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
_SEPARATOR = "!"
"""Of the blocks of a configuration: a line of its own, behind one that happens to be as long as a terminal is wide."""


class Chain(NamedTuple):
    """Lines that are one: where the first begins, the text of all, and where each piece of it begins."""

    text: str
    joints: tuple[int, ...]
    """Where each line begins, in `text` …"""
    starts: tuple[int, ...]
    """… and in the whole text."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of `text` stands in the whole text."""
        return self._at(start), self._at(end - 1) + 1

    def _at(self, offset: int) -> int:
        line = bisect_right(self.joints, offset) - 1
        return self.starts[line] + offset - self.joints[line]


def chains(text: str) -> list[Chain]:
    """Every line that a terminal may have broken, with those it goes on in."""
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    if "\r" in text:
        lines = [line.rstrip("\r") for line in lines]
    lengths = [len(line) for line in lines]
    widths = _widths(lengths)
    found, behind = [], 0
    for first in [at for at, length in enumerate(lengths[:-1]) if length in widths]:
        if first < behind or MASK in lines[first]:
            continue
        last = first
        while last < len(lines) - 1 and last - first < _LONGEST_CHAIN and lengths[last] in widths:
            if MASK in lines[last]:
                break
            last += 1
        if lines[last] == _SEPARATOR:
            last -= 1
        if last == first:
            continue
        joints = tuple(accumulate(lengths[first:last], initial=0))
        found.append(Chain("".join(lines[first : last + 1]), joints, tuple(starts[first : last + 1])))
        behind = last
    return found


def _widths(lengths: list[int]) -> set[int]:
    """A terminal's usual widths, and that of the longest lines where several are as long."""
    known = set(lengths)
    widths = {width for width in WIDTHS if width in known}
    longest = max(known)
    if longest >= _NARROWEST and lengths.count(longest) >= _OFTEN:
        widths.add(longest)
    return widths
