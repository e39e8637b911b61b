"""Pure. The life of an outage: opened, announced after its grace, acknowledged, recovered, held, closed, once each."""

from __future__ import annotations

from functools import lru_cache

from statetrace_engine.health import context, evidence, flap
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.table import Judgement
from statetrace_engine.health.tracks import EVIDENCE, RANK, OutageRecord, ProbeState
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.change import OutageStep
from statetrace_engine.model.health import Failover, HealthState, Overlay, Severity
from statetrace_engine.model.observation import Observation, Plane, Verdict
from statetrace_engine.model.outage import TimelineMark

_MAINTENANCE, _FLAPPING = int(Overlay.MAINTENANCE), int(Overlay.FLAPPING)
WITHDRAWN = "its evidence was taken back; recovery is not proven"
LOSS_POINTS, LOSS_S = 1.0, 5.0
"""The loss of an impaired route is told anew when it has changed by so much, and no more often."""
HALF_S = 0.5
"""Losses are counted by seconds."""
KEEP_S = 86400.0
"""Closed outages stay at hand so long."""


class Life:
    def __init__(self, policy: Policy, agenda: Agenda, moment: Moment) -> None:
        self.policy = policy
        self.agenda = agenda
        self.moment = moment
        self.records: dict[str, OutageRecord] = {}
        self.dirty: dict[str, OutageRecord] = {}
        self.changed: dict[str, OutageRecord] = {}
        """Those of which anything may have changed since the last checkpoint."""
        self.steps: list[tuple[OutageStep, OutageRecord]] = []
        self.notices: list[tuple[str, OutageRecord]] = []

    def open_of(self, route: RouteTrack) -> OutageRecord | None:
        record = self.records.get(route.state.outage_id)
        return record if record is not None and record.is_open else None

    def open(self, route: RouteTrack, judgement: Judgement, severity: Severity, seen: list[Observation]) -> None:
        now, at = self.moment.now, self.moment.now_at
        first, occurred, width = self._beginning(route, seen)
        is_older = first < route.state.watched_since
        outage_id = ids.outage_id(route.record.route_id, at, self.records.__contains__)
        record = self.records[outage_id] = OutageRecord(
            outage_id=outage_id,
            route_id=route.record.route_id,
            opened=now,
            occurred_at=min(occurred, self.moment.wall(first)),
            occurred_uncertainty_s=width,
            first_signal_at=self.moment.wall(first),
            detected_at=at,
            watched_at=self.moment.wall(route.state.watched_since) if is_older else None,
            state=judgement.state,
            severity=severity,
            worst=severity,
            real=judgement.severity or severity,
            flaps=int(route.state.is_failed),
            settles=now + self.policy.explain.reevaluate_s,
            failover=judgement.failover,
            why=judgement.why,
            expected_secondary=evidence.expected(route),
            taken_secondary=evidence.taken(route) if route.state.is_lost else "",
            evidence=sorted(seen, key=lambda o: o.steady)[:EVIDENCE],
            is_maintenance=bool(route.state.overlays & _MAINTENANCE),
        )
        route.state.outage_id = outage_id
        for observation in record.evidence:
            record.mark(mark_of(observation))
        for observation in context.before(route.device.state, now):
            if context.is_about(observation.fact, route):
                self.add_context(record, observation)
        if route.state.state is HealthState.UNKNOWN:
            before = TimelineMark(
                at=record.occurred_at,
                lane="state",
                verdict=HealthState.UNKNOWN,
                text="not watched" if is_older else "before",
            )
            record.mark(before)
        record.mark(TimelineMark(at=at, lane="state", verdict=judgement.state, text=judgement.why))
        self._step(OutageStep.OPENED, record)
        self._arm_notice(route, record)
        self.agenda.set(Due.SETTLE, outage_id, record.settles)

    def update(self, route: RouteTrack, record: OutageRecord, judgement: Judgement, severity: Severity) -> None:
        """Still failed: better or worse than before."""
        before, before_real = record.severity, record.real
        record.real = judgement.severity or record.real
        taken = evidence.taken(route) if route.state.is_lost else ""
        is_maintenance = bool(route.state.overlays & _MAINTENANCE)
        news = (judgement.state, severity, judgement.failover, judgement.why, taken, is_maintenance)
        if news == _said(record):
            return
        if judgement.state is not record.state:
            record.mark(TimelineMark(at=self.moment.now_at, lane="state", verdict=judgement.state, text=judgement.why))
        record.state, record.severity, record.failover, record.why, record.taken_secondary, record.is_maintenance = news
        if RANK[severity] > RANK[record.worst]:
            record.worst = severity
        self._changed(record)
        if before_real is Severity.WARNING and RANK[record.real] > RANK[before_real]:
            self.explain_anew(record)
        if RANK[severity] > RANK[before]:
            self._worsened(route, record)

    def follow_sight(self, record: OutageRecord, judgement: Judgement) -> None:
        """Nobody sees its route any more, for another reason than before, or somebody sees it again."""
        last = next((mark.verdict for mark in reversed(record.marks) if mark.lane == "state"), "")
        if last != judgement.state:
            record.mark(TimelineMark(at=self.moment.now_at, lane="state", verdict=judgement.state, text=judgement.why))
        self._changed(record)

    def explain_anew(self, record: OutageRecord) -> None:
        """What was only impaired is lost now, or another path is: another fault than the one that was explained."""
        record.settles = self.moment.now + self.policy.explain.reevaluate_s
        self.agenda.set(Due.SETTLE, record.outage_id, record.settles)

    def _worsened(self, route: RouteTrack, record: OutageRecord) -> None:
        if record.acked_by and RANK[record.real] > RANK[record.acked_worst]:
            self.lapse(record, f"lapsed: {record.acked_worst} became {record.real}")
        if record.notified_at is None:
            self._arm_notice(route, record)
        elif RANK[record.severity] > RANK[record.notified_severity]:
            self._notify(record, "worse")

    def lapse(self, record: OutageRecord, text: str) -> None:
        record.mark(TimelineMark(at=self.moment.now_at, lane="ack", verdict="", text=text))
        record.acked_by, record.acked_at, record.ack_note, record.ack_action = "", None, "", ""
        record.ack_expires_at = record.acked_worst = None
        self.agenda.cancel(Due.ACK_EXPIRY, record.outage_id)
        self._changed(record)

    def recover(self, route: RouteTrack, record: OutageRecord) -> None:
        record.is_withdrawn = False
        self._hold(route, record, HealthState.RECOVERED, "carries again")
        self._step(OutageStep.RECOVERING, record)

    def withdraw(self, route: RouteTrack, record: OutageRecord) -> None:
        """Nothing speaks against the route any more, and nothing can prove it: no recovery, but the end of what was
        known. The hold counts from here."""
        record.is_withdrawn, record.why, record.failover = True, WITHDRAWN, Failover.NONE
        self._hold(route, record, HealthState.UNKNOWN, WITHDRAWN)
        self._step(OutageStep.CHANGED, record)

    def _hold(self, route: RouteTrack, record: OutageRecord, state: HealthState, text: str) -> None:
        now, policy = self.moment.now, self.policy.of(route.record.route_class)
        record.resolved, record.resolved_at = now, self.moment.now_at
        record.state = state
        record.is_transient = record.notified_at is None and now - record.opened <= policy.grace_s
        if record.is_transient:
            self.agenda.cancel(Due.NOTICE, record.outage_id)
        record.mark(TimelineMark(at=self.moment.now_at, lane="state", verdict=state, text=text))
        self.agenda.set(Due.HOLD, route.record.route_id, now + policy.recovery_hold_s)

    def reopen(self, route: RouteTrack, record: OutageRecord, judgement: Judgement, severity: Severity) -> None:
        record.resolved = record.resolved_at = None
        record.is_transient = record.is_withdrawn = False
        self.agenda.cancel(Due.HOLD, route.record.route_id)
        self._step(OutageStep.REOPENED, record)
        self.update(route, record, judgement, severity)
        if record.notified_at is None:
            self._arm_notice(route, record)

    def close(self, route: RouteTrack, record: OutageRecord) -> None:
        """The hold has passed, and it does not flap."""
        record.closed_at = self.moment.now_at
        record.state = HealthState.UNKNOWN if record.is_withdrawn else HealthState.HEALTHY
        record.is_latched = not record.acked_by and not record.is_transient
        self.agenda.cancel(Due.NOTICE, record.outage_id)
        self.agenda.cancel(Due.ACK_EXPIRY, record.outage_id)
        self.agenda.set(Due.FORGET, record.outage_id, self.moment.now + KEEP_S)
        if not record.is_latched:
            route.state.outage_id = ""
        self._step(OutageStep.RESOLVED, record)
        if record.notified_at is not None:
            self.notices.append(("ended" if record.is_withdrawn else "recovered", record))

    def may_close(self, route: RouteTrack, record: OutageRecord) -> bool:
        hold_s = self.policy.of(route.record.route_class).recovery_hold_s
        is_flapping = bool(route.state.overlays & _FLAPPING)
        return record.resolved is not None and self.moment.now >= record.resolved + hold_s and not is_flapping

    def count_loss(self, route: RouteTrack) -> None:
        """One more loss: the penalty grows; above the limit the route flaps, and people hear of it."""
        state, policy = route.state, self.policy.flap
        state.penalty = flap.after_loss(state.penalty, self.moment.now - state.penalty_at, policy)
        state.penalty_at = self.moment.now
        record = self.open_of(route)
        if record is not None:
            record.flaps += 1
        if state.penalty > policy.suppress or state.overlays & _FLAPPING:
            state.overlays |= _FLAPPING
            self.agenda.set(
                Due.RELEASE, route.record.route_id, self.moment.now + flap.release_in_s(state.penalty, policy)
            )
            if record is not None and record.notified_at is None and not record.is_maintenance:
                self._notify(record, "opened")

    def _arm_notice(self, route: RouteTrack, record: OutageRecord) -> None:
        if not record.is_maintenance and record.notified_at is None:
            grace_s = self.policy.of(route.record.route_class).grace_s
            self.agenda.set(Due.NOTICE, record.outage_id, self.moment.now + grace_s)

    def notice_due(self, record: OutageRecord) -> None:
        is_told = record.notified_at is not None  # at the end of a window, while this deadline was parked
        if record.is_open and record.resolved is None and not record.is_maintenance and not is_told:
            self._notify(record, "opened")

    def maintenance_ended(self, record: OutageRecord) -> None:
        if record.resolved is None and record.notified_at is None:
            self._notify(record, "opened")

    def _notify(self, record: OutageRecord, kind: str) -> None:
        if record.notified_at is None:
            record.notified_at = self.moment.now_at
        record.notified_severity = record.severity
        record.mark(TimelineMark(at=self.moment.now_at, lane="notice", verdict=record.severity, text=record.severity))
        self.agenda.cancel(Due.NOTICE, record.outage_id)
        self.notices.append((kind, record))
        self._step(OutageStep.NOTIFIED, record)

    def hush(self, record: OutageRecord) -> None:
        """Its incident has said as much already: nobody is told of this one, and it may be told later."""
        record.is_silent = True
        record.notified_at = record.notified_severity = None
        if record.marks and record.marks[-1].lane == "notice":
            record.marks.pop()

    def add_evidence(self, record: OutageRecord, observation: Observation) -> None:
        record.mark(mark_of(observation))
        if len(record.evidence) < EVIDENCE:
            record.evidence.append(observation)
        self._changed(record)

    def add_context(self, record: OutageRecord, observation: Observation) -> None:
        """What surrounds it and decides nothing."""
        if sum(o.fact.plane is Plane.CONTEXT for o in record.evidence) < context.OF_AN_OUTAGE:
            self.add_evidence(record, observation)

    def follow_loss(self, record: OutageRecord, loss: float, words: str) -> None:
        """How bad the impairment is now, in percent and in words."""
        now = self.moment.now
        if record.loss_told < 0.0:
            record.loss_told, record.loss_told_at = loss, now
            self.changed[record.outage_id] = record
        elif now - record.loss_told_at >= LOSS_S and abs(loss - record.loss_told) >= LOSS_POINTS:
            record.loss_told, record.loss_told_at, record.loss_now = loss, now, words
            self._changed(record)

    def _beginning(self, route: RouteTrack, seen: list[Observation]) -> tuple[float, Epoch, float]:
        """When the first signal came (steady), when it happened (wall) and half the width of that."""
        now, offset = self.moment.now, self.moment.offset
        probes = {id(p.state.observation): p for p in route.probes() if p.state.observation is not None}
        found: list[tuple[float, Epoch, float]] = []
        for observation in seen:
            track = probes.get(id(observation))
            began = None
            if track is not None and observation.fact.verdict is Verdict.IMPAIRED:
                began = track.window.trouble_began(self.policy.probe)
            if began is not None:
                half = min(HALF_S, max(observation.steady - began, 0.0))
                found.append((min(began + half, observation.steady), began + offset, half))
            elif track is not None and track.state.suspect_since is not None:
                found.append(_beginning_of_misses(track.state, observation, offset))
            elif observation.looked is not None:
                found.append(_beginning_between(*observation.looked, offset))
            else:
                occurred = observation.occurred_at or observation.received_at
                found.append((observation.steady, min(occurred, observation.received_at), 0.0))
        return min(found, default=(now, now + offset, 0.0))

    def _step(self, step: OutageStep, record: OutageRecord) -> None:
        self.steps.append((step, record))
        self.dirty[record.outage_id] = record

    def _changed(self, record: OutageRecord) -> None:
        self.dirty[record.outage_id] = record


