"""Pure. The health machine: the rooms of this package put together, and the deadlines that move them.

    observing   what devices say           ┐
    measuring   what probes see            ├→ assessing → life (the outage of a route)
    deadlines   what time alone decides    ┘

Work per signal is that of the routes it touches. A deadline fires at its own time, before the signal that comes
later, so that a journal gives the same outages at any speed.
"""

from __future__ import annotations

from collections.abc import Callable

from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.assessing import Assessor
from statetrace_engine.health.life import KEEP_S, Life
from statetrace_engine.health.maintenance import Windows
from statetrace_engine.health.marks import Looks, Marks
from statetrace_engine.health.measuring import Measurer
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.observing import Observer
from statetrace_engine.health.offers import Offers
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.health.watcher import Watcher
from statetrace_engine.model.health import Overlay
from statetrace_engine.model.inventory import Maintenance
from statetrace_engine.model.observation import Plane
from statetrace_engine.model.outage import TimelineMark
from statetrace_engine.model.route import RouteClass, RouteRecord

PARKED = frozenset((Due.UNPROVEN, Due.HOLD, Due.STALE, Due.NOTICE, Due.RELEASE))
"""Kinds that wait while we are cut off."""
WATCHED_TIME = (
    PARKED | {Due.RESTART, Due.WITHDRAWN, Due.CONTROL, Due.WATCH, Due.SETTLE, Due.CONFLICT, Due.BASELINE}
) - {Due.STALE}
"""Kinds that count only time in which this machine ran; what is known grows old all the same."""
SWEEP_ROUTES = 500
SWEEP_S = 0.005
"""All routes are evaluated anew in slices, so that a signal never waits for all of them."""


