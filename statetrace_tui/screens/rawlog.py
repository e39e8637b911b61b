"""The raw log: the text of a capture, redacted and safe, with the lines of a fact highlighted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from msgspec import structs

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.capture_view import CaptureLine
from statetrace_tui.present import raw_log
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.frame import Moving
from statetrace_tui.widgets.modal import Prompt
from statetrace_tui.widgets.pane import Pane

PAGE_LINES = 400
"""Lines that one question asks for."""
_ABOVE = 5
"""Lines in sight above what is marked."""


class RawlogScreen(Moving):
    """`show("capture ID [START END]\\tWHAT\\tFILE")`, in characters of its text, `show("capture ID line N\\t…")`, or
    `show("route ID")`."""

    place: ClassVar[str] = "rawlog"
    word: ClassVar[str] = "Raw log"
    legend: ClassVar[list[Line]] = raw_log.LEGEND
    keys: ClassVar[tuple[Key, ...]] = (
        *MOVES,
        Key("right >", "right", "", "MOVE", "text aside", "left"),
        Key("left <", "left"),
        Key("/", "filter", "find", "FIND", "find"),
        Key("n", "next_match", "next", "FIND", "next, prev", "previous_match"),
        Key("N", "previous_match"),
        Key("u", "next_missed", "not read", "FIND", "next, prev not read", "previous_missed"),
        Key("U", "previous_missed"),
        Key("m", "marked", "marked", "FIND", "what is marked"),
        Key("y", "copy", "copy", "ACT", "copy"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[int, CaptureLine] = {}
        self.total = 0
        self.top = 1
        self._found = 1
        """Where the search goes on from."""
        self.shift = 0
        self.wanted = ""
        self._capture_id = 0
        self._mark = (0, 0)
        self._own = 0
        """A line that was asked for by its number; 0: none."""
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
            self.shift, self.wanted, self._found = 0, "", 1
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
                    self.top = self._found = max(self._marked - _ABOVE, 1)
                    await self._ensure()
        except StateTraceError as error:
            self._why = str(error)
        self._pane.repaint()
        self.refresh_frame()

    async def _find(self, subject: str) -> None:
        kind, _, rest = subject.partition(" ")
        self._capture_id, self._mark, self._own = 0, (0, 0), 0
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
        span, self._command, self._file = rest.split("\t", 2)
        number, *place = span.split()
        self._capture_id = int(number)
        if place and place[0] == "line":
            self._own = int(place[1])
        elif place:
            self._mark = (int(place[0]), int(place[1]))

    async def _load(self, first: int) -> None:
        page = await self.stage.engine.capture_page(self._capture_id, first, PAGE_LINES, self._mark)
        if page is None:
            self._why = "this capture is no longer kept"
            return
        self.total, self._marked = page.total_lines, page.marked or self._own
        self.lines.update((line.number, self._with_own(line)) for line in page.lines)

    def _with_own(self, line: CaptureLine) -> CaptureLine:
        return structs.replace(line, is_marked=True) if line.number == self._own else line

    async def _ensure(self) -> None:
        """What is in sight is here, wherever keys have moved it meanwhile."""
        while (missing := self._missing()) and not self._why:
            if len(self.lines) > 20 * PAGE_LINES:
                self.lines.clear()
            await self._load(max(missing - PAGE_LINES // 4, 1))

    def _missing(self) -> int:
        """The first line in sight that is not here; 0: none."""
        wanted = range(self.top, min(self.top + self._room, self.total + 1))
        return next((number for number in wanted if number not in self.lines), 0)

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
        rows = [self._line(n, width, gutter) for n in shown]
        rows += [[] for _ in range(height - 2 - len(rows))]
        return [head, *rows, raw_log.foot(self.top if self.total else 0, bottom, self.total, width, self.shift)]

    def _line(self, number: int, width: int, gutter: int) -> Line:
        found = self.lines.get(number)
        return raw_log.line(found, width, gutter, self.shift, self.wanted) if found is not None else []

    # Keys.

    def move(self, by: int) -> None:
        self._go(self.top + by)

    def page_rows(self) -> int:
        return self._room - 1

    def action_marked(self) -> None:
        if self._marked:
            self._go(self._marked - _ABOVE)
        else:
            self.stage.say("nothing is marked", "dim")

    def action_filter(self) -> None:
        self.ask(Prompt("/", self._search, value=self.wanted, hint="text, in any case"))

    def _search(self, words: str) -> None:
        self.wanted = words
        if words:
            self._seek(words, self.top - 1, is_back=False)
        self._pane.repaint()

    def action_next_match(self) -> None:
        self._again(is_back=False)

    def action_previous_match(self) -> None:
        self._again(is_back=True)

    def _again(self, *, is_back: bool) -> None:
        if self.wanted:
            self._seek(self.wanted, self._found, is_back=is_back)
        else:
            self.stage.say("nothing is searched for", "dim")

    def action_next_missed(self) -> None:
        self._seek("", self._found, is_back=False)

    def action_previous_missed(self) -> None:
        self._seek("", self._found, is_back=True)

    def _seek(self, words: str, line: int, *, is_back: bool) -> None:
        self.stage.start(self._find_next(words, line, is_back), "raw log find")

    async def _find_next(self, words: str, line: int, is_back: bool) -> None:
        try:
            found = await self.stage.engine.capture_find(self._capture_id, line, words, is_back)
        except StateTraceError as error:
            self.stage.say(str(error), "major")
            return
        if not found:
            self.stage.say(f"{words[:24]} is not in it" if words else "every line of it was read", "dim")
            return
        if (found < line) != is_back:
            self.stage.say("from the other end", "dim")
        self._go(found - _ABOVE)
        self._found = found

    def action_right(self) -> None:
        shown = [self.lines[n] for n in range(self.top, self.top + self._room) if n in self.lines]
        room = max(self._pane.size.width // 2, 1)
        if raw_log.widest(shown) > self.shift + room:
            self.shift += room
        self._pane.repaint()

    def action_left(self) -> None:
        self.shift = max(self.shift - max(self._pane.size.width // 2, 1), 0)
        self._pane.repaint()

    def _go(self, line: int) -> None:
        self.top = max(1, min(line, self.total - self._room + 1))
        self._found = self.top
        if not self._is_loading:
            self._is_loading = True
            self.stage.start(self._fetch(), "raw log page")
        self._pane.repaint()

    def action_copy(self) -> None:
        marked = [line for line in self.lines.values() if line.is_marked]
        shown = marked or [self.lines[n] for n in range(self.top, self.top + self._room) if n in self.lines]
        self.stage.copy_text("\n".join(line.text for line in sorted(shown, key=lambda line: line.number)))

    def action_leave(self) -> None:
        if self.wanted:
            self._search("")
        else:
            self.stage.back()
