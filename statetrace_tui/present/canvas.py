"""Pure. One line painted cell by cell, later paint on top; what falls outside is cut."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from statetrace_engine.model.text import sanitise
from statetrace_tui.present.text import Line, cells


class Canvas:
    """`width` blank cells; `line()` gives them as spans of exactly that width."""

    def __init__(self, width: int) -> None:
        self.cells: list[tuple[str, str]] = [(" ", "")] * max(width, 0)

    def paint(self, x: int, text: str, role: str, end: int | None = None) -> None:
        """Write from cell `x` on, up to but not including cell `end`."""
        last = len(self.cells) if end is None else min(end, len(self.cells))
        for i, char in enumerate(narrow(text)[: max(last - x, 0)], x):
            if i >= 0:
                self.cells[i] = (char, role)

    def fill(self, start: int, end: int, char: str, role: str) -> None:
        """Repeat `char` from cell `start` up to but not including `end`."""
        start, end = max(start, 0), min(end, len(self.cells))
        if end > start:
            self.cells[start:end] = [(char, role)] * (end - start)

    def line(self) -> Line:
        """The cells as the fewest spans."""
        return [("".join(map(itemgetter(0), run)), role) for role, run in groupby(self.cells, key=itemgetter(1))]


def narrow(text: str) -> str:
    """A text in which every character takes one cell: control characters are gone, wide ones are `?`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if cells(char) == 1 else "?" * cells(char) for char in sanitise(text))
