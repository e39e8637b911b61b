"""Starting where the last engine stopped: the store's checkpoint, then the journal's signals after it.

The pipeline is made with the settings that were in force then; what has been edited since is a change like any other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b

import msgspec
from msgspec import Struct, field, structs

from statetrace_engine.clock import Clock
from statetrace_engine.config.settings import Settings
from statetrace_engine.health.policy import Policy
from statetrace_engine.model import Epoch
from statetrace_engine.model.change import Change, HealthChanged, Isolated, Notice, OutageChanged, OutageStep
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.outage import OutageEvent, Timeline, TimelineMark
from statetrace_engine.model.signal import SettingsChanged
from statetrace_engine.model.status import Banner
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.feeding import Feeder
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.restore import Restored

log = logging.getLogger("statetrace.engine")
BATCH = 5000
TOLD_EVERY = 100_000
WITHOUT_S = 86400.0
WITHOUT_SIGNALS = 500_000
"""Without a checkpoint no more of the journal is read than this: an engine that starts for minutes watches nothing."""
NEWS_S = 60.0
"""A notice older than this before the journal's end was given long ago, whatever telemetry still knows of it."""

Submit = Callable[[Sequence[Change], int, bytes | None], None]


class InForce(Struct, frozen=True, array_like=True):
    """The settings that the journal has last: where, and which."""

    seq: int = 0
    digest: bytes = b""


class Saved(Struct, frozen=True, array_like=True):
    """What a restart begins with; the store keeps it beside the sequence that it stands at."""

    frozen: bytes
    in_force: InForce
    at: Epoch
    """Wall time when it was saved."""
    steady: float
    """Engine time when it was saved."""
    isolated: Banner | None = None


class Past(Struct):
    """The pipeline as it was when the last engine stopped."""

    feeder: Feeder
    in_force: InForce
    at: Epoch
    """Wall time of the last signal; 0.0 without one."""
    steady: float
    isolated: Banner | None = None
    notices: list[Notice] = field(default_factory=list)
    """Of the signals that the store knows nothing of: a crash may have come before anybody was told."""
    is_whole: bool = True
    """False: there was no checkpoint to begin with, and the store must be told everything anew."""


def settings_in_force(settings: Settings) -> SettingsChanged:
    """As the journal has them."""
    policy = msgspec.Raw(msgspec.msgpack.encode(settings.policy))
    runbooks = tuple(structs.replace(runbook, text="") for runbook in settings.runbooks)
    relays = tuple(sorted(settings.syslog.relays))
    return SettingsChanged(settings.inventory, policy, relays, settings.rules, runbooks)


def local(at: Epoch) -> datetime:
    """In the zone of this machine."""
    return datetime.fromtimestamp(at).astimezone()


def digest(settings: SettingsChanged) -> bytes:
    """Equal for equal settings."""
    return blake2b(msgspec.msgpack.encode(settings), digest_size=16).digest()


def saved(restored: Restored) -> Saved | None:
    """What the last engine left; None when it left nothing, or nothing that this version can read."""
    if restored.checkpoint is None:
        return None
    try:
        return msgspec.msgpack.decode(restored.checkpoint, type=Saved)
    except ValueError as error:
        log.warning("the checkpoint cannot be used, the journal is read instead: %s", error)
        return None


def save(pipeline: Pipeline, in_force: InForce, clock: Clock, isolated: Banner | None) -> bytes:
    """What `saved` reads."""
    frozen = pipeline.freeze()
    head = b"\x95\xc6" + len(frozen).to_bytes(4, "big")  # an array of five, the first of them bytes (msgpack, bin 32)
    rest = (in_force, clock.wall(), clock.steady(), isolated)
    # Joined here, because an encoder copies them several times while its buffer grows: half as long again at 20 MB.
    return b"".join((head, frozen, *map(msgspec.msgpack.encode, rest)))


def replay(settings: SettingsChanged, journal: Journal, restored: Restored, submit: Submit) -> Past:
    """Brings a pipeline to the journal's end; changes that the store does not have yet go to it."""
    last = saved(restored)
    past = _thawed(settings, journal, restored, last) if last is not None else None
    if past is None:
        after = max(0, journal.last_seq - WITHOUT_SIGNALS)
        # A journal from its beginning starts with its settings: the pipeline need not be made twice.
        is_from_beginning = not after and (journal.last_seq == 0 or journal.get(1) is not None)
        pipeline = Pipeline(local=local) if is_from_beginning else _made(settings)
        past = Past(Feeder(pipeline), InForce(), 0.0, 0.0, is_whole=False)
        if after:
            log.warning("the journal is read from signal %d on: what was before it is not known", after)
    else:
        after = restored.checkpoint_seq
    _feed(past, journal, after, restored.last_seq, submit)
    if not past.is_whole and journal.last_seq:
        submit(everything(past.feeder.pipeline), journal.last_seq, None)
    return past


