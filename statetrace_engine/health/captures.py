"""Pure. What captures show of routes (SPEC 1 and 2): which are watched because of them, and their basis `captured`.

A route that nothing live watches has the state that its newest capture shows, and says how old it is. Where probes or
polls watch, a capture is one look among theirs, and history once it is older than what SPEC 3 allows an event.
"""

from __future__ import annotations

from statetrace_engine.health.machine import Machine
from statetrace_engine.health.said import by_itself
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model import ids, names
from statetrace_engine.model.captured import Captured, CapturedRoute
from statetrace_engine.model.inventory import Device
from statetrace_engine.model.observation import Fact, Observation, Plane, SubjectKind, Verdict
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.model.signal import InstalledPath, Signal

DEFAULTS = ("0.0.0.0/0", "::/0")
MOST_ROUTES = 200_000
"""Of captures alone: a forged heap of hostnames must not fill the memory."""


class Captures:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._topology = machine.topology
        self.last_id = 0
        """Of the captures that were taken, the one stored last."""

    def take(self, captured: Captured, signal: Signal) -> bool:
        """What one capture of one device shows; whether any of it is watched."""
        self.last_id = max(self.last_id, captured.capture_id)
        host = names.hostname(captured.hostname)
        site = self._site(host, captured.site)
        if host not in self._topology.devices or captured.addresses:
            self._topology.see(Device(hostname=host, site=site, vendor=captured.vendor, addresses=captured.addresses))
        is_about_us = False
        for shown in captured.routes:
            route = self._topology.route_of(host, shown.vrf, shown.prefix) or self._watch(host, shown)
            if route is not None:
                is_about_us = True
                self._tell(route, shown, captured, signal)
        return is_about_us

    def _site(self, host: str, site: str) -> str:
        device = self._topology.devices.get(host)
        return device.device.site if device is not None else site.upper() or names.site_of(host)

    def _watch(self, host: str, shown: CapturedRoute) -> RouteTrack | None:
        """Installed default routes are watched without being asked for; more are not."""
        is_default = shown.prefix in DEFAULTS and any(path.is_active for path in shown.paths)
        if not is_default or len(self._topology.captured) >= MOST_ROUTES:
            return None
        site = self._topology.devices[host].device.site
        said = self._topology.sites.get(site)
        record = RouteRecord(
            route_id=ids.route_id(site, host, shown.vrf, shown.prefix),
            site=site,
            hostname=host,
            vrf=shown.vrf,
            prefix=shown.prefix,
            owner=said.owner if said is not None else "",
            contact=said.contact if said is not None else "",
        )
        return self._machine.watch(record)

    def _tell(self, route: RouteTrack, shown: CapturedRoute, captured: Captured, signal: Signal) -> None:
        state, machine = route.state, self._machine
        at = signal.steady - max(0.0, signal.received_at - captured.captured_at)
        installed = tuple(InstalledPath(p.next_hop, p.interface, p.protocol) for p in shown.paths if p.is_active)
        observation = _observation(route, installed, captured, signal)
        if state.captured and at <= state.captured:
            return  # known already, or overtaken by a newer one
        is_first = not state.captured
        state.captured, state.captured_at = at, captured.captured_at
        machine.assessor.touch(route)
        before = self._topology.version
        self._topology.offer(route, tuple(path for path in shown.paths if not path.is_active))
        if is_first:
            machine.assessor.baselines.learn_at_once(route, installed)
        if installed or shown.is_whole:
            if not route.is_captured and signal.steady - at > machine.policy.clock.history_s:
                machine.observer.join_timeline(route, observation)
            else:
                machine.observer.report_capture(route, installed, observation, at)
        if self._topology.version != before:
            machine.assessor.reassess(route)  # what it may fall back to is known now, or known no longer


def _observation(
    route: RouteTrack, installed: tuple[InstalledPath, ...], captured: Captured, signal: Signal
) -> Observation:
    record = route.record
    fact = Fact(
        plane=Plane.ROUTE,
        kind=SubjectKind.PREFIX,
        name=record.prefix,
        verdict=Verdict.UP if installed else Verdict.DOWN,
        vrf=record.vrf,
        installed=installed,
    )
    return by_itself(record.hostname, fact, signal, captured.captured_at)
