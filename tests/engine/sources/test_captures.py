"""What a PATH means, and what is refused, with its reason."""

from __future__ import annotations

import gzip
import io
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from statetrace_engine.sources import captures
from statetrace_engine.sources.captures import Blob, Found, Limits, Refused


def found(*paths: str | Path, limits: Limits | None = None) -> list[Found]:
    return list(captures.blobs([str(path) for path in paths], limits or Limits()))


def contents(*paths: str | Path) -> dict[str, bytes]:
    return {f"{Path(each.path).name}:{each.member}": each.raw for each in found(*paths) if isinstance(each, Blob)}


def reasons(*paths: str | Path, limits: Limits | None = None) -> list[str]:
    return [each.reason for each in found(*paths, limits=limits) if isinstance(each, Refused)]


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return content.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "b.log").write_bytes(b"b")
    (tmp_path / "in" / "deep" / "a.log").write_bytes(b"a")
    return tmp_path / "in"


def test_a_file_is_itself_and_a_folder_all_below_it(folder: Path) -> None:
    assert contents(folder / "b.log") == {"b.log:": b"b"}
    assert list(contents(folder)) == ["b.log:", "a.log:"]


def test_a_pattern_is_expanded_where_no_shell_did_it(folder: Path) -> None:
    assert contents(folder / "*.log") == {"b.log:": b"b"}
    assert sorted(contents(folder / "**" / "*.log")) == ["a.log:", "b.log:"]
    assert reasons(folder / "*.txt") == ["no file fits this pattern"]


def test_a_file_may_have_the_name_of_a_pattern(folder: Path) -> None:
    (folder / "x[1].log").write_bytes(b"x")
    assert contents(folder / "x[1].log") == {"x[1].log:": b"x"}


