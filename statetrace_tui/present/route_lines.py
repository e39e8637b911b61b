"""Pure. Lines of the Routes table: groups with headings, rows in them, and how far to scroll for a row."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

CONTEXT = 3
"""Lines that stay in sight when a page turns."""


class Kind(Enum):
    ROW = auto()
    """With the index of the row over all groups."""
    HEADING = auto()
    """With the number of the group."""
    BLANK = auto()


class Layout(NamedTuple):
    """Groups of so many rows; an empty group has no line."""

    sizes: tuple[int, ...]
    gap: int = 1
    """Lines of a heading: 1, or 2 with a blank line before it."""

    @property
    def total(self) -> int:
        """Lines in all."""
        return sum(size + self.gap for size in self.sizes if size)

    def at(self, line: int) -> tuple[Kind, int]:
        """What stands on a line, counted from 0."""
        before = 0
        for group, size in enumerate(self.sizes):
            if not size:
                continue
            if line < self.gap:
                return (Kind.HEADING, group) if line == self.gap - 1 else (Kind.BLANK, 0)
            if line < self.gap + size:
                return Kind.ROW, before + line - self.gap
            line -= self.gap + size
            before += size
        return Kind.BLANK, 0

    def line_of(self, index: int) -> int:
        """The line of a row."""
        line = 0
        for size in self.sizes:
            if size:
                line += self.gap
                if index < size:
                    return line + index
                line += size
                index -= size
        return line

    def scrolled(self, top: int, index: int, page: int) -> int:
        """The first line to show so that the row is in sight, with a heading right above it: `top`, or a page turned.

        A row beyond the edge turns the page and stays in its `CONTEXT`: a cursor that goes on costs a screenful of
        bytes once a page, and not with each key.
        """
        line = self.line_of(index)
        first = line - self.gap if self.at(line - 1)[0] is Kind.HEADING else line
        around = min(CONTEXT, page // 4)
        if first < top:
            return max(min(first, line + 1 + around - page), 0)
        return max(line - around, 0) if line >= top + page else top
