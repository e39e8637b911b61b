"""The detail pane's next step: the runbook of a route's outage, its words for this device."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from statetrace_engine.model.outage import RouteDetail
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import library


def advise(detail: RouteDetail, runbooks: Sequence[Runbook], vendor: str) -> RouteDetail:
    """The detail with its runbook's title and first step; as it is without an outage."""
    if detail.outage is None:
        return detail
    route = detail.health.route
    runbook = library.choose(detail.outage.cause, route.runbook, tuple(runbooks))
    primary = route.paths[0] if route.paths else None
    step = library.next_step(
        runbook,
        vendor,
        {
            "interface": primary.interface if primary else None,
            "neighbour": primary.next_hop if primary else None,
            "next_hop": primary.next_hop if primary else None,
            "prefix": route.prefix,
            "vrf": route.vrf,
        },
    )
    return replace(
        detail, runbook_title=runbook.title, runbook_step=step.command or step.title, runbook_expect=step.expect
    )
