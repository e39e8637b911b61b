"""Pure. Conflict (SPEC 2): fresh sources that contradict each other on one plane and subject, by UTC windows of 10 s.

A word is fresh for this when it is newer than the one it contradicts: an `up` that an end said hours before the other
end said `down` was true then. Two probes of one target are always as fresh as each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import floor

from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import ConflictPolicy
from statetrace_engine.health.watched import ProbeTrack, RouteTrack, Subject
from statetrace_engine.model.change import Card
from statetrace_engine.model.health import Overlay
from statetrace_engine.model.observation import Verdict

CARD_S = 300.0
"""No conflict stays open so long without a card."""
CARD = "conflict"


class Conflicts:
    def __init__(self, policy: ConflictPolicy, agenda: Agenda, moment: Moment) -> None:
        self._policy = policy
        self._agenda = agenda
        self._moment = moment
        self.cards: list[Card] = []
        self.windows = 0
        """Conflicting windows so far."""

    def update(self, route: RouteTrack) -> None:
        """Call it with every evaluation of the route, and at `Due.CONFLICT`."""
        state = route.state
        said = "" if route.device.state.is_unreachable else self._contradiction(route)
        if not said and state.disagrees_since is None and not state.window_at:
            return
        self._close_windows(route)
        now = self._moment.now
        if said and state.disagrees_since is None:
            state.disagrees_since = now
        elif not said and state.disagrees_since is not None:
            state.disagreed_s += now - state.disagrees_since
            state.disagrees_since = None
        state.disagreement = said or state.disagreement
        if self._so_far(route, now) >= self._policy.overlap_s:
            self._raise(route)
        self._tell(route)
        self._plan(route)

    def _contradiction(self, route: RouteTrack) -> str:
        for path in route.primaries:
            for own in (*path.interfaces, *path.members, *path.adjacencies) if path.remote else ():
                other = next((s for s in path.remote if _contradict(own, s)), None)
                if other is not None:
                    return f"{own.key[0]} and {other.key[0]} disagree on {own.key[3] or 'link'} {own.key[2]}"
            if (text := _split(path.probes)) or (text := self._unconfirmed(route, path.probes)):
                return text
        return _split(route.destinations)

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

    def _close_windows(self, route: RouteTrack) -> None:
        """Ends the windows that have passed; the overlay ends with the first that does not conflict."""
        state, width, now_at = route.state, self._policy.window_s, self._moment.now_at
        current = floor(now_at / width) * width
        if state.window_at == current:
            return
        if state.window_at:
            ended = min(state.window_at + width, now_at) - self._moment.offset
            is_over = self._so_far(route, ended) >= self._policy.overlap_s
            self.windows += is_over
            has_passed_calmly = state.disagrees_since is None and current > state.window_at + width
            if not is_over or has_passed_calmly:
                self._lower(route)
        if state.disagrees_since is not None:
            state.disagrees_since = max(state.disagrees_since, current - self._moment.offset)
        state.window_at, state.disagreed_s = current, 0.0

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
            self._card(route, False)

    def _tell(self, route: RouteTrack) -> None:
        state = route.state
        since = state.conflicting_since
        if since is not None and not state.has_conflict_card and self._moment.now >= since + CARD_S:
            state.has_conflict_card = True
            self._card(route, True)

    def _card(self, route: RouteTrack, is_open: bool) -> None:
        self.cards.append(
            Card(
                kind=CARD,
                subject=route.record.route_id,
                text=route.state.disagreement,
                at=self._moment.now_at,
                is_open=is_open,
            )
        )

    def _plan(self, route: RouteTrack) -> None:
        """The next moment at which something changes by itself; none when all is calm."""
        state, ident = route.state, route.record.route_id
        if state.disagrees_since is None and state.conflicting_since is None:
            state.window_at = 0.0
            if self._agenda.at(Due.CONFLICT, ident) is not None and not state.is_failed:
                return
            self._agenda.cancel(Due.CONFLICT, ident)
            return
        at = state.window_at + self._policy.window_s - self._moment.offset
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


def _split(probes: tuple[ProbeTrack, ...]) -> str:
    """Two probes of one kind of target say the opposite."""
    if len(probes) < 2:
        return ""
    speaking = [p for p in probes if p.state.has_answered and not p.probe.is_silent]
    down = next((p for p in speaking if p.state.verdict is Verdict.DOWN), None)
    up = next((p for p in speaking if p.state.verdict is Verdict.UP and p.state.suspect_since is None), None)
    return f"{down.probe.probe_id} is silent and {up.probe.probe_id} answers" if down and up else ""
