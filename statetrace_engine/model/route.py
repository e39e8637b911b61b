"""Pure. What is watched: routes and the paths that reach them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class RouteClass(StrEnum):
    """How much a route matters; every constant of SPEC 2 depends on it."""

    CRITICAL = "critical"
    STANDARD = "standard"
    BEST_EFFORT = "best-effort"


class Role(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"


class RoutePath(Struct, frozen=True, kw_only=True, gc=False):
    """One way to reach a route. A field that is None matches anything."""

    path_id: str
    role: Role
    next_hop: str | None = None
    interface: str | None = None
    """Canonical long form, as `names.interface` gives it."""
    protocol: str | None = None
    learned_from: tuple[str, ...] = ()
    """BGP neighbours that offer this path; empty: the next hop itself."""
    admin_distance: int | None = None
    metric: int | None = None
    tag: int | None = None


class RouteRecord(Struct, frozen=True, kw_only=True, gc=False):
    """The watched thing: one destination on one device (SPEC 1)."""

    route_id: str
    site: str
    hostname: str
    vrf: str
    prefix: str
    """`10.0.0.0/8`, host bits cleared; IPv6 as RFC 5952."""
    route_class: RouteClass = RouteClass.STANDARD
    owner: str = ""
    """Empty: `unowned`, shown and counted."""
    contact: str = ""
    runbook: str = ""
    """A runbook's name; empty: chosen by cause."""
    circuit: str = ""
    carrier: str = ""
    carrier_contact: str = ""
    paths: tuple[RoutePath, ...] = ()
    """Primary paths first."""
