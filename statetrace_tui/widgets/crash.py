"""A crash of the console, kept: the traceback in a file, and one line that names it."""

from __future__ import annotations

import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from statetrace_engine.model import Epoch
from statetrace_engine.model.text import sanitise


def write(error: BaseException, folder: Path | None, at: Epoch) -> Path | None:
    """`console-crash-20261123T140327Z.log` in that folder, else in a temporary one; None where neither can be had."""
    name = f"console-crash-{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}.log"
    text = "".join(traceback.format_exception(error)) + "\n"
    try:
        path = _file_for(folder, name)
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return write(error, None, at) if folder else None
    return path


def _file_for(folder: Path | None, name: str) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="statetrace-")) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / name


def last_words(error: BaseException, path: Path | None) -> str:
    """The one line left on the terminal."""
    what = sanitise(f"{type(error).__name__}: {error}", 200)
    where = f"the traceback is in {path}" if path else "its log could not be written"
    return f"statetrace: the console failed ({what}); {where}. The engine's data is whole."