class Machine:
    def __init__(self, topology: Topology, policy: Policy) -> None:
        self.topology = topology
        self.policy = policy
        self.agenda = Agenda()
        self.moment = Moment()
        self.life = Life(policy, self.agenda, self.moment)
        self.windows = Windows(topology)
        self.marks = Marks()
        self.looks = Looks()
        self.watcher = Watcher(topology, policy.watcher, policy.probe.timeout_max_ms / 1e3)
        self.assessor = Assessor(topology, policy, self.agenda, self.moment, self.life, self.windows, self.watcher)
        self.observer = Observer(topology, policy, self.agenda, self.moment, self.life, self.assessor)
        self.offers = Offers(topology, policy, self.agenda, self.moment, self.assessor, self.observer)
        self.measurer = Measurer(topology, policy.probe, self.agenda, self.moment, self.watcher, self.assessor)
        self.lost_sources: dict[str, str] = {}
        """Sources that have stopped, and why."""
        self.unwatched: tuple[float, str] = (float("-inf"), "")
        """Until when nobody watched for so long that all is unknown since, and why."""
        self.parked: list[tuple[float, str, str]] = []
        self.is_incident_due = False
        """A large incident's time to tell of itself has come."""
        self._order = list(topology.routes)
        self._fire: dict[Due, Callable[[str], None]] = {
            Due.UNPROVEN: self._unproven,
            Due.NOTICE: self._notice,
            Due.HOLD: self._hold,
            Due.RELEASE: self._release,
            Due.STALE: self._stale,
            Due.RESTART: self.observer.restart_expired,
            Due.WITHDRAWN: self.offers.confirm,
            Due.TABLE: self.offers.told_by_now,
            Due.WATCH: self._watch,
            Due.CONTROL: self.measurer.control_due,
            Due.ACK_EXPIRY: self._ack_expiry,
            Due.WINDOW: self.window_changed,
            Due.CONFLICT: self._conflict,
            Due.SETTLE: self._settle,
            Due.FORGET: self._forget,
            Due.BASELINE: self._baseline,
            Due.SWEEP: self._sweep,
            Due.TURN: self._turn,
            Due.INCIDENT: self._incident,
        }

    @property
    def now(self) -> float:
        return self.moment.now

    def start(self, now: float, offset: float) -> None:
        """Once, with the first signal: windows in force, routes nobody measures."""
        self.moment.move(now, offset)
        self.offers.restore()
        for route in self.topology.routes.values():
            route.listen(True)
            if not self.assessor.turns.is_waiting(route):
                self.assessor.reassess(route)
        self._arm_windows()

    def watch(self, record: RouteRecord) -> RouteTrack:
        """One route more, from now on."""
        route = self.topology.watch(record)
        self._order.append(record.route_id)
        self.assessor.baselines.add(route)
        route.state.watched_since = self.now
        route.listen(True)
        self.assessor.reassess(route)
        return route

    def fire_due(self, now: float, offset: float) -> bool:
        """Fires the earliest deadline that is due by `now`, at its own time; False when there is none.

        Call it until it answers False: then it is `now`.
        """
        due = self.agenda.next()
        if due is None or due > now:
            self.moment.move(now, offset)
            return False
        at, kind, ident = self.agenda.pop()
        self.moment.move(at, offset)
        if self.watcher.is_isolated and kind in PARKED:
            self.parked.append((at, kind.value, ident))
        else:
            self._fire[kind](ident)
        return True

    def gap(self, seconds: float, why: str = "") -> None:
        """Nobody watched for so long until now: what was in flight is void, old knowledge is unknown until it is
        measured again, and the words for that say why."""
        self.measurer.gap(seconds)
        shortest = min(self.policy.of(c).stale_min_s for c in RouteClass)
        if seconds >= shortest:
            self.unwatched = (self.now, why)
            self.agenda.set(Due.SWEEP, "gap 0", self.now)

    def miss(self, seconds: float) -> None:
        """Time that nobody watched counts for no deadline: call it when all that was due before it has fired."""
        self.agenda.shift(seconds, WATCHED_TIME.__contains__)
        self.assessor.conflicts.miss(seconds)
        self.assessor.baselines.miss(seconds)
        self.parked = [(at + seconds, kind, ident) for at, kind, ident in self.parked]

    def source_lost(self, source: str, is_lost: bool, text: str) -> None:
        """A source stopped or came back: its routes become unknown by their age, and say why."""
        if is_lost:
            self.lost_sources[source] = text
        else:
            self.lost_sources.pop(source, None)

    def clock_stepped(self, step_s: float) -> None:
        """The wall clock jumped, so far ahead: what is due by it moves, all else does not notice. Times of open
        outages are by either clock, so their timelines say so."""
        self._arm_windows()
        words = f"the clock of StateTrace's machine was set {abs(step_s):.0f} s {'ahead' if step_s > 0 else 'back'}"
        for record in self.life.records.values():
            if record.is_open:
                record.mark(TimelineMark(at=self.moment.now_at, lane=Plane.CONTEXT.value, verdict="", text=words))
                self.life.changed[record.outage_id] = self.life.dirty[record.outage_id] = record
            if record.ack_expires_at is not None and record.is_open:
                self.agenda.set(Due.ACK_EXPIRY, record.outage_id, record.ack_expires_at - self.moment.offset)

    # Maintenance --------------------------------------------------------------------------------------------------

    def _arm_windows(self) -> None:
        for ident in list(self.windows.by_id):
            self.window_changed(ident)

    def declare(self, window: Maintenance) -> None:
        self.windows.add(window)
        self.window_changed(window.maintenance_id)

    def window_changed(self, ident: str) -> None:
        """A maintenance window began, ended or was declared: the routes in its scope, and no others."""
        for route in self.windows.scope(ident):
            self.assessor.leave_window(route)
        at = self.windows.next_edge(ident, self.moment.now_at)
        if at is not None:
            self.agenda.set(Due.WINDOW, ident, at - self.moment.offset)

    def end_window(self, ident: str) -> None:
        """An operator ended it early: at once, as if its end had come."""
        routes = self.windows.scope(ident)
        self.windows.remove(ident)
        self.agenda.cancel(Due.WINDOW, ident)
        for route in routes:
            self.assessor.leave_window(route)

    # Deadlines of routes ------------------------------------------------------------------------------------------

    def _unproven(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is not None and route.state.is_lost:
            route.state.is_unproven = True
            self.assessor.reassess(route)

    def _hold(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is None:
            return
        record = self.life.open_of(route)
        if record is None or not self.life.may_close(route, record):
            return
        if not self.assessor.may_end(route, record):  # nobody has seen it during the hold: never green on a gap
            self.agenda.set(Due.HOLD, ident, self.now + self.policy.of(route.record.route_class).recovery_hold_s)
            return
        self.life.close(route, record)
        self.assessor.touch(route)
        self.assessor.reassess(route)

    def _release(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is None:
            return
        route.state.overlays &= ~int(Overlay.FLAPPING)
        self.assessor.touch(route)
        if self.agenda.at(Due.HOLD, ident) is None:
            self._hold(ident)

    def _stale(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is not None:
            if self.assessor.freshness.is_stale(route):
                self.assessor.reassess_in_turn(route)
            else:
                self.assessor.freshness.arm(route)

    def _conflict(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is not None:
            self.assessor.reassess(route)

    def _turn(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is None:
            return
        self.assessor.reassess(route)
        record = self.life.open_of(route)
        if record is not None and record.is_asked_for:
            self.life.dirty[record.outage_id] = record

    def _baseline(self, ident: str) -> None:
        route = self.topology.routes.get(ident)
        if route is not None and self.assessor.baselines.fire(route):
            self.assessor.touch(route)
            self.assessor.reassess(route)

    def accept_baseline(self, route_id: str) -> tuple[str, str]:
        """(what was accepted, why nothing was): one of them is empty."""
        route = self.topology.routes.get(route_id)
        if route is None:
            return "", f"no route {route_id} is watched"
        words, why = self.assessor.baselines.accept(route)
        if not why:
            self.assessor.touch(route)
            self.assessor.reassess(route)
        return words, why

    # Deadlines of devices and of all ------------------------------------------------------------------------------

    def _watch(self, host: str) -> None:
        device = self.topology.devices.get(host)
        if device is None:  # none in particular: all of us
            self.measurer.look_around()
        else:
            self.measurer.look_at(device)

    def _sweep(self, ident: str) -> None:
        """Evaluates all routes anew, a slice at a time: `gap 500`, `isolated 0`, `connected 1000`."""
        why, _, start = ident.partition(" ")
        first = int(start)
        if why == "connected" and not first:
            self._unpark()
        for route_id in self._order[first : first + SWEEP_ROUTES]:
            route = self.topology.routes[route_id]
            if why == "connected":
                self.measurer.seen(route)
            self.assessor.reassess(route)
        if first + SWEEP_ROUTES < len(self._order):
            self.agenda.set(Due.SWEEP, f"{why} {first + SWEEP_ROUTES}", self.now + SWEEP_S)

    def _unpark(self) -> None:
        """We can see again: what waited goes on, with the time that it had left."""
        blind_s = self.watcher.blind_s
        self.agenda.shift(blind_s, PARKED.__contains__)
        for at, kind, ident in self.parked:
            self.agenda.set(Due(kind), ident, at + blind_s)
        self.parked.clear()

    # Deadlines of outages -----------------------------------------------------------------------------------------

    def _notice(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None:
            self.life.notice_due(record)
            self.touch(record.route_id)

    def _ack_expiry(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None and record.acked_by and record.is_open:
            self.life.lapse(record, "lapsed: its time is up")
            self.life.notices.append(("lapsed", record))
            self.touch(record.route_id)

    def _settle(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None:
            record.settles = max(record.settles, self.now)  # later, where nobody watched for a while
            self.life.dirty[ident] = record

    def _incident(self, _ident: str) -> None:
        self.is_incident_due = True

    def _forget(self, ident: str) -> None:
        record = self.life.records.get(ident)
        if record is not None and record.is_latched:
            self.agenda.set(Due.FORGET, ident, self.now + KEEP_S)
        else:
            self.life.records.pop(ident, None)

    def touch(self, route_id: str) -> None:
        route = self.topology.routes.get(route_id)
        if route is not None:
            self.assessor.touch(route)
