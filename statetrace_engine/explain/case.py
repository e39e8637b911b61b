"""Pure. The case file of one outage: what was seen, sorted by what the cause table asks about."""

from __future__ import annotations

import re
from itertools import islice
from operator import attrgetter
from typing import TypedDict

from msgspec import Struct

from statetrace_engine.health.assessing import OUTSIDE_WITNESS_S
from statetrace_engine.health.evidence import matches
from statetrace_engine.health.life import describe
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import DeviceTrack, PathTrack, ProbeTrack, RouteTrack, Subject
from statetrace_engine.model import names
from statetrace_engine.model.observation import DeviceEvent, Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem

ALMOST_S = 5.0
"""A change is logged so long after it was made at most: what came first to us may have come second there."""
LASTING_S = 10
_WITNESSES = 64
"""Of a device with very many neighbours so many are asked whether they lost it."""
_DECIDING = frozenset(Plane) - {Plane.CONTEXT}
_STEADY = attrgetter("steady")
HOLD_TIMER_LAG_S = 2.0
"""A hold timer that expires so long after the data plane fell silent is a consequence of it (SPEC 4)."""


class Change(Struct, frozen=True, gc=False):
    """Something done to a device before the outage."""

    before_s: float
    """Seconds before the first evidence; negative: after it."""
    seq: int
    hostname: str
    event: DeviceEvent
    touches: bool
    """It names one of the path's objects."""
    is_near: bool
    """So shortly before that it is likelier than what it did."""


class Case(Struct, frozen=True, kw_only=True, gc=False):
    hostname: str
    next_hop: str
    interface: str
    protocol: str
    """Of the path; empty when nobody says."""
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
    reason: Reason = Reason.NONE
    """Why the session or BFD ended, where the device is sure."""
    hint: Observation | None = None
    """A session whose reason may be another's."""
    remote_reason: Reason = Reason.NONE
    route: Observation | None = None
    """The device says that something else, or nothing, is installed."""
    next_hop_probe: Observation | None = None
    destination_probe: Observation | None = None
    impaired: Observation | None = None
    is_next_hop_answering: bool = False
    """It has answered since the first evidence."""
    is_next_hop_suspect: bool = False
    """It has missed a probe, and no more is known yet."""
    is_far_answering: bool = False
    """The other end itself answers its control probe."""
    is_heard: bool = False
    """The device answers polls or has spoken: what it does not say is not so."""
    is_link_known: bool = False
    admin: Observation | None = None
    admin_remote: Observation | None = None
    is_loss_lasting: bool = False
    """Probes were lost or slow in the last seconds too."""
    is_unreachable: bool = False
    is_far_unreachable: bool = False
    is_mute: bool = False
    """It answers no polls, or its neighbours all lost it, and no control probe speaks for it."""
    is_far_mute: bool = False
    restarted_before_s: float | None = None
    far_restarted_before_s: float | None = None
    changes: tuple[Change, ...] = ()
    """Nearest first."""


def of(record: OutageRecord, route: RouteTrack, topology: Topology, policy: ExplainPolicy) -> Case:
    """Everything that the cause table asks about an outage, from the route's lost path."""
    failed = _failed_path(route)
    path = failed.path if failed else None
    next_hop = (path.next_hop or "") if path else ""
    far = topology.device_by_address.get(next_hop) if next_hop else None
    hops = [p.state for p in failed.probes if p.state.has_answered] if failed else []
    seen = _settled(record)
    first = seen[0].steady if seen else record.opened
    return Case(
        hostname=route.record.hostname,
        next_hop=next_hop,
        interface=(path.interface or "") if path else "",
        protocol=(path.protocol or "") if path else "",
        far=far.device.hostname if far else "",
        is_next_hop_answering=any(s.suspect_since is None and s.last_good >= first for s in hops),
        is_next_hop_suspect=bool(hops) and all(s.suspect_since is not None for s in hops),
        is_far_answering=bool(far and _answers(far)),
        is_heard=route.device.state.polled_at >= 0 or route.device.state.last_told >= 0,
        is_loss_lasting=any(_is_losing(p) for p in route.probes()),
        is_mute=_is_mute(route.device, first),
        is_far_mute=bool(far and _is_mute(far, first)),
        is_unreachable=route.device.state.is_unreachable,
        is_far_unreachable=bool(far and far.state.is_unreachable),
        restarted_before_s=_restarted(record, route.device),
        far_restarted_before_s=_restarted(record, far) if far else None,
        changes=_changes(record, route, far, policy),
        **_seen(seen, route, failed),
    )