def _said(record: OutageRecord) -> tuple[object, ...]:
    return (
        record.state,
        record.severity,
        record.failover,
        record.why,
        record.taken_secondary,
        record.is_maintenance,
    )


def _beginning_of_misses(state: ProbeState, observation: Observation, offset: float) -> tuple[float, Epoch, float]:
    since = state.suspect_since or 0.0
    after = state.good_before if state.good_before >= 0 else since
    half = max(since - after, 0.0) / 2
    return state.suspected or observation.steady, since - half + offset, half


def _beginning_between(before: float, first: float, offset: float) -> tuple[float, Epoch, float]:
    """What polls found: it began after one look at it, and by the next."""
    half = (first - before) / 2
    return first, first - half + offset, half


@lru_cache(maxsize=2048)
def mark_of(observation: Observation) -> TimelineMark:
    """One for all the routes that the same word touches."""
    fact = observation.fact
    at = observation.occurred_at if observation.is_history and observation.occurred_at else observation.received_at
    text = describe(observation)
    return TimelineMark(
        at=at, lane=fact.plane.value, verdict=fact.verdict, text=f"{text}, history" if observation.is_history else text
    )


def describe(observation: Observation) -> str:
    """`GigabitEthernet0/1 down`, `bgp 10.1.1.2 down, hold timer expired`, `10.1.1.2 0 of 20`,
    `hsrp Vlan7 group 7: Standby -> Active`."""
    fact = observation.fact
    subject = f"{fact.protocol or ('bfd' if fact.kind == 'bfd' else '')} {fact.name}".strip()
    words = {"up": "up", "down": "down", "impaired": "impaired"}[fact.verdict]
    if fact.plane is Plane.CONTEXT:
        return f"{fact.protocol} {fact.name}: {fact.detail}"
    if fact.kind in ("probe", "offer", "device"):
        return f"{fact.name} {fact.detail}".strip()
    if fact.kind == "prefix":
        carried = ", ".join(" ".join(filter(None, (i.next_hop, i.interface))) for i in fact.installed)
        return f"{fact.name} via {carried}" if carried else f"{fact.name} removed"
    return f"{subject} {words}" + (f", {fact.detail}" if fact.detail else "")
