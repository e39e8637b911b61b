"""Changes: what differs between captures, run by run, side by side, down to the line in the raw log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.model.diff import DiffRun, MarkVerdict
from statetrace_engine.model.filed import CaptureSummary
from statetrace_engine.model.outage import OutageEvent
from statetrace_tui.present import diff_export, diff_filter, diff_page, diff_screen, diff_target
from statetrace_tui.present.book import Delta
from statetrace_tui.present.diff_changes import Part
from statetrace_tui.present.diff_filter import HINT, Query, query_of
from statetrace_tui.present.diff_list import DiffList
from statetrace_tui.present.diff_screen import Labels, View
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.run_list import RunList
from statetrace_tui.present.text import Line
from statetrace_tui.widgets import diff_reading
from statetrace_tui.widgets.columns import Columns, Piece
from statetrace_tui.widgets.diff_feed import DiffFeed
from statetrace_tui.widgets.diff_marking import Marking
from statetrace_tui.widgets.diff_picking import pick_counterpart, pick_device
from statetrace_tui.widgets.frame import Moving
from statetrace_tui.widgets.modal import Chooser, filter_prompt
from statetrace_tui.widgets.pane import Pane

LOOK_S = 5.0
"""Runs are asked for again so often while the screen is in front."""
SIDE_BY_SIDE_FROM = 120
"""Columns from which runs stand beside the changes, and before beside after."""
_RUN_ROWS = 5


class ChangesScreen(Moving):
    """`show(TARGET)` as `diff_target` writes it: a device, of it a window or a run; without one, as it was left."""

    place: ClassVar[str] = "changes"
    word: ClassVar[str] = "Changes"
    legend: ClassVar[list[Line]] = diff_page.LEGEND
    keys: ClassVar[tuple[Key, ...]] = (
        *MOVES,
        Key("tab", "pane", "runs", "MOVE", "to the runs"),
        Key("left <", "earlier", "run", "MOVE", "run by run", "later"),
        Key("right >", "later"),
        Key("n", "next_kind", "", "MOVE", "by kind", "previous_kind"),
        Key("N", "previous_kind"),
        Key("enter t", "open", "", "MOVE", "all of it"),
        Key("l", "raw_log", "raw log", "LOOK", "both raw logs", "raw_log_before"),
        Key("L", "raw_log_before"),
        Key("D", "device", "device", "FIND", "device or site"),
        Key("c", "counterpart", "", "FIND", "with a device"),
        Key("space", "base", "", "FIND", "compare from"),
        Key("+ =", "more", "last n", "FIND", "runs together", "fewer"),
        Key("- _", "fewer"),
        Key("/", "filter", "filter", "FIND", "filter"),
        Key("f", "kinds", "", "FIND", "kind or type"),
        Key("v", "side_by_side", "", "LOOK", "side by side"),
        Key("z", "zoom", "", "MOVE", "hide runs"),
        Key("o", "outage", "outage", "LOOK", "outages after"),
        Key("R", "rollback", "", "ACT", "roll-back"),
        Key("W", "warnings", "", "LOOK", "warnings"),
        Key("a", "expect", "expected", "ACT", "expected"),
        Key("F", "deny", "", "ACT", "false positive"),
        Key("*", "mark_all", "", "ACT", "mark all shown"),
        Key("u", "take_back", "", "ACT", "take back"),
        Key("E", "show_expected", "", "FIND", "expected too"),
        Key("x", "export", "export", "ACT", "export"),
        Key("y", "copy", "", "ACT", "copy"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.feed = DiffFeed(lambda: self.stage, self._news)
        self.list = DiffList()
        self.marking = Marking()
        self.wanted = Query()
        self.runs = RunList()
        self.shows_expected = False
        self.is_choosing = False
        """The keys are the runs'."""
        self.is_one_column: bool | None = None
        """None: as the width has it."""
        self._is_zoomed = False
        self._is_looking = False
        self._filtering = 0
        self._looked = -LOOK_S
        self._runs_pane = Pane(self._run_lines, id="diff-runs")
        self._main = Pane(self._main_lines, tone="raised", has_edge=True, id="diff-changes")
        self._split = Columns(self._runs_pane, self._main, lesser=self._runs_pane, id="diff-split")

    def body(self) -> Iterable[Piece]:
        return (self._split,)

    # What the app tells.

    def follow(self, delta: Delta) -> None:
        if delta.is_full:
            self._looked = -LOOK_S

    def tick(self) -> None:
        """Nothing on it moves with the time: it is painted when something is heard."""
        now = self.stage.monotonic()
        if now - self._looked >= LOOK_S and not self._is_looking:
            self._looked, self._is_looking = now, True
            self.stage.start(self._look_again(), "runs")
        if self.marking.is_due(now):
            self.stage.start(self._look_at_marks(), "marks")

    def show(self, subject: str) -> None:
        if subject:
            target = diff_target.parse(subject)
            self.is_choosing, self.wanted = False, Query()
            self.feed.is_aiming = bool(target.outage_id)
            self._looked, self._is_looking = self.stage.monotonic(), True
            self.stage.start(self._open(target), "changes of a target")
        self.paint()

    def note(self) -> tuple[str, str]:
        if (said := self.stage.note())[0]:
            return said
        if self.runs.base is not None:
            return f"compare with another run: {self.key('open')}", "accent!"
        if (left := self.marking.left_s(self.stage.monotonic())) > 0:
            return f"{self.key('take_back')} takes back  {int(left) + 1} s", "accent!"
        return "", ""

    # Asking the engine.

    async def _open(self, target: diff_target.Target) -> None:
        try:
            if not await self.feed.look(target):
                return
        finally:
            self._is_looking = False
        self.runs.open(self.feed.runs, target)
        self._load()

    async def _look_again(self) -> None:
        try:
            if await self.feed.look(self.feed.target):
                self.runs.renew(self.feed.runs)
                if not self.feed.changes.parts:
                    self._load()
        finally:
            self._is_looking = False
        self.paint()

    async def _look_at_marks(self) -> None:
        await self.feed.look_at_marks()
        await self._select()

    def _load(self) -> None:
        """The changes of the run under the cursor, and of as many before it as were asked for."""
        self.stage.start(self.feed.show(self.runs.ask()), "changes")

    def _news(self) -> None:
        """Something else is to be shown."""
        if self.list.changes is not self.feed.changes:
            self.list.take(self.feed.changes)
            if self.is_current:
                self.feed.tell_looked()
        if self.feed.aim is not None:
            self.list.point(self.feed.aim)
            self.feed.aim = None
        if self.feed.is_scanned:
            self.stage.start(self._select(), "filter")
        self.paint()

    async def _select(self) -> None:
        self._filtering += 1
        try:
            found = await self.feed.select(self.wanted, shows_expected=self.shows_expected)
            if found is not None and self.list.changes is self.feed.changes:
                self.list.choose(found)
        finally:
            self._filtering -= 1
        self.paint()

    # Painting.

    def lay_out(self) -> None:
        """The runs beside the changes where both have room, else above them; not there while zoomed."""
        width = self.app.size.width
        self._main.has_edge = width >= SIDE_BY_SIDE_FROM and not self._is_zoomed
        if self._is_zoomed:
            self._split.alone()
        elif width >= SIDE_BY_SIDE_FROM:
            self._split.beside(38 if width >= 140 else 36)
        else:
            self._split.stacked(_RUN_ROWS)

    @property
    def is_side(self) -> bool:
        if self.is_one_column is not None:
            return not self.is_one_column
        return self.app.size.width >= SIDE_BY_SIDE_FROM

    def _run_lines(self, width: int, height: int) -> list[Line]:
        return self.runs.lines(
            self.feed.target, width, height, self.stage.wall(), self.stage.zone,
            is_tall=self.app.size.width >= SIDE_BY_SIDE_FROM, has_keys=self.is_choosing, namesakes=self.feed.namesakes,
        )  # fmt: skip

    def _main_lines(self, width: int, height: int) -> list[Line]:
        return diff_screen.lines(self._view(), width, height)

    def _view(self) -> View:
        feed, stage = self.feed, self.stage
        named = ("raw_log", "raw_log_before", "outage", "show_expected", "warnings", "leave")
        return View(
            list=self.list,
            query=self.wanted,
            marked=feed.marked,
            sentences=feed.sentences,
            unreadable=feed.unreadable,
            outages=self._outages_after,
            target=feed.target,
            labels=Labels(*map(self.key, named)),
            now=stage.wall(),
            zone=stage.zone,
            is_side=self.is_side,
            is_flat=stage.ink.is_flat,
            is_below=self.app.size.width < SIDE_BY_SIDE_FROM and not self._is_zoomed,
            has_keys=not self.is_choosing,
            is_loading=feed.is_loading or (bool(feed.changes.parts) and not feed.is_scanned),
            is_filtering=self._filtering > 0,
            error=feed.error,
        )

    # Keys: moving.

    def page_rows(self) -> int:
        return self._main.size.height // 2

    def move(self, by: int) -> None:
        if self.is_choosing:
            self._go_run(by)
        else:
            self.list.move(by)
            self.paint()

    def _go_run(self, by: int) -> None:
        self.runs.move(by)
        if self.runs.base is None and not self.runs.is_shown:
            self._load()
        self.paint()

    def action_later(self) -> None:
        self._go_run(-1)

    def action_earlier(self) -> None:
        self._go_run(1)

    def action_next_kind(self) -> None:
        self.list.go_group(1)
        self.paint()

    def action_previous_kind(self) -> None:
        self.list.go_group(-1)
        self.paint()

    def action_pane(self) -> None:
        self.is_choosing = not self.is_choosing and not self._is_zoomed
        self.paint()

    def action_zoom(self) -> None:
        self._is_zoomed, self.is_choosing = not self._is_zoomed, False
        self.lay_out()

    def action_side_by_side(self) -> None:
        self.is_one_column = self.is_side
        self.paint()

    def action_leave(self) -> None:
        """What was begun is given up, then the filter, then the screen."""
        if self.runs.base is not None:
            self.runs.base = None
        elif self.is_choosing:
            self.is_choosing = False
        elif self.wanted.text:
            self._search("")
        else:
            self.stage.back()
        self.paint()

    # Keys: what is compared.

    def action_more(self) -> None:
        self._take_last(self.runs.last + 1)

    def action_fewer(self) -> None:
        self._take_last(self.runs.last - 1)

    def _take_last(self, number: int) -> None:
        self.runs.take_last(number)
        self._load()

    def action_base(self) -> None:
        """The run from which to compare; the other is chosen with the cursor."""
        self.runs.base = None if self.runs.base is not None else self.runs.chosen
        self.is_choosing = self.runs.base is not None
        self.paint()

    def action_open(self) -> None:
        run, base, entry = self.runs.chosen, self.runs.base, self.list.chosen
        if base is not None and run is not None:
            before, after = sorted((base, run), key=lambda each: each.captured_at)
            if before.run_id == after.run_id:
                self.stage.say("that is the same run", "dim")
                return
            self.runs.base, self.is_choosing = None, False
            self._compare(before, after)
        elif self.is_choosing:
            self.is_choosing = False
        elif entry is not None and entry.changes:
            diff_reading.read_detail(self, entry, self.list.part_of(entry))
        self.paint()

    def action_device(self) -> None:
        self.stage.start(pick_device(self, self.feed, self.show), "devices")

    def action_counterpart(self) -> None:
        """Two devices of one role should not differ in much."""
        self.stage.start(pick_counterpart(self, self.feed, self._whose, self._compare), "devices")

    def _compare(self, before: DiffRun | CaptureSummary, after: DiffRun | CaptureSummary) -> None:
        self.runs.shown = ()
        self.stage.start(self.feed.compare(before, after), "compare")

    @property
    def _whose(self) -> diff_target.Target:
        """The device of the run under the cursor."""
        run, target = self.runs.chosen, self.feed.target
        return diff_target.Target(run.hostname, run.site) if run is not None else target

    # Keys: what is shown of it.

    def action_filter(self) -> None:
        self.ask(filter_prompt(self._search, self.wanted.text, HINT))

    def action_kinds(self) -> None:
        """A letter adds a kind or a type to the filter, or takes it away."""
        kinds = {group.kind for group in self.feed.changes.groups}
        self.ask(Chooser("only", diff_filter.choices(kinds), self._toggle))

    def _toggle(self, letter: str) -> None:
        self._search(diff_filter.toggled(self.wanted.text, diff_filter.word_of(letter)))

    def _search(self, text: str) -> None:
        self.wanted = query_of(text)
        self.stage.start(self._select(), "filter")
        self.paint()

    def action_show_expected(self) -> None:
        self.shows_expected = not self.shows_expected
        self.stage.say("expected changes too" if self.shows_expected else "without expected changes")
        self.stage.start(self._select(), "filter")

    # Keys: saying what it is.

    def action_expect(self) -> None:
        self._say(MarkVerdict.EXPECTED)

    def action_deny(self) -> None:
        self._say(MarkVerdict.FALSE_POSITIVE)

    def _say(self, verdict: MarkVerdict) -> None:
        if self._has_cursor():
            self.marking.say(self.stage, self.list, verdict)

    def _has_cursor(self) -> bool:
        """The cursor is on a change; of what no cursor shows nothing is said."""
        if self.is_choosing:
            self.stage.say(f"the cursor is on the runs: {self.key('pane')} leads to the changes", "dim")
        return not self.is_choosing

    def action_mark_all(self) -> None:
        self.marking.ask_all(self, self.list, self.feed.marked)

    def action_take_back(self) -> None:
        if self.marking.left_s(self.stage.monotonic()) > 0 or self._has_cursor():
            self.marking.take_back(self.stage, self.list, self.feed.marked)

    # Keys: reading.

    def action_raw_log(self) -> None:
        self._open_log(is_after=True)

    def action_raw_log_before(self) -> None:
        self._open_log(is_after=False)

    def _open_log(self, *, is_after: bool) -> None:
        entry = self.list.chosen
        if entry is not None:
            diff_reading.open_log(self, entry, self.list.part_of(entry), is_after=is_after)

    def action_rollback(self) -> None:
        part = self._part
        if part is not None:
            self.stage.start(diff_reading.read_rollback(self, part), "roll-back")

    @property
    def _part(self) -> Part | None:
        """Whose changes the cursor is in."""
        entry = self.list.chosen
        parts = self.feed.changes.parts
        return self.list.part_of(entry) if entry is not None else parts[0] if parts else None

    @property
    def _outages_after(self) -> list[OutageEvent]:
        part = self._part
        return diff_reading.outages_after(self.feed.outages, self.list.chosen, part) if part is not None else []

    def action_outage(self) -> None:
        diff_reading.choose_outage(self, self._outages_after)

    def action_warnings(self) -> None:
        diff_reading.read_warnings(self, self.feed.changes.parts)

    def action_export(self) -> None:
        if self.list.shown:
            self.ask(Chooser("export as", diff_export.FORMS, self._export))
        else:
            self.stage.say("nothing to export", "dim")

    def _export(self, letter: str) -> None:
        feed, stem = self.feed, self._whose.hostname or "all"
        self.stage.start(diff_reading.export(self, letter, self.list, feed.marked, feed.sentences, stem), "export")

    def action_copy(self) -> None:
        entry = self.list.chosen
        if entry is not None:
            diff_reading.copy(self, entry)
