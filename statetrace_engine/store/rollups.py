"""Pure. A route's time by hour and day: seconds in each state, transitions, outages.

Only units in which something happened have a row, so that a transition after a quiet month writes two rows and not
seven hundred. A row says in which state the route stayed until its next row; `complete` fills what lies between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, RouteHealthSnapshot

HOUR_S = 3600
DAY_S = 86_400
STATES = tuple(HealthState)
_POSITION = {state.value: position for position, state in enumerate(STATES)}


class Mark(NamedTuple):
    """Up to when a route's time is counted, and the state it has been in since."""

    state: str
    at: Epoch


class Tally:
    """What one route gathers in one unit; `seconds` in the order of STATES."""

    __slots__ = ("outages", "seconds", "state_after", "transitions")

    def __init__(self, state_after: str) -> None:
        self.seconds = [0.0] * len(STATES)
        self.transitions = 0
        self.outages = 0
        self.state_after = state_after


Tallies = dict[tuple[str, int], Tally]
"""By route and start of the unit."""


class Rollup(Struct, frozen=True, kw_only=True):
    """One route in one hour or day; the seconds of a unit that has not ended, or began unobserved, sum to less."""

    start_at: Epoch
    seconds: dict[HealthState, float]
    transitions: int
    outages: int


class Kept(NamedTuple):
    """A stored row, as `complete` takes it."""

    seconds: Mapping[HealthState, float]
    transitions: int
    outages: int
    state_after: str


def start_of(at: Epoch, unit_s: int) -> int:
    return int(at // unit_s) * unit_s


def advance(mark: Mark | None, snapshot: RouteHealthSnapshot, tallies: Tallies, unit_s: int) -> Mark:
    """Counts the time from the mark to the snapshot and answers the new mark.

    A wall clock that stepped back counts nothing and goes on from its new reading.
    """
    route_id, at, state = snapshot.route_id, snapshot.taken_at, snapshot.state.value
    start = start_of(at, unit_s)
    if mark is not None and at >= mark.at:
        before = _POSITION[mark.state]
        first = start_of(mark.at, unit_s)
        if first == start:
            _tally(tallies, route_id, start, state).seconds[before] += at - mark.at
        else:
            _tally(tallies, route_id, first, mark.state).seconds[before] += first + unit_s - mark.at
            _tally(tallies, route_id, start, state).seconds[before] += at - start
    tally = _tally(tallies, route_id, start, state)
    tally.transitions += mark is not None and mark.state != state
    tally.state_after = state
    return Mark(state, at)


def complete(
    rows: Mapping[int, Kept], state_before: str, mark: Mark, from_at: Epoch, to_at: Epoch, unit_s: int
) -> tuple[Rollup, ...]:
    """Every unit from that of `from_at` to `to_at`, which is not in the future.

    Units before the route was known are left out. `rows` are by start; `state_before` is the state in which the route
    entered the first unit, or empty.
    """
    answers: list[Rollup] = []
    state = state_before
    open_start = start_of(mark.at, unit_s)
    for start in range(start_of(from_at, unit_s), ceil(to_at), unit_s):
        row = rows.get(start)
        if start > open_start:
            state = mark.state
        if row is None and not state:
            continue
        seconds = dict.fromkeys(STATES, 0.0) | dict(row.seconds if row else {})
        end = min(start + unit_s, to_at)
        if start == open_start:
            seconds[HealthState(mark.state)] += max(0.0, end - mark.at)
        elif row is None:
            seconds[HealthState(state)] += end - start
        answers.append(_rollup(start, seconds, row))
        state = row.state_after if row else state
    return tuple(answers)


def count_outages(
    opened: Sequence[tuple[str, Epoch]], states: Mapping[str, Mark], tallies: Tallies, unit_s: int
) -> None:
    """One outage more for each route and time in `opened`: the time of a snapshot, so that its unit has a row."""
    for route_id, at in opened:
        _tally(tallies, route_id, start_of(at, unit_s), states[route_id].state).outages += 1


def _tally(tallies: Tallies, route_id: str, start: int, state_after: str) -> Tally:
    key = (route_id, start)
    tally = tallies.get(key)
    if tally is None:
        tally = tallies[key] = Tally(state_after)
    return tally


def _rollup(start: int, seconds: dict[HealthState, float], row: Kept | None) -> Rollup:
    return Rollup(
        start_at=float(start),
        seconds=seconds,
        transitions=row.transitions if row else 0,
        outages=row.outages if row else 0,
    )
