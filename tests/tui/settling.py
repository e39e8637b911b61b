"""When an app in a test has done all that it can do now: nothing is left to run, in its event loop or its thread.

Textual's pilot sleeps for 20 ms twice a key, and again where the process took more than a millisecond of them: that is
most of what a test of the console would take, and on a busy machine it proves nothing. Whoever waits for a time waits
for what it brings (`driving.Console.until`).
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import textual.app
import textual.pilot
from textual._context import active_app
from textual.screen import Screen

TURNS = 3
"""Of the loop, one after the other, in which nothing but this was to be run; each asks the system what is due."""
THREAD_S = 60.0
"""How long a busy machine may take for what a thread does in a second."""


class OneThread(ThreadPoolExecutor):
    """For all that the app asks of threads: what is asked next runs when all before it has been told."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked = self.awaited = 0

    def submit(self, *work: Any, **more: Any) -> Future[Any]:
        self.asked += 1
        return super().submit(*work, **more)

    def end(self) -> Future[Any]:
        """Is done when all that was asked so far is."""
        return super().submit(int)


async def settled(*_: Any) -> None:
    """What is due now has run, with all that it brought about, and is painted; no time passes but what that takes."""
    loop = asyncio.get_running_loop()
    await _painted(loop)
    thread = loop._default_executor  # type: ignore[attr-defined]
    while isinstance(thread, OneThread) and thread.asked != thread.awaited:
        thread.awaited = thread.asked
        async with asyncio.timeout(THREAD_S):
            await asyncio.wrap_future(thread.end())
        await _painted(loop)


async def _painted(loop: asyncio.AbstractEventLoop) -> None:
    """A screen lays out and paints by a timer, 60 times a second: it is told to do so now, until nothing is owed."""
    await _quiet(loop)
    app = active_app.get(None)
    while app is not None and app._screen_stack and _is_owed(app.screen):
        app.screen._on_timer_update()
        await _quiet(loop)


def _is_owed(screen: Screen[Any]) -> bool:
    return not screen.app._batch_count and bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )


async def _quiet(loop: asyncio.AbstractEventLoop) -> None:
    ready = loop._ready  # type: ignore[attr-defined]
    quiet = 0
    while quiet < TURNS:
        await asyncio.sleep(0)
        quiet = 0 if ready else quiet + 1


def install() -> None:
    """Pilots wait so from now on."""
    for module in (textual.app, textual.pilot):
        module.wait_for_idle = settled
