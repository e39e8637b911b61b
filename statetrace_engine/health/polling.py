"""Pure. What polls of a device say: two in a row make a verdict, or one that two planes of the same device agree on.

A poll shows a moment of the agent's cache: what was said of a subject since that moment stands (SPEC 2, debounce).
"""

from __future__ import annotations

from collections.abc import Iterator

from statetrace_engine.health.observing import Observer
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.health.watched import DeviceTrack, Subject
from statetrace_engine.model import names
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import Polled, PolledInterface, PolledSession, Signal

IN_A_ROW = 2
"""Polls that confirm a verdict (SPEC 2)."""
_WRAP_S = 2.0**32 / 100
"""sysUpTime counts hundredths of a second in 32 bits: 497 days (RFC 3418)."""
_WRAP_MARGIN_S = 3600.0
"""A counter that stood so near its end may have gone over it since the last poll."""


class Polls:
    def __init__(self, topology: Topology, observer: Observer) -> None:
        self._topology = topology
        self._observer = observer

    def take(self, device: DeviceTrack, polled: Polled, signal: Signal) -> bool:
        """One answered poll; whether the device has restarted since the last one."""
        state = device.state
        has_restarted = _has_restarted(state, polled.uptime_s)
        if polled.uptime_s is not None:
            state.uptime_s = polled.uptime_s
        if has_restarted:
            state.interfaces, state.are_interfaces_known = {}, False
        self._learn_names(device, polled.interfaces)
        others = list(self._that_differ(device, polled, signal.steady - polled.cache_s))
        planes = {fact.plane for _, fact in others if fact.verdict is Verdict.DOWN}
        for subject, fact in others:
            subject.state.polled_against += 1
            is_agreed = fact.verdict is Verdict.DOWN and len(planes) > 1
            if is_agreed or subject.state.polled_against >= IN_A_ROW:
                subject.state.polled_against = 0
                self._observer.observe(_observation(device, fact, signal))
        return has_restarted

    def _learn_names(self, device: DeviceTrack, interfaces: tuple[PolledInterface, ...]) -> None:
        state, host = device.state, device.device.hostname
        for interface in interfaces:
            name = names.interface(interface.name, device.device.vendor)
            if (host, SubjectKind.INTERFACE, name, "") in self._topology.subjects:
                state.interfaces[interface.index] = name
            else:
                state.interfaces.pop(interface.index, None)
        state.are_interfaces_known |= bool(interfaces)

    def _that_differ(self, device: DeviceTrack, polled: Polled, sampled: float) -> Iterator[tuple[Subject, Fact]]:
        """What says otherwise than the last word on its subject, and later."""
        for fact in _facts(device, polled):
            subject = self._topology.resolve(
                device.device.hostname, fact.kind, (fact.name, *fact.peer_names), fact.protocol, fact.vrf
            )
            if subject is None:
                continue
            last = subject.state.observation
            if (subject.state.verdict or Verdict.UP) is fact.verdict:
                subject.state.polled_against = 0
            elif last is None or last.steady < sampled:
                yield subject, fact


def _has_restarted(state: DeviceState, uptime_s: float | None) -> bool:
    before = state.uptime_s
    if uptime_s is None or before is None or uptime_s >= before:
        return False
    return before < _WRAP_S - _WRAP_MARGIN_S


def _facts(device: DeviceTrack, polled: Polled) -> Iterator[Fact]:
    for interface in polled.interfaces:
        fact = _of_interface(interface, device.device.vendor)
        if fact is not None:
            yield fact
    yield from map(_of_session, polled.sessions)


def _of_interface(interface: PolledInterface, vendor: str) -> Fact | None:
    if interface.oper_up is None and interface.admin_up is not False:
        return None
    is_up = bool(interface.oper_up) and interface.admin_up is not False
    return Fact(
        plane=Plane.LINK,
        kind=SubjectKind.INTERFACE,
        name=names.interface(interface.name, vendor),
        verdict=Verdict.UP if is_up else Verdict.DOWN,
        reason=Reason.ADMIN if interface.admin_up is False else Reason.NONE,
        detail="administratively down" if interface.admin_up is False else "",
    )


def _of_session(session: PolledSession) -> Fact:
    reason = Reason.ADMIN if session.is_admin_down and not session.is_up else Reason.NONE
    return Fact(
        plane=Plane.SESSION,
        kind=SubjectKind.NEIGHBOUR,
        name=session.neighbour,
        verdict=Verdict.UP if session.is_up else Verdict.DOWN,
        protocol=session.protocol,
        reason=reason,
        detail="" if session.is_up else session.state,
        peer_names=(session.router_id,) if session.router_id else (),
    )


def _observation(device: DeviceTrack, fact: Fact, signal: Signal) -> Observation:
    host = device.device.hostname
    return Observation(
        hostname=host,
        fact=fact,
        witness=host,
        source=signal.source,
        seq=signal.seq,
        steady=signal.steady,
        received_at=signal.received_at,
    )
