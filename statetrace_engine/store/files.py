"""What the files of the store and of the journal have in common: whose they are, and what helps where they cannot be
written."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path


def create(path: Path) -> None:
    """Makes the file, empty and for its owner only, where there is none. SQLite gives what it puts beside it the same
    rights.

    One that exists is not opened: closing it would take away the locks that SQLite has on it. Raises OSError.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def moved(path: Path) -> str:
    """What is said of a file or folder that is not the one that was opened any more."""
    return f"{path} was moved away or deleted"


def told(error: BaseException, path: Path) -> str:
    """An error in SQLite's words, and what to do about it where that is known."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return f"{error}: free space on the disk of {path.parent}, and try again"
    return str(error)
