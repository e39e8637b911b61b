"""The files of the store and the journal: for their owner only, and a full disk says what helps."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
import store_facts as facts

from statetrace_engine.errors import StoreError
from statetrace_engine.store import database, files
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.session import Session


@pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise there")
def test_store_and_journal_are_their_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    session = Session(data / "statetrace.db", lambda: facts.T0)
    session.write_captures([])
    journal = Journal(data / "journal")
    journal.append([facts.line(1)])
    assert journal.flush(60.0), journal.error

    made = [path for path in data.rglob("*") if ".db" in path.name]
    modes = {path.name: path.stat().st_mode & 0o777 for path in made}
    journal.close()
    session.close()

    assert len(modes) >= 2
    assert set(modes.values()) == {0o600}, modes
    assert (data / "journal").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"x")
    files.create(path)
    assert path.read_bytes() == b"x"


def test_a_full_disk_says_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_WRITER_PRAGMAS", ("page_size=512", "max_page_count=1"))
    session = Session(tmp_path / "statetrace.db", lambda: facts.T0)

    with pytest.raises(StoreError, match=f"full: free space on the disk of {tmp_path}"):
        session.write_captures([])


def test_another_error_is_told_as_it_is(tmp_path: Path) -> None:
    assert files.told(sqlite3.OperationalError("no such table: x"), tmp_path / "a.db") == "no such table: x"