def _answers(device: DeviceTrack) -> bool:
    return device.state.control is Verdict.UP and device.state.suspect_since is None


def _is_losing(probe: ProbeTrack) -> bool:
    is_lossy = bool(probe.window.loss_percent(LASTING_S)) or probe.window.is_slow_now
    return probe.state.verdict is Verdict.IMPAIRED and is_lossy


def _is_mute(device: DeviceTrack, since: float) -> bool:
    """No control probe says whether it lives; but it answers no polls any more, or several neighbours lost it and it
    has said nothing since."""
    state = device.state
    if state.control is not None:
        return False
    is_unanswering = state.silent_since is not None and state.silent_polls > 1 and state.silent_since > state.last_heard
    if is_unanswering:
        return True
    down = [s for s in islice(device.outside, _WITNESSES) if s.is_down and s.state.since >= since - OUTSIDE_WITNESS_S]
    lost_by = {s.key[0] for s in down if s.key[1] is SubjectKind.INTERFACE or _blames_port(s)}
    return len(lost_by) > 1 and state.last_heard < min(s.state.since for s in down)


def _blames_port(subject: Subject) -> bool:
    last = subject.state.observation
    return last is not None and last.fact.reason is Reason.INTERFACE_DOWN


class _Seen(TypedDict, total=False):
    """What of a Case is the first observation of its kind."""

    link: Observation
    session: Observation
    bfd: Observation
    remote: Observation
    remote_link: Observation
    reason: Reason
    hint: Observation
    remote_reason: Reason
    route: Observation
    next_hop_probe: Observation
    destination_probe: Observation
    impaired: Observation
    is_link_known: bool
    admin: Observation
    admin_remote: Observation


def _seen(settled: list[Observation], route: RouteTrack, failed: PathTrack | None) -> _Seen:
    """In one pass, because every change of an outage asks: what the device, and what the other end said first."""
    found: _Seen = {}
    host, elsewhere = route.record.hostname, _elsewhere(route, failed)
    for o in settled:
        fact = o.fact
        if (o.hostname, fact.kind, fact.name) in elsewhere:
            continue
        is_down, reason = fact.verdict is Verdict.DOWN, fact.reason
        if not fact.is_reason_sure:
            reason = Reason.NONE
            if is_down and fact.reason is not Reason.NONE:
                found.setdefault("hint", o)
        if o.hostname != host:
            if is_down:
                found.setdefault("remote", o)
                if fact.kind is SubjectKind.INTERFACE:
                    found.setdefault("remote_link", o)
                elif reason is not Reason.NONE:
                    found.setdefault("remote_reason", reason)
            if reason is Reason.ADMIN:
                found.setdefault("admin_remote", o)
            elif reason is Reason.ADMIN_REMOTE:  # its remote end is this one
                found.setdefault("admin", o)
            continue
        if reason is Reason.ADMIN_REMOTE:
            found.setdefault("admin_remote", o)
        if _is_route_lost(fact, route):
            found.setdefault("route", o)
        if fact.kind is SubjectKind.INTERFACE:
            found["is_link_known"] = True
        if is_down:
            _count_down(found, o, reason)
        elif fact.verdict is Verdict.IMPAIRED:
            found.setdefault("impaired", o)
    return found


def _elsewhere(route: RouteTrack, failed: PathTrack | None) -> set[tuple[str, SubjectKind, str]]:
    """What belongs to other paths of the route: that they fail too is no cause of this one's failure."""
    paths = (*route.primaries, *route.secondaries)
    if failed is None or len(paths) < 2:
        return set()
    others = {s.key[:3] for path in paths if path is not failed for s in _subjects(path)}
    return others - {s.key[:3] for s in _subjects(failed)}


def _subjects(path: PathTrack) -> tuple[Subject, ...]:
    return (*path.interfaces, *path.members, *path.adjacencies, *path.bfd, *path.remote)


