"""Follows log files through rotation (rename and new, or copy and truncate), truncation, disappearance and return.

A file seen for the first time is read from its end: old lines are not news. After a restart reading goes on where
it stopped; what was written during an absence of more than a minute is history (SPEC 3).
"""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import NoReturn

import aiofiles.os
import msgspec
from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import LogLine, Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.log_tail import STAYS_OPEN, Position, Tail
from statetrace_engine.sources.prober import reason
from statetrace_engine.sources.status import EVERY_S, Report, Reporter

HISTORY_S = 60.0
_CHUNKS = 16
"""Read from one file before the others get their turn."""
_GRACE_POLLS = 20
"""How long a rotated file is still read: its writer learns of the rotation late."""
_REFRESH_S = 15.0
"""How often the positions are written when nothing changed: their age tells how long nobody was watching."""


class LogFileSettings(Struct, frozen=True, kw_only=True):
    files: tuple[str, ...] = ()
    positions: str = ""
    """The JSON file that remembers how far was read; empty: nothing is remembered."""
    poll_s: float = 0.25


class Positions(Struct, frozen=True):
    """The content of the position file."""

    saved_at: Epoch = 0.0
    files: dict[str, Position] = {}


async def run(settings: LogFileSettings, inbox: Inbox, report: Report) -> NoReturn:
    """Follows the files until cancelled; one that cannot be read is said in its status and tried again."""
    remembered = await asyncio.to_thread(load, settings.positions)
    is_history = inbox.clock.wall() - remembered.saved_at > HISTORY_S
    followers = [Follower(path, inbox, remembered.files.get(path), is_history) for path in settings.files]
    keeper = _Keeper(settings.positions, inbox, followers, remembered)
    reporter, told_at = Reporter(report), 0.0
    try:
        while True:
            is_behind = False
            for follower in followers:
                is_behind |= await follower.poll()
            now = inbox.clock.steady()
            if now - told_at >= EVERY_S:
                told_at = now
                reporter.say(follower.status() for follower in followers)
                await asyncio.to_thread(keeper.keep)
            await asyncio.sleep(0 if is_behind else settings.poll_s)
    finally:
        keeper.keep(is_last=True)
        for follower in followers:
            await follower.close()


def load(path: str) -> Positions:
    """What was remembered; empty when there is nothing, or nothing that can be read."""
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=Positions) if path else Positions()
    except (OSError, ValueError):
        return Positions()


def save(path: str, positions: Positions) -> None:
    """Replaces the position file at once or not at all. Raises OSError."""
    target = Path(path)
    draft = target.with_name(target.name + ".new")
    draft.write_bytes(msgspec.json.encode(positions))
    draft.replace(target)


class Follower:
    """One path, and the file that is there now."""

    def __init__(self, path: str, inbox: Inbox, remembered: Position | None, is_history: bool) -> None:
        self.path = path
        self.problem = ""
        self._inbox = inbox
        self._file = Path(path)
        self._remembered = remembered
        self._is_backlog = is_history and remembered is not None
        self._was_missing = False
        self._tail: Tail | None = None
        self._retired: list[tuple[Tail, int]] = []
        self._seen = (-1, -1)
        self._received = 0
        self._oversize = 0
        self._last_at: Epoch | None = None
        self._error = ""

    @property
    def position(self) -> Position | None:
        return self._tail.position if self._tail else self._remembered

    def status(self) -> SourceStatus:
        oversize = self._tail.lines.oversize if self._tail else 0
        return SourceStatus(
            name=Source.SYSLOG_FILE,
            detail=self.path,
            state="failed" if self._error else "running",
            received=self._received,
            dropped=self._inbox.dropped[Source.SYSLOG_FILE],
            errors=self._oversize + oversize,
            last_at=self._last_at,
            error=self._error or self.problem,
        )

    async def poll(self) -> bool:
        """Hands on what was written; whether more waits already."""
        try:
            await self._read_retired()
            found = await aiofiles.os.stat(self._file)
            await self._look_at(found)
            self._error = ""
        except OSError as error:
            self._error = reason(error)
            self._seen = (-1, -1)
            if isinstance(error, FileNotFoundError):  # what appears later is new
                self._was_missing, self._is_backlog = True, False
            return False
        return self._tail is not None and not self._tail.is_at_end

    async def close(self) -> None:
        for tail in [self._tail, *(retired for retired, _ in self._retired)]:
            if tail is not None:
                await tail.close()

    async def _look_at(self, found: os.stat_result) -> None:
        changed = (found.st_size, found.st_mtime_ns)
        tail = self._tail
        if tail is not None and (found.st_dev, found.st_ino) != tail.identity:
            await self._retire(tail)
            tail = self._tail = await Tail.open(self._file)
        elif tail is None:
            tail = self._tail = await self._begin()
        elif changed == self._seen:
            return
        elif found.st_size < tail.offset or not await tail.is_same():
            self._put(tail.start_over())
        await self._read(tail)
        if tail.is_at_end:
            self._seen = changed
            self._is_backlog = False

    async def _begin(self) -> Tail:
        tail = await Tail.open(self._file)
        if self._remembered is not None:
            await tail.resume(self._remembered)
            self._remembered = None
        elif not self._was_missing:
            await tail.go_to_last_line()
        return tail

    async def _retire(self, tail: Tail) -> None:
        self._retired.append((tail, _GRACE_POLLS if STAYS_OPEN else 0))
        await self._read_retired()

    async def _read_retired(self) -> None:
        """A rotated file is read until its writer has surely let go of it."""
        kept: list[tuple[Tail, int]] = []
        for tail, polls in self._retired:
            if STAYS_OPEN:
                await self._read(tail)
            if polls:
                kept.append((tail, polls - 1))
            else:
                self._put(tail.lines.finish())
                self._oversize += tail.lines.oversize
                await tail.close()
        self._retired = kept

    async def _read(self, tail: Tail) -> None:
        for _ in range(_CHUNKS):
            self._put(await tail.read())
            if tail.is_at_end:
                return

    def _put(self, lines: list[bytes]) -> None:
        steady = self._inbox.clock.steady()
        for line in lines:
            self._inbox.put(Source.SYSLOG_FILE, self.path, LogLine(line, self._is_backlog), steady)
        if lines:
            self._received += len(lines)
            self._last_at = self._inbox.clock.wall()


class _Keeper:
    """Writes the positions when they changed, and now and then when they did not."""

    def __init__(self, path: str, inbox: Inbox, followers: list[Follower], remembered: Positions) -> None:
        self._path = path
        self._clock = inbox.clock
        self._followers = followers
        self._kept = remembered.files
        self._kept_steady = float("-inf")
        self._lock = threading.Lock()
        """The last write may meet one that a thread has not finished."""

    def keep(self, is_last: bool = False) -> None:
        """Blocks for one small write; a failure is said in the files' statuses."""
        with self._lock:
            self._keep(is_last)

    def _keep(self, is_last: bool) -> None:
        files = {f.path: position for f in self._followers if (position := f.position) is not None}
        now = self._clock.steady()
        if not self._path or (files == self._kept and not is_last and now - self._kept_steady < _REFRESH_S):
            return
        try:
            save(self._path, Positions(self._clock.wall(), files))
        except OSError as error:
            problem = f"the position cannot be kept: {reason(error)}"
        else:
            problem = ""
            self._kept, self._kept_steady = files, now
        for follower in self._followers:
            follower.problem = problem
