"""Homes for tests: `loaded(inventory="…")` → settings, `problems(statetrace="…")` → what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from statetrace_engine import config
from statetrace_engine.config import Settings
from statetrace_engine.errors import ConfigError


@pytest.fixture
def home(tmp_path: Path) -> Callable[..., Path]:
    """A home with these TOML files."""

    def make(**files: str) -> Path:
        (tmp_path / "config").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / "config" / f"{name}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def loaded(home: Callable[..., Path]) -> Callable[..., Settings]:
    return lambda **files: config.load(home(**files))


@pytest.fixture
def problems(loaded: Callable[..., Settings]) -> Callable[..., list[str]]:
    """`line: key: what` of every problem, without the file."""

    def find(**files: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            loaded(**files)
        return [re.sub(r"^.*\.toml:", "", problem) for problem in caught.value.problems]

    return find
