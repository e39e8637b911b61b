"""Pure. Equal primary paths of one route that fail one after the other, each for its own reason.

GigabitEthernet0/1 down · 8 s later GigabitEthernet0/2 shut     link-failure, and also admin-shutdown of the other path
"""

from __future__ import annotations

from msgspec.structs import replace

from statetrace_engine.explain import case, causes
from statetrace_engine.explain.case import Named
from statetrace_engine.health.evidence import words
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import PathTrack, RouteTrack
from statetrace_engine.model.outage import Hypothesis


def note(record: OutageRecord, route: RouteTrack) -> bool:
    """Keeps in which order the paths of the route were lost; whether another one is since the last call."""
    if len(route.primaries) < 2:
        return False
    lost = [words(p.path) for p, verdict in zip(route.primaries, route.verdicts, strict=False) if verdict.is_lost]
    new = tuple(name for name in lost if name not in record.lost_paths)
    is_another = bool(new and record.lost_paths)
    record.lost_paths += new
    return is_another


def first(record: OutageRecord, route: RouteTrack) -> PathTrack | None:
    """The path that was lost first, where there are several."""
    return _track(route, record.lost_paths[0]) if record.lost_paths else None


def others(
    record: OutageRecord, route: RouteTrack, topology: Topology, policy: ExplainPolicy, top: Hypothesis
) -> tuple[Hypothesis, ...]:
    """The likeliest cause of each further path that was lost, unless it is the same thing that has failed."""
    found: dict[str, Hypothesis] = {top.element: top}
    for name in record.lost_paths[1:]:
        track = _track(route, name)
        if track is not None:
            cause = causes.rank(case.of(record, route, topology, policy, track))[0]
            also = replace(cause, also_of=name, weight=min(cause.weight, top.weight))
            found.setdefault(cause.element, also)
    return tuple(cause for cause in found.values() if cause.also_of)


def apart(record: OutageRecord, route: RouteTrack | None) -> dict[str, set[Named]]:
    """Of each further path that has a cause of its own, what belongs to it alone."""
    named = [cause.also_of for cause in record.also] if route is not None else []
    tracks = {name: _track(route, name) for name in named} if route is not None else {}
    return {
        name: case.only_of(track, route) for name, track in tracks.items() if track is not None and route is not None
    }


def _track(route: RouteTrack, name: str) -> PathTrack | None:
    return next((track for track in route.primaries if words(track.path) == name), None)
