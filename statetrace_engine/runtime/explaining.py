"""Explanations as they leave the engine: the pipeline's, or the store's, with the next step and places in captures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from statetrace_engine.config.settings import Settings
from statetrace_engine.explain import explanation
from statetrace_engine.model import Epoch
from statetrace_engine.model.capture_view import CaptureSpot
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.outage import EvidenceItem, OutageEvent
from statetrace_engine.model.signal import Source
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime import advice
from statetrace_engine.runtime.capture_reader import CaptureReader
from statetrace_engine.store.history import History
from statetrace_engine.store.journal import Journal


class Explaining:
    def __init__(self, journal: Journal, history: History, captures: CaptureReader, wall: Callable[[], Epoch]) -> None:
        self._journal = journal
        self._history = history
        self._captures = captures
        self._wall = wall

    async def live(self, found: Explanation, pipeline: Pipeline, settings: Settings) -> Explanation:
        """What the pipeline knows, made whole."""
        outage = found.outage
        route = pipeline.topology.routes.get(outage.route_id)
        device = pipeline.topology.devices.get(outage.hostname)
        vendor = device.device.vendor if device is not None else ""
        step = advice.next_step(outage, route.record if route is not None else None, settings.runbooks, vendor)
        return await self._with_spots(replace(found, next_step=step))

    async def past(self, outage: OutageEvent, settings: Settings) -> Explanation:
        """Of an outage that only the store knows. Raises StoreError."""
        found = await asyncio.to_thread(from_store, self._history, outage, self._wall(), settings)
        return await self._with_spots(found)

    async def _with_spots(self, found: Explanation) -> Explanation:
        """Evidence of captures with its bytes of the file, where the capture is still in the store."""
        items = {item for hypothesis in found.causes for item in hypothesis.evidence if item.source == Source.CAPTURE}
        if not items:
            return found
        spots = await asyncio.to_thread(self._spots, items, found.outage)
        causes = tuple(replace(h, evidence=tuple(_at(item, spots) for item in h.evidence)) for h in found.causes)
        evidence = tuple(_at(item, spots) for item in found.outage.evidence)
        return replace(found, causes=causes, outage=replace(found.outage, evidence=evidence))

    def _spots(self, items: Iterable[EvidenceItem], outage: OutageEvent) -> dict[int, CaptureSpot]:
        spots = {}
        for seq in {item.seq for item in items}:
            signal = self._journal.get(seq)
            if signal is None or not isinstance(signal.payload, Captured):
                continue
            capture_id = signal.payload.capture_id
            spot = self._captures.spot(outage.hostname, outage.vrf, outage.prefix, capture_id)
            if spot is not None:
                spots[seq] = spot
        return spots


def _at(item: EvidenceItem, spots: dict[int, CaptureSpot]) -> EvidenceItem:
    spot = spots.get(item.seq) if item.source == Source.CAPTURE else None
    return replace(item, spot=spot) if spot is not None else item


def from_store(history: History, outage: OutageEvent, at: Epoch, settings: Settings) -> Explanation:
    """What the store knows of an outage, with the next step. Reads the disk; raises StoreError."""
    incidents = history.incidents_by_id((outage.incident_id,)) if outage.incident_id else ()
    incident = incidents[0] if incidents else None
    routes = {row.route.route_id: row.route for row in history.current()}
    outages = history.outages_by_id(incident.outage_ids) if incident is not None else ()
    found = explanation.past(outage, at, incident, routes.get, outages)
    vendor = next((d.vendor for d in settings.inventory.devices if d.hostname == outage.hostname), "")
    return replace(found, next_step=advice.next_step(outage, routes.get(outage.route_id), settings.runbooks, vendor))
