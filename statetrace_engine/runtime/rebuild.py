"""Starting where the last engine stopped: the store's checkpoint, then the journal's signals after it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from statetrace_engine.model import Epoch
from statetrace_engine.model.change import Change
from statetrace_engine.model.outage import OutageEvent, Timeline, TimelineMark
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.restore import Restored

log = logging.getLogger("statetrace.engine")
BATCH = 5000


class Past(msgspec.Struct, frozen=True):
    """Where the journal ends."""

    at: Epoch
    """Wall time of the last signal; 0.0 without one."""
    steady: float


def replay(
    pipeline: Pipeline,
    journal: Journal,
    restored: Restored,
    submit: Callable[[Sequence[Change], int, bytes | None], None],
) -> Past:
    """Brings the pipeline to the journal's end; changes that the store does not have yet go to it."""
    after = 0
    if restored.checkpoint is not None:
        try:
            pipeline.thaw(restored.checkpoint, {r: (s.value, at) for r, (s, at) in restored.since.items()})
            after = restored.checkpoint_seq
        except msgspec.MsgspecError as error:
            log.warning("the checkpoint is of another version, the journal is read from its beginning: %s", error)
    past, news, seq = Past(0.0, 0.0), [], 0
    for signal in journal.read(after):
        changes = pipeline.feed(signal)
        past, seq = Past(signal.received_at, signal.steady), signal.seq
        if seq > restored.last_seq:
            news += changes
            if len(news) >= BATCH:
                submit(news, seq, None)
                news = []
    if news:
        submit(news, seq, None)
    if not past.at and restored.checkpoint_seq:
        signal_at = journal.get(restored.checkpoint_seq)
        if signal_at is not None:
            past = Past(signal_at.received_at, signal_at.steady)
    return past


def timeline(outage: OutageEvent) -> Timeline:
    """What a stored outage still tells of its course: its evidence and its clocks."""
    marks = [TimelineMark(at=e.at, lane=e.plane.value, verdict=e.verdict, text=e.text) for e in outage.evidence]
    marks.append(TimelineMark(at=outage.detected_at, lane="state", verdict=_failed(outage), text=outage.survival))
    if outage.notified_at is not None:
        marks.append(TimelineMark(at=outage.notified_at, lane="notice", verdict=outage.worst, text=outage.worst))
    if outage.shown_at is not None:
        marks.append(TimelineMark(at=outage.shown_at, lane="shown", verdict="", text=""))
    if outage.acked_at is not None:
        marks.append(TimelineMark(at=outage.acked_at, lane="ack", verdict="", text=outage.acknowledged_by))
    if outage.resolved_at is not None:
        marks.append(TimelineMark(at=outage.resolved_at, lane="state", verdict="RECOVERED", text="carries again"))
    return Timeline(outage=outage, marks=tuple(sorted(marks, key=lambda m: m.at)))


def _failed(outage: OutageEvent) -> str:
    return "DOWN" if outage.worst == "critical" else "DEGRADED"
