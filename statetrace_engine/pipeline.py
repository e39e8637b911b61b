"""Pure. Signals in, Changes out: the one place where parsing, health and explanation meet.

`feed` handles a signal and everything that was due before it; `next_deadline` says when to feed a Tick. The same
journal gives the same outages, identities and times, at any speed: nothing here reads a clock or draws a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from statetrace_engine import checkpoint
from statetrace_engine.anomalies.desk import Desk, Missed, Sight, utc
from statetrace_engine.anomalies.windows import Local
from statetrace_engine.checkpoint import Checkpoint
from statetrace_engine.explain import explanation, outage_view
from statetrace_engine.explain.explainer import Explainer
from statetrace_engine.explain.incidents import Incidents
from statetrace_engine.health import views
from statetrace_engine.health.actions import Actions
from statetrace_engine.health.captures import Captures
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.rows import Rows
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watcher import Finding, Found
from statetrace_engine.intake import Intake
from statetrace_engine.model.action import Action, ActionResult, CardAction, HandOver, Undo, WorkStep
from statetrace_engine.model.anomaly import AnomalyCard, Rule, RuleStatus
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.change import Acted, Change, IncidentChanged, Isolated, Notice, OutageChanged, OutageStep
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.diff import ChangeMark
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.inventory import Device, Inventory
from statetrace_engine.model.outage import Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.signal import (
    BmpPaths,
    BmpRouter,
    BmpSession,
    BmpStatistics,
    BmpTableComplete,
    Gap,
    LogLine,
    Malformed,
    Polled,
    ProbeResult,
    RouteReport,
    RuleOff,
    SettingsChanged,
    Signal,
    Source,
    SourceLost,
    Tick,
    Trap,
)
from statetrace_engine.runbooks.working import Working
from statetrace_engine.tally import Tally

CLOCK_STEP_S = 1.0
_OF_BMP = (BmpRouter, BmpSession, BmpPaths, BmpTableComplete, BmpStatistics)
_HEARD = frozenset((Source.SYSLOG_UDP, Source.SYSLOG_TCP, Source.SYSLOG_FILE))


class Pipeline:
    def __init__(
        self,
        inventory: Inventory | None = None,
        policy: Policy | None = None,
        relays: tuple[str, ...] = (),
        rules: tuple[Rule, ...] = (),
        local: Local = utc,
        runbooks: tuple[Runbook, ...] = (),
    ) -> None:
        """`local` gives wall time in the zone of this machine, for rules about hours."""
        self.tally = Tally()
        self.runbooks = runbooks
        self.desk = Desk(rules, local)
        self._load(inventory or Inventory(), policy or Policy())
        self.relays: frozenset[str] = frozenset(relays)
        """Syslog peers whose messages are those of the device that their header names."""
        self._offset: float | None = None
        self._is_started = False
        self._rows = Rows()
        self._handlers: dict[type, Callable[[Signal], None]] = {
            LogLine: lambda signal: self.intake.log(signal, self.relays),
            ProbeResult: self._feed_probe,
            RouteReport: lambda signal: self.intake.report(signal),
            Polled: lambda signal: self.intake.polled(signal),
            Trap: lambda signal: self.intake.trap(signal),
            **dict.fromkeys(_OF_BMP, lambda signal: self.intake.bmp(signal)),
            Malformed: lambda signal: self.intake.malformed(signal),
            Captured: self._feed_captured,
            Compared: self._feed_compared,
            Tick: lambda _: None,
            Gap: self._feed_gap,
            SettingsChanged: self._feed_settings,
            SourceLost: self._feed_source,
            RuleOff: lambda signal: self.desk.mute(signal.payload),
        }

    def _load(
        self, inventory: Inventory, policy: Policy, captured: Iterable[RouteRecord] = (), seen: Iterable[Device] = ()
    ) -> None:
        self.policy = policy
        self.topology = Topology(inventory, captured, seen)
        self.machine = Machine(self.topology, policy)
        self.explainer = Explainer(self.machine)
        self.actions = Actions(self.machine)
        self.captures = Captures(self.machine)
        self.working = Working(self.machine, self.outage_of, self.runbooks, lambda change: self._out.append(change))
        self.actions.above[WorkStep] = self.working.take
        self.intake = Intake(self.machine, self.explainer, self.tally, self.working, self.desk.hear)
        self._encoder = checkpoint.Encoder()
        self._out: list[Change] = []
        self.removed: tuple[str, ...] = ()
        """Routes that the last change of settings took away."""

    # Feeding --------------------------------------------------------------------------------------------------

    def feed(self, signal: Signal) -> list[Change]:
        """Everything that the signal, and the deadlines before it, changed; `warn` has what rules make of it."""
        machine, now = self.machine, signal.steady
        offset = signal.received_at - now
        if not self._is_started:
            self._is_started = True
            machine.start(now, offset)
        payload = signal.payload
        changes: list[Change] = []
        before = self._offset_before(offset)
        if type(payload) is Gap:
            self._advance(now - payload.seconds, before, signal.seq, changes)
            machine.miss(payload.seconds)
        self._advance(now, before, signal.seq, changes)
        machine.moment.move(now, offset)
        self._note_offset(offset)
        handler = self._handlers.get(type(payload))
        if handler is not None:
            handler(signal)
        else:
            self._feed_action(signal)
        self.working.follow(signal)
        if self._has_news():
            changes += self._collect(signal.seq)
        due = self.machine.agenda.next()
        if due is not None and due <= now:
            self._advance(now, offset, signal.seq, changes)
        return changes + self.warn() if self.desk.is_full else changes

    def warn(self) -> list[Change]:
        """The cards of all that was fed since the last call: the same, however many signals that were."""
        moment = self.machine.moment
        return self.desk.warn(moment.now, moment.now_at)

    def _advance(self, now: float, offset: float, seq: int, changes: list[Change]) -> None:
        """What is due at one time is told of together, as if that had had a Tick of its own: the pattern of Ticks
        decides nothing."""
        machine = self.machine
        while machine.fire_due(now, offset):
            self.working.follow()
            due = machine.agenda.next()
            if (due is None or due > machine.now) and self._has_news():
                changes += self._collect(seq)

    def _has_news(self) -> bool:
        machine = self.machine
        return bool(
            machine.assessor.dirty
            or machine.life.dirty
            or machine.life.notices
            or machine.measurer.found
            or machine.assessor.cards
            or machine.assessor.baselines.audit
            or machine.is_incident_due
            or self._out
        )

    def take_stirred(self) -> set[str]:
        """Devices of which something changed since the last call, other than by agreeing: worth asking."""
        assessor = self.machine.assessor
        taken, assessor.stirred = assessor.stirred, set()
        return taken

    def next_deadline(self) -> float | None:
        """Engine time at which a Tick is wanted."""
        due, warned = self.machine.agenda.next(), self.desk.next_due()
        return due if warned is None else warned if due is None else min(due, warned)

    def _offset_before(self, offset: float) -> float:
        """The same, or another where the wall clock was set since the last signal: what was due before this one
        belongs to the clock before, as it does where a Tick told of it in time."""
        is_step = self._offset is not None and abs(offset - self._offset) > CLOCK_STEP_S
        return self._offset if is_step and self._offset is not None else offset

    def _note_offset(self, offset: float) -> None:
        """A stepped wall clock opens and closes nothing; but what devices' clocks agreed with is gone."""
        before, self._offset = self._offset_before(offset), offset
        if before == offset:
            return
        self.tally.clock_steps += 1
        for device in self.topology.devices.values():
            device.state.has_agreed_clock, device.state.odd = False, None
            device.state.has_agreed_seconds, device.state.odd_seconds_s = False, None
        for subject in self.topology.subjects.values():
            subject.state.occurred_at = 0.0
        self.machine.clock_stepped(offset - before)

    def _feed_probe(self, signal: Signal) -> None:
        assert isinstance(signal.payload, ProbeResult)
        self.machine.measurer.report(signal.payload, signal)
        self.working.probed(signal.payload.probe_id)

    def _feed_captured(self, signal: Signal) -> None:
        assert isinstance(signal.payload, Captured)
        if not self.captures.take(signal.payload, signal):
            self.tally.unbound += 1
        self.working.captured(signal.payload)
        self.intake.hear_capture(signal, signal.payload)

    def _feed_compared(self, signal: Signal) -> None:
        told = signal.payload
        assert isinstance(told, Compared)
        if not self.explainer.compare(told, signal):
            self.tally.unbound += 1
        if not self.topology.is_namesake(told.hostname, told.site):
            self.working.compared(told)
        self.intake.hear_compared(signal, told)

    def _feed_gap(self, signal: Signal) -> None:
        assert isinstance(signal.payload, Gap)
        self.machine.gap(signal.payload.seconds, signal.payload.reason)
        self.desk.hear(Missed(signal.steady, signal.received_at, signal.payload.seconds))

    def _look_out(self) -> None:
        """Silence proves nothing while nobody listens."""
        is_deaf = any(source in _HEARD for source in self.machine.lost_sources)
        self.desk.hear(Sight(self.machine.now, is_deaf or self.is_isolated))

    def _feed_source(self, signal: Signal) -> None:
        payload = signal.payload
        assert isinstance(payload, SourceLost)
        self.machine.source_lost(payload.source, payload.is_lost, payload.text)
        if payload.source == Source.BMP:
            self.intake.bmp_stopped()
        self._look_out()

    def _feed_settings(self, signal: Signal) -> None:
        payload = signal.payload
        assert isinstance(payload, SettingsChanged)
        self.relays, self.runbooks = frozenset(payload.relays), payload.runbooks
        self.working.install(self.runbooks)
        self._out += self.warn()
        self.replace(payload.inventory, msgspec.msgpack.decode(payload.policy, type=Policy), signal)
        found = views.cards(self.machine)
        self._out += self.desk.replace(payload.rules, found, signal.steady, signal.received_at)

    def _feed_action(self, signal: Signal) -> None:
        payload = signal.payload
        assert isinstance(payload, Action)
        if isinstance(payload, CardAction) or (
            isinstance(payload, Undo) and self.desk.sayings.may_undo(payload.action_id)
        ):
            now, at = self.machine.now, self.machine.moment.now_at
            self._out += self.warn() + self.desk.act(payload, now, at, self.policy.undo_s)
            return
        marked = self.machine.marks.host_of(payload)
        acted = self.actions.take(payload)
        self._out.append(acted)
        if isinstance(payload, HandOver):
            self.working.hand_over(payload, acted.result.touched)
        if marked:
            self.explainer.marked(marked)

    def replace(self, inventory: Inventory, policy: Policy, signal: Signal) -> None:
        """New settings without losing what is known; equal ones change nothing."""
        if (inventory, policy) == (self.topology.inventory, self.policy):
            self.removed = ()
            return
        old, old_incidents, old_actions = self.machine, self.incidents, self.actions
        last_id = self.captures.last_id
        self._load(inventory, policy, old.topology.captured.values(), old.topology.seen.values())
        self.captures.last_id = last_id
        checkpoint.adopt(old, self.machine)
        self.working.restore()
        self.incidents.restore(old_incidents.records, signal.steady)
        self.actions.undoable = old_actions.undoable
        self._rows.keep(self.topology.routes)
        self.removed = tuple(old.topology.routes.keys() - self.topology.routes.keys())
        self.machine.start(signal.steady, signal.received_at - signal.steady)

    # Telling ------------------------------------------------------------------------------------------------------

    def _collect(self, seq: int) -> list[Change]:
        machine = self.machine
        out, self._out = self._out, []
        for item in machine.measurer.found:
            self.explainer.take(item)
            self._look_out()
            out.extend(self._banner(item))
        is_of_outages = machine.life.dirty or machine.life.notices
        notices = self._tell_outages(out) if is_of_outages else []
        rows = (self._rows.changed(machine, route, seq) for route in machine.assessor.dirty.values())
        out.extend(row for row in rows if row is not None)
        if machine.is_incident_due or self.incidents.dirty:
            out.extend(IncidentChanged(incident=incident) for incident in self.explainer.told_incidents())
        out.extend(notices)
        for found in machine.assessor.cards:
            self.desk.hear(found)
        if machine.assessor.baselines.audit:
            out.append(Acted(result=ActionResult(), audit=tuple(machine.assessor.baselines.audit)))
        self.working.refresh(machine.life.dirty.values())
        self.drop_pending()
        return out

    def _tell_outages(self, out: list[Change]) -> list[Notice]:
        """What became of outages; answers the notices, which come after all that they speak of."""
        life, explainer = self.machine.life, self.explainer
        for record in list(life.dirty.values()):
            explainer.explain(record)
        for step, record in life.steps:
            explainer.follow(step, record)
        notices = [(kind, record) for kind, record in life.notices if explainer.is_told(kind, record)]
        events = {ident: self.outage_of(record) for ident, record in life.dirty.items()}
        told = set()
        for step, record in life.steps:
            if step is OutageStep.NOTIFIED and record.notified_at is None:
                continue  # nobody was given that notice
            told.add(record.outage_id)
            out.append(OutageChanged(step=step, outage=events[record.outage_id]))
        for ident, event in events.items():
            if ident not in told:
                out.append(OutageChanged(step=OutageStep.CHANGED, outage=event))
        at = self.machine.moment.now_at
        return [Notice(outage=events[record.outage_id], kind=kind, at=at) for kind, record in notices]

    def drop_pending(self) -> None:
        """Forgets news that nobody was told: for a caller that `feed` raised at, or it would raise for ever."""
        machine, self._out = self.machine, []
        machine.is_incident_due = False
        machine.assessor.dirty.clear()
        machine.assessor.cards.clear()
        machine.assessor.baselines.audit.clear()
        machine.measurer.found.clear()
        machine.life.changed |= machine.life.dirty
        machine.life.dirty.clear()
        machine.life.steps.clear()
        machine.life.notices.clear()

    def _banner(self, item: Found) -> list[Change]:
        at = self.machine.moment.now_at
        if item.finding is Finding.ISOLATED:
            return [Isolated(is_isolated=True, at=at, text=self.machine.watcher.reason)]
        return [Isolated(is_isolated=False, at=at, text="")] if item.finding is Finding.CONNECTED else []

    # Reading --------------------------------------------------------------------------------------------------

    @property
    def incidents(self) -> Incidents:
        return self.explainer.incidents

    @property
    def is_isolated(self) -> bool:
        return self.machine.watcher.is_isolated

    def health(self, route_id: str) -> RouteHealth | None:
        route = self.topology.routes.get(route_id)
        return self._rows.now(self.machine, route) if route is not None else None

    def outage_of(self, record: OutageRecord) -> OutageEvent:
        return outage_view.event(self.machine, record, self.topology.routes.get(record.route_id))

    def outages(self) -> list[OutageEvent]:
        """Open ones and those of the last day, newest first."""
        records = sorted(self.machine.life.records.values(), key=lambda r: r.opened, reverse=True)
        return [self.outage_of(r) for r in records]

    def incident(self, incident_id: str) -> Incident | None:
        record = self.incidents.records.get(incident_id)
        return self.incidents.event(record) if record is not None else None

    def detail(self, route_id: str) -> RouteDetail | None:
        route = self.topology.routes.get(route_id)
        return outage_view.detail(self.machine, self.incidents, route) if route is not None else None

    def explanation(self, outage_id: str, kept: explanation.Kept | None = None) -> Explanation | None:
        """All but the next step, which is the runbooks'; None for an outage that it does not know, or no longer.

        `kept` is what the store knows of its incident, where that began before this pipeline.
        """
        record = self.machine.life.records.get(outage_id)
        return explanation.live(self.machine, self.incidents, record, kept) if record is not None else None

    def timeline(self, outage_id: str) -> Timeline | None:
        record = self.machine.life.records.get(outage_id)
        if record is None:
            return None
        return Timeline(outage=self.outage_of(record), marks=tuple(sorted(record.marks, key=lambda m: m.at)))

    def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        """The runbook as that operator works by it; None for an outage that it does not know, or no longer."""
        return self.working.guide(outage_id, operator, runbook)

    def cards(self) -> tuple[AnomalyCard, ...]:
        """Open ones and those of the last day, newest first."""
        return self.desk.cards()

    def rules(self) -> tuple[RuleStatus, ...]:
        """How each rule does."""
        return self.desk.statuses(self.machine.moment.now_at)

    def marks(self) -> tuple[ChangeMark, ...]:
        """What operators said of changes between captures, oldest first."""
        return self.machine.marks.all()

    # Checkpoints ----------------------------------------------------------------------------------------------

    def prepare(self, most: int) -> bool:
        """Does a part of the next `freeze` in advance: so many records of each kind; whether more remain."""
        return self._encoder.prepare(self.machine, most)

    def freeze(self) -> bytes:
        """All that is known beyond the inventory, as msgpack; `thaw` takes it back."""
        self._out += self.warn()
        saved = checkpoint.take(self.machine, self.incidents, self.actions)
        saved.last_capture, saved.desk = self.captures.last_id, self.desk.saved()
        return self._encoder.encode(saved, self.machine)

    def thaw(self, frozen: bytes, since: dict[str, tuple[str, float]]) -> None:
        """Into a pipeline that has been given its inventory and has fed nothing; `since` as the store has it.

        Raises msgspec.DecodeError when `frozen` is of another version.
        """
        saved = msgspec.msgpack.decode(frozen, type=Checkpoint)
        if saved.version != checkpoint.VERSION:
            raise msgspec.DecodeError(f"version {saved.version}, and not {checkpoint.VERSION}")
        if saved.captured or saved.seen:
            self._load(self.topology.inventory, self.policy, saved.captured, saved.seen)
        self.captures.last_id = saved.last_capture
        checkpoint.give(saved, self.machine, self.incidents, self.actions, since)
        self.working.restore()
        self.desk.give(saved.desk, saved.now, saved.now + saved.offset)
        self._offset, self._is_started = saved.offset, True
        self.machine.start(saved.now, saved.offset)
        self.desk.match(views.cards(self.machine), saved.now + saved.offset, self._out)
