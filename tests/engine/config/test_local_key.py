"""The key of a home: one for all who ask, and never replaced by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from statetrace_engine.config import local_key
from statetrace_engine.errors import StateTraceError

ASK = (
    "import sys; from pathlib import Path; from statetrace_engine.config import local_key; "
    "sys.stdout.write(local_key.load(Path(sys.argv[1])).hex())"
)


def test_a_home_keeps_its_key(tmp_path: Path) -> None:
    key = local_key.load(tmp_path)

    assert len(key) == local_key.SIZE
    assert local_key.load(tmp_path) == key == local_key.of(tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    local_key.load(tmp_path)

    assert (tmp_path / "data" / local_key.NAME).stat().st_mode & 0o777 == 0o600


def test_processes_that_ask_at_once_get_one_key(tmp_path: Path) -> None:
    asking = [subprocess.Popen([sys.executable, "-c", ASK, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(4)]

    keys = {process.communicate(timeout=60)[0] for process in asking}

    assert keys == {local_key.load(tmp_path).hex().encode()}


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_key_is_told_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data" / local_key.NAME
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(StateTraceError, match=f"{len(content)} bytes instead of 32"):
        local_key.load(tmp_path)

    assert path.read_bytes() == content


def test_a_key_that_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data" / local_key.NAME).mkdir(parents=True)

    with pytest.raises(StateTraceError, match="cannot use the key"):
        local_key.load(tmp_path)


def test_without_a_home_the_key_is_of_this_run(tmp_path: Path) -> None:
    home = tmp_path / "none"

    assert local_key.of(home) != local_key.of(home)
    assert not home.exists()
