"""What a device's uptime and its counts tell: a restart, and how long its agent keeps an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.sources.snmp.cache_age import CacheAge
from statetrace_engine.sources.snmp.uptime import Uptime

WRAP = 2**32


def told(*answers: tuple[int, float]) -> list[bool]:
    uptime = Uptime()
    return [uptime.is_reset(ticks, at) for ticks, at in answers]


def test_a_smaller_uptime_is_a_restart_and_a_full_counter_is_none() -> None:
    assert told((500_000, 0), (501_000, 10), (300, 20)) == [False, False, True]
    assert told((WRAP - 500, 0), (500, 10), (1500, 20)) == [False, False, False]
    assert told((WRAP - 500, 0), (100, 60)) == [False, True]


def test_a_device_that_restarted_while_nobody_asked_has_too_little_uptime() -> None:
    assert told((1000, 0), (5000, 600)) == [False, True]
    assert told((1000, 0), (61_000, 600)) == [False, False]


@given(
    start=st.integers(0, WRAP - 1),
    spacings=st.lists(st.floats(0.5, 86_400), min_size=1, max_size=20),
    drift=st.floats(-0.005, 0.005),
)
def test_a_device_that_never_restarts_is_never_said_to(start: int, spacings: list[float], drift: float) -> None:
    uptime, at = Uptime(), 0.0
    for spacing in (0.0, *spacings):
        at += spacing
        assert not uptime.is_reset((start + int(at * 100 * (1 + drift))) % WRAP, at)


@given(
    start=st.integers(10_000, WRAP // 2),
    rounds=st.lists(st.tuples(st.floats(0.5, 60.0), st.floats(0.0, 30.0)), min_size=1, max_size=20),
)
def test_answers_that_wait_are_no_restart(start: int, rounds: list[tuple[float, float]]) -> None:
    uptime, read_at, heard_at = Uptime(), 0.0, 0.0
    for spacing, waited in ((0.0, 0.0), *rounds):
        read_at = max(read_at + spacing, heard_at)
        heard_at = read_at + waited
        assert not uptime.is_reset(start + int(read_at * 100), heard_at)


class Agent:
    """Its count goes up with every question; what it answers is a copy that it renews when it is old."""

    def __init__(self, keeps_s: float) -> None:
        self.keeps_s = keeps_s
        self.copied_at = float("-inf")
        self.count = self.copy = 0

    def answer(self, now: float) -> int:
        self.count += 1
        if now - self.copied_at >= self.keeps_s:
            self.copied_at, self.copy = now, self.count
        return self.copy


@pytest.mark.parametrize("keeps_s", [0.0, 1.0, 3.0, 5.0, 15.0])
def test_the_age_of_the_copy_is_learned_from_counts_that_stand_still(keeps_s: float) -> None:
    agent, cache, now = Agent(keeps_s), CacheAge(3.0), 1000.0
    for turn in range(400):
        cache.saw(agent.answer(now), now)
        now += cache.trial_s() if turn % 4 == 3 else max(10.0, cache.age_s)
    assert keeps_s * 0.6 <= max(cache.age_s, 1.0)
    assert cache.age_s <= max(1.5, keeps_s * 2.3)


def test_nothing_is_learned_from_a_count_that_goes_up_without_us() -> None:
    cache, now = CacheAge(3.0), 1000.0
    for turn in range(200):
        cache.saw(turn // 3, now)
        now += 10.0
    assert cache.age_s == 3.0


def test_nothing_is_learned_from_a_count_that_stands_still_anyway() -> None:
    cache, now = CacheAge(3.0), 1000.0
    for turn in range(100):
        cache.saw(7 if turn % 3 else None, now)
        assert cache.trial_s() == cache.age_s == 3.0
        now += 10.0
