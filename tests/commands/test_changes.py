"""What changed, from two session logs to the line in the raw log, on a real terminal with a real engine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.commands.two_captures import HOST, home, logs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")


def test_from_two_logs_to_the_line_that_changed(tmp_path: Path) -> None:
    from statetrace_tui.__main__ import main
    from tests.commands.terminal import Terminal

    folder = home(tmp_path / "home")
    assert main(["ingest", "--home", str(folder), *map(str, logs(tmp_path / "logs"))]) == 0
    console = Terminal("console", "--home", folder, "--theme", "dark", cwd=tmp_path)
    try:
        console.shows("1 Routes")
        console.press("6")
        console.shows("The default route moved from 10.1.1.2 to 10.1.2.2")
        console.shows("GigabitEthernet0/1 shut down")
        console.press("l")
        console.shows("   shutdown")
        console.shows(f"after: {HOST}")
        console.press("\x1b")
        console.shows("CONFIGURATION")
        console.press("R")
        console.shows("CANDIDATES: read every line before you type it")
        console.shows("no shutdown")
        console.press("\x1b")
        console.hides("CANDIDATES")
        console.press("a")
        console.shows("1 expected hidden E")
        console.press("q")
        assert console.ends() == 0
    finally:
        console.close()
