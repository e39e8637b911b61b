"""Pure. The figures of change tracking itself: how often it is looked at, how soon, how fast and how right it is."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from statetrace_engine.model.diff import ChangeMark, MarkVerdict
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.reports.ingestion import Event, Spread, number, spread

EVENTS = ("DiffCompareDuration", "DriftDetectionTime")


class Usage(Struct, frozen=True):
    outages: int
    """Those that were over before anybody was told do not count."""
    looked: int
    """In how many of them somebody looked at what changed: from the outage, or on its device while it was open."""

    @property
    def ratio(self) -> float | None:
        """0 to 1; None: no outage could have been looked into."""
        return round(self.looked / self.outages, 4) if self.outages else None


class Figures(Struct, frozen=True, kw_only=True):
    usage: Usage
    compare_ms: Spread | None
    """A run: both captures read from the store and compared."""
    seen_ms: Spread | None
    """From the capture to the first look at what it changed."""
    compared_seen_ms: Spread | None
    """The same from when it could be seen: a capture may be old when it comes."""
    changes_seen: int
    false_positives: int

    @property
    def precision(self) -> float | None:
        """Of the changes that somebody has looked at, the share that nobody called false; None: none was looked at."""
        if not self.changes_seen:
            return None
        return round(max(0.0, 1 - self.false_positives / self.changes_seen), 4)


def usage(outages: Iterable[OutageEvent]) -> Usage:
    told = [outage for outage in outages if not outage.is_transient]
    return Usage(len(told), sum(outage.looked_at is not None for outage in told))


def of(outages: Iterable[OutageEvent], events: Iterable[Event], marks: Iterable[ChangeMark]) -> Figures:
    """Of one span of time. The first look at a run counts; what is no number counts as 0."""
    compared: list[float] = []
    looks: dict[str, Event] = {}
    for event in events:
        if event.get("EventName") == "DiffCompareDuration":
            compared.append(number(event, "DurationMs"))
        elif event.get("EventName") == "DriftDetectionTime":
            looks.setdefault(str(event.get("RunId")), event)
    seen = looks.values()
    return Figures(
        usage=usage(outages),
        compare_ms=spread(compared),
        seen_ms=spread([number(look, "DurationMs") for look in seen]),
        compared_seen_ms=spread([number(look, "SinceComparedMs") for look in seen]),
        changes_seen=sum(int(number(look, "ChangesCount")) for look in seen),
        false_positives=sum(mark.verdict is MarkVerdict.FALSE_POSITIVE for mark in marks),
    )
