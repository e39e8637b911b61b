"""Only the cells that differ go to the terminal: what Textual repaints is compared with what is already there.

Textual repaints whole lines of a widget; at a serial line's or a far SSH session's speed that is what an operator
waits for. `ThinOutput.diff` turns an update of Textual's compositor into the shortest cursor moves and texts.
`invalidate` when the terminal may show something else: another size, a resumed session, Ctrl+L.
"""

from __future__ import annotations

from collections.abc import Iterator

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
        self._codes: dict[tuple[Style | None, ColorSystem], str] = {}

    def invalidate(self) -> None:
        """The terminal may show anything: the next update is written whole."""
        self._width = self._height = 0

    def diff(self, update: CompositorUpdate, width: int, height: int, console: Console) -> Written | CompositorUpdate:
        """The update as codes for a screen of that size; an update of a kind it does not know comes back as it is."""
        pieces = _pieces(update)
        if pieces is None:
            self.invalidate()
            return update
        if (width, height) != (self._width, self._height):
            self._resize(width, height)
        system = console._color_system or ColorSystem.TRUECOLOR
        writer = _Writer(lambda style: self._sgr(style, system))
        for y, x, strip in pieces:
            if 0 <= y < height:
                self._write_strip(writer, y, x, strip)
        return Written(writer.finish())

    def _resize(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._characters = [[_UNKNOWN] * width for _ in range(height)]
        self._styles = [[None] * width for _ in range(height)]

    def _sgr(self, style: Style | None, system: ColorSystem) -> str:
        found = self._codes.get((style, system))
        if found is None:
            codes = style._make_ansi_codes(system) if style is not None else ""
            found = self._codes[style, system] = f"\x1b[0;{codes}m" if codes else "\x1b[0m"
        return found

    def _write_strip(self, writer: _Writer, y: int, x: int, strip: Strip) -> None:
        row, styles = self._characters[y], self._styles[y]
        for text, style, control in strip._segments:
            if control:
                continue
            letters = list(text) if text.isascii() else _in_cells(text)
            end = min(x + len(letters), self._width)
            if x < 0 or end - x < len(letters):
                letters = letters[: max(end - x, 0)]
            if row[x:end] != letters or styles[x:end].count(style) != len(letters):
                self._write_letters(writer, y, x, letters, style)
            x = end

    def _write_letters(self, writer: _Writer, y: int, x: int, letters: list[str], style: Style | None) -> None:
        row, styles = self._characters[y], self._styles[y]
        for at, letter in enumerate(letters, x):
            if row[at] == letter and styles[at] == style:
                continue
            row[at], styles[at] = letter, style
            if letter:
                writer.put(y, at, letter, style, row, styles)


class _Writer:
    """Codes in the order of writing; knows where the terminal's cursor is and its colours."""

    def __init__(self, sgr: object) -> None:
        self._sgr = sgr
        self._out: list[str] = []
        self._y = self._x = -1
        self._style: Style | None = None
        self._is_styled = False

    def put(self, y: int, x: int, letter: str, style: Style | None, row: list[str], styles: list[Style | None]) -> None:
        self._move(y, x, row, styles)
        self._ink(style)
        self._out.append(letter)
        self._x = x + (1 if letter.isascii() else max(_width_of(letter), 1))

    def finish(self) -> str:
        if self._is_styled:
            self._out.append("\x1b[0m")
        return "".join(self._out)

    def _move(self, y: int, x: int, row: list[str], styles: list[Style | None]) -> None:
        gap = x - self._x
        if y == self._y and gap == 0:
            return
        if y == self._y and gap > 0:
            between = row[self._x : x]
            is_plain = all(letter.isascii() and letter not in ("", _UNKNOWN) for letter in between)
            if gap <= _BRIDGE and is_plain and all(s == self._style for s in styles[self._x : x]):
                self._out.append("".join(between))
            else:
                self._out.append(f"\x1b[{gap}C" if gap > 1 else "\x1b[C")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
        self._y, self._x = y, x

    def _ink(self, style: Style | None) -> None:
        if not self._is_styled or style != self._style:
            self._out.append(self._sgr(style))  # type: ignore[operator]
            self._style, self._is_styled = style, True


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


def _width_of(letter: str) -> int:
    return get_character_cell_size(letter[0])
