"""Time that plays tricks: a process that is paused, a wall clock that steps, and both over a restart."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from statetrace_engine import config
from statetrace_engine.api import Engine
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import Gap
from statetrace_engine.runtime import LiveEngine
from tests.e2e.engines import Network, Running, journal, log, telemetry, until

HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01"]
_Found = TypeVar("_Found")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP there")
@pytest.mark.parametrize("seconds", [3, 20])
def test_a_paused_engine_finds_no_outage_and_journals_the_gap(tmp_path: Path, seconds: int) -> None:
    with Network(2) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            engine.settle()
            engine.process.send_signal(signal.SIGSTOP)
            time.sleep(seconds)  # not a wait: the length of the fault
            engine.process.send_signal(signal.SIGCONT)
            engine.settle()
            engine.until_healthy()
            assert engine.outages() == ()
            assert engine.stop()[0] == 0
        gaps = [s.payload.seconds for s in journal(home) if isinstance(s.payload, Gap)]
        assert len(gaps) == 1, "told once, whoever noticed"
        assert seconds - 1 <= gaps[0] < seconds + 5
        assert telemetry(home, "AlertSent") == []
        assert "Traceback" not in log(home)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP there")
def test_no_deadline_runs_out_while_the_engine_is_paused(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", grace_s=60, hold_s=4)
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            until(lambda: engine.states()[HOSTS[0]] == "DOWN")
            network.mend(HOSTS[0], engine)
            until(lambda: engine.states()[HOSTS[0]] == "RECOVERED")
            engine.settle()
            engine.process.send_signal(signal.SIGSTOP)
            time.sleep(6)  # not a wait: the length of the fault
            engine.process.send_signal(signal.SIGCONT)
            engine.settle()
            assert engine.states()[HOSTS[0]] == "RECOVERED"
            (closed,) = until(lambda: [o for o in engine.outages() if o.closed_at])
            assert closed.resolved_at is not None
            assert closed.closed_at is not None
            assert closed.closed_at - closed.resolved_at > 9.0, "four watched seconds, and six that nobody watched"


class Wall:
    """A clock on the wall that somebody sets."""

    def __init__(self) -> None:
        self.step_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.step_s


def _ask(engine: LiveEngine, question: Callable[[Engine], Awaitable[_Found]]) -> _Found:
    async def asked() -> _Found:
        return await question(engine)

    return asyncio.run(asked())


def _states(engine: LiveEngine) -> dict[str, str]:
    return {row.route.hostname: row.state.value for row in _ask(engine, lambda e: e.routes())}


def _outages(engine: LiveEngine) -> dict[str, OutageEvent]:
    return {outage.hostname: outage for outage in _ask(engine, lambda e: e.outages())}


@contextmanager
def _live(home: Path, wall: Wall) -> Iterator[LiveEngine]:
    engine = LiveEngine.start(config.load(home), home, wall)
    try:
        yield engine
    finally:
        engine.stop()
        assert engine.failure is None


class _Mouth:
    """What `Network.cut` needs of an engine in this process."""

    def __init__(self, engine: LiveEngine) -> None:
        host, _, port = engine.addresses()["syslog_udp"].rpartition(":")
        self.addresses = {"syslog_udp": (host, int(port))}
        self._sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    say = Running.say


def test_a_stepped_wall_clock_opens_and_closes_nothing(tmp_path: Path) -> None:
    wall = Wall()
    with Network(2) as network:
        home = network.home(tmp_path / "home", hold_s=5, grace_s=0)
        with _live(home, wall) as engine:
            until(lambda: set(_states(engine).values()) == {"HEALTHY"})
            network.cut(HOSTS[0], _Mouth(engine))  # type: ignore[arg-type]  # it only speaks
            until(lambda: _outages(engine).get(HOSTS[0]))
            before = _outages(engine)
            for step_s in (7200.0, -7200.0, -86400.0):
                wall.step_s = step_s
                signals = _ask(engine, lambda e: e.status()).counters.signals.get("probe_stamp", 0)
                until(lambda: _ask(engine, lambda e: e.status()).counters.signals["probe_stamp"] > signals + 8)  # noqa: B023
                assert _states(engine) == {HOSTS[0]: "DOWN", HOSTS[1]: "HEALTHY"}
                assert {o.outage_id for o in _outages(engine).values()} == {o.outage_id for o in before.values()}
                assert _outages(engine)[HOSTS[0]].closed_at is None
            network.mend(HOSTS[0], _Mouth(engine))  # type: ignore[arg-type]  # it only speaks
            until(lambda: _states(engine)[HOSTS[0]] == "RECOVERED")
            wall.step_s = 86400.0
            assert _states(engine)[HOSTS[0]] == "RECOVERED", "the hold is measured by a clock that does not step"
            until(lambda: _states(engine)[HOSTS[0]] == "HEALTHY")


def test_engine_time_goes_on_when_the_wall_clock_was_set_back_between_two_runs(tmp_path: Path) -> None:
    wall = Wall()
    with Network(2) as network:
        home = network.home(tmp_path / "home")
        with _live(home, wall) as engine:
            until(lambda: set(_states(engine).values()) == {"HEALTHY"})
            network.cut(HOSTS[0], _Mouth(engine))  # type: ignore[arg-type]  # it only speaks
            before = until(lambda: _outages(engine))
        wall.step_s = -3600.0
        with _live(home, wall) as engine:
            assert set(_outages(engine)) == set(before)
            until(lambda: _states(engine) == {HOSTS[0]: "DOWN", HOSTS[1]: "HEALTHY"})
        signals = journal(home)
        steadies = [signal.steady for signal in signals]
        assert steadies == sorted(steadies)
        (gap,) = [s.payload for s in signals if isinstance(s.payload, Gap)]
        assert gap.seconds < 60
