"""Pure. The case file of one outage: what was seen, sorted by what the cause table asks about."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypedDict

from msgspec import Struct

from statetrace_engine.explain import changes, following
from statetrace_engine.explain.changes import Change
from statetrace_engine.explain.following import DECIDING
from statetrace_engine.health import clocks, shut_ports
from statetrace_engine.health.evidence import matches
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import OutageRecord, plain
from statetrace_engine.health.unseen import OUTSIDE_WITNESS_S
from statetrace_engine.health.watched import DeviceTrack, PathTrack, ProbeTrack, RouteTrack, Subject
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict

LASTING_S = 10
_WITNESSES = 64
"""Of a device with very many neighbours so many are asked whether they lost it."""
RESTARTED_S = 120.0
"""A restart and an outage of the device that are no further apart are one event."""


Named = tuple[str, SubjectKind, str]
"""Device, kind and name of a subject."""


class Case(Struct, frozen=True, kw_only=True, gc=False):
    hostname: str
    next_hop: str
    interface: str
    protocol: str
    """Of the path; empty when nobody says."""
    far: str
    """The device that owns the next hop, when the inventory knows it."""
    behind: str = ""
    """How a fault beyond the next hop is named: by that device, else by the hop, of its site where sites are alike."""
    link_subnet: str = ""
    """What names the link: of the IPv4 next hop, where both families go over it."""
    link: Observation | None = None
    """The interface, down."""
    session: Observation | None = None
    """The first session or adjacency that went down."""
    bfd: Observation | None = None
    remote: Observation | None = None
    """What the other end said."""
    remote_link: Observation | None = None
    """Its interface on the same link is down."""
    far_port: Observation | None = None
    """In the same moment it shut a port, and nobody knows which one is that of the link."""
    reason: Reason = Reason.NONE
    """Why the session or BFD ended, where the device is sure."""
    hint: Observation | None = None
    """A session whose reason may be another's."""
    remote_reason: Reason = Reason.NONE
    route: Observation | None = None
    """The device says that something else, or nothing, is installed."""
    is_outbid: bool = False
    """The neighbour offers the path still, as BMP shows: the device prefers the other one."""
    next_hop_probe: Observation | None = None
    destination_probe: Observation | None = None
    impaired: Observation | None = None
    lossy_hop: Observation | None = None
    """The next hop answers some and not all."""
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
    is_far_gone: bool = False
    """The device of its next hop is unreachable, which may be only the way there that lets nothing through."""
    is_far_unreachable: bool = False
    """And something between the two has gone down, too, or several others lost their link to it."""
    is_mute: bool = False
    """It answers no polls, or its neighbours all lost it, and no control probe speaks for it."""
    is_far_mute: bool = False
    restarted_before_s: float | None = None
    far_restarted_before_s: float | None = None
    changes: tuple[Change, ...] = ()
    """Nearest first."""


def of(
    record: OutageRecord,
    route: RouteTrack,
    topology: Topology,
    policy: ExplainPolicy,
    failed: PathTrack | None = None,
) -> Case:
    """Everything that the cause table asks about an outage, from the route's lost path, or from the one given."""
    failed = failed or _failed_path(route)
    path = failed.path if failed else None
    next_hop = (path.next_hop or "") if path else ""
    far = topology.beyond(route.record.hostname, next_hop) if next_hop else None
    hops = [p.state for p in failed.probes if p.state.has_answered] if failed else []
    elsewhere = _elsewhere(route, failed)
    seen = following.settled(record, (lambda o: is_of(o, elsewhere)) if elsewhere and record.lost_paths else None)
    first = seen[0].steady if seen else record.opened
    found = _seen(seen, route, failed, elsewhere)
    return Case(
        hostname=route.record.hostname,
        next_hop=next_hop,
        interface=(path.interface or "") if path else "",
        protocol=(path.protocol or "") if path else "",
        far=far.device.hostname if far else "",
        behind=far.device.hostname if far else _hop_of(next_hop, route, topology),
        link_subnet=topology.link_subnet(route.record.hostname, path) if path else "",
        is_next_hop_answering=any(s.suspect_since is None and s.last_good >= first for s in hops),
        is_next_hop_suspect=bool(hops) and all(s.suspect_since is not None for s in hops),
        is_far_answering=bool(far and _answers(far)),
        is_heard=route.device.state.polled_at >= 0 or bool(route.device.state.told),
        is_loss_lasting="impaired" in found and any(_is_losing(p) for p in route.probes()),
        is_mute=_is_mute(route.device, first),
        is_far_mute=bool(far and _is_mute(far, first)),
        is_unreachable=route.device.state.is_unreachable,
        is_far_gone=bool(far and far.state.is_unreachable),
        is_far_unreachable=bool(
            far
            and far.state.is_unreachable
            and (
                _has_cut(found) or _is_cut_from(far, route.record.hostname, first) or _is_many(_lost_links(far, first))
            )
        ),
        restarted_before_s=_restarted(record, route.device, first),
        far_restarted_before_s=_restarted(record, far, first) if far else None,
        changes=_changes(record, route, far, policy),
        is_outbid=_is_outbid(found.get("route"), seen, route, failed),
        **found,
    )


