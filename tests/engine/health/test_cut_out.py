"""What a probe's window makes of time in which nobody could see."""

from __future__ import annotations

from statetrace_engine.health.policy import ProbePolicy
from statetrace_engine.health.probe_window import ProbeWindow

POLICY = ProbePolicy()


def _lossy(until: int) -> ProbeWindow:
    window = ProbeWindow()
    for second in range(until):
        window.add(second, 4, 1, 1.0, POLICY)
    return window


def test_what_was_counted_before_it_stands_as_it_stood() -> None:
    window = _lossy(40)
    before = window.loss_percent(30)
    window.cut_out(40.0, 140.0)
    window.add(140, 4, 1, 1.0, POLICY)
    assert window.loss_percent(30) == before == 25.0
    assert window.is_lossy(POLICY)


def test_the_same_time_is_cut_out_once() -> None:
    window = _lossy(40)
    window.cut_out(40.0, 60.0)
    window.cut_out(38.0, 61.0)
    window.add(61, 4, 1, 1.0, POLICY)
    assert window.is_lossy(POLICY)
    assert window.loss_percent(30) == 25.0


def test_what_was_lost_within_it_is_no_loss() -> None:
    window = ProbeWindow()
    for second in range(10):
        window.add(second, 4, 0, 1.0, POLICY)
    for second in range(10, 20):
        window.add(second, 4, 4, 0.0, POLICY)
    window.cut_out(10.0, 20.0)
    assert not window.is_troubled()


def test_all_of_it_can_be_cut_out() -> None:
    window = _lossy(40)
    window.cut_out(0.0, 40.0)
    assert not window.is_troubled()
    assert window.loss_percent(60) is None
