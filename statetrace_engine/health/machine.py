"""Pure. The health machine: observations, probe reports and deadlines in; states, outages and notices out.

Work per signal is that of the routes it touches. A deadline fires at its own time, before the signal that comes
later, so that a journal gives the same outages at any speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from statetrace_engine.health import evidence, probing
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.life import KEEP_S, Life
from statetrace_engine.health.maintenance import Windows
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.table import UNPROVEN_EXPIRED, Destination, Judgement, Primary, Secondary, judge
from statetrace_engine.health.topology import DeviceTrack, ProbeTrack, RouteTrack, Subject, Topology
from statetrace_engine.health.tracks import RECENT
from statetrace_engine.health.watcher import Finding, Found, Watcher, summarise
from statetrace_engine.model.health import Failover, HealthState, Overlay, Severity
from statetrace_engine.model.inventory import ProbeKind, ProbeTests
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.route import RouteClass
from statetrace_engine.model.signal import InstalledPath, ProbeResult, Signal, Source

OUTSIDE_WITNESS_S = 30.0
"""A neighbour's word on a device counts from so long before its first miss."""
CHANGES_S = 1800.0

_SILENT_DEVICE = Judgement(HealthState.UNKNOWN, Severity.WARNING, Failover.NONE, False, "its device does not answer")
_DEAD_DEVICE = Judgement(
    HealthState.DOWN, Severity.CRITICAL, Failover.NONE, False, "its device does not answer, and its neighbours lost it"
)
_STALE = Judgement(HealthState.UNKNOWN, Severity.WARNING, Failover.NONE, False, "not measured: neither good nor bad")
_UNHEARD = Judgement(HealthState.UNKNOWN, None, Failover.NONE, False, "nothing has been heard of it yet")
_UNPROBED = Judgement(HealthState.UNKNOWN, None, Failover.NONE, False, "no probe or poll watches it")
_RECOVERED = Judgement(HealthState.RECOVERED, None, Failover.NONE, False, "carries again; healthy when the hold ends")
_WAITS = "nothing speaks against it; recovery is not proven"
_UNPROVEN_RECOVERY = Judgement(
    HealthState.UNKNOWN, Severity.WARNING, Failover.NONE, False, "nothing speaks against it, and nothing can prove it"
)
_PARKED = {Due.UNPROVEN, Due.HOLD, Due.STALE, Due.NOTICE, Due.RELEASE}
"""Kinds that wait while nobody can see."""
_CLASSES = tuple(RouteClass)
_PROBE_SOURCES = {
    ProbeKind.ICMP: Source.PROBE_ICMP,
    ProbeKind.TCP: Source.PROBE_TCP,
    ProbeKind.STAMP: Source.PROBE_STAMP,
}
_WATCHED_TIME = _PARKED | {Due.RESTART, Due.CONTROL, Due.WATCH, Due.SETTLE, Due.CONFLICT}


