"""What a PATH of captures means: a file, a folder with all below it, a pattern, `.gz`, `.zip`, `-` for standard input.

Blobs come one at a time, each bounded; what is refused comes as a value with its reason.
"""

from __future__ import annotations

import glob
import gzip
import io
import os
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from msgspec import Struct

STDIN = "-"


class Limits(Struct, frozen=True):
    """What is too much."""

    blob_bytes: int = 256 << 20
    """Of one file or member, unpacked."""
    archive_bytes: int = 2 << 30
    """Of all members of one archive together."""
    ratio: int = 200
    """Unpacked to packed, beyond the first MB: logs reach 30."""
    depth: int = 2
    """Archives within archives."""
    entries: int = 10_000


class Blob(Struct):
    """The bytes of one capture, until somebody takes them."""

    path: str
    """As given, or as found below what was given."""
    member: str
    """Within an archive, with `!` between archives; empty for a plain file."""
    raw: bytes

    def take(self) -> bytes:
        """The bytes, which are his who takes them: a large file is let go as soon as its text is there."""
        raw, self.raw = self.raw, b""
        return raw

    @property
    def name(self) -> str:
        """The file name that may tell a command."""
        return PurePosixPath((self.member or self.path).replace("\\", "/")).name


class Refused(Struct, frozen=True):
    path: str
    member: str
    reason: str


Found = Blob | Refused
_FREE_BYTES = 1 << 20
_CHUNK = 1 << 20
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Packed so that they are unpacked a little at a time; a few kB of bzip2 or LZMA become gigabytes in one step."""
_ZIP_MARK = b"PK\x03\x04"
_GZIP_MARK = b"\x1f\x8b\x08"
_TAR_MARK, _TAR_AT, _TAR_BLOCK = b"ustar", 257, 512


def blobs(paths: Iterable[str], limits: Limits = Limits()) -> Iterator[Found]:  # noqa: B008  # frozen
    """Every capture of every path, in their order; a folder's by name."""
    for path in paths:
        if path == STDIN:
            yield from _opened(path, sys.stdin.buffer, limits)
            continue
        for each in files(path):
            if isinstance(each, Refused):
                yield each
            else:
                yield from _read(each, limits)


def unpacked(path: str, raw: bytes, limits: Limits = Limits()) -> Iterator[Found]:  # noqa: B008  # frozen
    """The captures in bytes that are at hand: themselves, or the members of the archive that they are."""
    return _unpacked(_Archive(path, limits), "", raw, 0)


def files(given: str) -> Iterator[str | Refused]:
    """The paths of what was given, one by one; what leads nowhere comes back to be refused when it is read."""
    path = Path(given)
    if path.is_dir():
        yield from _below(given)
    elif path.exists() or not glob.has_magic(given):
        yield given
    else:
        matches = sorted(glob.glob(given, recursive=True))  # noqa: PTH207  # a pattern may be absolute
        if not matches:
            yield Refused(given, "", "no file fits this pattern")
        for match in matches:
            yield from _below(match) if Path(match).is_dir() else (match,)


def _below(folder: str) -> Iterator[str | Refused]:
    """Regular files; a link is followed only when it stays below the folder, and never to a folder."""
    root = Path(folder).resolve()
    for at, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in folders:
            if (Path(at) / name).is_symlink():
                yield Refused(str(Path(at) / name), "", "a link to a folder is not followed")
        for name in sorted(names):
            path = Path(at) / name
            if path.is_symlink() and not _stays(path, root):
                yield Refused(str(path), "", "a link that leads out of the folder is not followed")
            else:
                yield str(path)


def _stays(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):
        return False


def _read(path: str, limits: Limits) -> Iterator[Found]:
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            yield Refused(path, "", "this is no regular file")
            return
        with Path(path).open("rb") as file:
            yield from _opened(path, file, limits)
    except FileNotFoundError:
        yield Refused(path, "", "there is no such file")
    except OSError as error:
        yield Refused(path, "", error.strerror or str(error))


def _opened(path: str, file: IO[bytes], limits: Limits) -> Iterator[Found]:
    head = file.read(len(_ZIP_MARK))
    if head == _ZIP_MARK and path != STDIN:
        file.seek(0)
        yield from _zipped(_Archive(path, limits), "", file, 0)
        return
    raw = head + file.read(limits.blob_bytes + 1 - len(head))
    if len(raw) > limits.blob_bytes:
        yield Refused(path, "", f"larger than {limits.blob_bytes >> 20} MB")
    else:
        yield from _unpacked(_Archive(path, limits), "", raw, 0)


class _Archive:
    """What one file given has cost so far."""

    def __init__(self, path: str, limits: Limits) -> None:
        self.path, self.limits = path, limits
        self.bytes = self.entries = 0

    def refused(self, member: str, reason: str) -> Refused:
        return Refused(self.path, member, reason)


