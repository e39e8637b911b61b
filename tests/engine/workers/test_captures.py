"""What a worker makes of a file: rows and texts that lead back to the very bytes."""

from __future__ import annotations

import gzip
import os
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import sessions
from statetrace_engine.model import aged_text
from statetrace_engine.model.captured import RouteRow, Row
from statetrace_engine.model.filed import FiledCapture, FiledFile, FiledSection
from statetrace_engine.model.packed import unpack, unpack_numbers
from statetrace_engine.parsing import capture_time
from statetrace_engine.workers import captures, reading
from statetrace_engine.workers.reading import Job, Refused

KEY = b"k" * 32
LOG = (
    b"WLLS-A01-AR-01#show version\r\nCisco IOS Software, C3900e Software, Version 15.4(3)M3, RELEASE SOFTWARE (fc2)\r\n"
    b"WLLS-A01-AR-01#show clock\r\n14:03:27.104 UTC Mon Nov 23 2026\r\n"
    b"WLLS-A01-AR-01#show ip route\r\nGateway of last resort is 10.1.1.2 to network 0.0.0.0\r\n\r\n"
    b"S*    0.0.0.0/0 [1/0] via 10.1.1.2\r\nB        172.16.0.0/30 [200/7] via 10.1.2.2, 01:02:03\r\nwhat is this\r\n"
    b"WLLS-A01-AR-01#show running-config | include user\r\nusername bob secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0\r\n"
    b"WLLS-A01-AR-01#\r\n"
)
MODIFIED = 1_800_000_000.0


@pytest.fixture(autouse=True, scope="module")
def _no_process_is_left() -> Iterator[None]:
    yield
    captures._templates().close()


def read(path: Path, **job: str) -> FiledFile | Refused:
    words = {"site": "", "site_hint": "BOYO", "vendor": ""} | job
    asked = Job(path=os.fsencode(path), modified_at=MODIFIED, key=KEY, **words)
    return reading.decode(captures.read(reading.encode(asked)))


def made(tmp_path: Path, raw: bytes, name: str = "a.log", **job: str) -> FiledFile:
    (tmp_path / name).write_bytes(raw)
    found = read(tmp_path / name, **job)
    assert isinstance(found, FiledFile)
    return found


def text_of(of: FiledCapture) -> str:
    return aged_text.unpack(of.text, of.offsets).text


def section(of: FiledCapture, command: str) -> FiledSection:
    return next(each for each in of.sections if each.command.startswith(command))


def rows_and_bytes(of: FiledCapture, one: FiledSection, raw: bytes) -> list[tuple[Row, bytes]]:
    """Each row, and the bytes of the file at which it stands."""
    rows, starts, ends = unpack(one.body, one.beside)
    numbers = aged_text.unpack(of.text, of.offsets).whole()[1]
    places, raws = numbers[::2], numbers[1::2]

    def byte(character: int) -> int:
        at = max(index for index, place in enumerate(places) if place <= character)
        return raws[at] + character - places[at]

    return [(row, raw[byte(start) : byte(end - 1) + 1]) for row, start, end in zip(rows, starts, ends, strict=True)]


def test_a_route_leads_back_to_its_line(tmp_path: Path) -> None:
    [capture] = made(tmp_path, LOG).captures

    found = rows_and_bytes(capture, section(capture, "show ip route"), LOG)

    assert [(row.prefix, line.strip()) for row, line in found if isinstance(row, RouteRow)] == [
        ("0.0.0.0/0", b"S*    0.0.0.0/0 [1/0] via 10.1.1.2"),
        ("172.16.0.0/30", b"B        172.16.0.0/30 [200/7] via 10.1.2.2, 01:02:03"),
    ]


def test_a_device_is_named_placed_and_dated(tmp_path: Path) -> None:
    [capture] = made(tmp_path, LOG).captures

    assert (capture.hostname, capture.site, capture.vendor) == ("WLLS-A01-AR-01", "WLLS", "cisco_ios")
    assert (capture.captured_at, capture.is_device_time) == (1795442607.104, True)


