"""Files to ingest: what a run knows of one before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b, file_digest
from pathlib import Path

from msgspec import Struct

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
