"""Trouble that came and went is said for a minute, and the next one from its own beginning."""

from __future__ import annotations

from statetrace_engine.runtime.gauges import REMEMBERED_S, Lasting


def test_a_count_that_grows_is_shown_until_it_stood_still_for_a_minute() -> None:
    dropped = Lasting()
    assert dropped.see(0, 0.0, 1000.0) == 0
    assert dropped.see(5, 1.0, 1001.0) == 5
    assert dropped.see(8, 2.0, 1002.0) == 8
    assert dropped.since_at == 1001.0
    assert dropped.see(8, 2.0 + REMEMBERED_S, 1062.0) == 8
    assert dropped.see(8, 2.1 + REMEMBERED_S, 1062.1) == 0


def test_the_next_trouble_counts_from_its_own_beginning() -> None:
    dropped = Lasting()
    dropped.see(5, 1.0, 1001.0)
    assert dropped.see(7, 500.0, 1500.0) == 2
    assert dropped.since_at == 1500.0
