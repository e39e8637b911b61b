"""Watch mode: the whole screen as a wall, worst first, latched; four numbers that carry across a room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.model.health import RouteHealth
from statetrace_tui.present import diff_target, wall, wall_item
from statetrace_tui.present.book import Delta
from statetrace_tui.present.keys import Key
from statetrace_tui.present.text import Line, count
from statetrace_tui.present.wall import Gaze
from statetrace_tui.present.wall_item import Item
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.pane import Pane


class WatchScreen(Frame):
    """Bare: no header and no key line; the wall says all."""

    place: ClassVar[str] = "watch"
    word: ClassVar[str] = "Watch"
    is_bare: ClassVar[bool] = True
    keys: ClassVar[tuple[Key, ...]] = (
        Key("j down", "down", "", "MOVE", "choose", "up"),
        Key("k up", "up"),
        Key("g home", "first", "", "MOVE", "the worst"),
        Key("enter t", "open", "open", "MOVE", "the outage"),
        Key("e", "explain", "explain", "LOOK", "explain it"),
        Key("b", "runbook", "runbook", "LOOK", "runbook"),
        Key("a", "acknowledge", "ack", "ACT", "acknowledge chosen"),
        Key("u", "undo", "undo", "ACT", "undo (10 s)"),
        Key("space", "seen", "seen", "ACT", "I have seen the recovered"),
        Key("B", "bell", "bell", "LOOK", "bell on, off"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.gaze = Gaze()
        self.items: list[Item] = []
        self.is_ringing: bool | None = None
        """None: as the options say."""
        self._troubles: dict[str, RouteHealth] = {}
        self._known: set[str] = set()
        """Outages that have rung, or were there before somebody watched."""
        self._shown: tuple[Item, ...] = ()
        self._face: tuple[object, ...] = ()
        """What time and words make of the wall: it is painted again when this changes."""
        self._wall = Pane(self._wall_lines, id="wall", can_veil=True)

    def body(self) -> Iterable[Pane]:
        return (self._wall,)

    # What the app tells.

    def follow(self, delta: Delta) -> None:
        book = self.stage.book
        if delta.is_full:
            self._troubles = {i: row for i, row in book.rows.items() if wall_item.is_trouble(row)}
        for route_id in (*delta.routes, *delta.removed):
            row = book.rows.get(route_id)
            if row is not None and wall_item.is_trouble(row):
                self._troubles[route_id] = row
            else:
                self._troubles.pop(route_id, None)
        if delta.is_full or delta.routes or delta.removed or delta.outages or delta.incidents:
            self.items = wall_item.items(self._troubles.values(), book)
        self._ring(delta)
        self._paint()

    def _ring(self, delta: Delta) -> None:
        """Once for each outage that people are told of while somebody watches."""
        book = self.stage.book
        touched = book.outages.values() if delta.is_full else (book.outages[i] for i in delta.outages)
        new = wall_item.ringing(touched, self._known)
        self._known |= new
        self._known &= book.outages.keys()
        if new and self.has_bell and not delta.is_full and not self.stage.is_was:
            self.app.bell()

    @property
    def has_bell(self) -> bool:
        """On when asked for, by option or by key."""
        return self.stage.options.has_bell if self.is_ringing is None else self.is_ringing

    def tick(self) -> None:
        """Once a second while something is wrong; on a quiet wall only when a word changes."""
        facts = self.stage.facts()
        is_calm = facts.quiet_since is not None and not self.items
        face = (-1 if is_calm else int(facts.now), self.note(), self.stage.caption())
        if face != self._face:
            self._face = face
            self._paint()
        self._tell_shown()

    def show(self, subject: str) -> None:  # noqa: ARG002 (a wall has no subject)
        self._paint()

    def changes_of(self) -> str:
        item = self._chosen or (self.items[0] if self.items else None)
        outage = self.stage.book.outages.get(item.outage_ids[0]) if item is not None and item.outage_ids else None
        return str(diff_target.before(outage)) if outage is not None else ""

    def veil(self, is_veiled: bool) -> None:
        self._wall.veil(is_veiled and self.asked is not None)
        self._paint()

    # Painting.

    def _paint(self) -> None:
        self._wall.repaint()

    def _tell_shown(self) -> None:
        if self.is_on_the_glass:
            self.stage.mark_shown([i for item in self._shown for i in item.outage_ids if not item.is_latched])

    def _wall_lines(self, width: int, height: int) -> list[Line]:
        stage = self.stage
        gaze = self.gaze._replace(has_bell=self.has_bell)
        painted = wall.paint(stage.book, self.items, stage.facts(), stage.caption(), width, height, gaze)
        self._shown = painted.shown
        text, role = self.note()
        lines = painted.lines
        if text and lines:
            lines[-1] = [("  ", ""), (text, role)]
        return lines

    # Keys.

    def action_down(self) -> None:
        self._go(1)

    def action_up(self) -> None:
        self._go(-1)

    def action_first(self) -> None:
        self._go(-len(self.items))

    def _go(self, by: int) -> None:
        """The cursor appears with the first key; the wall follows it."""
        keys = [item.key for item in self.items]
        if not keys:
            return
        at = keys.index(self.gaze.cursor) + by if self.gaze.cursor in keys else 0
        at = max(0, min(at, len(keys) - 1))
        room = max(len(self._shown), 1)
        top = min(max(self.gaze.top, at - room + 1), at)
        self.gaze = Gaze(keys[at], top)
        self._paint()

    @property
    def _chosen(self) -> Item | None:
        return next((item for item in self.items if item.key == self.gaze.cursor), None)

    def action_open(self) -> None:
        item = self._chosen or (self.items[0] if self.items else None)
        if item is not None and item.outage_ids:
            self.stage.go("outages", item.outage_ids[0])
        elif item is not None:
            self.stage.go("routes", item.rows[0].route.route_id)

    def action_explain(self) -> None:
        self._go_to("explain", "no outage to explain")

    def action_runbook(self) -> None:
        self._go_to("runbook", "no outage to do anything about")

    def _go_to(self, screen: str, otherwise: str) -> None:
        """With the first outage of the item, as `open` shows it."""
        item = self._chosen or (self.items[0] if self.items else None)
        if item is not None and item.outage_ids:
            self.stage.go(screen, item.outage_ids[0])
        else:
            self.stage.say(otherwise, "dim")

    def action_acknowledge(self) -> None:
        """Only what was chosen with the cursor: a wall is never acknowledged by accident."""
        if self._chosen is None:
            keys = " ".join((self.key("down"), self.key("up")))
            self.stage.say(f"choose with {keys}, then {self.key('acknowledge')}", "dim")
        else:
            self.stage.acknowledge([i for i in self._chosen.outage_ids if not self._chosen.is_latched])

    def action_undo(self) -> None:
        self.stage.undo()

    def action_seen(self) -> None:
        """Releases the latches of all that is in sight."""
        if hindrance := self.stage.facts().hindrance:
            self.stage.say(hindrance, "major")
            return
        seen = [i for item in self._shown for row in item.rows if row.is_latched for i in [row.outage_id] if i]
        self.stage.mark_seen(seen)
        self.stage.say(f"seen: {count(len(seen), 'recovered route')}" if seen else "nothing unseen here", "dim")

    def action_bell(self) -> None:
        self.is_ringing = not self.has_bell
        self.stage.say("bell on" if self.is_ringing else "bell off")

    def action_leave(self) -> None:
        """The cursor goes first, then the wall."""
        if self.gaze.cursor:
            self.gaze = Gaze()
            self._paint()
        else:
            self.stage.back()
