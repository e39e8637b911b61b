"""The next step: the runbook of an outage, its words for this device and for the path that failed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from statetrace_engine.model.explanation import NextStep
from statetrace_engine.model.outage import OutageEvent, RouteDetail
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import filling, guide, library


def advise(detail: RouteDetail, runbooks: Sequence[Runbook], vendor: str) -> RouteDetail:
    """The detail with its runbook's title and next step; as it is without an outage."""
    if detail.outage is None:
        return detail
    step = next_step(detail.outage, detail.health.route, runbooks, vendor)
    return replace(
        detail, runbook_title=step.title, runbook_step=step.command or step.step, runbook_foreign=step.foreign,
        runbook_expect=step.expect,
    )  # fmt: skip


def next_step(outage: OutageEvent, route: RouteRecord | None, runbooks: Sequence[Runbook], vendor: str) -> NextStep:
    """The first step that nobody has done, of the runbook that is worked by, else of the one that serves the outage."""
    runbook, number = guide.at_hand(outage, {runbook.name: runbook for runbook in runbooks})
    return library.next_step(runbook, vendor, filling.fills(outage, route), number)
