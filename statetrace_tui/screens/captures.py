"""Captures: what was captured of each device, how old it is, and what of it was read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.filed import CaptureSummary, SectionSummary
from statetrace_tui.present import capture_age, capture_rows, list_note
from statetrace_tui.present.book import Delta
from statetrace_tui.present.cursor import Cursor
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.text import Line, rule
from statetrace_tui.widgets.frame import Moving
from statetrace_tui.widgets.modal import filter_prompt
from statetrace_tui.widgets.pane import Pane

LOOK_S = 5.0
"""The list is asked for again so often while it is in front."""
_SORTS = ("site", "age", "not read")


class CapturesScreen(Moving):
    """Devices above, the sections of the chosen one below."""

    place: ClassVar[str] = "captures"
    word: ClassVar[str] = "Captures"
    legend: ClassVar[list[Line]] = capture_age.legend()
    keys: ClassVar[tuple[Key, ...]] = (
        *MOVES,
        Key("enter t", "open", "open", "MOVE", "the raw log"),
        Key("l", "raw_log", "raw log", "LOOK", "raw log"),
        Key("tab", "pane", "sections", "MOVE", "devices, sections"),
        Key("/", "filter", "filter", "FIND", "filter"),
        Key("s", "sort", "sort", "FIND", "by site, age, not read"),
        Key("y", "copy", "", "ACT", "copy the file's name"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.captures: tuple[CaptureSummary, ...] = ()
        self.wanted = ""
        self.sorted_by = _SORTS[0]
        self._sections: dict[int, tuple[SectionSummary, ...]] = {}
        self._cursor = Cursor()
        self._below_cursor = Cursor()
        self._is_below = False
        self._is_loading = False
        self._looked = -LOOK_S
        self._list = Pane(self._list_lines, id="capture-list")
        self._below = Pane(self._section_lines, tone="raised", height="40%", id="sections")

    def body(self) -> Iterable[Pane]:
        return (self._list, self._below)

    # Told by the app.

    def follow(self, delta: Delta) -> None:
        if delta.is_full:
            self._looked = -LOOK_S

    def tick(self) -> None:
        now = self.stage.monotonic()
        if now - self._looked >= LOOK_S and not self._is_loading:
            self._looked, self._is_loading = now, True
            self.stage.start(self._load(), "captures")
        self.paint()

    def show(self, subject: str) -> None:
        """A hostname."""
        for index, capture in enumerate(self.shown):
            if subject and capture.hostname == subject:
                self._cursor.at = index
        self.paint()

    def changes_of(self) -> str:
        return self.chosen.hostname if self.chosen is not None else ""

    def note(self) -> tuple[str, str]:
        said = super().note()
        return said if said[0] else (list_note.filtered(self.wanted, len(self.shown)), "accent!")

    # What is shown.

    @property
    def shown(self) -> list[CaptureSummary]:
        """The captures that the filter leaves, in their order."""
        words = self.wanted.lower().split()
        found = [c for c in self.captures if all(word in capture_rows.search_text(c) for word in words)]
        if self.sorted_by == "age":
            found.sort(key=lambda c: c.captured_at)
        elif self.sorted_by == "not read":
            found.sort(key=lambda c: -c.unparsed)
        return found

    @property
    def chosen(self) -> CaptureSummary | None:
        shown = self.shown
        return shown[min(self._cursor.at, len(shown) - 1)] if shown else None

    async def _load(self) -> None:
        try:
            before = self.chosen
            self.captures = await self.stage.engine.captures()
            if before is not None:
                self._keep(before)
            self.paint()
            await self._load_sections()
        except StateTraceError as error:
            self.stage.say(str(error), "major")
        finally:
            self._is_loading = False

    def _keep(self, before: CaptureSummary) -> None:
        """The cursor stays on its device when others come."""
        names = [(c.site, c.hostname) for c in self.shown]
        if (before.site, before.hostname) in names:
            self._cursor.at = names.index((before.site, before.hostname))

    async def _load_sections(self) -> None:
        chosen = self.chosen
        if chosen is not None and chosen.capture_id not in self._sections:
            self._sections[chosen.capture_id] = await self.stage.engine.capture_sections(chosen.capture_id)
            self.paint()

    async def _ask_sections(self) -> None:
        try:
            await self._load_sections()
        except StateTraceError as error:
            self.stage.say(str(error), "major")

    def _list_lines(self, width: int, height: int) -> list[Line]:
        shown, now = self.shown, self.stage.as_of()
        head = [*self._progress(width), capture_rows.heading(width)]
        if not shown:
            return [*head, [], *_nothing(bool(self.captures))]
        rows = self._cursor.window(len(shown), height - len(head))
        is_here = not self._is_below
        return [
            *head,
            *(
                capture_rows.line(shown[i], width, now, is_here=is_here and i == self._cursor.at)
                if is_here or i != self._cursor.at
                else [("  ", ""), *capture_rows.line(shown[i], width, now, is_here=False)[1:]]
                for i in rows
            ),
        ]

    def _progress(self, width: int) -> list[Line]:
        status = self.stage.book.status
        source = next((s for s in status.sources if s.name == "capture"), None) if status is not None else None
        line = capture_rows.progress(source, width, self.stage.as_of()) if source is not None else []
        return [line] if line else []

    def _section_lines(self, width: int, height: int) -> list[Line]:
        chosen = self.chosen
        if chosen is None:
            return []
        top = [rule(width, "", 2)] if self.stage.ink.is_flat else []
        sections = self._sections.get(chosen.capture_id, ())
        lines = [*top, capture_rows.title(chosen, width), capture_rows.section_heading(width)]
        for i in self._below_cursor.window(len(sections), height - len(lines)):
            is_here = self._is_below and i == self._below_cursor.at
            lines.append(capture_rows.section_line(sections[i], width, is_here=is_here))
        return lines

    # Keys.

    def page_rows(self) -> int:
        return (self._below if self._is_below else self._list).size.height - 2

    def move(self, by: int) -> None:
        if self._is_below:
            self._below_cursor.move(by, len(self._of_chosen()))
        else:
            self._cursor.move(by, len(self.shown))
            self._below_cursor = Cursor()
            self.stage.start(self._ask_sections(), "sections")
        self.paint()

    def _of_chosen(self) -> tuple[SectionSummary, ...]:
        return self._sections.get(self.chosen.capture_id, ()) if self.chosen is not None else ()

    def action_pane(self) -> None:
        self._is_below = not self._is_below and bool(self._of_chosen())
        self.paint()

    def action_leave(self) -> None:
        if self._is_below:
            self.action_pane()
        elif self.wanted:
            self._search("")
        else:
            self.stage.back()

    def action_raw_log(self) -> None:
        """The text from its beginning, or from the section under the cursor."""
        chosen = self.chosen
        if chosen is None:
            return
        sections = self._of_chosen()
        span, what = "", chosen.hostname
        if self._is_below and sections:
            section = sections[self._below_cursor.at]
            span, what = f" {section.text_start} {section.text_end}", f"{what} {section.command}"
        self.stage.go("rawlog", f"capture {chosen.capture_id}{span}\t{what}\t{chosen.file}")

    def action_open(self) -> None:
        self.action_raw_log()

    def action_filter(self) -> None:
        self.ask(filter_prompt(self._search, self.wanted, "site, host, vendor, model, file"))

    def _search(self, text: str) -> None:
        self.wanted = text
        self._cursor, self._below_cursor, self._is_below = Cursor(), Cursor(), False
        self.stage.start(self._ask_sections(), "sections")
        self.paint()

    def action_sort(self) -> None:
        before = self.chosen
        self.sorted_by = _SORTS[(_SORTS.index(self.sorted_by) + 1) % len(_SORTS)]
        if before is not None:
            self._keep(before)
        self.stage.say(f"by {self.sorted_by}")
        self.paint()

    def action_copy(self) -> None:
        if self.chosen is not None:
            self.stage.copy_text(self.chosen.file)


def _nothing(has_some: bool) -> list[Line]:
    if has_some:
        return [[("   ", ""), ("no capture matches", "dim")]]
    return [
        [("   ", ""), ("no captures yet", "strong")],
        [],
        [
            ("   ", ""),
            ("put session logs into data/inbox, or type: statetrace ingest PATH", "dim"),
        ],
    ]
