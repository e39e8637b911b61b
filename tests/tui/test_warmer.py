"""What a key opens in a hurry is imported beforehand: once, off the loop, and while nobody presses anything."""

from __future__ import annotations

from threading import Event, get_ident

import guided
import pytest
from driving import Clock, console

from statetrace_tui import screens
from statetrace_tui.present.keys import BEHIND, PLACES
from statetrace_tui.widgets.warmer import IDLE_S, Warmer


class Warmed:
    def __init__(self) -> None:
        self.clock, self.threads, self.loaded = Clock(), list[int](), Event()
        self.warmer = Warmer(self.clock.monotonic, self._load)

    def _load(self) -> None:
        self.threads.append(get_ident())
        self.loaded.set()

    def pass_(self, seconds: float) -> bool:
        """Whether it was loaded by then."""
        self.clock.pass_(seconds)
        self.warmer.tick()
        return self.loaded.wait(0.0 if seconds < IDLE_S else 10.0)


def test_it_loads_once_on_another_thread_when_the_first_screen_is_there_and_nobody_presses_a_key() -> None:
    warmed = Warmed()
    warmed.warmer.pressed()
    assert not warmed.pass_(IDLE_S / 2)
    warmed.warmer.shown()
    assert not warmed.pass_(IDLE_S / 2)
    warmed.warmer.pressed()
    assert not warmed.pass_(IDLE_S * 0.9), "a key has just been pressed"
    assert warmed.pass_(IDLE_S)
    assert warmed.pass_(IDLE_S)
    assert len(warmed.threads) == 1
    assert warmed.threads[0] != get_ident()


def test_nothing_is_loaded_before_there_is_a_screen() -> None:
    warmed = Warmed()
    warmed.clock.pass_(100.0)
    warmed.warmer.tick()
    assert not warmed.threads


async def test_the_console_loads_what_an_outages_keys_open(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = list[str]()
    real = screens.load

    def load(place: str) -> type[screens.Frame]:
        loaded.append(place)
        return real(place)

    monkeypatch.setattr(screens, "load", load)
    async with console(guided.engine()) as c:
        c.clock.pass_(IDLE_S + 0.1)
        await c.until(lambda: set(screens.AT_A_KEY) <= set(loaded))


@pytest.mark.parametrize("place", [*PLACES, *BEHIND])
def test_every_place_is_a_screen_of_its_own(place: str) -> None:
    assert screens.load(place).place == place
