"""Times of day: in UTC with `Z`, or on the operator's own clock with its offset, on every screen the same."""

from __future__ import annotations

import re
import time

import afternoon
import pytest
from driving import console
from fake_engine import NOW
from hypothesis import given
from hypothesis import strategies as st

from statetrace_tui.present import hours
from statetrace_tui.widgets import terminal

INDIA = 19_800


def india(_: float) -> int:
    return INDIA


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "14:03:27Z"), (3600, "15:03:27+01"), (INDIA, "19:33:27+05:30"), (-12_600, "10:33:27-03:30")],
)
def test_a_time_of_day_carries_its_offset(seconds: int, shown: str) -> None:
    assert hours.clock_there(NOW, lambda _: seconds) == shown


def test_a_fraction_of_a_second_stands_before_the_offset() -> None:
    assert hours.clock_there(NOW + 0.25, india, 2) == "19:33:27.25+05:30"


@given(st.floats(0, 4e9), st.integers(-50_000, 50_000))
def test_midnight_is_that_of_the_clock_shown(at: float, seconds: int) -> None:
    assert hours.days_ago(at, at + 86400, lambda _: seconds) == 1


def test_the_local_clock_is_this_machine_s_and_never_raises() -> None:
    zone = terminal.zone("local")
    assert hours.clock(NOW, zone) == time.strftime("%H:%M:%S", time.localtime(NOW))
    assert terminal.zone("utc")(NOW) == 0
    assert zone(1e18) == 0


@pytest.mark.parametrize("screen", ["routes", "outages", "watch"])
@pytest.mark.parametrize("size", [(140, 40), (80, 24)])
async def test_every_screen_reads_the_same_clock(screen: str, size: tuple[int, int]) -> None:
    async with console(afternoon.engine(), size, zone=india, screen=screen) as c:
        for extra in ((), ("tab",), ("l",)):
            await c.press(*extra)
            await c.ticks(2)
            assert "+05:30" in c.text
            assert not re.search(r"\d\d:\d\d(:\d\d(\.\d+)?)?Z", c.text)
            said = c.text.replace("13:58, took secondary", "")  # the engine's own words
            assert not re.search(r"\b14:0\d|\b13:\d\d", said)


def test_a_moment_of_another_day_has_its_date() -> None:
    noon = 1_795_435_200.0  # 2026-11-23T12:00:00Z
    assert hours.moment(noon, noon + 60) == "12:00:00"
    assert hours.moment(noon - 86_400, noon) == "11-22 12:00"
    assert hours.moment(noon, noon, lambda _: 13 * 3600) == "01:00:00"
