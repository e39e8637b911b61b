"""The pane of one route: it follows the cursor once that rests, scrolls when it has the keys, and may fill the screen.

While the cursor runs the pane costs nothing: it stays on the route that it names. At rest the route's detail is asked
for beside the keys, latest wins, and what differs is painted once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import OutageEvent, RouteDetail
from statetrace_tui.present import route_detail
from statetrace_tui.present.route_detail import When
from statetrace_tui.present.text import Line, Span
from statetrace_tui.widgets.pane import Pane

REST_S = 0.15
"""The cursor rests when no key has moved it for so long."""
_AGAIN_S = 2.0
_CHANGED_S = 0.25
_GIVE_UP_S = 0.4
"""Without an answer for so long, the pane shows what the row alone says."""
_KEPT = 200


class RoutePane(Pane):
    """`point_at` when the cursor moves, `tick` a few times a second."""

    def __init__(self, key: Callable[[str], str]) -> None:
        """`key(action)`: how the key for an action is written."""
        super().__init__(self._page, tone="raised", has_edge=True, id="detail")
        self._key_of = key
        self.is_brief = False
        """Six lines under the table."""
        self.has_keys = False
        """`j` and `k` scroll it."""
        self.is_whole = False
        """It has the table's place too."""
        self._top = 0
        self._below = 0
        self._details: dict[str, RouteDetail] = {}
        self._cursor = ""
        self._shown = ""
        self._since = 0.0
        self._asked = ""
        self._asked_at = 0.0
        self._is_asking = False
        self._is_stale = False
        self._is_armed = False

    # Following the cursor.

    def point_at(self, route_id: str) -> None:
        """The cursor is there; it may go on."""
        if route_id == self._cursor:
            return
        self._cursor = route_id
        self._since = self.stage.monotonic()
        self._top = 0
        if not self._shown:
            self._shown, self._since = route_id, self._since - REST_S
        self._arm(REST_S)

    def rested_s(self) -> float:
        """For how long the cursor has stood where it is."""
        return self.stage.monotonic() - self._since

    def changed(self, route_ids: Collection[str]) -> None:
        """These rows are new in the book."""
        self._is_stale = self._is_stale or self._cursor in route_ids

    def tick(self) -> None:
        """Asks for the detail at rest, and again when it is old; repaints what shows an age."""
        if not self._cursor or self.rested_s() < REST_S:
            return
        now = self.stage.monotonic()
        is_changed = self._is_stale and now - self._asked_at > _CHANGED_S
        if not self._is_asking and (self._cursor != self._asked or is_changed or now - self._asked_at > _AGAIN_S):
            self._is_asking, self._asked, self._asked_at, self._is_stale = True, self._cursor, now, False
            self.stage.start(self._fetch(self._cursor), "detail")
        if self.rested_s() > _GIVE_UP_S or self._cursor not in self.stage.book.rows:
            self._shown = self._cursor
        self.repaint()

    def _arm(self, seconds: float) -> None:
        """One timer however many keys are pressed meanwhile."""
        if not self._is_armed:
            self._is_armed = True
            self.set_timer(seconds, self._wake)

    def _wake(self) -> None:
        self._is_armed = False
        left = REST_S - self.rested_s()
        if left > 0:
            self._arm(left)
        else:
            self.tick()

    async def _fetch(self, route_id: str) -> None:
        try:
            detail = await self.stage.engine.route_detail(route_id)
        except StateTraceError:
            return  # the banner says that the engine is silent
        finally:
            self._is_asking = False
        if detail is not None:
            if len(self._details) > _KEPT:
                self._details.clear()
            self._details[route_id] = detail
        if route_id == self._cursor and self.rested_s() >= REST_S:
            self._shown = route_id
            self.repaint()

    def outage_of(self, row: RouteHealth) -> OutageEvent | None:
        """With its evidence, as the detail or the book knows it."""
        detail = self._details.get(row.route.route_id)
        return (detail.outage if detail else None) or self.stage.book.outages.get(row.outage_id)

    # Reading.

    def take_keys(self, has_keys: bool, *, is_whole: bool = False) -> None:
        """Gives it the keys or takes them back; with them it shows everything, from the top."""
        self.has_keys, self.is_whole, self._top = has_keys, has_keys and is_whole, 0
        self.repaint()

    def scroll_lines(self, by: int) -> None:
        """So many lines down, up where negative."""
        self._top = max(0, min(self._top + by, self._top + self._below))
        self.repaint()

    def scroll_pages(self, by: int) -> None:
        self.scroll_lines(by * max(self.size.height - 2, 1))

    # Painting.

    @property
    def _bar(self) -> list[Span]:
        return [("│", "accent!")] if self.has_keys and not self.is_whole else super()._bar

    def _look(self) -> tuple[object, ...]:
        return (*super()._look(), self.has_keys, self.is_whole)

    def _page(self, width: int, height: int) -> list[Line]:
        row = self.stage.book.rows.get(self._shown)
        if row is None:
            return [[], [("  no route", "dim")]]
        detail = route_detail.with_row(self._details.get(row.route.route_id), row)
        keys = (self._key_of(action) for action in ("runbook", "raw_log", "explain"))
        when = When(self.stage.as_of(), self.stage.zone, *keys)
        if self.has_keys:
            return self._window(route_detail.whole(detail, when, width), width, height)
        if self.is_brief:
            return route_detail.brief(detail, when, width)
        return route_detail.lines(detail, when, width, height)

    def _window(self, page: list[Line], width: int, height: int) -> list[Line]:
        """What is in sight of a page that may be longer than the pane."""
        self._top = max(0, min(self._top, len(page) - height))
        self._below = max(len(page) - self._top - height, 0)
        out = page[self._top : self._top + height]
        if self._below and height > 2:
            out[-1] = [(f"{f'{self._below + 1} more below':>{width - route_detail.PAD}}", "accent")]
        return out
