"""Pure. Numbers to be read from four metres: five rows of pixels, as large as the room allows."""

from __future__ import annotations

from typing import NamedTuple

ROWS = 5
_BITS = {
    "0": (7, 5, 5, 5, 7), "1": (2, 6, 2, 2, 7), "2": (7, 1, 7, 4, 7), "3": (7, 1, 7, 1, 7), "4": (5, 5, 7, 1, 1),
    "5": (7, 4, 7, 1, 7), "6": (7, 4, 7, 5, 7), "7": (7, 1, 1, 1, 1), "8": (7, 5, 7, 5, 7), "9": (7, 5, 7, 1, 7),
}  # fmt: skip
"""Three pixels a row, the left one is the highest bit."""


class Scale(NamedTuple):
    across: int
    """Cells of a pixel."""
    down: int


SCALES = (Scale(4, 2), Scale(2, 1), Scale(1, 1))


def cells(number: int, scale: Scale) -> int:
    """The width of a number: three pixels a digit, one cell between digits for each across."""
    digits = len(str(max(number, 0)))
    return digits * 3 * scale.across + (digits - 1) * max(scale.across // 2, 1)


def scale_for(numbers: list[int], width: int, height: int) -> Scale | None:
    """The largest at which every number fits in `width` cells and `height` rows; None: not even the smallest."""
    for scale in SCALES:
        if scale.down * ROWS <= height and all(cells(number, scale) <= width for number in numbers):
            return scale
    return None


def rows(number: int, scale: Scale) -> list[str]:
    """`ROWS * scale.down` texts of `cells(number, scale)` cells."""
    gap = " " * max(scale.across // 2, 1)
    out: list[str] = []
    for y in range(ROWS):
        text = gap.join(_row(digit, y, scale.across) for digit in str(max(number, 0)))
        out += [text] * scale.down
    return out


def _row(digit: str, y: int, across: int) -> str:
    return "".join(("█" if _BITS[digit][y] >> bit & 1 else " ") * across for bit in (2, 1, 0))
