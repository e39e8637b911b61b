"""Keeping house: heartbeat and telemetry every second; what is too old, every hour."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from statetrace_engine.clock import Clock
from statetrace_engine.config.settings import Settings
from statetrace_engine.control import heartbeat
from statetrace_engine.runtime import trimming
from statetrace_engine.runtime.pump import Pump
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.retention import Retention
from statetrace_engine.store.writer import StoreWriter
from statetrace_engine.telemetry import Telemetry

log = logging.getLogger("statetrace.engine")
BEAT_S = 1.0
PRUNE_S = 3600.0
FIRST_PRUNE_S = 60.0
"""Not while a console starts."""
TOLD_S = 60.0
TRIM_S = 10.0
"""A storm's memory is given back so soon; the call takes a millisecond."""


class House:
    """`failing()` names the tasks that do not run."""

    def __init__(
        self,
        data: Path,
        clock: Clock,
        pump: Pump,
        telemetry: Telemetry,
        failing: Callable[[], Iterable[str]],
    ) -> None:
        self._path = data / heartbeat.NAME
        self._clock = clock
        self._pump = pump
        self._telemetry = telemetry
        self._failing = failing
        self._trouble = ""
        self._lag_ms = 0.0
        self._beats = 0
        self._has_alert = asyncio.Event()

    def hurry(self) -> None:
        """Telemetry is written at once: people are being told of something."""
        self._has_alert.set()

    async def keep_telemetry(self) -> None:
        """Written once a second, off the loop."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await self._has_alert.wait()
            self._has_alert.clear()
            await asyncio.to_thread(self._telemetry.write)

    @staticmethod
    async def keep_trimming() -> None:
        """What is free goes back to the system, off the loop."""
        while True:
            await asyncio.sleep(TRIM_S)
            await asyncio.to_thread(trimming.give_back)

    async def keep_beating(self) -> None:
        """Once a second, by the loop's own turn: a loop that hangs has no heartbeat."""
        while True:
            self._lag_ms = max(self._lag_ms, self._pump.next_second())
            self._beats += 1
            if self._beats % TOLD_S == 0:
                self._telemetry.emit("EvaluationLatency", LatencyMs=round(self._lag_ms, 1))
                self._lag_ms = 0.0
            await asyncio.to_thread(self.beat, tuple(self._failing()))
            await asyncio.sleep(BEAT_S)

    def beat(self, failing: tuple[str, ...] = ()) -> None:
        """Writes the file whose age `doctor --live` looks at; a full disk costs it only."""
        words = {"at": self._clock.wall(), "pid": os.getpid(), "lag_ms": round(self._pump.lag_ms, 1)}
        try:
            self._path.write_bytes(msgspec.json.encode(words | {"failing": failing}))
            self._note("")
        except OSError as error:
            self._note(f"no heartbeat: {error.strerror}")

    async def keep_pruning(self, journal: Journal, writer: StoreWriter, settings: Callable[[], Settings]) -> None:
        await asyncio.sleep(FIRST_PRUNE_S)
        while True:
            keep = settings()
            days = Retention(
                snapshots_days=keep.store.snapshots_days,
                rollups_days=keep.store.rollups_days,
                outages_days=keep.store.outages_days,
                cards_days=keep.store.cards_days,
                captures_days=keep.store.captures_days,
                runs=keep.store.runs,
            )
            writer.prune(self._clock.wall(), days)
            removed = await asyncio.to_thread(journal.prune, keep.journal.days)
            if removed:
                log.info("deleted the journal of %s", ", ".join(removed))
            await asyncio.sleep(PRUNE_S)

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("%s", trouble or "the heartbeat can be written again")
