"""Monitors: who speaks, what contradicts, which routes nobody sees, what waits, and how late outages are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.monitors import Monitors
from statetrace_tui.present import monitor_rows
from statetrace_tui.present.book import Delta
from statetrace_tui.present.cursor import Cursor
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.monitor_block import ENGINE, Row
from statetrace_tui.present.monitor_rows import Seen
from statetrace_tui.present.text import Line, cut, on_tone
from statetrace_tui.widgets.frame import Moving
from statetrace_tui.widgets.pane import Pane

AIRY = 30
"""Rows from which there are blank lines between blocks."""
LOOK_S = 1.0
"""The engine is asked so often while this is in front; only what reads otherwise is painted."""


class MonitorsScreen(Moving):
    """One list: a sentence, then blocks with the troubled ones first. The cursor stands on a row, by its name."""

    place: ClassVar[str] = "monitors"
    word: ClassVar[str] = "Monitors"
    legend: ClassVar[list[Line]] = monitor_rows.legend()
    keys: ClassVar[tuple[Key, ...]] = (
        *MOVES,
        Key("enter t", "open", "go there", "MOVE", "what the row names"),
        Key("y", "copy", "copy", "ACT", "copy what it names"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.monitors: Monitors | None = None
        self._rows: list[Row] = []
        self._wanted = ""
        self._cursor = Cursor()
        self._is_loading = False
        self._looked = -LOOK_S
        self._page = Pane(self._lines, id="monitors")

    def body(self) -> Iterable[Pane]:
        return (self._page,)

    # Told by the app.

    def follow(self, delta: Delta) -> None:
        if delta.is_full:
            self._looked = -LOOK_S

    def tick(self) -> None:
        now = self.stage.monotonic()
        if now - self._looked >= LOOK_S and not self._is_loading:
            self._looked, self._is_loading = now, True
            self.stage.start(self._load(), "monitors")

    def show(self, _: str) -> None:
        self.paint()

    async def _load(self) -> None:
        try:
            self.monitors = monitor_rows.steady(self.monitors, await self.stage.engine.monitors())
            self.paint()
        except StateTraceError as error:
            self.stage.say(str(error), "major")
        finally:
            self._is_loading = False

    # What is shown.

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self._cursor.at] if self._cursor.at < len(self._rows) else None

    def _lines(self, width: int, height: int) -> list[Line]:
        if self.monitors is None:
            return [[], [("   ", ""), ("the engine has not spoken yet", "unk")]]
        inner = max(width - 2, 0)
        seen = Seen(self.monitors, self.stage.book.rows, self.stage.zone)
        self._rows = monitor_rows.rows(seen, inner, is_airy=self.size.height >= AIRY)
        self._keep()
        said = monitor_rows.sentence(self.monitors, max(width - 4, 0))
        head: list[Line] = [[], *([("   ", ""), *cut(line, max(width - 4, 0))] for line in said), []]
        shown = self._cursor.window(len(self._rows), height - len(head))
        return [*head, *(self._line(i, width) for i in shown)]

    def _line(self, index: int, width: int) -> Line:
        row = self._rows[index]
        if index == self._cursor.at and row.key:
            return on_tone([(" >", "accent!"), *row.line], "sel", width)
        return [("  ", ""), *row.line]

    def _keep(self) -> None:
        """The cursor stays on its row when others come or go; on the one nearest to it when its own has gone."""
        found = next((i for i, row in enumerate(self._rows) if row.key == self._wanted), -1) if self._wanted else -1
        self._cursor.at = found if found >= 0 else self._nearest(self._cursor.at)
        self._wanted = self._rows[self._cursor.at].key if self._rows else ""

    def _nearest(self, at: int) -> int:
        """The first row from there on that has a name, else the last before."""
        named = [i for i, row in enumerate(self._rows) if row.key]
        return next((i for i in named if i >= at), named[-1] if named else 0)

    # Keys.

    def page_rows(self) -> int:
        return self._page.size.height - 5

    def move(self, by: int) -> None:
        """By so many lines, to a row with a name; from one that is out of reach the page scrolls."""
        named = [i for i, row in enumerate(self._rows) if row.key]
        if not named:
            return
        wanted = self._cursor.at + by
        beyond = [i for i in named if (i > self._cursor.at if by > 0 else i < self._cursor.at)]
        if beyond:
            self._cursor.at = min(beyond, key=lambda i: abs(i - wanted))
        if self._cursor.at == named[0]:
            self._cursor.top = 0
        self._wanted = self._rows[self._cursor.at].key
        self.paint()

    def action_open(self) -> None:
        row = self.chosen
        if row is None or not row.screen:
            return
        if row.screen == ENGINE:
            self.action_engine()
        else:
            self.stage.go(row.screen, row.subject)

    def action_copy(self) -> None:
        if self.chosen is not None and self.chosen.text:
            self.stage.copy_text(self.chosen.text)

    def action_leave(self) -> None:
        self.stage.back()