def _is_route_lost(fact: Fact, route: RouteTrack) -> bool:
    """None of the primary paths is installed, or their neighbour offers them no longer."""
    if fact.kind is SubjectKind.OFFER:
        return fact.verdict is Verdict.DOWN
    return fact.plane is Plane.ROUTE and not any(matches(p, i) for p in route.primaries for i in fact.installed)


def _count_down(found: _Seen, o: Observation, reason: Reason) -> None:
    """What the device itself, or a probe behind it, says is down."""
    fact = o.fact
    if reason is Reason.ADMIN:
        found.setdefault("admin", o)
    if reason is not Reason.NONE and fact.kind in (SubjectKind.NEIGHBOUR, SubjectKind.BFD):
        found.setdefault("reason", reason)
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


def _failed_path(route: RouteTrack) -> PathTrack | None:
    """The first primary path that something speaks against; else the first."""
    impaired = None
    for path, verdict in zip(route.primaries, route.verdicts, strict=False):
        if verdict.is_lost:
            return path
        if verdict.is_impaired and impaired is None:
            impaired = path
    return impaired or route.primaries[0] if route.primaries else None


def _settled(record: OutageRecord) -> list[Observation]:
    """Evidence that may name the cause: what came within the time for re-evaluation, in order, less what is a
    consequence: a hold timer that expired after the data plane had gone silent, and where the route went then."""
    seen = [o for o in record.evidence if o.steady <= record.settles and not o.is_history and o.fact.plane in _DECIDING]
    seen.sort(key=_STEADY)
    silent = next((o.steady for o in seen if o.fact.plane is Plane.DATA and o.fact.verdict is Verdict.DOWN), None)
    if silent is None:
        return seen
    held = next((o.steady for o in seen if _is_late_timer(o, silent)), None)
    if held is None:
        return seen
    return [o for o in seen if not _is_late_timer(o, silent) and (o.fact.plane is not Plane.ROUTE or o.steady < held)]


def _is_late_timer(observation: Observation, silent: float) -> bool:
    is_timer = observation.fact.reason is Reason.HOLD_TIMER and observation.fact.is_reason_sure
    return is_timer and observation.steady > silent + HOLD_TIMER_LAG_S


def _restarted(record: OutageRecord, device: DeviceTrack) -> float | None:
    at = device.state.restarted_at
    return record.opened - at if at is not None and abs(record.opened - at) <= 120.0 else None


def _changes(
    record: OutageRecord, route: RouteTrack, far: DeviceTrack | None, policy: ExplainPolicy
) -> tuple[Change, ...]:
    changed = [d for d in (route.device, far) if d is not None and d.state.changes]
    if not changed:
        return ()
    first = min((o.steady for o in record.evidence if o.fact.plane in _DECIDING), default=record.opened)
    found = []
    for device in changed:
        objects = _objects(route) if device is route.device else _objects_of_far(route, device)
        for at, seq, event in device.state.changes:
            before_s = first - at
            if -ALMOST_S <= before_s <= policy.change_far_s:
                touches = bool(objects & _names_in(event.text))
                is_near = before_s <= policy.change_near_s
                found.append(Change(before_s, seq, device.device.hostname, event, touches, is_near))
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


def _objects_of_far(route: RouteTrack, far: DeviceTrack) -> set[str]:
    """The same for the other end, which calls the same link and session by its own port and our address."""
    host = far.device.hostname
    ports = {s.key[2] for p in route.primaries for s in p.remote if s.key[:2] == (host, SubjectKind.INTERFACE)}
    prefix = {route.record.prefix.partition("/")[0]} - {"0.0.0.0", "::"}
    return {name.lower() for name in (*prefix, *route.device.device.addresses, *ports)}


_ADDRESS = r"\d+\.\d+\.\d+\.|[\da-fA-F]*:[\da-fA-F]*:"
_NAME = re.compile(rf"[A-Za-z][A-Za-z-]*(?! (?:{_ADDRESS}))(?: ?\d[\d/.:]*)|[\da-fA-F:.]*[:.][\da-fA-F:.]+")
"""A word and numbers are an interface, `GigabitEthernet 0/1` too; not a word before an address: `neighbor 10.1.1.2`."""


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
