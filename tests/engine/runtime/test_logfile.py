"""The engine's log lets go of its file, and takes a late line all the same."""

from __future__ import annotations

import logging
from pathlib import Path

from statetrace_engine.runtime import logfile


def test_a_closed_log_holds_no_file_and_takes_a_late_line(tmp_path: Path) -> None:
    logfile.log_to(tmp_path)
    log = logging.getLogger("statetrace.test")
    log.warning("first")
    (handler,) = logging.getLogger("statetrace").handlers
    assert isinstance(handler, logging.FileHandler)
    assert handler.stream is not None

    logfile.close()

    assert handler.stream is None
    log.warning("late")
    logfile.close()
    assert "late" in (tmp_path / "engine.log").read_text(encoding="utf-8")
