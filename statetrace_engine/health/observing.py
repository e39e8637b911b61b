"""Pure. What devices say: a fact becomes the last word on its subject, and reaches the routes that depend on it.

A repeat changes nothing; what is older than the last word on its subject is history (SPEC 3).
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from statetrace_engine.health import context, evidence, forwarding, shut_ports
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.assessing import Assessor
from statetrace_engine.health.life import Life
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import OutageRecord, SubjectState
from statetrace_engine.health.turns import ROUTES
from statetrace_engine.health.watched import DeviceTrack, RouteTrack, Subject
from statetrace_engine.model import Epoch
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import InstalledPath, Source

_UNTOLD = (Reason.NONE, Reason.OTHER)
_UNTOLD_OF_PORTS = (*_UNTOLD, Reason.CONFIG)
"""NX-OS says `Config change` of a port before it says that it was shut."""
POLL_GROWTH = 2.0
"""A poll that was missed does not stretch the interval that is known by more than this."""


class Observer:
    def __init__(
        self, topology: Topology, policy: Policy, agenda: Agenda, moment: Moment, life: Life, assessor: Assessor
    ) -> None:
        self._topology = topology
        self._policy = policy
        self._agenda = agenda
        self._moment = moment
        self._life = life
        self._assessor = assessor

    def is_repeat(self, hostname: str, fact: Fact, occurred_at: Epoch | None) -> bool:
        """Whether it says again, and no earlier, what is known of a subject by that very name: nothing follows."""
        if fact.vrf != "default" or fact.kind is SubjectKind.PREFIX or fact.plane is Plane.CONTEXT:
            return False
        protocol = "" if fact.kind is SubjectKind.BFD else fact.protocol
        subject = self._topology.subjects.get((hostname, fact.kind, fact.name, protocol))
        if subject is None or not _says_nothing_new(subject.state, fact):
            return False
        if occurred_at is not None:
            if occurred_at < subject.state.occurred_at:
                return False
            subject.state.occurred_at = occurred_at
        return True

    def echo(self, observation: Observation) -> None:
        """A repeat by another channel of the same device decides nothing; it joins the evidence of open outages, once
        a channel."""
        fact = observation.fact
        subject = self._topology.resolve(
            observation.hostname, fact.kind, (fact.name, *fact.peer_names), fact.protocol, fact.vrf
        )
        last = subject.state.observation if subject is not None else None
        if subject is None or last is None or last.source is observation.source:
            return
        for route in subject.routes.values():
            record = self._life.open_of(route) if route.state.outage_id else None
            if record is not None and not _is_told(record, observation):
                self._life.add_evidence(record, observation)
                self._assessor.touch(route)

    def observe(self, observation: Observation) -> bool:
        """One fact of a device; whether it was about anything that is watched."""
        fact = observation.fact
        if fact.kind is SubjectKind.PREFIX:
            return self._observe_prefix(observation)
        if fact.plane is Plane.CONTEXT:
            return self._observe_context(observation)
        subject = self._topology.resolve(
            observation.hostname, fact.kind, (fact.name, *fact.peer_names), fact.protocol, fact.vrf
        )
        if subject is None:
            if shut_ports.is_shut(fact):
                self._note_shut(observation)
            return False
        if _is_old(subject, observation):
            for route in subject.routes.values():
                self.join_timeline(route, observation)
        elif self._takes(subject, observation):
            self._spread(subject, observation)
        return True

    def _takes(self, subject: Subject, observation: Observation) -> bool:
        """Whether it says anything new; a repeat with a reason tells the reason."""
        state, fact = subject.state, observation.fact
        if observation.occurred_at is not None:
            state.occurred_at = observation.occurred_at
        if _says_nothing_new(state, fact):
            return False
        if state.verdict is Verdict.DOWN and fact.verdict is Verdict.IMPAIRED:
            return False
        self._catch_up(subject)
        if state.verdict is None:
            self._topology.spoken[subject.key] = subject
        if state.verdict is not fact.verdict:
            if subject.is_down:
                state.was_down, state.was_down_since = state.observation, state.since
            state.since = observation.steady
        state.verdict, state.observation = fact.verdict, observation
        self._wait_for_restart(subject, observation)
        return True

    def _catch_up(self, subject: Subject) -> None:
        """Routes that still wait with its last word take it in before the next: a loss is counted however short.

        Not where that is a storm of its own: the routes of a large subject see what is left of it in their turn.
        """
        if len(subject.routes) <= ROUTES:
            for route in subject.routes.values():
                if route.state.waiting:
                    self._assessor.reassess(route)

    def _wait_for_restart(self, subject: Subject, observation: Observation) -> None:
        """A neighbour that restarts gracefully has its time; any other word ends it."""
        key, fact = "|".join(subject.key), observation.fact
        if fact.reason is Reason.GRACEFUL_RESTART and fact.verdict is Verdict.IMPAIRED:
            self._agenda.set(Due.RESTART, key, self._moment.now + self._policy.graceful_restart_s)
        else:
            self._agenda.cancel(Due.RESTART, key)

    def restart_expired(self, key: str) -> None:
        """The patience with a graceful restart ended: the session is lost."""
        subject = self._topology.subjects.get(_subject_key(key))
        if subject is None or subject.state.verdict is not Verdict.IMPAIRED or subject.state.observation is None:
            return
        subject.state.verdict, subject.state.since = Verdict.DOWN, self._moment.now
        for route in subject.routes.values():
            self._assessor.reassess_in_turn(route)

    def stir(self, hostname: str) -> None:
        """Something of that device has changed, or may have."""
        self._assessor.stirred.add(hostname)

    def refresh(self, device: DeviceTrack, subjects: Iterable[Subject], turned: Iterable[Subject]) -> None:
        """Polls told of them: its routes that wait for news are looked at, and all of those that polls tell of for the
        first time, now contradict, or no longer do."""
        waiting = {
            ident: route
            for subject in subjects
            for ident, route in subject.routes.items()
            if route.is_listening and route.device is device
        }
        waiting |= {i: route for subject in turned for i, route in subject.routes.items() if route.device is device}
        for route in waiting.values():
            self._assessor.reassess_in_turn(route)

    def _note_shut(self, observation: Observation) -> None:
        """A port that no path names: of open outages of links to its device that is evidence."""
        device = self._topology.devices.get(observation.hostname)
        if device is None or observation.is_history:
            return
        shut_ports.note(device.state, observation)
        for route in shut_ports.routes_beside(device, observation.steady):
            record = self._life.open_of(route)
            if record is not None and observation not in record.evidence:
                self._life.add_evidence(record, observation)
                self._assessor.touch(route)

    def join_silence(self, device: DeviceTrack) -> None:
        """That it answers no polls is evidence of the outages of its routes while it is unreachable."""
        silence = device.state.silence
        if silence is None or not device.state.is_unreachable:
            return
        for route in device.routes.values():
            record = self._life.open_of(route)
            if record is not None and silence not in record.evidence:
                self._life.add_evidence(record, silence)
                self._assessor.touch(route)

    def _spread(self, subject: Subject, observation: Observation) -> None:
        self.stir(observation.hostname)
        last_bad = _last_bad(observation, self._moment.now)
        for route in subject.routes.values():
            self.stir(route.record.hostname)
            if route.record.hostname == observation.hostname:
                route.state.proof_after = max(route.state.proof_after, last_bad)
            self._assessor.hear(route, observation)
        for device in subject.witnesses.values():
            if device.state.is_unreachable:
                for route in device.routes.values():
                    self._assessor.reassess_in_turn(route)

    def join_timeline(self, route: RouteTrack, observation: Observation) -> None:
        """It is history: it joins what is told of an open outage, and decides nothing."""
        record = self._life.open_of(route)
        if record is not None and not any(_is_repeat(observation, known) for known in record.evidence):
            self._life.add_evidence(record, replace(observation, is_history=True))

    def _observe_context(self, observation: Observation) -> bool:
        """It joins the evidence of the device's open outages, and decides nothing."""
        device = self._topology.devices.get(observation.hostname)
        if device is None or not device.routes:
            return False
        if observation.fact.kind is not SubjectKind.DEVICE:
            self.stir(observation.hostname)  # it may be news of any of several: polls tell which
        if context.note(device.state, observation):
            for route in device.routes.values():
                record = self._life.open_of(route) if route.state.outage_id else None
                if record is not None and context.is_about(observation.fact, route):
                    self._life.add_context(record, observation)
        return True

    def _observe_prefix(self, observation: Observation) -> bool:
        fact = observation.fact
        route = self._topology.route_of(observation.hostname, fact.vrf, fact.name)
        if route is None:
            return False
        if observation.is_history:
            self.join_timeline(route, observation)
        else:
            route.state.absent_walks = 0
            self._take_installed(route, fact.installed, observation, self._moment.now)
        return True

    def report_route(
        self, route: RouteTrack, installed: tuple[InstalledPath, ...], observation: Observation, interval_s: float = 0.0
    ) -> None:
        """A poll or table walk: absence needs two complete walks, or one and another plane (SPEC 2).

        Devices are asked as often as agents copy their table, so the same once more may be the same copy, and older
        than what the device has said since; something else is a new one.
        """
        state, now = route.state, self._moment.now
        self._assessor.note(route)
        is_same, state.walked = installed == state.walked, installed
        if interval_s:
            state.poll_interval_s = interval_s
        elif state.polled_at >= 0:
            interval = now - state.polled_at
            state.poll_interval_s = min(interval, POLL_GROWTH * (state.poll_interval_s or interval))
        before = max(state.polled_at - state.poll_interval_s, state.proof_after) if state.polled_at >= 0 else now
        state.polled_at = now
        self._assessor.tell_of(route)
        known = forwarding.with_equals(route, forwarding.as_known(route, installed))
        if is_same and known != state.installed and now - interval_s < max(state.installed_at, state.proof_after):
            return
        self._take_table(route, known, replace(_naming(observation, known), looked=(before, now)), now)

    def report_capture(
        self, route: RouteTrack, installed: tuple[InstalledPath, ...], observation: Observation, at: float
    ) -> None:
        """A captured table, as of `at` (steady): what is newer than it stands, and a single absence loses nothing."""
        state = route.state
        if at < max(state.installed_at, state.proof_after):
            self.join_timeline(route, observation)
            return
        self._assessor.freshness.arm(route)
        known = forwarding.as_known(route, installed)
        self._take_table(route, known, _naming(observation, known), at)

    def _take_table(
        self, route: RouteTrack, installed: tuple[InstalledPath, ...], observation: Observation, at: float
    ) -> None:
        state = route.state
        is_displaced = at == self._moment.now and _is_displaced(route, installed)
        if (not installed and state.installed != ()) or is_displaced:
            state.absent_walks += 1
            if state.absent_walks < 2:
                state.absent = observation.looked
                self._assessor.remember(route, observation)
                self._assessor.reassess(route)
                return
            observation = replace(observation, looked=state.absent)
        state.absent_walks = 0
        self._take_installed(route, installed, observation, at)

    def _take_installed(
        self, route: RouteTrack, installed: tuple[InstalledPath, ...], observation: Observation, at: float
    ) -> None:
        state = route.state
        self._assessor.note(route)
        state.installed_at = at
        is_news = state.is_by_poll or _shown(route, state.installed) != _shown(route, installed)
        state.is_by_poll = observation.source is Source.SNMP and is_news
        if state.installed != installed:
            state.installed = installed
            state.proof_after = at
            self._assessor.remember(route, observation)
            self._assessor.reassess(route)
        elif route.is_listening:
            self._assessor.reassess(route)


