"""Pure. Clusters: cards and outages that belong together, shown as one, with the reason why."""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import Severity


class Tie(Struct, frozen=True, kw_only=True, gc=False):
    """Why one member belongs to a cluster: what stands before it, and what that is known to bring about."""

    member: str
    """Its id: `CARD-000004`, `INC-…`, or `OUT-…` of an outage without an incident."""
    behind: str = ""
    """The member that it follows; empty for the one that came first."""
    because: str = ""
    """`40s after A power supply failed, R1 2: a device that loses power goes silent`; empty for the first."""


class Cluster(Struct, frozen=True, kw_only=True, gc=False):
    """What one thing brought about: an incident stays what it is, and may be part of one."""

    cluster_id: str
    """That of the member that came first, behind `CL-`."""
    sequence: str
    """By name: `power-failure`."""
    title: str
    because: str
    """A sentence: `because a device that loses power …: …`."""
    severity: Severity
    """The worst of what is not over, of everything once all of it is."""
    first_at: Epoch
    last_at: Epoch
    ties: tuple[Tie, ...]
    """What came first, first; then in the order of time."""
    card_ids: tuple[str, ...] = ()
    incident_ids: tuple[str, ...] = ()
    outage_ids: tuple[str, ...] = ()
    """Those of its incidents included."""
    hosts: tuple[str, ...] = ()
    is_over: bool = False
