"""Pure. The text of a capture with the lines of a fact highlighted: a gutter of numbers, and the bytes below."""

from __future__ import annotations

import re

from statetrace_engine.model.capture_view import CaptureLine
from statetrace_tui.present.text import Line, cells, fit, spread

LEGEND: list[Line] = [
    [(">", "accent!"), (" what was asked for   ", ""), ("?", "warn"), (" no parser understood it   ", "")],
    [(".. ", "strong"), ("the line goes on: right and left move the text", "")],
]


def line(found: CaptureLine, width: int, gutter: int, shift: int = 0, words: str = "") -> Line:
    """`   118 >  S*  0.0.0.0/0 ...`: `>` where it is marked, `?` where no parser understood it; from cell `shift` on,
    and with what is searched for brought out."""
    mark = ">" if found.is_marked else "?" if found.is_missed else " "
    role = "accent!" if found.is_marked else "warn" if found.is_missed else "dim"
    text = fit(found.text[shift:], max(width - gutter - 5, 0))
    out: Line = [(f" {found.number:>{gutter}} ", "dim"), (f"{mark} ", role), (" ", ""), *_brought_out(text, words)]
    return [(part, f"@sel {each}".strip()) for part, each in out] if found.is_marked else out


def _brought_out(text: str, words: str) -> Line:
    if not words:
        return [(text, "")]
    parts = re.split(f"({re.escape(words)})", text, flags=re.IGNORECASE)
    return [(part, "accent!" if index % 2 else "") for index, part in enumerate(parts) if part]


def widest(lines: list[CaptureLine]) -> int:
    """Cells of the longest of them."""
    return max((cells(line.text) for line in lines), default=0)


def gutter_of(total_lines: int) -> int:
    return max(len(str(total_lines)), 3)


def head(name: str, command: str, where: str, width: int) -> Line:
    """The file, the command, and the bytes that are marked."""
    left: Line = [(command or "the capture", "strong")]
    right = f"{where}   " if where else ""
    room = max(width - len(left[0][0]) - len(right) - 8, 10)
    return spread(left, [(right, "accent!"), (fit(name, min(room, len(name)), "m"), "dim")], width, 3)


def foot(top: int, bottom: int, total: int, width: int, shift: int = 0) -> Line:
    share = 100 * bottom // total if total else 100
    moved = f", from column {shift + 1}" if shift else ""
    return spread([(f"lines {top:,}-{bottom:,} of {total:,}{moved}", "dim")], [(f"{share} %", "dim")], width, 3)
