"""Pure. Explains what the machine found: causes for outages, incidents for causes, and who is told of what.

Work per change is that of the outages it touches, never of the incidents or outages there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from statetrace_engine.explain import backing, case, causes, changes, compared, expected, members, standing
from statetrace_engine.explain.case import RESTARTED_S, Case
from statetrace_engine.explain.incidents import TELL_S, Incidents
from statetrace_engine.health.agenda import Due
from statetrace_engine.health.compared import Runs
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import DeviceTrack, RouteTrack
from statetrace_engine.health.watcher import Finding, Found
from statetrace_engine.model import names
from statetrace_engine.model.change import OutageStep
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.outage import CauseKind, Hypothesis, Incident, RelatedChange
from statetrace_engine.model.signal import Signal

_REFUTED = 99
"""Below every row of the table: whatever is found next takes its place."""
REROUTES_S = 10.0
"""Routing finds another way to a device within so long; one that was gone for longer, or has restarted, was gone."""


class Explainer:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.incidents = Incidents(machine.topology, machine.policy.explain)
        self.runs = Runs(machine)
        self._index = compared.Index()
        self._ranked: tuple[Case, tuple[Hypothesis, ...]] | None = None

    def take(self, item: Found) -> None:
        """A device is gone or back: its incident, and anew the outages of its neighbours and of itself."""
        machine, device = self._machine, item.device
        if device is None:
            return
        now, at = machine.now, machine.moment.now_at
        if item.finding is Finding.UNREACHABLE:
            moved = self.incidents.device_gone(device, now, at)
            for ident in moved:
                self._touch(machine.life.records.get(ident))
            self.look_again(device)
        elif item.finding is Finding.REACHABLE:
            gone_s, restarted_at = self.incidents.device_back(device, now, at), device.state.restarted_at
            if gone_s <= REROUTES_S and (restarted_at is None or now - restarted_at > RESTARTED_S):
                self._take_back(device)

    def _take_back(self, device: DeviceTrack) -> None:
        """It was only to be reached another way: what was taken for its death has another cause."""
        element = f"device {device.device.hostname}"
        near = [route for subject in device.outside for route in subject.routes.values()]
        for route in (*device.routes.values(), *near):
            record = self._machine.life.open_of(route)
            if record is None or not record.causes or self._machine.now > record.settles:
                continue
            ranked = record.ranked or record.causes
            if ranked[0].cause is CauseKind.DEVICE_UNREACHABLE and ranked[0].element == element:
                record.causes, record.ranked = tuple(replace(h, rule=_REFUTED) for h in ranked), ()
                self._touch_in_turn(route)

    def look_again(self, device: DeviceTrack) -> None:
        """What is known of the device has changed: open outages of its routes, and at the other end of its links."""
        for route in device.routes.values():
            self._touch_in_turn(route)
        for subject in device.outside:
            for route in subject.routes.values():
                self._touch_in_turn(route)

    def _touch_in_turn(self, route: RouteTrack) -> None:
        life = self._machine.life
        record = life.open_of(route)
        if record is None or record.outage_id in life.dirty:
            return
        if self._machine.assessor.turns.is_now(route):
            self._touch(record)
        else:
            record.is_asked_for = True
            life.changed[record.outage_id] = record

    def _touch(self, record: OutageRecord | None) -> None:
        if record is not None:
            self._machine.life.dirty[record.outage_id] = record

    def explain(self, record: OutageRecord) -> None:
        """Ranks its causes, until they are settled, and finds its incident."""
        machine = self._machine
        now, at = machine.now, machine.moment.now_at
        record.is_asked_for = False
        route = machine.topology.routes.get(record.route_id)
        if route is not None and record.is_open and members.note(record, route):
            machine.life.explain_anew(record)
        if route is not None and (not record.causes or now <= record.settles):
            if not record.causes:
                for told in case.shut_beside(route, machine.topology):
                    machine.life.add_evidence(record, told)
            offset, policy = machine.moment.offset, machine.policy.explain
            seen = case.of(record, route, machine.topology, policy, members.first(record, route))
            found = self._rank(seen)
            logged = changes.related(seen.changes, offset, policy) if seen.changes else ()
            self._log(record, logged)
            if causes.is_of_device(seen):
                standing.note(record, standing.losses(route, machine.topology.devices.get(seen.far), offset))
            if now >= record.settles:
                standing.note(record, standing.ups(record, route, offset))
            # More evidence may find a row further up or be surer, but what recovers first takes nothing back. Hearsay
            # gives way.
            if not record.causes or _is_better(found[0], record.first_cause):
                record.causes, record.ranked = found, ()
                record.unlogged = causes.rank(replace(seen, changes=())) if seen.changes else ()
            if record.lost_paths:
                record.also = members.others(record, route, machine.topology, policy, record.first_cause)
            machine.touch(record.route_id)
        if record.loss_now:
            record.causes = causes.with_loss(record.causes, record.loss_now)
            record.ranked = causes.with_loss(record.ranked, record.loss_now)
            record.unlogged = causes.with_loss(record.unlogged, record.loss_now)
            machine.touch(record.route_id)
        if route is not None:
            self._back(record, route)
        if record.causes and record.is_open:
            self.incidents.assign(record, now, at)
        elif not record.is_open:
            self.incidents.closed(record, now, at)

    def _rank(self, seen: Case) -> tuple[Hypothesis, ...]:
        """Once for all the routes behind one failure: they come one after the other and share what is found."""
        if self._ranked is None or self._ranked[0] != seen:
            self._ranked = seen, causes.rank(seen)
        return self._ranked[1]

    # What captures show ---------------------------------------------------------------------------------------------

    def compare(self, told: Compared, signal: Signal) -> bool:
        """Two captures of a device were compared: its outages, and those of its neighbours, are explained anew.
        Whether it is about any device that is watched."""
        machine = self._machine
        device = self.runs.device(told)
        if device is None:
            return False
        concerned = list(self._concerned(device))
        needed = min((record.occurred_at - machine.moment.offset for record, _ in concerned), default=machine.now)
        if self.runs.take(told, signal, needed):
            self._again(concerned)
        return bool(device.routes or device.outside)

    def marked(self, hostname: str) -> None:
        """An operator has said something of its changes."""
        device = self._machine.topology.devices.get(names.hostname(hostname))
        if device is not None:
            self._again([each for each in self._concerned(device) if each[0].between or each[0].changes])

    def _concerned(self, device: DeviceTrack) -> Iterator[tuple[OutageRecord, RouteTrack]]:
        """Outages, open or not yet seen, of its routes and of those whose next hop it is."""
        topology = self._machine.topology
        for record in self._machine.life.records.values():
            route = topology.routes.get(record.route_id) if record.is_open or record.is_latched else None
            if route is not None and compared.is_of(route, device, topology):
                yield record, route

    def _again(self, concerned: Iterable[tuple[OutageRecord, RouteTrack]]) -> None:
        for record, route in concerned:
            if record.is_open:
                self._touch_in_turn(route)
            else:
                self._touch(record)

    @staticmethod
    def _log(record: OutageRecord, logged: tuple[RelatedChange, ...]) -> None:
        if record.between:
            record.logged = logged or record.logged
        else:
            record.changes = logged or record.changes

    def _back(self, record: OutageRecord, route: RouteTrack) -> None:
        """Its causes and changes with what captures show; as they were without, when none of that counts any more."""
        machine, policy = self._machine, self._machine.policy.explain
        had = bool(record.between)
        compared.gather(record, route, machine.topology, policy, self._index, is_settled=machine.now > record.settles)
        if not (had or record.between or record.changes):
            return
        logged = expected.noted(record.logged if had else record.changes, machine.marks, machine.topology.site_of)
        if not record.between and not had and logged == record.changes and not record.ranked:
            return
        record.logged = logged
        ranked, offset = record.ranked or record.causes, machine.moment.offset
        found = compared.weigh(record, route.record.hostname, logged, machine.marks, offset)
        record.changes = compared.related(logged, found, offset, policy)
        record.causes = backing.causes(expected.ranking(ranked, record.unlogged, logged, policy), found, policy)
        record.ranked = ranked if record.causes != ranked else ()
        machine.touch(record.route_id)

    def follow(self, step: OutageStep, record: OutageRecord) -> None:
        """An announced outage recovers, or fails again: its silent children wait for their hold, or wait no more."""
        machine = self._machine
        if step is OutageStep.REOPENED and record.notified_at is not None:
            self.incidents.speaks_again(record)
        if step not in (OutageStep.RECOVERING, OutageStep.CHANGED) or record.resolved is None:
            return
        for ident in self.incidents.orphans(record, machine.now):
            child = machine.life.records.get(ident)
            if child is not None and child.resolved is None and child.notified_at is None:
                machine.agenda.set(Due.NOTICE, ident, machine.now + self._hold_s(child))

    def _hold_s(self, record: OutageRecord) -> float:
        route = self._machine.topology.routes.get(record.route_id)
        return self._machine.policy.of(route.record.route_class).recovery_hold_s if route is not None else 0.0

    def is_told(self, kind: str, record: OutageRecord) -> bool:
        """Whether people hear of it; a child of an incident that has said as much is silent."""
        if kind not in ("opened", "worse"):
            return True
        machine, hold_s = self._machine, self._hold_s(record)
        if not self.incidents.is_silent(record, machine.now, hold_s):
            record.is_silent = False
            return True
        if kind == "opened":
            machine.life.hush(record)
            since = self.incidents.recovered(record)
            if since is not None:
                machine.agenda.set(Due.NOTICE, record.outage_id, since + hold_s)
        return False

    def told_incidents(self) -> list[Incident]:
        """Incidents that changed; a large one at most every quarter of a second."""
        machine, incidents = self._machine, self.incidents
        told = [incidents.event(r) for r in incidents.told(machine.is_incident_due)]
        machine.is_incident_due = False
        if incidents.dirty and machine.agenda.at(Due.INCIDENT, "") is None:
            machine.agenda.set(Due.INCIDENT, "", machine.now + TELL_S)
        return told


def _is_better(found: Hypothesis, known: Hypothesis) -> bool:
    return found.rule <= known.rule or found.weight > known.weight or known.weight < causes.HEARSAY
