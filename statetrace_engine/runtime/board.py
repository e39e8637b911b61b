"""The board: the newest row of everything, and the mailboxes of those who watch; latest wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from statetrace_engine.anomalies.touched import Touched
from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.model.change import Change, HealthChanged, IncidentChanged, Isolated, OutageChanged, OutageStep
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.status import EngineStatus, Frame
from statetrace_engine.reports.guidance import Guidance
from statetrace_engine.reports.lateness import Delays
from statetrace_engine.reports.sight import Sight


class Board:
    """Lives on the engine's loop; `status()` is asked once a published frame."""

    def __init__(self, status: Callable[[], EngineStatus]) -> None:
        self.routes: dict[str, RouteHealth] = {}
        self.outages: dict[str, OutageEvent] = {}
        self.incidents: dict[str, Incident] = {}
        self.sight = Sight()
        self.delays = Delays()
        self.version = 0
        """Another number: outages or incidents are others than before."""
        self.touched = Touched()
        """Outages and incidents that are others than before, or gone."""
        self.guidance = Guidance()
        self._status = status
        self._mailboxes: list[Mailbox] = []
        self._new_routes: dict[str, RouteHealth] = {}
        self._new_outages: dict[str, OutageEvent] = {}
        self._new_incidents: dict[str, Incident] = {}
        self._removed: dict[str, None] = {}
        self._has_news = False

    def take(self, changes: Iterable[Change]) -> bool:
        """Notes changes for the next frame; True when one of them is worth a frame at once."""
        is_urgent = False
        for change in changes:
            if isinstance(change, HealthChanged):
                health = change.health
                self._put(health)
            elif isinstance(change, OutageChanged):
                outage = change.outage
                self.outages[outage.outage_id] = self._new_outages[outage.outage_id] = outage
                is_urgent = True
                self.version += 1
                self.touched.note(outage.outage_id)
                self.delays.take(outage)
                self.guidance.take(outage)
            elif isinstance(change, IncidentChanged):
                incident = change.incident
                self.incidents[incident.incident_id] = self._new_incidents[incident.incident_id] = incident
                self.version += 1
                self.touched.note(incident.incident_id)
            elif isinstance(change, Isolated):
                is_urgent = True
            self._has_news = True
        return is_urgent

    def _put(self, health: RouteHealth) -> None:
        route_id = health.route.route_id
        self._removed.pop(route_id, None)
        self.routes[route_id] = self._new_routes[route_id] = health
        self.sight.put(health)

    def remove(self, route_ids: Iterable[str]) -> None:
        for route_id in route_ids:
            self.routes.pop(route_id, None)
            self.sight.remove(route_id)
            self._new_routes.pop(route_id, None)
            self._removed[route_id] = None
            self._has_news = True

    def fill(self, rows: Iterable[RouteHealth], outages: Iterable[OutageEvent], incidents: Iterable[Incident]) -> None:
        """What is known at the start and no change has told; nothing that is here already is replaced."""
        for health in rows:
            if health.route.route_id not in self.routes:
                self._put(health)
        self.remember(outages, incidents)

    def remember(self, outages: Iterable[OutageEvent], incidents: Iterable[Incident]) -> None:
        """Older ones than those that are here."""
        self.version += 1
        for outage in outages:
            if outage.outage_id not in self.outages:
                self.outages[outage.outage_id] = self._new_outages[outage.outage_id] = outage
                self.touched.note(outage.outage_id)
                self.delays.take(outage)
                self.guidance.take(outage)
        for incident in incidents:
            if incident.incident_id not in self.incidents:
                self.incidents[incident.incident_id] = self._new_incidents[incident.incident_id] = incident
                self.touched.note(incident.incident_id)
        self._has_news = True

    def idents(self) -> Iterator[str]:
        """Of outages and incidents."""
        return chain(self.outages, self.incidents)

    def known(self) -> Iterator[Change]:
        """Everything, for a store that has nothing of it."""
        yield from (HealthChanged(health=health, snapshot=None) for health in self.routes.values())
        yield from (OutageChanged(step=OutageStep.CHANGED, outage=outage) for outage in self.outages.values())
        yield from (IncidentChanged(incident=incident) for incident in self.incidents.values())

    def forget(self, before_at: float) -> None:
        """Drops outages and incidents that ended before `before_at`."""
        for ident in [i for i, o in self.outages.items() if o.closed_at is not None and o.closed_at < before_at]:
            if not self.outages[ident].is_latched:
                del self.outages[ident]
                self.version += 1
                self.touched.note(ident)
                self.guidance.drop(ident)
        for ident in [i for i, x in self.incidents.items() if x.closed_at is not None and x.closed_at < before_at]:
            del self.incidents[ident]
            self.version += 1
            self.touched.note(ident)

    @property
    def has_news(self) -> bool:
        return self._has_news

    def join(self, mailbox: Mailbox) -> None:
        mailbox.offer(self.full())
        self._mailboxes.append(mailbox)

    def leave(self, mailbox: Mailbox) -> None:
        if mailbox in self._mailboxes:
            self._mailboxes.remove(mailbox)

    def full(self) -> Frame:
        return Frame(
            is_full=True,
            routes=tuple(self.routes.values()),
            removed=(),
            outages=tuple(self.outages.values()),
            incidents=tuple(self.incidents.values()),
            status=self._status(),
        )

    def publish(self) -> None:
        """Offers what is new, or only a newer status, to everybody."""
        if self._mailboxes:
            frame = Frame(
                is_full=False,
                routes=tuple(self._new_routes.values()),
                removed=tuple(self._removed),
                outages=tuple(self._new_outages.values()),
                incidents=tuple(self._new_incidents.values()),
                status=self._status(),
            )
            for mailbox in self._mailboxes:
                mailbox.offer(frame)
        self._new_routes, self._new_outages, self._new_incidents, self._removed = {}, {}, {}, {}
        self._has_news = False


class Watching:
    """A subscription on the engine's own loop."""

    def __init__(self, board: Board, mailbox: Mailbox) -> None:
        self._board, self._mailbox = board, mailbox
        board.join(mailbox)
        self.pull = mailbox.pull
        self.silent_s = mailbox.silent_s

    def close(self) -> None:
        self._board.leave(self._mailbox)
