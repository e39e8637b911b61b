"""Labelled faults of every kind: the cause, what cannot be told from it, and exactly the routes that were lost.

A fixed share of the scenarios of benchmarks/labelled_faults.py, and a fresh one, whose seed a failure names:
`STATETRACE_SEED=966946065 pytest tests/engine/test_labelled_faults.py` draws it again.
"""

from __future__ import annotations

from random import Random

import pytest

from benchmarks import labelled_faults
from statetrace_engine.simulate.network import Place
from tests.labelled import broken_devices, faults, ground, scenario
from tests.seeds import SEED

LARGEST = 60
FIXED = 1
COUNT = 25


@pytest.mark.parametrize(("seed", "count"), [(FIXED, COUNT), (SEED, 5)], ids=["fixed", "fresh"])
def test_complete_evidence_names_the_cause_and_exactly_its_routes(seed: int, count: int) -> None:
    wrong = []
    for number in range(count):
        verdicts, false = scenario.run(seed, number, is_degraded=False, largest=LARGEST)
        wrong += [(number, v) for v in verdicts if not (v.is_top1 and v.is_radius_exact and v.is_detail_right)]
        wrong += [(number, outage) for outage in false]
    assert not wrong, f"seed {seed}, networks of at most {LARGEST} devices: {wrong}"


@pytest.mark.parametrize(("seed", "count"), [(FIXED, COUNT), (SEED, 5)], ids=["fixed", "fresh"])
def test_degraded_evidence_is_doubted_and_never_wrong_with_confidence(seed: int, count: int) -> None:
    played = [scenario.run(seed, number, is_degraded=True, largest=LARGEST) for number in range(count)]
    verdicts = [(number, verdict) for number, (of, _) in enumerate(played) for verdict in of]
    missing = [(number, verdict) for number, verdict in verdicts if not verdict.is_top3]
    sure = [(number, verdict) for number, verdict in verdicts if verdict.is_confidently_wrong]
    assert len(missing) <= 1, f"seed {seed}, networks of at most {LARGEST} devices: {missing}"
    assert not sure, f"seed {seed}, networks of at most {LARGEST} devices: {sure}"
    assert not any(false for _, false in played), f"seed {seed}"


def test_a_scenario_is_the_same_again() -> None:
    first, again = (scenario.run(7, 3, is_degraded=True, largest=LARGEST) for _ in range(2))
    assert first == again


def test_a_device_without_power_says_no_more() -> None:
    net = ground.build(Random(1), 30)
    link = net.primary_links(Place.ACCESS)[0]
    for seed in range(40):
        fault = broken_devices.device_dead(net, Random(seed), link, host=link.near.hostname)
        assert fault is not None
        faults.decoy(net, Random(seed), fault)
        late = [s for s in fault.said if s.host in fault.dead and s.after_s >= 0]
        assert not late


def test_a_first_table_that_shows_another_path_has_the_time_to_be_confirmed() -> None:
    """Of the route that is gone the first walk comes after the fault, and nearly its whole interval after it."""
    verdicts, _ = scenario.run(12, 36, is_degraded=False, largest=LARGEST)
    assert [v.kind for v in verdicts if not v.is_top1] == []


def test_the_promise_is_held_to_each_cause() -> None:
    row = {"faults": 10, "top1": 10}
    good = {"shares": {"top1": 1.0, "radius_exact": 1.0}, "by_cause": {"link-failure": row}, "false_outages": 0}
    doubted = {"shares": {"top3": 0.95, "confidently_wrong": 0.01}, "false_outages": 0}
    assert labelled_faults.is_met(good, doubted)
    assert not labelled_faults.is_met({**good, "by_cause": {"link-failure": {"faults": 10, "top1": 8}}}, doubted)
    assert not labelled_faults.is_met(good, {**doubted, "shares": {"top3": 0.94, "confidently_wrong": 0.0}})
    assert not labelled_faults.is_met(good, {**doubted, "false_outages": 1})
