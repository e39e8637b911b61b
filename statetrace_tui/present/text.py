"""Pure. Text in cells: ages (`1m12s`), texts of an exact width, and lines with a left and a right end.

A line is a list of spans `(text, role)`; a role is a word of the theme (`crit`, `dim`, `major*` is filled,
`@well strong` brings its own background).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len, chop_cells, set_cell_size

from statetrace_tui.present.words import count as count  # whoever paints finds it here, too

Span = tuple[str, str]
Line = list[Span]

_UNITS = ((86400, 3600, "d", "h"), (3600, 60, "h", "m"), (60, 1, "m", "s"))
_DAYS_ALONE_S = 100 * 86400


def dur(seconds: float) -> str:
    """At most six cells, two units, the second padded: `41s`, `1m12s`, `3h05m`, `41d06h`, `142d`; never negative."""
    whole = max(0, int(seconds))
    for unit, below, name, below_name in _UNITS:
        if whole >= unit:
            head = f"{whole // unit}{name}"
            return head if whole >= _DAYS_ALONE_S else f"{head}{whole % unit // below:02}{below_name}"
    return f"{whole}s"


def brief_dur(seconds: float) -> str:
    """One unit: `41s`, `24m`, `2h`, `3d`."""
    whole = max(0, int(seconds))
    for unit, _, name, _ in _UNITS:
        if whole >= unit:
            return f"{whole // unit}{name}"
    return f"{whole}s"


def fit(text: str, width: int, how: str = "l") -> str:
    """Exactly `width` cells. `l`, `r`, `c` align and cut prose at its end; `m` cuts in the middle (names, prefixes)."""
    if width <= 0:
        return ""
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        text = _cut_middle(text, width) if how == "m" else _cut_end(text, width)
        length = width
    room = width - length
    if how == "r":
        return " " * room + text
    if how == "c":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def _cut_end(text: str, width: int) -> str:
    if width <= 2:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 2).rstrip(". ") + "..", width)


def _cut_middle(text: str, width: int) -> str:
    if width < 5 or not text.isascii():
        return _cut_end(text, width)
    tail = (width - 2) * 2 // 3
    return f"{text[: width - 2 - tail]}..{text[-tail:]}"


def cells(text: str) -> int:
    """Terminal cells that a text takes."""
    return len(text) if text.isascii() else cell_len(text)


def size(line: Iterable[Span]) -> int:
    """Cells that a line takes."""
    return sum(cells(text) for text, _ in line)


def cut(line: Sequence[Span], width: int) -> Line:
    """The first `width` cells of a line."""
    out: Line = []
    for text, role in line:
        length = cells(text)
        if length > width:
            if width > 0:
                out.append((set_cell_size(text, width), role))
            return out
        out.append((text, role))
        width -= length
    return out


def spread(left: Sequence[Span], right: Sequence[Span], width: int, pad: int = 1) -> Line:
    """Left and right spans on one line of `width` cells, `pad` blank at either end; the left is cut first, and
    ends before it touches the right."""
    tail = cut(right, max(width - 2 * pad, 0))
    room = max(width - 2 * pad - size(tail), 0)
    touches = bool(plain(tail).strip()) and not plain(tail).startswith(" ")
    head = cut(left, max(room - touches, 0))
    return [(" " * pad, ""), *head, (" " * (room - size(head)), ""), *tail, (" " * pad, "")]


def rule(width: int, title: str = "", pad: int = 1, role: str = "dim", right: str = "") -> Line:
    """A heading that is its own rule: `IN HAND  5 ─────`."""
    head = f"{title} " if title else ""
    tail = f" {right}" if right else ""
    dashes = max(width - 2 * pad - cells(head) - cells(tail), 0)
    return [(" " * pad, ""), (head, role), ("─" * dashes, "faint"), (tail, "dim"), (" " * pad, "")]


def wrap(text: str, width: int, limit: int = 3) -> list[str]:
    """Prose in at most `limit` lines of at most `width` cells; what does not fit ends in `..`."""
    if width <= 0:
        return []
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in chop_cells(word, width) if cells(word) > width else [word]:
            joined = f"{line} {piece}" if line else piece
            if cells(joined) <= width:
                line = joined
            else:
                lines.append(line)
                line = piece
    lines += [line] if line else []
    if len(lines) > limit:
        lines = lines[:limit]
        lines[-1] = _cut_end(lines[-1] + " ...", width) if cells(lines[-1]) + 2 > width else lines[-1] + ".."
    return lines


def on_tone(line: Iterable[Span], tone: str, width: int = 0) -> Line:
    """The line on another background, filled up to `width` cells; spans with one of their own keep it."""
    out = [(text, role if role.startswith("@") else f"@{tone} {role}".strip()) for text, role in line]
    return [*out, (" " * max(width - size(out), 0), f"@{tone}")]


def flow(groups: Iterable[Sequence[Span]], width: int) -> list[Line]:
    """Groups of spans on as few lines as hold them."""
    out: list[Line] = []
    room = 0
    for group in groups:
        if size(group) > room or not out:
            out.append([])
            room = width
        out[-1] += group
        room -= size(group)
    return out


def merge(spans: Iterable[Span]) -> Line:
    """Neighbouring spans of one role joined, empty ones dropped."""
    return [("".join(text for text, _ in run), role) for role, run in groupby(spans, key=lambda span: span[1])]


def plain(line: Iterable[Span]) -> str:
    """The text of a line without its roles."""
    return "".join(text for text, _ in line)
