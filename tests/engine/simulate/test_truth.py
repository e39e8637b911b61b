"""The score counts what was missed, what was false, and how long the rest took."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.simulate import truth
from statetrace_engine.simulate.truth import Record

T = 1_795_000_000.0


def fault(number: int = 1, at: float = T, healed: float | None = T + 50, routes: tuple[str, ...] = ("r1",)) -> Record:
    return Record(number, "cut", "x", at, healed, routes)


def outage(name: str, route: str, at: float) -> dict[str, Any]:
    return {"outage_id": name, "route_id": route, "detected_at": at}


FAULTS = st.lists(
    st.tuples(st.floats(0.1, 5), st.integers(1, 4)), min_size=1, max_size=8
).map(
    lambda shapes: [
        fault(n, T + 100 * n, T + 100 * n + 50, tuple(f"r{k}" for k in range(routes)))
        for n, (_, routes) in enumerate(shapes, 1)
    ]
)  # fmt: skip


def found(faults: list[Record], delay_s: float) -> list[dict[str, Any]]:
    return [outage(f"{f.fault_id}-{r}", r, f.injected_at + delay_s) for f in faults for r in f.routes]


@given(FAULTS, st.floats(0, 40), st.randoms(use_true_random=False))
def test_an_engine_that_finds_all_misses_nothing_in_any_order(
    faults: list[Record], delay_s: float, random: Random
) -> None:
    outages = found(faults, delay_s)
    random.shuffle(outages)

    score = truth.score(faults, outages, T + 10_000)

    assert (score.missed, score.false, score.repeated) == ((), (), ())
    assert score.expected == len(outages)
    assert score.percentile_ms("cut") == pytest.approx(delay_s * 1000, abs=0.01)


@given(FAULTS, st.data())
def test_an_outage_less_is_a_miss_and_an_outage_more_is_false(faults: list[Record], data: st.DataObject) -> None:
    outages = found(faults, 0.2)
    lost = data.draw(st.sampled_from(outages))
    others = [o for o in outages if o is not lost]

    score = truth.score(faults, [*others, outage("invented", "r0", T + 80)], T + 10_000)

    assert [f"{miss.fault_id}-{miss.route_id}" for miss in score.missed] == [lost["outage_id"]]
    assert score.false == ("invented",)


@pytest.mark.parametrize(
    ("detected", "is_false"),
    [(T - 0.06, True), (T - 0.04, False), (T + 51.9, False), (T + 52.1, True)],
)
def test_the_window_is_from_just_before_the_injection_to_2_s_after_the_healing(detected: float, is_false: bool) -> None:
    score = truth.score([fault()], [outage("o", "r1", detected)], T + 100)

    assert bool(score.false) is is_false
    assert bool(score.missed) is is_false


def test_an_outage_of_another_route_is_false() -> None:
    assert truth.score([fault()], [outage("o", "r2", T + 1)], T + 100).false == ("o",)


def test_a_second_outage_in_one_fault_is_a_repeat() -> None:
    score = truth.score([fault()], [outage("b", "r1", T + 9), outage("a", "r1", T + 1)], T + 100)

    assert (score.repeated, score.false) == (("b",), ())
    assert score.latencies_ms == {"cut": (1000.0,)}


def test_a_fault_that_has_only_just_begun_is_not_missed_and_one_that_lasts_is() -> None:
    lasting = fault(healed=None)

    assert not truth.score([lasting], [], T + 1).missed
    assert truth.score([lasting], [], T + 10).missed
    assert not truth.score([lasting], [outage("o", "r1", T + 9)], T + 10).false


def test_times_may_be_iso_as_in_the_demo_s_json() -> None:
    faults = [{"kind": "cut", "injected_at": truth.iso(T), "healed_at": None, "routes": ["r1"]}]

    score = truth.score(faults, [outage("o", "r1", truth.iso(T + 0.25))], T + 10)  # type: ignore[arg-type]

    assert score.percentile_ms("cut") == pytest.approx(250)


def test_the_95th_percentile_is_by_nearest_rank() -> None:
    score = truth.Score(0, (), (), (), {"cut": tuple(float(n) for n in range(1, 101))})

    assert score.percentile_ms("cut") == 95.0
    assert score.percentile_ms("cut", 100) == 100.0
    assert score.percentile_ms("null0") is None


def test_a_log_is_read_back_with_the_last_word_on_each_fault_and_without_a_torn_line() -> None:
    first, second = fault(1, healed=None), fault(2, healed=None)
    lines = [first.json(), second.json(), first.healed(T + 9).json()]
    text = "".join(json.dumps(line) + "\n" for line in lines)

    assert truth.read(text + '{"fault_id": 2, "ki') == (first.healed(T + 9), second)
