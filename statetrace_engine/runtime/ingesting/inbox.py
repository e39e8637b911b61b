"""`data/inbox`: what is dropped there is read once it stands still, and moved aside with its outcome.

data/inbox/WLLS/core.log  →  data/inbox/done/WLLS/core.log
                          or data/inbox/rejected/WLLS/core.log, and core.log.reason.txt beside it
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from statetrace_engine.model.text import sanitise
from statetrace_engine.runtime.ingesting import files
from statetrace_engine.runtime.ingesting.files import File
from statetrace_engine.runtime.ingesting.run import Settled, Settlement

log = logging.getLogger("statetrace.engine")
STILL_S = 2.0
"""A file that has grown or been touched since is still being written."""
DONE, REJECTED = "done", "rejected"
REASON = ".reason.txt"
AGAIN_S = 600.0
"""Until a file is tried again that could not be moved, unless it changes."""
LONGEST_NAME = 255
"""Bytes that file systems allow."""
MOST_FILES = 100_000
"""Looked at in one go."""

Stamp = tuple[int, int]
"""Size, and time of the last change in nanoseconds."""


class Standstill:
    """Pure. Which files have stood still for long enough; told of each look, in seconds that never step."""

    def __init__(self, still_s: float = STILL_S) -> None:
        self._still_s = still_s
        self._seen: dict[str, tuple[Stamp, float]] = {}

    def look(self, found: Iterable[tuple[str, Stamp]], now: float) -> list[str]:
        """Those that are the same as they were at every look of the last `still_s` seconds."""
        seen = {
            path: before if (before := self._seen.get(path)) is not None and before[0] == stamp else (stamp, now)
            for path, stamp in found
        }
        self._seen = seen
        return [path for path, (_, since) in seen.items() if now - since >= self._still_s]


class Inbox:
    """The folder; made when it is not there, in one that is. Raises OSError when it cannot be read or written."""

    def __init__(self, folder: Path, after: str = DONE) -> None:
        self.folder = folder
        self.after = after
        self._standstill = Standstill()
        self._now = 0.0
        self._stuck: dict[str, tuple[Stamp, float]] = {}
        """What could not be moved: as it was then, and when it is tried again."""

    def ready(self, now: float) -> list[File]:
        """Files that may be read; a link that leads out of the inbox is refused here."""
        if not self.folder.parent.is_dir():
            return []  # the data folder is away, which others say; made again here, it could not come back
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._now = now
        stamps = {}
        seen = set()
        for path in self._walk(self.folder):
            with suppress(FileNotFoundError):
                found = path.lstat()
                stamp = (found.st_size, found.st_mtime_ns)
                seen.add(str(path))
                if self._is_stuck(path, stamp):
                    continue
                if stat.S_ISLNK(found.st_mode):
                    self.refuse(path, "it is a link: put the file itself here")
                elif stat.S_ISREG(found.st_mode):
                    stamps[str(path)] = stamp
                else:
                    self.refuse(path, "it is no regular file")
        self._stuck = {path: how for path, how in self._stuck.items() if path in seen}
        return files.found(Path(path) for path in self._standstill.look(stamps.items(), now))

    def settle(self, event: Settled) -> Path | None:
        """Moves a file aside as its outcome says; one that has changed meanwhile stays and is read again. One that
        cannot be moved stays, is told in the log, and left alone for a while. Where it lies now, if it was read and
        moved."""
        path = Path(event.file.path)
        if event.settlement is Settlement.GONE or not _is_same(path, event.file):
            return None
        if event.settlement is Settlement.REJECTED:
            self.refuse(path, event.reason)
            return None
        with self._sticking(path):
            if self.after != "delete":
                return self._move(path, DONE)
            path.unlink(missing_ok=True)
        return None

    def refuse(self, path: Path, reason: str) -> None:
        """Into `rejected`, with the reason beside it."""
        with self._sticking(path):
            moved = self._move(path, REJECTED)
            if moved is not None:
                words = f"{sanitise(path.name, 200)} was not read: {sanitise(reason, 1000)}\n"
                _reason_of(moved).write_text(words, encoding="utf-8")
                _keep(_reason_of(moved))

    @contextmanager
    def _sticking(self, path: Path) -> Iterator[None]:
        """Nobody else waits because somebody must see to the rights of this one."""
        try:
            yield
        except OSError as error:
            log.warning("%s cannot be moved: %s", sanitise(str(path), 300), error.strerror)
            with suppress(OSError):
                found = path.lstat()
                self._stuck[str(path)] = (found.st_size, found.st_mtime_ns), self._now + AGAIN_S

    def _is_stuck(self, path: Path, stamp: Stamp) -> bool:
        before, until = self._stuck.get(str(path), (None, 0.0))
        return before == stamp and self._now < until

    def _walk(self, folder: Path) -> Iterator[Path]:
        """Files and links, folders apart; hidden names are somebody's work in progress."""
        count = 0
        for where, folders, names in os.walk(folder):
            place = Path(where)
            if place == folder:
                folders[:] = [name for name in folders if name not in (DONE, REJECTED)]
            links = [name for name in folders if (place / name).is_symlink()]
            for name in (*names, *links):
                if name.startswith("."):
                    continue
                count += 1
                if count > MOST_FILES:
                    return
                yield place / name

    def _move(self, path: Path, into: str) -> Path | None:
        """Below `into` where it was below the inbox, by a free name; None when it is gone."""
        try:
            below = path.relative_to(self.folder)
        except ValueError:
            return None
        target = self.folder / into / below
        self._make(target.parent)
        for name in _names(target):
            if not os.path.lexists(name):
                with suppress(FileNotFoundError):
                    path.rename(name)
                    _keep(name)
                    return name
                return None
        return None

    def _make(self, place: Path) -> None:
        """A folder below the inbox, and those above it, for their owner only: captures hold secrets."""
        for folder in (*reversed([above for above in place.parents if self.folder in above.parents]), place):
            folder.mkdir(mode=0o700, exist_ok=True)
            _keep(folder)


def _keep(path: Path) -> None:
    """To its owner, where it is ours and the system knows such rights; a link is left as it is."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
            path.chmod(mode & (0o700 if stat.S_ISDIR(mode) else 0o600))


def _names(target: Path) -> Iterator[Path]:
    yield target
    for number in range(2, 10_000):
        yield target.with_name(f"{target.stem}-{number}{target.suffix}")


def _reason_of(moved: Path) -> Path:
    name = moved.name
    while len(os.fsencode(name + REASON)) > LONGEST_NAME:
        name = name[:-1]
    return moved.with_name(name + REASON)


def _is_same(path: Path, file: File) -> bool:
    try:
        now = path.stat()
    except OSError:
        return False
    return (now.st_size, now.st_mtime) == (file.size_bytes, file.modified_at)
