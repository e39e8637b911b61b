"""A network in virtual time: a script of faults, the real probe schedule, the real pipeline, and no clock but its own.

    network = VirtualNetwork(inventory, start=1_764_000_000.0, seed=1)
    network.at(5.0, lambda n: n.log("WLLS-A01-AR-01", "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down"))
    network.at(5.0, lambda n: n.silence("WLLS-A01-AR-01/next-hop/*"))
    network.run_to(30.0)
    network.outages(), network.changes, network.health("WLLS-A01-AR-01", "0.0.0.0/0")

The journeys of tests/scenarios and the benchmark of noisy days run on it. The truth is the script's; nothing here asks
the engine what it thinks.
"""

from __future__ import annotations

import fnmatch
import heapq
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

import msgspec
from msgspec.structs import replace

from statetrace_engine.health.policy import Policy
from statetrace_engine.model.action import Action
from statetrace_engine.model.change import Change
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.signal import (
    Gap,
    InstalledPath,
    LogLine,
    Payload,
    RouteReport,
    SettingsChanged,
    Signal,
    Source,
    Tick,
)
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.sources.probe_schedule import ProbeSettings, Schedule

SOURCES = {"icmp": Source.PROBE_ICMP, "tcp": Source.PROBE_TCP, "stamp": Source.PROBE_STAMP}
Script = Callable[["VirtualNetwork"], None]


