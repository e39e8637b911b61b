"""The user's two commands: bounded in time and in what they say, and ended with all that they started."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from statetrace_engine.errors import ConfigError
from statetrace_tui.commands import lab
from tests.e2e.engines import until

NEVER = shlex.join((sys.executable, "-c", "import threading; threading.Event().wait()"))
posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")


def _run(text: str, limit_s: float = 20.0, *, is_shell: bool = True) -> lab.Ran:
    return lab.run(lab.command("--break", text, is_shell=is_shell, limit_s=limit_s))


def _until_gone(file: Path) -> None:
    pid = int(file.read_text(encoding="ascii"))

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")

    until(is_gone)


@posix
def test_its_end_is_stamped_when_it_ends() -> None:
    before = time.time()
    ran = _run("true", is_shell=False)
    assert before <= ran.began_at <= ran.ended_at <= time.time()
    assert ran.failure == ""


@posix
def test_without_a_shell_nothing_is_expanded() -> None:
    assert _run("false $HOME '*' > nowhere", is_shell=False).failure == "exit code 1"


@posix
def test_of_a_flood_the_last_line_is_kept_and_nothing_reaches_the_terminal_raw() -> None:
    ran = _run("yes flood | head -n 500000; printf 'no \\033[2J such lab\\n\\n'; exit 9")
    assert ran.failure == "exit code 9: no .[2J such lab"


@posix
def test_what_it_leaves_behind_with_its_output_open_is_not_waited_for() -> None:
    ran = _run(f"{NEVER} & echo $!; exit 3")
    word, _, pid = ran.failure.rpartition(" ")
    assert word == "exit code 3:"
    assert ran.ended_at - ran.began_at < 15
    os.kill(int(pid), signal.SIGKILL)


@posix
def test_all_that_it_started_ends_at_its_limit(tmp_path: Path) -> None:
    ran = _run(f"{NEVER} & echo $! > {tmp_path / 'pid'}; wait", 0.5)
    assert ran.failure == "not done after 0.5 s"
    _until_gone(tmp_path / "pid")


@posix
def test_one_that_will_not_end_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lab, "_LEAVE_S", 0.2)
    ran = _run(f"trap '' TERM; echo $$ > {tmp_path / 'pid'}; while :; do :; done", 0.5)
    assert ran.failure == "not done after 0.5 s"
    _until_gone(tmp_path / "pid")


@pytest.mark.parametrize("text", ["", "  ", "a\0b"])
def test_no_command_is_wrong_usage(text: str) -> None:
    with pytest.raises(ConfigError, match="--break: no command"):
        lab.command("--break", text, is_shell=True, limit_s=1.0)


def test_what_cannot_be_started_is_a_failure_in_words() -> None:
    assert _run("no-such-program-anywhere", is_shell=False).failure.startswith("cannot be started: ")
