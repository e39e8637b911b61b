"""One open log file read onwards from a position, as whole lines; and the lines' splitter."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Self

import aiofiles
from aiofiles.threadpool.binary import AsyncFileIO
from msgspec import Struct

LINE_LIMIT = 65536
"""Bytes of a line that are kept."""
CHUNK = 65536
"""Bytes a read; what comes of it is handed on before the next one, so that the loop is never held for long."""
HEAD = 64
"""First bytes of a file by which it is known again: its inode may be reused, or be kept through a truncation."""
STAYS_OPEN = sys.platform != "win32"
"""Windows lets nobody rename a file that is open; elsewhere an open one can be read to its end after its rotation."""


class LineSplitter:
    """Whole lines out of chunks; what is beyond LINE_LIMIT is dropped and counted in `oversize`."""

    def __init__(self) -> None:
        self.oversize = 0
        self._rest = b""
        self._is_cut = False

    @property
    def pending(self) -> int:
        """Bytes of the unfinished line."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes, without their ends; empty ones are left out."""
        *ended, rest = (self._rest + data).split(b"\n")
        if self._is_cut and ended:
            del ended[0]
            self._is_cut = False
        lines = [self._cut(line.removesuffix(b"\r")) for line in ended]
        self._rest = b"" if self._is_cut else rest
        if len(self._rest) > LINE_LIMIT:
            lines.append(self._cut(self._rest))
            self._rest = b""
            self._is_cut = True
        return [line for line in lines if line]

    def finish(self) -> list[bytes]:
        """The unfinished line, when no more will come."""
        lines = [self._rest] if self._rest else []
        self._rest = b""
        self._is_cut = False
        return lines

    def _cut(self, line: bytes) -> bytes:
        self.oversize += len(line) > LINE_LIMIT
        return line[:LINE_LIMIT]


class Position(Struct, frozen=True):
    """Where reading goes on after a restart."""

    offset: int
    head: bytes
    """The file's first bytes."""


class Tail:
    """A file and how far it was read. Every method raises OSError when the file cannot be read."""

    def __init__(self, path: Path, identity: tuple[int, int], offset: int) -> None:
        self.path = path
        self.identity = identity
        """Device and inode."""
        self.offset = offset
        self.is_at_end = False
        self.lines = LineSplitter()
        self._head = b""
        self._file: AsyncFileIO | None = None

    @classmethod
    async def open(cls, path: Path, offset: int = 0) -> Self:
        file = await aiofiles.open(path, "rb", buffering=0)
        found = os.fstat(file.fileno())
        tail = cls(path, (found.st_dev, found.st_ino), offset)
        tail._file = file
        await tail._rest()
        return tail

    @property
    def position(self) -> Position:
        """The start of the first line that was not handed on."""
        return Position(self.offset - self.lines.pending, self._head)

    async def read(self) -> list[bytes]:
        """The lines that the next chunk completes; `is_at_end` tells whether it was the last for now."""
        file = await self._opened()
        await file.seek(self.offset)
        data = await file.read(CHUNK)
        await self._rest()
        if len(self._head) == self.offset:
            self._head = (self._head + data)[:HEAD]
        self.offset += len(data)
        self.is_at_end = len(data) < CHUNK
        return self.lines.feed(data)

    async def is_same(self) -> bool:
        """Whether the file still begins as it did."""
        return (await self._first_bytes()).startswith(self._head)

    async def resume(self, position: Position) -> None:
        """Goes on at a remembered position, if this is the file it was of; else from the beginning."""
        file = await self._opened()
        end = await file.seek(0, os.SEEK_END)
        first = await self._first_bytes()
        if 0 <= position.offset <= end and first.startswith(position.head):
            self.offset = position.offset
            self._head = first[: self.offset]

    async def go_to_last_line(self) -> None:
        """Skips to the end; an unfinished line there is still read when it is completed."""
        self._head = await self._first_bytes()
        file = await self._opened()
        end = await file.seek(0, os.SEEK_END)
        start = max(0, end - LINE_LIMIT)
        await file.seek(start)
        last = await file.read(end - start)
        await self._rest()
        self.offset = start + last.rfind(b"\n") + 1 if b"\n" in last or not start else end
        self._head = self._head[: self.offset]

    def start_over(self) -> list[bytes]:
        """Goes back to the beginning of a truncated file; the unfinished line is all there will be of it."""
        self.offset = 0
        self._head = b""
        return self.lines.finish()

    async def close(self) -> None:
        if self._file is not None:
            await self._file.close()
            self._file = None

    async def _first_bytes(self) -> bytes:
        file = await self._opened()
        await file.seek(0)
        first: bytes = await file.read(HEAD)
        await self._rest()
        return first

    async def _opened(self) -> AsyncFileIO:
        if self._file is None:
            self._file = await aiofiles.open(self.path, "rb", buffering=0)
        return self._file

    async def _rest(self) -> None:
        if not STAYS_OPEN:
            await self.close()
