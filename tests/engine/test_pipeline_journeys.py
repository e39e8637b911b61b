"""Every journey again, fed otherwise: the same journal says the same, however it is ticked and wherever it is cut."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

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
FILES = sorted(path for path in SCENARIOS.glob("*.toml") if path.stem not in LONG)


@lru_cache(maxsize=4)
def journal_of(path: Path) -> list[Signal]:
    """The journey's journal; a restart in it leaves no trace there."""
    scenario = load(path)
    network = prepare(scenario)
    network.run_to(max([e["t"] for e in scenario["expect"]] + [scenario.get("duration", 0.0)]))
    return [*network.journal, until(network.journal, 1.0)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_journey_says_the_same_without_ticks_and_with_many(path: Path) -> None:
    journal = journal_of(path)
    lived = said(*feed(journal))
    assert not differences(lived, said(*feed(without_ticks(journal[:-1]) + journal[-1:])))
    assert not differences(lived, said(*feed(with_ticks(journal, 0.1))))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_journey_says_the_same_after_a_restart_anywhere(path: Path) -> None:
    journal = journal_of(path)
    lived = said(*feed(journal))
    for share in (0.3, 0.6, 0.9):
        assert not differences(lived, said(*restarted(journal, max(1, int(len(journal) * share))))), share


def first_of(journal: list[Signal]) -> int:
    """How many signals there are until the settings are known."""
    return next((i + 1 for i, s in enumerate(journal) if isinstance(s.payload, SettingsChanged)), 1)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_journey_says_the_same_after_a_reload_anywhere(path: Path) -> None:
    journal = journal_of(path)
    lived = said(*feed(journal))
    settings = sum(isinstance(s.payload, SettingsChanged) for s in journal)
    if settings > 1:
        pytest.skip("its settings change by themselves")
    for share in (0.3, 0.6, 0.9):
        at = max(first_of(journal), int(len(journal) * share))
        assert not differences(lived, said(*reloaded(journal, at))), share


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_checkpoint_leaves_nothing_out_of_what_changed_since_the_last(path: Path) -> None:
    pipeline = Pipeline()
    for number, signal in enumerate(journal_of(path)):
        pipeline.feed(signal)
        if number % 5 == 0:
            pipeline.prepare(1)
        if number % 37 == 0:
            assert not untold(pipeline)
    assert not untold(pipeline)
