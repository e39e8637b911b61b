"""`statetrace redact`: what is given away, what is told of it, and what is never touched."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from statetrace_engine.parsing import capture
from tests.commands.conftest import Said

Run = Callable[..., Said]
LINE = b"username ops password 7 094F471A1A0A57\r\n"
TABLE = b"WLLS-A01-AR-01#show ip route\nS*    0.0.0.0/0 [1/0] via 192.0.2.1\nO     10.20.0.0/16 [110/2] via 192.0.2.1\n"
CAPTURE = """\
WLLS-A01-AR-01#show ip route
Gateway of last resort is 192.0.2.1 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 192.0.2.1
      10.0.0.0/8 is variably subnetted, 3 subnets, 2 masks
O        10.20.0.0/16 [110/2] via 192.0.2.1, 00:00:12, GigabitEthernet0/1
C        10.1.1.0/30 is directly connected, GigabitEthernet0/2
L        10.1.1.1/32 is directly connected, GigabitEthernet0/2
WLLS-A01-AR-01#
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "a.log"
    path.parent.mkdir()
    path.write_bytes(LINE + b"hostname r1\r\n")
    return path


def test_the_text_goes_to_stdout_and_the_report_to_stderr(statetrace: Run, log: Path, tmp_path: Path) -> None:
    said = statetrace("redact", log, "--home", tmp_path)

    assert said.code == 0
    assert "username ops password 7 <redacted:password:" in said.out
    assert "094F471A" not in said.out + said.err
    assert said.err == f"{log}: redacted password 1\n"


def test_a_written_file_is_otherwise_the_same_to_the_byte(statetrace: Run, log: Path, tmp_path: Path) -> None:
    log.write_bytes(b"\xff" + log.read_bytes())

    statetrace("redact", log, "--home", tmp_path, "--out", tmp_path / "out")

    written = (tmp_path / "out" / "a.log").read_bytes()
    before, _, after = written.partition(b"<redacted:password:")
    assert before == b"\xffusername ops password 7 "
    assert after[8:] == b">\r\nhostname r1\r\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig"])
