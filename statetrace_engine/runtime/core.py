"""The engine on its own loop: an `api.Engine` for the door and, through `live`, for the console.

It wires; what decides is in the pure rooms. Tasks are born in `run`, in one group, each with a name and a supervisor.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from pathlib import Path

import msgspec

from statetrace_engine import __version__, config
from statetrace_engine.api import Subscription
from statetrace_engine.clock import Clock
from statetrace_engine.config.settings import Settings
from statetrace_engine.control.door import Door
from statetrace_engine.control.lease import Lease
from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.model.action import Action, ActionResult
from statetrace_engine.model.change import Acted, Change, HealthChanged, Isolated, Notice, OutageChanged, OutageStep
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.signal import Gap, SettingsChanged, Source
from statetrace_engine.model.status import Banner, Counters, EngineStatus, SourceStatus
from statetrace_engine.model.text import sanitise
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runbooks import library
from statetrace_engine.runtime import rebuild
from statetrace_engine.runtime.board import Board
from statetrace_engine.runtime.pump import Pump, readable
from statetrace_engine.runtime.supervisor import Supervisor
from statetrace_engine.sources import log_files, syslog
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.probe_schedule import ProbeSettings
from statetrace_engine.sources.probes import Probing
from statetrace_engine.store.history import History
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.retention import Retention
from statetrace_engine.store.writer import StoreWriter
from statetrace_engine.telemetry import Telemetry

log = logging.getLogger("statetrace.engine")
PUBLISH_S = 0.1
CHECKPOINT_S = 1.0
QUIET_CHECKPOINT_S = 30.0
DAY_S = 86400.0
READY_S = 10.0
_GAP = "the engine was not running"


class Core:
    """Made on the engine's thread, before its loop runs; `run` lives until `stop`."""

    def __init__(self, settings: Settings, home: Path, lease: Lease) -> None:
        self.settings = settings
        self.home = home
        self.data = home / "data"
        self.addresses: dict[str, str] = {}
        self._lease = lease
        self._history = History(self.data / "statetrace.db")
        restored = self._history.restore()
        self._pipeline = Pipeline(settings.inventory, settings.policy)
        self._journal = Journal(self.data / "journal", after_seq=restored.last_seq)
        self._writer = StoreWriter(self.data / "statetrace.db", wait_journaled=self._journal.wait_written)
        self._board = Board(self._status)
        past = rebuild.replay(self._pipeline, self._journal, restored, self._writer.submit)
        self._clock = Clock(not_before=past.steady)
        self._started_at = self._clock.wall()
        self._was_silent_s = max(self._started_at - past.at, 0.0) if past.at else 0.0
        self._inbox = Inbox(settings.engine.queue_signals, self._clock)
        self._pump = Pump(
            self._inbox, self._journal, self._pipeline, self._deliver, slice_s=settings.engine.slice_ms / 1e3
        )
        self._probing = Probing(
            settings.inventory.probes, _probe_settings(settings), self._inbox, self._report, self._note_gap
        )
        self._supervisor = Supervisor(self._clock.wall)
        self._telemetry = Telemetry(home / "logs", self._clock.wall)
        self._sources: dict[tuple[str, str], SourceStatus] = {}
        self._last_change_at: float | None = None
        self._config_error: Banner | None = None
        self._store_error: Banner | None = None
        self._isolated: Banner | None = None
        self._fingerprint = config.fingerprint(home)
        self._changes: list[Change] = []
        self._stored_seq = self._journal.last_seq
        self._checkpoint_at = 0.0
        self._needs_checkpoint = True
        self._publishing: asyncio.TimerHandle | None = None
        self._stop = asyncio.Event()
        self._listening = asyncio.Event()
        self._syslog: asyncio.Task[None] | None = None
        self._beat = 0.0

    # Life -----------------------------------------------------------------------------------------------------

    async def run(self, ready: Callable[[], None]) -> None:
        """Runs every task until `stop`. Raises what keeps the engine from starting: PortTaken, StateTraceError."""
        door = Door(self, self._lease.token)
        self._board.outages.update({o.outage_id: o for o in self._past_outages()})
        self._put_in_force(_GAP if self._was_silent_s > 1.0 else "")
        self.addresses["door"] = f"127.0.0.1:{await door.open()}"
        try:
            async with asyncio.TaskGroup() as group:
                tasks = self._tasks(group, door)
                await self._wait_until_listening()
                self._lease.publish(int(self.addresses["door"].rpartition(":")[2]))
                self._beat_once()
                ready()
                await self._stop.wait()
                for task in tasks:
                    task.cancel()
        except* (StateTraceError, OSError) as group_error:
            raise group_error.exceptions[0] from None
        finally:
            await door.close()
            await asyncio.to_thread(self._shut)

    def stop(self) -> None:
        self._stop.set()

    def _tasks(self, group: asyncio.TaskGroup, door: Door) -> list[asyncio.Task[None]]:
        keep = self._supervisor.keep
        wanted: dict[str, Callable[[], Coroutine[object, object, object]]] = {
            "pump": self._pump.run,
            "probes": self._probing.run,
            "publisher": self._keep_publishing,
            "house": self._keep_house,
            "door": door.run,
        }
        if self.settings.syslog.files:
            wanted["files"] = self._follow_files
        tasks = [group.create_task(keep(name, run), name=name) for name, run in wanted.items()]
        self._syslog = group.create_task(self._listen_first(), name="syslog")
        return [*tasks, self._syslog]

    async def _listen_first(self) -> None:
        """The first attempt may fail the start (a port that is taken); later ones are repeated."""
        try:
            await self._listen()
        except (StateTraceError, OSError, ValueError):
            if not self._listening.is_set():
                raise
            log.exception("syslog died")
        await self._supervisor.keep("syslog", self._listen)

    async def _listen(self) -> None:
        await syslog.run(self.settings.syslog, self._inbox, self._report)

    async def _wait_until_listening(self) -> None:
        wants_any = bool(self.settings.syslog.udp or self.settings.syslog.tcp)
        if wants_any:
            async with asyncio.timeout(READY_S):
                await self._listening.wait()

    async def _follow_files(self) -> None:
        await log_files.run(
            log_files.LogFileSettings(files=self.settings.syslog.files, positions=str(self.data / "positions.json")),
            self._inbox,
            self._report,
        )

    def _put_in_force(self, gap: str) -> None:
        if gap:
            self._pump.say(Gap(self._was_silent_s, gap), Source.ENGINE)
        policy = msgspec.Raw(msgspec.msgpack.encode(self.settings.policy))
        self._pipeline.relays = frozenset(self.settings.syslog.relays)
        self._pump.say(SettingsChanged(self.settings.inventory, policy), Source.ENGINE)
        self._board.remove(self._pipeline.removed)

    def _past_outages(self) -> tuple[OutageEvent, ...]:
        try:
            return self._history.outages(self._started_at - DAY_S)
        except StateTraceError as error:
            log.warning("the past is not shown: %s", error)
            return ()

    def _shut(self) -> None:
        """On the way out: everything known goes to disk."""
        self._submit(True)
        self._journal.flush()
        self._writer.flush()
        self._writer.close()
        self._journal.close()
        self._telemetry.write()

    # What comes in --------------------------------------------------------------------------------------------

    def _report(self, status: SourceStatus) -> None:
        for key in [k for k in self._sources if k[0] == status.name and k[1] != status.detail]:
            if status.name.startswith("syslog_") and status.name != Source.SYSLOG_FILE:
                del self._sources[key]
        self._sources[status.name, status.detail] = status
        if status.name in (Source.SYSLOG_UDP, Source.SYSLOG_TCP):
            self.addresses[status.name] = status.detail
            wanted = {Source.SYSLOG_UDP: self.settings.syslog.udp, Source.SYSLOG_TCP: self.settings.syslog.tcp}
            if all(name in self.addresses for name, address in wanted.items() if address):
                self._listening.set()

    def _note_gap(self, seconds: float) -> None:
        self._pump.say(Gap(seconds, "this machine did not run"), Source.ENGINE)

    def _deliver(self, changes: list[Change], _seq: int) -> None:
        self._changes += changes
        self._needs_checkpoint = True
        self._last_change_at = self._clock.wall()
        is_urgent = self._board.take(changes)
        for change in changes:
            if not isinstance(change, HealthChanged) or change.snapshot is not None:
                self._tell(change)
        if is_urgent and self._publishing is None:
            self._publishing = asyncio.get_running_loop().call_later(0.02, self._publish)

    def _tell(self, change: Change) -> None:
        """What telemetry hears."""
        emit = self._telemetry.emit
        match change:
            case HealthChanged(health=h):
                emit("StateTransition", RouteId=h.route.route_id, State=h.state.value, Cause=h.cause)
            case OutageChanged(step=OutageStep.OPENED, outage=o):
                latency = round((o.detected_at - o.occurred_at) * 1e3, 1)
                emit("OutageOpened", OutageId=o.outage_id, Cause=o.cause.value, DetectionLatencyMs=latency)
            case OutageChanged(step=OutageStep.RESOLVED, outage=o):
                emit("OutageResolved", OutageId=o.outage_id)
            case Notice(outage=o, kind=kind):
                emit("AlertSent", OutageId=o.outage_id, Kind=kind, Runbook=o.runbook)
            case Acted(audit=entries):
                for entry in entries:
                    name = "OutageAcknowledged" if entry.action == "acknowledge" else "UserAction"
                    emit(name, Subject=entry.subject, Action=entry.action)
            case Isolated(is_isolated=is_isolated, at=at, text=text):
                words = f"{text}: this machine is cut off"
                self._isolated = Banner(kind="isolated", text=words, since_at=at) if is_isolated else None
            case _:
                pass

    # What goes out --------------------------------------------------------------------------------------------

    async def _keep_publishing(self) -> None:
        elapsed = 0.0
        while True:
            await asyncio.sleep(PUBLISH_S)
            elapsed += PUBLISH_S
            if self._board.has_news or elapsed >= 1.0:
                elapsed = 0.0
                self._publish()
            self._submit(False)

    def _publish(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        self._board.publish()

    def _submit(self, is_last: bool) -> None:
        """Changes go to the store's thread; a checkpoint with them when one is due."""
        now = self._clock.steady()
        age = now - self._checkpoint_at
        is_due = is_last or (age >= CHECKPOINT_S and self._needs_checkpoint) or age >= QUIET_CHECKPOINT_S
        if not self._changes and not is_due:
            return
        seq = self._journal.last_seq
        if seq <= self._stored_seq:
            return
        changes, self._changes = self._changes, []
        frozen = self._pipeline.freeze() if is_due else None
        if is_due:
            self._checkpoint_at, self._needs_checkpoint = now, False
        self._writer.submit(changes, seq, frozen, self._pipeline.removed)
        self._stored_seq = seq

    async def _keep_house(self) -> None:
        """Once a second: heartbeat, configuration, errors of the disks; once an hour: what is too old."""
        pruned = float("-inf")
        while True:
            await asyncio.to_thread(self._beat_once)
            await self._reload()
            self._note_disk()
            now = self._clock.steady()
            if now - pruned >= 3600.0:
                pruned = now
                keep = self.settings.store
                self._writer.prune(
                    self._clock.wall(),
                    Retention(
                        snapshots_days=keep.snapshots_days,
                        rollups_days=keep.rollups_days,
                        outages_days=keep.outages_days,
                    ),
                )
                await asyncio.to_thread(self._journal.prune, self.settings.journal.days)
                self._board.forget(self._clock.wall() - DAY_S)
            await asyncio.sleep(1.0)

    def _beat_once(self) -> None:
        """The heartbeat is written by the loop's word, so that a loop that hangs has none."""
        words = msgspec.json.encode(
            {"at": self._clock.wall(), "pid": os.getpid(), "lag_ms": round(self._pump.lag_ms, 1)}
        )
        path = self.data / "heartbeat"
        try:
            path.write_bytes(words)
        except OSError as error:
            log.debug("no heartbeat: %s", error)
        self._telemetry.write()

    def _note_disk(self) -> None:
        error = self._journal.error or self._writer.error
        if not error:
            self._store_error = None
        elif self._store_error is None or self._store_error.text != error:
            since = self._store_error.since_at if self._store_error else self._clock.wall()
            self._store_error = Banner(kind="store", text=error, since_at=since)

    async def _reload(self) -> None:
        """A changed configuration takes effect at once; a broken one changes nothing and is said on screen."""
        fingerprint = await asyncio.to_thread(config.fingerprint, self.home)
        if fingerprint == self._fingerprint:
            return
        self._fingerprint = fingerprint
        try:
            settings = await asyncio.to_thread(config.load, self.home)
        except ConfigError as error:
            more = f" (and {len(error.problems) - 1} more: statetrace config check)" if len(error.problems) > 1 else ""
            self._config_error = Banner(
                kind="config",
                text=sanitise(f"the edited configuration is not used: {error.problems[0]}{more}"),
                since_at=self._clock.wall(),
            )
            return
        except StateTraceError as error:
            self._config_error = Banner(kind="config", text=sanitise(str(error)), since_at=self._clock.wall())
            return
        self._config_error = None
        is_moved = settings.syslog != self.settings.syslog
        self.settings = settings
        self._put_in_force("")
        self._probing.replace(settings.inventory.probes)
        if is_moved and self._syslog is not None:
            log.info("listeners change at the next start")

    # api.Engine -----------------------------------------------------------------------------------------------

    def subscribe(self) -> Subscription:
        return self.watch(Mailbox())

    def watch(self, mailbox: Mailbox) -> Subscription:
        """Everything from now on goes into the mailbox."""
        return Watching(self._board, mailbox)

    async def act(self, action: Action) -> ActionResult:
        operator = getattr(action, "operator", "")
        changes, seq = self._pump.say(action, Source.OPERATOR, operator)
        self._publish()
        await asyncio.to_thread(self._journal.wait_written, seq, 2.0)
        return next((c.result for c in changes if isinstance(c, Acted)), ActionResult())

    async def routes(self) -> tuple[RouteHealth, ...]:
        return tuple(self._board.routes.values())

    async def outages(self) -> tuple[OutageEvent, ...]:
        self._board.forget(self._clock.wall() - DAY_S)
        return tuple(sorted(self._board.outages.values(), key=lambda o: o.detected_at, reverse=True))

    async def incidents(self) -> tuple[Incident, ...]:
        return tuple(sorted(self._board.incidents.values(), key=lambda i: i.opened_at, reverse=True))

    async def status(self) -> EngineStatus:
        return self._status()

    async def route_detail(self, route_id: str) -> RouteDetail | None:
        detail = self._pipeline.detail(route_id)
        if detail is None or detail.outage is None:
            return detail
        route, outage = detail.health.route, detail.outage
        runbook = library.choose(outage.cause, route.runbook, self.settings.runbooks)
        primary = route.paths[0] if route.paths else None
        device = self._pipeline.topology.devices.get(route.hostname)
        step = library.next_step(
            runbook,
            device.device.vendor if device else "",
            {
                "interface": primary.interface if primary else None,
                "neighbour": primary.next_hop if primary else None,
                "next_hop": primary.next_hop if primary else None,
                "prefix": route.prefix,
                "vrf": route.vrf,
            },
        )
        return msgspec.structs.replace(
            detail, runbook_title=runbook.title, runbook_step=step.command or step.title, runbook_expect=step.expect
        )

    async def timeline(self, outage_id: str) -> Timeline | None:
        found = self._pipeline.timeline(outage_id)
        if found is not None:
            return found
        outage = self._board.outages.get(outage_id)
        if outage is None:
            older = await asyncio.to_thread(self._history.outages_by_id, (outage_id,))
            outage = older[0] if older else None
        return rebuild.timeline(outage) if outage is not None else None

    async def signal_text(self, seq: int) -> str | None:
        signal = await asyncio.to_thread(self._journal.get, seq)
        return sanitise(readable(signal)) if signal is not None else None

    async def runbook(self, name: str) -> Runbook | None:
        return next((r for r in self.settings.runbooks if r.name == name), None)

    async def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        return await asyncio.to_thread(self._history.audit, limit)

    async def close(self) -> None:
        """A client that leaves does not end the engine."""

    # Status ---------------------------------------------------------------------------------------------------

    def _status(self) -> EngineStatus:
        tally, inbox = self._pipeline.tally, self._inbox
        routes = self.settings.inventory.routes
        return EngineStatus(
            version=__version__,
            pid=os.getpid(),
            started_at=self._started_at,
            at=self._clock.wall(),
            home=str(self.home),
            routes=len(routes),
            devices=len(self.settings.inventory.devices),
            unowned=sum(not r.owner for r in routes) if len(routes) <= 20_000 else 0,
            unprobed=len(self._board.unprobed),
            is_isolated=self._pipeline.is_isolated,
            banners=self._banners(),
            sources=tuple(self._sources.values()),
            counters=Counters(
                signals={name: n for name, n in inbox.received.items() if n and name != Source.ENGINE},
                unparsed=tally.unparsed,
                unrelated=tally.unrelated,
                dropped=sum(inbox.dropped.values()),
                unknown_senders=dict(tally.unknown_senders),
                queue_depth=inbox.depth,
                redacted=self._pump.redacted,
                restarts=self._supervisor.restarts,
            ),
            last_signal_at=max((s.last_at for s in self._sources.values() if s.last_at is not None), default=None),
            last_change_at=self._last_change_at,
            lag_ms=self._pump.take_lag_ms(),
        )

    def _banners(self) -> tuple[Banner, ...]:
        found = [b for b in (self._isolated, self._store_error, self._config_error) if b is not None]
        for name, (why, since_at) in self._supervisor.failing.items():
            found.append(Banner(kind="source", text=sanitise(f"{name} is not running: {why}"), since_at=since_at))
        dropped = sum(self._inbox.dropped.values())
        if dropped:
            words = f"{dropped} signals dropped: they came faster than they could be evaluated"
            found.append(Banner(kind="behind", text=words, since_at=self._started_at))
        return tuple(found)


class Watching:
    """A subscription on the engine's own loop."""

    def __init__(self, board: Board, mailbox: Mailbox) -> None:
        self._board, self._mailbox = board, mailbox
        board.join(mailbox)
        self.pull = mailbox.pull
        self.silent_s = mailbox.silent_s

    def close(self) -> None:
        self._board.leave(self._mailbox)


def _probe_settings(settings: Settings) -> ProbeSettings:
    policy = settings.policy.probe
    return ProbeSettings(
        burst_count=policy.burst_count,
        burst_spacing_ms=policy.burst_spacing_ms,
        timeout_min_ms=policy.timeout_min_ms,
        timeout_max_ms=policy.timeout_max_ms,
        timeout_rtt_factor=policy.timeout_rtt_factor,
        good_for_up=policy.good_for_up,
        gap_s=settings.policy.watcher.gap_s,
    )
