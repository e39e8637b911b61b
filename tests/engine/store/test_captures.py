"""Captures in the store: a file as a whole, once, and what did not change once for all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import store_facts as facts

from statetrace_engine.errors import StoreError
from statetrace_engine.model import packed
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.filed import FiledCapture, FiledFile, FiledSection
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.retention import Retention
from statetrace_engine.store.session import Session
from statetrace_engine.store.writer import StoreWriter

DAY_S = 86400.0


class Clock:
    def __init__(self) -> None:
        self.at = facts.T0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "statetrace.db"


@pytest.fixture
def session(path: Path, clock: Clock) -> Iterator[Session]:
    session = Session(path, clock)
    yield session
    session.close()


def section(*next_hops: str, age: int = 5) -> FiledSection:
    rows = [RouteRow(vrf="default", prefix="10.0.0.0/8", next_hop=hop, age_seconds=age) for hop in next_hops]
    found = packed.pack(Kind.ROUTES, rows, [9 * n for n in range(len(rows))], [9 * n + 9 for n in range(len(rows))])
    return FiledSection(
        command="show ip route", kind=Kind.ROUTES.value, start=0, end=90, text_start=0, text_end=80, is_truncated=False,
        rows=len(rows), unparsed=1, digest=found.digest, body=found.body, beside=found.beside,
        missed=packed.pack_numbers([80, 88]),
    )  # fmt: skip


def capture(hostname: str, *sections: FiledSection, at: float = facts.T0) -> FiledCapture:
    return FiledCapture(
        member="", site="WLLS", hostname=hostname, vendor="cisco_ios", model="C9300", version="17.9", captured_at=at,
        is_device_time=True, is_truncated=False, start=0, end=90, text=packed.pack_text("the text"),
        offsets=packed.pack_numbers([0, 0]), sections=sections,
    )  # fmt: skip


def file(key: str, *captures: FiledCapture, reading: str = "1") -> FiledFile:
    return FiledFile(
        file_key=key, reading=reading, name=f"/captures/{key}.log", size_bytes=90, modified_at=facts.T0, parse_ms=12.5,
        captures=captures,
    )  # fmt: skip


def count(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()


def test_what_is_stored_is_found(session: Session, path: Path) -> None:
    stored = session.write_captures([file("a", capture("R1", section("10.1.1.2", "10.1.2.2")), capture("R2"))])

    captures = Captures(path)
    assert captures.newest() == stored.captures
    assert [(one.hostname, one.sections, one.rows, one.unparsed) for one in captures.newest()] == [
        ("R1", 1, 2, 1), ("R2", 0, 0, 0),
    ]  # fmt: skip
    [one] = captures.sections(stored.captures[0].capture_id)
    assert (one.command, one.rows, one.is_truncated) == ("show ip route", 2, False)
    found = captures.rows(one.capture_id, one.position)
    assert found is not None
    rows, starts, ends = packed.unpack(found.body, found.beside)
    assert [(row.next_hop, row.age_seconds) for row in rows if isinstance(row, RouteRow)] == [
        ("10.1.1.2", 5), ("10.1.2.2", 5),
    ]  # fmt: skip
    assert (starts, ends, packed.unpack_numbers(found.missed)) == ([0, 9], [9, 18], [80, 88])
    text = captures.text(one.capture_id)
    assert text is not None
    assert packed.unpack_text(text.text) == "the text"


def test_the_same_file_twice_is_stored_once(session: Session, path: Path) -> None:
    first = session.write_captures([file("a", capture("R1", section("10.1.1.2")))])
    again = session.write_captures([file("a", capture("R1", section("10.1.1.2"))), file("b", capture("R1"))])

    assert (first.file_keys, again.file_keys) == (("a",), ("b",))
    assert [one.file_key for one in Captures(path).since(0)] == ["a", "b"]
    assert Captures(path).known(["a", "b", "c"], "1") == {"a", "b"}
    assert Captures(path).sizes() == {90}


def test_a_table_that_did_not_change_is_kept_once(session: Session, path: Path) -> None:
    session.write_captures([file("a", capture("R1", section("10.1.1.2", age=5)))])
    session.write_captures([file("b", capture("R1", section("10.1.1.2", age=500), at=facts.T0 + 60))])

    assert (count(path, "captured_section"), count(path, "captured_content")) == (2, 1)
    assert [one.file_key for one in Captures(path).newest()] == ["b"]
    assert [one.file_key for one in Captures(path).of_device("R1")] == ["b", "a"]


def test_a_better_reading_takes_the_place_of_the_old_one(session: Session, path: Path) -> None:
    session.write_captures([file("a", capture("R1", section("10.1.1.2")))])

    session.write_captures([file("a", capture("R1", section("10.1.1.2", "10.1.2.2")), reading="2")])

    assert [one.rows for one in Captures(path).since(0)] == [2]
    assert [count(path, table) for table in ("captured_section", "captured_content", "captured_text")] == [1, 1, 1]
    assert Captures(path).known(["a"], "1") == set()


def test_old_captures_go_but_for_the_newest_of_each_device(session: Session, path: Path, clock: Clock) -> None:
    session.write_captures(
        [file("a", capture("R1", section("10.1.1.2"))), file("c", capture("R2", section("10.3.3.3")))]
    )
    session.write_captures([file("b", capture("R1", section("10.1.1.2", "10.1.2.2"), at=facts.T0 + 60))])
    clock.at += 400 * DAY_S

    list(session.prune(clock.at, Retention(captures_days=366)))

    assert sorted(one.file_key for one in Captures(path).since(0)) == ["b", "c"]
    assert [count(path, table) for table in ("captured_section", "captured_content", "captured_text")] == [2, 2, 2]


def test_a_store_that_does_not_exist_knows_nothing(path: Path) -> None:
    captures = Captures(path)

    assert captures.newest() == captures.since(0) == captures.sections(1) == captures.of_device("R1") == ()
    assert (captures.known(["a"], "1"), captures.sizes()) == (set(), set())
    assert captures.rows(1, 0) is captures.text(1) is None
    assert not path.exists()


def test_the_engines_writer_files_captures_between_its_batches(path: Path, clock: Clock) -> None:
    writer = StoreWriter(path, clock, settle_s=0.0)
    try:
        writer.submit(facts.failure(1, facts.T0, 1), 1)
        answer = writer.file_captures([file("a", capture("R1"))])
        assert answer.result(facts.PATIENCE_S).file_keys == ("a",)
        assert writer.flush(facts.PATIENCE_S)
    finally:
        writer.close()
    assert [one.hostname for one in Captures(path).newest()] == ["R1"]


def test_captures_that_cannot_be_written_are_refused_at_once(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "no-folder").write_text("a file stands where the folder should be", encoding="utf-8")
    writer = StoreWriter(tmp_path / "no-folder" / "statetrace.db", clock, settle_s=0.0)
    try:
        with pytest.raises(StoreError):
            writer.file_captures([file("a", capture("R1"))]).result(facts.PATIENCE_S)
    finally:
        writer.close()
    with pytest.raises(StoreError, match="closed"):
        writer.file_captures([file("a", capture("R1"))]).result(facts.PATIENCE_S)
