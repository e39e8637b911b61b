"""Pure. What was well before an outage and still is: it speaks for some causes and against others.

A session down while the interface is up and the next hop answers is another fault than one whose interface fell.
"""

from __future__ import annotations

from collections.abc import Iterator

from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import PathTrack, RouteTrack
from statetrace_engine.model.observation import Observation, Verdict

MOST = 12


def of(record: OutageRecord, route: RouteTrack) -> list[Observation]:
    """Words of before the outage that nothing has taken back, of its primary paths and its destination; in order."""
    found = {id(o): o for o in _last_words(route) if o.fact.verdict is Verdict.UP and o.steady < record.opened}
    return sorted(found.values(), key=lambda o: o.steady)[-MOST:]


def _last_words(route: RouteTrack) -> Iterator[Observation]:
    for path in route.primaries:
        yield from _of_path(path)
    for probe in route.destinations:
        if probe.state.observation is not None and probe.state.suspect_since is None:
            yield probe.state.observation


def _of_path(path: PathTrack) -> Iterator[Observation]:
    for subject in (*path.interfaces, *path.members, *path.adjacencies, *path.bfd, *path.remote):
        if subject.state.observation is not None and subject.state.verdict is subject.state.observation.fact.verdict:
            yield subject.state.observation
    for probe in path.probes:
        if probe.state.observation is not None and probe.state.suspect_since is None:
            yield probe.state.observation
