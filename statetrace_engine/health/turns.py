"""Pure. Turns: how many routes are evaluated at one moment, so that a storm never keeps the next signal waiting.

    one link, 5,000 routes on it → the first 32 at once, 32 more every 8 ms, and other signals in between

A slice of engine time has room for so many routes; whoever finds none has a deadline of its own in the next that does.
By engine time and the journal alone: the same journal gives the same turns at any speed.
"""

from __future__ import annotations

from math import floor

from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.tracks import RECENT
from statetrace_engine.health.watched import RouteTrack
from statetrace_engine.model.observation import Observation

ROUTES = 32
"""A slice: about 4 ms of work."""
SLICE_S = 0.008


class Turns:
    def __init__(self, agenda: Agenda, moment: Moment) -> None:
        self._agenda = agenda
        self._moment = moment
        self.given = (0, 0)
        """The latest slice in which anybody has a turn, counted from the beginning of engine time, and how many do."""

    def is_now(self, route: RouteTrack) -> bool:
        """Whether the route may be evaluated at once; its turn is on the agenda when not."""
        ident = route.record.route_id
        if self.is_waiting(route):
            return False
        current = floor(self._moment.now / SLICE_S)
        latest, taken = self.given
        if current > latest:
            latest, taken = current, 0
        elif taken >= ROUTES:
            latest, taken = latest + 1, 0
        self.given = latest, taken + 1
        if latest == current:
            return True
        self._agenda.set(Due.TURN, ident, latest * SLICE_S)
        return False

    def is_waiting(self, route: RouteTrack) -> bool:
        return self._agenda.at(Due.TURN, route.record.route_id) is not None

    def wait(self, route: RouteTrack, observation: Observation) -> None:
        """A word that the route takes in with its turn; of many, the newest."""
        route.state.waiting = (*route.state.waiting, observation)[-RECENT:]

    def end(self, route: RouteTrack) -> tuple[Observation, ...]:
        """Its turn has come, or something else evaluates it: the words that waited."""
        self._agenda.cancel(Due.TURN, route.record.route_id)
        waiting = route.state.waiting
        route.state.waiting = ()
        return waiting
