"""Pure. The case file of one outage: what was seen, sorted by what the cause table asks about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from operator import attrgetter
from typing import TypedDict

from msgspec import Struct

from statetrace_engine.explain import changes
from statetrace_engine.explain.changes import Change
from statetrace_engine.health.life import describe
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import DeviceTrack, RouteTrack
from statetrace_engine.model.observation import Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem
from statetrace_engine.model.route import RoutePath

_DECIDING = frozenset(Plane) - {Plane.CONTEXT}
_STEADY = attrgetter("steady")
HOLD_TIMER_LAG_S = 2.0
"""A hold timer that expires so long after the data plane fell silent is a consequence of it (SPEC 4)."""


class Case(Struct, frozen=True, kw_only=True, gc=False):
    hostname: str
    next_hop: str
    interface: str
    far: str
    """The device that owns the next hop, when the inventory knows it."""
    link: Observation | None = None
    """The interface, down."""
    session: Observation | None = None
    """The first session or adjacency that went down."""
    bfd: Observation | None = None
    remote: Observation | None = None
    """What the other end said."""
    remote_link: Observation | None = None
    """Its interface on the same link is down."""
    route: Observation | None = None
    """The device says that something else, or nothing, is installed."""
    next_hop_probe: Observation | None = None
    destination_probe: Observation | None = None
    impaired: Observation | None = None
    is_next_hop_answering: bool = False
    is_next_hop_silent: bool = False
    is_link_known: bool = False
    admin: Observation | None = None
    admin_remote: Observation | None = None
    is_unreachable: bool = False
    is_far_unreachable: bool = False
    restarted_before_s: float | None = None
    changes: tuple[Change, ...] = ()
    """Nearest first."""


def of(record: OutageRecord, route: RouteTrack, topology: Topology, policy: ExplainPolicy) -> Case:
    """Everything that the cause table asks about an outage, from the route's lost path."""
    path = _failed_path(route)
    next_hop = (path.next_hop or "") if path else ""
    far = topology.device_by_address.get(next_hop) if next_hop else None
    hops = [p.state for t in route.primaries for p in t.probes if p.state.has_answered]
    return Case(
        hostname=route.record.hostname,
        next_hop=next_hop,
        interface=(path.interface or "") if path else "",
        far=far.device.hostname if far else "",
        is_next_hop_answering=any(s.suspect_since is None for s in hops),
        is_next_hop_silent=bool(hops) and all(s.verdict is Verdict.DOWN or s.suspect_since is not None for s in hops),
        is_unreachable=route.device.state.is_unreachable,
        is_far_unreachable=bool(far and far.state.is_unreachable),
        restarted_before_s=_restarted(record, route.device),
        changes=_changes(record, route, far, policy),
        **_seen(_settled(record), route.record.hostname),
    )


class _Seen(TypedDict, total=False):
    """What of a Case is the first observation of its kind."""

    link: Observation
    session: Observation
    bfd: Observation
    remote: Observation
    remote_link: Observation
    route: Observation
    next_hop_probe: Observation
    destination_probe: Observation
    impaired: Observation
    is_link_known: bool
    admin: Observation
    admin_remote: Observation


def _seen(settled: list[Observation], host: str) -> _Seen:
    """In one pass, because every change of an outage asks: what the device, and what the other end said first."""
    found: _Seen = {}
    for o in settled:
        fact = o.fact
        is_down, is_admin = fact.verdict is Verdict.DOWN, fact.reason is Reason.ADMIN
        if o.hostname != host:
            if is_down:
                found.setdefault("remote", o)
                if fact.kind is SubjectKind.INTERFACE:
                    found.setdefault("remote_link", o)
            if is_admin or fact.reason is Reason.ADMIN_REMOTE:
                found.setdefault("admin_remote", o)
            continue
        if fact.reason is Reason.ADMIN_REMOTE:
            found.setdefault("admin_remote", o)
        if fact.plane is Plane.ROUTE and (is_down or fact.kind is not SubjectKind.OFFER):
            found.setdefault("route", o)
        if fact.kind is SubjectKind.INTERFACE:
            found["is_link_known"] = True
        if is_down:
            _count_down(found, o)
        elif fact.verdict is Verdict.IMPAIRED:
            found.setdefault("impaired", o)
    return found


def _count_down(found: _Seen, o: Observation) -> None:
    """What the device itself, or a probe behind it, says is down."""
    fact = o.fact
    if fact.reason is Reason.ADMIN:
        found.setdefault("admin", o)
    if fact.kind is SubjectKind.INTERFACE:
        found.setdefault("link", o)
    elif fact.kind is SubjectKind.NEIGHBOUR:
        found.setdefault("session", o)
    elif fact.kind is SubjectKind.BFD:
        found.setdefault("bfd", o)
    if fact.protocol == "next-hop":
        found.setdefault("next_hop_probe", o)
    elif fact.protocol == "destination":
        found.setdefault("destination_probe", o)


def _failed_path(route: RouteTrack) -> RoutePath | None:
    """The first primary path that something speaks against; else the first."""
    impaired = None
    for path, verdict in zip(route.primaries, route.verdicts, strict=False):
        if verdict.is_lost:
            return path.path
        if verdict.is_impaired and impaired is None:
            impaired = path
    return (impaired or route.primaries[0]).path if route.primaries else None


def _settled(record: OutageRecord) -> list[Observation]:
    """Evidence that may name the cause: what came within the time for re-evaluation, in order, less what is a
    consequence: a hold timer that expired after the data plane had gone silent."""
    seen = [o for o in record.evidence if o.steady <= record.settles and not o.is_history and o.fact.plane in _DECIDING]
    seen.sort(key=_STEADY)
    silent = next((o.steady for o in seen if o.fact.plane is Plane.DATA and o.fact.verdict is Verdict.DOWN), None)
    if silent is None:
        return seen
    return [o for o in seen if o.fact.reason is not Reason.HOLD_TIMER or o.steady <= silent + HOLD_TIMER_LAG_S]


def _restarted(record: OutageRecord, device: DeviceTrack) -> float | None:
    at = device.state.restarted_at
    return record.opened - at if at is not None and abs(record.opened - at) <= 120.0 else None


def _changes(
    record: OutageRecord, route: RouteTrack, far: DeviceTrack | None, policy: ExplainPolicy
) -> tuple[Change, ...]:
    if not route.device.state.changes and not (far and far.state.changes):
        return ()
    first = min((o.steady for o in record.evidence if o.fact.plane in _DECIDING), default=record.opened)
    return changes.before(first, route, far, policy)


def items(seen: Iterable[Observation]) -> tuple[EvidenceItem, ...]:
    """Evidence for people: what still holds supports, what was taken back opposes, history is stale, and what only
    surrounds it is context."""
    return tuple(map(_item, seen))


@lru_cache(maxsize=2048)
def _item(o: Observation) -> EvidenceItem:
    """One for all the routes that the same word touches."""
    return EvidenceItem(
        source=o.source.value,
        plane=o.fact.plane,
        verdict=o.fact.verdict,
        at=o.received_at,
        text=describe(o),
        witness=o.witness,
        seq=o.seq,
        hostname=o.hostname,
        about=o.fact.protocol if o.fact.kind is SubjectKind.PROBE else o.fact.kind.value,
        reason=o.fact.reason,
        agreement=Agreement.STALE
        if o.is_history
        else Agreement.CONTEXT
        if o.fact.plane is Plane.CONTEXT
        else Agreement.OPPOSES
        if o.fact.verdict is Verdict.UP
        else Agreement.SUPPORTS,
    )
