"""Pure. The simulator's own log of what it broke, and how well an engine's outages agree with it.

One JSON object a line, `{"fault_id", "kind", "label", "injected_at", "healed_at", "injected", "healed", "routes"}`:
at the injection with `healed_at` null, and again when it heals. Times are epoch seconds and, beside them, ISO 8601.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from typing import Any

from statetrace_engine.model import Epoch

Json = Mapping[str, Any]
"""A decoded JSON object: its values are whatever the other side wrote."""

EARLY_S = 0.05
LATE_S = 2.0
"""An outage belongs to a fault when it was detected from so long before the injection to so long after the healing."""
SETTLE_S = 3.0
"""A fault younger than this at the end is not yet missed."""


@dataclass(frozen=True, slots=True)
class Record:
    """One fault as it happened; `healed_at` None while it lasts."""

    fault_id: int
    kind: str
    label: str
    injected_at: Epoch
    healed_at: Epoch | None
    routes: tuple[str, ...]
    """Ids of the routes that must have an outage because of it, and had none before."""

    def healed(self, at: Epoch) -> Record:
        return replace(self, healed_at=at)

    def json(self) -> dict[str, Any]:
        return {
            "fault_id": self.fault_id,
            "kind": self.kind,
            "label": self.label,
            "injected_at": self.injected_at,
            "healed_at": self.healed_at,
            "injected": iso(self.injected_at),
            "healed": iso(self.healed_at) if self.healed_at is not None else None,
            "routes": list(self.routes),
        }


@dataclass(frozen=True, slots=True)
class Miss:
    fault_id: int
    kind: str
    route_id: str


@dataclass(frozen=True, slots=True)
class Score:
    """How an engine did."""

    expected: int
    """Pairs of a fault and a route that had to be found."""
    missed: tuple[Miss, ...]
    false: tuple[str, ...]
    """Ids of outages that no fault explains, by route and time."""
    repeated: tuple[str, ...]
    """Ids of outages beyond the first of one route in one fault."""
    latencies_ms: Mapping[str, tuple[float, ...]]
    """Detected − injected by kind, ascending."""

    def percentile_ms(self, kind: str, percent: float = 95.0) -> float | None:
        """Nearest rank; None without any."""
        of = self.latencies_ms.get(kind, ())
        return of[max(0, ceil(percent / 100 * len(of)) - 1)] if of else None


def read(text: str) -> tuple[Record, ...]:
    """The faults of a truth log in order; a last line that was cut off in writing is left out."""
    records: dict[int, Record] = {}
    for line in text.splitlines(keepends=True):
        if line.endswith("\n") and line.strip():
            record = decode(json.loads(line))
            records[record.fault_id] = record
    return tuple(records.values())


def decode(fault: Json) -> Record:
    """A fault of the log, of the simulator's messages, or of `demo --json` (whose times are ISO, without ids)."""
    healed_at = fault["healed_at"]
    return Record(
        fault_id=int(fault.get("fault_id", 0)),
        kind=str(fault["kind"]),
        label=str(fault.get("label", "")),
        injected_at=epoch(fault["injected_at"]),
        healed_at=None if healed_at is None else epoch(healed_at),
        routes=tuple(fault["routes"]),
    )


def score(faults: Iterable[Record | Json], outages: Iterable[Json], until: Epoch) -> Score:
    """Compares the truth with outages (`outage_id`, `route_id`, `detected_at`) as known at the moment `until`."""
    records = [fault if isinstance(fault, Record) else decode(fault) for fault in faults]
    found: dict[str, list[tuple[Epoch, str]]] = defaultdict(list)
    for outage in outages:
        found[str(outage["route_id"])].append((epoch(outage["detected_at"]), str(outage["outage_id"])))
    explained: set[str] = set()
    repeated: set[str] = set()
    missed: list[Miss] = []
    latencies: dict[str, list[float]] = defaultdict(list)
    expected = 0
    for record in records:
        for route_id in record.routes:
            hits = sorted(hit for hit in found[route_id] if _is_within(record, hit[0], until))
            explained.update(outage_id for _, outage_id in hits)
            repeated.update(outage_id for _, outage_id in hits[1:])
            if hits:
                latencies[record.kind].append((hits[0][0] - record.injected_at) * 1000)
            elif record.injected_at + SETTLE_S <= until:
                missed.append(Miss(record.fault_id, record.kind, route_id))
            expected += bool(hits) or record.injected_at + SETTLE_S <= until
    false = sorted(name for hits in found.values() for _, name in hits if name not in explained)
    by_kind = {kind: tuple(sorted(of)) for kind, of in latencies.items()}
    return Score(expected, tuple(missed), tuple(false), tuple(sorted(repeated)), by_kind)


def _is_within(record: Record, at: Epoch, until: Epoch) -> bool:
    ends_at = until if record.healed_at is None else record.healed_at
    return record.injected_at - EARLY_S <= at <= ends_at + LATE_S


def epoch(value: float | str) -> Epoch:
    """Epoch seconds of epoch seconds or of ISO 8601.

    Raises ValueError when it is neither.
    """
    return datetime.fromisoformat(value).timestamp() if isinstance(value, str) else float(value)


def iso(at: Epoch) -> str:
    """`2026-11-23T14:03:27.104Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
