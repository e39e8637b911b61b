"""An SQLite file opened so that nothing in it can change, also on a disk that is itself read-only."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path, PurePath
from urllib.parse import quote

from statetrace_engine.errors import StoreError, no_right


def connect(path: Path) -> sqlite3.Connection:
    """Autocommit, usable from any one thread at a time. Raises sqlite3.Error, also for a file that does not exist."""
    connection = _open(path, "mode=ro")
    try:
        connection.execute("PRAGMA busy_timeout=2000")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    except sqlite3.OperationalError:
        # On a read-only disk the shared-memory file of WAL cannot be made; nobody can write there either.
        connection.close()
        return _open(path, "mode=ro&immutable=1")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _open(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{uri(path.absolute())}?{how}", uri=True, isolation_level=None, check_same_thread=False)


def uri(path: PurePath) -> str:
    """`file:///C:/x`, and `file:////server/share/x`, because SQLite takes no server between the first slashes."""
    place = path.as_posix()
    return f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place), safe='/:')}"


def unreadable(path: Path, why: object) -> StoreError:
    """What is said of a database that is there and gives nothing, with what to do."""
    if not os.access(path, os.R_OK):  # SQLite has one word for whatever it cannot open
        return StoreError(f"{path} cannot be read: {no_right()}")
    return StoreError(f"{path} cannot be read: {why}; put back a copy of it, or move it away to begin anew")
