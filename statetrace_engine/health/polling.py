"""Pure. What polls of a device say: two in a row make a verdict, or one with which another plane of its path agrees.

A poll shows a moment of the agent's cache: what was said of a subject since that moment stands, and two polls of one
moment are one (SPEC 2, debounce). A poll that confirms what is known keeps its routes fresh, and opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec.structs import replace

from statetrace_engine.health import conflict
from statetrace_engine.health.observing import Observer
from statetrace_engine.health.said import by_itself
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import DeviceState, SubjectState
from statetrace_engine.health.watched import DeviceTrack, PathTrack, Subject
from statetrace_engine.model import names
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import Polled, PolledInterface, PolledSession, Signal
from statetrace_engine.model.uptime import WRAPS_AT, could_begin_within, is_late

IN_A_ROW = 2
"""Polls that confirm a verdict (SPEC 2)."""
_WRAP_S = WRAPS_AT / 100
"""sysUpTime counts hundredths of a second in 32 bits: 497 days (RFC 3418)."""
_WRAP_MARGIN_S = 3600.0
"""A counter that stood so near its end may have gone over it since the last poll."""
_ONE_MOMENT_S = 0.05
"""The agent looked again when its cache ended, by a clock that is not ours."""
_ROUTES = 200
"""Of a subject with very many routes the first say which paths it is a part of."""

_MUTE = Fact(
    plane=Plane.DATA, kind=SubjectKind.DEVICE, name="SNMP", verdict=Verdict.DOWN, detail="does not answer any more"
)


class Polls:
    def __init__(self, topology: Topology, observer: Observer) -> None:
        self._topology = topology
        self._observer = observer

    def take(self, device: DeviceTrack, polled: Polled, signal: Signal) -> bool:
        """One answered poll; whether the device has restarted since the last one."""
        state = device.state
        polled_before, state.polled_at = state.polled_at, signal.steady
        state.silent_since, state.silent_polls, state.silence = None, 0, None
        has_restarted = _has_restarted(state, polled.uptime_s, signal.steady)
        if polled.uptime_s is not None and polled.uptime_s != state.uptime_s:
            state.uptime_s, state.uptime_at = polled.uptime_s, signal.steady
        if has_restarted:
            state.forget_interfaces()
        self._learn_names(device, polled.interfaces)
        found = list(self.known(device, polled, signal))
        doubted = {subject.key for subject, _ in found if conflict.is_contradicted(subject)}
        first = [subject for subject, _ in found if subject.state.polled_at < 0]
        for subject, observation in found:
            # What a quiet subject was asked last, a restart forgets; when its device was, it does not.
            before = (subject.state.polled_at if subject.state.polled_at >= 0 else polled_before) - polled.cache_s
            subject.state.polled_at, subject.state.poll_interval_s = signal.steady, polled.interval_s
            self._weigh(subject, observation, signal.steady - polled.cache_s, before)
            if subject.state.polled is not None or _is_watched_by_polls(subject):
                self._topology.spoken[subject.key] = subject
        for subject, _ in found:
            self._decide(device, subject)
        turned = [subject for subject, _ in found if conflict.is_contradicted(subject) is not (subject.key in doubted)]
        self._observer.refresh(device, [subject for subject, _ in found], [*first, *turned])
        return has_restarted

    def unanswered(self, device: DeviceTrack, signal: Signal) -> None:
        """It did not answer although asked again: silence, of a device that has ever answered."""
        state = device.state
        if state.polled_at < 0:
            return
        if state.silent_since is None or state.last_heard > state.silent_since:
            state.silent_since, state.silent_polls = signal.steady, 0
            state.silence = by_itself(device.device.hostname, _MUTE, signal)
        state.silent_polls += 1

    def _learn_names(self, device: DeviceTrack, interfaces: tuple[PolledInterface, ...]) -> None:
        state, host = device.state, device.device.hostname
        for interface in interfaces:
            name = names.interface(interface.name, device.device.vendor)
            if (host, SubjectKind.INTERFACE, name, "") in self._topology.subjects:
                state.interfaces[interface.index] = name
            else:
                state.interfaces.pop(interface.index, None)
        state.are_interfaces_known |= bool(interfaces)

    def known(self, device: DeviceTrack, polled: Polled, signal: Signal) -> Iterator[tuple[Subject, Observation]]:
        """What it says of subjects that matter."""
        for fact in _facts(device, polled):
            subject = self._topology.resolve(
                device.device.hostname, fact.kind, (fact.name, *fact.peer_names), fact.protocol, fact.vrf
            )
            if subject is not None:
                yield subject, by_itself(device.device.hostname, fact, signal)

    def _weigh(self, subject: Subject, observation: Observation, sampled: float, sampled_before: float) -> None:
        """Counts what says otherwise than the last word on its subject, and later."""
        state, last = subject.state, subject.state.observation
        if _agrees(state, observation.fact):
            state.polled, state.polled_against = None, 0
            if state.verdict is Verdict.DOWN:
                self._observer.echo(observation)
        elif last is None or last.steady < sampled:
            before = state.polled
            if before is not None and (before.fact.verdict is not observation.fact.verdict or _is_past(before, last)):
                before, state.polled_against = None, 0
            if before is None or before.steady - _ONE_MOMENT_S <= sampled:
                looked = before.looked if before is not None else _looked(last, sampled_before, observation.steady)
                state.polled, state.polled_against = replace(observation, looked=looked), state.polled_against + 1

    def _decide(self, device: DeviceTrack, subject: Subject) -> None:
        """Confirms what was polled often enough, or is agreed with; else the device should be asked again soon."""
        state = subject.state
        if state.polled is None:
            return
        partners = self._partners(device, subject) if state.polled.fact.verdict is Verdict.DOWN else None
        if partners is None and state.polled_against < IN_A_ROW:
            self._observer.stir(device.device.hostname)
            return
        for confirmed in (*(partners or ()), subject):
            observation = confirmed.state.polled
            confirmed.state.polled, confirmed.state.polled_against = None, 0
            if observation is not None:
                self._observer.observe(observation)

    def _partners(self, device: DeviceTrack, subject: Subject) -> list[Subject] | None:
        """Subjects of its path that only polls call down so far, when anything of another plane there is down; else
        None."""
        is_agreed, partners = False, []
        for path in _paths(device, subject):
            is_agreed |= any(probe.state.verdict is Verdict.DOWN for probe in path.probes)
            for other in (*path.interfaces, *path.members, *path.adjacencies, *path.bfd):
                if other.key[1] is subject.key[1]:
                    continue
                if other.is_down:
                    is_agreed = True
                elif _is_polled_down(other.state):
                    is_agreed = True
                    partners.append(other)
            if is_agreed:
                return partners
        return None


def _is_watched_by_polls(subject: Subject) -> bool:
    """By nothing else: then its state is more than what the next poll tells anyway."""
    first = next(iter(subject.routes.values()), None)
    return first is not None and next(first.probes(), None) is None


def _paths(device: DeviceTrack, subject: Subject) -> Iterator[PathTrack]:
    """Those of the device's own routes that it is a part of."""
    for route in islice(subject.routes.values(), _ROUTES):
        if route.device is device:
            for path in (*route.primaries, *route.secondaries):
                if subject in path.interfaces or subject in path.members or subject in path.adjacencies:
                    yield path