def _unpacked(archive: _Archive, member: str, raw: bytes, depth: int) -> Iterator[Found]:
    is_zip, is_gzip = raw.startswith(_ZIP_MARK), raw.startswith(_GZIP_MARK)
    if _is_tar(raw):
        yield archive.refused(member, "a tar archive is not read: unpack it, or pack it as a zip file")
    elif not is_zip and not is_gzip:
        blob = Blob(archive.path, member, raw)
        del raw  # only the blob holds it now
        yield blob
    elif depth >= archive.limits.depth:
        yield archive.refused(member, f"more than {archive.limits.depth} archives within each other")
    elif is_zip:
        yield from _zipped(archive, member, io.BytesIO(raw), depth)
    else:
        plain, reason = _gunzipped(archive, raw)
        if reason:
            yield archive.refused(member, reason)
        if plain is not None:
            name = PurePosixPath((member or archive.path).replace("\\", "/")).name
            inner = name[:-3] if name.lower().endswith(".gz") else name
            yield from _unpacked(archive, f"{member}!{inner}" if member else inner, plain, depth + 1)


def _is_tar(raw: bytes) -> bool:
    """By the mark of its first header (POSIX.1-2017, ustar interchange format), which no text has beside a NUL."""
    head = raw[:_TAR_BLOCK]
    return head[_TAR_AT : _TAR_AT + len(_TAR_MARK)] == _TAR_MARK and b"\0" in head


def _gunzipped(archive: _Archive, raw: bytes) -> tuple[bytes | None, str]:
    """The content of all gzip members, and what is refused: all of it where there is no content."""
    pieces: list[bytes] = []
    size = 0
    most = min(archive.limits.blob_bytes, archive.limits.archive_bytes - archive.bytes)
    reason = ""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as file:
            while piece := file.read1(_CHUNK):  # `read` would lose what it has when it meets the end of the last member
                pieces.append(piece)
                size += len(piece)
                if reason := _too_much(archive, size, len(raw), most):
                    return None, reason
    except EOFError:
        return None, "the gzip file is cut off"
    except gzip.BadGzipFile as error:
        if "Not a gzipped file" not in str(error):  # else: members were read, and something else stands behind them
            return None, f"not a whole gzip file: {error}"
        reason = "what follows the gzip data in it is not read"
    except zlib.error as error:
        return None, f"not a whole gzip file: {error}"
    archive.bytes += size
    return b"".join(pieces), reason


def _zipped(archive: _Archive, member: str, file: IO[bytes], depth: int) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(file) as content:
            for entry in content.infolist():
                archive.entries += 1
                if archive.entries > archive.limits.entries:
                    yield archive.refused(
                        member, f"more than {archive.limits.entries} entries; the others are left out"
                    )
                    return
                if not entry.is_dir():
                    yield from _entry(archive, member, content, entry, depth)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        yield archive.refused(member, f"not a whole zip file: {error}")


def _entry(
    archive: _Archive, member: str, content: zipfile.ZipFile, entry: zipfile.ZipInfo, depth: int
) -> Iterator[Found]:
    name = f"{member}!{entry.filename}" if member else entry.filename
    if _escapes(entry.filename):
        yield archive.refused(name, "its name leads out of the archive")
        return
    if stat.S_ISLNK(entry.external_attr >> 16):
        yield archive.refused(name, "a link in an archive is not followed")
        return
    if entry.flag_bits & 1:
        yield archive.refused(name, "it is encrypted")
        return
    if entry.compress_type not in _BOUNDED:
        yield archive.refused(name, "only deflate is unpacked: pack it again")
        return
    raw = _inflated(archive, content, entry)
    if isinstance(raw, str):
        yield archive.refused(name, raw)
    else:
        yield from _unpacked(archive, name, raw, depth + 1)


def _inflated(archive: _Archive, content: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes | str:
    """One member, or why it is refused: what its header claims is not believed."""
    pieces: list[bytes] = []
    size = 0
    most = min(archive.limits.blob_bytes, archive.limits.archive_bytes - archive.bytes)
    try:
        with content.open(entry) as file:
            while piece := file.read(_CHUNK):
                pieces.append(piece)
                size += len(piece)
                if reason := _too_much(archive, size, entry.compress_size, most):
                    return reason
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        return f"it is damaged: {error}"
    archive.bytes += size
    return b"".join(pieces)


def _too_much(archive: _Archive, size: int, packed: int, most: int) -> str:
    if size > most:
        return f"unpacked it is larger than {most >> 20} MB"
    if size > _FREE_BYTES and size > packed * archive.limits.ratio:
        return f"it unpacks to more than {archive.limits.ratio} times its size"
    return ""


def _escapes(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":")
