"""Pure. Signals in, Changes out: the one place where parsing, health and explanation meet.

`feed` handles a signal and everything that was due before it; `next_deadline` says when to feed a Tick. The same
journal gives the same outages, identities and times, at any speed: nothing here reads a clock or draws a number.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from statetrace_engine import checkpoint
from statetrace_engine.checkpoint import Checkpoint
from statetrace_engine.explain import case, causes, outage_view
from statetrace_engine.explain.incidents import Incidents
from statetrace_engine.health import views
from statetrace_engine.health.actions import Actions
from statetrace_engine.health.machine import CHANGES_S, Machine
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.topology import DeviceTrack, RouteTrack, Topology
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watcher import Finding, Found
from statetrace_engine.model import names
from statetrace_engine.model.action import Action
from statetrace_engine.model.change import (
    Change,
    HealthChanged,
    IncidentChanged,
    Isolated,
    Notice,
    OutageChanged,
    OutageStep,
)
from statetrace_engine.model.health import RouteHealth, RouteHealthSnapshot
from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.observation import (
    DeviceEvent,
    DeviceEventKind,
    Fact,
    LogMessage,
    Observation,
    Plane,
    SubjectKind,
    Unparsed,
    Unrelated,
    Verdict,
)
from statetrace_engine.model.outage import Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.signal import (
    Gap,
    LogLine,
    ProbeResult,
    RouteReport,
    SettingsChanged,
    Signal,
    SourceLost,
    Tick,
)
from statetrace_engine.parsing import syslog_text

CLOCK_STEP_S = 1.0
UNKNOWN_SENDERS = 1000


class Tally(msgspec.Struct):
    """What came in, for the Monitors and the header."""

    unparsed: int = 0
    unrelated: int = 0
    unbound: int = 0
    """Understood, but about nothing that is watched."""
    history: int = 0
    clock_steps: int = 0
    unknown_senders: dict[str, int] = msgspec.field(default_factory=dict)
    last_unparsed: list[str] = msgspec.field(default_factory=list)


class Pipeline:
    def __init__(
        self, inventory: Inventory | None = None, policy: Policy | None = None, relays: tuple[str, ...] = ()
    ) -> None:
        self.tally = Tally()
        self._load(inventory or Inventory(), policy or Policy())
        self.relays: frozenset[str] = frozenset()
        self._offset: float | None = None
        self._is_started = False
        self._said: dict[str, tuple[object, ...]] = {}
        self._views: dict[str, RouteHealth] = {}
        self._handlers: dict[type, Callable[[Signal], None]] = {
            LogLine: self._feed_log,
            ProbeResult: self._feed_probe,
            RouteReport: self._feed_report,
            Tick: lambda _: None,
            Gap: self._feed_gap,
            SettingsChanged: self._feed_settings,
            SourceLost: lambda _: None,
        }

    def _load(self, inventory: Inventory, policy: Policy) -> None:
        self.policy = policy
        self.topology = Topology(inventory)
        self.machine = Machine(self.topology, policy)
        self.incidents = Incidents(self.topology, policy.explain)
        self.actions = Actions(self.machine)
        self._out: list[Change] = []
        self.removed: tuple[str, ...] = ()
        """Routes that the last change of settings took away."""

    # Feeding --------------------------------------------------------------------------------------------------

    def feed(self, signal: Signal) -> list[Change]:
        """Everything that the signal, and the deadlines before it, changed."""
        machine = self.machine
        offset = signal.received_at - signal.steady
        if offset != self._offset:
            self._note_offset(offset)
        if not self._is_started:
            self._start(signal.steady, offset)
        machine.advance(signal.steady, offset)
        handler = self._handlers.get(type(signal.payload))
        if handler is not None:
            handler(signal)
        else:
            self._feed_action(signal)
        if machine.dirty or machine.life.dirty or machine.found or machine.life.notices or self._out:
            return self._collect(signal.seq)
        return []

    def next_deadline(self) -> float | None:
        """Engine time at which a Tick is wanted."""
        return self.machine.agenda.next()

    def _start(self, now: float, offset: float) -> None:
        self._is_started = True
        self.machine.start(now, offset)

    def _note_offset(self, offset: float) -> None:
        """A stepped wall clock opens and closes nothing; but what devices' clocks agreed with is gone."""
        if self._offset is not None and abs(offset - self._offset) > CLOCK_STEP_S:
            self.tally.clock_steps += 1
            for device in self.topology.devices.values():
                device.state.has_agreed_clock = False
            for subject in self.topology.subjects.values():
                subject.state.occurred_at = 0.0
        self._offset = offset

    def _feed_log(self, signal: Signal) -> None:
        payload = signal.payload
        assert isinstance(payload, LogLine)
        device = self.topology.device_by_address.get(signal.peer)
        vendor = device.device.vendor if device is not None else ""
        read = syslog_text.read(payload.raw, signal.received_at, vendor)
        if device is None:
            device = self.topology.device_by_name.get(read.hostname) if read.hostname else None
            if device is None:
                self._count_unknown(read.hostname or signal.peer)
        if device is not None:
            device.state.last_heard = signal.steady
        if type(read) is Unrelated:
            self.tally.unrelated += 1
        elif type(read) is Unparsed:
            self._count_unparsed(signal, read)
        elif isinstance(read, LogMessage) and device is not None:
            self._take_message(signal, payload, read, device)

    def _count_unknown(self, sender: str) -> None:
        senders = self.tally.unknown_senders
        if sender in senders or len(senders) < UNKNOWN_SENDERS:
            senders[sender] = senders.get(sender, 0) + 1

    def _count_unparsed(self, signal: Signal, read: Unparsed) -> None:
        self.tally.unparsed += 1
        recent = self.tally.last_unparsed
        recent.append(f"{read.hostname or signal.peer}: {read.why}")
        del recent[:-20]

    def _take_message(self, signal: Signal, payload: LogLine, read: LogMessage, device: DeviceTrack) -> None:
        occurred, is_history = self._date(signal, read, device)
        is_history = is_history or payload.is_backlog
        self.tally.history += is_history
        for event in read.events:
            self._take_event(signal, event, device, is_history)
        for fact in read.facts:
            observation = Observation(
                hostname=device.device.hostname,
                fact=fact,
                witness=device.device.hostname,
                source=signal.source,
                seq=signal.seq,
                steady=signal.steady,
                received_at=signal.received_at,
                occurred_at=occurred,
                is_history=is_history,
            )
            if not self.machine.observe(observation):
                self.tally.unbound += 1

    def _date(self, signal: Signal, read: LogMessage, device: DeviceTrack) -> tuple[float | None, bool]:
        """The device's own time, when it can be trusted, and whether it makes the message history (SPEC 3)."""
        if read.device_time is None or not read.is_time_trustworthy:
            return None, False
        age = signal.received_at - read.device_time
        policy = self.policy.clock
        if abs(age) <= policy.trust_s:
            device.state.has_agreed_clock = True
        if not device.state.has_agreed_clock or age < -policy.trust_s:
            return None, False
        return read.device_time, age > policy.history_s

    def _take_event(self, signal: Signal, event: DeviceEvent, device: DeviceTrack, is_history: bool) -> None:
        state = device.state
        if event.kind is DeviceEventKind.RESTART:
            if not is_history:
                state.restarted_at = signal.steady
            return
        state.changes.append((signal.steady, signal.seq, event))
        while state.changes and (signal.steady - state.changes[0][0] > CHANGES_S or len(state.changes) > 500):
            del state.changes[0]

    def _feed_probe(self, signal: Signal) -> None:
        assert isinstance(signal.payload, ProbeResult)
        self.machine.probe(signal.payload, signal)

    def _feed_report(self, signal: Signal) -> None:
        report = signal.payload
        assert isinstance(report, RouteReport)
        host = names.hostname(report.hostname)
        route = self.topology.route_of(host, names.vrf(report.vrf), report.prefix)
        if route is None or not report.is_complete:
            return
        route.device.state.last_heard = signal.steady
        verdict = Verdict.UP if report.installed else Verdict.DOWN
        observation = Observation(
            hostname=host,
            fact=Fact(
                plane=Plane.ROUTE,
                kind=SubjectKind.PREFIX,
                name=report.prefix,
                verdict=verdict,
                vrf=report.vrf,
                installed=report.installed,
            ),
            witness=host,
            source=signal.source,
            seq=signal.seq,
            steady=signal.steady,
            received_at=signal.received_at,
        )
        self.machine.report_route(route, report.installed, observation)

    def _feed_gap(self, signal: Signal) -> None:
        assert isinstance(signal.payload, Gap)
        self.machine.gap(signal.payload.seconds)

    def _feed_settings(self, signal: Signal) -> None:
        payload = signal.payload
        assert isinstance(payload, SettingsChanged)
        self.replace(payload.inventory, msgspec.msgpack.decode(payload.policy, type=Policy), signal)

    def _feed_action(self, signal: Signal) -> None:
        payload = signal.payload
        assert isinstance(payload, Action)
        self._out.append(self.actions.take(payload))

    def replace(self, inventory: Inventory, policy: Policy, signal: Signal) -> None:
        """New settings without losing what is known."""
        old, old_incidents, old_actions = self.machine, self.incidents, self.actions
        watched = set(self.topology.routes)
        self._load(inventory, policy)
        checkpoint.adopt(old, self.machine)
        self.incidents.restore(old_incidents.records)
        self.actions.undoable = old_actions.undoable
        self._said = {r: s for r, s in self._said.items() if r in self.topology.routes}
        self._views = {}
        self.removed = tuple(watched - set(self.topology.routes))
        self.machine.start(signal.steady, signal.received_at - signal.steady)
        self.machine.dirty.update(self.topology.routes)

    # Collecting -----------------------------------------------------------------------------------------------

    def _collect(self, seq: int) -> list[Change]:
        machine, life = self.machine, self.machine.life
        out, self._out = self._out, []
        self._take_found(out)
        for record in life.dirty.values():
            self._explain(record)
        notices = [self._notice(kind, record) for kind, record in life.notices]
        steps = dict.fromkeys(life.dirty, OutageStep.CHANGED)
        told = [(step, record) for step, record in life.steps]
        for step, record in told:
            steps.pop(record.outage_id, None)
            out.append(OutageChanged(step=step, outage=self.outage_of(record)))
        for ident in steps:
            out.append(OutageChanged(step=OutageStep.CHANGED, outage=self.outage_of(life.dirty[ident])))
        for route_id, route in machine.dirty.items():
            self._health_changed(route_id, route, seq, out)
        for joined in self.incidents.dirty.values():
            out.append(IncidentChanged(incident=self.incidents.event(joined, life.records)))
        out.extend(n for n in notices if n is not None)
        machine.dirty.clear()
        life.dirty.clear()
        life.steps.clear()
        life.notices.clear()
        self.incidents.dirty.clear()
        return out

    def _take_found(self, out: list[Change]) -> None:
        machine = self.machine
        at = machine.life.wall(machine.now)
        for item in machine.found:
            self._take_finding(item, at, out)
        machine.found.clear()

    def _take_finding(self, item: Found, at: float, out: list[Change]) -> None:
        machine = self.machine
        if item.finding is Finding.UNREACHABLE and item.device is not None:
            self.incidents.device_gone(item.device, machine.now, at)
            self._mark_neighbours(item.device)
        elif item.finding is Finding.REACHABLE and item.device is not None:
            self.incidents.device_back(item.device, machine.now, at)
        elif item.finding is Finding.ISOLATED:
            out.append(Isolated(is_isolated=True, at=at, text=machine.watcher.reason))
        elif item.finding is Finding.CONNECTED:
            out.append(Isolated(is_isolated=False, at=at, text=""))

    def _mark_neighbours(self, device: DeviceTrack) -> None:
        """Outages at the other end of its links are explained anew: their far device is gone."""
        machine = self.machine
        for subject in device.outside:
            for route in subject.routes.values():
                record = machine.life.open_of(route)
                if record is not None:
                    machine.life.dirty[record.outage_id] = record
        for site_mate in self.topology.devices_of(device.device.site):
            for route in site_mate.routes.values():
                record = machine.life.open_of(route)
                if record is not None:
                    machine.life.dirty[record.outage_id] = record

    def _explain(self, record: OutageRecord) -> None:
        machine = self.machine
        route = self.topology.routes.get(record.route_id)
        at = machine.life.wall(machine.now)
        if route is not None and (not record.causes or machine.now <= record.opened + self.policy.explain.reevaluate_s):
            file = case.of(record, route, self.topology, self.policy.explain, False)
            found = causes.rank(file)
            # More evidence may find a row further up, but what recovers first takes nothing back.
            if not record.causes or found[0].rule <= record.causes[0].rule:
                record.causes = found
            machine.dirty[record.route_id] = route
        if record.causes and record.is_open:
            self.incidents.assign(record, machine.now, at)
        self.incidents.outage_changed(record, machine.life.records, machine.now, at)

    def _notice(self, kind: str, record: OutageRecord) -> Notice | None:
        if kind in ("opened", "worse"):
            record.is_silent = self.incidents.is_silent(record)
            if record.is_silent:
                return None
        return Notice(outage=self.outage_of(record), kind=kind, at=self.machine.life.wall(self.machine.now))

    def _health_changed(self, route_id: str, route: RouteTrack, seq: int, out: list[Change]) -> None:
        health = views.health(self.machine, route)
        if self._views.get(route_id) == health:
            return
        self._views[route_id] = health
        said = (health.state, health.severity, health.failover, health.overlays, health.outage_id)
        snapshot = None
        if self._said.get(route_id) != said:
            self._said[route_id] = said
            now_at = self.machine.life.wall(self.machine.now)
            snapshot = RouteHealthSnapshot(
                snapshot_id=f"{route_id}@{now_at:.6f}",
                route_id=route_id,
                taken_at=now_at,
                state=health.state,
                severity=health.severity,
                failover=health.failover,
                overlays=int(health.overlays),
                outage_id=health.outage_id,
                cause=health.cause,
                seq=seq,
            )
        out.append(HealthChanged(health=health, snapshot=snapshot))

    # Reading --------------------------------------------------------------------------------------------------

    @property
    def is_isolated(self) -> bool:
        return self.machine.watcher.is_isolated

    def health(self, route_id: str) -> RouteHealth | None:
        route = self.topology.routes.get(route_id)
        return views.health(self.machine, route) if route is not None else None

    def outage_of(self, record: OutageRecord) -> OutageEvent:
        return outage_view.event(record, self.topology.routes.get(record.route_id))

    def outages(self) -> list[OutageEvent]:
        """Open ones and those of the last day, newest first."""
        records = sorted(self.machine.life.records.values(), key=lambda r: r.opened, reverse=True)
        return [self.outage_of(r) for r in records]

    def incident(self, incident_id: str) -> Incident | None:
        record = self.incidents.records.get(incident_id)
        return self.incidents.event(record, self.machine.life.records) if record is not None else None

    def detail(self, route_id: str) -> RouteDetail | None:
        route = self.topology.routes.get(route_id)
        if route is None:
            return None
        record = self.machine.life.records.get(route.state.outage_id)
        losses = [p.window.loss_percent(30) for p in route.probes() if p.state.has_answered]
        known = [loss for loss in losses if loss is not None]
        return RouteDetail(
            health=views.health(self.machine, route),
            outage=self.outage_of(record) if record is not None else None,
            paths=views.paths(self.machine, route),
            freshness=views.freshness(self.machine, route),
            why_not=views.why_not(self.machine, route),
            incident=self.incident(record.incident_id) if record is not None else None,
            survival=route.state.why,
            strip=views.strip(self.machine, route),
            loss_now=max(known, default=None),
            signals=case.items(list(reversed(route.state.recent))),
        )

    def timeline(self, outage_id: str) -> Timeline | None:
        record = self.machine.life.records.get(outage_id)
        if record is None:
            return None
        return Timeline(outage=self.outage_of(record), marks=tuple(sorted(record.marks, key=lambda m: m.at)))

    # Checkpoints ----------------------------------------------------------------------------------------------

    def freeze(self) -> bytes:
        """All that is known beyond the inventory, as msgpack; `thaw` takes it back."""
        return msgspec.msgpack.encode(checkpoint.take(self.machine, self.incidents, self.actions))

    def thaw(self, frozen: bytes, since: dict[str, tuple[str, float]]) -> None:
        """Into a pipeline that has been given its inventory and has fed nothing; `since` as the store has it.

        Raises msgspec.DecodeError when `frozen` is of another version.
        """
        saved = msgspec.msgpack.decode(frozen, type=Checkpoint)
        checkpoint.give(saved, self.machine, self.incidents, self.actions, since)
