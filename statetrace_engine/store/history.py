"""What the store holds, for whoever asks: read-only, and empty answers from a store that does not exist yet.

Importing this is cheap; the first question imports SQLAlchemy. Every method reads the disk: off the event loop.
"""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, RuleCount
from statetrace_engine.model.health import RouteHealth, RouteHealthSnapshot
from statetrace_engine.model.launch import CardDay
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.store import restore
from statetrace_engine.store.reader import Reader
from statetrace_engine.store.restore import Restored
from statetrace_engine.store.rollups import DAY_S, HOUR_S, Rollup

CARDS = "anomaly_card"


class History(Reader):
    """The store at `path`. Every method raises StoreError when it is there and cannot be read."""

    def restore(self) -> Restored:
        """What a restart needs; see `restore.Restored`."""
        return restore.read(self.path)

    def current(self) -> tuple[RouteHealth, ...]:
        """The last row of every watched route, by site, hostname, vrf and prefix."""
        from statetrace_engine.store import queries

        return self._ask(queries.current)

    def outages(self, since_at: Epoch) -> tuple[OutageEvent, ...]:
        """Open ones, and those that ended since; newest first."""
        from statetrace_engine.store import queries

        return self._ask(queries.outages, since_at)

    def outages_by_id(self, outage_ids: tuple[str, ...]) -> tuple[OutageEvent, ...]:
        """Those of them that exist, however old; newest first."""
        from statetrace_engine.store import queries

        return self._ask(queries.outages_by_id, outage_ids)

    def incidents(self, since_at: Epoch) -> tuple[Incident, ...]:
        """Open ones, and those that ended since; newest first."""
        from statetrace_engine.store import queries

        return self._ask(queries.incidents, since_at)

    def incidents_by_id(self, incident_ids: tuple[str, ...]) -> tuple[Incident, ...]:
        """Those of them that exist, however old; newest first."""
        from statetrace_engine.store import queries

        return self._ask(queries.incidents_by_id, incident_ids)

    def incidents_between(self, from_at: Epoch, to_at: Epoch) -> tuple[Incident, ...]:
        """Those that were open at any time of it; newest first, so many at most."""
        from statetrace_engine.store import queries

        return self._ask(queries.incidents_between, from_at, to_at)

    def cards(self, since_at: Epoch) -> tuple[AnomalyCard, ...]:
        """Open ones, and those that ended since; newest first."""
        from statetrace_engine.store import queries

        return self._ask_of(CARDS, queries.cards, since_at)

    def cards_by_id(self, card_ids: tuple[str, ...]) -> tuple[AnomalyCard, ...]:
        """Those of them that exist, however old."""
        from statetrace_engine.store import queries

        return self._ask_of(CARDS, queries.cards_by_id, card_ids)

    def card_days(self, since_at: Epoch) -> tuple[CardDay, ...]:
        """Cards by the day on which they were raised, those of since then."""
        from statetrace_engine.store import queries

        return self._ask_of(CARDS, queries.card_days, since_at)

    def rule_counts(self, since_at: Epoch) -> tuple[RuleCount, ...]:
        """Cards of each rule that were raised since, and what was said of them."""
        from statetrace_engine.store import queries

        return self._ask_of(CARDS, queries.rule_counts, since_at)

    def routes_by_id(self, route_ids: tuple[str, ...]) -> tuple[RouteRecord, ...]:
        """Those that were ever watched; of one that no longer is only its place, class and owner."""
        from statetrace_engine.store import queries

        return self._ask(queries.routes_by_id, route_ids)

    def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        """The last entries, newest first."""
        from statetrace_engine.store import queries

        return self._ask(queries.audit_entries, limit)

    def snapshots(self, route_id: str, from_at: Epoch, to_at: Epoch) -> tuple[RouteHealthSnapshot, ...]:
        """One route's changes in [from, to), oldest first."""
        from statetrace_engine.store import queries

        return self._ask(queries.snapshots, route_id, from_at, to_at)

    def rollups(self, route_id: str, from_at: Epoch, to_at: Epoch, unit_s: int = HOUR_S) -> tuple[Rollup, ...]:
        """One route's hours, or days with `DAY_S`, from that of `from_at` until `to_at`, which is not in the future."""
        from statetrace_engine.store import queries

        if unit_s not in (HOUR_S, DAY_S):
            raise ValueError(f"no roll-up of {unit_s} s is kept")
        return self._ask(queries.completed_rollups, route_id, from_at, to_at, unit_s)
