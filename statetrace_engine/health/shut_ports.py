"""Pure. Ports that no path names, shut by their device: the other end of a link that went down in the same moment?

B01 says that Te1/9 was shut · within seconds A01's link to B01 is down, and nobody knows over which port of B01
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.health.watched import DeviceTrack, PathTrack, RouteTrack
from statetrace_engine.model.observation import Fact, Observation, Reason, SubjectKind, Verdict

WITHIN_S = 5.0
"""Both ends of a link tell of it within so long, whichever is first; what somebody shuts in answer comes later."""
_MOST = 8
"""Ports of a device; whoever shuts more at a time shuts them for one reason."""
_WITNESSES = 256
"""Of a device with very many neighbours so many are asked."""


def is_shut(fact: Fact) -> bool:
    is_port = fact.kind is SubjectKind.INTERFACE and fact.verdict is Verdict.DOWN
    return is_port and fact.reason is Reason.ADMIN and fact.is_reason_sure


def note(state: DeviceState, observation: Observation) -> None:
    recent = [o for o in state.shut if abs(observation.steady - o.steady) <= WITHIN_S]
    state.shut = [*recent, observation][-_MOST:]


def routes_beside(device: DeviceTrack, steady: float) -> Iterator[RouteTrack]:
    """Routes of its neighbours whose link to it went down in the same moment, by a port of it that nobody names."""
    for subject in islice(device.outside, _WITNESSES):
        is_near = subject.is_down and abs(subject.state.since - steady) <= WITHIN_S
        if is_near and subject.key[1] is SubjectKind.INTERFACE:
            for route in subject.routes.values():
                paths = [path for path in route.primaries if subject in path.interfaces]
                if any(is_unnamed(path, device.device.hostname) for path in paths):
                    yield route


def is_unnamed(path: PathTrack, hostname: str) -> bool:
    """Over which port of that device it leads is not known."""
    return not any(s.key[0] == hostname and s.key[1] is SubjectKind.INTERFACE for s in path.remote)


def of_link(far: DeviceTrack, path: PathTrack) -> list[Observation]:
    """What the other end of a path that is down has shut in the same moment."""
    down = [s.state.since for s in path.interfaces if s.is_down]
    if not down or not far.state.shut or not is_unnamed(path, far.device.hostname):
        return []
    return [o for o in far.state.shut if abs(o.steady - down[0]) <= WITHIN_S]
