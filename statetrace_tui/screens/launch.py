"""Launch metrics: what is done with runbooks, cards and outages, a bar a day; behind the palette, not a tab."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.launch import LaunchMetrics
from statetrace_tui.present import launch_page
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.frame import Moving
from statetrace_tui.widgets.pane import Pane

LOOK_S = 60.0
"""The engine is asked so often while this is in front: it reads files."""
DAYS = (7, 30, 60)
_LEGEND: list[Line] = [
    [("█", "accent"), (" a day   ", ""), (".", "accent"), (" none that day   ", ""), ("blank", "strong"),
     (" nobody counted", "")],
]  # fmt: skip


class LaunchScreen(Moving):
    place: ClassVar[str] = "launch"
    word: ClassVar[str] = "Launch metrics"
    legend: ClassVar[list[Line]] = _LEGEND
    keys: ClassVar[tuple[Key, ...]] = (
        *MOVES,
        Key("+ =", "more", "more days", "LOOK", "more, fewer days", "fewer"),
        Key("- _", "fewer"),
        Key("y", "copy", "copy", "ACT", "copy"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.metrics: LaunchMetrics | None = None
        self.days = DAYS[1]
        self._top = 0
        self._is_loading = False
        self._looked = -LOOK_S
        self._page = Pane(self._lines, id="launch")

    def body(self) -> Iterable[Pane]:
        return (self._page,)

    def tick(self) -> None:
        now = self.stage.monotonic()
        if now - self._looked >= LOOK_S and not self._is_loading:
            self._looked, self._is_loading = now, True
            self.stage.start(self._load(), "launch metrics")

    def show(self, _: str) -> None:
        self.paint()

    async def _load(self) -> None:
        asked = self.days
        try:
            self.metrics = await self.stage.engine.launch_metrics(asked)
        except StateTraceError as error:
            self.stage.say(str(error), "unk")
        finally:
            self._is_loading = False
        if asked != self.days:
            self._looked = -LOOK_S
        self.paint()

    def _lines(self, width: int, height: int) -> list[Line]:
        if self.metrics is None:
            return [[], [("   ", ""), ("reading telemetry and store ..", "dim")]]
        page = [[], *launch_page.lines(self.metrics, width, height)]
        self._top = max(0, min(self._top, len(page) - height))
        return page[self._top : self._top + height]

    # Keys.

    def page_rows(self) -> int:
        return self._page.size.height - 2

    def move(self, by: int) -> None:
        self._top = max(0, self._top + by)
        self.paint()

    def action_more(self) -> None:
        self._reach(1)

    def action_fewer(self) -> None:
        self._reach(-1)

    def _reach(self, by: int) -> None:
        self.days = DAYS[max(0, min(DAYS.index(self.days) + by, len(DAYS) - 1))]
        self._looked = -LOOK_S
        self.stage.say(f"{self.days} days", "dim")

    def action_copy(self) -> None:
        if self.metrics is not None:
            self.stage.copy_text(launch_page.as_text(self.metrics, is_ascii=self.stage.ink.is_ascii))

    def action_leave(self) -> None:
        self.stage.back()
