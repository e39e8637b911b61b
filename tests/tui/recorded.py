"""An engine as a recording of signals leaves it: played through the real pipeline, read by the console as ever."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fake_engine import FakeEngine
from msgspec.structs import replace

from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.status import EngineStatus, SourceStatus
from statetrace_engine.runbooks import library
from statetrace_engine.runtime.advice import advise, next_step
from tests import journey
from tests.virtual import VirtualNetwork

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OPERATOR = "CORP\\mko"


@lru_cache
def network(name: str) -> VirtualNetwork:
    """`recordings/NAME.toml`, played to its end."""
    return journey.play(journey.load(HERE / "recordings" / f"{name}.toml"))


def engine(name: str) -> FakeEngine:
    """Everything that the pipeline says at the end of the recording, at that moment."""
    played = network(name)
    pipeline = played.pipeline
    ids = [route.route_id for route in played.inventory.routes]
    made = FakeEngine((row for i in ids if (row := pipeline.health(i)) is not None), lambda: played.wall)
    outages = pipeline.outages()
    made.open_outages = {outage.outage_id: outage for outage in outages}
    incidents = (pipeline.incident(i) for i in dict.fromkeys(o.incident_id for o in outages if o.incident_id))
    made.open_incidents = {incident.incident_id: incident for incident in incidents if incident is not None}
    books, vendors = _runbooks(), _vendors(played.inventory)
    pipeline.working.install(books)
    for route_id in ids:
        detail = pipeline.detail(route_id)
        if detail is not None:
            made.details[route_id] = advise(detail, books, vendors[detail.health.route.hostname])
    for outage in outages:
        timeline = pipeline.timeline(outage.outage_id)
        if timeline is not None:
            made.timelines[outage.outage_id] = timeline
        explained = pipeline.explanation(outage.outage_id)
        if explained is not None:
            route = pipeline.health(outage.route_id)
            step = next_step(outage, route.route if route else None, books, vendors.get(outage.hostname, ""))
            made.explanations[outage.outage_id] = replace(explained, next_step=step)
        guide = pipeline.guide(outage.outage_id, OPERATOR)
        if guide is not None:
            made.guides[outage.outage_id] = guide
    made.state = replace(_status(played), routes=len(ids))
    return made


@lru_cache
def _runbooks() -> tuple[Runbook, ...]:
    """The shipped ones."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "config/runbooks").glob("*.md"))}
    return tuple(library.read(texts)[0])


def _vendors(inventory: Inventory) -> dict[str, str]:
    return {device.hostname: device.vendor for device in inventory.devices}


def _status(played: VirtualNetwork) -> EngineStatus:
    sources = tuple(SourceStatus(name=name, detail="", state="running") for name in ("syslog_udp", "probe_stamp"))
    at = played.wall
    devices = len(played.inventory.devices)
    return EngineStatus(version="0", pid=1, started_at=at - 400, at=at, home="", sources=sources, devices=devices)
