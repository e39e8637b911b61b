"""ICMP probes by the system's own `ping`, where this process may open no ICMP socket: slow, but it needs no rights."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from statetrace_engine.model.inventory import Probe
from statetrace_engine.sources.prober import Outcomes

AT_ONCE = 16
"""Processes at once; further probes are not sent, nor lost."""
_ROUND_TRIP = re.compile(rb"[=<]\s*(?:[\d.]+/)?(\d+(?:[.,]\d+)?)(?:/[\d./]+)?\s*ms")
"""`time=0.045 ms`, `time<1ms`, `Zeit=12ms`, `rtt min/avg/max/mdev = 0.01/0.02/0.03/0.00 ms`"""
_ARGUMENTS = {
    "linux": ("-n", "-q", "-c", "1", "-W", "1"),
    "darwin": ("-n", "-c", "1", "-W", "1000"),
    "win32": ("-n", "1", "-w", "1000"),
}
_PING6 = ("ping6", "-n", "-c", "1")
"""macOS has a program of its own for IPv6, whose `-W` means something else: there the timeout below ends it."""


def is_available() -> bool:
    return shutil.which("ping") is not None


class PingProber:
    """Runs each `ping` in a thread of its own pool, never on the event loop."""

    detail = "icmp (system ping)"

    def __init__(self, loop: asyncio.AbstractEventLoop, outcomes: Outcomes) -> None:
        self._loop = loop
        self._outcomes = outcomes
        self._pool = ThreadPoolExecutor(AT_ONCE, "ping")
        self._running = 0
        self._ended: list[tuple[int, asyncio.Future[float | None]]] = []

    def send(self, probe: Probe, token: int) -> None:
        if self._running >= AT_ONCE:
            self._outcomes.unsent(token)
            return
        self._running += 1
        ending = self._loop.run_in_executor(self._pool, ping, probe.target)
        ending.add_done_callback(lambda future: self._note(token, future))

    def drain(self) -> None:
        ended, self._ended = self._ended, []
        for token, future in ended:
            if future.cancelled():
                continue
            failure = future.exception()
            if isinstance(failure, OSError):
                self._outcomes.unsent(token, f"ping cannot be run: {failure.strerror}")
            elif (rtt_ms := future.result()) is None:
                self._outcomes.missed(token)
            else:
                self._outcomes.answered(token, rtt_ms)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _note(self, token: int, future: asyncio.Future[float | None]) -> None:
        self._running -= 1
        self._ended.append((token, future))
        self._outcomes.wake()


def ping(target: str) -> float | None:
    """Blocks up to 3 s; the round trip in ms, None without an answer. Raises OSError when `ping` cannot be run."""
    command = ("ping", *_ARGUMENTS.get(sys.platform, _ARGUMENTS["linux"]))
    if sys.platform == "darwin" and ":" in target:
        command = _PING6
    try:
        done = subprocess.run([*command, target], stdin=subprocess.DEVNULL, capture_output=True, timeout=3, check=False)
    except subprocess.TimeoutExpired:
        return None
    return round_trip_ms(done.stdout) if done.returncode == 0 else None


def round_trip_ms(output: bytes) -> float | None:
    """What `ping` printed, in any language; None when it names no time.

    Windows' ping succeeds on "Destination host unreachable" as well: only an answer has a time.
    """
    found = _ROUND_TRIP.search(output)
    return float(found[1].replace(b",", b".")) if found else None
