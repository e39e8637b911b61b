"""Pure. From everything known of a route to its state, and from its state to the steps of its outage.

    evidence → table.judge → what nobody can see, what is not proven → Judgement → opened, changed, recovered

`reassess` is called whenever something that the route depends on has changed; it does nothing when nothing follows.
"""

from __future__ import annotations

from statetrace_engine.health import evidence, probing, unseen
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.baseline import Baselines
from statetrace_engine.health.conflict import Conflicts
from statetrace_engine.health.freshness import Freshness
from statetrace_engine.health.life import Life
from statetrace_engine.health.maintenance import Windows
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.table import UNPROVEN_EXPIRED, Destination, Judgement, Primary, Secondary, judge
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import RECENT, OutageRecord, RouteState
from statetrace_engine.health.turns import Turns
from statetrace_engine.health.watched import PathVerdict, ProbeTrack, RouteTrack
from statetrace_engine.health.watcher import Watcher
from statetrace_engine.model.anomaly import Own
from statetrace_engine.model.health import Failover, HealthState, Overlay, Severity
from statetrace_engine.model.observation import Observation, Plane, Verdict

UNPROVEN_MAX_S = 90.0
"""Waiting for a poll to prove survival ends here (SPEC 2)."""
SILENT_TARGET = "ProbeTargetSilent"


_RECOVERED = Judgement(HealthState.RECOVERED, None, Failover.NONE, False, "carries again; healthy when the hold ends")
_WAITS = "nothing speaks against it; recovery is not proven"
_STALE_BIT, _UNPROBED_BIT = int(Overlay.STALE), int(Overlay.UNPROBED)
_NOT_UNSEEN = ~(_STALE_BIT | _UNPROBED_BIT)
_MAINTENANCE_BIT = int(Overlay.MAINTENANCE)
"""Plain integers: every evaluation asks for them, and a flag's operators cost ten times as much."""
_FAILED = (HealthState.DOWN, HealthState.DEGRADED)


