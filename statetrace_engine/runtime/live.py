"""LiveEngine: the engine in this process, on a thread and loop of its own, behind the `api.Engine` protocol."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from statetrace_engine import config
from statetrace_engine.api import Subscription
from statetrace_engine.clock import Clock
from statetrace_engine.config.settings import Settings
from statetrace_engine.control.lease import Lease
from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Action, ActionResult
from statetrace_engine.model.anomaly import AnomalyCard, RuleStatus
from statetrace_engine.model.capture_view import CapturePage, CaptureSpot
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.diff import ChangeMark, Comparison, DiffRun, PackedChanges, Rollback
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.filed import CaptureSummary, SectionSummary, Stored
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.launch import LaunchMetrics
from statetrace_engine.model.monitors import Monitors
from statetrace_engine.model.outage import Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.status import EngineStatus, Frame
from statetrace_engine.runtime import logfile, trimming
from statetrace_engine.runtime.core import Core
from statetrace_engine.runtime.gauges import Gauges
from statetrace_engine.runtime.ground import Ground
from statetrace_engine.runtime.listeners import Listeners
from statetrace_engine.runtime.reloading import Reloading
from statetrace_engine.runtime.supervisor import hand_over

_T = TypeVar("_T")
log = logging.getLogger("statetrace.engine")
STOP_S = 60.0
_STOPPED = "the engine has stopped; its log says why"
ALIVE_S = 0.5


class LiveEngine:
    """Made by `start`; every method may be called from any thread and any loop."""

    def __init__(self, settings: Settings, home: Path, lease: Lease, wall: Callable[[], Epoch], is_alone: bool) -> None:
        self._settings, self._home, self._lease, self._wall = settings, home, lease, wall
        self._is_alone = is_alone
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._core: Core | None = None
        self._addresses: dict[str, str] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._live, name="engine", daemon=True)

    @classmethod
    def start(
        cls, settings: Settings, home: Path, wall: Callable[[], Epoch] | None = None, *, is_alone: bool = False
    ) -> LiveEngine:
        """Owns the home, listens, and watches. `wall` is the clock on the wall, for tests that step it; `is_alone` in
        a process of the engine's own (`collector`).

        Raises HomeBusy, PortTaken, StoreError or another StateTraceError when it cannot.
        """
        wall = wall or Clock().wall
        config.create(home)
        lease = Lease.acquire(home / "data", wall)
        engine = cls(settings, home, lease, wall, is_alone)
        trimming.settle()
        engine._thread.start()
        engine._ready.wait()
        if engine._failure is not None:
            engine._thread.join()
            if isinstance(engine._failure, StateTraceError):
                raise engine._failure
            raise StateTraceError(f"the engine did not start: {_words(engine._failure)}") from engine._failure
        return engine

    def addresses(self) -> dict[str, str]:
        """Where it listens: `syslog_udp`, `syslog_tcp`, `door` → `ADDRESS:PORT`."""
        return self._addresses | (self._core.addresses if self._core is not None else {})

    @property
    def failure(self) -> BaseException | None:
        """Why the engine's thread ended by itself; None while it lives."""
        return self._failure

    def stop(self) -> None:
        """Ends the engine and waits until its data is on disk; harmless when repeated."""
        if self._core is not None and self._thread.is_alive():
            self.call(self._core.stop)
        self._thread.join(STOP_S)

    def _live(self) -> None:
        try:
            hand_over(self._serve, self._fail)
        finally:
            logfile.close()
            self._lease.release()
            self._ready.set()

    def _serve(self) -> None:
        logfile.log_to(self._home / "logs")
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            self._loop = runner.get_loop()
            runner.run(self._run())

    def _fail(self, error: BaseException) -> None:
        self._failure = _first(error)
        if self._ready.is_set():
            log.error("the engine died", exc_info=error)

    async def _run(self) -> None:
        asyncio.get_running_loop().set_exception_handler(_log_stray)
        ground = Ground(self._settings, self._home, self._lease, self._wall)
        try:
            async with asyncio.TaskGroup() as group:
                await self._watch(ground, group)
        finally:
            await asyncio.to_thread(ground.close)

    async def _watch(self, ground: Ground, group: asyncio.TaskGroup) -> None:
        reloading = Reloading(self._home, ground.clock, self._settings, self._reload)
        gauges = Gauges(ground, reloading)
        listeners = Listeners(ground.inbox, gauges.report, gauges.forget, ground.supervisor, ground.home)
        await listeners.open(self._settings, group)
        self._addresses = listeners.addresses
        self._core = Core(ground, gauges, listeners, reloading, is_alone=self._is_alone)
        await self._core.run(self._lease, group, self._ready.set)

    async def _reload(self, settings: Settings) -> None:
        await self.core.reload(settings)

    # api.Engine -----------------------------------------------------------------------------------------------

    def subscribe(self) -> Subscribed:
        return Subscribed(self)

    async def _ask(self, question: Coroutine[Any, Any, _T]) -> _T:
        if self._loop is None or not self._thread.is_alive():
            question.close()
            raise StateTraceError(_STOPPED)
        try:
            asked = asyncio.run_coroutine_threadsafe(question, self._loop)
        except RuntimeError:  # the loop closed a moment ago
            question.close()
            raise StateTraceError(_STOPPED) from None
        answer = asyncio.wrap_future(asked)
        while not (await asyncio.wait({answer}, timeout=ALIVE_S))[0]:
            if not self._thread.is_alive():
                answer.cancel()
        if answer.cancelled():
            raise StateTraceError(_STOPPED)
        return answer.result()

    def call(self, what: Callable[[], None]) -> None:
        """Runs `what` on the engine's loop, if it still turns."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed
                self._loop.call_soon_threadsafe(what)

    @property
    def core(self) -> Core:
        if self._core is None:
            raise StateTraceError("the engine has not started")
        return self._core

    async def act(self, action: Action) -> ActionResult:
        return await self._ask(self.core.act(action))

    async def routes(self) -> tuple[RouteHealth, ...]:
        return await self._ask(self.core.routes())

    async def outages(self) -> tuple[OutageEvent, ...]:
        return await self._ask(self.core.outages())

    async def incidents(self) -> tuple[Incident, ...]:
        return await self._ask(self.core.incidents())

    async def status(self) -> EngineStatus:
        return await self._ask(self.core.status())

    async def monitors(self) -> Monitors:
        return await self._ask(self.core.monitors())

    async def route_detail(self, route_id: str) -> RouteDetail | None:
        return await self._ask(self.core.route_detail(route_id))

    async def timeline(self, outage_id: str) -> Timeline | None:
        return await self._ask(self.core.timeline(outage_id))

    async def explain(self, outage_id: str) -> Explanation | None:
        return await self._ask(self.core.explain(outage_id))

    async def signal_text(self, seq: int) -> str | None:
        return await self._ask(self.core.signal_text(seq))

    async def runbook(self, name: str) -> Runbook | None:
        return await self._ask(self.core.runbook(name))

    async def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        return await self._ask(self.core.guide(outage_id, operator, runbook))

    async def file_captures(self, files: bytes) -> Stored:
        return await self._ask(self.core.file_captures(files))

    async def captures(self) -> tuple[CaptureSummary, ...]:
        return await self._ask(self.core.captures())

    async def capture_sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        return await self._ask(self.core.capture_sections(capture_id))

    async def capture_page(self, capture_id: int, first: int, count: int, mark: tuple[int, int]) -> CapturePage | None:
        return await self._ask(self.core.capture_page(capture_id, first, count, mark))

    async def capture_find(self, capture_id: int, line: int, words: str, is_back: bool) -> int:
        return await self._ask(self.core.capture_find(capture_id, line, words, is_back))

    async def capture_spot(self, route_id: str) -> CaptureSpot | None:
        return await self._ask(self.core.capture_spot(route_id))

    async def diff_runs(
        self, hostname: str, site: str, from_at: Epoch, to_at: Epoch, limit: int
    ) -> tuple[DiffRun, ...]:
        return await self._ask(self.core.diff_runs(hostname, site, from_at, to_at, limit))

    async def diff_changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        return await self._ask(self.core.diff_changes(run_id))

    async def diff_between(self, before_id: int, after_id: int) -> Comparison | None:
        return await self._ask(self.core.diff_between(before_id, after_id))

    async def diff_rollback(self, before_id: int, after_id: int) -> Rollback | None:
        return await self._ask(self.core.diff_rollback(before_id, after_id))

    async def change_marks(self) -> tuple[ChangeMark, ...]:
        return await self._ask(self.core.change_marks())

    async def cards(self) -> tuple[AnomalyCard, ...]:
        return await self._ask(self.core.cards())

    async def clusters(self) -> tuple[Cluster, ...]:
        return await self._ask(self.core.clusters())

    async def rules(self) -> tuple[RuleStatus, ...]:
        return await self._ask(self.core.rules())

    async def launch_metrics(self, days: int) -> LaunchMetrics:
        return await self._ask(self.core.launch_metrics(days))

    async def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        return await self._ask(self.core.audit(limit))

    async def close(self) -> None:
        await asyncio.to_thread(self.stop)


class Subscribed:
    """A mailbox that the engine's thread fills and the caller empties."""

    def __init__(self, engine: LiveEngine) -> None:
        self._engine = engine
        self._mailbox = Mailbox()
        self._watching: Subscription | None = None
        self._call(self._join)

    def _call(self, what: Callable[[], None]) -> None:
        self._engine.call(what)

    def _join(self) -> None:
        self._watching = self._engine.core.watch(self._mailbox)

    def pull(self) -> Frame | None:
        return self._mailbox.pull()

    def silent_s(self) -> float:
        return self._mailbox.silent_s()

    def close(self) -> None:
        if self._watching is not None:
            self._call(self._watching.close)


def _log_stray(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What no task waits for; asyncio itself would print it over the console's screen."""
    error = context.get("exception")
    log.error("%s", context.get("message", "an error that nobody waits for"), exc_info=error)


def _first(error: BaseException) -> BaseException:
    """What a task group wraps."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__}: {error}"
