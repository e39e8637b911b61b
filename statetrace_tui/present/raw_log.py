"""Pure. The text of a capture with the lines of a fact highlighted: a gutter of numbers, and the bytes below."""

from __future__ import annotations

from statetrace_engine.model.capture_view import CaptureLine
from statetrace_tui.present.text import Line, fit, spread


def line(found: CaptureLine, width: int, gutter: int) -> Line:
    """`   118 | S*  0.0.0.0/0 ...`: a bar where it is marked, `?` where no parser understood it."""
    mark = ">" if found.is_marked else "?" if found.is_missed else " "
    role = "accent!" if found.is_marked else "warn" if found.is_missed else "dim"
    text = fit(found.text, max(width - gutter - 5, 0))
    out: Line = [(f" {found.number:>{gutter}} ", "dim"), (f"{mark} ", role), (f" {text}", "")]
    return [(part, f"@sel {each}".strip()) for part, each in out] if found.is_marked else out


def gutter_of(total_lines: int) -> int:
    return max(len(str(total_lines)), 3)


def head(name: str, command: str, where: str, width: int) -> Line:
    """The file, the command, and the bytes that are marked."""
    left: Line = [(command or "the capture", "strong")]
    right = f"{where}   " if where else ""
    room = max(width - len(left[0][0]) - len(right) - 8, 10)
    return spread(left, [(right, "accent!"), (fit(name, min(room, len(name)), "m"), "dim")], width, 3)


def foot(top: int, bottom: int, total: int, width: int) -> Line:
    share = 100 * bottom // total if total else 100
    return spread([(f"lines {top:,}-{bottom:,} of {total:,}", "dim")], [(f"{share} %", "dim")], width, 3)