class Machine:
    def __init__(self, topology: Topology, policy: Policy) -> None:
        self.topology = topology
        self.policy = policy
        self.agenda = Agenda()
        self.life = Life(policy, self.agenda)
        self.watcher = Watcher(topology, policy.watcher)
        self.windows = Windows(topology)
        self.now = 0.0
        self.dirty: dict[str, RouteTrack] = {}
        self.found: list[Found] = []
        self._held: dict[str, ProbeTrack] = {}
        self._parked: list[tuple[float, Due, str]] = []
        self._fire: dict[Due, Callable[[str], None]] = {
            Due.UNPROVEN: self._fire_unproven,
            Due.NOTICE: self._fire_notice,
            Due.HOLD: self._fire_hold,
            Due.RELEASE: self._fire_release,
            Due.STALE: self._fire_stale,
            Due.RESTART: self._fire_restart,
            Due.WATCH: lambda _: self._watch(),
            Due.CONTROL: self._fire_control,
            Due.ACK_EXPIRY: self._fire_ack_expiry,
            Due.WINDOW: self._fire_window,
            Due.CONFLICT: self._fire_conflict,
            Due.SETTLE: self._fire_settle,
            Due.FORGET: self._fire_forget,
        }

    def start(self, now: float, offset: float) -> None:
        """Once, with the first signal: windows in force, routes nobody measures."""
        self._at(now, offset)
        for route in self.topology.routes.values():
            route.listen(True)
            self.reassess(route)
        for ident, at in self.windows.edges(now + offset):
            self.agenda.set(Due.WINDOW, ident, at - offset)

    def _at(self, now: float, offset: float) -> None:
        self.now = self.life.now = max(now, self.now)
        self.life.offset = offset

    def advance(self, now: float, offset: float) -> None:
        """Fires every deadline up to `now`, each at its own time."""
        agenda = self.agenda
        while (due := agenda.next()) is not None and due <= now:
            at, kind, ident = agenda.pop()
            self._at(at, offset)
            if self.watcher.is_isolated and kind in _PARKED:
                self._parked.append((at, kind, ident))
            else:
                self._fire[kind](ident)
        self._at(now, offset)

    # Observations ---------------------------------------------------------------------------------------------

    def observe(self, observation: Observation) -> bool:
        """One fact of a device; whether it was about anything that is watched."""
        fact = observation.fact
        if fact.kind is SubjectKind.PREFIX:
            return self._observe_prefix(observation)
        subject = self.topology.resolve(
            observation.hostname, fact.kind, (fact.name, *fact.peer_names), fact.protocol, fact.vrf
        )
        if subject is None:
            return False
        if self._is_old(subject, observation):
            self._remember_history(subject, observation)
        elif self._takes(subject, observation):
            self._spread(subject, observation)
        return True

    def _is_old(self, subject: Subject, observation: Observation) -> bool:
        if observation.is_history:
            return True
        occurred = observation.occurred_at
        return occurred is not None and occurred < subject.state.occurred_at

    def _takes(self, subject: Subject, observation: Observation) -> bool:
        """Whether it says anything new; a repeat changes nothing, a repeat with a reason tells the reason."""
        state, fact = subject.state, observation.fact
        if observation.occurred_at is not None:
            state.occurred_at = observation.occurred_at
        last = state.observation
        if state.verdict is fact.verdict and last is not None:
            is_known = fact.reason in (Reason.NONE, Reason.OTHER) or last.fact.reason not in (Reason.NONE, Reason.OTHER)
            if is_known:
                return False
        if state.verdict is Verdict.DOWN and fact.verdict is Verdict.IMPAIRED:
            return False
        if state.verdict is not fact.verdict:
            state.since = observation.steady
        state.verdict, state.observation = fact.verdict, observation
        key = "|".join(subject.key)
        if fact.reason is Reason.GRACEFUL_RESTART and fact.verdict is Verdict.IMPAIRED:
            self.agenda.set(Due.RESTART, key, self.now + self.policy.graceful_restart_s)
        else:
            self.agenda.cancel(Due.RESTART, key)
        return True

    def _spread(self, subject: Subject, observation: Observation) -> None:
        for route in subject.routes.values():
            self._remember(route, observation)
            if route.record.hostname == observation.hostname:
                route.state.proof_after = self.now
            self.reassess(route)
        for device in subject.witnesses.values():
            if device.state.is_unreachable:
                for route in device.routes.values():
                    self.reassess(route)

    def _remember(self, route: RouteTrack, observation: Observation) -> None:
        recent = route.state.recent
        recent.append(observation)
        if len(recent) > RECENT:
            del recent[0]
        record = self.life.open_of(route)
        if record is not None:
            self.life.add_evidence(record, observation)
        self.dirty[route.record.route_id] = route

    def _remember_history(self, subject: Subject, observation: Observation) -> None:
        for route in subject.routes.values():
            record = self.life.open_of(route)
            if record is not None:
                self.life.add_evidence(record, _as_history(observation))

    def _observe_prefix(self, observation: Observation) -> bool:
        fact = observation.fact
        route = self.topology.route_of(observation.hostname, fact.vrf, fact.name)
        if route is None:
            return False
        if observation.is_history:
            record = self.life.open_of(route)
            if record is not None:
                self.life.add_evidence(record, observation)
            return True
        if route.state.installed == fact.installed:
            route.state.installed_at = self.now
            if route.is_listening:
                self.reassess(route)
            return True
        self._install(route, fact.installed, observation)
        return True

    def report_route(self, route: RouteTrack, installed: tuple[InstalledPath, ...], observation: Observation) -> None:
        """A poll or table walk: absence needs two complete walks, or one and another plane (SPEC 2)."""
        state = route.state
        if not installed and state.installed != ():
            state.absent_walks += 1
            if state.absent_walks < 2 and not state.is_lost:
                return
        state.absent_walks = 0
        if state.installed == installed:
            state.installed_at = self.now
            if route.is_listening:
                self.reassess(route)
            return
        self._install(route, installed, observation)

    def _install(self, route: RouteTrack, installed: tuple[InstalledPath, ...], observation: Observation) -> None:
        route.state.installed, route.state.installed_at = installed, self.now
        route.state.proof_after = self.now
        self._remember(route, observation)
        self.reassess(route)

    # Probes ---------------------------------------------------------------------------------------------------

    def probe(self, result: ProbeResult, signal: Signal) -> None:
        track = self.topology.probes.get(result.probe_id)
        if track is None:
            return
        was = track.state.verdict
        probing.take(track, result, self.now, self.policy.probe, self._is_blind(track))
        if result.error:
            return
        if track.device is None or track.probe.tests is ProbeTests.CONTROL:
            track.state.verdict = probing.decide(track, True, self.policy.probe)
            self._control(track)
            return
        self._decide(track, was, signal)

    def _decide(self, track: ProbeTrack, was: Verdict | None, signal: Signal | None) -> None:
        state, policy = track.state, self.policy.probe
        is_good: bool | None = True
        if state.lost_burst is not None and state.verdict is not Verdict.DOWN:
            first_miss = state.lost_burst[0]
            is_good = probing.control_is_good(track.device, first_miss, self.now, policy)
            if self.watcher.is_isolated:
                is_good = False
            if is_good is None and track.device is not None:
                known_at = probing.known_at(track.device, first_miss, policy)
                if known_at > self.now:  # else the control probe is being asked already: its own burst decides
                    self.agenda.set(Due.CONTROL, track.probe.probe_id, known_at)
            if not is_good:
                self._held[track.probe.probe_id] = track
        state.verdict = probing.decide(track, bool(is_good), policy)
        if state.lost_burst is None or state.verdict is Verdict.DOWN:
            self._held.pop(track.probe.probe_id, None)
        if self._counts(track):
            state.last_sample = self.now
        if state.verdict is not was:
            self._probe_changed(track, signal)
        else:
            for route in list(track.listeners.values()):
                self.reassess(route)

    def _is_blind(self, track: ProbeTrack) -> bool:
        """A path probe counts only while the control probe of its device passes."""
        if track.device is None or track.probe.tests is ProbeTests.CONTROL:
            return False
        state = track.device.state
        is_doubtful = state.control is not None and (state.suspect_since is not None or state.control is Verdict.DOWN)
        return is_doubtful or self.watcher.is_isolated

    def _counts(self, track: ProbeTrack) -> bool:
        """A report is knowledge of the path only while the device itself answers."""
        if track.state.suspect_since is None:
            return True
        device = track.device
        is_blind = device is not None and device.state.control is Verdict.DOWN
        return not is_blind and not self.watcher.is_isolated

    def _probe_changed(self, track: ProbeTrack, signal: Signal | None) -> None:
        state, probe = track.state, track.probe
        state.since = self.now
        observation = state.observation = Observation(
            hostname=probe.hostname,
            fact=Fact(
                plane=Plane.DATA,
                kind=SubjectKind.PROBE,
                name=probe.next_hop or probe.prefix or probe.target,
                verdict=state.verdict or Verdict.UP,
                protocol=probe.tests.value,
                vrf=probe.vrf,
                detail=_probe_words(track, self.policy),
            ),
            witness="prober",
            source=_PROBE_SOURCES[probe.kind],
            seq=signal.seq if signal else 0,
            steady=self.now,
            received_at=self.life.wall(self.now),
        )
        for route in track.routes.values():
            self._remember(route, observation)
            self.reassess(route)

    def _control(self, track: ProbeTrack) -> None:
        device = track.device
        if device is not None:
            was = (device.state.control, device.state.suspect_since, device.state.lost_at)
            summarise(device, self.now)
            changed = was != (device.state.control, device.state.suspect_since, device.state.lost_at)
            if changed:
                self.watcher.note(device)
                self._take_found(self.watcher.returned(device))
            if changed or self.watcher.is_isolated:
                self._watch()
            self._recheck_held(device)
        else:
            self._watch()

    def _recheck_held(self, device: DeviceTrack) -> None:
        if not self._held:
            return
        for probe in device.probes:
            if probe.probe.probe_id in self._held:
                self._decide(probe, probe.state.verdict, None)

    def _watch(self) -> None:
        self._take_found(self.watcher.evaluate(self.now))
        at = self.watcher.next_check(self.now)
        if at is not None:
            self.agenda.set(Due.WATCH, "", at)

    def _take_found(self, found: Iterable[Found]) -> None:
        for item in found:
            self.found.append(item)
            if item.finding is Finding.CONNECTED:
                self._connected()
            elif item.device is not None:
                if item.finding is Finding.REACHABLE:
                    self._void(item.device.probes)
                for route in item.device.routes.values():
                    if item.finding is Finding.REACHABLE:
                        route.state.proof_after = max(route.state.proof_after, self.now)
                    self.reassess(route)

    def _connected(self) -> None:
        """We can see again: what waited goes on, what was half decided starts anew."""
        blind_s = self.now - self.watcher.isolated_since
        for at, kind, ident in self._parked:
            self.agenda.set(kind, ident, at + blind_s)
        self._parked.clear()
        self._void(self.topology.probes.values())
        for device in self.topology.devices.values():
            if device.state.control is Verdict.DOWN and not device.state.is_unreachable:
                self._void(device.controls, force=True)
                device.state.lost_at = None
                device.state.suspect_since = self.now
                device.state.control = Verdict.UP
                self.watcher.note(device)
        for device in self.topology.devices.values():
            if not device.state.is_unreachable:
                for route in device.routes.values():
                    for probe in route.probes():
                        probe.state.last_sample = self.now

    def _void(self, probes: Iterable[ProbeTrack], force: bool = False) -> None:
        for track in probes:
            if force and track.state.verdict is Verdict.DOWN:
                track.state.verdict, track.state.suspect_since = Verdict.UP, self.now
            probing.void(track, self.now)
            self._held.pop(track.probe.probe_id, None)

    # Gaps -----------------------------------------------------------------------------------------------------

    def gap(self, seconds: float) -> None:
        """Nobody watched for so long: deadlines move on, what was in flight is void, old knowledge is unknown."""
        self.agenda.shift(seconds, _WATCHED_TIME.__contains__)
        self._parked = [(at + seconds, kind, ident) for at, kind, ident in self._parked]
        self._void(self.topology.probes.values())
        for device in self.topology.devices.values():
            if device.state.suspect_since is not None and device.state.control is not Verdict.DOWN:
                device.state.suspect_since = self.now
        shortest = min(self.policy.of(c).stale_min_s for c in _CLASSES)
        if seconds < shortest:
            return
        for route in self.topology.routes.values():
            if route.state.state in (HealthState.HEALTHY, HealthState.RECOVERED):
                self.reassess(route)

    # Assessment -----------------------------------------------------------------------------------------------

    def reassess(self, route: RouteTrack) -> None:
        """The route's state from everything known now; does nothing when nothing follows."""
        primary, _, verdicts = evidence.primary(route)
        destination = evidence.destination(route)
        self._count_loss(route, primary, destination)
        if route.state.is_lost:
            destination = evidence.destination(route)  # what passed before the loss proves nothing
        judgement = self._judge(route, primary, destination, verdicts)
        self._set_window(route)
        self._apply(route, judgement, verdicts)
        route.listen(route.state.state is not HealthState.HEALTHY or route.state.is_failed)
        self._arm_stale(route)

    def _count_loss(self, route: RouteTrack, primary: Primary, destination: Destination) -> None:
        state = route.state
        is_lost = primary is Primary.LOST
        if is_lost and not state.is_lost:
            state.lost_since = self.now
        if not is_lost:
            state.is_unproven = False
            self.agenda.cancel(Due.UNPROVEN, route.record.route_id)
        state.is_lost = is_lost
        is_failed = is_lost or destination is Destination.FAILING
        if is_failed and not state.is_failed:
            was_open = self.life.open_of(route) is not None
            self.life.count_loss(route)
            if was_open:
                self.dirty[route.record.route_id] = route
        state.is_failed = is_failed

    def _judge(
        self, route: RouteTrack, primary: Primary, destination: Destination, verdicts: list[evidence.PathVerdict]
    ) -> Judgement:
        blind = self._blind(route, verdicts)
        if blind is not None:
            return blind
        secondary = evidence.secondary(route) if primary is Primary.LOST else Secondary.KNOWN
        judgement = judge(primary, secondary, destination)
        ident = route.record.route_id
        if not judgement.is_provisional:
            self.agenda.cancel(Due.UNPROVEN, ident)
            return judgement
        if route.state.is_unproven:
            return UNPROVEN_EXPIRED
        if self.agenda.at(Due.UNPROVEN, ident) is None:
            unproven_s = self.policy.of(route.record.route_class).unproven_s
            self.agenda.set(Due.UNPROVEN, ident, route.state.lost_since + unproven_s)
        return judgement

    def _blind(self, route: RouteTrack, verdicts: list[evidence.PathVerdict]) -> Judgement | None:
        """What nobody can see is neither green nor down."""
        if route.device.state.is_unreachable:
            return _DEAD_DEVICE if self._outside_agrees(route.device) else _SILENT_DEVICE
        is_said = any(v.subjects for v in verdicts) or (
            route.state.installed is not None and any(v.is_lost and not v.probes for v in verdicts)
        )
        if is_said:
            return None
        if self.is_stale(route):
            return _STALE
        if not evidence.can_be_proven(route):
            return _UNHEARD if any(True for _ in route.probes()) else _UNPROBED
        return None

    @staticmethod
    def _outside_agrees(device: DeviceTrack) -> bool:
        since = device.state.suspect_since or device.state.unreachable_at or 0.0
        return any(s.is_down and s.state.since >= since - OUTSIDE_WITNESS_S for s in device.outside)

    def _apply(self, route: RouteTrack, judgement: Judgement, verdicts: list[evidence.PathVerdict]) -> None:
        record = self.life.open_of(route)
        if judgement.state is HealthState.HEALTHY:
            judgement = self._proven(route, judgement, record is not None)
        if judgement.state in (HealthState.DOWN, HealthState.DEGRADED):
            severity = self._severity(route, judgement.severity or Severity.WARNING)
            if record is None:
                self._close_latch(route)
                self.life.open(route, judgement, severity, self._against(route, verdicts))
            elif record.resolved is not None:
                self.life.reopen(route, record, judgement, severity)
            else:
                self.life.update(route, record, judgement, severity)
            self._enter(route, judgement, severity)
        else:
            self._enter(route, judgement, judgement.severity)

    def _close_latch(self, route: RouteTrack) -> None:
        old = self.life.records.get(route.state.outage_id)
        if old is not None and old.is_latched:
            old.is_latched = False
            self.life.dirty[old.outage_id] = old

    def _proven(self, route: RouteTrack, healthy: Judgement, has_outage: bool) -> Judgement:
        """HEALTHY needs proof, and after an outage proof that is newer than the last bad word, and a hold."""
        state = route.state
        record = self.life.open_of(route)
        if record is not None and record.resolved is not None:
            if state.state is HealthState.UNKNOWN and not evidence.proven_since(route, state.proof_after):
                return _STALE
            return Judgement(
                HealthState.RECOVERED, None, Failover.NONE, False, "carries again; healthy when the hold ends"
            )
        if evidence.proven_since(route, state.proof_after if has_outage else -1.0):
            if record is None:
                return healthy
            self.life.recover(route, record)
            return Judgement(
                HealthState.RECOVERED, None, Failover.NONE, False, "carries again; healthy when the hold ends"
            )
        if not has_outage:
            return healthy if state.state is HealthState.HEALTHY else _UNHEARD
        if not evidence.can_be_proven(route):
            return _UNPROVEN_RECOVERY
        if state.state in (HealthState.DOWN, HealthState.DEGRADED) and record is not None:
            return Judgement(
                state.state, record.real, state.failover, False, "nothing speaks against it; recovery is not proven"
            )
        return _STALE

    def _severity(self, route: RouteTrack, severity: Severity) -> Severity:
        return Severity.INFO if route.state.overlays & Overlay.MAINTENANCE else severity

    def _enter(self, route: RouteTrack, judgement: Judgement, severity: Severity | None) -> None:
        state = route.state
        overlays = state.overlays & ~(Overlay.STALE | Overlay.UNPROBED)
        if judgement is _STALE:
            overlays |= Overlay.STALE
        elif judgement is _UNPROBED:
            overlays |= Overlay.UNPROBED
        news = (judgement.state, severity, judgement.failover, judgement.why, overlays)
        if news == (state.state, state.severity, state.failover, state.why, state.overlays):
            return
        if judgement.state is not state.state:
            state.since, state.since_at = self.now, self.life.wall(self.now)
        state.state, state.severity, state.failover, state.why, state.overlays = news
        self.dirty[route.record.route_id] = route

    def _against(self, route: RouteTrack, verdicts: list[evidence.PathVerdict]) -> list[Observation]:
        """All that speaks against the route now, each thing once."""
        found: list[Observation] = []
        for verdict in verdicts:
            if verdict.is_lost or verdict.is_impaired:
                found += [s.state.observation for s in verdict.subjects if s.state.observation is not None]
                found += [p.state.observation for p in verdict.probes if p.state.observation is not None]
        for probe in route.destinations:
            if probe.state.verdict in (Verdict.DOWN, Verdict.IMPAIRED) and probe.state.observation is not None:
                found.append(probe.state.observation)
        if route.device.state.is_unreachable:
            outside = [s.state.observation for s in route.device.outside if s.is_down]
            found += [o for o in outside if o is not None]
        if any(v.is_lost and not v.subjects for v in verdicts) and route.state.installed is not None:
            found += [o for o in route.state.recent[-1:] if o.fact.plane is Plane.ROUTE]
        return list({id(o): o for o in found}.values())

    # Freshness ------------------------------------------------------------------------------------------------

    def stale_limit(self, route: RouteTrack) -> float | None:
        """Seconds without news after which a live route is unknown; None when no periodic source watches it."""
        intervals = [p.probe.interval_ms for p in route.probes() if p.state.has_answered and not p.probe.is_silent]
        if not intervals:
            return None
        policy = self.policy.of(route.record.route_class)
        return min(max(3 * min(intervals) / 1e3, policy.stale_min_s), policy.stale_max_s)

    def _newest(self, route: RouteTrack) -> float:
        return max((p.state.last_sample for p in route.probes()), default=-1.0)

    def is_stale(self, route: RouteTrack) -> bool:
        limit = self.stale_limit(route)
        return limit is not None and self.now - self._newest(route) >= limit

    def _arm_stale(self, route: RouteTrack) -> None:
        ident = route.record.route_id
        if self.agenda.at(Due.STALE, ident) is None and route.state.state is not HealthState.UNKNOWN:
            limit = self.stale_limit(route)
            if limit is not None:
                due = self._newest(route) + limit
                # One that is stale and stays what events said of it is asked again later, not at this very moment.
                self.agenda.set(Due.STALE, ident, due if due > self.now else self.now + limit)

    # Windows --------------------------------------------------------------------------------------------------

    def _set_window(self, route: RouteTrack) -> None:
        is_inside = self.windows.covers(route, self.life.wall(self.now))
        if is_inside is bool(route.state.overlays & Overlay.MAINTENANCE):
            return
        route.state.overlays ^= Overlay.MAINTENANCE
        self.dirty[route.record.route_id] = route
        record = self.life.open_of(route)
        if record is not None and is_inside:
            self.agenda.cancel(Due.NOTICE, record.outage_id)

    def window_changed(self, ident: str) -> None:
        """A maintenance window began, ended or was declared: the routes in its scope, and no others."""
        for route in self.windows.scope(ident):
            self._leave_window(route)
        at = self.windows.next_edge(ident, self.life.wall(self.now))
        if at is not None:
            self.agenda.set(Due.WINDOW, ident, at - self.life.offset)

    def end_window(self, ident: str) -> None:
        """An operator ended it early: at once, as if its end had come."""
        routes = self.windows.scope(ident)
        self.windows.remove(ident)
        self.agenda.cancel(Due.WINDOW, ident)
        for route in routes:
            self._leave_window(route)

    def _leave_window(self, route: RouteTrack) -> None:
        was_inside = bool(route.state.overlays & Overlay.MAINTENANCE)
        self.reassess(route)
        record = self.life.open_of(route)
        if was_inside and not route.state.overlays & Overlay.MAINTENANCE and record is not None:
            self.life.maintenance_ended(record)

    # Deadlines ------------------------------------------------------------------------------------------------

    def _fire_unproven(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is not None and route.state.is_lost:
            route.state.is_unproven = True
            self.reassess(route)

    def _fire_notice(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None:
            self.life.notice_due(record)
            route = self.topology.routes.get(record.route_id)
            if route is not None:
                self.dirty[record.route_id] = route

    def _fire_hold(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is None:
            return
        record = self.life.open_of(route)
        if record is None or not self.life.may_close(route, record):
            return
        if route.state.state is not HealthState.RECOVERED:  # nobody has seen it during the hold: never green on a gap
            self.agenda.set(Due.HOLD, ident, self.now + self.policy.of(route.record.route_class).recovery_hold_s)
            return
        self.life.close(route, record)
        self.dirty[ident] = route
        self.reassess(route)

    def _fire_release(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is None:
            return
        route.state.overlays &= ~Overlay.FLAPPING
        self.dirty[ident] = route
        if self.agenda.at(Due.HOLD, ident) is None:
            self._fire_hold(ident)

    def _fire_stale(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is not None:
            if self.is_stale(route):
                self.reassess(route)
            else:
                self._arm_stale(route)

    def _fire_restart(self, key: str) -> None:
        host, kind, name, protocol = _subject_key(key)
        subject = self.topology.subjects.get((host, SubjectKind(kind), name, protocol))
        if subject is None or subject.state.verdict is not Verdict.IMPAIRED or subject.state.observation is None:
            return
        subject.state.verdict, subject.state.since = Verdict.DOWN, self.now
        for route in subject.routes.values():
            self.reassess(route)

    def _fire_control(self, ident: str) -> None:
        track = self.topology.probes.get(ident)
        if track is not None and ident in self._held:
            self._decide(track, track.state.verdict, None)

    def _fire_ack_expiry(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None and record.acked_by and record.is_open:
            self.life.lapse(record, "lapsed: its time is up")
            self.life.notices.append(("lapsed", record))
            self.touch(record.route_id)

    def _fire_window(self, ident: str) -> None:
        self.window_changed(ident)

    def _fire_conflict(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is not None:
            self.reassess(route)

    def _fire_settle(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None:
            self.life.dirty[ident] = record

    def _fire_forget(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None and record.is_latched:
            self.agenda.set(Due.FORGET, ident, self.now + KEEP_S)
        else:
            self.life.records.pop(ident, None)

    def touch(self, route_id: str) -> None:
        route = self.topology.routes.get(route_id)
        if route is not None:
            self.dirty[route_id] = route


def _as_history(observation: Observation) -> Observation:
    if observation.is_history:
        return observation
    return Observation(**{f: getattr(observation, f) for f in observation.__struct_fields__} | {"is_history": True})


def _subject_key(text: str) -> tuple[str, str, str, str]:
    """`HOST|neighbour|VRF|10.0.0.1|bgp`: the name of a session inside a vrf has a bar of its own."""
    host, kind, rest = text.split("|", 2)
    name, _, protocol = rest.rpartition("|")
    return host, kind, name, protocol


def _probe_words(track: ProbeTrack, policy: Policy) -> str:
    if track.state.verdict is Verdict.IMPAIRED:
        loss = track.window.loss_percent(policy.probe.loss_window_s)
        return f"loss {loss:.1f} %" if loss and loss >= policy.probe.clear_percent else "latency"
    return track.state.text
