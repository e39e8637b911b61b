"""The log is a file and nothing else: no secret, no control character, no complaint on a terminal."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from statetrace_engine.runtime import logfile


@pytest.fixture
def log(tmp_path: Path) -> logging.Logger:
    logfile.log_to(tmp_path)
    return logging.getLogger("statetrace.test")


def _text(folder: Path) -> str:
    return (folder / "engine.log").read_text(encoding="utf-8")


def test_what_a_device_said_is_made_plain(log: logging.Logger, tmp_path: Path) -> None:
    log.warning("peer said %s", "\x1b[2J\u202esnmp-server community hunter2horse RO")
    assert "hunter2horse" not in _text(tmp_path)
    assert "\x1b" not in _text(tmp_path)
    assert "\u202e" not in _text(tmp_path)
    assert "peer said" in _text(tmp_path)


def test_a_traceback_keeps_its_lines(log: logging.Logger, tmp_path: Path) -> None:
    try:
        raise ValueError("bad \x07 value \udcff")
    except ValueError:
        log.exception("it broke")
    assert _text(tmp_path).count("\n") >= 4
    assert "ValueError: bad . value" in _text(tmp_path)


def test_a_disk_that_cannot_be_written_is_silent(
    log: logging.Logger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "engine.log").mkdir()
    log.warning("lost")
    assert capsys.readouterr() == ("", "")
    (tmp_path / "engine.log").rmdir()
    log.warning("written")
    assert "written" in _text(tmp_path)


def test_the_next_home_takes_the_log_over(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        logfile.log_to(tmp_path / name)
        logging.getLogger("statetrace.test").warning("in %s", name)
    assert "in b" not in _text(tmp_path / "a")
    assert "in b" in _text(tmp_path / "b")
