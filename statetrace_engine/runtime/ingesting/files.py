"""Files to ingest: what a run knows of one before it is read."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from hashlib import blake2b, file_digest
from pathlib import Path

from msgspec import Struct

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.text import writable
from statetrace_engine.sources import captures
from statetrace_engine.sources.captures import Refused

KEY_BYTES = 32
_PACKED, _PACKED_TO = (".gz", ".zip"), 10
_HOSTNAME = re.compile(r"([A-Za-z][A-Za-z0-9]{1,11})-[A-Za-z0-9]")


class File(Struct, frozen=True):
    path: str
    size_bytes: int
    modified_at: float
    site: str = ""
    """Whose turn it is read in: a guess, until it is read."""
    content: bytes = b""
    """Of standard input, which has no path."""


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


def find(arguments: Iterable[str], site: str, at: Epoch) -> tuple[list[File], list[Refused]]:
    """Files, folders with all that is below them, patterns and standard input (`-`, as of `at`), each file once;
    and what of it is not read, with the reason.

    Raises StateTraceError that names every argument that leads to nothing.
    """
    paths: dict[Path, None] = {}
    files: list[File] = []
    refused: list[Refused] = []
    missing: list[str] = []
    for argument in arguments:
        if argument == captures.STDIN:
            files.append(_stdin(site, at))
            continue
        for each in captures.files(argument):
            if isinstance(each, Refused) and each.path != argument:
                refused.append(each)
            elif isinstance(each, Refused) or not Path(each).exists():
                missing.append(argument)
            else:
                paths[Path(each).absolute()] = None
    if missing:
        raise StateTraceError(f"nothing is there: {', '.join(missing)}")
    return [*files, *found(paths, site)], refused


def _stdin(site: str, at: Epoch) -> File:
    content = sys.stdin.buffer.read(captures.Limits().blob_bytes + 1)
    return File(captures.STDIN, len(content), at, site.upper(), content)


def site_hint(path: Path) -> str:
    """By the file's name where it begins like a hostname (`WLLS-A01-AR-01.log`), else by its folder's."""
    match = _HOSTNAME.match(path.name)
    return (match[1] if match else writable(path.parent.name)).upper()


def unpacked_bytes(file: File) -> int:
    """About how many bytes there are to read: what is packed is mostly ten times as large."""
    return file.size_bytes * (_PACKED_TO if file.path.lower().endswith(_PACKED) else 1)


def key_of(file: File, key: bytes) -> str:
    """The keyed hash of its bytes, in hex; empty when it cannot be read now."""
    if file.path == captures.STDIN:
        return blake2b(file.content, key=key, digest_size=KEY_BYTES).hexdigest()
    try:
        with Path(file.path).open("rb") as content:
            return file_digest(content, lambda: blake2b(key=key, digest_size=KEY_BYTES)).hexdigest()
    except OSError:
        return ""