def test_what_is_not_there_is_said_and_the_rest_is_read(folder: Path) -> None:
    assert reasons(folder / "no.log", folder / "b.log") == ["there is no such file"]
    assert contents(folder / "no.log", folder / "b.log") == {"b.log:": b"b"}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    (folder / "out.log").symlink_to(tmp_path / "secret")
    (folder / "in.log").symlink_to(folder / "b.log")
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    assert "s" not in {raw.decode() for raw in contents(folder).values()}
    assert contents(folder)["in.log:"] == b"b"
    assert len([each for each in found(folder) if isinstance(each, Blob)]) == 3
    assert "a link that leads out of the folder is not followed" in reasons(folder)
    assert "a link to a folder is not followed" in reasons(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
def test_a_pipe_in_a_folder_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert reasons(folder) == ["this is no regular file"]


def test_gzip_is_unpacked_whatever_its_name(folder: Path) -> None:
    (folder / "R1_show_version.log.gz").write_bytes(gzip.compress(b"one") + gzip.compress(b"two"))
    (folder / "odd.txt").write_bytes(gzip.compress(b"three"))
    assert contents(folder / "R1_show_version.log.gz") == {"R1_show_version.log.gz:R1_show_version.log": b"onetwo"}
    assert list(contents(folder / "odd.txt").values()) == [b"three"]


def test_a_zip_gives_its_members_and_those_of_archives_within(folder: Path) -> None:
    inner = zipped(**{"c.log": b"c"})
    (folder / "x.zip").write_bytes(zipped(**{"a/b.log": b"b", "in.zip": inner, "d.log.gz": gzip.compress(b"d")}))
    assert contents(folder / "x.zip") == {
        "x.zip:a/b.log": b"b",
        "x.zip:in.zip!c.log": b"c",
        "x.zip:d.log.gz!d.log": b"d",
    }


def test_archives_within_archives_end_somewhere(folder: Path) -> None:
    raw = b"x"
    for _ in range(5):
        raw = zipped(**{"n.zip": raw})
    (folder / "x.zip").write_bytes(raw)
    assert reasons(folder / "x.zip") == ["more than 2 archives within each other"]


@pytest.mark.parametrize("name", ["../up.log", "/etc/passwd", "..\\up.log", "C:\\x.log", "a/../../b"])
def test_a_member_whose_name_leads_out_is_refused(folder: Path, name: str) -> None:
    (folder / "x.zip").write_bytes(zipped(**{name: b"x", "good.log": b"g"}))
    assert list(contents(folder / "x.zip").values()) == [b"g"]
    assert reasons(folder / "x.zip") == ["its name leads out of the archive"]


def test_a_bomb_is_refused_before_it_is_unpacked(folder: Path) -> None:
    (folder / "x.zip").write_bytes(zipped(**{"bomb": bytes(20 << 20), "good.log": b"g"}))
    (folder / "x.gz").write_bytes(gzip.compress(bytes(20 << 20)))
    assert list(contents(folder / "x.zip").values()) == [b"g"]
    assert reasons(folder / "x.zip", folder / "x.gz") == ["it unpacks to more than 200 times its size"] * 2


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_cannot_be_unpacked_in_bounded_steps_is_refused(folder: Path, method: int) -> None:
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr("bomb", bytes(8 << 20), method)
        archive.writestr("good.log", b"g")
    assert list(contents(folder / "x.zip").values()) == [b"g"]
    assert ["only deflate" in each for each in reasons(folder / "x.zip")] == [True]


def test_what_follows_gzip_data_is_refused_and_said(folder: Path) -> None:
    (folder / "x.gz").write_bytes(gzip.compress(b"one") + b"R1#show version\n")
    (folder / "padded.gz").write_bytes(gzip.compress(b"two") + bytes(512))
    assert list(contents(folder / "x.gz", folder / "padded.gz").values()) == [b"one", b"two"]
    assert reasons(folder / "x.gz", folder / "padded.gz") == ["what follows the gzip data in it is not read"]


def test_gzip_of_very_many_members_is_read_in_linear_time() -> None:
    """A copy of the rest for every member would take minutes."""
    raw = gzip.compress(b"x") * 200_000
    assert captures._gunzipped(captures._Archive("x", Limits()), raw) == (b"x" * 200_000, "")


def test_size_and_number_are_bounded(folder: Path) -> None:
    (folder / "x.zip").write_bytes(zipped(a=bytes(range(256)) * 8, b=b"b", c=b"c"))
    (folder / "big.log").write_bytes(b"x" * 2000)
    small = Limits(blob_bytes=1000, entries=2)
    assert len(reasons(folder / "big.log", limits=small)) == 1
    assert reasons(folder / "x.zip", limits=small)[-1] == "more than 2 entries; the others are left out"
    assert len(reasons(folder / "x.zip", limits=Limits(archive_bytes=2048))) == 2


def test_archives_cut_at_any_byte_are_refused_or_read_and_never_raise(tmp_path: Path) -> None:
    for whole in (zipped(a=b"a" * 50, b=b"b"), gzip.compress(b"abc" * 20)):
        for cut in range(len(whole)):
            for each in captures.unpacked("x", whole[:cut]):
                assert isinstance(each, Blob | Refused)


def test_standard_input_is_a_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"R1#\n")))
    assert found("-") == [Blob("-", "", b"R1#\n")]


@pytest.mark.parametrize("mode", ["w", "w:gz"])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_archive_is_refused_and_not_read_as_one_text(tmp_path: Path, mode: str, form: int) -> None:
    log = tmp_path / "auth.log"
    log.write_text("R1#show clock\n", encoding="utf-8")
    path = tmp_path / "a.tar"
    with tarfile.open(path, mode, format=form) as archive:  # type: ignore[call-overload]  # any of its modes
        archive.add(log, "auth.log")

    (found,) = captures.blobs([str(path)])

    assert isinstance(found, Refused)
    assert found.reason == "a tar archive is not read: unpack it, or pack it as a zip file"
