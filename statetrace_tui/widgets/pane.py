"""A pane painted by `build(width, height) → lines`; it repaints only the lines that changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from statetrace_tui.present.line import segments
from statetrace_tui.present.text import Line, Span
from statetrace_tui.widgets.stage import Stage, stage_of

Build = Callable[[int, int], Sequence[Line]]
"""(width, height) in cells → at most `height` lines; each is cut or filled to `width`."""


class Painted(Widget):
    """Draws itself line by line, past Textual's style cache: no margins, borders or filters, and half the work."""

    DEFAULT_CSS = "Painted { background: transparent; }"

    @property
    def stage(self) -> Stage:
        return stage_of(self)

    def strip(self, y: int) -> Strip:
        """The line at `y` of the widget, exactly as wide as the widget."""
        raise NotImplementedError

    def veil(self, is_veiled: bool) -> None:
        """Grey, because an overlay is above or the data is old."""
        raise NotImplementedError

    def repaint(self) -> None:
        """What it shows may be something else now."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        return self.strip(y)

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = [self.strip(y) for y in crop.line_range]
        x1, x2 = crop.column_span
        if (x1, x2) != (0, self.size.width):
            return [strip.crop(x1, x2) for strip in strips]
        return strips


class Pane(Painted):
    """`repaint()` builds again and repaints what differs; resizing builds again by itself."""

    def __init__(
        self,
        build: Build,
        *,
        tone: str = "bg",
        width: int | str = "1fr",
        height: int | str = "1fr",
        has_edge: bool = False,
        can_veil: bool = True,
        id: str | None = None,
    ) -> None:
        """`has_edge`: where the theme has no tones, a bar marks the left edge. `can_veil`: goes grey with old data."""
        super().__init__(id=id)
        self.styles.width = width
        self.styles.height = height
        self._build = build
        self._tone = tone
        self.has_edge = has_edge
        self._can_veil = can_veil
        self._is_veiled = False
        self._key: tuple[object, ...] = ()
        self._lines: list[Line] = []
        self._strips: dict[int, Strip] = {}

    def veil(self, is_veiled: bool) -> None:
        if is_veiled != self._is_veiled and self._can_veil:
            self._is_veiled = is_veiled
            self._strips.clear()
            self.refresh()

    def rise(self, rows: int) -> None:
        """So many rows high from now on; free when it is."""
        height = self.styles.height
        if height is None or height.value != rows:
            self.styles.height = rows

    def repaint(self) -> None:
        """Builds again; only lines that differ from what is shown go to the screen."""
        if not self.is_attached or not self.display or not self.size.area:
            return
        old = self._lines if self._key == self._look() else None
        lines = self._fresh()
        if old is None:
            self.refresh()
            return
        for y in range(max(len(old), len(lines))):
            if _at(old, y) != _at(lines, y):
                self._strips.pop(y, None)
                self.refresh(Region(0, y, self.size.width, 1))

    def strip(self, y: int) -> Strip:
        if self._key != self._look():
            self._fresh()
        found = self._strips.get(y)
        if found is None:
            width = self.size.width
            line = [*self._bar, *_at(self._lines, y)]
            found = Strip(segments(line, width, self.stage.ink, self._tone, self._is_veiled), width)
            self._strips[y] = found
        return found

    @property
    def text(self) -> str:
        """What it shows, without roles: for tests and for copying."""
        return "\n".join("".join(text for text, _ in line) for line in self._lines)

    def on_resize(self, _: events.Resize) -> None:
        self.repaint()

    @property
    def _bar(self) -> list[Span]:
        return [("│", "faint")] if self.has_edge and self.stage.ink.is_flat else []

    def _look(self) -> tuple[object, ...]:
        return (*self.size, self.stage.ink, self.has_edge)

    def _fresh(self) -> list[Line]:
        look = self._look()
        if look != self._key:
            self._strips.clear()
            self._key = look
        width, height = self.size
        self._lines = list(self._build(width - len(self._bar), height))[:height]
        return self._lines


def _at(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else []
