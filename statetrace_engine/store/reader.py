"""A store that is only read: empty answers from one that does not exist yet.

Importing this is cheap; the first question imports SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

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

    def close(self) -> None:
        """Lets the file go; the next question opens it again."""
        if self._engine is not None:
            self._engine.dispose()

    def _ask(
        self, question: _Question[_Given, _Found], *given: _Given.args, **named: _Given.kwargs
    ) -> tuple[_Found, ...]:
        if not self.path.exists():
            return ()
        from sqlalchemy.exc import DBAPIError

        from statetrace_engine.store import database

        if self._engine is None:
            self._engine = database.open_reader(self.path, keeps_open=self._keeps_open)
        try:
            with self._engine.connect() as connection:
                return question(connection, *given, **named) if database.has_table(connection, self._table) else ()
        except DBAPIError as error:
            raise readonly.unreadable(self.path, error.orig) from error
