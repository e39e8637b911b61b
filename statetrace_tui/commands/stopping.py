"""Waiting until it is time to stop: after so many seconds, at Ctrl-C, or when the service manager says so."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_TURN_S = 0.25
"""Windows delivers Ctrl-C only between waits."""


class Stop:
    """`with Stop() as stop: stop.wait(10)`; puts the signal handlers back."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is not None:
                self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal.signal answered

    @property
    def is_asked(self) -> bool:
        return self._asked.is_set()

    def wait(self, seconds: float | None, has_ended: Callable[[], bool] = lambda: False) -> None:
        """Returns after so long (None: never), when it is asked to stop, or soon after `has_ended`."""
        until = None if seconds is None else time.monotonic() + seconds
        while not self._asked.is_set() and not has_ended():
            left = _TURN_S if until is None else min(_TURN_S, until - time.monotonic())
            if left <= 0:
                return
            self._asked.wait(left)

    def _ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signal module's call
        self._asked.set()
