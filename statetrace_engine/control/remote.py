"""The other side of the door: the engine of another process, as an `api.Engine`.

All of it lives on the event loop that connected. When the engine goes, the lease says who owns the home next: the same
object and its subscriptions go on with that one, each with a full frame.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import msgspec

from statetrace_engine.control import lease, messages
from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.control.messages import (
    Answer,
    Call,
    Failed,
    Hello,
    MalformedError,
    Method,
    Part,
    Splitter,
    Welcome,
)
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

CONNECT_S = 3.0
ANSWER_S = 10.0
RETRY_S = 1.0
"""Between two looks for the next engine."""
_GONE = "the engine is gone: start it again with `statetrace`"


class RemoteEngine:
    """Made by `connect`. Methods raise StateTraceError while the engine is gone, or when it is silent for 10 s."""

    def __init__(self, wire: _Wire, data_dir: Path, retry_s: float = RETRY_S) -> None:
        self._wire = wire
        self._data_dir = data_dir
        self._retry_s = retry_s
        self._subscriptions: set[RemoteSubscription] = set()
        self._following = asyncio.get_running_loop().create_task(self._follow(), name="follow the lease")

    @classmethod
    async def connect(cls, data_dir: Path, retry_s: float = RETRY_S) -> RemoteEngine:
        """Attaches to the engine that owns this home. Raises StateTraceError when nobody answers there.

        Once attached it looks every `retry_s` seconds for the next engine of the home when this one goes.
        """
        return cls(await _entered(data_dir), data_dir, retry_s)

    @property
    def is_connected(self) -> bool:
        """False while no engine is there."""
        return self._wire.is_open

    def subscribe(self) -> RemoteSubscription:
        """Its frames come from whichever engine is attached; without one they wait for the next."""
        subscription = RemoteSubscription(self._subscriptions.discard)
        self._subscriptions.add(subscription)
        if self._wire.is_open:
            subscription.attach(self._wire)
        return subscription

    async def act(self, action: Action) -> ActionResult:
        result: ActionResult = await self._wire.call("act", action)
        return result

    async def routes(self) -> tuple[RouteHealth, ...]:
        return tuple(await self._wire.call("routes"))

    async def outages(self) -> tuple[OutageEvent, ...]:
        return tuple(await self._wire.call("outages"))

    async def incidents(self) -> tuple[Incident, ...]:
        return tuple(await self._wire.call("incidents"))

    async def status(self) -> EngineStatus:
        result: EngineStatus = await self._wire.call("status")
        return result

    async def monitors(self) -> Monitors:
        result: Monitors = await self._wire.call("monitors")
        return result

    async def route_detail(self, route_id: str) -> RouteDetail | None:
        result: RouteDetail | None = await self._wire.call("route_detail", route_id)
        return result

    async def timeline(self, outage_id: str) -> Timeline | None:
        result: Timeline | None = await self._wire.call("timeline", outage_id)
        return result

    async def explain(self, outage_id: str) -> Explanation | None:
        result: Explanation | None = await self._wire.call("explain", outage_id)
        return result

    async def signal_text(self, seq: int) -> str | None:
        result: str | None = await self._wire.call("signal_text", seq)
        return result

    async def runbook(self, name: str) -> Runbook | None:
        result: Runbook | None = await self._wire.call("runbook", name)
        return result

    async def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        result: GuidedRunbook | None = await self._wire.call("guide", outage_id, operator, runbook)
        return result

    async def file_captures(self, files: bytes) -> Stored:
        result: Stored = await self._wire.call("file_captures", files)
        return result

    async def captures(self) -> tuple[CaptureSummary, ...]:
        return tuple(await self._wire.call("captures"))

    async def capture_sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        return tuple(await self._wire.call("capture_sections", capture_id))

    async def capture_page(self, capture_id: int, first: int, count: int, mark: tuple[int, int]) -> CapturePage | None:
        result: CapturePage | None = await self._wire.call("capture_page", capture_id, first, count, mark)
        return result

    async def capture_find(self, capture_id: int, line: int, words: str, is_back: bool) -> int:
        result: int = await self._wire.call("capture_find", capture_id, line, words, is_back)
        return result

    async def capture_spot(self, route_id: str) -> CaptureSpot | None:
        result: CaptureSpot | None = await self._wire.call("capture_spot", route_id)
        return result

    async def diff_runs(
        self, hostname: str, site: str, from_at: Epoch, to_at: Epoch, limit: int
    ) -> tuple[DiffRun, ...]:
        result: tuple[DiffRun, ...] = await self._wire.call("diff_runs", hostname, site, from_at, to_at, limit)
        return result

    async def diff_changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        result: tuple[PackedChanges, ...] = await self._wire.call("diff_changes", run_id)
        return result

    async def diff_between(self, before_id: int, after_id: int) -> Comparison | None:
        result: Comparison | None = await self._wire.call("diff_between", before_id, after_id)
        return result

    async def diff_rollback(self, before_id: int, after_id: int) -> Rollback | None:
        result: Rollback | None = await self._wire.call("diff_rollback", before_id, after_id)
        return result

    async def change_marks(self) -> tuple[ChangeMark, ...]:
        result: tuple[ChangeMark, ...] = await self._wire.call("change_marks")
        return result

    async def cards(self) -> tuple[AnomalyCard, ...]:
        return tuple(await self._wire.call("cards"))

    async def clusters(self) -> tuple[Cluster, ...]:
        return tuple(await self._wire.call("clusters"))

    async def rules(self) -> tuple[RuleStatus, ...]:
        return tuple(await self._wire.call("rules"))

    async def launch_metrics(self, days: int) -> LaunchMetrics:
        result: LaunchMetrics = await self._wire.call("launch_metrics", days)
        return result

    async def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        return tuple(await self._wire.call("audit", limit))

    async def close(self) -> None:
        """Leaves; the engine goes on, and nobody waits for the next one."""
        self._following.cancel()
        await asyncio.wait([self._following])
        self._wire.close()

    async def _follow(self) -> None:
        while True:
            await self._wire.lost.wait()
            await asyncio.sleep(self._retry_s)
            with suppress(StateTraceError):  # nobody there yet
                self._wire = await _entered(self._data_dir)
                for subscription in tuple(self._subscriptions):
                    subscription.attach(self._wire)


class RemoteSubscription:
    """Frames pushed through the door, merged until they are pulled."""

    def __init__(
        self, forget: Callable[[RemoteSubscription], None], steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._forget = forget
        self._steady = steady
        self._mailbox = Mailbox(steady)
        self._pieces: list[Frame] = []
        self._heard = steady()
        self._unwatch: Callable[[], None] = lambda: None

    def attach(self, wire: _Wire) -> None:
        """From here on its frames come from this engine, the first one full. Raises StateTraceError when it is gone."""
        self._pieces = []  # of a frame that the engine before it did not finish
        watch_id = wire.watch(self._take)
        self._unwatch = lambda: wire.unwatch(watch_id)

    def pull(self) -> Frame | None:
        return self._mailbox.pull()

    def silent_s(self) -> float:
        return self._steady() - self._heard

    def close(self) -> None:
        self._forget(self)
        self._unwatch()

    def _take(self, part: Part) -> None:
        self._heard = self._steady()
        self._pieces.append(part.frame)
        if part.is_last:
            frame, self._pieces = messages.join(self._pieces), []
            self._mailbox.offer(frame)


async def _entered(data_dir: Path) -> _Wire:
    """A connection that the owner of this home has welcomed. Raises StateTraceError."""
    words = lease.read(data_dir)
    if words is None and lease.is_owned(data_dir):
        raise StateTraceError(f"the engine of {data_dir.parent} has not opened its door: is it starting or stopping?")
    if words is None:
        raise StateTraceError(f"no engine runs on {data_dir.parent}: start one with `statetrace`")
    wire = _Wire()
    with ExitStack() as unless_welcomed:
        unless_welcomed.callback(wire.close)
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.get_running_loop().create_connection(lambda: wire, "127.0.0.1", words.port)
                wire.send(Hello(words.token))
                await wire.welcomed
        except (OSError, TimeoutError) as error:
            raise StateTraceError(f"the engine of process {words.pid} does not answer: is it stopped?") from error
        unless_welcomed.pop_all()
    return wire


class _Waiting:
    """A call on its way, and the parts of its answer that have come."""

    def __init__(self, method: Method, answer: asyncio.Future[Any]) -> None:  # Any: as the method's type says
        self.method = method
        self.answer = answer
        self.items: list[Any] = []


class _Wire(asyncio.Protocol):
    """One connection. Replies are sorted to the calls and watches that they belong to."""

    def __init__(self) -> None:
        self.welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.lost = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._splitter = Splitter(messages.MAX_OUT)
        self._calls: dict[int, _Waiting] = {}
        self._watches: dict[int, Callable[[Part], None]] = {}
        self._next_id = 0

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: messages.Request) -> None:
        """Raises StateTraceError when the engine is gone, or the message too big."""
        if self._transport is None or self._transport.is_closing():
            raise StateTraceError(_GONE)
        self._transport.write(messages.encode(request, messages.MAX_IN))

    async def call(self, name: str, *params: object) -> Any:  # Any: as METHODS says
        method = messages.METHODS[name]
        call_id = self._new_id()
        waiting = self._calls[call_id] = _Waiting(method, asyncio.get_running_loop().create_future())
        try:
            self.send(Call(call_id, name, msgspec.Raw(messages.pack(params))))
            async with asyncio.timeout(ANSWER_S):
                return await waiting.answer
        except TimeoutError:
            raise StateTraceError(f"the engine did not answer within {ANSWER_S:.0f} s") from None
        finally:
            self._calls.pop(call_id, None)

    def watch(self, take: Callable[[Part], None]) -> int:
        watch_id = self._new_id()
        self.send(messages.Watch(watch_id))
        self._watches[watch_id] = take
        return watch_id

    def unwatch(self, watch_id: int) -> None:
        if self._watches.pop(watch_id, None) is not None and self.is_open:
            self.send(messages.Unwatch(watch_id))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            for body in self._splitter.feed(data):
                self._sort(messages.decode_reply(body))
        except MalformedError as error:
            self._lose(f"the engine's answer cannot be read ({error}): do both have one version?")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio names it
        self._lose(_GONE)
        self.lost.set()
        if not self.welcomed.done():
            self.welcomed.set_exception(ConnectionRefusedError("the door closed"))

    def _sort(self, reply: messages.Reply) -> None:
        match reply:
            case Part():
                if (take := self._watches.get(reply.watch_id)) is not None:
                    take(reply)
            case Answer():
                self._answer(reply)
            case Failed():
                self._fail(self._calls.get(reply.call_id), reply.text)
            case Welcome():
                self._enter(reply.protocol)

    def _answer(self, reply: Answer) -> None:
        waiting = self._calls.get(reply.call_id)
        if waiting is None or waiting.answer.done():
            return  # nobody waits any more
        result = messages.decode_result(waiting.method, reply.result)
        if waiting.method.is_many:
            waiting.items += result
            result = waiting.items
        if reply.is_last:
            waiting.answer.set_result(result)

    def _enter(self, protocol: int) -> None:
        if self.welcomed.done():
            return
        if protocol == messages.PROTOCOL:
            self.welcomed.set_result(None)
        else:
            self.welcomed.set_exception(StateTraceError("the engine has another version: restart it, or use its own"))

    def _lose(self, why: str) -> None:
        for waiting in tuple(self._calls.values()):
            self._fail(waiting, why)

    def _fail(self, waiting: _Waiting | None, why: str) -> None:
        if waiting is not None and not waiting.answer.done():
            waiting.answer.set_exception(StateTraceError(why))

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id
