"""Full passes of the collector wait until no signal does, but not for ever."""

from __future__ import annotations

from statetrace_engine.runtime.collector import EVERY_S, LATEST_S, Collector


class Counted:
    def __init__(self) -> None:
        self.now, self.passes = 0.0, 0
        self.collector = Collector(lambda: self.now, self._count)

    def _count(self) -> None:
        self.passes += 1

    def pass_(self, seconds: float, *, is_idle: bool) -> int:
        """So many passes in so long."""
        before = self.passes
        for _ in range(int(seconds)):
            self.now += 1.0
            self.collector.tick(is_idle=is_idle)
        return self.passes - before


def test_at_rest_there_is_a_pass_a_minute() -> None:
    assert Counted().pass_(5 * EVERY_S, is_idle=True) == 5


def test_in_a_storm_it_waits_for_the_end() -> None:
    counted = Counted()
    assert counted.pass_(3 * EVERY_S, is_idle=False) == 0
    assert counted.pass_(1, is_idle=True) == 1


def test_a_storm_without_end_does_not_keep_it_for_ever() -> None:
    assert Counted().pass_(2 * LATEST_S, is_idle=False) == 2
