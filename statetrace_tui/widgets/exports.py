"""What is written out of the console: a file of its own in the exports of the home."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from statetrace_engine.model import Epoch

_SAFE = "-_."
_TRIES = 100


def write(text: str, stem: str, suffix: str, at: Epoch, home: Path | None) -> Path:
    """`data/exports/STEM-20261123T140327Z.md`; nothing is ever written over. Raises OSError."""
    folder = home / "data" / "exports" if home is not None else Path(tempfile.mkdtemp(prefix="statetrace-"))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    safe = "".join(c if c.isascii() and (c.isalnum() or c in _SAFE) else "_" for c in stem)[:80]
    name = f"{safe}-{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}"
    for number in range(_TRIES):
        path = folder / f"{name}{f'-{number + 1}' if number else ''}{suffix}"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as out:
                out.write(text)
        except FileExistsError:
            continue
        return path
    raise OSError(f"{folder} holds {_TRIES} exports of this second already")
