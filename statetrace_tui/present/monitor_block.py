"""Pure. What the Monitors are made of: rows that name something, in blocks that say how bad they are."""

from __future__ import annotations

from typing import NamedTuple

from statetrace_tui.present.text import Line

WORST, BAD, ODD, FINE = 3, 2, 1, 0
"""How bad a block is: the worst comes first."""
ENGINE = "engine"
"""In the place of a screen: the engine's own page."""


class Row(NamedTuple):
    line: Line
    key: str = ""
    """By which the cursor finds it again; empty: no row to stand on."""
    screen: str = ""
    subject: str = ""
    text: str = ""
    """What `y` copies."""


class Block(NamedTuple):
    title: str
    right: str
    """In a word, at the right end of its head."""
    rank: int
    """How bad it is: higher comes first."""
    rows: tuple[Row, ...]
