"""Keeps tasks alive: a task that dies is logged, counted, shown and started again, later each time.

A dead task in a live process is the worst kind of monitor: up, and deaf. The only room that catches whatever is raised:
a task's death (`Supervisor`), a bug that one item of many meets (`spare`), the end of a thread (`hand_over`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")
log = logging.getLogger("statetrace.supervisor")
FIRST_S = 0.2
LONGEST_S = 30.0
CALM_S = 60.0
"""A task that lived so long starts again at once."""
SETTLED_S = 1.0
"""A task that runs again for so long is no longer shown as failing."""


class Supervisor:
    """`changed(name, why)` hears of every task that stops running; `why` is empty when it runs again."""

    def __init__(
        self, wall: Callable[[], Epoch], changed: Callable[[str, str], None] = lambda _name, _why: None
    ) -> None:
        self.restarts = 0
        self.failing: dict[str, tuple[str, Epoch]] = {}
        """Task → why it is not running now, and since when."""
        self.changed = changed
        self._wall = wall

    async def keep(
        self, name: str, run: Callable[[], Awaitable[object]], is_fatal: Callable[[], bool] = lambda: False
    ) -> None:
        """Runs `run` for ever; ends only by cancellation, or with the error of a death that `is_fatal`."""
        delay_s = FIRST_S
        loop = asyncio.get_running_loop()
        try:
            while True:
                started = loop.time()
                settled = loop.call_later(SETTLED_S, self._settle, name)
                try:
                    why = await _attempt(name, run, is_fatal)
                finally:
                    settled.cancel()
                self._fail(name, why)
                delay_s = FIRST_S if loop.time() - started > CALM_S else min(delay_s * 2, LONGEST_S)
                await asyncio.sleep(delay_s)
        finally:
            self._settle(name)

    def _fail(self, name: str, why: str) -> None:
        self.restarts += 1
        _, since_at = self.failing.get(name, ("", self._wall()))
        self.failing[name] = (why, since_at)
        self.changed(name, why)

    def _settle(self, name: str) -> None:
        if self.failing.pop(name, None) is not None:
            self.changed(name, "")


async def _attempt(name: str, run: Callable[[], Awaitable[object]], is_fatal: Callable[[], bool]) -> str:
    """Runs it once; why it ended."""
    try:
        await run()
    except Exception as error:
        if is_fatal():
            raise
        if isinstance(error, StateTraceError):  # expected, and says all that there is to say
            log.warning("task %s stopped: %s", name, error)
            return str(error)
        log.exception("task %s died", name)
        return f"{type(error).__name__}: {error}"
    log.error("task %s ended", name)
    return "it ended"


async def stopped(task: asyncio.Task[None]) -> None:
    """Cancels the task and waits until it is gone."""
    task.cancel()
    await asyncio.wait({task})


def spare(work: Callable[[_Item], _Answer], item: _Item, failed: Callable[[_Item, Exception], _Answer]) -> _Answer:
    """What `work` answers for `item`; what `failed` answers, inside the handler, when `work` ends in a bug.

    For one of very many: its bug must cost itself, and not those around it. `failed` counts, logs and shows it.
    """
    try:
        return work(item)
    except Exception as error:  # noqa: BLE001  # `failed` logs it
        return failed(item, error)


def hand_over(run: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
    """Runs the whole of a thread; whatever ends it goes to `failed`, because nobody waits for a thread's error."""
    try:
        run()
    except BaseException as error:  # noqa: BLE001  # `failed` keeps it for whoever asks
        failed(error)
