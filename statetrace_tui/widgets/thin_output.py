"""Only the cells that differ go to the terminal: what Textual repaints is compared with what is already there.

Textual repaints whole lines of a widget; at a serial line's or a far SSH session's speed that is what an operator
waits for. `ThinOutput.diff` turns an update of Textual's compositor into the shortest cursor moves and texts.
`invalidate` when the terminal may show something else: another size, a resumed session, Ctrl+L.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

_BRIDGE = 4
"""Unchanged cells that are cheaper to write again than to jump over: a jump is `ESC [ n C`."""
_UNKNOWN = "\0"


class Written(CompositorUpdate):
    """An update that is already terminal codes."""

    def __init__(self, codes: str) -> None:
        self.codes = codes

    def render_segments(self, console: Console) -> str:  # noqa: ARG002
        return self.codes


class ThinOutput:
    """The terminal's cells as they were last written, and the difference to what they should be."""

    def __init__(self) -> None:
        self._width = 0
        self._height = 0
        self._characters: list[list[str]] = []
        self._styles: list[list[Style | None]] = []

    def invalidate(self) -> None:
        """The terminal may show anything: the next update is written whole."""
        self._width = self._height = 0

    def diff(self, update: CompositorUpdate, width: int, height: int, console: Console) -> CompositorUpdate:
        """The update as codes for a screen of that size; an update of a kind it does not know comes back as it is."""
        pieces = _pieces(update)
        if pieces is None:
            self.invalidate()
            return update
        if (width, height) != (self._width, self._height):
            self._resize(width, height)
        writer = _Writer(console._color_system or ColorSystem.TRUECOLOR)
        for y, x, strip in pieces:
            if 0 <= y < height:
                self._write_strip(writer, y, x, strip)
        return Written(writer.finish())

    def _resize(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._characters = [[_UNKNOWN] * width for _ in range(height)]
        self._styles = [[None] * width for _ in range(height)]

    def _write_strip(self, writer: _Writer, y: int, x: int, strip: Strip) -> None:
        row, styles = self._characters[y], self._styles[y]
        for text, style, control in strip._segments:
            if control:
                continue
            letters = list(text) if text.isascii() else _in_cells(text)
            end = min(x + len(letters), self._width)
            if end - x < len(letters):
                letters = letters[: max(end - x, 0)]
            if row[x:end] != letters or styles[x:end].count(style) != len(letters):
                _write_letters(writer, y, x, letters, style, row, styles)
            x = end


def _write_letters(
    writer: _Writer, y: int, x: int, letters: list[str], style: Style | None, row: list[str], styles: list[Style | None]
) -> None:
    for at, letter in enumerate(letters, x):
        if row[at] == letter and _looks_same(letter, styles[at], style):
            styles[at] = style
            continue
        row[at], styles[at] = letter, style
        if letter:
            writer.put(y, at, letter, style, row, styles)


def _looks_same(letter: str, one: Style | None, other: Style | None) -> bool:
    """Of a blank only the background shows."""
    return one == other or (letter == " " and _blank(one) == _blank(other))


@lru_cache(maxsize=1024)
def _blank(style: Style | None) -> Style | None:
    if style is None or style.reverse or style.underline or style.strike or style.overline:
        return style
    return Style(bgcolor=style.bgcolor) if style.bgcolor else None


@lru_cache(maxsize=8192)
def _sgr(old: Style | None, new: Style | None, system: ColorSystem) -> str:
    """The shortest codes from one style to another."""
    codes = new._make_ansi_codes(system) if new else ""
    whole = f"\x1b[0;{codes}m" if codes else "\x1b[0m"
    if old is None or new is None or old.color is None or new.color is None:
        return whole
    parts = [off if now is None else on for now, was, on, off in _attributes(old, new) if now != was]
    for was_color, color, is_front in ((old.color, new.color, True), (old.bgcolor, new.bgcolor, False)):
        if was_color != color:
            parts += color.downgrade(system).get_ansi_codes(is_front) if color else ["39" if is_front else "49"]
    step = f"\x1b[{';'.join(parts)}m"
    return step if parts and len(step) < len(whole) else whole


def _attributes(old: Style, new: Style) -> Iterator[tuple[bool | None, bool | None, str, str]]:
    yield new.bold or None, old.bold or None, "1", "22"
    yield new.italic or None, old.italic or None, "3", "23"
    yield new.underline or None, old.underline or None, "4", "24"
    yield new.reverse or None, old.reverse or None, "7", "27"


class _Writer:
    """Codes in the order of writing; knows where the terminal's cursor is and its colours."""

    def __init__(self, system: ColorSystem) -> None:
        self._system = system
        self._out: list[str] = []
        self._y = self._x = -1
        self._style: Style | None = None
        self._is_styled = False

    def put(self, y: int, x: int, letter: str, style: Style | None, row: list[str], styles: list[Style | None]) -> None:
        """One cell. `row` and `styles` are what its line shows, to jump over the cells between cheaply."""
        if y != self._y or x != self._x:
            self._move(y, x, row, styles)
        if not self._is_styled or not _looks_same(letter, self._style, style):
            self._out.append(_sgr(self._style if self._is_styled else None, style, self._system))
            self._style, self._is_styled = style, True
        self._out.append(letter)
        self._x = x + (1 if letter.isascii() else max(get_character_cell_size(letter[0]), 1))

    def finish(self) -> str:
        """Everything, ending in the terminal's own colours."""
        if self._is_styled:
            self._out.append("\x1b[0m")
        return "".join(self._out)

    def _move(self, y: int, x: int, row: list[str], styles: list[Style | None]) -> None:
        gap = x - self._x
        if y == self._y and gap > 0:
            between = row[self._x : x]
            is_bridge = gap <= _BRIDGE and all(
                letter.isascii() and letter not in ("", _UNKNOWN) and _looks_same(letter, self._style, style)
                for letter, style in zip(between, styles[self._x : x], strict=True)
            )
            self._out.append("".join(between) if is_bridge else f"\x1b[{gap}C")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
        self._y, self._x = y, x


def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]] | None:
    if isinstance(update, ChopsUpdate):
        return _of_chops(update)
    if isinstance(update, LayoutUpdate):
        return _of_layout(update)
    return None


def _of_layout(update: LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    for y, line in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in line:
            yield y, x, strip
            x += strip.cell_length


def _of_chops(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Spans (line, first, end) over lines that are cut where widgets begin and end."""
    for y, first, last in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x >= last or end <= first:
                continue
            yield y, x, strip.crop(0, last - x) if end > last else strip


def _in_cells(text: str) -> list[str]:
    """One item a cell: a wide character is followed by an empty one, a combining one joins what is before it."""
    out: list[str] = []
    for character in text:
        width = get_character_cell_size(character)
        if width == 0 and out:
            at = len(out) - 1 if out[-1] else len(out) - 2
            out[at] += character
        else:
            out.append(character)
            out.extend([""] * (width - 1))
    return out
