"""Pure. Figures of ingestion by site, from the engine's own telemetry: how long devices took to parse, and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from msgspec import Struct


class Spread(Struct, frozen=True):
    """Of some durations, in milliseconds; nearest rank."""

    p50: float
    p95: float
    max: float
    count: int


class SiteIngestion(Struct, frozen=True, kw_only=True):
    site: str
    """`*`: of all sites together."""
    parse_ms: Spread | None
    """A device; None: none was parsed."""
    write_ms: Spread | None
    """A batch."""
    files: int
    skipped: int
    rows: int
    unparsed: int

    @property
    def skipped_ratio(self) -> float:
        """Of all files that were met."""
        met = self.files + self.skipped
        return self.skipped / met if met else 0.0


EVENTS = ("ParseDuration", "DatabaseWriteLatency", "RowsWritten", "SkippedDuplicate")
Event = Mapping[str, object]


class _Counts(Struct):  # msgspec copies empty lists for each
    parse: list[float] = []
    write: list[float] = []
    files: int = 0
    skipped: int = 0
    rows: int = 0
    unparsed: int = 0


def of(events: Iterable[Event]) -> tuple[SiteIngestion, ...]:
    """By site, all together first; nothing without events. What is no number counts as 0."""
    sites: dict[str, _Counts] = {}
    for event in events:
        if event.get("EventName") in EVENTS:
            for site in ("*", str(event.get("Site") or "-")):
                _count(sites.setdefault(site, _Counts()), event)
    return tuple(_figures(site, sites[site]) for site in sorted(sites))


def spread(durations: Sequence[float]) -> Spread | None:
    """None of nothing."""
    if not durations:
        return None
    ordered = sorted(durations)
    p50, p95 = (ordered[ceil(share * len(ordered)) - 1] for share in (0.5, 0.95))
    return Spread(p50=p50, p95=p95, max=ordered[-1], count=len(ordered))


def _count(counts: _Counts, event: Event) -> None:
    match event["EventName"]:
        case "ParseDuration":
            counts.parse.append(number(event, "DurationMs"))
            counts.unparsed += int(number(event, "UnparsedCount"))
        case "DatabaseWriteLatency":
            counts.write.append(number(event, "LatencyMs"))
        case "RowsWritten":
            counts.files += int(number(event, "FilesCount"))
            counts.rows += int(number(event, "RowsCount"))
        case "SkippedDuplicate":
            counts.skipped += int(number(event, "SkippedCount"))


def number(event: Event, name: str) -> float:
    """0 for what is none."""
    value = event.get(name)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e15 else 0.0


def _figures(site: str, counts: _Counts) -> SiteIngestion:
    return SiteIngestion(
        site=site,
        parse_ms=spread(counts.parse),
        write_ms=spread(counts.write),
        files=counts.files,
        skipped=counts.skipped,
        rows=counts.rows,
        unparsed=counts.unparsed,
    )
