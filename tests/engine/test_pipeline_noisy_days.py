"""Five noisy route-days in virtual time: nothing opens that should not, and every injected loss is found."""

from __future__ import annotations

from benchmarks import noisy_days


def test_five_noisy_route_days_open_nothing_false_and_miss_nothing() -> None:
    day = noisy_days.live(seed=11, hours=6.0)
    assert day.losses, "a day without a loss proves nothing"
    assert day.outages
    assert not day.false
    assert not day.missed
