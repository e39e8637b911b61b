"""A file of its own for everything that is written out of the console."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from statetrace_tui.widgets import exports

AT = 1_795_442_607.0


def test_a_name_says_of_what_and_when(tmp_path: Path) -> None:
    path = exports.write("text\n", "changes-WLLS-A01-AR-01", ".md", AT, tmp_path)
    assert path == tmp_path / "data" / "exports" / "changes-WLLS-A01-AR-01-20261123T140327Z.md"
    assert path.read_bytes() == b"text\n"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    paths = {exports.write(str(n), "x", ".csv", AT, tmp_path) for n in range(3)}
    assert sorted(path.read_text(encoding="utf-8") for path in paths) == ["0", "1", "2"]


@pytest.mark.parametrize("stem", ["../../etc/passwd", "a b\x1b[31m", "C:\\x", "\u202e", "x" * 300])
def test_no_name_leaves_the_folder(tmp_path: Path, stem: str) -> None:
    path = exports.write("", stem, ".json", AT, tmp_path)
    assert path.parent == tmp_path / "data" / "exports"
    assert path.name.isascii()
    assert path.name.isprintable()


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no modes")
def test_only_the_operator_reads_it(tmp_path: Path) -> None:
    assert exports.write("", "x", ".md", AT, tmp_path).parent.stat().st_mode & 0o077 == 0


def test_without_a_home_it_goes_to_a_temporary_folder() -> None:
    path = exports.write("text", "x", ".md", AT, None)
    try:
        assert path.read_text(encoding="utf-8") == "text"
    finally:
        path.unlink()
        path.parent.rmdir()
