"""Pure. How often operators look at what changed: the diff's own figures, from outages."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from statetrace_engine.model.outage import OutageEvent


class Usage(Struct, frozen=True):
    outages: int
    """Those that were over before anybody was told do not count."""
    looked: int
    """In how many of them somebody looked at what changed: from the outage, or on its device while it was open."""

    @property
    def ratio(self) -> float | None:
        """0 to 1; None: no outage could have been looked into."""
        return round(self.looked / self.outages, 4) if self.outages else None


def usage(outages: Iterable[OutageEvent]) -> Usage:
    told = [outage for outage in outages if not outage.is_transient]
    return Usage(len(told), sum(outage.looked_at is not None for outage in told))
