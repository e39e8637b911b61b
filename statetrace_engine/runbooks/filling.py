"""Pure. What a runbook's placeholders stand for in one outage: its device, and the path that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from statetrace_engine.model import names
from statetrace_engine.model.outage import Agreement, EvidenceItem, OutageEvent
from statetrace_engine.model.route import Role, RoutePath, RouteRecord
from statetrace_engine.runbooks.library import Fills


def fills(outage: OutageEvent, route: RouteRecord | None) -> Fills:
    """`route` None: nobody watches it any more."""
    failed = failed_path(outage.evidence, route.paths if route is not None else ())
    return {
        "hostname": outage.hostname,
        "interface": failed.interface if failed else None,
        "neighbour": failed.next_hop if failed else None,
        "next_hop": failed.next_hop if failed else None,
        "prefix": outage.prefix,
        "vrf": outage.vrf,
    }


def failed_path(evidence: Iterable[EvidenceItem], paths: Sequence[RoutePath]) -> RoutePath | None:
    """The first primary path that the evidence speaks against by name; else the first of all."""
    primaries = [path for path in paths if path.role is Role.PRIMARY] or list(paths)
    words = {
        word
        for item in evidence
        if item.agreement is Agreement.SUPPORTS
        for word in item.text.replace(",", " ").split()
    }
    named = (path for path in primaries if not words.isdisjoint(_names(path)))
    return next(named, primaries[0] if primaries else None)


def _names(path: RoutePath) -> Iterator[str]:
    """What evidence against it names: its next hop, its interface, and the port under a unit."""
    yield path.next_hop or ""
    yield path.interface or ""
    yield from names.parents(path.interface or "")
