"""Tasks that die are started again, later each time, and shown until they have settled."""

from __future__ import annotations

import asyncio
import logging

import pytest

from statetrace_engine.errors import PortTaken
from statetrace_engine.runtime import supervisor
from statetrace_engine.runtime.supervisor import Supervisor, hand_over, spare, stopped

PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_S", 0.001)
    monkeypatch.setattr(supervisor, "SETTLED_S", 0.01)


class Patient:
    """Dies as often as told, then lives."""

    def __init__(self, *deaths: Exception | None) -> None:
        self.deaths = list(deaths)
        self.lives = asyncio.Event()

    async def run(self) -> None:
        if self.deaths:
            death = self.deaths.pop(0)
            if death is not None:
                raise death
            return
        self.lives.set()
        await asyncio.Event().wait()


async def test_a_task_that_dies_or_ends_is_started_again_and_shown_until_it_settled() -> None:
    told: list[tuple[str, str]] = []
    settled = asyncio.Event()

    def hear(name: str, why: str) -> None:
        told.append((name, why))
        if not why:
            settled.set()

    keeper, patient = Supervisor(lambda: 7.0, hear), Patient(RuntimeError("a bug"), None)
    task = asyncio.create_task(keeper.keep("x", patient.run))
    async with asyncio.timeout(PATIENCE_S):
        await patient.lives.wait()
        assert keeper.failing == {"x": ("it ended", 7.0)}
        await settled.wait()
    assert told == [("x", "RuntimeError: a bug"), ("x", "it ended"), ("x", "")]
    assert keeper.restarts == 2
    assert keeper.failing == {}
    await stopped(task)


async def test_what_the_engine_raises_on_purpose_is_said_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("statetrace").propagate = True
    keeper, patient = Supervisor(lambda: 0.0), Patient(PortTaken("127.0.0.1:514 is taken"))
    task = asyncio.create_task(keeper.keep("x", patient.run))
    async with asyncio.timeout(PATIENCE_S):
        await patient.lives.wait()
    await stopped(task)
    assert "127.0.0.1:514 is taken" in caplog.text
    assert "Traceback" not in caplog.text


async def test_a_fatal_death_is_passed_on() -> None:
    keeper = Supervisor(lambda: 0.0)
    with pytest.raises(PortTaken):
        await keeper.keep("x", Patient(PortTaken("taken")).run, lambda: True)
    assert keeper.restarts == 0


async def test_the_wait_doubles_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_S", 0.008)
    waits: list[float] = []
    sleep = asyncio.sleep

    async def counted(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", counted)
    keeper, patient = Supervisor(lambda: 0.0), Patient(*[RuntimeError("x")] * 6)
    task = asyncio.create_task(keeper.keep("x", patient.run))
    async with asyncio.timeout(PATIENCE_S):
        await patient.lives.wait()
    await stopped(task)
    assert waits == [0.002, 0.004, 0.008, 0.008, 0.008, 0.008]


async def test_stopping_a_task_that_died_raises_nothing() -> None:
    async def dies() -> None:
        raise RuntimeError("x")

    task = asyncio.create_task(dies())
    await asyncio.wait({task})
    await stopped(task)
    assert isinstance(task.exception(), RuntimeError)


def test_a_bug_that_one_item_meets_costs_that_item_alone() -> None:
    failed: list[tuple[int, str]] = []

    def fail(item: int, error: Exception) -> int:
        failed.append((item, type(error).__name__))
        return -1

    assert [spare(lambda n: 6 // n, item, fail) for item in (1, 0, 3)] == [6, -1, 2]
    assert failed == [(0, "ZeroDivisionError")]


def test_whatever_ends_a_thread_is_handed_over() -> None:
    told: list[BaseException] = []

    def interrupted() -> None:
        raise KeyboardInterrupt

    hand_over(interrupted, told.append)
    hand_over(lambda: None, told.append)
    assert [type(error) for error in told] == [KeyboardInterrupt]