class VirtualNetwork:
    def __init__(
        self,
        inventory: Inventory,
        *,
        policy: Policy | None = None,
        relays: tuple[str, ...] = (),
        runbooks: tuple[Runbook, ...] = (),
        start: float = 1_764_000_000.0,
        seed: int = 0,
    ) -> None:
        self.inventory = inventory
        self.relays = relays
        self.runbooks = runbooks
        self.policy = policy or Policy()
        self.start = start
        self.now = start
        self.clock_step = 0.0
        self.pipeline = Pipeline()
        self.changes: list[Change] = []
        self.journal: list[Signal] = []
        self.loss: dict[str, float] = {}
        self.rtt_ms: dict[str, float] = {}
        self.keep_journal = True
        self.fed = 0
        """Signals so far."""
        self._random = random.Random(seed)
        self._seq = count(1)
        self._order = count()
        self._script: list[tuple[float, int, Script]] = []
        self._wire: list[tuple[float, int, int, float | None]] = []
        self._silent: set[str] = set()
        self._paused_until = start
        self._schedule = Schedule(ProbeSettings(), inventory.probes, start)
        self._mute: set[str] = set()
        self.reload()

    # The script ---------------------------------------------------------------------------------------------------

    def at(self, seconds: float, script: Script) -> None:
        """Runs `script` so many seconds after the start."""
        heapq.heappush(self._script, (self.start + seconds, next(self._order), script))

    def log(
        self,
        device: str,
        text: str,
        *,
        age_s: float = 0.0,
        is_backlog: bool = False,
        stamp: str = "5424",
        source: Source = Source.SYSLOG_UDP,
        peer: str = "127.0.0.1",
    ) -> None:
        """A device's message, received now; `age_s` before now by its own clock, `stamp` none for no timestamp,
        whole for one of whole seconds, unzoned for one of a zone that it does not name."""
        when = datetime.fromtimestamp(self.wall - age_s, UTC)
        fraction = "" if stamp == "whole" else f".{when.microsecond // 1000:03}"
        time = "-" if stamp == "none" else f"{when:%Y-%m-%dT%H:%M:%S}{fraction}Z"
        header = f"<189>1 {time} {device} - - - -"
        if stamp == "unzoned":
            header = f"<189>{when + timedelta(hours=1):%b %d %H:%M:%S}{fraction} {device}"
        self.feed(LogLine(f"{header} {text}".encode(), is_backlog), source, peer)

    def report(
        self,
        device: str,
        prefix: str,
        *via: tuple[str | None, str | None],
        vrf: str = "default",
        is_complete: bool = True,
        every_s: float = 0.0,
    ) -> None:
        """A route poll's walk."""
        installed = tuple(InstalledPath(hop, interface) for hop, interface in via)
        self.feed(RouteReport(device, vrf, prefix, installed, is_complete, every_s), Source.SNMP, device)

    def silence(self, *patterns: str) -> None:
        self._silent |= set(self._probes(patterns))

    def answer(self, *patterns: str) -> None:
        self._silent -= set(self._probes(patterns))

    def lose(self, percent: float, *patterns: str) -> None:
        self.loss.update(dict.fromkeys(self._probes(patterns), percent / 100.0))

    def delay(self, rtt_ms: float, *patterns: str) -> None:
        self.rtt_ms.update(dict.fromkeys(self._probes(patterns), rtt_ms))

    def act(self, action: Action) -> None:
        self.feed(action, Source.OPERATOR, getattr(action, "operator", ""))

    def pause(self, seconds: float) -> None:
        """This machine stops for so long: nothing is sent, received or decided."""
        self._paused_until = self.now + seconds

    def step_clock(self, seconds: float) -> None:
        self.clock_step += seconds

    def mute(self, source: str, is_muted: bool) -> None:
        """A source of this machine stops: what it would have said is never heard."""
        if is_muted:
            self._mute.add(source)
        else:
            self._mute.discard(source)

    def reload(self, *, is_changed: bool = False) -> None:
        """The configuration is read again, and is the same; or another constant, which matters to nobody here."""
        if is_changed:
            self.policy = replace(self.policy, undo_s=self.policy.undo_s + 1)
        policy = msgspec.Raw(msgspec.msgpack.encode(self.policy))
        self.feed(SettingsChanged(self.inventory, policy, self.relays, runbooks=self.runbooks), Source.ENGINE)

    def restart(self) -> None:
        """The engine's process ends and another goes on at once, from the checkpoint."""
        old = self.pipeline
        self.pipeline = Pipeline(self.inventory, self.policy, self.relays, runbooks=self.runbooks)
        healths = [h for r in old.topology.routes if (h := old.health(r)) is not None]
        self.pipeline.thaw(old.freeze(), {h.route.route_id: (h.state.value, h.since_at) for h in healths})

    def _probes(self, patterns: Iterable[str]) -> list[str]:
        ids = [p.probe_id for p in self.inventory.probes]
        found = [i for i in ids for pattern in patterns if fnmatch.fnmatchcase(i, pattern)]
        assert found, f"no probe matches {list(patterns)}; there are {ids}"
        return found

    # The run ------------------------------------------------------------------------------------------------------

    @property
    def wall(self) -> float:
        return self.now + self.clock_step

    def feed(self, payload: Payload, source: Source, peer: str = "") -> list[Change]:
        signal = Signal(next(self._seq), self.wall, self.now, source, peer, payload)
        self.fed += 1
        changes = self.pipeline.feed(signal) + self.pipeline.warn()
        if self.keep_journal:
            self.journal.append(signal)
            self.changes += changes
        return changes

    def run_to(self, seconds: float) -> None:
        end = self.start + seconds
        while (at := self._next()) <= end:
            self._step(max(at, self.now))
        self.now = max(self.now, end)

    def _next(self) -> float:
        at = self._schedule.next_at(self.now)
        for queue in (self._script, self._wire):
            if queue and queue[0][0] < at:
                at = queue[0][0]
        deadline = self.pipeline.next_deadline()
        return at if deadline is None else min(at, deadline)

    def _step(self, at: float) -> None:
        if at < self._paused_until:
            late = self._paused_until - self.now
            self.now = self._paused_until
            if late > self.policy.watcher.gap_s:
                self.feed(Gap(late, "the machine was paused"), Source.ENGINE)
        else:
            self.now = at
        while self._script and self._script[0][0] <= self.now:
            heapq.heappop(self._script)[2](self)
        while self._wire and self._wire[0][0] <= self.now:
            _, _, token, rtt_ms = heapq.heappop(self._wire)
            self._schedule.answered(token, self.now, rtt_ms)
        self._send()
        for probe, result in self._schedule.take_reports():
            if SOURCES[probe.kind.value] not in self._mute:
                self.feed(result, SOURCES[probe.kind.value], probe.target)
        self._schedule.take_gap_s()
        deadline = self.pipeline.next_deadline()
        if deadline is not None and deadline <= self.now:
            self.feed(Tick(), Source.ENGINE)

    def _send(self) -> None:
        while (send := self._schedule.due(self.now)) is not None:
            ident = send.probe.probe_id
            if ident in self._silent or self._random.random() < self.loss.get(ident, 0.0):
                continue
            rtt_ms = self.rtt_ms.get(ident, 5.0) * self._random.uniform(0.9, 1.1)
            heapq.heappush(self._wire, (self.now + rtt_ms / 1e3, next(self._order), send.token, rtt_ms))

    # What the engine says -----------------------------------------------------------------------------------------

    def health(self, device: str, prefix: str, vrf: str = "default") -> RouteHealth:
        route = self.pipeline.topology.route_of(device, vrf, prefix)
        assert route is not None, f"{device} {vrf} {prefix} is not watched"
        found = self.pipeline.health(route.record.route_id)
        assert found is not None
        return found

    def outages(self) -> list[OutageEvent]:
        """Oldest first."""
        return self.pipeline.outages()[::-1]
