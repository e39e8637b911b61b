"""The next step: the runbook of an outage, its words for this device and for the path that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from statetrace_engine.model.explanation import NextStep
from statetrace_engine.model.outage import Agreement, EvidenceItem, OutageEvent, RouteDetail
from statetrace_engine.model.route import Role, RoutePath, RouteRecord
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import library


def advise(detail: RouteDetail, runbooks: Sequence[Runbook], vendor: str) -> RouteDetail:
    """The detail with its runbook's title and first step; as it is without an outage."""
    if detail.outage is None:
        return detail
    step = next_step(detail.outage, detail.health.route, runbooks, vendor)
    return replace(detail, runbook_title=step.title, runbook_step=step.command or step.step, runbook_expect=step.expect)


def next_step(outage: OutageEvent, route: RouteRecord | None, runbooks: Sequence[Runbook], vendor: str) -> NextStep:
    """The first step of the one runbook that serves the outage; `route` None: nobody watches it any more."""
    runbook = library.choose(outage.cause, outage.runbook, tuple(runbooks))
    failed = failed_path(outage.evidence, route.paths if route is not None else ())
    return library.next_step(
        runbook,
        vendor,
        {
            "hostname": outage.hostname,
            "interface": failed.interface if failed else None,
            "neighbour": failed.next_hop if failed else None,
            "next_hop": failed.next_hop if failed else None,
            "prefix": outage.prefix,
            "vrf": outage.vrf,
        },
    )


def failed_path(evidence: Iterable[EvidenceItem], paths: Sequence[RoutePath]) -> RoutePath | None:
    """The first primary path that the evidence speaks against by name; else the first of all."""
    primaries = [path for path in paths if path.role is Role.PRIMARY] or list(paths)
    words = {
        word
        for item in evidence
        if item.agreement is Agreement.SUPPORTS
        for word in item.text.replace(",", " ").split()
    }
    named = (path for path in primaries if path.interface in words or path.next_hop in words)
    return next(named, primaries[0] if primaries else None)
