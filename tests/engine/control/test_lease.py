"""The lease: one engine a home, and a crash frees it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from statetrace_engine.control import lease
from statetrace_engine.control.lease import Lease
from statetrace_engine.errors import HomeBusy, StateTraceError

ROOT = Path(__file__).parents[3]
OWNER = """
import sys
from pathlib import Path
from statetrace_engine.control.lease import Lease
lease = Lease.acquire(Path(sys.argv[1]))
lease.publish(4711)
print("owned", flush=True)
sys.stdin.read()
"""


def start_owner(data_dir: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "owned\n"
    return child


def test_the_second_engine_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    owner = start_owner(tmp_path)
    with pytest.raises(HomeBusy, match=f"process {owner.pid}"):
        Lease.acquire(tmp_path)
    owner.kill()
    owner.communicate()


def test_two_leases_in_one_process_exclude_each_other(tmp_path: Path) -> None:
    first = Lease.acquire(tmp_path)
    with pytest.raises(HomeBusy):
        Lease.acquire(tmp_path)
    first.release()
    Lease.acquire(tmp_path).release()


def test_others_read_where_the_door_is(tmp_path: Path) -> None:
    owner = start_owner(tmp_path)
    words = lease.read(tmp_path)
    assert words is not None
    assert (words.pid, words.port) == (owner.pid, 4711)
    assert len(words.token) == 64
    owner.kill()
    owner.communicate()


def test_a_killed_engines_words_are_stale_and_its_home_is_free(tmp_path: Path) -> None:
    owner = start_owner(tmp_path)
    owner.kill()
    owner.communicate()
    assert (tmp_path / lease.WORDS).exists()
    assert lease.read(tmp_path) is None
    again = Lease.acquire(tmp_path)
    assert lease.read(tmp_path) is None, "the old words are gone before the new door is open"
    words = again.publish(4712)
    assert lease.read(tmp_path) == words
    assert words.pid == os.getpid()
    again.release()
    assert lease.read(tmp_path) is None


def test_asking_creates_nothing(tmp_path: Path) -> None:
    assert lease.read(tmp_path / "none") is None
    assert not lease.is_owned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_whoever_asks_for_a_moment_does_not_keep_an_engine_out(tmp_path: Path) -> None:
    asking = lease._lock_of(tmp_path)
    asking.acquire()
    done = threading.Timer(0.05, asking.release)
    done.start()
    Lease.acquire(tmp_path).release()
    done.join()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows files have their folder's rights, not a mode")
def test_only_the_owner_can_read_the_token(tmp_path: Path) -> None:
    held = Lease.acquire(tmp_path / "data")
    held.publish(4711)
    assert stat.S_IMODE((tmp_path / "data" / lease.WORDS).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    held.release()


def test_garbled_words_are_no_words(tmp_path: Path) -> None:
    held = Lease.acquire(tmp_path)
    (tmp_path / lease.WORDS).write_bytes(b"\xff{")
    assert lease.read(tmp_path) is None
    assert lease.is_owned(tmp_path)
    held.release()


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    with pytest.raises(StateTraceError, match="--home"):
        Lease.acquire(tmp_path / "data")


def test_tokens_differ(tmp_path: Path) -> None:
    tokens = set()
    for _ in range(3):
        held = Lease.acquire(tmp_path)
        tokens.add(held.token)
        held.release()
    assert len(tokens) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody move files that are open")
def test_a_folder_that_was_moved_away_is_waited_for_and_held_again_when_it_is_back(tmp_path: Path) -> None:
    held = Lease.acquire(tmp_path / "data")
    words = held.publish(4711)
    (tmp_path / "data").rename(tmp_path / "aside")
    assert not held.is_held()
    assert not held.regain(), "it may come back as it was"
    assert not (tmp_path / "data").exists()
    (tmp_path / "aside").rename(tmp_path / "data")
    assert held.is_held()
    assert lease.read(tmp_path / "data") == words
    held.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody delete files that are open")
def test_a_folder_that_was_deleted_is_made_again_where_its_home_is(tmp_path: Path) -> None:
    held = Lease.acquire(tmp_path / "home" / "data")
    words = held.publish(4711)
    shutil.rmtree(tmp_path / "home")
    assert not held.regain(), "not where its home is gone too"
    (tmp_path / "home").mkdir()
    assert held.regain()
    assert held.is_held()
    assert lease.read(tmp_path / "home" / "data") == words, "whoever was attached may come back"
    held.release()
    assert lease.read(tmp_path / "home" / "data") is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody move files that are open")
def test_what_another_has_at_the_path_by_now_is_left_to_it(tmp_path: Path) -> None:
    held = Lease.acquire(tmp_path / "data")
    held.publish(4711)
    (tmp_path / "data").rename(tmp_path / "aside")
    other = Lease.acquire(tmp_path / "data")
    words = other.publish(4712)
    with pytest.raises(HomeBusy):
        held.regain()
    held.release()
    assert lease.read(tmp_path / "data") == words
    other.release()
