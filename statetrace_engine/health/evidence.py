"""Pure. What counts against a path and for it: the table "Primary lost, by evidence" of SPEC 2."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from statetrace_engine.health.table import Destination, Primary, Secondary
from statetrace_engine.health.tracks import Offer, SubjectState, plain
from statetrace_engine.health.watched import PathTrack, PathVerdict, ProbeTrack, RouteTrack, Subject
from statetrace_engine.model import names
from statetrace_engine.model.observation import Reason, SubjectKind, Verdict
from statetrace_engine.model.route import RoutePath
from statetrace_engine.model.signal import InstalledPath

NOT_INSTALLED = "not installed"
WITHDRAWN = "withdrawn"


_CARRIES = PathVerdict(False, False, "carries")
_ONE_CARRIES = (_CARRIES,)
"""Of nearly all routes at all times: one for all."""
_AGAINST = (Verdict.DOWN, Verdict.IMPAIRED)


def of_path(path: PathTrack, route: RouteTrack) -> PathVerdict:
    if _is_undisputed(path, route):
        return _CARRIES
    subjects = _lost_by_device(path) + _lost_by_remote(path)
    is_absent = not subjects and _is_absent_and_confirmed(path, route)
    if is_absent:
        subjects = tuple(s for s in path.remote if s.is_down)
    is_suspected = any(_is_remote_loss(s) for s in path.remote)
    speaking = _speaking(path.probes) if is_suspected else _hops((path,), route)
    probes = tuple(p for p in speaking if p.state.verdict is Verdict.DOWN)
    is_silent = bool(probes) and len(probes) == len(speaking)
    if is_silent and not subjects:
        subjects = tuple(s for s in path.remote if _is_remote_loss(s))  # two planes and two witnesses: confirmed
    withdrawn = () if subjects else _withdrawn(path, route)
    is_uninstalled = is_absent or _is_uninstalled(path, route)
    if withdrawn:
        return PathVerdict(True, False, WITHDRAWN, (), probes, withdrawn)
    if subjects or is_uninstalled:
        return PathVerdict(True, False, NOT_INSTALLED if is_absent or not subjects else "lost", subjects, probes)
    if is_silent and not _destination_contradicts(route):
        return PathVerdict(True, False, "lost", (), probes)
    impaired = tuple(s for s in (*path.interfaces, *path.members, *path.adjacencies) if _is_impaired(s))
    lossy = tuple(p for p in path.probes if p.state.verdict is Verdict.IMPAIRED)
    if impaired or lossy:
        return PathVerdict(False, True, "impaired", impaired, lossy)
    return _CARRIES


def _is_undisputed(path: PathTrack, route: RouteTrack) -> bool:
    """Nobody says a word against it: so it is with nearly all paths at all times, and needs no closer look."""
    state = route.state
    if state.absent_walks or (state.offers and path.neighbours) or _is_uninstalled(path, route):
        return False
    for subjects in (path.interfaces, path.members, path.adjacencies, path.bfd, path.remote):
        for subject in subjects:
            if subject.state.verdict in _AGAINST:
                return False
    return all(probe.state.verdict not in _AGAINST for probe in path.probes)


def _speaking(probes: Iterable[ProbeTrack]) -> list[ProbeTrack]:
    return [p for p in probes if p.state.has_answered and not p.probe.is_silent]


def _hops(paths: tuple[PathTrack, ...], route: RouteTrack) -> list[ProbeTrack]:
    """Next-hop probes that are evidence for the route: not those it knows as silent targets."""
    speaking = _speaking(p for path in paths for p in path.probes)
    known = route.state.silent_targets
    return [p for p in speaking if p.probe.probe_id not in known] if known else speaking


def _is_impaired(subject: Subject) -> bool:
    return subject.state.verdict is Verdict.IMPAIRED


def _lost_by_device(path: PathTrack) -> tuple[Subject, ...]:
    """The device itself on its own path: authoritative, at once."""
    down = [s for s in (*path.interfaces, *path.adjacencies) if s.is_down]
    down += [s for s in path.bfd if s.is_down and _reason(s) is not Reason.ADMIN]
    if path.members and all(s.is_down for s in path.members):
        down += path.members
    return tuple(down)


def _withdrawn(path: PathTrack, route: RouteTrack) -> tuple[Offer, ...]:
    """Neighbours that once offered the path over BMP and do so no longer, when no other one still does.

    Nobody sees a new announcement once the router has ceased to tell: then what it has installed since counts more.
    """
    if not route.state.offers or not path.neighbours:
        return ()
    sessions = dict(zip(path.neighbours, path.members, strict=True))
    known = [offer for offer in route.state.offers if offer.neighbour in sessions]
    gone = tuple(offer for offer in known if offer.lacks(path.path.next_hop))
    if any(offer not in gone and not sessions[offer.neighbour].is_down for offer in known):
        return ()
    if route.device.state.is_bmp_lost and any(route.state.installed_at > offer.since for offer in gone):
        return () if any(matches(path, i) for i in route.state.installed or ()) else gone
    return gone


def _reason(subject: Subject) -> Reason:
    return subject.state.observation.fact.reason if subject.state.observation else Reason.NONE


def _lost_by_remote(path: PathTrack) -> tuple[Subject, ...]:
    """The other end is one witness: it needs two that differ in plane or protocol."""
    down = tuple(s for s in path.remote if _is_remote_loss(s))
    ways = {(s.key[1] is SubjectKind.INTERFACE, s.key[3]) for s in down}
    return down if len(ways) >= 2 else ()


def _is_remote_loss(subject: Subject) -> bool:
    return subject.is_down and not (subject.key[1] is SubjectKind.BFD and _reason(subject) is Reason.ADMIN)


def matches(path: PathTrack, installed: InstalledPath) -> bool:
    wanted = path.path
    if installed.next_hop and wanted.next_hop and installed.next_hop != wanted.next_hop:
        return False
    if installed.interface and wanted.interface and installed.interface != wanted.interface:
        return False
    if not (installed.next_hop and wanted.next_hop) and not (installed.interface and wanted.interface):
        return False
    return not (installed.protocol and wanted.protocol and installed.protocol != wanted.protocol)


def _is_uninstalled(path: PathTrack, route: RouteTrack) -> bool:
    installed = route.state.installed
    return installed is not None and not any(matches(path, i) for i in installed)


def _is_absent_and_confirmed(path: PathTrack, route: RouteTrack) -> bool:
    """Absent in one complete walk, and another plane or witness says the same (SPEC 2)."""
    if not route.state.absent_walks:
        return False
    return any(s.is_down for s in path.remote) or any(p.state.verdict is Verdict.DOWN for p in _hops((path,), route))


def carrying(installed: tuple[InstalledPath, ...] | None) -> tuple[InstalledPath, ...]:
    """What of it carries: Null0, discard and reject never do."""
    return tuple(i for i in installed or () if not names.is_discard(i.interface))


def _destination_contradicts(route: RouteTrack) -> bool:
    """The next hop is silent, but the destination answers or has not decided yet: no loss (SPEC 4, row 11)."""
    speaking = _speaking(route.destinations)
    return bool(speaking) and any(d.state.verdict is not Verdict.DOWN for d in speaking)


def silent_targets(route: RouteTrack) -> list[ProbeTrack]:
    """Next hops that fell silent while the destination went on answering: cards, not outages (SPEC 4, row 11)."""
    if route.state.is_lost or not route.destinations:
        return []
    unsuspected = tuple(path for path in route.primaries if not any(_is_remote_loss(s) for s in path.remote))
    silent = [p for p in _hops(unsuspected, route) if p.state.verdict is Verdict.DOWN]
    if not silent or destination(route) is not Destination.PASSING:
        return []
    answered = max(d.state.last_good for d in _speaking(route.destinations))
    return [p for p in silent if p.state.suspect_since is not None and answered > p.state.suspect_since]


def primary(route: RouteTrack) -> tuple[Primary, int, tuple[PathVerdict, ...]]:
    """The primary as a whole, how many of its ECMP members are lost, and the verdict on each."""
    verdicts = tuple([of_path(path, route) for path in route.primaries])
    if len(verdicts) == 1 and verdicts[0] is _CARRIES:
        return Primary.CARRIES, 0, _ONE_CARRIES
    if not verdicts and route.state.best and not carrying(route.state.installed):
        return Primary.LOST, 0, verdicts
    lost = sum(v.is_lost for v in verdicts)
    if verdicts and lost == len(verdicts):
        return Primary.LOST, lost, verdicts
    if lost or any(v.is_impaired for v in verdicts):
        return Primary.IMPAIRED, lost, verdicts
    return Primary.CARRIES, 0, verdicts


def is_lost_by_table(route: RouteTrack, verdicts: tuple[PathVerdict, ...]) -> bool:
    """What is installed says so, and no probe: a primary path is missing, or nothing carries where none is known."""
    if route.state.installed is None:
        return False
    return any(v.is_lost and not v.probes for v in verdicts) if verdicts else route.state.is_lost


def secondary(route: RouteTrack) -> Secondary:
    installed = route.state.installed
    if installed is not None:
        others = [i for i in carrying(installed) if not any(matches(p, i) for p in route.primaries)]
        if others:
            return Secondary.INSTALLED if not _is_refuted(route, others) else Secondary.NONE
        if installed and not carrying(installed):
            return Secondary.NONE
    is_known = _first_usable(route) is not None or _is_offered_elsewhere(route)
    return Secondary.KNOWN if is_known else Secondary.NONE


def _first_usable(route: RouteTrack) -> PathTrack | None:
    """The first secondary that is not lost itself."""
    usable = (p for p in route.secondaries if not of_path(p, route).is_lost or _only_uninstalled(p, route))
    return next(usable, None)


def _is_offered_elsewhere(route: RouteTrack) -> bool:
    """By BMP, a neighbour offers another way than the primary paths and the known secondary ones: it is available."""
    if not route.state.offers:
        return False
    paths = (*route.primaries, *route.secondaries)
    neighbours = {name for path in paths for name in path.neighbours}
    known = {*neighbours, *(plain(path.path.next_hop) for path in paths)}
    offers = (offer for offer in route.state.offers if offer.neighbour not in neighbours or offer.hops)
    sure = (held for offer in offers for held in offer.decides if held.is_sure)
    return any(held.next_hop not in known and held.link_local not in known - {""} for held in sure)


def _only_uninstalled(path: PathTrack, route: RouteTrack) -> bool:
    """A standby path is not installed by nature: that alone does not lose it."""
    verdict = of_path(path, route)
    return verdict.is_lost and not verdict.is_told and _is_uninstalled(path, route) and not verdict.probes


def _is_refuted(route: RouteTrack, others: list[InstalledPath]) -> bool:
    """The secondary that was installed has since been lost by its own evidence."""
    known = [p for p in route.secondaries if any(matches(p, i) for i in others)]
    return bool(known) and len(known) == len(others) and all(_lost_by_device(p) for p in known)


def destination(route: RouteTrack) -> Destination:
    speaking = _speaking(route.destinations)
    if not speaking:
        return Destination.ABSENT
    if all(d.state.verdict is Verdict.DOWN for d in speaking):
        return Destination.FAILING
    since = route.state.lost_since if route.state.is_lost else 0.0
    passing = [d for d in speaking if d.state.last_good >= since and d.state.suspect_since is None]
    if not passing:
        return Destination.PENDING
    if all(d.state.verdict is Verdict.IMPAIRED for d in passing):
        return Destination.IMPAIRED
    return Destination.PASSING


def proven_since(route: RouteTrack, after: float) -> bool:
    """Route or data evidence, newer than the last word of a device, that it carries again (SPEC 2).

    A destination proves the primary only where no next-hop probe speaks: it may answer by the secondary.
    """
    hops = _hops(route.primaries, route)
    if any(p.state.verdict is Verdict.DOWN for p in hops):
        return False
    installed = carrying(route.state.installed)
    if route.state.installed_at >= after and any(not route.primaries or is_primary(route, i) for i in installed):
        return True
    return any(
        p.state.verdict is not Verdict.DOWN and p.state.last_good >= after and p.state.goods_in_a_row >= 2
        for p in hops or _speaking(route.destinations)
    )


def proving(route: RouteTrack) -> list[ProbeTrack]:
    """The probes whose answers prove it: those of next hops, else of what lies beyond."""
    return _hops(route.primaries, route) or _speaking(route.destinations)


def is_only_displaced(route: RouteTrack) -> bool:
    """Nothing speaks against its primary paths but that a table shows others."""
    lost = [v for v in route.verdicts if v.is_lost]
    return bool(lost) and all(v.word == NOT_INSTALLED and not v.subjects and not v.probes for v in lost)


def is_primary(route: RouteTrack, installed: InstalledPath) -> bool:
    return any(matches(p, installed) for p in route.primaries)


def can_be_proven(route: RouteTrack) -> bool:
    """Some source could give that proof."""
    return route.state.installed is not None or bool(_speaking(route.probes()))


def polled(route: RouteTrack) -> tuple[float, float] | None:
    """When polls last told of the interface or session of every primary path, and how often they do, in seconds.

    None where they do not, and where a probe has ever answered: how old its word is, counts there.
    """
    if route.device.state.polled_at < 0 or not route.primaries or any(p.state.has_answered for p in route.probes()):
        return None
    at, interval_s = inf, 0.0
    for path in route.primaries:
        newest = newest_polled(path)
        if newest is None or not newest.poll_interval_s:
            return None
        at, interval_s = min(at, newest.polled_at), max(interval_s, newest.poll_interval_s)
    return at, interval_s


def newest_polled(path: PathTrack) -> SubjectState | None:
    """Of its interfaces and sessions, the one that a poll has told of last."""
    states = [s.state for s in (*path.interfaces, *path.adjacencies, *path.members) if s.state.polled_at >= 0]
    return max(states, key=lambda state: state.polled_at, default=None)


def taken(route: RouteTrack) -> str:
    """What carries instead of the primary, as far as the device has said."""
    return next((words(i) for i in route.state.installed or () if not is_primary(route, i)), "")


def expected(route: RouteTrack) -> str:
    """The first secondary of the inventory that is not lost itself; else the first of all."""
    path = _first_usable(route) or next(iter(route.secondaries), None)
    return words(path.path) if path is not None else ""


def words(path: InstalledPath | RoutePath) -> str:
    """`10.1.2.2 GigabitEthernet0/2`."""
    return " ".join(filter(None, (path.next_hop, path.interface)))