def _is_polled_down(state: SubjectState) -> bool:
    polled = state.polled
    return polled is not None and polled.fact.verdict is Verdict.DOWN and not _is_past(polled, state.observation)


def _looked(last: Observation | None, before: float, now: float) -> tuple[float, float]:
    """Between the last poll, or a later word, and this one it has changed; one without anything before began now."""
    known = max(before, last.steady if last is not None else -1.0)
    return (known if known >= 0 else now, now)


def _is_past(polled: Observation, last: Observation | None) -> bool:
    """Something was said since."""
    return last is not None and last.steady > polled.steady


def _agrees(state: SubjectState, fact: Fact) -> bool:
    """A session that restarts gracefully is not established meanwhile: that it is down says nothing new."""
    if state.verdict is Verdict.IMPAIRED and fact.verdict is Verdict.DOWN and fact.reason is Reason.NONE:
        return True
    return (state.verdict or Verdict.UP) is fact.verdict


def _has_restarted(state: DeviceState, uptime_s: float | None, now: float) -> bool:
    """Less uptime than before; or less than it should have by now, after a silence longer than the restart took."""
    before = state.uptime_s
    if uptime_s is None or before is None or uptime_s == before:  # one round tells it twice
        return False
    elapsed_s = max(now - state.uptime_at, 0.0)
    expected_s = before + elapsed_s
    if expected_s > _WRAP_S - _WRAP_MARGIN_S and abs(expected_s - _WRAP_S - uptime_s) <= _WRAP_MARGIN_S:
        return False
    is_less = uptime_s < before or is_late(expected_s - uptime_s, elapsed_s)
    return is_less and could_begin_within(uptime_s, elapsed_s)


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