def test_what_was_not_understood_is_counted_and_found(tmp_path: Path) -> None:
    [capture] = made(tmp_path, LOG).captures
    one = section(capture, "show ip route")
    start, end = unpack_numbers(one.missed)

    assert one.unparsed == 1
    assert text_of(capture)[start:end] == "what is this"


def test_no_secret_leaves_the_worker(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LOG)
    asked = Job(path=os.fsencode(tmp_path / "a.log"), modified_at=MODIFIED, site="", site_hint="", vendor="", key=KEY)
    [capture] = made(tmp_path, LOG).captures

    assert b"hx5rVt7rPNoS4wqbXKX7m0" not in captures.read(reading.encode(asked))
    assert "hx5rVt7rPNoS4wqbXKX7m0" not in text_of(capture)
    assert "secret 5 <redacted:" in text_of(capture)


def test_nested_sessions_are_captures_of_their_own_with_their_own_text(tmp_path: Path) -> None:
    inner = b"BOYO-B#show ip route\r\nS*    0.0.0.0/0 [1/0] via 10.9.9.9\r\nBOYO-B#exit\r\n"
    raw = (
        b"WLLS-A#ssh BOYO-B\r\n" + inner + b"WLLS-A#show ip route\r\nS*    0.0.0.0/0 [1/0] via 10.1.1.2\r\nWLLS-A#\r\n"
    )
    found = {capture.hostname: capture for capture in made(tmp_path, raw, vendor="cisco_ios").captures}

    assert set(found) == {"WLLS-A", "BOYO-B"}
    for host, hop in (("WLLS-A", b"10.1.1.2"), ("BOYO-B", b"10.9.9.9")):
        capture = found[host]
        [(_, line)] = rows_and_bytes(capture, section(capture, "show ip route"), raw)
        assert line.strip() == b"S*    0.0.0.0/0 [1/0] via " + hop
    assert "10.1.1.2" not in text_of(found["BOYO-B"])


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_name_that_is_no_text_is_read_and_shown_as_far_as_it_is(tmp_path: Path) -> None:
    made_of = made(tmp_path, gzip.compress(LOG), os.fsdecode(b"M\xfcnchen.log.gz"))

    assert made_of.name.endswith("/M?nchen.log.gz")
    assert [capture.member for capture in made_of.captures] == ["M?nchen.log"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names there")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path / "pipe") == Refused("it is no regular file")


def test_a_place_moves_with_its_part_of_the_text() -> None:
    part = captures._Part(spans=[(10, 20), (40, 45)], bases=[0, 10], text="x" * 15, offsets=[])
    assert [part.moved(place) for place in (0, 10, 15, 20, 21, 40, 45, 46)] == [0, 0, 5, 10, 10, 10, 15, 15]


def test_time_is_linear_in_how_often_devices_take_turns() -> None:
    count = 200_000
    spans = [(at * 10, at * 10 + 9) for at in range(count)]
    part = captures._Part(spans=spans, bases=[at * 9 for at in range(count)], text="", offsets=[])
    assert [part.moved(start) for start, _ in spans] == part.bases


def test_archives_are_read_member_by_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as archive:
        archive.writestr("one.log", LOG)
        archive.writestr("two.log.gz", gzip.compress(LOG.replace(b"WLLS-A01", b"WLLS-A02")))
        archive.writestr("../escape.log", LOG)
    found = read(tmp_path / "logs.zip")

    assert isinstance(found, FiledFile)
    assert [(one.member, one.hostname) for one in found.captures] == [
        ("one.log", "WLLS-A01-AR-01"), ("two.log.gz!two.log", "WLLS-A02-AR-01"),
    ]  # fmt: skip
    assert any("leads out of the archive" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    ("raw", "reason"), [(b"", "it is empty"), (bytes(range(32)) * 40, "this is no text"), (b"\n\n", "no output")]
)
def test_what_holds_no_capture_is_refused_with_its_reason(tmp_path: Path, raw: bytes, reason: str) -> None:
    (tmp_path / "a.log").write_bytes(raw)
    found = read(tmp_path / "a.log")

    assert isinstance(found, Refused)
    assert reason in found.reason


def test_a_file_that_has_disappeared_is_gone_and_not_broken(tmp_path: Path) -> None:
    assert read(tmp_path / "never.log") == Refused("it has disappeared", is_gone=True)


def test_a_forced_site_wins_and_is_part_of_the_reading(tmp_path: Path) -> None:
    plain, forced = made(tmp_path, LOG), made(tmp_path, LOG, site="PERT")

    assert [one.site for one in forced.captures] == ["PERT"]
    assert plain.file_key == forced.file_key
    assert plain.reading != forced.reading


WHOLE = sessions.session("WLLS-A01-AR-01", sessions.VENDORS["cisco_ios"], 6_000, seed=3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE)))
def test_a_file_cut_anywhere_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.log"
    path.write_bytes(WHOLE[:cut])

    found = read(path)

    assert isinstance(found, Refused) or {one.hostname for one in found.captures} <= {"", "WLLS-A01-AR-01"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("14:03:27.104 UTC Mon Nov 23 2026\n", 1795442607.104),
        (".14:03:27.104 UTC Mon Nov 23 2026\n", 1795442607.104),
        ("*14:03:27.104 UTC Mon Nov 23 2026\n", None),
        ("14:03:27.104 AWST Mon Nov 23 2026\n", 1795442607.104 - 8 * 3600),
        ("14:03:27.104 CST Mon Nov 23 2026\n", None),
        ("14:03:27 +0530 Mon Nov 23 2026\n", 1795442607.0 - 5.5 * 3600),
        ("Mon Nov 23 14:03:27 2026\nTimezone: UTC\nClock source: local\n", 1795442607.0),
        ("Mon Nov 23 14:03:27 UTC 2026\n", 1795442607.0),
        ("Current time: 2026-11-23 14:03:27 UTC\nSystem booted: 2026-01-01 00:00:00 UTC\n", 1795442607.0),
        ("25:61:61 UTC Mon Nov 31 2026\n", None),
        ("00:00:05.001 UTC Fri Jan 1 1993\n", None),
        ("% Invalid input detected\n", None),
        ("", None),
    ],
)
def test_the_devices_own_words_date_a_capture(said: str, expected: float | None) -> None:
    assert capture_time.read(said) == (pytest.approx(expected) if expected is not None else None)


@given(st.text(max_size=200))
def test_no_text_breaks_the_clock(text: str) -> None:
    capture_time.read(text)


def test_a_clock_that_is_a_year_ahead_is_said_and_the_file_s_time_taken(tmp_path: Path) -> None:
    found = made(tmp_path, LOG.replace(b"Nov 23 2026", b"Nov 23 2027"))
    assert [(each.captured_at, each.is_device_time) for each in found.captures] == [(MODIFIED, False)]
    assert found.remarks == (
        "WLLS-A01-AR-01: its clock says 2027-11-23 14:03:27 UTC, after its file was written: the file's time is taken",
    )
    assert not made(tmp_path, LOG).remarks
    last = made(tmp_path, LOG.replace(b"14:03:27.104 UTC Mon Nov 23 2026", b"23:59:59.000 PST Fri Dec 31 9999"))
    assert "9999-12-31 23:59:59 UTC" in last.remarks[0]


def test_a_clock_ahead_of_the_file_is_not_believed() -> None:
    now = time.time()
    assert capture_time.is_credible(now - 86400 * 400, now)
    assert not capture_time.is_credible(now + 86400 * 2, now)
