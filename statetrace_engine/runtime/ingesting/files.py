"""Files to ingest: what a run knows of one before it is read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from glob import glob
from hashlib import blake2b, file_digest
from pathlib import Path

from msgspec import Struct

from statetrace_engine.errors import StateTraceError

KEY_BYTES = 32
_HOSTNAME = re.compile(r"([A-Za-z][A-Za-z0-9]{1,11})-[A-Za-z0-9]")


class File(Struct, frozen=True):
    path: str
    size_bytes: int
    modified_at: float
    site: str = ""
    """Whose turn it is read in: a guess, until it is read."""


def found(paths: Iterable[Path], site: str = "") -> list[File]:
    """Regular files as they are now; one that is gone meanwhile is left out."""
    files = []
    for path in paths:
        try:
            now = path.stat()
        except OSError:
            continue
        files.append(File(str(path.absolute()), now.st_size, now.st_mtime, site.upper() or site_hint(path)))
    return files


def find(arguments: Iterable[str], site: str = "") -> list[File]:
    """Files, whole directories and patterns (`logs/*.log`), each file once; hidden files and links to directories are
    left out of directories.

    Raises StateTraceError that names every argument that leads to nothing.
    """
    paths: dict[Path, None] = {}
    missing = []
    for argument in arguments:
        matches = [argument] if Path(argument).exists() else glob(argument, recursive=True)  # noqa: PTH207  # absolute ones
        if not matches:
            missing.append(argument)
        for match in matches:
            paths.update(dict.fromkeys(_below(Path(match))))
    if missing:
        raise StateTraceError(f"nothing is there: {', '.join(missing)}")
    return found(sorted(paths), site)


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path.absolute()
        return
    for where, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where, name).absolute() for name in sorted(names) if not name.startswith("."))


def site_hint(path: Path) -> str:
    """By the file's name where it begins like a hostname (`WLLS-A01-AR-01.log`), else by its folder's."""
    match = _HOSTNAME.match(path.name)
    return (match[1] if match else path.parent.name).upper()


def key_of(file: File, key: bytes) -> str:
    """The keyed hash of its bytes, in hex; empty when it cannot be read now."""
    try:
        with Path(file.path).open("rb") as content:
            return file_digest(content, lambda: blake2b(key=key, digest_size=KEY_BYTES)).hexdigest()
    except OSError:
        return ""
