"""The journal's files on disk: one SQLite file a day, `2026-11-23.db`, read in order of sequence across days.

A wall clock that steps back over midnight interleaves the sequences of two files, so files are merged by
sequence and not chained by name.
"""

from __future__ import annotations

import heapq
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec

from statetrace_engine.errors import no_right, refused
from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import Payload, Signal, Source
from statetrace_engine.store import readonly
from statetrace_engine.store.files import create

Row = tuple[int, Epoch, float, str, str, bytes]

_DAY_FILE = re.compile(r"\d{4}-\d\d-\d\d\.db")
_BLOCK_ROWS = 2000
_COLUMNS = 6
_CREATE = (
    "CREATE TABLE IF NOT EXISTS signal (seq INTEGER PRIMARY KEY, received_at REAL NOT NULL, steady REAL NOT NULL,"
    " source TEXT NOT NULL, peer TEXT NOT NULL, payload BLOB NOT NULL)"
)
_SELECT = "SELECT seq, received_at, steady, source, peer, payload FROM signal"
_PAGE = f"{_SELECT} WHERE seq > ? ORDER BY seq LIMIT 5000"

# FULL: the store commits what it derived, so a power cut must not take back a signal whose outage it kept. With one
# commit in 100 ms the fsync is not measurable; NORMAL was not faster.
# The checkpoint interval: the default of 1,000 pages copies the log back several times a second at full rate.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "busy_timeout=2000")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Payload).decode
_sources = {source.value: source for source in Source}


class Span(NamedTuple):
    """The first and last sequence in a file; `(0, 0)` for an empty one."""

    first: int
    last: int


def day_of(at: Epoch) -> str:
    """`2026-11-23`, in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def path_of(folder: Path, day: str) -> Path:
    return folder / f"{day}.db"


def files(folder: Path) -> list[Path]:
    """The day files, oldest day first; none when the folder does not exist."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _DAY_FILE.fullmatch(path.name))


def open_for_writing(path: Path) -> sqlite3.Connection:
    """Creates the file as needed. Raises sqlite3.Error or OSError."""
    create(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_CREATE)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def write(connection: sqlite3.Connection, signals: Sequence[Signal]) -> int:
    """Commits them in one transaction and answers how many were new; a sequence that is there already stays."""
    before = connection.total_changes
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Several rows a statement: sqlite3 gives up the GIL once for each, and beside a busy thread gets it back only
        # 5 ms later: executemany wrote 2,000 rows/s there, this 60,000 and more.
        size = min(_BLOCK_ROWS, connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // _COLUMNS)
        for start in range(0, len(signals), size):
            block = signals[start : start + size]
            marks = ",".join(["(?,?,?,?,?,?)"] * len(block))
            connection.execute(f"INSERT OR IGNORE INTO signal VALUES {marks}", list(_parameters(block)))
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return connection.total_changes - before


def _parameters(signals: Iterable[Signal]) -> Iterator[object]:
    for signal in signals:
        yield signal.seq
        yield signal.received_at
        yield signal.steady
        yield signal.source.value
        yield signal.peer
        yield _encode(signal.payload)


def span(path: Path) -> Span:
    """`(0, 0)` when the file is empty or cannot be read."""
    try:
        return _span(path)
    except sqlite3.Error:
        return Span(0, 0)


def why_unreadable(path: Path) -> str:
    """Empty: it can be read, or nothing was ever written to it."""
    try:
        if path.stat().st_size:
            _span(path)
    except OSError as error:
        return refused(error)
    except sqlite3.Error as error:
        return str(error) if os.access(path, os.R_OK) else no_right()
    return ""


def _span(path: Path) -> Span:
    with closing(readonly.connect(path)) as connection:
        first, last = connection.execute("SELECT min(seq), max(seq) FROM signal").fetchone()
    return Span(first or 0, last or 0)


def last_seq(folder: Path) -> int:
    """The highest sequence in any file; 0 for an empty journal."""
    return max((span(path).last for path in files(folder)), default=0)


def read(folder: Path, after_seq: int = 0) -> Iterator[Signal]:
    """What is committed after `after_seq`, in order of sequence across days; rows that cannot be read are left out.

    Reads in pages, so that a long replay keeps no transaction open under the writer.
    """
    chosen = [path for path in files(folder) if span(path).last > after_seq]
    yield from heapq.merge(*(_read_file(path, after_seq) for path in chosen), key=attrgetter("seq"))


def get(folder: Path, seq: int) -> Signal | None:
    """One committed signal, looked for in the newest day first."""
    for path in reversed(files(folder)):
        try:
            with closing(readonly.connect(path)) as connection:
                row = connection.execute(f"{_SELECT} WHERE seq = ?", (seq,)).fetchone()
        except sqlite3.Error:
            continue
        if row is not None:
            return _signal(row)
    return None


def remove_before(folder: Path, day: str, keep: Iterable[Path]) -> tuple[str, ...]:
    """Deletes the files of days before `day` but for `keep`; answers the days deleted.

    A file that another process has open (Windows) is left for the next time.
    """
    kept = set(keep)
    removed: list[str] = []
    for path in files(folder):
        if path.stem >= day or path in kept:
            continue
        try:
            path.unlink()
            for side in (f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(side).unlink(missing_ok=True)
        except OSError:
            continue
        removed.append(path.stem)
    return tuple(removed)


def is_damaged(error: sqlite3.Error) -> bool:
    """The file is not a database, or no longer: retrying cannot help."""
    code = getattr(error, "sqlite_errorcode", None)
    return code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


def set_aside(path: Path) -> Path:
    """Renames a damaged file and its log out of the journal's way, keeping them for whoever can repair them.

    Raises OSError.
    """
    number = 1
    while (target := path.with_name(f"{path.stem}.damaged-{number}")).exists():
        number += 1
    path.rename(target)
    for side in ("-wal", "-shm"):
        beside = path.with_name(path.name + side)
        if beside.exists():
            beside.rename(target.with_name(target.name + side))
    return target


def _read_file(path: Path, after_seq: int) -> Iterator[Signal]:
    try:
        with closing(readonly.connect(path)) as connection:
            while rows := connection.execute(_PAGE, (after_seq,)).fetchall():
                after_seq = rows[-1][0]
                yield from filter(None, map(_signal, rows))
    except sqlite3.Error:
        return  # a damaged page ends its file, not the replay of the others


def _signal(row: Row) -> Signal | None:
    """None for a row that this version cannot read."""
    seq, received_at, steady, source, peer, payload = row
    try:
        return Signal(seq, received_at, steady, _sources[source], peer, _decode(payload))
    except (KeyError, TypeError, ValueError):
        return None
