"""What holds of every outage and the shipped runbooks: exactly one serves it, `generic` where the cause is unknown."""

from __future__ import annotations

from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runbooks import GENERIC, choose, filling, library
from tests import journey_work


def check(pipeline: Pipeline, outage: OutageEvent) -> str:
    """The name of the runbook that serves it; its first step has something to run or to do."""
    books = journey_work.shipped()
    book = choose(outage.cause, outage.runbook, books)
    track = pipeline.topology.routes.get(outage.route_id)
    route = track.record if track is not None else None
    assert (book.name == GENERIC) is (outage.cause is CauseKind.UNKNOWN) or (route is not None and route.runbook)
    assert outage.runbook in {each.name for each in books}, f"{outage.runbook} is not shipped"
    vendor = track.device.device.vendor if track is not None else ""
    words = library.fill(book.steps[0], vendor, filling.fills(outage, route))
    assert words.command or words.so
    return book.name
