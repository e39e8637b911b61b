"""The writer's open store: batches, retention and the audit's anchor, with every failure as a StoreError.

Imports SQLAlchemy: the writer's thread imports this when it first has something to write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from msgspec import structs
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.diff import FiledRun
from statetrace_engine.model.filed import FiledDelta, FiledFile, Moved, Stored
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.store import audit, batch, capture_rows, database, delta_rows, retention, run_rows
from statetrace_engine.store.files import told
from statetrace_engine.store.pending import Pending


class Session:
    """Opens the store at its first use, creating it as needed; after a StoreError it may be used again."""

    def __init__(self, path: Path, clock: Callable[[], Epoch]) -> None:
        self._path = path
        self._clock = clock
        self._engine: Engine | None = None
        self._known: dict[str, RouteRecord] = {}
        self._anchored: audit.Head | None = None

    def write(self, pending: Pending) -> None:
        """One transaction, then the audit's anchor; a batch that is in the store already changes nothing."""
        with self._transaction() as connection:
            written = batch.write(connection, pending, self._known)
        self._known.update((record.route_id, record) for record in written.records)
        self._anchor(written.head)

    def write_direct(
        self,
        entries: Sequence[AuditEntry],
        outages: Sequence[OutageEvent] = (),
        rows: Sequence[RouteHealth] = (),
        cards: Sequence[AnomalyCard] = (),
    ) -> None:
        """What an action without an engine changes; the sequence that the store holds stays."""
        with self._transaction() as connection:
            head = batch.append_audit(connection, entries)
            batch.write_outages(connection, outages)
            batch.write_rows(connection, rows)
            batch.write_cards(connection, cards)
        self._anchor(head)

    def write_captures(self, files: Sequence[FiledFile]) -> Stored:
        """One transaction; files that are in the store already change nothing."""
        with self._transaction() as connection:
            began = perf_counter()
            stored = capture_rows.write(connection, files, self._clock())
        return structs.replace(stored, write_ms=(perf_counter() - began) * 1e3)

    def write_runs(self, runs: Sequence[FiledRun], deltas: Sequence[FiledDelta] = ()) -> None:
        """One transaction; a run that is there already is replaced."""
        with self._transaction() as connection:
            run_rows.write(connection, runs)
            delta_rows.write(connection, deltas)
            database.give_back(connection)

    def write_moves(self, moves: Sequence[Moved]) -> None:
        """One transaction; of a file that the store names otherwise nothing changes."""
        with self._transaction() as connection:
            capture_rows.move(connection, moves)

    def prune(self, now: Epoch, keep: retention.Retention) -> Iterator[int]:
        """Deletes what is older than `keep` says, a short transaction for each step; yields the rows of each."""
        for step in retention.steps(now, keep):
            while True:
                with self._transaction() as connection:
                    removed, is_done = step(connection)
                    if removed:
                        database.give_back(connection)
                yield removed
                if is_done:
                    break

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            if self._engine is None:
                self._open()
            assert self._engine is not None
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            self.close()
            raise StoreError(told(error.orig or error, self._path)) from error
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise StoreError(told(error, self._path)) from error

    def _open(self) -> None:
        engine = database.open_writer(self._path)
        try:
            with engine.begin() as connection:
                head = batch.prepare(connection, self._path.parent, self._clock())
        except BaseException:
            engine.dispose()
            raise
        self._engine = engine
        self._anchor(head)

    def _anchor(self, head: audit.Head) -> None:
        if head == self._anchored:
            return
        try:
            audit.write_head(self._path.parent, head)
        except OSError as error:
            raise StoreError(f"{audit.HEAD_FILE}: {error.strerror}") from error
        self._anchored = head
