"""Pure. The rows of a forwarding table, as the route's own paths name them. A table names what it forwards to:

fe80::2 toc1              the neighbour on that interface, whatever its global address
10.1.1.2 toc1             where the recursion ends, for a next hop that a reflector passed on
one of two equal paths    what some agents show of a prefix
"""

from __future__ import annotations

from collections.abc import Iterator

from statetrace_engine.health import evidence
from statetrace_engine.health.watched import PathTrack, RouteTrack
from statetrace_engine.model import names
from statetrace_engine.model.signal import InstalledPath

_LINK_LOCAL = "fe80:"


def as_known(route: RouteTrack, rows: tuple[InstalledPath, ...]) -> tuple[InstalledPath, ...]:
    """Each row as the path that it is; one that is none of them as it stands."""
    return tuple(dict.fromkeys(_as_known(route, row) for row in rows))


def with_equals(route: RouteTrack, rows: tuple[InstalledPath, ...]) -> tuple[InstalledPath, ...]:
    """Where one of the equal primary paths leads, all do, until a poll has shown several at once."""
    if len(rows) > 1:
        route.state.shows_equals = True
    if route.state.shows_equals or not any(evidence.is_primary(route, row) for row in rows):
        return rows
    return tuple(dict.fromkeys((*rows, *map(_installed, route.primaries))))


def _as_known(route: RouteTrack, row: InstalledPath) -> InstalledPath:
    paths = (*route.primaries, *route.secondaries)
    if any(evidence.matches(path, row) for path in paths):
        return row
    return next((_installed(path) for path in _meant(paths, row)), row)


def _meant(paths: tuple[PathTrack, ...], row: InstalledPath) -> Iterator[PathTrack]:
    for path in paths:
        is_same_protocol = row.protocol is None or path.path.protocol in (None, row.protocol)
        if is_same_protocol and (_is_neighbour(path, row) or _ends_here(path, row)):
            yield path


def _is_neighbour(path: PathTrack, row: InstalledPath) -> bool:
    """By its link-local address, where the path has its global one."""
    hop = path.path.next_hop or ""
    is_other_name = _is_link_local(row.next_hop or "") and ":" in hop and not _is_link_local(hop)
    return is_other_name and row.interface is not None and row.interface == path.path.interface


def _is_link_local(address: str) -> bool:
    return address.startswith(_LINK_LOCAL)


def _ends_here(path: PathTrack, row: InstalledPath) -> bool:
    """A reflector passed its next hop on, and nothing says by which interface that is reached."""
    wanted = path.path
    is_passed_on = bool(wanted.learned_from) and wanted.next_hop not in wanted.learned_from
    return is_passed_on and not wanted.interface and not names.is_discard(row.interface)


def _installed(path: PathTrack) -> InstalledPath:
    return InstalledPath(path.path.next_hop, path.path.interface, path.path.protocol)
