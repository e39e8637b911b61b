"""Which home a run has (SPEC 10)."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from statetrace_engine import config
from statetrace_engine.errors import StateTraceError

Home = Callable[..., Path]


def test_the_flag_beats_the_environment_beats_the_current_folder_beats_the_users(home: Home, tmp_path: Path) -> None:
    here = home(statetrace="")
    environ = {"STATETRACE_HOME": str(tmp_path / "named")}
    assert config.resolve(str(tmp_path / "flag"), environ, here).path == tmp_path / "flag"
    assert config.resolve(None, environ, here).path == tmp_path / "named"
    assert config.resolve(None, {"STATETRACE_HOME": ""}, here).path == here
    elsewhere = config.resolve(None, {}, tmp_path / "config")
    assert elsewhere.origin == "user directories"
    assert "statetrace" in elsewhere.path.name


@pytest.mark.skipif(sys.platform == "win32", reason="every user has a folder there")
def test_a_user_without_a_folder_is_told_to_choose_a_home(tmp_path: Path) -> None:
    with pytest.raises(StateTraceError, match="--home"):
        config.resolve("~nobody-of-that-name/x", {}, tmp_path)


def test_a_home_is_made_for_its_owner_only(tmp_path: Path) -> None:
    config.create(tmp_path / "a" / "home")
    config.create(tmp_path / "a" / "home")
    assert {path.name for path in (tmp_path / "a" / "home").iterdir()} == {"config", "data", "logs"}
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "a" / "home" / "data").stat().st_mode) == 0o700


def test_a_home_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StateTraceError, match="--home"):
        config.create(tmp_path / "file" / "home")
