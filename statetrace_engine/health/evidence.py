"""Pure. What counts against a path and for it: the table "Primary lost, by evidence" of SPEC 2."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from statetrace_engine.health.table import Destination, Primary, Secondary
from statetrace_engine.health.topology import PathTrack, ProbeTrack, RouteTrack, Subject
from statetrace_engine.model import names
from statetrace_engine.model.observation import Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import InstalledPath


class PathVerdict(Struct, frozen=True):
    is_lost: bool
    is_impaired: bool
    word: str
    """For people: `lost`, `impaired`, `carries`, `not installed`."""
    subjects: tuple[Subject, ...] = ()
    """Those that say so."""
    probes: tuple[ProbeTrack, ...] = ()


def of_path(path: PathTrack, route: RouteTrack) -> PathVerdict:
    subjects = _lost_by_device(path) + _lost_by_remote(path)
    probes = tuple(p for p in path.probes if p.state.verdict is Verdict.DOWN)
    is_uninstalled = _is_uninstalled(path, route)
    if subjects or is_uninstalled:
        return PathVerdict(
            True, False, "not installed" if is_uninstalled and not subjects else "lost", subjects, probes
        )
    if probes and len(probes) == len(_speaking(path.probes)) and not _destination_contradicts(route):
        return PathVerdict(True, False, "lost", (), probes)
    impaired = tuple(s for s in (*path.interfaces, *path.members, *path.adjacencies) if _is_impaired(s))
    lossy = tuple(p for p in path.probes if p.state.verdict is Verdict.IMPAIRED)
    if impaired or lossy:
        return PathVerdict(False, True, "impaired", impaired, lossy)
    return PathVerdict(False, False, "carries")


def _speaking(probes: Iterable[ProbeTrack]) -> list[ProbeTrack]:
    return [p for p in probes if p.state.has_answered and not p.probe.is_silent]


def _is_impaired(subject: Subject) -> bool:
    return subject.state.verdict is Verdict.IMPAIRED


def _lost_by_device(path: PathTrack) -> tuple[Subject, ...]:
    """The device itself on its own path: authoritative, at once."""
    down = [s for s in (*path.interfaces, *path.adjacencies) if s.is_down]
    down += [s for s in path.bfd if s.is_down and _reason(s) is not Reason.ADMIN]
    if path.members and all(s.is_down for s in path.members):
        down += path.members
    return tuple(down)


def _reason(subject: Subject) -> Reason:
    return subject.state.observation.fact.reason if subject.state.observation else Reason.NONE


def _lost_by_remote(path: PathTrack) -> tuple[Subject, ...]:
    """The other end is one witness: it needs two that differ in plane or protocol."""
    down = tuple(
        s for s in path.remote if s.is_down and not (s.key[1] is SubjectKind.BFD and _reason(s) is Reason.ADMIN)
    )
    ways = {(s.key[1] is SubjectKind.INTERFACE, s.key[3]) for s in down}
    return down if len(ways) >= 2 else ()


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


def _destination_contradicts(route: RouteTrack) -> bool:
    """The next hop is silent, but the destination answers or has not decided yet: no loss (SPEC 4, row 11)."""
    speaking = _speaking(route.destinations)
    return bool(speaking) and any(d.state.verdict is not Verdict.DOWN for d in speaking)


def silent_target(route: RouteTrack) -> ProbeTrack | None:
    """A next hop that answers nobody while its route is proven to carry: a card, not an outage."""
    if route.state.is_lost or destination(route) is not Destination.PASSING:
        return None
    return next((p for path in route.primaries for p in path.probes if p.state.verdict is Verdict.DOWN), None)


def primary(route: RouteTrack) -> tuple[Primary, int, list[PathVerdict]]:
    """The primary as a whole, how many of its ECMP members are lost, and the verdict on each."""
    verdicts = [of_path(path, route) for path in route.primaries]
    lost = sum(v.is_lost for v in verdicts)
    if verdicts and lost == len(verdicts):
        return Primary.LOST, lost, verdicts
    if lost or any(v.is_impaired for v in verdicts):
        return Primary.IMPAIRED, lost, verdicts
    return Primary.CARRIES, 0, verdicts


def secondary(route: RouteTrack) -> Secondary:
    installed = route.state.installed
    if installed is not None:
        carrying = [i for i in installed if not names.is_discard(i.interface)]
        others = [i for i in carrying if not any(matches(p, i) for p in route.primaries)]
        if others:
            return Secondary.INSTALLED if not _is_refuted(route, others) else Secondary.NONE
        if installed and not carrying:
            return Secondary.NONE
    usable = [p for p in route.secondaries if not of_path(p, route).is_lost or _only_uninstalled(p, route)]
    return Secondary.KNOWN if usable else Secondary.NONE


def _only_uninstalled(path: PathTrack, route: RouteTrack) -> bool:
    """A standby path is not installed by nature: that alone does not lose it."""
    verdict = of_path(path, route)
    return verdict.is_lost and not verdict.subjects and _is_uninstalled(path, route) and not verdict.probes


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
    """Route or data evidence, newer than the last word of a device, that it carries again (SPEC 2)."""
    if any(p.state.verdict is Verdict.DOWN for path in route.primaries for p in path.probes):
        return False
    installed = route.state.installed
    if (
        installed is not None
        and route.state.installed_at >= after
        and any(matches(p, i) for p in route.primaries for i in installed)
    ):
        return True
    return any(
        p.state.verdict is Verdict.UP and p.state.last_good >= after and p.state.goods_in_a_row >= 2
        for p in route.probes()
    )


def can_be_proven(route: RouteTrack) -> bool:
    """Some source could give that proof."""
    return route.state.installed is not None or bool(_speaking(route.probes()))


def taken(route: RouteTrack) -> str:
    """What carries instead of the primary, as far as the device has said."""
    for path in route.state.installed or ():
        if not any(matches(p, path) for p in route.primaries):
            return " ".join(filter(None, (path.next_hop, path.interface)))
    return ""


def expected(route: RouteTrack) -> str:
    for path in route.secondaries:
        return " ".join(filter(None, (path.path.next_hop, path.path.interface)))
    return ""
