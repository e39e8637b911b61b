"""Guides as they leave the engine: the pipeline's, or the store's, with places in captures and what to run next."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from itertools import islice

from msgspec.structs import replace

from statetrace_engine.config.settings import Settings
from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep, RemediationTask, StepEvidence
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runbooks import filling, guide, suggesting
from statetrace_engine.runtime.capture_reader import CaptureReader
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.history import History

LOOKED_AT = 10
"""Of a device's captures, the newest."""


class Guiding:
    def __init__(self, history: History, captures: Captures, reader: CaptureReader, wall: Callable[[], Epoch]) -> None:
        self._history, self._captures, self._reader, self._wall = history, captures, reader, wall

    async def live(self, outage_id: str, operator: str, runbook: str, pipeline: Pipeline) -> GuidedRunbook | None:
        """What the pipeline knows, made whole; None for an outage that it does not know."""
        found = pipeline.guide(outage_id, operator, runbook)
        timeline = pipeline.timeline(outage_id)
        if found is None or timeline is None:
            return None
        device = pipeline.topology.devices.get(timeline.outage.hostname)
        vendor = device.device.vendor if device is not None else ""
        with contextlib.suppress(StoreError):  # the status says so; what is known here is told all the same
            return await asyncio.to_thread(self._whole, found, timeline.outage, vendor)
        return found

    async def past(self, outage: OutageEvent, operator: str, runbook: str, settings: Settings) -> GuidedRunbook:
        """Of an outage that only the store knows. Raises StoreError."""
        return await asyncio.to_thread(self._past, outage, operator, runbook, settings)

    def _past(self, outage: OutageEvent, operator: str, runbook: str, settings: Settings) -> GuidedRunbook:
        found = from_store(self._history, outage, operator, runbook, self._wall(), settings)
        return _with_spots(found, self._reader)

    def _whole(self, found: GuidedRunbook, outage: OutageEvent, vendor: str) -> GuidedRunbook:
        known = captured(self._captures, outage, vendor)
        suggestion = suggesting.suggest(found, known) if outage.closed_at is None else None
        return replace(_with_spots(found, self._reader), suggestion=suggestion)


def from_store(
    history: History, outage: OutageEvent, operator: str, runbook: str, at: Epoch, settings: Settings
) -> GuidedRunbook:
    """What was done by runbooks for an outage, as the store has it. Reads the disk; raises StoreError."""
    route = next(iter(history.routes_by_id((outage.route_id,))), None)
    vendor = next((d.vendor for d in settings.inventory.devices if d.hostname == outage.hostname), "")
    asked = guide.Asked(operator=operator, runbook=runbook, at=at, vendor=vendor, fills=filling.fills(outage, route))
    return guide.of(outage, {runbook.name: runbook for runbook in settings.runbooks}, asked)


def captured(captures: Captures, outage: OutageEvent, vendor: str) -> suggesting.Known:
    """Which commands the last captures of its device show. Reads the disk; raises StoreError."""
    newest = islice(captures.of_device(outage.hostname), LOOKED_AT)
    return suggesting.Known(
        hostname=outage.hostname,
        vendor=vendor,
        since_at=outage.detected_at,
        sections=tuple(
            suggesting.Section(section.command, section.kind, summary.captured_at)
            for summary in newest
            for section in captures.sections(summary.capture_id)
        ),
    )


def _with_spots(found: GuidedRunbook, reader: CaptureReader) -> GuidedRunbook:
    """Evidence of captures with its bytes of the file, where the capture is still in the store."""

    def of_word(word: StepEvidence | None) -> StepEvidence | None:
        if word is None or not word.capture_id:
            return word
        return replace(word, spot=reader.place(word.capture_id, word.span))

    def of_task(task: RemediationTask | None) -> RemediationTask | None:
        if task is None or not any(word and word.capture_id for word in (task.proof, task.against)):
            return task
        return replace(task, proof=of_word(task.proof), against=of_word(task.against))

    def of_step(step: GuidedStep) -> GuidedStep:
        evidence = tuple(placed for word in step.evidence if (placed := of_word(word)) is not None)
        return replace(step, task=of_task(step.task), evidence=evidence)

    return replace(found, steps=tuple(map(of_step, found.steps)))
