"""Runs over small files whose reader is the tests' own, in processes as always."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from statetrace_engine.workers import reading

HERE = str(Path(__file__).parent)
READERS = str(Path(__file__).parent.parent / "workers")
ROOT = str(Path(__file__).parents[3])
sys.path[:0] = [HERE, READERS]


@pytest.fixture(autouse=True)
def _the_tests_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((ROOT, HERE, READERS)))
    monkeypatch.setattr(reading, "FUNCTION", "reading_children:file")
