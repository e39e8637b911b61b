"""Pure. The columns of a list: which a width shows, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from statetrace_tui.present.text import Line, fit

GUTTER = 2
"""Cursor and mark."""


class Column(NamedTuple):
    key: str
    title: str
    cells: int
    gap: int
    how: str
    """As `fit` aligns and cuts."""
    least: int
    """The least width of the list that shows it."""
    grow: int = 0
    """Cells it can use beyond its own."""
    turn: int = 9
    """When it gets them: low ones first."""


def fitting(columns: Iterable[Column], width: int) -> tuple[Column, ...]:
    """For a list of `width` cells; what room is left goes to those that need it most."""
    shown = [column for column in columns if width >= column.least]
    room = width - GUTTER - sum(column.cells + column.gap for column in shown)
    wider = {column.key: column.cells for column in shown}
    for column in sorted(shown, key=lambda column: column.turn):
        more = min(column.grow, max(room, 0))
        wider[column.key] += more
        room -= more
    return tuple(column._replace(cells=wider[column.key]) for column in shown)


def heading(columns: Iterable[Column]) -> Line:
    """A title stands where its column's texts do."""
    return [
        (" " * GUTTER, ""),
        *(
            (fit(column.title, column.cells, "r" if column.how == "r" else "l") + " " * column.gap, "dim")
            for column in columns
        ),
    ]


def lead(tone: str, *, is_here: bool, is_marked: bool) -> Line:
    """What stands in the gutter."""
    return [(">" if is_here else " ", f"{tone}accent!"), ("*" if is_marked else " ", f"{tone}accent!")]
