"""What the diff explorer asks the engine for: runs, their changes, any two captures, marks, outages.

What takes long is done on a thread, piece by piece, and given up when something else is wanted.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.model.filed import CaptureSummary
from statetrace_engine.model.outage import OutageEvent
from statetrace_tui.present import diff_target
from statetrace_tui.present.diff_changes import Changes, Item, Part, Scan, namesakes
from statetrace_tui.present.diff_filter import Query
from statetrace_tui.present.diff_list import Marked, Selection, select
from statetrace_tui.present.diff_meaning import Meaning
from statetrace_tui.present.diff_target import Target
from statetrace_tui.widgets.stage import Stage

MOST_RUNS = 200
AT_ONCE = 2_000
"""So many changes are looked through before they are shown; of more, those in sight are shown first."""
_KEPT = 8


class DiffFeed:
    """`news` is called on the console's loop whenever there is something else to show."""

    def __init__(self, stage: Callable[[], Stage], news: Callable[[], None]) -> None:
        self._stage = stage
        self._news = news
        self.target = Target()
        self.runs: tuple[DiffRun, ...] = ()
        self.captures: tuple[CaptureSummary, ...] = ()
        self.namesakes: frozenset[str] = frozenset()
        """Hostnames that are at more than one site, as far as runs and captures tell."""
        self.outages: tuple[OutageEvent, ...] = ()
        self.marked = Marked()
        self.changes = Changes()
        self.items: list[Item] = []
        """Of the changes, as far as they were looked through."""
        self.sentences: list[str] = []
        self.unreadable = 0
        self.is_scanned = False
        self.is_loading = False
        self.error = ""
        self._asked = 0
        """Counts questions for runs: an answer to an earlier one is dropped."""
        self._wanted = 0
        """The same, of changes."""
        self._told: set[tuple[object, ...]] = set()
        self._filtered = 0
        """The same, of filters."""
        self._parts: dict[int, Part] = {}
        self.is_aiming = False
        """The cursor is to go to the likeliest change before the outage from which the operator came."""
        self.aim: int | None = None
        """Which entry that is, once it is known; for whoever sets the cursor."""

    # Runs, marks, outages.

    async def look(self, target: Target) -> bool:
        """The runs of a target, and what stands beside them; False when the engine did not answer, or too late."""
        self._asked += 1
        number, engine = self._asked, self._stage().engine
        if target != self.target:
            self.target, self.runs = target, ()
            self._ask()
            self._clear()
        try:  # without an end: what a capture behind the window shows may have been done within it
            runs = await engine.diff_runs(target.hostname, target.site, target.from_at, math.inf, MOST_RUNS)
            marks = await engine.change_marks()
            outages = await engine.outages()
        except StateTraceError as error:
            self.error = str(error)
            self._news()
            return False
        if number != self._asked:
            return False
        self.error = ""
        self.runs = diff_target.within(runs, target) if target.has_window else runs
        self._note_names()
        self.marked = Marked(marks)
        self.outages = outages
        return True

    async def look_at_marks(self) -> None:
        try:
            self.marked = Marked(await self._stage().engine.change_marks())
        except StateTraceError:
            return  # the banner says that the engine is silent
        self._news()

    async def look_at_captures(self) -> tuple[CaptureSummary, ...]:
        """The newest of every device. Raises StateTraceError."""
        self.captures = await self._stage().engine.captures()
        self._note_names()
        return self.captures

    def _note_names(self) -> None:
        runs, captures = ([(each.hostname, each.site) for each in found] for found in (self.runs, self.captures))
        self.namesakes = namesakes(runs + captures)

    # Changes.

    async def show(self, runs: Sequence[DiffRun]) -> None:
        """Each run against the one before it, the newest first."""
        number = self._ask()
        try:
            parts = [await self._part(run) for run in runs]
        except StateTraceError as error:
            self._fail(number, str(error))
            return
        await self._take(number, parts)

    async def compare(self, before: DiffRun | CaptureSummary, after: DiffRun | CaptureSummary) -> None:
        """Any two captures, of one device or of two."""
        number = self._ask()
        one, other = _capture_id(before), _capture_id(after)
        try:
            found = await self._stage().engine.diff_between(one, other)
        except StateTraceError as error:
            self._fail(number, str(error))
            return
        if found is None:
            self._fail(number, "one of these captures is no longer kept")
            return
        is_one = (before.hostname, before.site) == (after.hostname, after.site)
        part = Part(
            before.hostname, one, other, before.captured_at, after.captured_at, found.metadata, found.changes,
            "" if is_one else after.hostname, None, before.site, after.site, self.namesakes,
        )  # fmt: skip
        await self._take(number, [part])

    async def _part(self, run: DiffRun) -> Part:
        kept = self._parts.get(run.run_id)
        if kept is not None and kept.run == run and kept.namesakes == self.namesakes:
            return kept
        packed = await self._stage().engine.diff_changes(run.run_id) if run.total else ()
        part = Part(
            run.hostname, run.previous_id, run.run_id, run.previous_at, run.captured_at, run.metadata, packed, run=run,
            site=run.site, namesakes=self.namesakes,
        )  # fmt: skip
        while len(self._parts) >= _KEPT:
            del self._parts[next(iter(self._parts))]
        self._parts[run.run_id] = part
        return part

    def _ask(self) -> int:
        self._wanted += 1
        self.is_loading = True
        self._news()
        return self._wanted

    def _fail(self, number: int, why: str) -> None:
        if number == self._wanted:
            self._clear()
            self.is_loading, self.error = False, why
            self._news()

    def _clear(self) -> None:
        self.changes, self.items, self.sentences = Changes(), [], []
        self.unreadable, self.is_scanned = 0, False

    async def _take(self, number: int, parts: Sequence[Part]) -> None:
        """Shown at once where they are few; of many, those in sight first and what they mean when all were read."""
        changes = await asyncio.to_thread(Changes, parts)
        scan, meaning = Scan(changes), Meaning()
        is_small = len(changes) <= AT_ONCE
        if is_small:
            await asyncio.to_thread(self._read, number, scan, meaning)
        if number != self._wanted:
            return
        self.changes, self.is_loading, self.error = changes, False, ""
        self._settle(scan, meaning, is_scanned=is_small)
        self._news()
        if not is_small:
            await asyncio.to_thread(self._read, number, scan, meaning)
            if number == self._wanted:
                self._settle(scan, meaning, is_scanned=True)
                self._news()
        if self.is_aiming and number == self._wanted:
            self.is_aiming = False
            await self._take_aim(number)

    async def _take_aim(self, number: int) -> None:
        """At the change of this device that the explanation of the outage ranks first."""
        try:
            found = await self._stage().engine.explain(self.target.outage_id)
        except StateTraceError:
            return  # the first change is as good
        ranked = (each.between for each in found.changes if each.hostname == self.target.hostname) if found else ()
        places = (self.changes.place_of(each, self.items) for each in ranked if each is not None)
        self.aim = next((place for place in places if place is not None), None)
        if self.aim is not None and number == self._wanted:
            self._news()

    def _settle(self, scan: Scan, meaning: Meaning, *, is_scanned: bool) -> None:
        self.is_scanned = is_scanned
        self.items = scan.items if is_scanned else []
        self.sentences = meaning.sentences() if is_scanned else []
        self.unreadable = scan.unreadable

    def _read(self, number: int, scan: Scan, meaning: Meaning) -> None:
        """On a thread of its own; ends when something else is wanted."""
        for group, found in scan.run():
            if number != self._wanted:
                return
            if group.tree:
                meaning.take_lines(group.tree)
            elif group.change_type is not None:
                meaning.take(group.kind, group.change_type, found)

    def tell_looked(self) -> None:
        """What is shown is in front of an operator: once for each device and its runs."""
        shown: dict[str, list[DiffRun]] = {}
        for part in self.changes.parts:
            if part.run is not None:
                shown.setdefault(part.hostname, []).append(part.run)
        for hostname, runs in shown.items():
            outage_id = self.target.outage_id if hostname == self.target.hostname else ""
            told = (hostname, outage_id, *(run.run_id for run in runs))
            if told not in self._told:
                self._told.add(told)
                self._stage().mark_looked(hostname, runs, outage_id)

    async def select(self, query: Query, *, shows_expected: bool) -> Selection | None:
        """What a filter leaves; None while the changes are looked through, and when something else is wanted."""
        if not self.is_scanned:
            return None
        self._filtered += 1
        number, changes, items, marked = self._filtered, self.changes, self.items, self.marked

        def is_wanted() -> bool:
            return number == self._filtered and changes is self.changes

        if len(items) <= AT_ONCE:
            return select(changes, items, query, marked, shows_expected=shows_expected)
        found = await asyncio.to_thread(select, changes, items, query, marked, is_wanted, shows_expected=shows_expected)
        return found if is_wanted() else None


def _capture_id(side: DiffRun | CaptureSummary) -> int:
    return side.run_id if isinstance(side, DiffRun) else side.capture_id
