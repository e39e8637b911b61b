"""Readers of the tests are found by name, in the processes that the pool starts as well."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
ROOT = str(Path(__file__).parents[3])
sys.path.insert(0, HERE)


@pytest.fixture(autouse=True)
def _readers_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((ROOT, HERE, *filter(None, [os.environ.get("PYTHONPATH")]))))