def _last_bad(observation: Observation, now: float) -> float:
    """What proves a recovery is newer than the last bad word; of what two polls found to be up, that is the last poll
    that did not."""
    looked = observation.looked
    return now if looked is None or observation.fact.verdict is not Verdict.UP else looked[0]


def _shown(route: RouteTrack, installed: tuple[InstalledPath, ...] | None) -> list[bool]:
    """Which of its primary paths are among these, or whether anything carries where none is known; empty: nothing is
    known."""
    if installed is None:
        return []
    if not route.primaries:
        return [bool(evidence.carrying(installed))]
    return [any(evidence.matches(path, i) for i in installed) for path in route.primaries]


def _is_displaced(route: RouteTrack, installed: tuple[InstalledPath, ...]) -> bool:
    """The first table that is ever seen shows other paths only, and nothing else says that the primary ones are lost:
    an agent's copy may be of a loss that was over before we began."""
    if route.state.installed is not None or not installed or not route.primaries or route.state.is_lost:
        return False
    return not any(evidence.is_primary(route, path) for path in installed)


def _naming(observation: Observation, installed: tuple[InstalledPath, ...]) -> Observation:
    """With the paths as the route names them; its bytes stand in the journal."""
    return replace(observation, fact=replace(observation.fact, installed=installed))


