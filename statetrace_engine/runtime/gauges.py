"""What the engine says of itself in every frame: its sources, its counters, and the banners above the data."""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine import __version__
from statetrace_engine.config.settings import Settings
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import CardCounts
from statetrace_engine.model.monitors import Concern
from statetrace_engine.model.signal import Source
from statetrace_engine.model.status import Banner, Counters, EngineStatus, SourceStatus
from statetrace_engine.model.text import sanitise
from statetrace_engine.reports.sight import Sight
from statetrace_engine.runtime import warned
from statetrace_engine.runtime.feeding import Feeder
from statetrace_engine.runtime.ground import Ground
from statetrace_engine.runtime.pump import Pump
from statetrace_engine.runtime.reloading import Reloading

_SOURCES = frozenset(Source)
REMEMBERED_S = 60.0
"""How long after its last sign trouble that came and went is still said."""


class Lasting(Struct):
    """A count that should not grow: shown from its growth until it has stood still for a minute."""

    count: int = 0
    since_at: Epoch = 0.0
    grew: float = float("-inf")
    grown: int = 0

    def see(self, count: int, steady: float, at: Epoch) -> int:
        """How much it has grown in the present trouble; 0 when there is none."""
        if count > self.count:
            if steady - self.grew > REMEMBERED_S:
                self.since_at, self.grown = at, 0
            self.grown += count - self.count
            self.count, self.grew = count, steady
        return self.grown if steady - self.grew <= REMEMBERED_S else 0


class Gauges:
    """Read on the engine's loop."""

    def __init__(self, ground: Ground, reloading: Reloading) -> None:
        self.started_at = ground.clock.wall()
        self.last_change_at: Epoch | None = None
        self.isolated: Banner | None = None
        self.sources: dict[tuple[str, str], SourceStatus] = {}
        self._ground = ground
        self._clock = ground.clock
        self._reloading = reloading
        self._since: dict[str, Banner] = {}
        self._dropped = Lasting()
        self._failed = Lasting()
        self._watched = (0, 0)
        self._settings = Settings()

    def report(self, status: SourceStatus) -> None:
        """Takes the newest status of one (name, detail)."""
        self.sources[status.name, status.detail] = status

    def forget(self, name: str) -> None:
        for key in [key for key in self.sources if key[0] == name]:
            del self.sources[key]

    def watch(self, settings: Settings) -> None:
        """What is watched from here on."""
        self._watched = (len(settings.inventory.routes), len(settings.inventory.devices))
        self._settings = settings

    def status(self, feeder: Feeder, pump: Pump, sight: Sight) -> EngineStatus:
        inbox, tally = self._ground.inbox, feeder.pipeline.tally
        routes, devices = self._watched
        return EngineStatus(
            version=__version__,
            pid=os.getpid(),
            started_at=self.started_at,
            at=self._clock.wall(),
            home=str(self._ground.home),
            routes=routes,
            devices=devices,
            unowned=sight.count(Concern.UNOWNED),
            unprobed=sight.count(Concern.UNPROBED),
            is_isolated=feeder.pipeline.is_isolated,
            banners=tuple(self._banners(feeder)),
            sources=tuple(self.statuses()),
            counters=Counters(
                signals={name: n for name, n in inbox.received.items() if n and name != Source.ENGINE},
                unparsed=tally.unparsed,
                last_unparsed=tuple(tally.last_unparsed),
                unrelated=tally.unrelated,
                dropped=sum(inbox.dropped.values()),
                unknown_senders=dict(tally.unknown_senders),
                queue_depth=inbox.depth,
                redacted=pump.redacted,
                restarts=self._ground.supervisor.restarts,
            ),
            last_signal_at=max((s.last_at for s in self.sources.values() if s.last_at is not None), default=None),
            last_change_at=self.last_change_at,
            lag_ms=pump.lag_ms,
            cards=self._cards(feeder),
        )

    def _cards(self, feeder: Feeder) -> CardCounts:
        counts = feeder.pipeline.desk.counts()
        broken = sum(1 for _ in warned.broken(self._settings.rule_problems))
        return replace(counts, off=counts.off + broken) if broken else counts

    def statuses(self) -> Iterator[SourceStatus]:
        failing = self._ground.supervisor.failing
        seen = set()
        for status in self.sources.values():
            seen.add(status.name)
            why, _ = failing.get(status.name, ("", 0.0))
            yield replace(status, state="restarting", error=sanitise(why)) if why else status
        for name, (why, _) in failing.items():
            if name in _SOURCES and name not in seen:
                yield SourceStatus(name=name, detail="", state="failed", error=sanitise(why))

    def _banners(self, feeder: Feeder) -> Iterator[Banner]:
        at, steady = self._clock.wall(), self._clock.steady()
        if self.isolated is not None and feeder.pipeline.is_isolated:
            yield self.isolated
        yield from self._lasting("data", self._ground.custody.trouble, at)
        yield from self._lasting("journal", self._ground.journal.error, at)
        yield from self._lasting("store", self._ground.writer.error, at)
        if self._reloading.banner is not None:
            yield self._reloading.banner
        yield from self._lasting("rules", warned.sentence(self._settings), at)
        yield from self._lasting("runbooks", warned.of_runbooks(self._settings), at)
        for name, (why, since_at) in self._ground.supervisor.failing.items():
            yield Banner(kind="source", text=sanitise(f"{name} is not running: {why}"), since_at=since_at)
        if dropped := self._dropped.see(sum(self._ground.inbox.dropped.values()), steady, at):
            words = f"{dropped} signals dropped: they came faster than they could be evaluated"
            yield Banner(kind="behind", text=words, since_at=self._dropped.since_at)
        if failed := self._failed.see(feeder.failed, steady, at):
            words = f"{failed} signals could not be evaluated, logs/engine.log says why: {feeder.last}"
            yield Banner(kind="behind", text=sanitise(words), since_at=self._failed.since_at)

    def _lasting(self, kind: str, error: str, at: Epoch) -> Iterator[Banner]:
        if not error:
            self._since.pop(kind, None)
            return
        before = self._since.get(kind)
        self._since[kind] = Banner(kind=kind, text=sanitise(error), since_at=before.since_at if before else at)
        yield self._since[kind]