class Assessor:
    def __init__(
        self,
        topology: Topology,
        policy: Policy,
        agenda: Agenda,
        moment: Moment,
        life: Life,
        windows: Windows,
        watcher: Watcher,
    ) -> None:
        self._policy = policy
        self._agenda = agenda
        self._moment = moment
        self._life = life
        self._windows = windows
        self._watcher = watcher
        self.conflicts = Conflicts(topology, policy, agenda, moment)
        self.baselines = Baselines(topology, policy, agenda, moment, life)
        self.turns = Turns(agenda, moment)
        self.freshness = Freshness(policy, agenda, moment)
        self.dirty: dict[str, RouteTrack] = {}
        """Routes whose row may have changed."""
        self.looked: dict[str, RouteTrack] = {}
        """Routes of which anything may have changed since the last checkpoint."""
        self.loud: dict[str, RouteTrack] = {}
        """Those that the last checkpoint told of: with `looked`, all that the next one looks at."""
        self.cards: list[Own] = self.conflicts.cards
        self.stirred: set[str] = set()
        """Devices of which something changed: worth asking again, for whoever asks them."""

    def note(self, route: RouteTrack) -> None:
        """Something of it may have changed that no row shows: the next checkpoint looks at it."""
        self.looked[route.record.route_id] = route

    def touch(self, route: RouteTrack) -> None:
        ident = route.record.route_id
        self.dirty[ident] = self.looked[ident] = route

    def hear(self, route: RouteTrack, observation: Observation) -> None:
        """A word on what the route depends on: at once, or in its turn when very many hear one."""
        if self.turns.is_now(route):
            self.remember(route, observation)
            self.reassess(route)
        else:
            self.turns.wait(route, observation)
            self.note(route)

    def reassess_in_turn(self, route: RouteTrack) -> None:
        """`reassess`, at once or in its turn."""
        if self.turns.is_now(route):
            self.reassess(route)

    def heed(self, route: RouteTrack, probe: ProbeTrack) -> None:
        """A probe goes on saying what it said. A loss that the device has told of does not hang on what its next hop
        answers: in a storm thousands of such routes would take the turns of those that nobody has looked at yet."""
        if self._is_beyond(route, probe):
            self.note(route)
            self.conflicts.count(route, is_blind=False)
        else:
            self.reassess_in_turn(route)

    def _is_beyond(self, route: RouteTrack, probe: ProbeTrack) -> bool:
        """Whether nothing that this probe repeats can change the route's state."""
        if not route.state.is_lost or probe in route.destinations or self._is_unseen(route):
            return False
        record = self._life.open_of(route)
        is_open = record is not None and record.resolved is None
        return is_open and any(verdict.is_told for verdict in route.verdicts) and not route.state.overlays & _STALE_BIT

    def remember(self, route: RouteTrack, observation: Observation) -> None:
        """Among the route's last signals, and in the evidence of its open outage."""
        route.state.recent = (*route.state.recent, observation)[-RECENT:]
        record = self._life.open_of(route)
        if record is not None:
            self._life.add_evidence(record, observation)
        self.touch(route)

    def reassess(self, route: RouteTrack) -> None:
        """The route's state from everything known now."""
        self.note(route)
        for observation in self.turns.end(route):
            self.remember(route, observation)
        record = self._life.open_of(route)
        if record is None or record.resolved is not None:
            for probe in evidence.silent_targets(route):
                self._find_silent(route, probe)
        primary, route.lost, verdicts = evidence.primary(route)
        route.verdicts = verdicts
        destination = evidence.destination(route)
        self._count_loss(route, primary, destination, verdicts)
        if route.state.is_lost:
            destination = evidence.destination(route)  # what passed before the loss proves nothing
        judgement = self._judge(route, primary, destination, verdicts)
        self._set_overlays(route)
        self._apply(route, judgement, verdicts)
        self.conflicts.count(route, self._is_unseen(route))
        self.baselines.see(route)
        route.listen(route.state.state is not HealthState.HEALTHY or route.state.is_failed or _is_undecided(route))
        self.freshness.arm(route)

    def _find_silent(self, route: RouteTrack, probe: ProbeTrack) -> None:
        """It is no evidence for the route from here on."""
        route.state.silent_targets += (probe.probe.probe_id,)
        if not probe.state.is_silent_target:
            probe.state.is_silent_target = True
            self.cards.append(self.silent_card(probe, True))
        self.touch(route)

    def answers_again(self, probe: ProbeTrack) -> None:
        """A silent target answered: it is evidence again."""
        probe.state.is_silent_target = False
        self.cards.append(self.silent_card(probe, False))
        ident = probe.probe.probe_id
        for state in (route.state for route in probe.routes.values()):
            if ident in state.silent_targets:
                state.silent_targets = tuple(one for one in state.silent_targets if one != ident)

    def silent_card(self, probe: ProbeTrack, is_open: bool) -> Own:
        asked = probe.probe
        text = f"{asked.target} answers nobody while what lies beyond it does" if is_open else "it answers again"
        return Own(
            rule=SILENT_TARGET,
            subject=asked.probe_id,
            hostname=asked.hostname,
            text=text,
            at=self._moment.now_at,
            is_open=is_open,
        )

    # What is lost -------------------------------------------------------------------------------------------------

    def _count_loss(
        self, route: RouteTrack, primary: Primary, destination: Destination, verdicts: tuple[PathVerdict, ...]
    ) -> None:
        state = route.state
        is_lost = primary is Primary.LOST
        if is_lost and not state.is_lost:
            state.lost_since = self._moment.now
        if not is_lost:
            state.is_unproven = False
            self._agenda.cancel(Due.UNPROVEN, route.record.route_id)
        state.is_lost = is_lost
        is_failed = is_lost or destination is Destination.FAILING
        is_told = any(v.is_lost and v.is_told for v in verdicts)
        if is_failed and self._is_new_loss(route, is_told=is_told):
            self._life.count_loss(route)
            if self._life.open_of(route) is not None:
                self.touch(route)
        state.is_failed = is_failed
        state.was_told = is_failed and (is_told or state.was_told)
        state.is_displaced = state.was_told and evidence.is_only_displaced(route)

    def _is_new_loss(self, route: RouteTrack, *, is_told: bool) -> bool:
        """A probe that finds what the device has just taken back measured the same loss, not another; a word of the
        device while nothing but a table stood against the path is of another."""
        if route.state.is_failed:
            return is_told and route.state.is_displaced
        record = self._life.open_of(route)
        is_same_failure = record is not None and record.resolved is None and record.flaps > 0
        return not is_same_failure or is_told

    def _judge(
        self, route: RouteTrack, primary: Primary, destination: Destination, verdicts: tuple[PathVerdict, ...]
    ) -> Judgement:
        blind = self._blind(route, verdicts)
        if blind is not None:
            return blind
        secondary = evidence.secondary(route) if primary is Primary.LOST else Secondary.KNOWN
        judgement = judge(primary, secondary, destination)
        ident = route.record.route_id
        if not judgement.is_provisional:
            self._agenda.cancel(Due.UNPROVEN, ident)
            return judgement
        if route.state.is_unproven:
            return UNPROVEN_EXPIRED
        if self._agenda.at(Due.UNPROVEN, ident) is None:
            self._agenda.set(Due.UNPROVEN, ident, route.state.lost_since + self.unproven_s(route))
        return judgement

    def unproven_s(self, route: RouteTrack) -> float:
        """How long survival may stay unproven: its class's time, or until a poll must prove it: the next one may show a
        copy as old as the time between two."""
        by_poll = min(2 * route.state.poll_interval_s, UNPROVEN_MAX_S)
        return max(self._policy.of(route.record.route_class).unproven_s, by_poll)

    def _is_unseen(self, route: RouteTrack) -> bool:
        return self._watcher.is_isolated or route.device.state.is_unreachable

    def _blind(self, route: RouteTrack, verdicts: tuple[PathVerdict, ...]) -> Judgement | None:
        """What nobody can see is neither green nor down."""
        if self._watcher.is_isolated:
            return unseen.ISOLATED
        if route.device.state.is_unreachable:
            return unseen.of_device(route.device)
        if any(v.is_told for v in verdicts):
            return None
        if route.is_captured and self.freshness.is_stale(route):
            return unseen.OUTDATED
        if evidence.is_lost_by_table(route, verdicts) and not self.freshness.has_stopped(route):
            return None
        if self.freshness.is_stale(route):
            return unseen.STALE
        if not evidence.can_be_proven(route):
            return unseen.unproven(route)
        return None

    # What follows -------------------------------------------------------------------------------------------------

    def _apply(self, route: RouteTrack, judgement: Judgement, verdicts: tuple[PathVerdict, ...]) -> None:
        record = self._life.open_of(route)
        if judgement.state is HealthState.HEALTHY:
            judgement = self._proven(route, judgement, record)
        if judgement.state not in _FAILED:
            self._enter(route, judgement, self._unseen(route, judgement, record) or judgement.severity)
            return
        severity = self._severity(route, judgement.severity or Severity.WARNING)
        if record is None:
            self._release_latch(route)
            self._life.open(route, judgement, severity, self._against(route, verdicts))
        elif record.resolved is not None:
            self._life.reopen(route, record, judgement, severity)
        else:
            self._life.update(route, record, judgement, severity)
        self._follow_loss(route, verdicts)
        self._enter(route, judgement, severity)

    def _follow_loss(self, route: RouteTrack, verdicts: tuple[PathVerdict, ...]) -> None:
        probes = [p for v in verdicts if v.is_impaired for p in v.probes]
        probes += [p for p in route.destinations if p.state.verdict is Verdict.IMPAIRED]
        record = self._life.open_of(route)
        if probes and record is not None:
            self._life.follow_loss(record, *probing.impaired_words(probes, self._policy.probe))

    def _unseen(self, route: RouteTrack, judgement: Judgement, record: OutageRecord | None) -> Severity | None:
        """The severity of the outage of a route that nothing can prove; its evidence may be gone now."""
        if record is None or judgement not in unseen.NO_PROOF:
            return None
        if record.resolved is None:
            self._life.withdraw(route, record)
        return record.severity

    def _release_latch(self, route: RouteTrack) -> None:
        """A new outage takes the row of one that nobody has looked at."""
        old = self._life.records.get(route.state.outage_id)
        if old is not None and old.is_latched:
            old.is_latched = False
            self._life.dirty[old.outage_id] = old

    def _proven(self, route: RouteTrack, healthy: Judgement, record: OutageRecord | None) -> Judgement:
        """HEALTHY needs proof, and after an outage proof that is newer than the last bad word, and a hold."""
        state = route.state
        if record is None:
            if state.state is HealthState.HEALTHY or evidence.proven_since(route, self._oldest_proof(route)):
                return healthy
            return unseen.UNHEARD
        is_proven = evidence.proven_since(route, state.proof_after)
        if record.resolved is not None and not record.is_withdrawn:
            return _RECOVERED if is_proven or state.state is not HealthState.UNKNOWN else unseen.STALE
        if is_proven:
            self._life.recover(route, record)
            return _RECOVERED
        if state.state in _FAILED:
            return Judgement(state.state, record.real, state.failover, False, _WAITS)
        return unseen.STALE

    def _oldest_proof(self, route: RouteTrack) -> float:
        """What is older proves nothing when a blindness ends; what BMP tells holds while its reports come."""
        limit = self.freshness.limit(route)
        return -1.0 if limit is None or route.report_interval_s else self._moment.now - limit

    def _severity(self, route: RouteTrack, severity: Severity) -> Severity:
        return Severity.INFO if route.state.overlays & _MAINTENANCE_BIT else severity

    def _enter(self, route: RouteTrack, judgement: Judgement, severity: Severity | None) -> None:
        state = route.state
        overlays = state.overlays & _NOT_UNSEEN
        if judgement is unseen.STALE or judgement is unseen.OUTDATED:
            overlays |= _STALE_BIT
        elif judgement is unseen.UNPROBED or self.freshness.is_unprobed(route):
            overlays |= _UNPROBED_BIT
        news = (judgement.state, severity, judgement.failover, judgement.why, overlays)
        if news == (state.state, state.severity, state.failover, state.why, state.overlays):
            return
        record = self._life.open_of(route) if HealthState.UNKNOWN in (judgement.state, state.state) else None
        if judgement.state is not state.state:
            self._start_age(state, judgement)
        state.state, state.severity, state.failover, state.why, state.overlays = news
        if record is not None:
            self._life.follow_sight(record, judgement)
        self.touch(route)

    def _start_age(self, state: RouteState, judgement: Judgement) -> None:
        """A state begins, or goes on after nobody could see it."""
        if judgement is unseen.ISOLATED:
            state.isolated_state, state.isolated_since_at = state.state, state.since_at
        state.since, state.since_at = self._moment.now, self._moment.now_at
        if judgement.state is HealthState.UNKNOWN:
            return
        if judgement.state is state.isolated_state:
            state.since_at = state.isolated_since_at
        elif judgement.state is HealthState.HEALTHY and state.healthy_since_at:
            state.since_at = state.healthy_since_at
        state.isolated_state, state.healthy_since_at = None, 0.0

    def _against(self, route: RouteTrack, verdicts: tuple[PathVerdict, ...]) -> list[Observation]:
        """All that speaks against the route now, each thing once; what the other end said before it counts as well as
        what it says later."""
        found: list[Observation | None] = []
        earliest = self._moment.now - unseen.OUTSIDE_WITNESS_S
        beyond = [p for p in route.destinations if p.state.verdict in (Verdict.DOWN, Verdict.IMPAIRED)]
        for path, verdict in zip(route.primaries, verdicts, strict=True):
            if verdict.is_lost or verdict.is_impaired:
                found += [s.state.observation for s in verdict.subjects]
                found += [p.state.observation for p in verdict.probes]
                found += [offer.observation for offer in verdict.withdrawn]
            if verdict.is_lost or verdict.is_impaired or beyond:
                found += [s.down_after(earliest, self._moment.now) for s in path.remote]
        found += [probe.state.observation for probe in beyond]
        if route.device.state.is_unreachable:
            found += [s.state.observation for s in route.device.outside if s.is_down]
            found.append(route.device.state.silence)
        if not verdicts or any(v.is_lost and v.word == evidence.NOT_INSTALLED for v in verdicts):
            found += [o for o in route.state.recent if o.fact.plane is Plane.ROUTE][-1:]
        return list({id(o): o for o in found if o is not None}.values())

    @staticmethod
    def may_end(route: RouteTrack, record: OutageRecord) -> bool:
        """Its hold has been seen to its end, or what would be to see is gone for good."""
        if record.is_withdrawn:
            return not route.device.state.is_unreachable and not evidence.can_be_proven(route)
        return route.state.state is HealthState.RECOVERED

    def tell_of(self, route: RouteTrack) -> None:
        """A periodic source tells of it: it is watched from now on, and has so long until it is stale."""
        if route.state.overlays & _UNPROBED_BIT:
            self.reassess(route)
        else:
            self.freshness.arm(route)

    # Overlays -----------------------------------------------------------------------------------------------------

    def _set_overlays(self, route: RouteTrack) -> None:
        before = route.state.overlays
        self.conflicts.update(route, self._is_unseen(route))
        is_inside = self._windows.covers(route, self._moment.now_at)
        if is_inside is not bool(before & _MAINTENANCE_BIT):
            route.state.overlays ^= _MAINTENANCE_BIT
            record = self._life.open_of(route)
            if record is not None and is_inside:
                self._agenda.cancel(Due.NOTICE, record.outage_id)
        if route.state.overlays != before:
            self.touch(route)

    def leave_window(self, route: RouteTrack) -> None:
        """A maintenance window of the route began or ended: what is still open takes its real severity."""
        was_inside = bool(route.state.overlays & _MAINTENANCE_BIT)
        self.reassess(route)
        record = self._life.open_of(route)
        if was_inside and not route.state.overlays & _MAINTENANCE_BIT and record is not None:
            self._life.maintenance_ended(record)


def _is_undecided(route: RouteTrack) -> bool:
    """A next hop is silent, and whether that is a loss depends on what the destination says next."""
    known = route.state.silent_targets
    probes = (p for path in route.primaries for p in path.probes)
    return any(p.state.verdict is Verdict.DOWN and p.probe.probe_id not in known for p in probes)
