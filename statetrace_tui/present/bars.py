"""Pure. Bars a day: whole blocks only, a dot for a day on which there was none, a blank for one that nobody counted."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

BLOCK = "█"


def rows(values: Sequence[float | None], height: int) -> list[str]:
    """`height` lines, the top first; the highest value reaches the top, and none above 0 is invisible."""
    peak = max((value for value in values if value is not None), default=0.0)
    levels = [_level(value, peak, height) for value in values]
    return ["".join(_cell(level, height - 1 - row) for level in levels) for row in range(height)]


def _level(value: float | None, peak: float, height: int) -> int | None:
    if value is None:
        return None
    return max(ceil(value / peak * height), 1) if value > 0 else 0


def _cell(level: int | None, row: int) -> str:
    """`row` counts from the ground."""
    if level is None:
        return " "
    if level > row:
        return BLOCK
    return "." if row == 0 else " "
