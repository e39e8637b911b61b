"""Outages: the open ones and those of 24 hours, and the chosen one on one scale of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar
from uuid import uuid4

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import HandOver
from statetrace_engine.model.outage import OutageEvent, Timeline
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_tui.present import diff_target, guide_next, outage_row, timeline
from statetrace_tui.present.book import Delta, is_open
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.outage_list import OutageList
from statetrace_tui.present.text import Line, count, rule
from statetrace_tui.present.timeline import View
from statetrace_tui.widgets.listing import Listing
from statetrace_tui.widgets.modal import Prompt
from statetrace_tui.widgets.pane import Pane
from statetrace_tui.widgets.reading import read_evidence

_TIMELINE_ROWS = 25
"""What the timeline makes use of; a taller screen gives the rest to the list."""
_LEAST_LIST_ROWS = 7


class OutagesScreen(Listing[OutageList]):
    """The list above, the timeline of the outage under the cursor below."""

    place: ClassVar[str] = "outages"
    word: ClassVar[str] = "Outages"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("a", "acknowledge", "ack", "ACT", "acknowledge"),
        Key("A", "acknowledge_with_note", "note", "ACT", "acknowledge with a note"),
        Key("u", "undo", "undo", "ACT", "undo (10 s)"),
        Key("tab", "pane", "pane", "MOVE", "list, timeline"),
        Key("+ =", "zoom_in", "zoom", "LOOK", "zoom in, out", "zoom_out"),
        Key("- _", "zoom_out"),
        Key("enter t", "open", "open", "MOVE", "the route"),
        Key("e", "explain", "explain", "LOOK", "why: explain it"),
        Key("b", "runbook", "runbook", "LOOK", "runbook"),
        Key("l", "raw_log", "log", "LOOK", "evidence, capture", "capture"),
        Key("L", "capture"),
        Key("H", "hand_over", "hand over", "ACT", "hand over to"),
        Key("/", "filter", "filter", "FIND", "filter; !x, field:x"),
        *MOVES,
        Key("left <", "earlier", "", "MOVE", "along the timeline", "later"),
        Key("right >", "later"),
        Key("space", "mark", "", "ACT", "mark"),
        Key("*", "mark_all", "", "ACT", "mark all open"),
        Key("r", "release", "", "FIND", "release the order"),
        Key("y", "copy", "", "ACT", "copy the timeline"),
    )

    def __init__(self) -> None:
        super().__init__(OutageList())
        self.view = View()
        self._timeline: Timeline | None = None
        self._guide: GuidedRunbook | None = None
        self._is_loading = False
        self._is_stale = False
        self._second = -1
        self._list = Pane(self._list_lines, height=_LEAST_LIST_ROWS, id="outage-list")
        self._below = Pane(self._timeline_lines, tone="raised", id="timeline")

    def body(self) -> Iterable[Pane]:
        return (self._list, self._below)

    # What the app tells.

    def follow(self, delta: Delta) -> None:
        if not (delta.is_full or delta.outages):
            return
        before = self.list.cursor
        self.list.take(self.stage.book.outages, is_held=self.is_held)
        if self.list.cursor != before or self.list.cursor in delta.outages or delta.is_full:
            self._choose(keeps_view=self.list.cursor == before)
        self.lay_out()
        self.paint()

    def tick(self) -> None:
        """Ages move once a second, and only while something is open."""
        self._tell_shown()
        second = int(self.stage.wall())
        if second == self._second:
            return
        self._second = second
        if self.settle_at_rest() or any(is_open(outage) for outage in self._in_sight()):
            self.paint()

    def show(self, subject: str) -> None:
        if subject and self.list.go(subject):
            self._choose()
        self.lay_out()
        self.paint()

    def changes_of(self) -> str:
        return str(diff_target.before(self.list.chosen)) if self.list.chosen is not None else ""

    # Painting.

    def on_screen_resume(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        """The list has the rows that it fills, the timeline those it can use."""
        room = self.size.height - 2 - (self._banners.size.height if self._banners.display else 0)
        wanted = len(self.list.order) + 2
        if room >= _TIMELINE_ROWS + _LEAST_LIST_ROWS:
            rows = max(_LEAST_LIST_ROWS, min(wanted, room - _TIMELINE_ROWS))
        else:
            rows = min(_LEAST_LIST_ROWS, max(room // 3, 2))
        self._list.rise(rows)

    def _tell_shown(self) -> None:
        if self.is_on_the_glass:
            self.stage.mark_shown([outage.outage_id for outage in self._in_sight() if is_open(outage)])

    def _in_sight(self) -> list[OutageEvent]:
        height = self._list.size.height
        return [self.list.outages[i] for i in self.list.visible(height)] if height and self.list.order else []

    def _list_lines(self, width: int, height: int) -> list[Line]:
        return self.list.lines(width, height, self.stage.wall(), is_was=self.stage.is_was)

    def _timeline_lines(self, width: int, height: int) -> list[Line]:
        shown = self._shown
        if shown is None:
            return []
        top = [rule(width, "", 2)] if self.stage.ink.is_flat and height > 12 else []
        now, zone = self.stage.wall(), self.stage.zone
        step = guide_next.line(self._next, self.key("runbook"), now, width - 4)
        return [*top, *timeline.lines(shown, width, height - len(top), now, self.view, zone, step=step)]

    @property
    def _shown(self) -> Timeline | None:
        """The timeline as fetched, with the outage as it is now; before it comes, what the outage alone tells."""
        outage = self.list.chosen
        if outage is None:
            return None
        fetched = self._timeline
        is_of_it = fetched is not None and fetched.outage.outage_id == outage.outage_id
        return Timeline(outage=outage, marks=fetched.marks if fetched is not None and is_of_it else ())

    @property
    def _next(self) -> GuidedRunbook | None:
        """What to do about the chosen one, once it has come."""
        known = self._guide
        return known if known is not None and known.outage_id == self.list.cursor else None

    # The timeline of the chosen one.

    def _choose(self, *, keeps_view: bool = False) -> None:
        """Another outage is under the cursor, or the same one has changed."""
        if not keeps_view:
            self.view = View()
        if self._is_loading:
            self._is_stale = True
        elif self.list.chosen is not None:
            self._is_loading = True
            self.stage.start(self._load(), "timeline")

    async def _load(self) -> None:
        try:
            while True:
                self._is_stale = False
                wanted = self.list.cursor
                found = await self.stage.engine.timeline(wanted)
                if found is not None and wanted == self.list.cursor:
                    self._timeline = found
                    self._below.repaint()
                    self._guide = await self.stage.engine.guide(wanted, self.stage.options.operator)
                    self._below.repaint()
                if not self._is_stale:
                    break
        except StateTraceError as error:
            self.stage.say(f"no timeline: {error}", "unk")
        finally:
            self._is_loading = False

    # Keys: moving.

    def page_rows(self) -> int:
        return self._list.size.height - 2

    def move(self, by: int) -> None:
        """In the pane that has the cursor: the list, or along the timeline."""
        if self.view.cursor is not None:
            self._step(by)
            return
        before = self.list.cursor
        self.list.move(by)
        if self.list.cursor != before:
            self._choose()
            chosen = self.list.chosen
            if chosen is not None and chosen.is_latched:
                self.stage.mark_seen([chosen.outage_id])
        self.paint()

    def action_later(self) -> None:
        self._step(1)

    def action_earlier(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        if self._shown is not None:
            self.view = self.view._replace(cursor=timeline.step(self._shown, self.view.cursor, by))
            self._below.repaint()

    def action_pane(self) -> None:
        """Between the list and the timeline."""
        if self.view.cursor is None:
            self._step(1)
        else:
            self.view = self.view._replace(cursor=None)
            self._below.repaint()

    def action_zoom_in(self) -> None:
        self._zoom(1)

    def action_zoom_out(self) -> None:
        self._zoom(-1)

    def _zoom(self, by: int) -> None:
        self.view = self.view._replace(zoom=max(0, min(self.view.zoom + by, timeline.ZOOM_MOST)))
        self._below.repaint()

    def action_leave(self) -> None:
        """Out of the timeline first."""
        if self.view != View():
            self.view = View()
            self.paint()
        else:
            super().action_leave()

    def search(self, text: str) -> None:
        before = self.list.cursor
        super().search(text)
        if self.list.cursor != before:
            self._choose()
        self.lay_out()

    # Keys: acting.

    def action_mark(self) -> None:
        self.list.mark()
        self.list.move(1)
        self._choose()
        self.paint()

    def action_acknowledge(self) -> None:
        self.stage.acknowledge(self._open_targets())
        self.unmark()

    def action_acknowledge_with_note(self) -> None:
        targets = self._open_targets()
        if not targets:
            self.stage.acknowledge(targets)
            return

        def done(note: str) -> None:
            self.stage.acknowledge(targets, note)
            self.unmark()

        self.ask(Prompt(f"acknowledge {count(len(targets), 'outage')}, note:", done))

    def action_undo(self) -> None:
        self.stage.undo()

    def action_hand_over(self) -> None:
        targets = self._open_targets()

        def done(to: str) -> None:
            if to.strip():
                action = HandOver(uuid4().hex, self.stage.options.operator, tuple(targets), to.strip())
                self.stage.act(action, f"handed {count(len(targets), 'outage')} to {to.strip()}")
                self.unmark()

        if targets:
            self.ask(Prompt(f"hand {count(len(targets), 'outage')} over to:", done, hint="a name"))

    def _open_targets(self) -> list[str]:
        """Of the marked ones, or of the one under the cursor, what is not over."""
        return [i for i in self.list.targets if outage_row.group(self.list.outages[i]) < 3]

    def action_open(self) -> None:
        if self.list.chosen is not None:
            self.stage.go("routes", self.list.chosen.route_id)

    def action_copy(self) -> None:
        self.stage.copy_text(self._below.text)

    # Keys: reading.

    def action_explain(self) -> None:
        """Why it is one, on one screen."""
        if self.list.chosen is not None:
            self.stage.go("explain", self.list.chosen.outage_id)

    def action_runbook(self) -> None:
        """What to do about it, at its next step."""
        if self.list.chosen is not None:
            self.stage.go("runbook", self.list.chosen.outage_id)

    def action_raw_log(self) -> None:
        if self.list.chosen is not None:
            read_evidence(self, self.list.chosen)

    def action_capture(self) -> None:
        """The lines of the newest capture that show its route."""
        if self.list.chosen is not None:
            self.stage.go("rawlog", f"route {self.list.chosen.route_id}")
