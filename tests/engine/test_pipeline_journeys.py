"""Every journey again, fed otherwise: the same journal says the same, however it is ticked and wherever it is cut."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from statetrace_engine.model.signal import SettingsChanged, Signal
from statetrace_engine.pipeline import Pipeline
from tests.engine.replaying import (
    differences,
    feed,
    reloaded,
    restarted,
    said,
    until,
    untold,
    with_ticks,
    without_ticks,
)
from tests.journey import SCENARIOS, load, prepare

LONG = {"baseline-is-learnt-and-moves-after-a-day", "a-slow-leak-of-loss-is-noise", "baseline-waits-for-health"}
FILES = [pytest.param(path, id=path.stem) for path in sorted(SCENARIOS.glob("*.toml")) if path.stem not in LONG]


class Journey(NamedTuple):
    journal: list[Signal]
    """A restart in the journey leaves no trace there."""
    said: dict[str, Any]


@pytest.fixture(scope="module", params=FILES)
def journey(request: pytest.FixtureRequest) -> Journey:
    """Lived once for all tests of it, which run one after the other."""
    scenario = load(request.param)
    network = prepare(scenario)
    network.run_to(max([e["t"] for e in scenario["expect"]] + [scenario.get("duration", 0.0)]))
    journal = [*network.journal, until(network.journal, 1.0)]
    return Journey(journal, said(*feed(journal)))


def test_a_journey_says_the_same_without_ticks_and_with_many(journey: Journey) -> None:
    journal = journey.journal
    assert not differences(journey.said, said(*feed(without_ticks(journal[:-1]) + journal[-1:])))
    assert not differences(journey.said, said(*feed(with_ticks(journal, 0.1))))


def test_a_journey_says_the_same_after_a_restart_anywhere(journey: Journey) -> None:
    journal = journey.journal
    for share in (0.3, 0.6, 0.9):
        at = max(1, int(len(journal) * share))
        assert not differences(journey.said, said(*restarted(journal, at))), share


def first_of(journal: list[Signal]) -> int:
    """How many signals there are until the settings are known."""
    return next((i + 1 for i, s in enumerate(journal) if isinstance(s.payload, SettingsChanged)), 1)


def test_a_journey_says_the_same_after_a_reload_anywhere(journey: Journey) -> None:
    journal = journey.journal
    settings = sum(isinstance(s.payload, SettingsChanged) for s in journal)
    if settings > 1:
        pytest.skip("its settings change by themselves")
    for share in (0.3, 0.6, 0.9):
        at = max(first_of(journal), int(len(journal) * share))
        assert not differences(journey.said, said(*reloaded(journal, at))), share


def test_a_checkpoint_leaves_nothing_out_of_what_changed_since_the_last(journey: Journey) -> None:
    pipeline = Pipeline()
    for number, signal in enumerate(journey.journal):
        pipeline.feed(signal)
        if number % 5 == 0:
            pipeline.prepare(1)
        if number % 37 == 0:
            assert not untold(pipeline)
    assert not untold(pipeline)
