"""Pure. The case file of one outage: what was seen, sorted by what the cause table asks about."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TypedDict

from msgspec import Struct

from statetrace_engine.health.life import describe
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import DeviceTrack, RouteTrack
from statetrace_engine.model import names
from statetrace_engine.model.observation import DeviceEvent, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem
from statetrace_engine.model.route import RoutePath

ALMOST_S = 5.0
"""A change is logged so long after it was made at most: what came first to us may have come second there."""
_DECIDING = frozenset(Plane) - {Plane.CONTEXT}
_STEADY = attrgetter("steady")
_BETWEEN = ("link", "session", "bfd", "remote")
"""What a device takes with it when it goes."""
RESTARTED_S = 120.0
"""A restart and an outage of the device that are no further apart are one event."""
HOLD_TIMER_LAG_S = 2.0
"""A hold timer that expires so long after the data plane fell silent is a consequence of it (SPEC 4)."""


class Change(Struct, frozen=True, gc=False):
    """Something done to a device before the outage."""

    before_s: float
    """Seconds before the first evidence; negative: after it."""
    seq: int
    event: DeviceEvent
    touches: bool
    """It names one of the path's objects."""
    is_near: bool
    """So shortly before that it is likelier than what it did."""


class Case(Struct, frozen=True, kw_only=True, gc=False):
    hostname: str
    next_hop: str
    interface: str
    far: str
    """The device that owns the next hop, when the inventory knows it."""
    link_hop: str = ""
    """The next hop that names the link: the IPv4 one, where both families go over it."""
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
    """And something between the two has gone down, too: else it may be only the way there that lets nothing through."""
    restarted_before_s: float | None = None
    changes: tuple[Change, ...] = ()
    """Nearest first."""


def of(record: OutageRecord, route: RouteTrack, topology: Topology, policy: ExplainPolicy) -> Case:
    """Everything that the cause table asks about an outage, from the route's lost path."""
    path = _failed_path(route)
    next_hop = (path.next_hop or "") if path else ""
    far = topology.device_by_address.get(next_hop) if next_hop else None
    hops = [p.state for t in route.primaries for p in t.probes if p.state.has_answered]
    seen = _seen(_settled(record), route.record.hostname)
    return Case(
        hostname=route.record.hostname,
        next_hop=next_hop,
        interface=(path.interface or "") if path else "",
        far=far.device.hostname if far else "",
        link_hop=topology.link_hop(route.record.hostname, path) if path else "",
        is_next_hop_answering=any(s.suspect_since is None for s in hops),
        is_next_hop_silent=bool(hops) and all(s.verdict is Verdict.DOWN or s.suspect_since is not None for s in hops),
        is_unreachable=route.device.state.is_unreachable,
        is_far_unreachable=bool(far and far.state.is_unreachable and not seen.keys().isdisjoint(_BETWEEN)),
        restarted_before_s=_restarted(record, route.device),
        changes=_changes(record, route, far, policy),
        **seen,
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
    return record.opened - at if at is not None and abs(record.opened - at) <= RESTARTED_S else None


def _changes(
    record: OutageRecord, route: RouteTrack, far: DeviceTrack | None, policy: ExplainPolicy
) -> tuple[Change, ...]:
    changed = [d for d in (route.device, far) if d is not None and d.state.changes]
    if not changed:
        return ()
    first = min((o.steady for o in record.evidence if o.fact.plane in _DECIDING), default=record.opened)
    objects = _objects(route)
    found = []
    for device in changed:
        for at, seq, event in device.state.changes:
            before_s = first - at
            if -ALMOST_S <= before_s <= policy.change_far_s:
                touches = bool(objects & _names_in(event.text))
                found.append(Change(before_s, seq, event, touches, before_s <= policy.change_near_s))
    return tuple(sorted(found, key=lambda c: (not c.touches, c.before_s)))


def _objects(route: RouteTrack) -> set[str]:
    """The names by which a configuration line may touch the route, lower case."""
    found = {route.record.prefix.partition("/")[0]} - {"0.0.0.0", "::"}
    for path in (*route.primaries, *route.secondaries):
        egress = path.path.interface
        for name in (path.path.next_hop, *path.path.learned_from, egress, *(names.parents(egress) if egress else ())):
            if name:
                found.add(name.lower())
    return found


_NAME = re.compile(r"[A-Za-z][A-Za-z-]*(?: ?\d[\d/.:]*)|[\da-fA-F:.]*[:.][\da-fA-F:.]+")


def _names_in(text: str) -> set[str]:
    """Interfaces and addresses that a configuration line names, canonical: `interface Gi0/1` → gigabitethernet0/1."""
    return {names.interface(found).lower() for found in _NAME.findall(text)}


def items(seen: list[Observation]) -> tuple[EvidenceItem, ...]:
    """Evidence for people: what still holds supports, what was taken back opposes, history is stale, and what only
    surrounds it is context."""
    return tuple(
        EvidenceItem(
            source=o.source.value,
            plane=o.fact.plane,
            verdict=o.fact.verdict,
            at=o.received_at,
            text=describe(o),
            witness=o.witness,
            seq=o.seq,
            agreement=Agreement.STALE
            if o.is_history
            else Agreement.CONTEXT
            if o.fact.plane is Plane.CONTEXT
            else Agreement.OPPOSES
            if o.fact.verdict is Verdict.UP
            else Agreement.SUPPORTS,
        )
        for o in seen
    )