def test_an_encoding_is_kept(statetrace: Run, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.log"
    text = "\ufeff" if encoding == "utf-16-be" else ""
    path.write_bytes((text + LINE.decode()).encode(encoding))

    statetrace("redact", path, "--home", tmp_path, "--out", tmp_path / "out")

    written = (tmp_path / "out" / "a.log").read_bytes().decode(encoding)
    assert written.startswith(text + "username ops password 7 <redacted:password:")


def test_what_was_typed_and_erased_does_not_come_out(statetrace: Run, tmp_path: Path) -> None:
    path = tmp_path / "raw.log"
    path.write_bytes(b"r1(config)#username b password Larch\x08\x08\x08\x08\x08\x1b[KPoplar77\r\n")

    said = statetrace("redact", path, "--home", tmp_path)

    assert "Larch" not in said.out
    assert "Poplar77" not in said.out
    assert said.out.startswith("r1(config)#username b password <redacted:password:")


def test_a_capture_under_pseudonyms_is_read_the_same(statetrace: Run, tmp_path: Path) -> None:
    path = tmp_path / "in.log"
    path.write_text(CAPTURE, encoding="utf-8")
    statetrace("redact", path, "--home", tmp_path, "--pseudonyms", "--out", tmp_path / "out")

    (before, *_), (after, *_) = (
        [section.records for section in capture.read(file.read_bytes(), vendor="cisco_ios").sections]
        for file in (path, tmp_path / "out" / "in.log")
    )

    assert len(before) == len(after) == 4
    names: dict[str, str] = {}
    for old, new in zip(before, after, strict=True):
        assert (old.protocol, old.interface, old.metric) == (new.protocol, new.interface, new.metric)
        assert old.prefix.partition("/")[2] == new.prefix.partition("/")[2]
        assert names.setdefault(str(old.next_hop), str(new.next_hop)) == str(new.next_hop)
    assert before != after


def test_one_secret_is_one_token_in_every_run_of_a_home(statetrace: Run, log: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()

    first = statetrace("redact", log, "--home", home)

    assert statetrace("redact", log, "--home", home).out == first.out
    assert statetrace("redact", log, "--home", tmp_path / "other").out != first.out
    assert not (tmp_path / "other").exists()


def test_json_is_one_document(statetrace: Run, log: Path, tmp_path: Path) -> None:
    said = statetrace("redact", log, "--home", tmp_path, "--json")

    (file,) = said.json["files"]
    assert file["path"] == str(log)
    assert file["kinds"] == {"password": 1}
    assert file["redacted"] == 1
    assert file["out"] is None
    assert file["text"].startswith("username ops password 7 <redacted:")


def test_an_input_is_never_written_over(statetrace: Run, log: Path, tmp_path: Path) -> None:
    before = log.read_bytes()

    said = statetrace("redact", log.parent, "--home", tmp_path, "--out", log.parent)

    assert said.code == 2
    assert "is an input" in said.err
    assert log.read_bytes() == before


def test_two_files_of_one_name_are_refused_before_anything_is_written(statetrace: Run, tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.log").write_bytes(LINE)

    said = statetrace(
        "redact", tmp_path / "x" / "a.log", tmp_path / "y" / "a.log", "--home", tmp_path, "--out", tmp_path / "out"
    )

    assert said.code == 2
    assert "two inputs" in said.err
    assert not (tmp_path / "out").exists()


def test_a_file_that_cannot_be_read_does_not_stop_the_others(statetrace: Run, log: Path, tmp_path: Path) -> None:
    packed = tmp_path / "b.gz"
    packed.write_bytes(b"\x1f\x8b")

    said = statetrace("redact", tmp_path / "gone.log", packed, log, "--home", tmp_path)

    assert said.code == 3
    assert "gone.log" in said.err
    assert "unpack it" in said.err
    assert "<redacted:password:" in said.out


def test_what_is_packed_is_refused_whatever_it_is_called(statetrace: Run, log: Path, tmp_path: Path) -> None:
    """It would pass as it is, with all its secrets, and "redacted nothing"."""
    (tmp_path / "b.log").write_bytes(gzip.compress(LINE))
    with zipfile.ZipFile(tmp_path / "c.log", "w") as archive:
        archive.writestr("a.log", LINE)

    for name in ("b.log", "c.log"):
        said = statetrace("redact", tmp_path / name, "--home", tmp_path)
        assert (said.code, said.out) == (3, "")
        assert "unpack it" in said.err


def test_a_folder_keeps_its_shape_and_links_are_not_followed(statetrace: Run, log: Path, tmp_path: Path) -> None:
    (log.parent / "deep").mkdir()
    (log.parent / "deep" / "b.log").write_bytes(LINE)
    outside = tmp_path / "outside.log"
    outside.write_bytes(LINE)
    try:
        (log.parent / "link.log").symlink_to(outside)
    except OSError:
        pytest.skip("no links here")

    statetrace("redact", log.parent, "--home", tmp_path, "--out", tmp_path / "out")

    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in files) == ["a.log", "deep/b.log"]


def test_pseudonyms_name_a_device_the_same_in_every_file(statetrace: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "WLLS-A01-AR-01.log").write_bytes(TABLE)
    (folder / "other.log").write_bytes(b"to WLLS-A01-AR-01 by 192.0.2.1\n")

    said = statetrace("redact", folder, "--home", tmp_path, "--pseudonyms", "--out", tmp_path / "out")

    assert said.code == 0
    (other,) = (tmp_path / "out").glob("other.log")
    (device,) = (path for path in (tmp_path / "out").iterdir() if path != other)
    _, name, _, address = other.read_text(encoding="utf-8").split()
    assert device.name == f"{name}.log"
    written = device.read_text(encoding="utf-8")
    assert written.startswith(f"{name}#show ip route\nS*    0.0.0.0/0 [1/0] via {address}\n")
    assert "WLLS" not in written + device.name
    assert "192.0.2.1" not in written


def test_stdin_is_a_dash(statetrace: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(LINE)))

    assert "<redacted:password:" in statetrace("redact", "-", "--home", tmp_path).out


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_is_told(statetrace: Run, log: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)

    assert statetrace("redact", log, "--home", tmp_path, "--out", locked).code == 3
