"""Pure. How long what is known of a route holds: only periodic sources keep it fresh (SPEC 2, blind spots)."""

from __future__ import annotations

from math import ceil

from statetrace_engine.health import evidence
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model.health import HealthState, Overlay

GRID_S = 0.5
"""Freshness is looked at twice a second, for all routes that are due: not at a moment of each route's own."""
_STALE_BIT = int(Overlay.STALE)


class Freshness:
    def __init__(self, policy: Policy, agenda: Agenda, moment: Moment) -> None:
        self._policy = policy
        self._agenda = agenda
        self._moment = moment

    def limit(self, route: RouteTrack) -> float | None:
        """Seconds without news after which a live route is unknown; None when no periodic source watches it."""
        intervals = [
            p.probe.interval_ms / 1e3 for p in route.probes() if p.state.has_answered and not p.probe.is_silent
        ]
        if (polled := evidence.polled(route)) is not None:
            intervals.append(polled[1])
        if route.state.poll_interval_s:
            intervals.append(route.state.poll_interval_s)
        policy = self._policy.of(route.record.route_class)
        if 0.0 < route.report_interval_s < policy.stale_max_s:  # those that come more seldom keep nothing fresh
            intervals.append(route.report_interval_s)
        if not intervals:
            return self._policy.watcher.captured_limit_s if route.is_captured else None
        return min(max(3 * min(intervals), policy.stale_min_s), policy.stale_max_s)

    def is_unprobed(self, route: RouteTrack) -> bool:
        """Whatever is known of it, only events tell: nobody would see it fail in silence."""
        return next(route.probes(), None) is None and self.limit(route) is None and not route.is_offered

    def is_stale(self, route: RouteTrack) -> bool:
        limit = self.limit(route)
        return limit is not None and self._moment.now - newest(route) >= limit

    def has_stopped(self, route: RouteTrack) -> bool:
        """Polls alone told what is installed, and do so no longer; they come seldom: three must be missing."""
        state = route.state
        return state.is_by_poll and 0.0 < 3 * state.poll_interval_s <= self._moment.now - state.polled_at

    def arm(self, route: RouteTrack) -> None:
        """Looks again when it may have become stale, if nothing looks already."""
        ident = route.record.route_id
        may_change = route.state.state is not HealthState.UNKNOWN
        may_change = may_change or (route.is_captured and not route.state.overlays & _STALE_BIT)
        armed = self._agenda.at(Due.STALE, ident)
        # A capture holds for days; a source that has begun to speak since then does not.
        is_far = (
            armed is not None and armed - self._moment.now > 2 * self._policy.of(route.record.route_class).stale_max_s
        )
        if may_change and (armed is None or is_far):
            limit = self.limit(route)
            if limit is not None:
                now, due = self._moment.now, newest(route) + limit
                # One that is stale and stays what events said of it is asked again later, not at this very moment.
                at = due if due > now else now + limit
                self._agenda.set(Due.STALE, ident, ceil(at / GRID_S) * GRID_S)


def newest(route: RouteTrack) -> float:
    """When a periodic source told of it last."""
    told = max((p.state.last_sample for p in route.probes()), default=route.state.captured)
    reported_at = route.device.state.reported_at if route.report_interval_s else told
    polled = evidence.polled(route)
    return max(told, route.state.polled_at, reported_at, polled[0] if polled is not None else told)
