"""Driving the console in tests: an app over the fake engine with a clock of its own, and waiting for what is meant."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import settling
from fake_engine import NOW, FakeEngine
from textual.pilot import Pilot

from statetrace_engine.model.action import Acknowledge
from statetrace_tui.app import ConsoleOptions, StateTraceApp
from statetrace_tui.present.hours import Zone, utc
from statetrace_tui.present.ink import Theme
from statetrace_tui.screens.routes import RoutesScreen

settling.install()
PATIENCE_S = 60.0
"""How long a busy machine may take for what takes milliseconds."""
TURNS = 250
"""In which the clock moves while something is awaited: 12.5 s of it."""


class Clock:
    """Wall and monotonic time that only tests move."""

    def __init__(self) -> None:
        self.at = NOW
        self.steady = 1000.0

    def wall(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.steady

    def pass_(self, seconds: float) -> None:
        self.at += seconds
        self.steady += seconds


class Console:
    """An app that runs, and what its screen says."""

    def __init__(self, app: StateTraceApp, engine: FakeEngine, clock: Clock, pilot: Pilot[Any]) -> None:
        self.app, self.engine, self.clock, self.pilot = app, engine, clock, pilot

    @property
    def routes(self) -> RoutesScreen:
        assert isinstance(self.app.screen, RoutesScreen)
        return self.app.screen

    @property
    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def key_line(self) -> str:
        return self.text.splitlines()[-1]

    @property
    def cursor(self) -> str:
        """Device and prefix of the row under the cursor."""
        row = self.app.book.rows[self.routes.table.cursor].route
        return f"{row.hostname} {row.prefix}"

    @property
    def acks(self) -> list[Acknowledge]:
        """What the engine was told to acknowledge."""
        return [action for action in self.engine.acts if isinstance(action, Acknowledge)]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*("space" if letter == " " else letter for letter in text))

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Lets the app work until the condition holds; the clock moves a little each time, so that ticks are due.

        The waits between are for what comes of itself: short ones first.
        """
        patience, nap = time.monotonic() + PATIENCE_S, 0.0
        for turn in count():
            if condition():
                return
            if turn >= TURNS and time.monotonic() > patience:
                raise AssertionError(f"did not happen: {what or condition}\n{self.text}")
            if turn < TURNS:
                self.clock.steady += 0.05
            self.app._follow()
            await self.pilot.pause()
            await asyncio.sleep(nap)
            nap = min(0.02, nap + 0.001)

    async def ticks(self, number: int = 5) -> None:
        """Lets the app follow the engine so many times."""
        for _ in range(number):
            self.clock.steady += 0.2
            self.app._follow()
            await self.pilot.pause()

    async def shows(self, text: str) -> None:
        await self.until(lambda: text in self.text, f"{text!r} on the screen")

    async def hides(self, text: str) -> None:
        await self.until(lambda: text not in self.text, f"{text!r} gone from the screen")


@asynccontextmanager
async def console(
    engine: FakeEngine,
    size: tuple[int, int] = (140, 40),
    *,
    theme: str = "dark",
    zone: Zone = utc,
    starts_at: float = NOW,
    **options: Any,
) -> AsyncIterator[Console]:
    """The console on a screen of that size, its first frame painted."""
    clock = Clock()
    clock.at = starts_at
    engine.now = clock.wall
    fields = {"operator": "CORP\\jsm", "theme": theme, **options}
    app = StateTraceApp(engine, ConsoleOptions(**fields), wall=clock.wall, monotonic=clock.monotonic)
    app.zone = zone
    app.ink = Theme(theme, bool(options.get("is_ascii")))
    asyncio.get_running_loop().set_default_executor(settling.OneThread())
    async with app.run_test(size=size) as pilot:
        made = Console(app, engine, clock, pilot)
        await made.until(lambda: app.book.status is not None, "the first frame")
        await pilot.pause()
        yield made