def _is_outbid(moved: Observation | None, seen: list[Observation], route: RouteTrack, failed: PathTrack | None) -> bool:
    """Not by a next hop beyond the neighbour: the device may have lost the way to it."""
    if moved is None or failed is None or moved.fact.kind is not SubjectKind.PREFIX or not moved.fact.installed:
        return False
    if any(o.fact.kind is SubjectKind.OFFER and o.fact.verdict is Verdict.DOWN for o in seen):
        return False
    hop = plain(failed.path.next_hop)
    offers = [o for o in route.state.offers if o.neighbour and plain(o.neighbour) == hop]
    return any(held.is_sure for o in offers if not o.waiting and not o.lacks(hop) for held in o.decides)


def _hop_of(next_hop: str, route: RouteTrack, topology: Topology) -> str:
    """Very many devices may have it, and at sites that are numbered alike it is another one each."""
    site = route.device.device.site
    return f"{next_hop} of {site}" if topology.addresses.is_alike(site) else next_hop


def _answers(device: DeviceTrack) -> bool:
    return device.state.control is Verdict.UP and device.state.suspect_since is None


def _is_losing(probe: ProbeTrack) -> bool:
    is_lossy = bool(probe.window.loss_percent(LASTING_S)) or probe.window.is_slow_now
    return probe.state.verdict is Verdict.IMPAIRED and is_lossy


def _has_cut(found: _Seen) -> bool:
    """Something between the two has gone down; a session's hold timer only says that nothing came through."""
    between = (found.get("link"), found.get("session"), found.get("bfd"), found.get("remote"))
    return any(
        o is not None and (o.fact.kind is SubjectKind.BFD or o.fact.reason is not Reason.HOLD_TIMER) for o in between
    )


def _is_mute(device: DeviceTrack, since: float) -> bool:
    """No control probe says whether it lives; but it answers no polls any more, or several neighbours lost it and it
    has said nothing since."""
    state = device.state
    if state.control is not None:
        return False
    is_unanswering = state.silent_since is not None and state.silent_polls > 1 and state.silent_since > state.last_heard
    if is_unanswering:
        return True
    down = _lost_links(device, since)
    return _is_many(down) and state.last_heard < min(s.state.since for s in down)


def _lost_links(device: DeviceTrack, since: float) -> list[Subject]:
    """What its neighbours lost towards it, by their own ports."""
    near = (s for s in islice(device.outside, _WITNESSES) if s.is_down and s.state.since >= since - OUTSIDE_WITNESS_S)
    return [s for s in near if s.key[1] is SubjectKind.INTERFACE or _blames_port(s)]


def _is_cut_from(device: DeviceTrack, hostname: str, since: float) -> bool:
    """Whether that neighbour of it lost something towards it, as a route of another protocol cannot tell: it says why,
    and not that nothing came through."""
    near = (s for s in islice(device.outside, _WITNESSES) if s.key[0] == hostname and s.is_down)
    return any(_is_told(s) for s in near if s.state.since >= since - OUTSIDE_WITNESS_S)


def _is_told(subject: Subject) -> bool:
    last = subject.state.observation
    reasons = (Reason.NONE, Reason.OTHER, Reason.HOLD_TIMER)
    return last is not None and (last.fact.kind is SubjectKind.BFD or last.fact.reason not in reasons)


def _is_many(lost: list[Subject]) -> bool:
    return len({s.key[0] for s in lost}) > 1


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
    far_port: Observation
    reason: Reason
    hint: Observation
    remote_reason: Reason
    route: Observation
    next_hop_probe: Observation
    destination_probe: Observation
    impaired: Observation
    lossy_hop: Observation
    is_link_known: bool
    admin: Observation
    admin_remote: Observation


def _seen(settled: list[Observation], route: RouteTrack, failed: PathTrack | None, elsewhere: set[Named]) -> _Seen:
    """In one pass, because every change of an outage asks: what the device, and what the other end said first."""
    found: _Seen = {}
    host = route.record.hostname
    for o in settled:
        fact = o.fact
        if is_of(o, elsewhere):
            continue
        is_down, reason = fact.verdict is Verdict.DOWN, fact.reason
        if not fact.is_reason_sure:
            reason = Reason.NONE
            if is_down and fact.reason is not Reason.NONE:
                found.setdefault("hint", o)
        if o.hostname != host:
            if failed is not None and shut_ports.is_shut(fact) and shut_ports.is_unnamed(failed, o.hostname):
                found.setdefault("far_port", o)
                continue
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
        if _is_route_lost(fact, failed):
            found.setdefault("route", o)
        if fact.kind is SubjectKind.INTERFACE:
            found["is_link_known"] = True
        if is_down:
            _count_down(found, o, reason)
        elif fact.verdict is Verdict.IMPAIRED:
            found.setdefault("impaired", o)
            if fact.protocol == "next-hop":
                found.setdefault("lossy_hop", o)
    return found


