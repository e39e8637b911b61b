"""Pure. What surrounds a device's routes: HSRP and VRRP, tracked objects, probes that the device itself sends.

It joins the evidence of outages that are open, and of those that open soon after; it opens, changes and ends none
(SPEC 2: "never alone"). A device that says very much of it is heard only so far: work and memory are bounded.
"""

from __future__ import annotations

from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model.observation import Fact, Observation, SubjectKind

KEEP_S = 120.0
"""An outage tells what surrounded its device so long before it opened."""
MOST = 40
"""Words a device in that time, live and history each."""
MOST_OF_ONE = 4
"""Of which so many on one group, object or probe."""
OF_AN_OUTAGE = 12
"""Context items of one outage: most of its evidence is room for what decides."""


def note(state: DeviceState, observation: Observation) -> bool:
    """Keeps it for `KEEP_S`; False: it is said already, or too much is said."""
    state.context = [o for o in state.context if observation.steady - o.steady <= KEEP_S]
    alike = [o for o in state.context if o.is_history == observation.is_history]
    of_it = [o.fact for o in alike if _subject(o.fact) == _subject(observation.fact)]
    if len(alike) >= MOST or len(of_it) >= MOST_OF_ONE or (of_it and of_it[-1] == observation.fact):
        return False
    state.context.append(observation)
    return True


def before(state: DeviceState, steady: float) -> list[Observation]:
    """What was said live so shortly before `steady` that an outage which opens then tells of it; oldest first."""
    return [o for o in state.context if not o.is_history and steady - o.steady <= KEEP_S]


def is_about(fact: Fact, route: RouteTrack) -> bool:
    """Of a session only the routes by that neighbour tell; of anything else all of the device."""
    if fact.kind is not SubjectKind.NEIGHBOUR and fact.kind is not SubjectKind.BFD:
        return True
    paths = (path.path for path in (*route.primaries, *route.secondaries))
    return any(fact.name == path.next_hop or fact.name in path.learned_from for path in paths)


def _subject(fact: Fact) -> tuple[str, str]:
    return fact.protocol, fact.name
