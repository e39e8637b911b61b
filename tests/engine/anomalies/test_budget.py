"""When a rule costs too much: in the mean of many looks, and never by one that waited for the machine."""

from __future__ import annotations

from statetrace_engine.anomalies.budget import BUDGET_S, FEWEST, LONGEST_S, Meter


def test_a_rule_is_judged_by_many_looks() -> None:
    meter = Meter()
    assert [meter.add("R", 2 * BUDGET_S) for _ in range(FEWEST - 1)] == [""] * (FEWEST - 1)
    assert "it takes 1.0 ms a message" in meter.add("R", 2 * BUDGET_S)
    assert meter.mean_us("S") == 0.0


def test_one_look_that_waited_for_the_machine_is_no_slow_rule() -> None:
    meter = Meter()
    enough = int(LONGEST_S / BUDGET_S) + FEWEST
    assert {meter.add("R", 10.0 if not look else 0.0) for look in range(enough)} == {""}
