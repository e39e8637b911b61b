"""The audit: whatever is edited, deleted, reordered or cut off is found and named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from store_facts import PATIENCE_S, T0, acted, changed, entry, failure, outage, route

from statetrace_engine.errors import StoreError
from statetrace_engine.model.action import Acknowledge
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.store import audit, days, direct
from statetrace_engine.store.history import History
from statetrace_engine.store.writer import StoreWriter

ENTRIES = 10


def write(path: Path, first: int, last: int) -> None:
    writer = StoreWriter(path, settle_s=0)
    for number in range(first, last + 1):
        writer.submit([acted(number)], number)
        assert writer.flush(PATIENCE_S), writer.error
    writer.close()


def meddle(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with ten entries."""
    path = tmp_path / "statetrace.db"
    write(path, 1, ENTRIES)
    return path


def rechained(path: Path, first: int) -> None:
    """What a thief with this program does: gives every entry from `first` on a new digest."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM audit ORDER BY seq").fetchall()
        previous = ""
        for row in rows:
            kept = AuditEntry(
                seq=row[0], at=row[1], operator=row[2], action=row[3], subject=row[4], detail=row[5], digest=row[6]
            )
            digest = audit.digest(kept, previous) if kept.seq >= first else kept.digest
            connection.execute("UPDATE audit SET digest = ? WHERE seq = ?", (digest, kept.seq))
            previous = digest
        connection.commit()


def test_an_untouched_chain_is_in_order(path: Path) -> None:
    report = audit.verify(path)
    assert report.ok
    assert (report.entries, report.head.seq, report.problems) == (ENTRIES, ENTRIES, ())
    assert audit.read_head(path.parent) == report.head


def test_no_store_yet_is_in_order(tmp_path: Path) -> None:
    assert audit.verify(tmp_path / "statetrace.db").ok


TAMPERINGS: dict[str, tuple[list[str], str]] = {
    "operator edited": (["UPDATE audit SET operator = 'bob@jump' WHERE seq = 4"], "entry 4 was edited"),
    "time edited": (["UPDATE audit SET at = at + 0.001 WHERE seq = 4"], "entry 4 was edited"),
    "action edited": (["UPDATE audit SET action = 'undo' WHERE seq = 4"], "entry 4 was edited"),
    "subject edited": (["UPDATE audit SET subject = 'OUT-0' WHERE seq = 4"], "entry 4 was edited"),
    "detail edited": (["UPDATE audit SET detail = 'x' WHERE seq = 4"], "entry 4 was edited"),
    "digest edited": (["UPDATE audit SET digest = 'x' WHERE seq = 4"], "entry 4 was edited"),
    "text for a number": (["UPDATE audit SET at = 'noon' WHERE seq = 4"], "entry 4 was edited"),
    "a blob for text": (["UPDATE audit SET operator = x'ff00' WHERE seq = 4"], "entry 4 was edited"),
    "first deleted": (["DELETE FROM audit WHERE seq = 1"], "entry 1 is missing"),
    "one deleted": (["DELETE FROM audit WHERE seq = 5"], "entry 5 is missing"),
    "some deleted": (["DELETE FROM audit WHERE seq IN (5, 6)"], "entries 5 to 6 are missing"),
    "two swapped": (
        [
            "UPDATE audit SET seq = -1 WHERE seq = 3",
            "UPDATE audit SET seq = 3 WHERE seq = 6",
            "UPDATE audit SET seq = 6 WHERE seq = -1",
        ],
        "entry 3 was edited, or moved here",
    ),
    "renumbered over a gap": (
        ["DELETE FROM audit WHERE seq = 5", *(f"UPDATE audit SET seq = {n - 1} WHERE seq = {n}" for n in range(6, 11))],
        "entry 5 was edited, or moved here",
    ),
    "last deleted": (["DELETE FROM audit WHERE seq = 10"], "entry 10 is missing at the end: meta names entry 10"),
    "end cut off": (["DELETE FROM audit WHERE seq > 7"], "entries 8 to 10 are missing at the end"),
    "all deleted": (["DELETE FROM audit"], "entries 1 to 10 are missing at the end"),
    "table dropped": (["DROP TABLE audit"], "entries 1 to 10 are missing at the end"),
    "one added by hand": (
        ["INSERT INTO audit SELECT 11, at, operator, action, subject, detail, digest FROM audit WHERE seq = 10"],
        "entry 11 is behind the end that meta names",
    ),
    "meta forgotten": (["DELETE FROM meta WHERE key = 'audit_head'"], "behind the end that meta names"),
    "meta garbled": (["UPDATE meta SET value = x'c1' WHERE key = 'audit_head'"], "not the one that meta names"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_with_the_store_is_found_and_named(path: Path, name: str) -> None:
    statements, problem = TAMPERINGS[name]
    meddle(path, *statements)
    report = audit.verify(path)
    assert not report.ok
    assert any(problem in found for found in report.problems), report.problems


def test_an_edit_with_a_new_digest_breaks_its_successor(path: Path) -> None:
    meddle(path, "UPDATE audit SET operator = 'bob@jump' WHERE seq = 4")
    rechained(path, 4)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (10,)
    problems = audit.verify(path).problems
    assert any("entry 10 is not the one that meta names" in problem for problem in problems)
    assert any("entry 10 is not the one that audit.head names" in problem for problem in problems)


def test_an_end_cut_off_with_its_anchor_in_meta_shows_by_the_file(path: Path) -> None:
    head = audit.Head(7, History(path).audit(4)[-1].digest)
    meddle(path, "DELETE FROM audit WHERE seq > 7")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'audit_head'", (msgspec.msgpack.encode(head),))
        connection.commit()
    assert audit.verify(path).problems == (
        "entries 8 to 10 are missing at the end: audit.head names entry 10 as the last",
    )


def test_a_store_deleted_as_a_whole_shows_by_the_file(path: Path) -> None:
    path.unlink()
    assert audit.verify(path).problems == (
        "entries 1 to 10 are missing at the end: audit.head names entry 10 as the last",
    )


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: file.write_text("?", encoding="utf-8")])
def test_a_lost_or_garbled_anchor_file_is_found(path: Path, harm: Callable[[Path], object]) -> None:
    harm(path.parent / audit.HEAD_FILE)
    assert "audit.head is missing or unreadable" in audit.verify(path).problems[0]


def test_a_column_that_is_gone_is_a_problem(path: Path) -> None:
    meddle(path, "ALTER TABLE audit RENAME COLUMN seq TO number")
    assert "not as they were made" in audit.verify(path).problems[0]


def test_an_unreadable_store_cannot_be_verified(path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    with pytest.raises(StoreError, match=r"statetrace\.db cannot be read"):
        audit.verify(path)


@pytest.mark.parametrize("is_meta_adjusted", [False, True])
def test_what_was_cut_off_stays_visible_after_the_engine_has_gone_on(path: Path, is_meta_adjusted: bool) -> None:
    head = audit.Head(7, History(path).audit(4)[-1].digest)
    meddle(path, "DELETE FROM audit WHERE seq > 7")
    if is_meta_adjusted:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE meta SET value = ? WHERE key = 'audit_head'", (msgspec.msgpack.encode(head),))
            connection.commit()
    write(path, 11, 12)
    problems = audit.verify(path).problems
    wanted = (
        "entry 8 records that the end of the audit was changed" if is_meta_adjusted else "entries 8 to 10 are missing"
    )
    assert any(wanted in problem for problem in problems), problems


def test_an_anchor_that_a_crash_left_behind_is_no_tampering(path: Path) -> None:
    audit.write_head(path.parent, audit.Head(9, History(path).audit(2)[-1].digest))
    assert audit.verify(path).ok
    write(path, 11, 11)
    report = audit.verify(path)
    assert report.ok
    assert report.entries == 11


def test_entries_that_a_replay_brings_again_are_kept_once(path: Path) -> None:
    writer = StoreWriter(path, settle_s=0)
    writer.submit([acted(9, 10, 11)], 99)
    assert writer.flush(PATIENCE_S)
    writer.close()
    assert [kept.subject[-2:] for kept in History(path).audit(3)] == ["11", "10", "09"]
    assert audit.verify(path).ok


def test_the_chain_does_not_depend_on_how_it_was_batched(tmp_path: Path) -> None:
    one, many = tmp_path / "one" / "statetrace.db", tmp_path / "many" / "statetrace.db"
    write(many, 1, 3)
    writer = StoreWriter(one, settle_s=0)
    writer.submit([acted(1, 2), acted(3)], 3)
    assert writer.flush(PATIENCE_S)
    writer.close()
    assert History(one).audit() == History(many).audit()


TEXT = st.text(max_size=8)
CHAIN = st.lists(
    st.builds(
        AuditEntry, seq=st.just(0), at=st.floats(0, 2e9), operator=TEXT, action=TEXT, subject=TEXT, detail=TEXT,
        digest=st.just(""),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@given(entries=CHAIN, data=st.data())
def test_no_single_change_to_a_chain_passes(entries: list[AuditEntry], data: st.DataObject) -> None:
    chain = list(audit.chain(entries, audit.Head()))
    anchors = [("meta", audit.Head(chain[-1].seq, chain[-1].digest))]
    assert list(audit.problems_of(chain, anchors)) == []
    at = data.draw(st.integers(0, len(chain) - 1))
    kind = data.draw(st.sampled_from(["edit", "delete", "swap"]))
    if kind == "delete":
        del chain[at]
    elif kind == "swap" and len(chain) > 1:
        other = (at + 1) % len(chain)
        first, second = chain[at], chain[other]
        chain[at], chain[other] = structs.replace(second, seq=first.seq), structs.replace(first, seq=second.seq)
    else:
        field = data.draw(st.sampled_from(["operator", "action", "subject", "detail", "digest"]))
        chain[at] = structs.replace(chain[at], **{field: getattr(chain[at], field) + "!"})
    assert list(audit.problems_of(chain, anchors)) != []


def test_fields_cannot_be_shifted_into_each_other() -> None:
    first = structs.replace(entry(1), action="ab", subject="c")
    second = structs.replace(entry(1), action="a", subject="bc")
    assert audit.digest(first, "") != audit.digest(second, "")


def test_an_acknowledgement_without_an_engine_is_in_journal_store_and_audit(tmp_path: Path) -> None:
    path = tmp_path / direct.STORE
    writer = StoreWriter(path, settle_s=0)
    writer.submit([*failure(1, T0, 5), *failure(2, T0, 5), changed(3, HealthState.HEALTHY, T0, 5)], 5)
    assert writer.flush(PATIENCE_S)
    writer.close()
    action = Acknowledge("a1", "ana@jump", ("OUT-1123-0001", "OUT-none"), note="on it")
    result = direct.acknowledge(tmp_path, action, at=T0 + 60)
    assert (result.touched, result.refused) == (("OUT-1123-0001",), {"OUT-none": "no such outage"})
    history = History(path)
    acknowledged = outage(1, T0, acknowledged_by="ana@jump", acked_at=T0 + 60, ack_note="on it")
    assert set(history.outages(0)) == {acknowledged, outage(2, T0)}
    assert [row.acknowledged_by for row in history.current()] == ["ana@jump", "", ""]
    assert [(found.subject, found.detail) for found in history.audit()] == [
        ("OUT-1123-0001", "on it; no engine running")
    ]
    (signal,) = days.read(tmp_path / direct.JOURNAL)
    assert (signal.seq, signal.payload) == (6, action), "numbered behind what the store holds, for the next engine"
    assert history.restore().last_seq == 5, "the next engine replays it"
    assert audit.verify(path).ok


def test_the_second_acknowledgement_is_refused_and_audited(tmp_path: Path) -> None:
    path = tmp_path / direct.STORE
    writer = StoreWriter(path, settle_s=0)
    writer.submit(failure(1, T0, 5), 5)
    writer.close()
    direct.acknowledge(tmp_path, Acknowledge("a1", "ana@jump", ("OUT-1123-0001",)), at=T0 + 60)
    again = direct.acknowledge(tmp_path, Acknowledge("a2", "bob@jump", ("OUT-1123-0001",)), at=T0 + 61)
    assert again.refused == {"OUT-1123-0001": "acknowledged by ana@jump already"}
    assert [kept.operator for kept in History(path).audit()] == ["bob@jump", "ana@jump"]
    assert [found.acknowledged_by for found in History(path).outages(0)] == ["ana@jump"]
    assert route(1).route_id == History(path).current()[0].route.route_id
