"""Every journey of tests/scenarios, in virtual time: signals with times in, states, outages and causes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journey import SCENARIOS, load, play

FILES = sorted(SCENARIOS.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_journey(path: Path) -> None:
    play(load(path))
