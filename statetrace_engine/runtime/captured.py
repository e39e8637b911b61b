"""From captures in the store to the signals that tell the pipeline of them, whoever put them there.

The store is asked what came after the last capture that the pipeline knows, so that a restart, or a command that
ingested while no engine ran, loses nothing and tells nothing twice. Comparisons of captures follow them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence, Set

from statetrace_engine.errors import StoreError
from statetrace_engine.health.watched import WatchedOn
from statetrace_engine.model import Epoch, capture_delta
from statetrace_engine.model.captured import Captured, Kind, LogRow
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.model.filed import CaptureSummary, SectionSummary
from statetrace_engine.model.reading import Reading
from statetrace_engine.model.signal import LogLine
from statetrace_engine.parsing import captured_facts, logged, observed, readings
from statetrace_engine.runtime.compared import RunFeed
from statetrace_engine.runtime.earlier import EarlierShowings
from statetrace_engine.store.captures import Captures

LOOK_S = 5.0
AT_ONCE = 50
"""Captures read between two breaths."""
_KINDS = frozenset(kind.value for kind in Kind)
_TELLING = frozenset((Kind.ROUTES, Kind.CONFIG, Kind.INTERFACES, Kind.LOG, Kind.TABLE)) | readings.TOLD
Wanted = Callable[[str], WatchedOn]
"""What the inventory watches on a host."""
_Told = tuple[observed.Section | None, captured_facts.Shown]
"""A command; its rows twice, as each of both wants them, where anybody does."""
Say = Callable[[Captured | LogLine, str], object]
"""Puts a signal of a host before the pipeline."""


class CaptureFeed:
    def __init__(
        self,
        captures: Captures,
        runs: RunFeed,
        last_id: Callable[[], int],
        wanted: Wanted,
        say: Say,
        wall: Callable[[], Epoch],
    ) -> None:
        self._captures, self._last_id, self._wanted, self._say = captures, last_id, wanted, say
        self._wall, self._runs = wall, runs
        self._earlier = EarlierShowings(captures)
        self._hint = asyncio.Event()
        self.unreadable = 0
        """Captures that the store holds and this version cannot read."""

    def hurry(self) -> None:
        """Something has just been stored."""
        self._hint.set()

    def compared(self, run: DiffRun) -> None:
        """A comparison has just been stored."""
        self._runs.note(run)
        self.hurry()

    async def run(self) -> None:
        """Looks every 5 s, and when it is told to, until cancelled. Raises StoreError."""
        while True:
            while await self.look():
                pass
            await self._runs.tell()
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._hint.wait()
            except TimeoutError:
                pass
            self._hint.clear()

    async def look(self) -> int:
        """Tells of the next captures; answers how many there were."""
        found = await asyncio.to_thread(self._captures.since, self._last_id(), AT_ONCE)
        for summary in found:
            captured, lines = await asyncio.to_thread(self._read, summary, self._wanted(summary.hostname))
            for line in lines:
                self._say(line, summary.hostname)
            self._say(captured, summary.hostname)  # last: a restart before it reads all of this capture again
        return len(found)

    def _read(self, summary: CaptureSummary, wanted: WatchedOn) -> tuple[Captured, tuple[LogLine, ...]]:
        """What it shows of what is or may be watched, and what the device had logged; nothing where its rows cannot
        be read."""
        try:
            shown = tuple(self._shown(summary, _TELLING | captured_facts.TOLD if wanted.names else _TELLING))
            read = self._readings(summary, shown) if summary.hostname else ()
        except (StoreError, ValueError):
            self.unreadable += 1
            shown, read = (), ()
        sections = [section for section, _ in shown if section is not None]
        host, vendor, at = summary.hostname, summary.vendor, summary.captured_at
        log = [row for section in sections if section.kind is Kind.LOG for row in section.rows]
        lines = logged.lines([row for row in log if isinstance(row, LogRow)], host, at, self._wall(), vendor)
        captured = Captured(
            capture_id=summary.capture_id,
            hostname=host,
            site=summary.site,
            vendor=vendor,
            captured_at=at,
            routes=observed.routes(sections, vendor, wanted.destinations) if host else (),
            addresses=observed.addresses(sections),
            facts=captured_facts.facts((found for _, found in shown), vendor, wanted.names) if host else (),
            readings=read,
        )
        return captured, lines if host else ()

    def _readings(self, summary: CaptureSummary, shown: Sequence[_Told]) -> tuple[Reading, ...]:
        compared = {(found.kind, found.command) for _, found in shown if readings.is_compared(found)}
        told = [(found, section is not None and section.is_whole) for section, found in shown]
        earlier = self._earlier.of(summary.capture_id, compared)
        return readings.of(told, summary.vendor, summary.captured_at, earlier)

    def _shown(self, summary: CaptureSummary, telling: Set[Kind]) -> Iterator[_Told]:
        """Every section; with its rows where they may tell of routes, or of what routes depend on."""
        for section in self._captures.sections(summary.capture_id):
            if section.kind not in _KINDS:
                continue  # another version stored it
            kind, span = Kind(section.kind), (section.text_start, section.text_end)
            packed = (
                self._captures.rows(summary.capture_id, section.position) if _is_telling(section, telling) else None
            )
            if packed is None:
                yield None, captured_facts.Shown(section.command, kind, section.rows, span)
                continue
            rows, starts, ends = capture_delta.rows(packed)
            told = observed.Section(section.command, kind, rows, not section.is_truncated)
            yield told, captured_facts.Shown(section.command, kind, section.rows, span, rows, starts, ends)


def _is_telling(section: SectionSummary, telling: Set[Kind]) -> bool:
    return section.kind in telling and (section.kind != Kind.TABLE or "bgp" in section.command)