def _says_nothing_new(state: SubjectState, fact: Fact) -> bool:
    """The verdict is known, and a reason of it is known or not told now."""
    last = state.observation
    if state.verdict is not fact.verdict or last is None:
        return False
    vague = _UNTOLD_OF_PORTS if fact.kind is SubjectKind.INTERFACE else _UNTOLD
    is_same = fact.reason is last.fact.reason and last.fact.is_reason_sure
    return not _tells_why(fact, _UNTOLD) or _tells_why(last.fact, vague) or is_same


def _tells_why(fact: Fact, vague: tuple[Reason, ...]) -> bool:
    return fact.is_reason_sure and fact.reason not in vague


def _is_old(subject: Subject, observation: Observation) -> bool:
    occurred = observation.occurred_at
    return observation.is_history or (occurred is not None and occurred < subject.state.occurred_at)


def _is_told(record: OutageRecord, observation: Observation) -> bool:
    fact, source = observation.fact, observation.source
    return any(o.source is source and o.fact.name == fact.name and o.fact.kind is fact.kind for o in record.evidence)


def _is_repeat(observation: Observation, known: Observation) -> bool:
    if not known.is_history or known.fact != observation.fact:
        return False
    return (known.occurred_at or known.received_at) == (observation.occurred_at or observation.received_at)


def _subject_key(text: str) -> tuple[str, SubjectKind, str, str]:
    """`HOST|neighbour|VRF|10.0.0.1|bgp`: the name of a session inside a vrf has a bar of its own."""
    host, kind, rest = text.split("|", 2)
    name, _, protocol = rest.rpartition("|")
    return host, SubjectKind(kind), name, protocol
