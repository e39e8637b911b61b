"""Pure. What only followed of an outage, and names no cause of it.

the next hop falls silent · 9 s later its session's hold timer expires        a consequence
a port fails · a minute later somebody shuts it                               an answer
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter

from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.model import Epoch
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import Source

DECIDING = frozenset(Plane) - {Plane.CONTEXT}
_STEADY = attrgetter("steady")
HOLD_TIMER_LAG_S = 2.0
"""A hold timer that expires so long after the data plane fell silent is a consequence of it (SPEC 4)."""
UNTOLD_LAG_S = 20.0
"""Traps and polls give no reason, and "1-way" is none of its own: only timers wait so long (OSPF's dead interval 40 s,
BGP's hold time 90 or 180 s)."""
ANSWERED_S = 5.0
"""A shutdown so long after the failure is what somebody did about it; a trap or a second message that says why a port
went down comes sooner."""
_TELLS_WHO = (Source.TRAP, Source.SNMP)
"""They always say whether a port was shut; logs of several platforms never do."""
_SHUT = (Reason.ADMIN, Reason.ADMIN_REMOTE)
_UNTOLD = (Reason.NONE, Reason.OTHER)
_CONSEQUENCES = {Reason.HOLD_TIMER: HOLD_TIMER_LAG_S, **dict.fromkeys(_UNTOLD, UNTOLD_LAG_S)}


def settled(record: OutageRecord, is_apart: Callable[[Observation], bool] | None = None) -> list[Observation]:
    """Evidence that may name the cause: what came within the time for re-evaluation, in order, less what is about
    something else (`is_apart`), and what is a
    consequence: a hold timer that expired after the data plane had gone silent, whoever repeats it, where the route
    went then, and a shutdown by which somebody answered the failure."""
    seen = [o for o in record.evidence if o.steady <= record.settles and not o.is_history and o.fact.plane in DECIDING]
    if is_apart is not None:
        seen = [o for o in seen if not is_apart(o)]
    seen.sort(key=_STEADY)
    answers = answers_of_people(seen)
    if answers:
        seen = [o for o in seen if o not in answers]
    silent = next((o.steady for o in seen if _is_silence(o.fact)), None)
    if silent is None:
        return seen
    late = [o for o in seen if _is_late_timer(o, silent)]
    if not late:
        return seen
    held, sessions = late[0].steady, {_session(o) for o in late}
    return [
        o
        for o in seen
        if not _is_late_timer(o, silent)
        and not _repeats_a_timer(o, held, sessions)
        and (o.fact.plane is not Plane.ROUTE or o.steady < held)
    ]


def _is_silence(fact: Fact) -> bool:
    """Of what lies on the path: a device that answers no polls may do so for want of a way back."""
    return fact.kind is SubjectKind.PROBE and fact.plane is Plane.DATA and fact.verdict is Verdict.DOWN


def _is_late_timer(observation: Observation, silent: float) -> bool:
    if observation.fact.kind is not SubjectKind.NEIGHBOUR:
        return False
    lag_s = _lag_s(observation)
    return lag_s is not None and observation.steady > silent + lag_s


def _lag_s(observation: Observation) -> float | None:
    """What is not sure to be this session's reason counts as none. But what tells of an expired timer means it: only a
    poll may come so much later than what it tells of, and polls tell no reason."""
    fact = observation.fact
    if fact.is_reason_sure or fact.reason is Reason.HOLD_TIMER:
        return _CONSEQUENCES.get(fact.reason)
    return UNTOLD_LAG_S


def _repeats_a_timer(observation: Observation, held: float, sessions: set[tuple[str, str]]) -> bool:
    """The same end of a session once more, without a reason that is sure: of that session, or of its other end, which
    ends with it."""
    fact = observation.fact
    if fact.kind is not SubjectKind.NEIGHBOUR or (fact.is_reason_sure and fact.reason not in _UNTOLD):
        return False
    return _session(observation) in sessions or held <= observation.steady <= held + HOLD_TIMER_LAG_S


def _session(observation: Observation) -> tuple[str, str]:
    return observation.hostname, observation.fact.name


def answers_of_people(seen: Sequence[Observation]) -> list[Observation]:
    """Shutdowns that came after the same device had lost something else, or the same without one."""
    if len(seen) < 2:
        return []
    shut = [o for o in seen if o.fact.reason in _SHUT and o.fact.is_reason_sure]
    return [o for o in shut if any(_was_lost_before(o, first) for first in seen)] if shut else []


def _was_lost_before(shut: Observation, first: Observation) -> bool:
    fact = first.fact
    if first.is_history or first.hostname != shut.hostname or fact.verdict is not Verdict.DOWN or fact.reason in _SHUT:
        return False
    if fact.plane not in (Plane.LINK, Plane.SESSION) or _when(shut) - _when(first) <= ANSWERED_S:
        return False
    # A poll tells of a state and not when it began: it answers nothing unless somebody could have told before.
    return shut.source is not Source.SNMP or first.source in _TELLS_WHO


def _when(observation: Observation) -> Epoch:
    return observation.occurred_at or observation.received_at
