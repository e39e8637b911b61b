"""Whether the file at a path is still the one that was opened there.

A folder that is moved away or deleted leaves open files as they are: what is written to them goes nowhere that anybody
looks, and nothing fails.
"""

from __future__ import annotations

from pathlib import Path

Identity = tuple[int, int]
"""Device and inode, as the system numbers them."""


def identity(path: Path) -> Identity | None:
    """None where nothing is there. Raises OSError where nobody can tell."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


class Kept:
    """Paths, each with what was there when it was kept."""

    def __init__(self, *paths: Path) -> None:
        """A path at which nothing is yet is not kept."""
        self._known = {path: found for path in paths if (found := _seen(path)) is not None}

    def knows(self, path: Path) -> bool:
        return path in self._known

    def forget(self, path: Path) -> None:
        """It goes away on purpose."""
        self._known = {each: found for each, found in self._known.items() if each != path}

    def lost(self) -> Path | None:
        """The first at which something else is now, or nothing; a disk that does not answer has lost nothing."""
        return next((path for path, known in self._known.items() if _is_other(path, known)), None)


def _seen(path: Path) -> Identity | None:
    try:
        return identity(path)
    except OSError:
        return None


def _is_other(path: Path, known: Identity) -> bool:
    try:
        return identity(path) != known
    except OSError:
        return False
