"""The key that makes tokens and pseudonyms, `data/redaction.key`: of one home, made once, never replaced by itself."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from filelock import FileLock

from statetrace_engine.errors import StateTraceError

NAME = "redaction.key"
SIZE = 32
"""Bytes."""


def load(home: Path) -> bytes:
    """The home's key; made, 0600, where there is none. Processes that ask at once get the same.

    Raises StateTraceError when it cannot be read, made, or is not 32 bytes long: with another key the tokens of what is
    stored would mean nothing, so that only a person may replace it.
    """
    path = home / "data" / NAME
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise StateTraceError(
            f"cannot use the key {path}: {error.strerror or error}; give this user the right to read and write it"
        ) from error
    if len(key) != SIZE:
        raise StateTraceError(
            f"the key {path} has {len(key)} bytes instead of {SIZE}; restore it from a backup, or delete it: "
            "then the tokens of earlier captures no longer match those of later ones"
        )
    return key


def of(home: Path) -> bytes:
    """The key of a home that exists; else one for this run only, and nothing is created."""
    return load(home) if home.is_dir() else secrets.token_bytes(SIZE)


def _make(path: Path) -> None:
    """Whole or not at all: who reads without the lock sees all bytes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".key.lock"), mode=0o600):
        if path.exists():
            return
        fresh = path.with_suffix(f".key.{secrets.token_hex(4)}")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(SIZE))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
