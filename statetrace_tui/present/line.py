"""Pure. A line of spans → Rich segments of an exact width, in the theme's styles.

The last gate before the terminal: a control character that slipped through becomes `.`, and with an ASCII
theme no byte above 127 is left.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from statetrace_engine.model.text import sanitise
from statetrace_tui.present.ink import Theme
from statetrace_tui.present.text import Span

_GLYPHS = str.maketrans("─│┌┐└┘█·", "-|++++#.")


def to_ascii(text: str) -> str:
    """Rules and boxes by their likeness, anything else by as many `?` as it has cells."""
    text = text.translate(_GLYPHS)
    return text if text.isascii() else "".join(c if c.isascii() else "?" * cell_len(c) for c in text)


def segments(line: Iterable[Span], width: int, theme: Theme, tone: str = "bg", veil: bool = False) -> list[Segment]:
    """Exactly `width` cells: cut at the right, filled up with the tone."""
    out: list[Segment] = []
    left = width
    for text, role in line:
        if not text:
            continue
        if not text.isprintable():
            text = sanitise(text)
        if theme.is_ascii and not text.isascii():
            text = to_ascii(text)
        length = len(text) if text.isascii() else cell_len(text)
        if length > left:
            if left:
                out.append(Segment(set_cell_size(text, left), theme.style(tone, role, veil)))
            return out
        out.append(Segment(text, theme.style(tone, role, veil)))
        left -= length
    if left:
        out.append(Segment(" " * left, theme.style(tone)))
    return out
