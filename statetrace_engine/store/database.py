"""The store's SQLite database, opened: one writer, readers that cannot write, and many rows in few statements.

Imports SQLAlchemy, so only what opens the store imports this, from inside a function or a thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.pool import NullPool, SingletonThreadPool, StaticPool

from statetrace_engine.store import files, readonly

Row = tuple[object, ...]

# FULL: what the store announced must survive a power cut. The cache is a bound, filled only as far as there are pages.
# Incremental: where this made the file, what is deleted can be given back (`give_back`).
_WRITER_PRAGMAS = (
    "auto_vacuum=INCREMENTAL",
    "journal_mode=WAL",
    "synchronous=FULL",
    "cache_size=-4096",
    "wal_autocheckpoint=10000",
    "busy_timeout=2000",
)
_known_tables: WeakKeyDictionary[Engine, set[str]] = WeakKeyDictionary()
_BLOCK_ROWS = 256
_FREED_PAGES = 2000
"""8 MB: some ten milliseconds."""
IDS = 500
"""That one IN (…) takes, on the oldest SQLite too."""
DIALECT = sqlite.dialect(paramstyle="qmark")


def open_writer(path: Path) -> Engine:
    """One connection, whose transactions start with BEGIN IMMEDIATE; nothing is opened before it is used."""

    def connect() -> sqlite3.Connection:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.create(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _WRITER_PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def open_reader(path: Path, *, keeps_open: bool = False) -> Engine:
    """A connection a question, or one a thread for all of them; it never writes, creates or locks the database."""
    pool = SingletonThreadPool if keeps_open else NullPool
    return create_engine("sqlite://", creator=lambda: readonly.connect(path), poolclass=pool)


def id_parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in pieces that one IN (…) takes, on the oldest SQLite too."""
    return (ids[start : start + IDS] for start in range(0, len(ids), IDS))


def has_table(connection: Connection, name: str) -> bool:
    """False where no writer has prepared the file yet, or an older version did; what is there stays."""
    known = _known_tables.setdefault(connection.engine, set())
    if name not in known and inspect(connection).has_table(name):
        known.add(name)
    return name in known


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that reads before it writes fails as soon as another process writes in between.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def give_back(connection: Connection) -> None:
    """Some pages in which nothing is left go back to the system, where the file was made so that they can."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    (free,) = driver.execute("PRAGMA freelist_count").fetchone()
    for _ in range(min(free, _FREED_PAGES)):
        driver.execute("PRAGMA incremental_vacuum(1)")  # of more than one, sqlite3 would not take the rows


class Bulk:
    """One Core insert, with its conflict clause, for many rows: some hundred in a statement.

    sqlite3 gives up the GIL once for each statement and beside a busy thread gets it back only 5 ms later, so that
    `executemany`, a statement a row, falls to some hundred rows a second there.
    """

    def __init__(self, statement: Insert, columns: Sequence[str]) -> None:
        text = str(statement.compile(dialect=DIALECT, column_keys=list(columns)))
        self._group = f"({', '.join('?' * len(columns))})"
        self._head, separator, self._tail = text.partition(f"VALUES {self._group}")
        self._width = len(columns)
        if not separator:
            raise AssertionError(f"not a plain insert: {text}")

    def run(self, connection: Connection, rows: Iterable[Row]) -> None:
        """Each row has the values in the order of the table's columns; no more than a statement's are alive at once."""
        block, rest = min(_BLOCK_ROWS, _variable_limit(connection) // self._width), iter(rows)
        while part := tuple(islice(rest, block)):
            groups = ", ".join([self._group] * len(part))
            values = tuple(chain.from_iterable(part))
            connection.exec_driver_sql(f"{self._head}VALUES {groups}{self._tail}", values)


def insert_rows(table: Table, *, without: tuple[str, ...] = ()) -> Bulk:
    """New rows; the database gives the columns in `without`."""
    return Bulk(sqlite.insert(table), _names(table, without))


def insert_missing(table: Table) -> Bulk:
    """A row that is there already stays as it is."""
    return Bulk(sqlite.insert(table).on_conflict_do_nothing(), _names(table))


def upsert(table: Table, *, adds: tuple[str, ...] = (), keeps: tuple[str, ...] = ()) -> Bulk:
    """The row's new values replace the old ones; columns in `adds` are added up, those in `keeps` stay."""
    statement = sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    new = {
        column.name: column + statement.excluded[column.name]
        if column.name in adds
        else statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys and column.name not in keeps
    }
    return Bulk(statement.on_conflict_do_update(index_elements=keys, set_=new), _names(table))


def _names(table: Table, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name not in without)


def _variable_limit(connection: Connection) -> int:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
