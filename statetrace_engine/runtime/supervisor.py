"""Keeps tasks alive: a task that dies is logged, counted, shown and started again, later each time.

A dead task in a live process is the worst kind of monitor: up, and deaf.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from statetrace_engine.model import Epoch

log = logging.getLogger("statetrace.supervisor")
FIRST_S = 0.2
LONGEST_S = 30.0
CALM_S = 60.0
"""A task that lived so long starts again at once."""


class Supervisor:
    def __init__(self, wall: Callable[[], Epoch]) -> None:
        self.restarts = 0
        self.failing: dict[str, tuple[str, Epoch]] = {}
        """Task → why it is not running now, and since when."""
        self._wall = wall

    async def keep(self, name: str, run: Callable[[], Awaitable[object]]) -> None:
        """Runs `run` for ever; returns only by cancellation."""
        delay_s = FIRST_S
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            try:
                await run()
                why = "it ended"
            except Exception as error:
                why = f"{type(error).__name__}: {error}"
                log.exception("task %s died", name)
            self.restarts += 1
            self.failing[name] = (why, self._wall())
            delay_s = FIRST_S if loop.time() - started > CALM_S else min(delay_s * 2, LONGEST_S)
            await asyncio.sleep(delay_s)
            self.failing.pop(name, None)
