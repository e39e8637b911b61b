"""A store that is only read: empty answers from one that does not exist yet.

Importing this is cheap; the first question imports SQLAlchemy, but for those that are asked plainly: a command that
finds nothing to do ends before that import would have.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from statetrace_engine.store import readonly

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_Question = Callable[Concatenate["Connection", _Given], tuple[_Found, ...]]


class Reader:
    """The store at `path`."""

    _table = "meta"
    """Without it the store was never written, or by a version that knew nothing of what is asked."""

    def __init__(self, path: Path, *, keeps_open: bool = False) -> None:
        """`keeps_open`, until `close`, is for whoever asks much at a time: to open takes longer than most questions."""
        self.path = path
        self._keeps_open = keeps_open
        self._engine: Engine | None = None
        self._open: Connection | None = None

    def close(self) -> None:
        """Lets the file go; the next question opens it again."""
        if self._open is not None:
            self._open.close()
            self._open = None
        if self._engine is not None:
            self._engine.dispose()

    def _ask(
        self, question: _Question[_Given, _Found], *given: _Given.args, **named: _Given.kwargs
    ) -> tuple[_Found, ...]:
        return self._ask_of(self._table, question, *given, **named)

    def _ask_of(
        self, table: str, question: _Question[_Given, _Found], *given: _Given.args, **named: _Given.kwargs
    ) -> tuple[_Found, ...]:
        """A question that is about this table: without it there is nothing to tell."""
        if self._open is None and not self.path.exists():
            return ()
        from sqlalchemy.exc import DBAPIError

        from statetrace_engine.store import database

        try:
            with self._connected() as connection:
                return question(connection, *given, **named) if database.has_table(connection, table) else ()
        except DBAPIError as error:
            raise readonly.unreadable(self.path, error.orig) from error
        except sqlite3.Error as error:
            raise readonly.unreadable(self.path, error) from error

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        from statetrace_engine.store import database

        if self._engine is None:
            self._engine = database.open_reader(self.path, keeps_open=self._keeps_open)
        if not self._keeps_open:
            with self._engine.connect() as connection:
                yield connection
            return
        self._open = self._open or self._engine.connect()
        yield self._open

    def _plainly(self, table: str, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """SQL about this table, in a few words that every system knows. Any: as the columns say."""
        if not self.path.exists():
            return []
        try:
            with closing(readonly.connect(self.path)) as connection:
                has_table = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
                return connection.execute(query, values).fetchall() if has_table else []
        except sqlite3.Error as error:
            raise readonly.unreadable(self.path, error) from error
