"""A command that found no room: what is full, how much is free, what was kept, and what to do.

the disk of /srv/statetrace/data is full (audit.head: No space left on device): 12 KiB of 40.0 GiB are free. What was
stored before is whole, and the next run reads the rest. Free some space there, then run it again
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from statetrace_engine.model.text import sanitise


class Room(NamedTuple):
    total: int
    used: int
    free: int
    """Bytes, as `shutil.disk_usage` has them."""


RoomOf = Callable[[Path], Room]
NO_ROOM = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name))
"""The disk, the quota, the size that one file may have."""
_SQLITE = frozenset((sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR))
"""`disk I/O error` is what SQLite says of a full disk as well, beside much else."""
_NOTHING = 1 << 20
"""Less is no room for a page of the store, its journal and `audit.head`."""
KEPT = "What was written before is whole."


def words(error: BaseException, home: Path, room_of: RoomOf | None = None) -> str | None:
    """None: `error` is of something else. What a command knows of what it kept, it adds to the error as a note."""
    room_of = room_of or _room
    chain = tuple(_chain(error))
    root = next((each for each in reversed(chain) if _is_refusal(each)), None)
    if root is None:
        return None
    named = getattr(root, "filename", None)
    place = _existing(Path(named).absolute() if isinstance(named, str) else home / "data")
    try:
        room = room_of(place)
    except OSError:
        return None
    return _told(place, room, _why(root), getattr(error, "__notes__", ()))


def _told(place: Path, room: Room, why: str, notes: Iterable[str]) -> str:
    where = sanitise(str(place), 300)
    left = f"{_size(room.free)} of {_size(room.total)} are free"
    kept = " ".join(notes) or KEPT
    if room.free < _NOTHING:
        return f"the disk of {where} is full ({why}): {left}. {kept} Free some space there, then run it again"
    return (
        f"the disk of {where} refuses ({why}), though {left}. {kept} Look for a quota, a limit of a file's size "
        "(`ulimit -f`) or a disk that fails, then run it again"
    )


def _why(root: BaseException) -> str:
    if not isinstance(root, OSError):
        return sanitise(str(root), 200)
    name = Path(root.filename).name if isinstance(root.filename, str) else ""
    return sanitise(f"{name}: {root.strerror}" if name else str(root.strerror), 200)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """It and what it came of."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or found.__context__


def _is_refusal(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    return isinstance(error, sqlite3.Error) and 0xFF & getattr(error, "sqlite_errorcode", 0) in _SQLITE


def _existing(path: Path) -> Path:
    return next((each for each in (path, *path.parents) if each.is_dir()), path)


def _room(place: Path) -> Room:
    return Room(*shutil.disk_usage(place))


def _size(count: int) -> str:
    """`12 KiB`, `40.0 GiB`."""
    for shift, unit in ((30, "GiB"), (20, "MiB")):
        if count >= 1 << shift:
            return f"{count / (1 << shift):.1f} {unit}"
    return f"{count >> 10} KiB"
