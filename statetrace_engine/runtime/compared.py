"""From comparisons in the store to the signals that tell the pipeline of them: those that an outage may ask for.

They are told behind the captures themselves, so that the device and its routes are known. What was compared while no
engine ran, or just before one ended, is looked for at the start; a comparison that is told twice is no news.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from statetrace_engine.diff import applied, lines, mattering
from statetrace_engine.diff.mattering import Watched
from statetrace_engine.errors import StoreError
from statetrace_engine.health.compared import LATER_S
from statetrace_engine.model import Epoch, capture_delta
from statetrace_engine.model.captured import ConfigRow, Kind
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.diff import DiffChange, DiffRun
from statetrace_engine.model.packed_changes import unpack as changes_of
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs

WAITING = 10_000
"""Then the oldest comparison that waits is left out: it is in the store, and no outage is told of it."""
AT_START = 1000
Say = Callable[[Compared, str], object]
"""Puts a signal of a host before the pipeline."""


class RunFeed:
    def __init__(self, store: Path, pipeline: Callable[[], Pipeline], say: Say, wall: Callable[[], Epoch]) -> None:
        self._runs, self._captures = Runs(store), Captures(store)
        self._pipeline, self._say, self._wall = pipeline, say, wall
        self._waiting: deque[DiffRun] = deque(maxlen=WAITING)
        self._is_started = False
        self.unreadable = 0
        """Comparisons that the store holds and this version cannot read."""

    def note(self, run: DiffRun) -> None:
        """It is in the store."""
        self._waiting.append(run)

    async def tell(self) -> None:
        """Of all that waits. Raises StoreError."""
        if not self._is_started:
            self._is_started = True
            missed = await asyncio.to_thread(self._runs.recent, from_at=self._since(), limit=AT_START)
            self._waiting.extendleft(run for run in missed if not self._is_told(run))
        while self._waiting:
            run = self._waiting.popleft()
            if run.previous_id is None or run.captured_at < self._since():
                continue
            told = await asyncio.to_thread(self._read, run, watched(self._pipeline(), run.hostname))
            if told is not None:
                self._say(told, run.hostname)

    def _since(self) -> Epoch:
        """What was captured before cannot be behind an outage that is open, or opens now."""
        pipeline = self._pipeline()
        records = pipeline.machine.life.records.values()
        begun = (r.occurred_at for r in records if r.is_open or r.is_latched)
        return min(begun, default=self._wall()) - pipeline.policy.explain.change_far_s - LATER_S

    def _is_told(self, run: DiffRun) -> bool:
        device = self._pipeline().topology.devices.get(run.hostname)
        known = (each.compared for each in device.state.runs) if device is not None else ()
        """A version whose changes had no values told it without them."""
        return any((each.run_id, each.previous_id) == (run.run_id, run.previous_id) for each in known if each.has_steps)

    def _read(self, run: DiffRun, depends_on: Watched) -> Compared | None:
        """In a thread. None: it cannot be read."""
        try:
            config = list(self._changes(run, is_config=True))
            is_of_lists = any(map(mattering.defines_a_list, config))
            to_whom = applied.applied(lines.paths(self._config(run.run_id))) if is_of_lists else {}
            others = self._changes(run, is_config=False)
            chosen, left_out = mattering.choose(chain(config, others), depends_on, to_whom)
        except (StoreError, ValueError):
            self.unreadable += 1
            return None
        assert run.previous_id is not None
        since = run.captured_at if run.previous_at is None else run.previous_at
        chosen = mattering.placed(chosen, run.metadata.elsewhere)
        return Compared(
            run_id=run.run_id,
            previous_id=run.previous_id,
            hostname=run.hostname,
            site=run.site,
            captured_at=run.captured_at,
            previous_at=since,
            is_drift=run.is_drift,
            changes=mattering.dated(chosen, run.metadata.authors, _earliest(run, since), run.captured_at),
            left_out=left_out,
        )

    def _changes(self, run: DiffRun, *, is_config: bool) -> Iterator[DiffChange]:
        for packed in self._runs.changes(run.run_id):
            if (packed.kind is Kind.CONFIG) is is_config:
                yield from changes_of(packed)

    def _config(self, capture_id: int) -> list[str]:
        """The lines of its configuration; none where it shows none."""
        found: list[str] = []
        for section in self._captures.sections(capture_id):
            packed = self._captures.rows(capture_id, section.position) if section.kind == Kind.CONFIG else None
            if packed is not None:
                rows, _, _ = capture_delta.rows(packed)
                found += (line for row in rows if isinstance(row, ConfigRow) for line in row.lines)
        return found


def _earliest(run: DiffRun, since: Epoch) -> Epoch:
    """When the oldest was taken of the captures that it is compared with."""
    return min((since, *(each.captured_at for each in run.metadata.elsewhere)))


def watched(pipeline: Pipeline, hostname: str) -> Watched:
    """What the routes of a device depend on."""
    device = pipeline.topology.devices.get(hostname)
    routes = device.routes.values() if device is not None else ()
    paths = {path.path for route in routes for path in (*route.primaries, *route.secondaries)}
    named = (name for path in paths for name in (path.next_hop, path.interface, *path.learned_from) if name)
    return Watched(
        routes=frozenset((route.record.vrf, route.record.prefix) for route in routes),
        names=frozenset(name.lower() for name in named),
    )