def _elsewhere(route: RouteTrack, failed: PathTrack | None) -> set[Named]:
    """What belongs to other paths of the route: that they fail too is no cause of this one's failure."""
    paths = (*route.primaries, *route.secondaries)
    if failed is None or len(paths) < 2:
        return set()
    others = [path for path in route.primaries if path is not failed]
    probed = {name for path in others for name in _probes(path)}.difference(_probes(failed))
    return probed | _of_others((path for path in paths if path is not failed), (failed,))


def only_of(path: PathTrack, route: RouteTrack) -> set[Named]:
    """What belongs to one of the primary paths alone."""
    others = [other for other in route.primaries if other is not path]
    probed = set(_probes(path)).difference(*map(_probes, others))
    return probed | _of_others((path,), others)


def _probes(path: PathTrack) -> list[Named]:
    """As facts name them."""
    probes = (track.probe for track in path.probes)
    return [(p.hostname, SubjectKind.PROBE, p.next_hop or p.prefix or p.target) for p in probes]


def shut_beside(route: RouteTrack, topology: Topology) -> list[Observation]:
    """What the device of its next hop had shut when its link went down."""
    failed = _failed_path(route)
    far = topology.beyond(route.record.hostname, failed.path.next_hop or "") if failed else None
    return shut_ports.of_link(far, failed) if failed and far else []


def standby(route: RouteTrack) -> set[Named]:
    """What belongs to the secondary paths of the route alone."""
    return _of_others(route.secondaries, route.primaries) if route.secondaries else set()


def _of_others(others: Iterable[PathTrack], own: Iterable[PathTrack]) -> set[Named]:
    """Nothing, where nobody has spoken of those."""
    told = [some for some in map(_subjects, others) if any(s.state.observation is not None for s in some)]
    found = {_named(s) for some in told for s in some}
    return found - {_named(s) for path in own for s in _subjects(path)} if found else found


def _named(subject: Subject) -> Named:
    """As facts name it, without its vrf, which is the route's."""
    host, kind, name, _ = subject.key
    return host, kind, name.rpartition("|")[2]


def is_of(observation: Observation, named: set[Named]) -> bool:
    """Whether it is about one of these; of an OSPF neighbour some devices tell the router id, and its interface, of an
    offer BMP tells the neighbour."""
    host, fact = observation.hostname, observation.fact
    if not named or (host, fact.kind, fact.name) in named:
        return bool(named)
    kinds = (fact.kind, SubjectKind.INTERFACE, SubjectKind.NEIGHBOUR)
    return any((host, kind, name) in named for name in fact.peer_names for kind in kinds)


def _subjects(path: PathTrack) -> tuple[Subject, ...]:
    return (*path.interfaces, *path.members, *path.adjacencies, *path.bfd, *path.remote)


def _is_route_lost(fact: Fact, failed: PathTrack | None) -> bool:
    """The path is not installed, or its neighbour offers it no longer."""
    if fact.kind is SubjectKind.OFFER:
        return fact.verdict is Verdict.DOWN
    return fact.plane is Plane.ROUTE and not (failed and any(matches(failed, i) for i in fact.installed))


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


def _restarted(record: OutageRecord, device: DeviceTrack, first: float) -> float | None:
    at = device.state.restarted_at
    if at is None or abs(record.opened - at) > RESTARTED_S:
        return None
    return None if _has_answered_since(device, first if at >= first else at - RESTARTED_S) else record.opened - at


def _has_answered_since(device: DeviceTrack, moment: float) -> bool:
    """It answered all the time: what started anew was its agent."""
    states = (control.state for control in device.controls)
    return any(s.verdict is Verdict.UP and s.suspect_since is None and s.since < moment for s in states)


def _changes(
    record: OutageRecord, route: RouteTrack, far: DeviceTrack | None, policy: ExplainPolicy
) -> tuple[Change, ...]:
    if not route.device.state.changes and not (far and far.state.changes):
        return ()
    first = min((_began(o) for o in record.evidence if o.fact.plane in DECIDING), default=record.opened)
    return changes.before(first, route, far, policy)


def _began(observation: Observation) -> float:
    """By the device's own clock, as what was done to it is: lines may be held up on their way."""
    if observation.is_history:
        return observation.steady
    return clocks.steady_of(observation.occurred_at, observation.received_at, observation.steady)
