"""The engine on its own loop: an `api.Engine` for the door and, through `live`, for the console.

It wires; what decides is in the pure rooms. Tasks are born in `run`, in one group, each with a name and a supervisor.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from time import perf_counter

from msgspec import structs

from statetrace_engine.api import Subscription
from statetrace_engine.config.settings import Settings
from statetrace_engine.control.door import Door
from statetrace_engine.control.lease import Lease
from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.errors import StateTraceError
from statetrace_engine.health.watched import WatchedOn
from statetrace_engine.model import filed
from statetrace_engine.model.action import Action, ActionResult
from statetrace_engine.model.capture_view import CapturePage, CaptureSpot
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.change import Acted, Change, Isolated, Notice, OutageChanged, OutageStep
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.diff import ChangeMark
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.filed import CaptureSummary, SectionSummary, Stored
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.launch import LaunchMetrics
from statetrace_engine.model.monitors import Monitors
from statetrace_engine.model.outage import Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.signal import Gap, LogLine, Source, SourceLost, Tick
from statetrace_engine.model.status import EngineStatus
from statetrace_engine.model.text import sanitise
from statetrace_engine.runtime import advice, collector, launching, rebuild, telling, warned
from statetrace_engine.runtime.board import Board, Watching
from statetrace_engine.runtime.capture_reader import CaptureReader
from statetrace_engine.runtime.captured import CaptureFeed
from statetrace_engine.runtime.clustering import CardAnswers, Clustering
from statetrace_engine.runtime.collector import Collector
from statetrace_engine.runtime.compared import RunFeed
from statetrace_engine.runtime.comparing import Comparer
from statetrace_engine.runtime.diff_reader import DiffAnswers, DiffReader
from statetrace_engine.runtime.explaining import Explaining
from statetrace_engine.runtime.gauges import Gauges
from statetrace_engine.runtime.ground import Ground
from statetrace_engine.runtime.guiding import Guiding
from statetrace_engine.runtime.house import House
from statetrace_engine.runtime.ingesting.keeper import Keeper
from statetrace_engine.runtime.listeners import Listeners
from statetrace_engine.runtime.memory import Memory
from statetrace_engine.runtime.pump import Pump, readable
from statetrace_engine.runtime.rebuild import InForce
from statetrace_engine.runtime.reloading import Reloading
from statetrace_engine.runtime.saver import Saver
from statetrace_engine.runtime.sight import Lookout
from statetrace_engine.runtime.snmp_polling import SnmpPolling
from statetrace_engine.sources.probe_schedule import ProbeSettings
from statetrace_engine.sources.probes import Probing
from statetrace_engine.store.captures import Captures

log = logging.getLogger("statetrace.engine")
PUBLISH_S = 0.1
URGENT_S = 0.02
IDLE_MS = 10.0
"""Receipt to evaluation: below it the loop has nothing to do but this."""
DAY_S = 86400.0
LAST_WORDS_S = 0.5
"""For signals that still wait when the engine ends."""
ACTED_S = 2.0
"""How long an action waits for the journal."""
_PROBES = (Source.PROBE_ICMP, Source.PROBE_TCP, Source.PROBE_STAMP)


class Core(DiffAnswers, CardAnswers):
    """Made when the listeners are open: takes the past up, then watches until `stop`."""

    def __init__(
        self, ground: Ground, gauges: Gauges, listeners: Listeners, reloading: Reloading, *, is_alone: bool
    ) -> None:
        self.settings = ground.settings
        self.addresses: dict[str, str] = {}
        self._ground = ground
        self._clock = clock = ground.clock
        self._gauges = gauges
        self._listeners = listeners
        self._reloading = reloading
        self._board = Board(self._status)
        past = rebuild.replay(
            rebuild.settings_in_force(self.settings), ground.journal, ground.restored, ground.writer.submit
        )
        self._feeder = past.feeder
        past.feeder.pipeline.desk.measure(perf_counter)
        self._in_force = past.in_force
        self._past = past
        gauges.isolated = past.isolated
        gauges.watch(self.settings)
        engine, policy = self.settings.engine, self.settings.policy
        self._pump = Pump(
            ground.inbox, ground.journal, past.feeder, self._deliver,
            slice_s=engine.slice_ms / 1e3, gap_s=policy.watcher.gap_s,
        )  # fmt: skip
        self._lookout = Lookout(ground, gauges, self._board, self._pump)
        self._saver = Saver(ground.writer, ground.journal, clock, self._freeze, self._prepare)
        self._probing = Probing(
            self.settings.inventory.probes, _probing(self.settings), ground.inbox, gauges.report, self._pump.note_gap
        )
        self._snmp = SnmpPolling(self.settings, ground.home, ground.inbox, gauges.report)
        self._memory = Memory(ground.history, self._board, clock.wall, self._deliver_own)
        captures = Captures(ground.data / "statetrace.db")
        self._clustering = Clustering(self._board, lambda: self._feeder.pipeline, self._memory, lambda: self.settings)
        self._captures = CaptureReader(captures)
        self._explaining = Explaining(ground.journal, ground.history, self._captures, clock.wall)
        self._guiding = Guiding(ground.history, captures, self._captures, clock.wall)
        say, wall = self._tell_captured, clock.wall
        runs = RunFeed(ground.data / "statetrace.db", lambda: self._feeder.pipeline, say, wall)
        self.captured = CaptureFeed(captures, runs, self._last_capture, self._watched_on, say, wall)
        self._house = House(ground.data, clock, self._pump, ground.telemetry, lambda: ground.supervisor.failing)
        self._diffs = DiffReader(ground.data / "statetrace.db")
        self._comparer = Comparer(ground, self.captured.compared)
        self._keeper = Keeper(ground, lambda: self.settings, gauges.report, self._hurry)
        self._collector = Collector(clock.steady) if is_alone else None
        self._publishing: asyncio.TimerHandle | None = None
        self._stop = asyncio.Event()
        ground.supervisor.changed = self._note_source

    # Life -------------------------------------------------------------------------------------------------------------

    async def run(self, lease: Lease, group: asyncio.TaskGroup, ready: Callable[[], None]) -> None:
        """Opens the door and runs every task until `stop`. Raises StateTraceError."""
        door = Door(self, lease.token)
        port = await door.open()
        self.addresses["door"] = f"127.0.0.1:{port}"
        self._take_up()
        tasks = self._tasks(group, door)
        try:
            await asyncio.to_thread(self._house.beat)
            lease.publish(port)
            ready()
            await self._stop.wait()
        finally:
            self._listeners.close()
            for task in tasks:
                task.cancel()
            await door.close()
            self._pump.drain(LAST_WORDS_S)
            self._saver.save(is_last=True)

    def stop(self) -> None:
        self._stop.set()

    def _tasks(self, group: asyncio.TaskGroup, door: Door) -> list[asyncio.Task[None]]:
        ground, house = self._ground, self._house
        since_at = ground.clock.wall() - DAY_S
        wanted: dict[str, Callable[[], Coroutine[object, object, object]]] = {
            "pump": self._pump.run,
            "watch on pauses": self._pump.stay_awake,
            "probes": self._probing.run,
            "snmp": self._snmp.run,
            "publisher": self._keep_publishing,
            "custody": lambda: ground.custody.keep(self._tell_all),
            "heartbeat": house.keep_beating,
            "telemetry": house.keep_telemetry,
            "trimming": house.keep_trimming,
            "pruning": lambda: house.keep_pruning(ground.journal, ground.writer, lambda: self.settings),
            "configuration": self._reloading.run,
            "door": door.run,
            "captures": self.captured.run,
            "inbox": self._keeper.run,
            "comparisons": self._comparer.run,
        }
        tasks = [group.create_task(ground.supervisor.keep(name, run), name=name) for name, run in wanted.items()]
        memory = self._memory.load(self._feeder.pipeline, since_at, ground.restored.last_seq)
        return [*tasks, group.create_task(memory, name="memory")]

    def _take_up(self) -> None:
        """After a restart: the time that nobody watched, the settings if they are others, and all rows."""
        past, telemetry = self._past, self._ground.telemetry
        for notice in telling.untold(past.notices, telemetry.recent("AlertSent") if past.notices else ()):
            telling.tell(notice, telemetry.emit, {})
        if past.at:
            silent_s = max(self._clock.steady() - past.steady, 0.0)
            self._pump.say(Gap(silent_s, "the engine was not running"), Source.ENGINE)
            if any(d.state.bmp_at >= 0 for d in self._feeder.pipeline.topology.devices.values()):
                self._pump.say(SourceLost(Source.BMP, False, "no router has connected yet"), Source.ENGINE)
        self._put_in_force(self.settings)
        self._listeners.watch.watch(self._watched_prefixes)
        pipeline = self._feeder.pipeline
        rows = (h for r in pipeline.topology.routes if r not in self._board.routes if (h := pipeline.health(r)))
        outages = pipeline.outages()
        named = dict.fromkeys(o.incident_id for o in outages if o.incident_id)
        incidents = [incident for name in named if (incident := pipeline.incident(name)) is not None]
        self._board.fill(rows, outages, incidents)
        collector.spare()

    def _put_in_force(self, settings: Settings) -> None:
        """Journaled when they differ from those that the journal has last."""
        self.settings = settings
        signal = rebuild.settings_in_force(settings)
        digest = rebuild.digest(signal)
        if digest == self._in_force.digest:
            return
        _, seq = self._pump.say(signal, Source.ENGINE)
        self._in_force = InForce(seq, digest)
        removed = self._feeder.pipeline.removed
        self._saver.remove(removed)
        self._board.remove(removed)
        self._end_outages(set(removed))

    def _tell_all(self) -> None:
        """To a store that was begun anew."""
        self._saver.note([*self._board.known(), *self._feeder.pipeline.desk.known()])
        self._pump.say(Tick(), Source.ENGINE)

    def _end_outages(self, removed: set[str]) -> None:
        """Of routes that are no longer watched."""
        at = self._clock.wall()
        left = [o for o in self._board.outages.values() if o.route_id in removed and (not o.closed_at or o.is_latched)]
        if left:
            self._deliver_own([OutageChanged(step=OutageStep.CHANGED, outage=rebuild.ended(o, at)) for o in left])

    async def reload(self, settings: Settings) -> None:
        """Puts an edited configuration in force without losing what is known."""
        if settings == self.settings:  # a file was touched, no more
            return
        collector.unspare()
        self._put_in_force(settings)
        collector.spare()
        self._gauges.watch(settings)
        self._probing.replace(settings.inventory.probes, _probing(settings))
        self._snmp.take(settings)
        self._ground.inbox.capacity = settings.engine.queue_signals
        self._pump.slice_s, self._pump.gap_s = settings.engine.slice_ms / 1e3, settings.policy.watcher.gap_s
        await self._listeners.replace(settings)
        self._listeners.watch.changed()
        self._publish()

    # What comes in ----------------------------------------------------------------------------------------------------

    def _note_source(self, name: str, why: str) -> None:
        """A source that stopped or came back is a gap, never an outage."""
        for source in _PROBES if name == "probes" else (name,):
            if source in tuple(Source):
                self._pump.say(SourceLost(source, bool(why), sanitise(why)), Source.ENGINE)

    def _last_capture(self) -> int:
        return self._feeder.pipeline.captures.last_id

    def _watched_on(self, hostname: str) -> WatchedOn:
        device = self._feeder.pipeline.topology.devices.get(hostname)
        return device.watched() if device is not None else WatchedOn()

    def _tell_captured(self, told: Captured | LogLine | Compared, hostname: str) -> None:
        self._pump.say(told, Source.CAPTURE, hostname)
        self._listeners.watch.changed()  # it may be the first to show a route, or an address of a router

    def _hurry(self) -> None:
        """Captures have just been stored."""
        self.captured.hurry()
        self._comparer.hurry()

    def _watched_prefixes(self, address: str, name: str) -> frozenset[str]:
        device = self._feeder.pipeline.topology.speaker(address, name)
        return frozenset(r.record.prefix for r in device.routes.values()) if device is not None else frozenset()

    def _deliver(self, changes: list[Change], _seq: int = 0) -> None:
        self._saver.note(changes)
        self._gauges.last_change_at = self._clock.wall()
        is_urgent = self._board.take(changes)
        for change in changes:
            telling.tell(change, self._ground.telemetry.emit, self._board.outages)
            if isinstance(change, Isolated):
                self._gauges.isolated = rebuild.isolation(change)
            elif isinstance(change, Notice):
                self._house.hurry()
        if is_urgent and self._publishing is None:
            self._publishing = asyncio.get_running_loop().call_later(URGENT_S, self._publish)
            self._ground.journal.wait_written(self._ground.journal.last_seq, 0.0)  # what is shown should be on disk

    def _deliver_own(self, changes: list[Change]) -> None:
        """Of no signal's making; the signal behind them moves the sequence on, by which the store knows news."""
        self._deliver(changes)
        self._pump.say(Tick(), Source.ENGINE)

    # What goes out ----------------------------------------------------------------------------------------------------

    async def _keep_publishing(self) -> None:
        elapsed = 0.0
        if self._collector is not None:
            self._collector.begin()
        while True:
            await asyncio.sleep(PUBLISH_S)
            elapsed += PUBLISH_S
            self._snmp.follow(self._feeder.pipeline)
            self._lookout.read()
            if self._board.has_news or elapsed >= 1.0:
                elapsed = 0.0
                self._publish()
            waiting, lag_ms = self._ground.inbox.depth, self._pump.lag_ms
            self._saver.save(waiting=waiting, lag_ms=lag_ms)
            if self._collector is not None:
                self._collector.tick(is_idle=not waiting and lag_ms < IDLE_MS)

    def _publish(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        self._board.publish()

    def _prepare(self, most: int) -> bool:
        return self._feeder.pipeline.prepare(most)

    def _freeze(self) -> bytes:
        return rebuild.save(self._feeder.pipeline, self._in_force, self._clock, self._gauges.isolated)

    def _status(self) -> EngineStatus:
        return self._gauges.status(self._feeder, self._pump, self._board.sight)

    # api.Engine -------------------------------------------------------------------------------------------------------

    def subscribe(self) -> Subscription:
        return self.watch(Mailbox())

    def watch(self, mailbox: Mailbox) -> Subscription:
        """Everything from now on goes into the mailbox."""
        return Watching(self._board, mailbox)

    async def act(self, action: Action) -> ActionResult:
        action = await warned.recalled(action, self._feeder.pipeline.desk, self._ground.history)
        changes, seq = self._pump.say(action, Source.OPERATOR, action.operator)
        self._publish()
        wait_s = 0.0 if self._ground.journal.error else ACTED_S
        await asyncio.to_thread(self._ground.journal.wait_written, seq, wait_s)
        return next((c.result for c in changes if isinstance(c, Acted)), ActionResult())

    async def routes(self) -> tuple[RouteHealth, ...]:
        return tuple(self._board.routes.values())

    async def outages(self) -> tuple[OutageEvent, ...]:
        await self._memory.wait()
        self._board.forget(self._clock.wall() - DAY_S)
        return tuple(sorted(self._board.outages.values(), key=lambda o: o.detected_at, reverse=True))

    async def incidents(self) -> tuple[Incident, ...]:
        await self._memory.wait()
        return tuple(sorted(self._board.incidents.values(), key=lambda i: i.opened_at, reverse=True))

    async def status(self) -> EngineStatus:
        return self._status()

    async def monitors(self) -> Monitors:
        await self._memory.wait()
        return self._lookout.monitors(self._feeder.pipeline)

    async def route_detail(self, route_id: str) -> RouteDetail | None:
        pipeline = self._feeder.pipeline
        detail = pipeline.detail(route_id)
        if detail is None:
            return None
        device = pipeline.topology.devices.get(detail.health.route.hostname)
        return advice.advise(detail, self.settings.runbooks, device.device.vendor if device else "")

    async def timeline(self, outage_id: str) -> Timeline | None:
        return self._feeder.pipeline.timeline(outage_id) or await self._memory.timeline(outage_id)

    async def explain(self, outage_id: str) -> Explanation | None:
        pipeline = self._feeder.pipeline
        found = await self._explaining.live(outage_id, pipeline, self.settings)
        if found is not None:
            return structs.replace(found, cards=await self._clustering.cards_of(outage_id))
        outage = await self._memory.outage(outage_id)
        return await self._explaining.past(outage, self.settings) if outage is not None else None

    async def signal_text(self, seq: int) -> str | None:
        signal = await asyncio.to_thread(self._ground.journal.get, seq)
        return sanitise(readable(signal)) if signal is not None else None

    async def runbook(self, name: str) -> Runbook | None:
        return next((r for r in self.settings.runbooks if r.name == name), None)

    async def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        found = await self._guiding.live(outage_id, operator, runbook, self._feeder.pipeline)
        if found is not None:
            return found
        outage = await self._memory.outage(outage_id)
        return await self._guiding.past(outage, operator, runbook, self.settings) if outage is not None else None

    async def file_captures(self, files: bytes) -> Stored:
        try:
            read = await asyncio.to_thread(filed.decode, files)
        except ValueError as error:
            raise StateTraceError(str(error)) from error
        stored = await asyncio.wrap_future(self._ground.writer.file_captures(read))
        self._hurry()
        return stored

    async def captures(self) -> tuple[CaptureSummary, ...]:
        return await asyncio.to_thread(self._captures.newest)

    async def capture_sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        return await asyncio.to_thread(self._captures.sections, capture_id)

    async def capture_page(self, capture_id: int, first: int, count: int, mark: tuple[int, int]) -> CapturePage | None:
        return await asyncio.to_thread(self._captures.page, capture_id, first, count, mark)

    async def capture_find(self, capture_id: int, line: int, words: str, is_back: bool) -> int:
        return await asyncio.to_thread(self._captures.find, capture_id, line, words, is_back)

    async def capture_spot(self, route_id: str) -> CaptureSpot | None:
        route = self._feeder.pipeline.topology.routes.get(route_id)
        if route is None:
            return None
        record = route.record
        return await asyncio.to_thread(self._captures.spot, record.hostname, record.vrf, record.prefix)

    async def change_marks(self) -> tuple[ChangeMark, ...]:
        return self._feeder.pipeline.marks()

    async def launch_metrics(self, days: int) -> LaunchMetrics:
        return await asyncio.to_thread(
            launching.read, self._ground.home, self._ground.history, self._clock.wall(), days
        )

    async def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        return await asyncio.to_thread(self._ground.history.audit, limit)

    async def close(self) -> None:
        """A client that leaves does not end the engine."""


def _probing(settings: Settings) -> ProbeSettings:
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
