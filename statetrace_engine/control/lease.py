"""The lease: one engine owns a home, and its lease tells others where its door is.

`data/lease.lock` is locked by the operating system as long as the owner lives, so a crash frees it; the words are in
`data/lease.json` beside it, because Windows lets nobody read a locked file. The token there opens the door: the file
is 0600, and on Windows has the rights of the user's own folder.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout
from msgspec import Struct

from statetrace_engine.errors import HomeBusy, StateTraceError, refused
from statetrace_engine.model import Epoch
from statetrace_engine.same_file import Kept

LOCK = "lease.lock"
WORDS = "lease.json"
_WAIT_S = 0.5


class LeaseInfo(Struct, frozen=True, kw_only=True):
    """Who owns a home and how to reach it."""

    pid: int
    started_at: Epoch
    port: int
    """On 127.0.0.1."""
    token: str


class Lease:
    """A home that this process owns until `release`, or its end. Made by `acquire`."""

    def __init__(self, data_dir: Path, lock: FileLock, started_at: Epoch) -> None:
        self._data_dir = data_dir
        self._lock = lock
        self._started_at = started_at
        self._kept = Kept(data_dir / LOCK)
        self._watched = os.open(data_dir / LOCK, os.O_RDONLY)
        self._port = 0
        self.token = secrets.token_hex(32)
        """What the door asks of its clients."""

    @classmethod
    def acquire(cls, data_dir: Path, clock: Callable[[], Epoch] = time.time) -> Lease:
        """Owns the home from here on; nobody finds the door before `publish`.

        Raises HomeBusy when another engine owns it, StateTraceError when the folder cannot be written.
        """
        try:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = _lock_of(data_dir)
            # Waits a little: whoever asks whether the lease is free holds the lock for a moment.
            lock.acquire(timeout=_WAIT_S, poll_interval=0.02)
        except Timeout:
            raise HomeBusy(_busy(data_dir)) from None
        except OSError as error:
            raise StateTraceError(f"cannot own {data_dir}: {refused(error)}; or choose another --home") from error
        (data_dir / WORDS).unlink(missing_ok=True)
        return cls(data_dir, lock, clock())

    def publish(self, port: int) -> LeaseInfo:
        """Says where the door is. Raises StateTraceError when the file cannot be written."""
        self._port = port
        words = LeaseInfo(pid=os.getpid(), started_at=self._started_at, port=port, token=self.token)
        try:
            _write_private(self._data_dir / WORDS, msgspec.json.encode(words))
        except OSError as error:
            raise StateTraceError(f"cannot write {self._data_dir / WORDS}: {error.strerror}") from error
        return words

    def is_held(self) -> bool:
        """False as soon as the folder was moved away, deleted or emptied: another engine may own what is there now."""
        return self._kept.knows(self._data_dir / LOCK) and self._kept.lost() is None

    def regain(self) -> bool:
        """Owns what is at the path now; False while nothing is there that may be owned.

        A folder that was deleted is made again, if its home is there. One that was moved away is waited for: it may
        come back as it was. Raises StateTraceError, HomeBusy where another engine has it.
        """
        if not self._data_dir.is_dir() and (not self._is_deleted() or not self._data_dir.parent.is_dir()):
            return False
        self._let_go()
        again = Lease.acquire(self._data_dir, lambda: self._started_at)
        self._lock, self._kept, self._watched = again._lock, again._kept, again._watched
        self.publish(self._port)
        return True

    def _is_deleted(self) -> bool:
        return self._watched < 0 or os.fstat(self._watched).st_nlink == 0

    def _let_go(self) -> None:
        self._lock.release()
        if self._watched >= 0:
            os.close(self._watched)
            self._watched = -1

    def release(self) -> None:
        """Gives the home up; harmless when repeated. What others have at its path by now is theirs."""
        if self._lock.is_locked and self.is_held():
            with suppress(OSError):
                (self._data_dir / WORDS).unlink(missing_ok=True)
        self._let_go()


def read(data_dir: Path) -> LeaseInfo | None:
    """The engine that owns this home and has opened its door; None without one, also when its crash left a file."""
    words = _words(data_dir)
    return words if words is not None and is_owned(data_dir) else None


def is_owned(data_dir: Path) -> bool:
    """True while an engine owns this home, its door open or not yet. Never creates anything."""
    if not (data_dir / LOCK).exists():
        return False
    lock = _lock_of(data_dir)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False  # a read-only home: nobody can own it
    lock.release()
    return False


def _lock_of(data_dir: Path) -> FileLock:
    return FileLock(data_dir / LOCK, mode=0o600, thread_local=False)


def _words(data_dir: Path) -> LeaseInfo | None:
    try:
        return msgspec.json.decode((data_dir / WORDS).read_bytes(), type=LeaseInfo)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _busy(data_dir: Path) -> str:
    words = _words(data_dir)
    who = f"process {words.pid}" if words else "another process"
    return f"{data_dir} is in use by {who}: attach to it with `statetrace`, or stop it first"


def _write_private(path: Path, content: bytes) -> None:
    """Replaces the file in one step; readers see the old words or the new ones."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    for attempt in range(20):
        try:
            draft.replace(path)
            return
        except PermissionError:  # Windows, while somebody reads the old one
            if attempt == 19:
                raise
            time.sleep(0.01)
