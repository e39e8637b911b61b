"""A home that this user may not write, or not even read: one line, with what to do; what can be told is told."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PYTHON = [sys.executable, "-m", "statetrace_tui"]
RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
"""Of a superuser, whom no mode of a file would hold back."""
ADVICE = "; do it as the user whose it is, or give yours the right"
Ask = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "config").mkdir()
    (tmp_path / "data").mkdir()
    yield tmp_path
    for folder in (tmp_path, *(each for each in tmp_path.rglob("*") if each.is_dir())):
        folder.chmod(0o700)


@pytest.fixture
def ask(home: Path) -> Ask:
    before = [] if sys.platform == "win32" or os.getuid() else RIGHTS

    def asked(*words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [*before, *PYTHON, "--home", str(home), *words], capture_output=True, encoding="utf-8", check=False
        )
        return done.returncode, done.stdout, done.stderr.strip()

    held = home / "held"
    held.touch()
    held.chmod(0)
    opens = [sys.executable, "-c", f"open({str(held)!r})"]
    try:
        is_read = not subprocess.run([*before, *opens], capture_output=True, check=False).returncode
    except FileNotFoundError:
        is_read = True
    if is_read:
        pytest.skip("nothing holds this user back here")
    return asked


@pytest.mark.parametrize("command", ["snooze StpRootChange R1 --for 1h", "wake StpRootChange R1", "feedback X true"])
def test_what_writes_into_a_home_that_is_read_only_says_what_to_do(ask: Ask, home: Path, command: str) -> None:
    (home / "data").chmod(stat.S_IRUSR | stat.S_IXUSR)
    code, out, error = ask("anomalies", *command.split())
    assert (code, out) == (3, "")
    assert error == f"statetrace: cannot own {home / 'data'}: Permission denied{ADVICE}; or choose another --home"


@pytest.mark.parametrize("command", ["runbook list", "anomalies list", "report launch-metrics", "cards", "routes"])
def test_what_reads_answers_in_a_home_that_is_read_only(ask: Ask, home: Path, command: str) -> None:
    (home / "data").chmod(stat.S_IRUSR | stat.S_IXUSR)
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    code, out, error = ask(*command.split())
    assert code == 0
    assert out or error
    assert "denied" not in error


def test_nobody_is_told_to_move_away_a_store_that_is_another_users(ask: Ask, home: Path) -> None:
    store = home / "data" / "statetrace.db"
    store.write_bytes(b"SQLite format 3\0")
    store.chmod(0)
    code, _, error = ask("cards")
    assert (code, error) == (3, f"statetrace: {store} cannot be read: Permission denied{ADVICE}")


@pytest.mark.parametrize("command", ["cards", "anomalies list", "report launch-metrics"])
def test_a_folder_that_is_another_users_says_what_to_do(ask: Ask, home: Path, command: str) -> None:
    (home / "data").chmod(0)
    code, _, error = ask(*command.split())
    assert code == 3
    assert error.startswith(f"statetrace: {home / 'data'}")
    assert error.endswith(f"Permission denied{ADVICE}")


def test_doctor_names_a_folder_that_this_user_may_not_read(ask: Ask, home: Path) -> None:
    (home / "data").chmod(0)
    code, out, error = ask("doctor")
    assert (code, error) == (1, "")
    assert f"{home / 'data'}: Permission denied" in out


def test_doctor_names_a_store_that_this_user_may_not_read(ask: Ask, home: Path) -> None:
    (home / "data" / "statetrace.db").touch(mode=0)
    code, out, _ = ask("doctor")
    assert code == 1
    assert f"{home / 'data' / 'statetrace.db'}: Permission denied" in out
