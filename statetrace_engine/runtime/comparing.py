"""The engine's own comparisons: in a thread that waits for a process, so that the loop has no part in the work."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from statetrace_engine.model.diff import DiffRun
from statetrace_engine.runtime.ground import Ground
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.comparison import ComparingError
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.runs import Runs
from statetrace_engine.workers import comparing
from statetrace_engine.workers.pool import Pool, Work
from statetrace_engine.workers.turns import Turns

LOOK_S = 5.0
LIMIT_S = 60.0
"""For one capture."""
MEMORY_MB = 2048


class Comparer:
    """`compared` is called, on the loop, for every run that is in the store."""

    def __init__(self, ground: Ground, compared: Callable[[DiffRun], None]) -> None:
        self._ground = ground
        self._store = ground.data / "statetrace.db"
        self._runs = Runs(self._store)
        self._compared = compared
        self._metrics = DiffMetrics(ground.home / "logs", self._store)
        self._hint = asyncio.Event()

    def hurry(self) -> None:
        """Something has just been stored."""
        self._hint.set()

    async def run(self) -> NoReturn:
        """Looks every 5 s, and when it is told to, until cancelled. Raises StoreError."""
        loop = asyncio.get_running_loop()
        while True:
            await self._compare(lambda run: loop.call_soon_threadsafe(self._compared, run))
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._hint.wait()
            except TimeoutError:
                pass
            self._hint.clear()

    async def _compare(self, tell: Callable[[DiffRun], object]) -> None:
        stop = threading.Event()
        try:
            await asyncio.to_thread(self._read, tell, stop)
        finally:
            stop.set()

    def _read(self, tell: Callable[[DiffRun], object], stop: threading.Event) -> None:
        """In a thread."""
        if not self._runs.uncompared(1):
            return
        ground = self._ground
        with _Process(stop.is_set) as process, suppress(InterruptedError):
            for run in comparison.run(
                self._store,
                lambda runs, deltas=(): ground.writer.file_runs(runs, deltas).result(),
                ground.telemetry.emit,
                ground.clock.wall,
                metrics=self._metrics,
                answer=process.answer,
                should_stop=stop.is_set,
            ):
                tell(run)


class _Process:
    """A process that compares one capture after the other; a new one when it had to be killed."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self._turns = Turns[Work](active_sites=1, out_per_site=1)
        pool = Pool[Work](comparing.FUNCTION, workers=1, file_limit_s=LIMIT_S, memory_limit_mb=MEMORY_MB)
        self._outcomes = pool.run(self._turns, should_stop)

    def __enter__(self) -> _Process:
        return self

    def __exit__(self, *_: object) -> None:
        self._outcomes.close()

    def answer(self, job: bytes) -> bytes:
        """Raises ComparingError."""
        self._turns.add("", Work("", 0, job))  # the pool goes on as long as something waits
        for outcome in self._outcomes:
            if outcome is not None and outcome.answer:
                return outcome.answer
            if outcome is not None:
                raise ComparingError(outcome.refusal)
        raise InterruptedError
