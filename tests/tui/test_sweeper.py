"""Full collections wait until nobody is pressing keys, but not for ever."""

from __future__ import annotations

from driving import Clock

from statetrace_tui.widgets.sweeper import EVERY_S, IDLE_S, LATEST_S, Sweeper


class Swept:
    def __init__(self) -> None:
        self.clock, self.times = Clock(), 0
        self.sweeper = Sweeper(self.clock.monotonic, self._count)

    def _count(self) -> None:
        self.times += 1

    def pass_(self, seconds: float, *, is_pressing: bool) -> int:
        """So many collections in so long, a tick each second."""
        before = self.times
        for _ in range(int(seconds)):
            self.clock.pass_(1.0)
            if is_pressing:
                self.sweeper.pressed()
            self.sweeper.tick()
        return self.times - before


def test_at_rest_it_sweeps_once_a_minute() -> None:
    assert Swept().pass_(5 * EVERY_S, is_pressing=False) == 5


def test_under_keys_it_waits_until_they_rest() -> None:
    swept = Swept()
    assert swept.pass_(3 * EVERY_S, is_pressing=True) == 0
    assert swept.pass_(IDLE_S, is_pressing=False) == 1


def test_keys_without_end_do_not_keep_it_from_sweeping_for_ever() -> None:
    assert Swept().pass_(2 * LATEST_S, is_pressing=True) == 2
