"""What an operator opens in a hurry is imported before they do: on a thread, when the first screen has been there for a
while and no key is being pressed.

The Runbook screen's modules take 8 ms of a quiet processor, and 40 of a busy one: between the key and the command.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

IDLE_S = 0.5


class Warmer:
    """`shown` when the first screen says something, `pressed` with each key, `tick` now and then."""

    def __init__(self, monotonic: Callable[[], float], load: Callable[[], None]) -> None:
        self._monotonic = monotonic
        self._load = load
        self._since: float | None = None
        self._is_done = False

    def shown(self) -> None:
        if self._since is None:
            self._since = self._monotonic()

    def pressed(self) -> None:
        if self._since is not None:
            self._since = self._monotonic()

    def tick(self) -> None:
        """Loads, once."""
        if not self._is_done and self._since is not None and self._monotonic() - self._since >= IDLE_S:
            self._is_done = True
            Thread(target=self._load, name="warmer", daemon=True).start()
