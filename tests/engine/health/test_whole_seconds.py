"""A device's clock of whole seconds: what it allows, and when it is believed."""

from __future__ import annotations

import pytest

from statetrace_engine.health import clocks
from statetrace_engine.health.policy import ClockPolicy
from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.model.observation import LogMessage

NOW = 1_795_442_400.5
POLICY = ClockPolicy()


def message(at: float | None, is_whole: bool = True) -> LogMessage:
    return LogMessage(
        hostname="R1", device_time=at, is_time_trustworthy=False, is_whole_second=is_whole, mnemonic="A", facts=()
    )


def latest(state: DeviceState, age_s: float, is_direct: bool = True) -> float | None:
    return clocks.latest(state, message(float(int(NOW - age_s))), NOW, POLICY, is_direct)


def test_a_second_that_is_over_is_the_latest_that_a_clock_which_agreed_allows() -> None:
    state = DeviceState()
    assert latest(state, 100.0) is None
    assert latest(state, 1.0) == NOW + 0.5 - 1.0
    assert latest(state, 100.0) == NOW + 0.5 - 100.0
    assert latest(state, -30.0) is None


@pytest.mark.parametrize("is_direct", [True, False])
def test_of_two_in_a_row_that_are_equally_old_the_clock_is_wrong_where_nothing_holds_them_back(is_direct: bool) -> None:
    state = DeviceState()
    found = [latest(state, age_s, is_direct) for age_s in (0.0, 100.0, 100.0, 100.0)]
    assert [each is None for each in found] == [False, False, is_direct, is_direct]
    assert latest(state, 0.0, is_direct) is not None


def test_a_clock_that_says_it_is_not_set_and_one_that_says_more_than_seconds_allow_nothing_here() -> None:
    state = DeviceState(has_agreed_seconds=True)
    assert clocks.latest(state, message(NOW, is_whole=False), NOW, POLICY, True) is None
    assert clocks.latest(state, message(None), NOW, POLICY, True) is None
