"""A command's result in a file: whole, or not there."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path


def whole(path: Path, content: bytes) -> None:
    """In the place of what was there, which is kept when this fails. Raises OSError that names `path`."""
    is_plain = path.is_file() or not path.exists()  # no pipe, no terminal
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}") if is_plain else path
    try:
        draft.write_bytes(content)
        if is_plain:
            draft.replace(path)
    except OSError as error:
        if is_plain:
            _drop(draft)
        raise OSError(error.errno, error.strerror, str(path)) from error


def anew(path: Path, content: bytes) -> None:
    """Where nothing is. Raises FileExistsError, and OSError that names `path`."""
    file = path.open("xb")
    try:
        with file:
            file.write(content)
    except OSError as error:
        _drop(path)
        raise OSError(error.errno, error.strerror, str(path)) from error


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
