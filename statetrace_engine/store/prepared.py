"""Statements that are used often: SQLAlchemy writes their SQL once, and the driver runs it.

To build, look up and run a statement takes SQLAlchemy some 0.3 ms, the driver 0.02: who compares two small captures
asks and writes so often that this was most of the time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Boolean, Connection, Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

from statetrace_engine.store import database

Row = tuple[Any, ...]  # as the columns say


class Command:
    """A statement whose values have names (`bindparam`)."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement

    def run(self, connection: Connection, **given: object) -> sqlite3.Cursor:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        text, names, constant = self._sql
        values = constant | given
        return driver.execute(text, [values[name] for name in names])

    @cached_property
    def _sql(self) -> tuple[str, Sequence[str], dict[str, object]]:
        """Its text, the names of its values in their order, and those that are always the same."""
        compiled = self._statement.compile(dialect=database.DIALECT, compile_kwargs={"render_postcompile": True})
        assert isinstance(compiled, SQLCompiler)
        return str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params)


class Question(Command):
    """The same for a select."""

    def __init__(self, query: Select[Any]) -> None:  # Any: SQLAlchemy 2.0 and 2.1 spell the type of a query differently
        super().__init__(query)
        self._flags = [at for at, column in enumerate(query.selected_columns) if isinstance(column.type, Boolean)]

    def __call__(self, connection: Connection, **given: object) -> list[Row]:
        found: list[Row] = self.run(connection, **given).fetchall()
        return list(map(self._typed, found)) if self._flags else found

    def one(self, connection: Connection, **given: object) -> Row | None:
        """The first row."""
        return next(iter(self(connection, **given)), None)

    def _typed(self, row: Row) -> Row:
        values = list(row)
        for at in self._flags:
            values[at] = bool(values[at])
        return tuple(values)
