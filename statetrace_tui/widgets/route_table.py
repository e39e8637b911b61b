"""The big table, drawn line by line: only what is visible is built, whatever the number of rows.

Cursor and marks are held by id. A row that belongs elsewhere now stays where it is while the operator moves
about, and says so by `pending`; it moves when they rest, or with `release`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping

from textual import events
from textual.geometry import Region
from textual.strip import Strip

from statetrace_engine.model.health import HealthState, RouteHealth
from statetrace_tui.present import route_row
from statetrace_tui.present.book import Delta, is_new
from statetrace_tui.present.line import segments
from statetrace_tui.present.route_lines import Kind, Layout
from statetrace_tui.present.route_order import GROUPS, Filter, filter_of, needs_a_look
from statetrace_tui.present.route_row import Flags
from statetrace_tui.present.route_shelf import Shelf
from statetrace_tui.present.text import Line, rule
from statetrace_tui.widgets.last_hours import LastHours
from statetrace_tui.widgets.pane import Painted
from statetrace_tui.widgets.row_strips import Look, RowStrips

REST_S = 5.0
"""Without a key for so long, rows take their places."""
AT_ONCE = 4000
"""Rows that are arranged in one go."""
MANY = 2000
"""Changes that are arranged anew rather than moved one by one."""
AIRY_FROM = 30
"""Lines of screen from which groups are set apart by a blank line."""
NARROW = 80
"""Columns of a table that leaves no margin at its right."""


class RouteTable(Painted):
    """Rows of the book in groups. `on_cursor(id)` hears where the cursor went; it may be called often."""

    DEFAULT_CSS = "RouteTable { width: 1fr; height: 1fr; }"

    def __init__(self, on_cursor: Callable[[str], None]) -> None:
        super().__init__(id="table")
        self._on_cursor = on_cursor
        self._shelf = Shelf()
        self._filling: Shelf | None = None
        self._late: set[str] = set()
        self._filter = Filter()
        self._is_focused = False
        self._hidden: frozenset[str] = frozenset()
        self.cursor = ""
        """The id of the row under the cursor; empty without rows."""
        self.marks: set[str] = set()
        self._range_from = ""
        self._is_paused = False
        self._is_touched = False
        self._active_until = 0.0
        self._top = 0
        self._visible: dict[str, int] = {}
        self._strips = RowStrips()
        self._hours = LastHours()
        self._is_veiled = False

    # Rows come and change.

    @property
    def rows(self) -> Mapping[str, RouteHealth]:
        return self.stage.book.rows

    def follow(self, delta: Delta) -> None:
        """The book changed."""
        if delta.is_full or len(delta.routes) > MANY:
            self._arrange()
            return
        ids = (*delta.routes, *delta.removed)
        if self._filling is not None:
            self._late.update(ids)
        for route_id in ids:
            self._shelf.want(route_id, self.rows.get(route_id))
        self._settle()

    def tick(self) -> None:
        """Repaints the visible rows whose texts changed, and lets waiting rows take their places at rest."""
        self._settle()
        now = self.stage.as_of()
        shown = []
        for route_id, y in self._visible.items():
            row = self.rows.get(route_id)
            if row is None:
                continue
            if not self._strips.is_right(row, self._flags(route_id), now):
                self.refresh(Region(0, y, self.size.width, 1))
            if row.outage_id and is_new(row):
                shown.append(row.outage_id)
        if shown and not self._is_veiled:
            self.stage.mark_shown(shown)

    def veil(self, is_veiled: bool) -> None:
        self._is_veiled = is_veiled
        self.refresh()

    # Order.

    @property
    def pending(self) -> int:
        """Rows that wait to move, beside the one that the cursor keeps."""
        return self._shelf.pending - self._shelf.waits(self._kept())

    def _kept(self) -> str:
        """The row that the operator looks at stays under their eyes until the cursor leaves it."""
        row = self.rows.get(self.cursor)
        return self.cursor if self._is_touched and row is not None else ""

    @property
    def is_paused(self) -> bool:
        return self._is_paused

    def pause(self) -> None:
        """Keeps every row where it is until pressed again."""
        self._is_paused = not self._is_paused
        self._settle()

    def release(self) -> int:
        """Rows take their places; answers how many moved."""
        return self._apply()

    def sort(self, by: str) -> None:
        """By a letter of `route_order.SORTS`."""
        self._arrange(Shelf(by, False, self._shelf.matches, self._shelf))

    def reverse(self) -> None:
        """The other way round, inside each group."""
        self._shelf.is_reversed = not self._shelf.is_reversed
        self._lay()
        self._keep_in_sight()

    @property
    def order(self) -> tuple[str, bool]:
        """The sort's letter, and whether it is reversed."""
        return self._shelf.by, self._shelf.is_reversed

    def filter(self, text: str) -> str:
        """Only rows that match; answers what is wrong with the text, if something is."""
        self._filter = filter_of(text)
        self._rematch()
        return self._filter.problem

    @property
    def filter_text(self) -> str:
        return self._filter.text

    def focus_new(self) -> bool:
        """Only what needs a look, or everything again; answers which."""
        self._is_focused = not self._is_focused
        self._rematch()
        return self._is_focused

    @property
    def count(self) -> int:
        """Rows that the filter lets through."""
        return len(self._shelf)

    def hide(self, column: str) -> bool:
        """Hides a column or shows it again; answers whether it is hidden."""
        self._hidden = self._hidden ^ {column}
        self.refresh()
        return column in self._hidden

    # Cursor and marks.

    def move(self, by: int) -> None:
        self._touch()
        index = self._shelf.index(self.cursor)
        self._go_to((0 if index is None else index) + by)

    def page(self, by: int) -> None:
        self.move(by * max(self.size.height - 3, 1))

    def first(self) -> None:
        self._touch()
        self._go_to(0)

    def last(self) -> None:
        self._touch()
        self._go_to(len(self._shelf) - 1)

    def put_cursor(self, route_id: str) -> bool:
        """On that row, if it is in the table; answers whether."""
        index = self._shelf.index(route_id)
        if index is None:
            return False
        self._touch()
        self._go_to(index)
        return True

    def find(self, matches: Callable[[RouteHealth], bool], forward: bool = True) -> bool:
        """To the next row that matches, around the end; answers whether there is one."""
        total = len(self._shelf)
        start = self._shelf.index(self.cursor) or 0
        ids = list(self._shelf.ids())
        for step in range(1, total + 1):
            index = (start + step if forward else start - step) % total
            row = self.rows.get(ids[index])
            if row is not None and matches(row):
                self._touch()
                self._go_to(index)
                return True
        return False

    def mark(self) -> None:
        """The row under the cursor, and one down."""
        if self.cursor:
            self.marks ^= {self.cursor}
        self._range_from = ""
        self.move(1)

    def mark_range(self) -> None:
        """First press: where the range begins. Second: everything from there to the cursor."""
        self._touch()
        start, end = self._shelf.index(self._range_from), self._shelf.index(self.cursor)
        if start is None or end is None:
            self._range_from = self.cursor
            self.marks.add(self.cursor)
        else:
            self.marks.update(self._shelf.at(i) for i in range(min(start, end), max(start, end) + 1))
            self._range_from = ""
        self.refresh()

    @property
    def is_touched(self) -> bool:
        """The operator has moved the cursor: it rests where they put it."""
        return self._is_touched

    @property
    def is_ranging(self) -> bool:
        return bool(self._range_from)

    def mark_all(self) -> int:
        """Everything the filter lets through, or nothing when all of it is marked; answers how many are marked."""
        self._touch()
        ids = set(self._shelf.ids())
        self.marks = set() if ids <= self.marks else self.marks | ids
        self.refresh()
        return len(self.marks)

    def unmark(self) -> bool:
        """No marks, no range; answers whether there were any."""
        had = bool(self.marks or self._range_from)
        self.marks, self._range_from = set(), ""
        if had:
            self.refresh()
        return had

    def chosen(self) -> list[RouteHealth]:
        """What an action touches: the marked rows, else the one under the cursor."""
        ids = self.marks or ({self.cursor} if self.cursor else set())
        return [row for route_id in ids if (row := self.rows.get(route_id)) is not None]

    # Painting.

    def strip(self, y: int) -> Strip:
        if y == 0:
            return self._plain(self._heading())
        entry = self._entry(self._top + y - 1)
        if isinstance(entry, int):
            return self._plain(self._group_line(entry))
        row = self.rows.get(entry)
        if row is None:
            return self._plain([])
        look = Look(self.size.width, self.stage.ink, self._columns(), self._is_veiled)
        return self._strips.strip(row, self._flags(entry), self.stage.as_of(), look)

    def _flags(self, route_id: str) -> Flags:
        stage = self.stage
        minutes, is_changed = self._hours.minutes_of(route_id), route_id in stage.since.marks
        return Flags(route_id == self.cursor, route_id in self.marks, stage.is_was, is_changed, minutes)

    def ask_hours(self) -> None:
        """Asks for the last hour of a troubled row in sight, where the table has that column."""
        if any(column.key == "hour" for column in self._columns()):
            self._hours.tick(self.stage, (i for i in self._visible if not self._is_calm(i)))

    def _plain(self, line: Line) -> Strip:
        width = self.size.width
        return Strip(segments(line, width, self.stage.ink, "bg", self._is_veiled), width)

    def _columns(self) -> tuple[route_row.Column, ...]:
        width = self.size.width
        return route_row.columns(width if width <= NARROW else width - 1, self._hidden)

    def _heading(self) -> Line:
        by = {"d": "device", "p": "prefix", "s": "state", "t": "age", "c": "cause", "o": "owner", "k": "ack"}
        return route_row.heading(
            self._columns(), self.stage.is_was, by.get(self._shelf.by, ""), self._shelf.is_reversed
        )

    def _group_line(self, group: int) -> Line:
        size = self._shelf.sizes()[group]
        role = "strong" if group == 0 else "dim"
        return rule(self.size.width, f"{GROUPS[group]}  {size:,}", 2, role)

    # Where things are. A line is one of the whole table; the screen shows those from `_top`.

    def _layout(self) -> Layout:
        return Layout(tuple(self._shelf.sizes()), 2 if self.app.size.height >= AIRY_FROM else 1)

    def _entry(self, line: int) -> str | int:
        """The id of a row, the number of a group whose heading it is, or '' for nothing."""
        kind, number = self._layout().at(line)
        if kind is Kind.ROW:
            return self._shelf.at(number)
        return number if kind is Kind.HEADING else ""

    def _lay(self) -> None:
        """Order, size or scroll changed: what is visible, and where."""
        height = self.size.height - 1
        self._top = max(0, min(self._top, self._layout().total - height))
        self._visible = {}
        for y in range(1, height + 1):
            entry = self._entry(self._top + y - 1)
            if isinstance(entry, str) and entry:
                self._visible[entry] = y
        self.refresh()

    def _go_to(self, index: int) -> None:
        if not len(self._shelf):
            self.cursor = ""
            return
        index = max(0, min(index, len(self._shelf) - 1))
        before, self.cursor = self.cursor, self._shelf.at(index)
        if not self._bring_in_sight(index):
            for route_id in {before, self.cursor}:
                if (y := self._visible.get(route_id)) is not None:
                    self.refresh(Region(0, y, self.size.width, 1))
        if before != self.cursor:
            self._on_cursor(self.cursor)

    def _bring_in_sight(self, index: int) -> bool:
        """The row into sight, its group's heading too where that is next to it; answers whether it scrolled."""
        top = self._layout().scrolled(self._top, index, self.size.height - 1)
        if top == self._top:
            return False
        self._top = top
        self._lay()
        return True

    def _keep_in_sight(self) -> None:
        index = self._shelf.index(self.cursor)
        if index is not None:
            self._bring_in_sight(index)

    # Order, inside.

    def _touch(self) -> None:
        self._is_touched = True
        self._active_until = self.stage.monotonic() + REST_S

    def _settle(self) -> None:
        is_at_rest = not self._is_touched or self.stage.monotonic() >= self._active_until
        if self.pending and is_at_rest and not self._is_paused:
            self._apply(self._kept())

    def _apply(self, keep: str = "") -> int:
        anchor = self._visible.get(self.cursor)
        index = self._shelf.index(self.cursor)
        moved = self._shelf.apply(keep)
        if moved:
            self._place_cursor(index, anchor)
        return moved

    def _place_cursor(self, was_index: int | None, was_y: int | None) -> None:
        """The cursor stays on its row, and the row on its line of the screen unless the top is in sight."""
        if not self._is_touched and self._is_calm(self.cursor):
            self.cursor, was_y = "", None
        index = self._shelf.index(self.cursor)
        if index is None:
            total = len(self._shelf)
            gone, self.cursor = self.cursor, self._shelf.at(min(was_index or 0, total - 1)) if total else ""
            if not gone and total:
                self.cursor = self._shelf.at(0)
            index = self._shelf.index(self.cursor)
        if was_y is not None and self._top > 0 and index is not None:
            self._top = max(self._layout().line_of(index) - was_y + 1, 0)
        self._lay()
        self._keep_in_sight()
        self._on_cursor(self.cursor)

    def _is_calm(self, route_id: str) -> bool:
        row = self.rows.get(route_id)
        return row is None or (row.state is HealthState.HEALTHY and not row.outage_id)

    def _rematch(self) -> None:
        tests = [test for test in (self._filter.matches, needs_a_look if self._is_focused else None) if test]
        matches = None
        if len(tests) == 2:
            one, other = tests
            matches = lambda row: one(row) and other(row)  # noqa: E731
        elif tests:
            matches = tests[0]
        self._arrange(Shelf(self._shelf.by, self._shelf.is_reversed, matches, self._shelf))

    def _arrange(self, shelf: Shelf | None = None) -> None:
        """Everything anew, in slices when there is much of it; the old order stands until the new one is there."""
        now = self._shelf if self._filling is None else self._filling
        filling = shelf if shelf is not None else Shelf(now.by, now.is_reversed, now.matches, self._shelf)
        self._filling, self._late = filling, set()
        work = filling.fill(self.rows)
        if len(self.rows) <= AT_ONCE:
            for _ in work:
                continue
            self._take(filling)
        else:
            self.run_worker(self._fill(filling, work), group="arrange", exclusive=True)

    async def _fill(self, filling: Shelf, work: Iterator[None]) -> None:
        for _ in work:
            await asyncio.sleep(0)
        self._take(filling)

    def _take(self, filling: Shelf) -> None:
        if self._filling is not filling:
            return
        index, y = self._shelf.index(self.cursor), self._visible.get(self.cursor)
        self._shelf, self._filling = filling, None
        for route_id in self._late:
            filling.want(route_id, self.rows.get(route_id))
        filling.apply()
        self.marks &= set(self.rows)
        self._place_cursor(index, y)

    def on_resize(self, _: events.Resize) -> None:
        self._lay()
        self._keep_in_sight()

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        self.move(3)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        self.move(-3)

    def on_click(self, event: events.Click) -> None:
        entry = self._entry(self._top + event.y - 1) if event.y else ""
        if isinstance(entry, str) and entry:
            self.put_cursor(entry)
