"""Pure. The health of a route at a moment, as consoles and the store see it."""

from __future__ import annotations

from enum import IntFlag, StrEnum

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.model import Epoch
from statetrace_engine.model.route import Role, RouteRecord


class HealthState(StrEnum):
    UNKNOWN = "UNKNOWN"
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    RECOVERED = "RECOVERED"


class Severity(StrEnum):
    CRITICAL = "critical"
    MAJOR = "major"
    WARNING = "warning"
    INFO = "info"


class Failover(StrEnum):
    NONE = "None"
    IN_PROGRESS = "FailoverInProgress"
    COMPLETE = "FailoverComplete"


class Overlay(IntFlag):
    """Independent of the state (SPEC 2)."""

    NONE = 0
    FLAPPING = 1
    CONFLICTING = 2
    STALE = 4
    MAINTENANCE = 8
    UNPROBED = 16


class RouteHealth(Struct, frozen=True, kw_only=True, gc=False):
    """One row of the Routes screen."""

    route: RouteRecord
    state: HealthState
    since_at: Epoch
    """When it entered the state; 0.0 before anything was heard."""
    severity: Severity | None = None
    overlays: Overlay = Overlay.NONE
    failover: Failover = Failover.NONE
    outage_id: str = ""
    """The open outage, or the recovered one that nobody has seen."""
    cause: str = ""
    remark: str = ""
    """What beats the cause in the table: `loss 6.2 %`, `flapping 14 times`, `stale 22 s`, `unprobed`."""
    via: str = ""
    """What carries now, as far as it is known: `10.1.2.2`."""
    acknowledged_by: str = ""
    acknowledged_at: Epoch | None = None
    hold_ends_at: Epoch | None = None
    """RECOVERED: when it becomes HEALTHY."""
    is_latched: bool = False
    """Failed and recovered with nobody having seen it."""
    primaries_lost: int = 0
    primaries: int = 0
    captured_at: Epoch | None = None
    """Basis `captured` (SPEC 2): the state is as of this capture, and nothing live watches the route."""


def unwatched_row(health: RouteHealth, since_at: Epoch | None, why: str) -> RouteHealth:
    """As it is once nobody watches: a gap is never green. A captured one is as of its capture, whoever runs."""
    if health.captured_at is not None or health.state is HealthState.UNKNOWN:
        return health
    return replace(
        health,
        state=HealthState.UNKNOWN,
        since_at=max(since_at or 0.0, health.since_at),
        severity=None,
        overlays=health.overlays | Overlay.STALE,
        remark=f"{why}, was {health.state}",
        via="",
    )


class PathHealth(Struct, frozen=True, kw_only=True, gc=False):
    role: Role
    next_hop: str | None
    interface: str | None
    protocol: str | None
    admin_distance: int | None
    word: str
    """`carries`, `lost`, `impaired`, `standby`, `withdrawn`, `not proven`, `carries instead`."""
    verdict: str
    """`up`, `down`, `impaired`, `spare` or `unknown`: the word's colour."""
    since_at: Epoch | None


class Freshness(Struct, frozen=True, kw_only=True, gc=False):
    """How recent a source's word on this route is."""

    source: str
    last_at: Epoch | None
    interval_s: float | None
    """None for event sources."""
    word: str
    """`fresh`, `late`, `stale`, `event`, `never`; captures: `fresh` 24 h, `late` 48 h, `old` 7 d."""


class WhyNot(Struct, frozen=True, kw_only=True, gc=False):
    """The answer to "why not yet?" for one pending transition, notice or recovery."""

    what: str
    """`DOWN`, `notice`, `RECOVERED`, `HEALTHY`, `the primary path`, …"""
    rule: str
    missing: str
    fires_at: Epoch | None
    """When it happens if nothing changes; None: not without new evidence."""


class RouteHealthSnapshot(Struct, frozen=True, kw_only=True, gc=False):
    """The health of one route at one change, as the store keeps it."""

    snapshot_id: str
    route_id: str
    taken_at: Epoch
    state: HealthState
    severity: Severity | None
    failover: Failover
    overlays: int
    outage_id: str
    cause: str
    seq: int
    """The journal sequence of the signal that made it."""
