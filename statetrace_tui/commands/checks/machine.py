"""Python, packages, disk, clock and ODBC of this machine."""

from __future__ import annotations

import importlib
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from statetrace_engine import __version__
from statetrace_tui.commands.checks import Check, fail, ok, warn

_OLDEST = (3, 11)
_PACKAGES = ("textual", "rich", "msgspec", "aiofiles", "SQLAlchemy", "pyodbc", "platformdirs", "filelock")
_FULL, _NEARLY_FULL = 200 << 20, 2 << 30
_BUILT = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""No clock that is right shows an earlier time."""
_ODBC = "Debian: apt install libodbc2 (older: libodbc1); Red Hat: dnf install unixODBC; macOS: brew install unixodbc"


def checks(home: Path) -> Iterator[Check]:
    yield _python()
    yield _packages()
    yield _disk(home)
    yield from _clock()
    yield _odbc()


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, StateTrace {__version__}"
    if sys.version_info < _OLDEST:
        return fail("python", found, "use Python 3.11 or later")
    return ok("python", found)


def _packages() -> Check:
    versions: list[str] = []
    missing: list[str] = []
    for name in _PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        return fail("packages", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    return ok("packages", ", ".join(versions))


def _disk(home: Path) -> Check:
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free / (1 << 30):.1f} GiB free at {existing}"
    remedy = "free some space, shorten [journal] days, or choose another --home"
    if free < _FULL:
        return fail("disk", found, remedy)
    return warn("disk", found, remedy) if free < _NEARLY_FULL else ok("disk", found)


def _clock() -> Iterator[Check]:
    wall, steady = time.time(), time.perf_counter()
    time.sleep(0.05)
    drift = abs((time.time() - wall) - (time.perf_counter() - steady))
    local = datetime.fromtimestamp(wall, UTC).astimezone()
    found = f"{local.isoformat(timespec='seconds')} ({local.tzname()})"
    if wall < _BUILT:
        yield fail("clock", f"{found} is in the past", "set the clock and start an NTP client")
    elif drift > 0.02:
        yield warn("clock", f"{found}; stepped by {drift:.3f} s just now", "let an NTP client slew it instead")
    else:
        yield ok("clock", f"{found}; wall and steady time agree")


def _odbc() -> Check:
    try:
        odbc = importlib.import_module("pyodbc")
    except ImportError as error:
        return warn("odbc", f"{error}; SQL Server and Access are out of reach, SQLite is not", _ODBC)
    drivers = ", ".join(odbc.drivers()) or "no drivers"
    return ok("odbc", f"pyodbc {odbc.version}; {drivers}")
