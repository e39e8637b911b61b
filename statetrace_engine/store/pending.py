"""Pure. What waits to be written to the store: merged as it comes, so that a slow disk costs no memory without bound.

Of a row, an outage, an incident, a card only the latest waits; of snapshots and audit entries every one, up to a bound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.change import (
    Acted,
    CardChanged,
    Change,
    HealthChanged,
    IncidentChanged,
    Isolated,
    Notice,
    OutageChanged,
    Worked,
)
from statetrace_engine.model.health import RouteHealth, RouteHealthSnapshot
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.people import AuditEntry

MAX_SNAPSHOTS = 100_000
MAX_OUTAGES = 50_000
MAX_AUDIT = 50_000


Waiting = TypeVar("Waiting")


class Pending:
    """`batches` has the journal sequence of the batch that each thing came in, because a batch is written at most once.

    Numbers beside the things and not pairs with them: thousands of new pairs would set off the garbage collector.
    """

    def __init__(self) -> None:
        self.last_seq = -1
        self.checkpoint: tuple[int, bytes] | None = None
        self.batches: dict[str, int] = {}
        """By id of a route, outage, incident or card."""
        self.routes: dict[str, RouteHealth] = {}
        self.removed: dict[str, None] = {}
        self.snapshots: deque[RouteHealthSnapshot] = deque()
        """These have the sequence of their own signal."""
        self.outages: dict[str, OutageEvent] = {}
        self.incidents: dict[str, Incident] = {}
        self.cards: dict[str, AnomalyCard] = {}
        self.audit: list[tuple[int, AuditEntry]] = []
        self.dropped = 0
        """Snapshots, outages, incidents, cards and audit entries beyond the bounds; the oldest snapshots go first."""

    @property
    def is_empty(self) -> bool:
        return self.last_seq < 0

    def add(
        self, changes: Iterable[Change], last_seq: int, checkpoint: bytes | None = None, removed: Sequence[str] = ()
    ) -> None:
        """Merges one batch; `last_seq` is the journal sequence that it goes up to."""
        for change in changes:
            keep = _KEEP.get(type(change))
            if keep is not None:
                keep(self, change, last_seq)
        for route_id in removed:
            self.routes.pop(route_id, None)
            self.removed[route_id] = None
            self.batches[route_id] = last_seq
        if checkpoint is not None:
            self.checkpoint = (last_seq, checkpoint)
        self.last_seq = max(self.last_seq, last_seq)

    def _keep_health(self, change: HealthChanged, seq: int) -> None:
        route_id = change.health.route.route_id
        self.removed.pop(route_id, None)
        self.routes[route_id] = change.health
        self.batches[route_id] = seq
        if change.snapshot is not None:
            self.snapshots.append(change.snapshot)
            if len(self.snapshots) > MAX_SNAPSHOTS:
                self.snapshots.popleft()
                self.dropped += 1

    def _keep_outage(self, change: OutageChanged, seq: int) -> None:
        self._keep_latest(self.outages, change.outage.outage_id, change.outage, seq)

    def _keep_incident(self, change: IncidentChanged, seq: int) -> None:
        self._keep_latest(self.incidents, change.incident.incident_id, change.incident, seq)

    def _keep_card(self, change: CardChanged, seq: int) -> None:
        self._keep_latest(self.cards, change.card.card_id, change.card, seq)

    def _keep_audit(self, change: Acted, seq: int) -> None:
        room = max(0, MAX_AUDIT - len(self.audit))
        self.audit.extend((seq, entry) for entry in change.audit[:room])
        self.dropped += max(0, len(change.audit) - room)

    def _keep_latest(self, kept: dict[str, Waiting], name: str, latest: Waiting, seq: int) -> None:
        if name in kept or len(kept) < MAX_OUTAGES:
            kept[name] = latest
            self.batches[name] = seq
        else:
            self.dropped += 1


class Gathered:
    """Changes on their way into a batch, merged at once: a storm that lasts for seconds changes the same rows again and
    again, and all that it said of them would wait in memory."""

    def __init__(self) -> None:
        self._rows: dict[str, RouteHealth] = {}
        self._snapshots: list[RouteHealthSnapshot] = []
        self._newest: dict[str, Change] = {}
        """By id of an outage, incident or card."""
        self._others: list[Change] = []
        self._is_told = False

    def __len__(self) -> int:
        """What is held."""
        return len(self._rows) + len(self._snapshots) + len(self._newest) + len(self._others)

    @property
    def is_empty(self) -> bool:
        """Nothing was told, not even what has no table."""
        return not self._is_told

    def add(self, changes: Sequence[Change]) -> None:
        """Of each thing the newest; every snapshot, and all that an operator did."""
        for change in changes:
            if isinstance(change, HealthChanged):
                self._rows[change.health.route.route_id] = change.health
                if change.snapshot is not None:
                    self._snapshots.append(change.snapshot)
            elif isinstance(change, OutageChanged):
                self._newest[change.outage.outage_id] = change
            elif isinstance(change, IncidentChanged):
                self._newest[change.incident.incident_id] = change
            elif isinstance(change, CardChanged):
                self._newest[change.card.card_id] = change
            elif not isinstance(change, _WITHOUT_TABLE):
                self._others.append(change)
            self._is_told = True

    def changes(self) -> Iterator[Change]:
        """The same for `Pending.add`, made as they are taken: after it nothing more may be added."""
        rows = self._rows
        for snapshot in self._snapshots:
            yield HealthChanged(health=rows[snapshot.route_id], snapshot=snapshot)
        bare = rows.keys() - {snapshot.route_id for snapshot in self._snapshots}
        yield from (HealthChanged(health=row, snapshot=None) for ident, row in rows.items() if ident in bare)
        yield from self._newest.values()
        yield from self._others


_WITHOUT_TABLE = (Notice, Isolated, Worked)
# Notices and isolation have no table: the journal has the signals that they came from. Any: each function takes the
# type that it is found under.
_KEEP: dict[type, Callable[[Pending, Any, int], None]] = {
    HealthChanged: Pending._keep_health,
    OutageChanged: Pending._keep_outage,
    IncidentChanged: Pending._keep_incident,
    CardChanged: Pending._keep_card,
    Acted: Pending._keep_audit,
}
