"""A desk for sources: an inbox, what they report, and waiting for either."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest_asyncio

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import Signal
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources.inbox import Inbox

PATIENCE_S = 20.0
"""How long a busy machine may take for what takes milliseconds."""


class Desk:
    """Runs sources until the test ends; collects their signals and statuses."""

    def __init__(self) -> None:
        self.inbox = Inbox(100_000, Clock())
        self.signals: list[Signal] = []
        self.statuses: dict[tuple[str, str], SourceStatus] = {}
        self._reported = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []

    def report(self, status: SourceStatus) -> None:
        self.statuses[status.name, status.detail] = status
        self._reported.set()

    def start(self, source: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(source)
        self._tasks.append(task)
        return task

    async def until(self, is_enough: Callable[[list[Signal]], object]) -> list[Signal]:
        """All signals so far, as soon as they are enough; fails when they never are, or when a source died."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_enough(self.signals):
                await self._wait(self.inbox.wait())
                self.signals += self.inbox.drain(1000)
        return self.signals

    async def count(self, number: int) -> list[Signal]:
        return await self.until(lambda signals: len(signals) >= number)

    async def status(self, name: str, is_it: Callable[[SourceStatus], object] = lambda _status: True) -> SourceStatus:
        """The first status of a source that fits."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for status in self.statuses.values():
                    if status.name == name and is_it(status):
                        return status
                self._reported.clear()
                await self._wait(self._reported.wait())

    async def stop(self, task: asyncio.Task[Any]) -> None:
        self._tasks.remove(task)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _wait(self, wanted: Coroutine[Any, Any, Any]) -> None:
        waiting = asyncio.ensure_future(wanted)
        done, _ = await asyncio.wait([waiting, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in done:
            task.result()


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.close()
