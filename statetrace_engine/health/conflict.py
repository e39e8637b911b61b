"""Pure. Conflict (SPEC 2): fresh sources that contradict each other on one plane and subject, by UTC windows of 10 s.

A word is fresh for this when it is newer than the one it contradicts: an `up` that an end said hours before the other
end said `down` was true then. Two probes of one target are always as fresh as each other. A poll that was sampled
later than the last message and says otherwise contradicts it until a second one confirms it or it grows old.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import NamedTuple

from statetrace_engine.health import speaking
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.conflict_rate import FOR_EVER, ConflictRate, SavedRate
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import ClassPolicy, Policy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.watched import PathTrack, ProbeTrack, RouteTrack, Subject
from statetrace_engine.model.anomaly import Own
from statetrace_engine.model.health import HealthState, Overlay
from statetrace_engine.model.observation import Verdict
from statetrace_engine.model.signal import Source

CARD_S = 300.0
"""No conflict stays open so long without a card."""
CARD = "LongConflict"
CLOCK_STEP_S = 1.0
"""A wall clock that jumps further moves the windows; what is less is drift."""


class Said(NamedTuple):
    """A contradiction in words, and until when (steady) it is one if nothing new is heard."""

    text: str = ""
    until: float = inf


_AGREE = Said()


class Conflicts:
    def __init__(self, topology: Topology, policy: Policy, agenda: Agenda, moment: Moment) -> None:
        self._topology = topology
        self._policy = policy.conflict
        self._classes = policy
        self._agenda = agenda
        self._moment = moment
        self._offset = 0.0
        """Of the wall clock, when windows were last looked at."""
        self._disagreeing: dict[str, RouteTrack] = {}
        """Routes with a contradiction in their present window."""
        self.cards: list[Own] = []
        self.rate = ConflictRate(policy.conflict.window_s)

    def update(self, route: RouteTrack, is_blind: bool) -> None:
        """Call it with every evaluation of the route, and at `Due.CONFLICT`; `is_blind`: nobody can see it now."""
        state = route.state
        self._move()
        said = _AGREE if is_blind else self._contradiction(route)
        if not said.text and state.disagrees_since is None and not state.window_at:
            return
        self._end_windows(route)
        now = self._moment.now
        if said.text and state.disagrees_since is None:
            state.disagrees_since = now
        elif not said.text and state.disagrees_since is not None:
            state.disagreed_s += now - state.disagrees_since
            state.disagrees_since = None
        state.disagreement = said.text or state.disagreement
        if self._so_far(route, now) >= self._policy.overlap_s:
            self._raise(route)
        self._tell(route)
        self._plan(route, said.until)

    def count(self, route: RouteTrack, is_blind: bool) -> None:
        """Whether this window counts the route, in the state that it has now."""
        state, rate = route.state, self.rate
        self._move()
        until = -1.0
        if state.state is not HealthState.HEALTHY and not is_blind:
            until = speaking.pair_until(route, self._topology.devices, self._class_of(route))
        if until > self._moment.now:
            state.counted_until = rate.count(state.counted_until, until + self._moment.offset)
        elif state.counted_until >= rate.current:
            state.counted_until = rate.cease(state.counted_until, self._moment.now_at)

    def miss(self, seconds: float) -> None:
        """Nobody watches from now for so long: no window in between is counted, and nothing contradicts meanwhile."""
        now, after = self._moment.now, self._moment.now + seconds
        self._move()
        for route in list(self._disagreeing.values()):
            state = route.state
            self._end_windows(route)
            if state.disagrees_since is not None:
                state.disagreed_s += now - state.disagrees_since
                state.disagrees_since = after
            begins_at = self.rate.begins_at(self.rate.window_of(after + self._moment.offset))
            if state.window_at < begins_at:
                self._end_window(route, state.disagreed_s, has_more=False)
                state.window_at, state.disagreed_s = begins_at, 0.0
            self._agenda.set(Due.CONFLICT, route.record.route_id, after)
        self.rate.skip_to(after + self._moment.offset)

    def restore(self, saved: SavedRate, offset: float) -> None:
        """After the states of routes were given back; `offset` of the wall clock then."""
        self._offset = offset
        routes = self._topology.routes
        if saved.width_s != self.rate.width_s:  # its windows were others
            saved = SavedRate(days=saved.days)
            for route in routes.values():
                route.state.counted_until = 0
        self.rate.restore(saved, (route.state.counted_until for route in routes.values()))
        self._disagreeing = {ident: route for ident, route in routes.items() if route.state.window_at}

    def _move(self) -> None:
        moment = self._moment
        if abs(moment.offset - self._offset) > CLOCK_STEP_S:
            self._step()
        self._offset = moment.offset
        self.rate.move(moment.now_at)

    def _step(self) -> None:
        """The wall clock jumped: the present windows go on where it stands now."""
        window = self.rate.window_of(self._moment.now_at)
        moved, lowest = window - self.rate.current, self.rate.current
        for route in self._topology.routes.values():
            state = route.state
            if lowest <= state.counted_until < FOR_EVER:
                state.counted_until += moved
            elif state.counted_until < lowest:
                state.counted_until = 0
        for route in self._disagreeing.values():
            route.state.window_at = self.rate.begins_at(window)
        saved = SavedRate(self.rate.width_s, window, self.rate.days)
        self.rate.restore(saved, (route.state.counted_until for route in self._topology.routes.values()))

    def _class_of(self, route: RouteTrack) -> ClassPolicy:
        return self._classes.of(route.record.route_class)

    # What contradicts -------------------------------------------------------------------------------------------------

    def _contradiction(self, route: RouteTrack) -> Said:
        for path in route.primaries:
            if path.remote and (text := self._ends(path)):
                return Said(text)
            if (said := self._polls(route, path)).text:
                return said
            if (text := _split(path.probes)) or (text := self._unconfirmed(route, path.probes)):
                return Said(text)
        return Said(_split(route.destinations))

    def _ends(self, path: PathTrack) -> str:
        for own in (*path.interfaces, *path.members, *path.adjacencies):
            other = next((s for s in path.remote if _contradict(own, s) and self._is_heard(s)), None)
            if other is not None:
                return f"{own.key[0]} and {other.key[0]} disagree on {own.key[3] or 'link'} {own.key[2]}"
        return ""

    def _is_heard(self, subject: Subject) -> bool:
        device = self._topology.devices.get(subject.key[0])
        return device is None or not device.state.is_unreachable

    def _polls(self, route: RouteTrack, path: PathTrack) -> Said:
        """Polls of a device against its own messages."""
        for subject in (*path.interfaces, *path.members, *path.adjacencies, *path.bfd):
            state = subject.state
            if state.polled is None or not is_contradicted(subject):
                continue
            until = state.polled_at + speaking.limit_s(state.poll_interval_s, self._class_of(route))
            if self._moment.now < until:
                words = f"{subject.key[0]}: its messages and its polls disagree on {subject.key[3] or 'link'}"
                return Said(f"{words} {subject.key[2]}", until)
        return _AGREE

    def _unconfirmed(self, route: RouteTrack, probes: Iterable[ProbeTrack]) -> str:
        """Control up and data down for long, and no blackhole confirmed."""
        if route.state.is_failed:
            return ""
        for probe in probes:
            state = probe.state
            is_known = probe.probe.is_silent or probe.probe.probe_id in route.state.silent_targets
            if state.verdict is Verdict.DOWN and not is_known:
                since = state.since + self._policy.split_s
                if self._moment.now >= since:
                    return f"{probe.probe.target} does not answer while its sessions are up"
                self._agenda.set(Due.CONFLICT, route.record.route_id, since)
        return ""

    # Windows ----------------------------------------------------------------------------------------------------------

    def _end_windows(self, route: RouteTrack) -> None:
        """Ends the windows that have passed; the overlay ends with the first that does not conflict."""
        state, rate, offset = route.state, self.rate, self._moment.offset
        current = rate.begins_at(rate.window_of(self._moment.now_at))
        if state.window_at == current:
            return
        if state.window_at and current > state.window_at:
            end = state.window_at + rate.width_s
            self._end_window(route, self._so_far(route, end - offset), has_more=current > end)
            if state.disagrees_since is not None:
                for passed in range(rate.window_of(end + rate.width_s / 2), rate.window_of(current + rate.width_s / 2)):
                    rate.conflict(passed, passed <= state.counted_until)
        if state.disagrees_since is not None:
            state.disagrees_since = max(state.disagrees_since, current - offset)
        state.window_at, state.disagreed_s = current, 0.0

    def _end_window(self, route: RouteTrack, disagreed_s: float, *, has_more: bool) -> None:
        """`has_more`: whole windows have passed since."""
        state, window = route.state, self.rate.window_of(route.state.window_at + self.rate.width_s / 2)
        is_over = disagreed_s >= self._policy.overlap_s
        if is_over:
            self.rate.conflict(window, window <= state.counted_until)
        if not is_over or (has_more and state.disagrees_since is None):
            self._lower(route)

    def _so_far(self, route: RouteTrack, until: float) -> float:
        state = route.state
        running = 0.0 if state.disagrees_since is None else max(until - state.disagrees_since, 0.0)
        return state.disagreed_s + running + 1e-6  # a deadline that fires on the moment is not a hair too early

    def _raise(self, route: RouteTrack) -> None:
        state = route.state
        if state.conflicting_since is None:
            state.conflicting_since = self._moment.now
            state.overlays |= int(Overlay.CONFLICTING)

    def _lower(self, route: RouteTrack) -> None:
        state = route.state
        state.conflicting_since = None
        state.overlays &= ~int(Overlay.CONFLICTING)
        if state.has_conflict_card:
            state.has_conflict_card = False
            self.cards.append(self.card(route, False))

    def _tell(self, route: RouteTrack) -> None:
        state = route.state
        since = state.conflicting_since
        if since is not None and not state.has_conflict_card and self._moment.now >= since + CARD_S:
            state.has_conflict_card = True
            self.cards.append(self.card(route, True))

    def card(self, route: RouteTrack, is_open: bool) -> Own:
        record = route.record
        return Own(
            rule=CARD,
            subject=" ".join((record.hostname, record.prefix, *([record.vrf] if record.vrf != "default" else []))),
            hostname=record.hostname,
            text=route.state.disagreement,
            at=self._moment.now_at,
            is_open=is_open,
            route_id=record.route_id,
        )

    def _plan(self, route: RouteTrack, until: float) -> None:
        """The next moment at which something changes by itself; none when all is calm."""
        state, ident = route.state, route.record.route_id
        if state.disagrees_since is None and state.conflicting_since is None and not state.disagreed_s:
            state.window_at = 0.0
            self._disagreeing.pop(ident, None)
            if self._agenda.at(Due.CONFLICT, ident) is not None and not state.is_failed:
                return
            self._agenda.cancel(Due.CONFLICT, ident)
            return
        self._disagreeing[ident] = route
        at = min(state.window_at + self.rate.width_s - self._moment.offset, until)
        if state.conflicting_since is None and state.disagrees_since is not None:
            full = state.disagrees_since + self._policy.overlap_s - state.disagreed_s
            at = min(at, full)
        elif state.conflicting_since is not None and not state.has_conflict_card:
            card = state.conflicting_since + CARD_S
            at = min(at, card) if card > self._moment.now else at
        self._agenda.set(Due.CONFLICT, ident, at)


def _contradict(own: Subject, other: Subject) -> bool:
    if own.key[1] is not other.key[1] or own.key[3] != other.key[3]:
        return False
    said = {own.state.verdict: own.state.since, other.state.verdict: other.state.since}
    if Verdict.DOWN not in said or Verdict.UP not in said:
        return False
    return said[Verdict.UP] > said[Verdict.DOWN]


def is_contradicted(subject: Subject) -> bool:
    """Its last word is a message, no poll confirms it, and the last poll says otherwise."""
    state, last = subject.state, subject.state.observation
    if state.polled is None or last is None or last.source is Source.SNMP or last.steady > state.polled.steady:
        return False
    return {state.verdict, state.polled.fact.verdict} == {Verdict.UP, Verdict.DOWN}


def _split(probes: tuple[ProbeTrack, ...]) -> str:
    """Two probes of one kind of target say the opposite."""
    if len(probes) < 2:
        return ""
    speaking = [p for p in probes if p.state.has_answered and not p.probe.is_silent]
    down = next((p for p in speaking if p.state.verdict is Verdict.DOWN), None)
    up = next((p for p in speaking if p.state.verdict is Verdict.UP and p.state.suspect_since is None), None)
    return f"{down.probe.probe_id} is silent and {up.probe.probe_id} answers" if down and up else ""
