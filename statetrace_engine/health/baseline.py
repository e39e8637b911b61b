"""Pure. The baseline (SPEC 1): what carries a route whose inventory names no primary path, learnt while it is HEALTHY.

Another best path is a failover from then on, until it has carried for a day that nobody acknowledged.
"""

from __future__ import annotations

from statetrace_engine.health import evidence
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.life import Life
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.route import Role
from statetrace_engine.model.signal import InstalledPath


class Baselines:
    def __init__(self, topology: Topology, policy: Policy, agenda: Agenda, moment: Moment, life: Life) -> None:
        self._topology = topology
        self._policy = policy
        self._agenda = agenda
        self._moment = moment
        self._life = life
        self._learning = {
            ident
            for ident, route in topology.routes.items()
            if not any(path.role is Role.PRIMARY for path in route.record.paths)
        }
        self.audit: list[AuditEntry] = []

    def restore(self, route: RouteTrack) -> None:
        """A learnt baseline returns with its route; where the inventory has named a primary since, it does not."""
        if route.state.baseline or route.state.offered:
            self._topology.rebase(route, route.state.baseline)

    def add(self, route: RouteTrack) -> None:
        """A route that is watched from now on."""
        if not any(path.role is Role.PRIMARY for path in route.named):
            self._learning.add(route.record.route_id)

    def learn_at_once(self, route: RouteTrack, installed: tuple[InstalledPath, ...]) -> None:
        """The best paths of the first capture (SPEC 1), where nothing has been learnt or named before."""
        best = _in_order(evidence.carrying(installed))
        if route.record.route_id in self._learning and not route.state.baseline and best:
            route.state.best, route.state.best_since = best, self._moment.now
            self._move(route, f"learnt {_words(best)} from its first capture")

    def see(self, route: RouteTrack) -> None:
        """The route was evaluated: its best paths or its state may have changed."""
        ident, state = route.record.route_id, route.state
        if ident not in self._learning or state.installed is None:
            return
        self._leave_out_the_unseen(route)
        best = _in_order(evidence.carrying(state.installed))
        if best and best != state.best:
            state.best, state.best_since = best, self._moment.now
        due = self._due(route)
        if due is None:
            self._agenda.cancel(Due.BASELINE, ident)
        else:
            self._agenda.set(Due.BASELINE, ident, due)

    def _leave_out_the_unseen(self, route: RouteTrack) -> None:
        """What nobody saw carry has not carried."""
        state = route.state
        if state.state is HealthState.UNKNOWN:
            state.best_unseen = self._moment.now if state.best_unseen is None else state.best_unseen
        elif state.best_unseen is not None:
            state.best_since += self._moment.now - max(state.best_unseen, state.best_since)
            state.best_unseen = None

    def miss(self, seconds: float) -> None:
        """So long nobody watched anything."""
        for ident in self._learning:
            state = self._topology.routes[ident].state
            state.best_since += seconds
            if state.best_unseen is not None:
                state.best_unseen += seconds

    def _due(self, route: RouteTrack) -> float | None:
        state = route.state
        if not state.best or state.best == state.baseline:
            return None
        if state.state is HealthState.UNKNOWN:
            return None
        if state.baseline and route.is_captured:
            return None  # nobody sees that it goes on carrying: an operator accepts it, or the inventory names it
        if not state.baseline:
            is_healthy = state.state is HealthState.HEALTHY
            return max(state.best_since, state.since) + self._policy.baseline_s if is_healthy else None
        record = self._life.open_of(route)
        is_acknowledged = record is not None and bool(record.acked_by)
        return None if is_acknowledged else max(state.best_since + self._policy.baseline_accept_s, self._moment.now)

    def fire(self, route: RouteTrack) -> bool:
        """Whether the baseline moved; the route is to be evaluated again."""
        state = route.state
        due = self._due(route)
        if due is None or due > self._moment.now:
            self.see(route)
            return False
        text = _words(state.best)
        self._move(route, f"accepted {text}: it carried for a day" if state.baseline else f"learnt {text}")
        return True

    def accept(self, route: RouteTrack) -> tuple[str, str]:
        """An operator takes the best paths as the primary ones: (what they are, why they cannot be)."""
        state = route.state
        if route.record.route_id not in self._learning:
            return "", "the inventory names its primary path"
        if not state.best:
            return "", "no poll, capture or message has shown its paths yet"
        if state.best == state.baseline:
            return "", "its best path is its primary already"
        self._take(route)
        return f"accepted {_words(state.best)}", ""

    def is_other(self, route: RouteTrack) -> bool:
        """Another path than the learnt one carries it: an operator may accept that."""
        state = route.state
        return route.record.route_id in self._learning and bool(state.baseline) and state.best != state.baseline

    def _move(self, route: RouteTrack, why: str) -> None:
        self._take(route)
        self.audit.append(
            AuditEntry(
                seq=0,
                at=self._moment.now_at,
                operator="statetrace",
                action="baseline",
                subject=route.record.route_id,
                detail=why,
                digest="",
            )
        )

    def _take(self, route: RouteTrack) -> None:
        route.state.baseline = route.state.best
        self._topology.rebase(route, route.state.best)


def _in_order(paths: tuple[InstalledPath, ...]) -> tuple[InstalledPath, ...]:
    return tuple(sorted(paths, key=lambda p: (p.next_hop or "", p.interface or "", p.protocol or "")))


def _words(paths: tuple[InstalledPath, ...]) -> str:
    return " and ".join(evidence.words(path) for path in paths)
