"""The raw log: the text of a capture, redacted and safe, with the lines of a fact highlighted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.capture_view import CaptureLine
from statetrace_tui.present import raw_log
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.pane import Pane

PAGE_LINES = 400
"""Lines that one question asks for."""
_ABOVE = 5
"""Lines in sight above what is marked."""


class RawlogScreen(Frame):
    """`show("capture ID [START END]")`, in characters of its text, or `show("route ID")`."""

    place: ClassVar[str] = "rawlog"
    word: ClassVar[str] = "Raw log"
    keys: ClassVar[tuple[Key, ...]] = (
        *MOVES,
        Key("m", "marked", "marked", "FIND", "what is marked"),
        Key("n", "next_match", "not read", "FIND", "next, prev not read", "previous_match"),
        Key("N", "previous_match"),
        Key("y", "copy", "copy", "ACT", "copy what is marked, else what is in sight"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int, CaptureLine] = {}
        self.total = 0
        self.top = 1
        self._capture_id = 0
        self._mark = (0, 0)
        self._marked = 0
        self._file = self._command = self._where = ""
        self._subject = self._why = ""
        self._is_loading = False
        self._pane = Pane(self._build, id="rawlog")

    def body(self) -> Iterable[Pane]:
        return (self._pane,)

    def show(self, subject: str) -> None:
        if subject and subject != self._subject:
            self._subject = subject
            self.lines, self.total, self.top, self._marked, self._why = {}, 0, 1, 0, ""
            self.stage.start(self._open(subject), "raw log")
        self._pane.repaint()

    def veil(self, is_veiled: bool) -> None:
        """What was captured does not grow old while it is read."""

    # Loading.

    async def _open(self, subject: str) -> None:
        try:
            await self._find(subject)
            if self._capture_id:
                await self._load(1)
                if self._marked:
                    self.top = max(self._marked - _ABOVE, 1)
                    await self._ensure()
        except StateTraceError as error:
            self._why = str(error)
        self._pane.repaint()
        self.refresh_frame()

    async def _find(self, subject: str) -> None:
        kind, _, rest = subject.partition(" ")
        self._capture_id, self._mark = 0, (0, 0)
        self._file = self._command = self._where = ""
        if kind == "route":
            spot = await self.stage.engine.capture_spot(rest)
            if spot is None:
                self._why = "no capture shows this route"
                return
            self._capture_id, self._mark = spot.capture_id, (spot.text_start, spot.text_end)
            self._file, self._command = spot.name, spot.command
            self._where = f"bytes {spot.start:,}-{spot.end:,}"
            return
        numbers = [int(word) for word in rest.split()]
        self._capture_id = numbers[0]
        self._mark = (numbers[1], numbers[2]) if len(numbers) == 3 else (0, 0)

    async def _load(self, first: int) -> None:
        page = await self.stage.engine.capture_page(self._capture_id, first, PAGE_LINES, self._mark)
        if page is None:
            self._why = "this capture is no longer kept"
            return
        self.total, self._marked = page.total_lines, page.marked
        self.lines.update((line.number, line) for line in page.lines)

    async def _ensure(self) -> None:
        """What is in sight is here."""
        wanted = range(self.top, min(self.top + self._room, self.total + 1))
        missing = next((number for number in wanted if number not in self.lines), 0)
        if missing:
            if len(self.lines) > 20 * PAGE_LINES:
                self.lines.clear()
            await self._load(max(missing - PAGE_LINES // 4, 1))

    async def _fetch(self) -> None:
        try:
            await self._ensure()
        except StateTraceError as error:
            self.stage.say(str(error), "major")
        finally:
            self._is_loading = False
        self._pane.repaint()

    # Painting.

    @property
    def _room(self) -> int:
        return max(self._pane.size.height - 2, 1)

    def _build(self, width: int, height: int) -> list[Line]:
        head = raw_log.head(self._file, self._command, self._where, width)
        if self._why:
            return [head, [], [("   ", ""), (self._why, "unk")]]
        gutter = raw_log.gutter_of(self.total)
        bottom = min(self.top + height - 3, self.total)
        shown = range(self.top, bottom + 1)
        rows = [raw_log.line(self.lines[n], width, gutter) if n in self.lines else [] for n in shown]
        rows += [[] for _ in range(height - 2 - len(rows))]
        return [head, *rows, raw_log.foot(self.top if self.total else 0, bottom, self.total, width)]

    # Keys.

    def action_down(self) -> None:
        self._go(self.top + 1)

    def action_up(self) -> None:
        self._go(self.top - 1)

    def action_first(self) -> None:
        self._go(1)

    def action_last(self) -> None:
        self._go(self.total)

    def action_page_down(self) -> None:
        self._go(self.top + self._room - 1)

    def action_page_up(self) -> None:
        self._go(self.top - self._room + 1)

    def action_marked(self) -> None:
        if self._marked:
            self._go(self._marked - _ABOVE)
        else:
            self.stage.say("nothing is marked", "dim")

    def action_next_match(self) -> None:
        self._find_missed(forward=True)

    def action_previous_match(self) -> None:
        self._find_missed(forward=False)

    def _find_missed(self, *, forward: bool) -> None:
        """Among the lines that are here."""
        missed = sorted(n for n, line in self.lines.items() if line.is_missed)
        after = [n for n in missed if n > self.top + _ABOVE] if forward else [n for n in missed if n < self.top]
        if after:
            self._go((after[0] if forward else after[-1]) - _ABOVE)
        else:
            self.stage.say("no other line here that was not read", "dim")

    def _go(self, line: int) -> None:
        self.top = max(1, min(line, self.total - self._room + 1))
        if not self._is_loading:
            self._is_loading = True
            self.stage.start(self._fetch(), "raw log page")
        self._pane.repaint()

    def action_copy(self) -> None:
        marked = [line for line in self.lines.values() if line.is_marked]
        shown = marked or [self.lines[n] for n in range(self.top, self.top + self._room) if n in self.lines]
        self.stage.copy_text("\n".join(line.text for line in sorted(shown, key=lambda line: line.number)))

    def action_leave(self) -> None:
        self.stage.back()