def everything(pipeline: Pipeline) -> list[Change]:
    """All rows and outages, for a store that may have other ones."""
    found: list[Change] = []
    for route_id in pipeline.topology.routes:
        health = pipeline.health(route_id)
        if health is not None:
            found.append(HealthChanged(health=health, snapshot=None))
    return found + [OutageChanged(step=OutageStep.CHANGED, outage=outage) for outage in pipeline.outages()]


def ended(outage: OutageEvent, at: Epoch) -> OutageEvent:
    """An outage that nobody follows any more: its route is no longer watched, or what was known of it is lost."""
    return structs.replace(
        outage,
        state=HealthState.UNKNOWN if outage.closed_at is None else outage.state,
        closed_at=outage.closed_at or at,
        survival=outage.survival if outage.closed_at is not None else "no longer watched: nobody knows how it ended",
        is_latched=False,
    )


def isolation(change: Isolated) -> Banner | None:
    """What must be said above the data while this machine is cut off."""
    if not change.is_isolated:
        return None
    return Banner(kind="isolated", text=f"{change.text}: this machine is cut off", since_at=change.at)


def _made(settings: SettingsChanged) -> Pipeline:
    policy = msgspec.msgpack.decode(settings.policy, type=Policy)
    return Pipeline(settings.inventory, policy, settings.relays, settings.rules, local, settings.runbooks)


def _thawed(settings: SettingsChanged, journal: Journal, restored: Restored, last: Saved) -> Past | None:
    """From the checkpoint; None when it is of another version."""
    if last.in_force.digest != digest(settings):
        signal = journal.get(last.in_force.seq)
        if signal is not None and isinstance(signal.payload, SettingsChanged):
            settings = signal.payload
        else:
            log.warning("the settings of the last run are no longer in the journal: today's are used for its end")
    pipeline = _made(settings)
    try:
        pipeline.thaw(last.frozen, {r: (s.value, at) for r, (s, at) in restored.since.items()})
    except (msgspec.MsgspecError, ValueError) as error:
        log.warning("the checkpoint cannot be used, the journal is read instead: %s", error)
        return None
    return Past(Feeder(pipeline), last.in_force, last.at, last.steady, last.isolated)


def _feed(past: Past, journal: Journal, after: int, stored: int, submit: Submit) -> None:
    news: list[Change] = []
    count = seq = 0
    newest = journal.get(journal.last_seq)
    since_at = 0.0 if past.is_whole or newest is None else newest.received_at - WITHOUT_S
    for signal in journal.read(after):
        if signal.received_at < since_at and not isinstance(signal.payload, SettingsChanged):
            continue
        changes = past.feeder.feed(signal) + past.feeder.warn()
        past.at, past.steady, seq = signal.received_at, max(signal.steady, past.steady), signal.seq
        if isinstance(signal.payload, SettingsChanged):
            past.in_force = InForce(seq, digest(signal.payload))
        for change in changes:
            if isinstance(change, Isolated):
                past.isolated = isolation(change)
        if seq > stored:
            past.notices += [c for c in changes if isinstance(c, Notice)]
            news += changes
            if len(news) >= BATCH:
                submit(news, seq, None)
                news = []
        count += 1
        if count % TOLD_EVERY == 0:
            log.info("reading the journal: %d signals so far, at %d of %d", count, seq, journal.last_seq)
    if news:
        submit(news, seq, None)
    past.notices = [notice for notice in past.notices if notice.at >= past.at - NEWS_S]
    if count:
        log.info("read %d signals of the journal, up to %d", count, seq)


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
    for task in outage.work.tasks:
        said = f"{task.operator}: {task.state} {task.title}"
        marks.append(TimelineMark(at=task.ended_at or task.started_at, lane="runbook", verdict="", text=said))
    return Timeline(outage=outage, marks=tuple(sorted(marks, key=lambda m: m.at)))


def _failed(outage: OutageEvent) -> str:
    return "DOWN" if outage.worst == "critical" else "DEGRADED"
