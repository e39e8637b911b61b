"""Routes: what is wrong on the left, why and what next on the right (or below, on narrow terminals)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from statetrace_engine.model.action import AcceptBaseline, Maintain
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import OutageEvent
from statetrace_tui.present import diff_target, list_note, maintenance
from statetrace_tui.present.book import Delta, acknowledgeable, latched
from statetrace_tui.present.hours import minute_there
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.palette import Command
from statetrace_tui.present.route_order import FIELDS, SORTS, filter_of
from statetrace_tui.present.route_row import CHOICES
from statetrace_tui.present.text import count
from statetrace_tui.widgets.columns import Columns, Piece
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.modal import Chooser, Prompt, filter_prompt
from statetrace_tui.widgets.reading import read_evidence, read_runbook
from statetrace_tui.widgets.route_pane import RoutePane
from statetrace_tui.widgets.route_table import RouteTable

SIDE_FROM = 132
"""Columns from which the detail stands beside the table: on fewer, the table would lose who has what."""
WIDE_FROM = 180
_FAR = 100_000
_SEEN_AFTER_S = 1.0
"""A cursor that rests for so long on what recovered unseen has seen it."""


class RoutesScreen(Frame):
    """See the module."""

    place = "routes"
    word = "Routes"
    keys = (
        *MOVES,
        Key("a", "acknowledge", "ack", "ACT", "acknowledge"),
        Key("A", "acknowledge_with_note", "note", "ACT", "with note"),
        Key("u", "undo", "", "ACT", "undo (10 s)"),
        Key("space", "mark", "mark", "ACT", "mark"),
        Key("V", "mark_range", "", "ACT", "range, all", "mark_all"),
        Key("*", "mark_all"),
        Key("m", "maintain", "", "ACT", "maintenance"),
        Key("/", "filter", "filter", "FIND", "filter"),
        Key("n", "next_match", "", "FIND", "next, prev", "previous_match"),
        Key("N", "previous_match"),
        Key("s", "sort", "", "FIND", "sort, flip", "reverse"),
        Key("S", "reverse"),
        Key("f", "only_new", "focus", "FIND", "open only"),
        Key("c", "columns", "", "FIND", "columns"),
        Key("enter t", "open", "open", "MOVE", "open"),
        Key("tab", "pane", "", "MOVE", "to detail"),
        Key("z", "zoom", "", "MOVE", "zoom detail"),
        Key("Z", "alone", "", "MOVE", "hide detail"),
        Key("e", "explain", "explain", "LOOK", "explain"),
        Key("b", "runbook", "runbook", "LOOK", "runbook"),
        Key("l", "raw_log", "log", "LOOK", "log, capture", "capture"),
        Key("L", "capture"),
        Key("y", "copy", "", "ACT", "copy"),
        Key("p", "pause", "", "LOOK", "hold, order", "release"),
        Key("r", "release"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.table = RouteTable(self._cursor_moved)
        self.pane = RoutePane(self.key)
        self._split = Columns(self.table, self.pane, lesser=self.pane, id="split")
        self._seen = ""
        self._is_alone = False

    def body(self) -> Iterable[Piece]:
        return (self._split,)

    # Told by the app.

    def follow(self, delta: Delta) -> None:
        self.pane.changed(delta.routes)
        self.table.follow(delta)
        self.table.tick()

    def tick(self) -> None:
        if self.table.display:
            self.table.tick()
        self.pane.tick()
        if self.pane.rested_s() > _SEEN_AFTER_S:
            self.table.ask_hours()
        self._see()

    def show(self, subject: str) -> None:
        if subject.startswith("/"):
            self.table.filter(subject[1:])
        elif subject and not self.table.put_cursor(subject):
            outage = self.stage.book.outages.get(subject)
            if outage is not None:
                self.table.put_cursor(outage.route_id)

    def changes_of(self) -> str:
        row = self.stage.book.rows.get(self.table.cursor)
        outage = self._outage_of(row)
        if outage is not None:
            return str(diff_target.before(outage))
        return row.route.hostname if row is not None else ""

    def note(self) -> tuple[str, str]:
        said = self.stage.note()
        if said[0]:
            return said
        table = self.table
        if self.pane.has_keys:
            return f"{self.key('leave')} back to the table", "accent!"
        held = f"order held  {self.key('pause')}" if table.is_paused else ""
        now = list_note.marked(len(table.marks)) or list_note.waiting(table.pending, self.key("release")) or held
        return now or list_note.filtered(table.filter_text, table.count), "accent!"

    # Layout.

    def lay_out(self) -> None:
        """The detail beside the table where both have room, else below it; in its place, or without it, as asked."""
        width, pane = self.app.size.width, self.pane
        pane.is_brief = width < SIDE_FROM
        self.table.display = not pane.is_whole
        if pane.is_whole:
            self._split.beside("1fr")
        elif self._is_alone:
            self._split.alone()
        elif pane.is_brief:
            self._split.stacked(6)
        else:
            self._split.beside(60 if width >= WIDE_FROM else 52)

    def _cursor_moved(self, route_id: str) -> None:
        self.pane.point_at(route_id)

    def _see(self) -> None:
        """The cursor has rested on a route: what changed of it, or recovered unseen, somebody has seen now."""
        row = self.stage.book.rows.get(self.table.cursor)
        if row is None or self.pane.rested_s() < _SEEN_AFTER_S or not self.table.is_touched:
            return
        self.stage.since.seen(row.route.route_id)
        if not row.is_latched or row.outage_id == self._seen:
            return
        if self.asked is None:
            self._seen = row.outage_id
            self.stage.mark_seen(latched([row]))

    # Keys.

    def action_down(self) -> None:
        self._move(1)

    def action_up(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        """In the pane that has the keys."""
        if self.pane.has_keys:
            self.pane.scroll_lines(by)
        else:
            self.table.move(by)

    def action_first(self) -> None:
        if self.pane.has_keys:
            self.pane.scroll_lines(-_FAR)
        else:
            self.table.first()

    def action_last(self) -> None:
        if self.pane.has_keys:
            self.pane.scroll_lines(_FAR)
        else:
            self.table.last()

    def action_page_down(self) -> None:
        self._page(1)

    def action_page_up(self) -> None:
        self._page(-1)

    def _page(self, by: int) -> None:
        if self.pane.has_keys:
            self.pane.scroll_pages(by)
        else:
            self.table.page(by)

    def action_pane(self) -> None:
        """The keys to the detail and back; where it has only six lines it takes the table's place."""
        self._read(not self.pane.has_keys, is_whole=self.pane.is_brief or self._is_alone)

    def action_zoom(self) -> None:
        """The detail in the table's place, and back."""
        self._read(not self.pane.is_whole, is_whole=True)

    def _read(self, has_keys: bool, *, is_whole: bool) -> None:
        self.pane.take_keys(has_keys, is_whole=is_whole)
        self.lay_out()
        self.refresh_frame()

    def action_alone(self) -> None:
        """The table without the detail, and back."""
        self._is_alone = not self._is_alone
        self._read(False, is_whole=False)

    def action_mark(self) -> None:
        self.table.mark()

    def action_mark_range(self) -> None:
        self.table.mark_range()
        if self.table.is_ranging:
            self.stage.say(f"move, then {self.key('mark_range')} marks everything between", "dim")

    def action_mark_all(self) -> None:
        self.stage.say(f"{self.table.mark_all():,} marked")

    def action_acknowledge(self) -> None:
        chosen = self.table.chosen()
        recovered = latched(chosen)
        ids = acknowledgeable(chosen)
        if recovered and not [i for i in ids if i not in recovered]:
            self.stage.mark_seen(recovered)
            hindrance = self.stage.facts().hindrance
            self.stage.say(hindrance or f"{count(len(recovered), 'recovery', 'recoveries')} seen")
        elif ids:
            self.stage.acknowledge(ids)
        else:
            self.stage.say(_why_nothing(chosen), "dim")
        self.table.unmark()

    def action_acknowledge_with_note(self) -> None:
        ids = acknowledgeable(self.table.chosen())
        if not ids:
            self.stage.say(_why_nothing(self.table.chosen()), "dim")
            return

        def done(note: str) -> None:
            self.stage.acknowledge(ids, note.strip())
            self.table.unmark()

        self.ask(Prompt(f"note for {count(len(ids), 'outage')}:", done, hint="Enter acknowledges"))

    def action_undo(self) -> None:
        self.stage.undo()

    def action_maintain(self) -> None:
        chosen = self.table.chosen()
        if not chosen:
            return

        def done(text: str) -> None:
            asked = maintenance.read(text, chosen, self.stage.wall(), self.stage.options.operator)
            if isinstance(asked, str):
                self.stage.say(asked, "major", 6.0)
                return
            for window in asked:
                until = minute_there(window.ends_at, self.stage.zone)
                what = window.site or window.hostname or count(len(asked), "route")
                action = Maintain(window.maintenance_id, self.stage.options.operator, window)
                self.stage.act(action, f"maintenance of {what} until {until}")

        self.ask(
            Prompt(f"maintenance of {maintenance.subject(chosen)}:", done, value="route 1h ", hint=maintenance.HINT)
        )

    def _accept(self) -> None:
        ids = tuple(row.route.route_id for row in self.table.chosen())
        if ids:
            action = AcceptBaseline(uuid4().hex, self.stage.options.operator, ids)
            self.stage.act(action, f"what carries {count(len(ids), 'route')} now is the primary path")

    def action_filter(self) -> None:
        def change(text: str) -> None:
            problem = self.table.filter(text)
            if problem:
                self.stage.say(problem, "major")

        hint = f"!not  {FIELDS[0]}:x  {FIELDS[1]}:x  ~regex"
        self.ask(filter_prompt(change, self.table.filter_text, hint))

    def action_next_match(self) -> None:
        self._find(forward=True)

    def action_previous_match(self) -> None:
        self._find(forward=False)

    def _find(self, *, forward: bool) -> None:
        """The next row that the filter names, else the next that needs a look."""
        wanted = filter_of(self.table.filter_text).matches
        if not self.table.find(wanted or (lambda row: bool(row.outage_id)), forward):
            self.stage.say("no other", "dim")

    def action_sort(self) -> None:
        self.ask(Chooser("sort by", SORTS, self.table.sort))

    def action_reverse(self) -> None:
        self.table.reverse()

    def action_only_new(self) -> None:
        is_focused = self.table.focus_new()
        self.stage.say(f"only what needs a look; {self.key('only_new')} shows all" if is_focused else "all routes")

    def action_columns(self) -> None:
        names = dict(CHOICES)
        self.ask(Chooser("column", CHOICES, lambda letter: self._hide(names[letter])))

    def _hide(self, column: str) -> None:
        self.stage.say(f"{column} {'hidden' if self.table.hide(column) else 'shown'}")

    def action_open(self) -> None:
        row = self.stage.book.rows.get(self.table.cursor)
        if row is not None and row.outage_id:
            self.stage.go("outages", row.outage_id)
        else:
            self.stage.say("no outage on this route", "dim")

    def action_explain(self) -> None:
        """Why its outage is one, on one screen."""
        row = self.stage.book.rows.get(self.table.cursor)
        if row is not None and row.outage_id:
            self.stage.go("explain", row.outage_id)
        else:
            self.stage.say("no outage on this route", "dim")

    def action_runbook(self) -> None:
        """What to do about its outage, at its next step; of a route that is well, its runbook to read."""
        row = self.stage.book.rows.get(self.table.cursor)
        if row is not None and row.outage_id:
            self.stage.go("runbook", row.outage_id)
        else:
            read_runbook(self, row.route.runbook if row is not None else "", None)

    def action_raw_log(self) -> None:
        outage = self._outage_of(self.stage.book.rows.get(self.table.cursor))
        if outage is None:
            self.action_capture()
        else:
            read_evidence(self, outage)

    def action_capture(self) -> None:
        """The lines of the newest capture that show this route."""
        if self.table.cursor:
            self.stage.go("rawlog", f"route {self.table.cursor}")

    def _outage_of(self, row: RouteHealth | None) -> OutageEvent | None:
        return self.pane.outage_of(row) if row is not None else None

    def action_copy(self) -> None:
        self.stage.copy_text("\n".join(_as_text(row) for row in self.table.chosen()))

    def action_pause(self) -> None:
        self.table.pause()
        self.refresh_frame()

    def action_release(self) -> None:
        self.stage.say(f"{count(self.table.release(), 'row')} moved", "dim")

    def action_leave(self) -> None:
        """Out of the detail first, then marks go, then the filter, then what changed meanwhile, then back."""
        if self.pane.has_keys:
            self._read(False, is_whole=False)
            return
        if self.table.unmark():
            return
        if self.table.filter_text:
            self.table.filter("")
        elif not self.stage.since.clear():
            self.stage.back()

    def commands(self) -> Sequence[Command]:
        return [
            Command("filter WORDS", "only rows that match"),
            *[Command(f"sort {word}", "the order inside each group") for _, word in SORTS],
            Command("focus", "only what needs a look"),
            Command("accept", "what carries now is the primary path: of the marked, else of the row"),
        ]

    def command(self, name: str, words: Sequence[str]) -> bool:
        if name == "filter":
            self.table.filter(" ".join(words))
        elif name == "focus":
            self.action_only_new()
        elif name == "accept":
            self._accept()
        elif name == "sort":
            wanted = " ".join(words)
            letter = next((letter for letter, word in SORTS if word.startswith(wanted)), "x")
            self.table.sort(letter)
        else:
            return False
        return True


def _why_nothing(rows: Sequence[RouteHealth]) -> str:
    taken = next((row.acknowledged_by for row in rows if row.acknowledged_by), "")
    return f"{taken} has it" if taken else "nothing here to acknowledge"


def _as_text(row: RouteHealth) -> str:
    facts = (row.outage_id, row.route.hostname, row.route.vrf, row.route.prefix, row.state, row.cause, row.route.owner)
    return "  ".join(fact for fact in facts if fact)
