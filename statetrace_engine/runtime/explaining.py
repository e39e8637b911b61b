"""Explanations as they leave the engine: the pipeline's, or the store's, with the next step and places in captures."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from statetrace_engine.config.settings import Settings
from statetrace_engine.errors import StoreError
from statetrace_engine.explain import explanation, linked
from statetrace_engine.explain.explanation import Kept
from statetrace_engine.explain.weighing import CHANGE, words_of
from statetrace_engine.model import Epoch
from statetrace_engine.model.capture_view import CaptureSpot
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.outage import EvidenceItem, OutageEvent, RelatedChange
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
        self._began_at = wall()

    async def live(self, outage_id: str, pipeline: Pipeline, settings: Settings) -> Explanation | None:
        """What the pipeline knows, made whole; None for an outage that it does not know."""
        found = pipeline.explanation(outage_id)
        if found is not None and self._is_older(found.outage, pipeline):
            with contextlib.suppress(StoreError):  # the status says so; what is known here is told all the same
                kept = await asyncio.to_thread(_kept, self._history, found.outage)
                found = pipeline.explanation(outage_id, kept) or found
        if found is None:
            return None
        outage = found.outage
        route = pipeline.topology.routes.get(outage.route_id)
        device = pipeline.topology.devices.get(outage.hostname)
        vendor = device.device.vendor if device is not None else ""
        step = advice.next_step(outage, route.record if route is not None else None, settings.runbooks, vendor)
        return await self._with_spots(replace(found, next_step=step))

    def _is_older(self, outage: OutageEvent, pipeline: Pipeline) -> bool:
        """Its incident, or one that may be linked to it, may have ended before this engine began."""
        incident = pipeline.incidents.records.get(outage.incident_id)
        since = outage.detected_at if incident is None else incident.opened_at
        return bool(outage.incident_id) and (incident is None or since < self._began_at + linked.SINCE_S)

    async def past(self, outage: OutageEvent, settings: Settings) -> Explanation:
        """Of an outage that only the store knows. Raises StoreError."""
        found = await asyncio.to_thread(from_store, self._history, outage, self._wall(), settings)
        return await self._with_spots(found)

    async def _with_spots(self, found: Explanation) -> Explanation:
        """Evidence and changes of captures with their bytes of the file, where the capture is still in the store."""
        items = {item for hypothesis in found.causes for item in hypothesis.evidence if item.source == Source.CAPTURE}
        if not items and not any(change.between for change in found.changes):
            return found
        spots, changes = await asyncio.to_thread(self._spots, items, found)
        of_change = {_name(change): change.spot for change in changes if change.source == Source.CAPTURE}
        causes = tuple(
            replace(h, evidence=tuple(_at(item, spots, of_change) for item in h.evidence)) for h in found.causes
        )
        evidence = tuple(_at(item, spots, {}) for item in found.outage.evidence)
        outage = replace(found.outage, evidence=evidence, changes=changes)
        return replace(found, causes=causes, outage=outage, changes=changes)

    def _spots(
        self, items: Iterable[EvidenceItem], found: Explanation
    ) -> tuple[dict[int, CaptureSpot], tuple[RelatedChange, ...]]:
        """Places by journal sequence, and the changes with theirs."""
        outage, spots = found.outage, {}
        for seq in {item.seq for item in items if item.about != CHANGE}:
            signal = self._journal.get(seq)
            if signal is None or not isinstance(signal.payload, Captured):
                continue
            capture_id = signal.payload.capture_id
            spot = self._captures.spot(outage.hostname, outage.vrf, outage.prefix, capture_id)
            if spot is not None:
                spots[seq] = spot
        return spots, tuple(
            replace(change, spot=self._captures.change_spot(change.between)) if change.between else change
            for change in found.changes
        )


_Name = tuple[int, str]


def _name(change: RelatedChange) -> _Name:
    """As the piece of evidence that is made of it is known."""
    return change.seq, words_of(change)


def _at(item: EvidenceItem, spots: dict[int, CaptureSpot], of_change: dict[_Name, CaptureSpot | None]) -> EvidenceItem:
    is_change = item.about == CHANGE
    spot = of_change.get((item.seq, item.text)) if is_change else None
    if not is_change and item.source == Source.CAPTURE:
        spot = spots.get(item.seq)
    return replace(item, spot=spot) if spot is not None else item


def from_store(history: History, outage: OutageEvent, at: Epoch, settings: Settings) -> Explanation:
    """What the store knows of an outage, with the next step. Reads the disk; raises StoreError."""
    found = explanation.past(outage, at, _kept(history, outage))
    vendor = next((d.vendor for d in settings.inventory.devices if d.hostname == outage.hostname), "")
    route = next(iter(history.routes_by_id((outage.route_id,))), None)
    return replace(found, next_step=advice.next_step(outage, route, settings.runbooks, vendor))


def _kept(history: History, outage: OutageEvent) -> Kept:
    """Reads the disk; raises StoreError."""
    incident = next(iter(history.incidents_by_id((outage.incident_id,))), None) if outage.incident_id else None
    if incident is None:
        return Kept()
    until_at = outage.detected_at if incident.closed_at is None else incident.closed_at
    routes = history.routes_by_id(incident.route_ids)
    return Kept(
        incident=incident,
        outages=history.outages_by_id(incident.outage_ids),
        routes={route.route_id: route for route in routes},
        near=history.incidents_between(incident.opened_at - linked.SINCE_S, until_at + linked.SINCE_S),
    )
