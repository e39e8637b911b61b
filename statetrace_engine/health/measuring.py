"""Pure. What probes see: path probes reach their routes, control probes say whether path probes count.

A lost burst that is not known to count is held until the device's own control probe has answered for its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from statetrace_engine.health import probing
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.assessing import Assessor
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import ProbePolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.watched import DeviceTrack, ProbeTrack, RouteTrack
from statetrace_engine.health.watcher import Finding, Found, Watcher, summarise
from statetrace_engine.model.inventory import ProbeKind, ProbeTests
from statetrace_engine.model.observation import Fact, Observation, Plane, SubjectKind, Verdict
from statetrace_engine.model.signal import ProbeResult, Signal, Source

SOURCES = {
    ProbeKind.ICMP: Source.PROBE_ICMP,
    ProbeKind.TCP: Source.PROBE_TCP,
    ProbeKind.STAMP: Source.PROBE_STAMP,
}


_NEVER = 0.0
"""Since then: all that was counted."""


class Measurer:
    def __init__(
        self,
        topology: Topology,
        policy: ProbePolicy,
        agenda: Agenda,
        moment: Moment,
        watcher: Watcher,
        assessor: Assessor,
    ) -> None:
        self._topology = topology
        self._policy = policy
        self._agenda = agenda
        self._moment = moment
        self._watcher = watcher
        self._assessor = assessor
        self._held: dict[str, ProbeTrack] = {}
        self.answered: dict[str, tuple[float, int, int]] = {}
        """Every probe that has answered: when it last did, how many times in a row (2: or more), and the signal."""
        self.slow_ms: dict[str, float] = {}
        """What is slow for each probe that has been asked long enough."""
        self.odd: dict[str, ProbeTrack] = {}
        """Those that may not plainly answer, or lost or were slow of late: a checkpoint looks at no others."""
        self.found: list[Found] = []
        """Devices gone and back, isolation begun and ended: since the last look."""

    def restore(self) -> None:
        """After the states of probes and devices were given back."""
        self._held = {i: p for i, p in self._topology.probes.items() if probing.is_held(p.state)}
        self.odd = dict(self._topology.probes)
        for track in self.odd.values():
            if track.state.has_answered:
                self.note_answer(track)
        self._watcher.restore(self._topology.devices.values(), self._moment.now)

    # Path probes --------------------------------------------------------------------------------------------------

    def report(self, result: ProbeResult, signal: Signal) -> None:
        track = self._topology.probes.get(result.probe_id)
        if track is None:
            return
        was, was_silent = track.state.verdict, track.state.is_silent_target
        is_control = track.device is None or track.probe.tests is ProbeTests.CONTROL
        is_blind = not is_control and self._watcher.is_doubtful(track.device)
        if not is_control and not is_blind and result.received < result.sent:
            is_blind = probing.is_deaf(track)
        probing.take(track, result, self._moment.now, self._policy, is_blind, signal.seq)
        if result.error:
            return
        if result.received:
            self.note_answer(track)
        if result.received < result.sent or result.rtt_ms > track.window.known_limit_ms:
            self.odd[result.probe_id] = track
        if is_control:
            track.state.verdict = probing.decide(track, True, self._policy)
            if track.state.verdict is not was and was is not None:
                track.state.since = self._moment.now
            self._control(track)
            return
        if was_silent and result.received:
            self._assessor.answers_again(track)
        self._decide(track, was, signal.seq)

    def note_answer(self, track: ProbeTrack) -> None:
        """What a checkpoint says of a probe that answers."""
        ident, state, limit_ms = track.probe.probe_id, track.state, track.window.known_limit_ms
        self.answered[ident] = (state.last_good, 2 if state.goods_in_a_row > 2 else state.goods_in_a_row, state.seq)
        if limit_ms < inf:
            self.slow_ms[ident] = limit_ms

    def _decide(self, track: ProbeTrack, was: Verdict | None, seq: int) -> None:
        state = track.state
        verdict = probing.decide(track, self._may_count(track), self._policy)
        # What was lost before anybody knew that it may be us still stands in the window, and what is lost now does not:
        # an impairment neither begins nor ends.
        is_kept = self._watcher.is_blind and Verdict.IMPAIRED in (was, verdict)
        state.verdict = was if is_kept else verdict
        ident = track.probe.probe_id
        if probing.is_held(state):
            self._held[ident] = track
        elif self._held:
            self._held.pop(ident, None)
        if self._is_seeing(track):
            state.last_sample = self._moment.now
        if state.verdict is not was:
            self._changed(track, seq)
        elif track.listeners:
            for route in list(track.listeners.values()):
                self._assessor.heed(route, track)

    def _may_count(self, track: ProbeTrack) -> bool:
        """Whether a lost burst counts: only while the device itself answers and we are not cut off."""
        state, device = track.state, track.device
        if state.lost_burst is None or state.verdict is Verdict.DOWN:
            return True
        if self._watcher.is_blind or probing.is_deaf(track):
            return False
        if probing.was_deaf(track):
            probing.void(track, self._moment.now, state.lost_burst[0])
            return False
        is_good = probing.control_is_good(device, state.lost_burst[0], self._moment.now, self._policy)
        if is_good is None and device is not None:
            known_at = probing.known_at(device, state.lost_burst[0], self._policy)
            if known_at > self._moment.now:  # else the control probe is being asked already: its own burst decides
                self._agenda.set(Due.CONTROL, track.probe.probe_id, known_at)
        return bool(is_good)

    def control_due(self, ident: str) -> None:
        """The control probe has had its time to speak for a held burst."""
        track = self._held.get(ident)
        if track is not None:
            self._decide(track, track.state.verdict, track.state.seq)

    def _is_seeing(self, track: ProbeTrack) -> bool:
        """A report is knowledge of the path only while the device itself answers."""
        if track.state.suspect_since is None:
            return True
        device = track.device
        is_blind = device is not None and device.state.control is Verdict.DOWN
        return not is_blind and not self._watcher.is_isolated

    def _changed(self, track: ProbeTrack, seq: int) -> None:
        state, probe, now = track.state, track.probe, self._moment.now
        state.since = now
        self._assessor.stirred.add(probe.hostname)
        observation = state.observation = Observation(
            hostname=probe.hostname,
            fact=Fact(
                plane=Plane.DATA,
                kind=SubjectKind.PROBE,
                name=probe.next_hop or probe.prefix or probe.target,
                verdict=state.verdict or Verdict.UP,
                protocol=probe.tests.value,
                vrf=probe.vrf,
                detail=probing.words(track, self._policy),
            ),
            witness="prober",
            source=SOURCES[probe.kind],
            seq=seq,
            steady=now,
            received_at=self._moment.now_at,
        )
        for route in list(track.routes.values()):
            self._assessor.hear(route, observation)

    # Control probes -----------------------------------------------------------------------------------------------

    def _control(self, track: ProbeTrack) -> None:
        device = track.device
        if device is None:
            self.look_around()
            for waiting in list(self._watcher.undecided.values()):
                self.look_at(waiting)
            return
        if summarise(device, self._moment.now):
            self._watcher.note(device, self._moment.now)
            self.look_around()
            self.look_at(device)
        elif self._watcher.is_isolated:
            self.look_around()
        if self._held:
            for probe in device.probes:
                if probe.probe.probe_id in self._held:
                    self._decide(probe, probe.state.verdict, probe.state.seq)

    def look_around(self) -> None:
        """Whether it is we who are cut off, or may be; asks again when doubt has had its time."""
        for item in self._watcher.evaluate(self._moment.now):
            if item.finding is Finding.TRUSTED:
                self._trust_again()
            elif item.finding is not Finding.DOUBTED:
                self.found.append(item)
                is_over = item.finding is Finding.CONNECTED
                if is_over:
                    self._see_again()
                self._agenda.set(Due.SWEEP, "connected 0" if is_over else "isolated 0", self._moment.now)
        if self._watcher.doubted_until is not None:
            self._agenda.set(Due.WATCH, "", self._watcher.doubted_until)

    def look_at(self, device: DeviceTrack) -> None:
        """Whether it is unreachable or back; asks again when only time can tell."""
        self._take(self._watcher.check(device, self._moment.now))
        at = self._watcher.next_check(device, self._moment.now)
        if at is not None:
            self._agenda.set(Due.WATCH, device.device.hostname, at)

    def told(self, device: DeviceTrack, source: Source, is_held_back: bool = False) -> None:
        """A device said something without being asked, whatever it was; what another held back tells of no life now."""
        device.state.told[source] = self._moment.now
        if not is_held_back:
            self.heard(device)

    def heard(self, device: DeviceTrack) -> None:
        """A device said something, if only an answer."""
        device.state.last_heard = self._moment.now
        if device.state.is_unreachable:
            found = self._watcher.heard(device, self._moment.now)
            self._take(found)
            if found:
                self.look_at(device)

    def _take(self, found: Iterable[Found]) -> None:
        for item in found:
            self.found.append(item)
            if item.device is None:
                continue
            is_back = item.finding is Finding.REACHABLE
            if is_back:
                self.void(item.device.probes, _NEVER)
            for route in item.device.routes.values():
                if is_back:
                    route.state.proof_after = max(route.state.proof_after, self._moment.now)
                self._assessor.reassess_in_turn(route)

    # Gaps ---------------------------------------------------------------------------------------------------------

    def _trust_again(self) -> None:
        """For a moment it may have been us: what was lost then does not count, and who is still silent is."""
        self.void(self._topology.probes.values(), self._watcher.doubted_since - self._watcher.window_s)
        for device in list(self._watcher.undecided.values()):
            self.look_at(device)

    def _see_again(self) -> None:
        """We are no longer cut off: what was half decided starts anew."""
        now, since = self._moment.now, self._watcher.isolated_since - self._watcher.window_s
        self.void(self._topology.probes.values(), since)
        for device in list(self._watcher.undecided.values()):
            for control in device.controls:
                if control.state.verdict is Verdict.DOWN:
                    control.state.verdict, control.state.suspect_since = Verdict.UP, now
                    probing.void(control, now, since)
            state = device.state
            state.control, state.suspect_since, state.lost_at = Verdict.UP, now, None
            self._watcher.note(device, now)

    def seen(self, route: RouteTrack) -> None:
        """Its blindness is over and was ours: its sources have their full time to speak."""
        if route.device.state.is_unreachable:
            return
        now, limit = self._moment.now, self._assessor.freshness.limit(route)
        for probe in route.probes():
            probe.state.last_sample = now
            # Its time starts anew, but what it said so long ago proves nothing. Not by its last sample, which another
            # of its routes may have renewed just now.
            if limit is not None and now - probe.state.last_good >= limit:
                probe.state.goods_in_a_row = 0
                self.odd[probe.probe.probe_id] = probe

    def void(self, probes: Iterable[ProbeTrack], since: float) -> None:
        """What was in flight or undecided while nobody could know, `since` then, does not count."""
        for track in probes:
            probing.void(track, self._moment.now, since)
            self._held.pop(track.probe.probe_id, None)

    def gap(self, seconds: float) -> None:
        """This machine stood still for so long until now."""
        self.void(self._topology.probes.values(), self._moment.now - seconds)
