"""Copying to the operator's own clipboard through any number of hops: OSC 52, and a file beside it."""

from __future__ import annotations

import os
import tempfile
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path

LIMIT = 74_000
"""Bytes: what xterm and tmux take in one sequence (100,000 in base64)."""


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """OSC 52; wrapped for tmux and screen, which pass it on to the terminal outside."""
    data = b64encode(text.encode()[:LIMIT]).decode()
    codes = f"\x1b]52;c;{data}\x07"
    if environ.get("TMUX"):
        inner = codes.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{inner}\x1b\\"
    if environ.get("TERM", "").startswith("screen"):
        return f"\x1bP{codes}\x1b\\"
    return codes


def copy(text: str, home: Path | None, environ: Mapping[str, str], write: Callable[[str], None]) -> str:
    """Writes the sequence, and the text to a file for terminals without it; answers the file's name, or ''."""
    write(sequence(text, environ))
    try:
        path = _file_for(home)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError:
        return ""
    return str(path)


def _file_for(home: Path | None) -> Path:
    if home is None:
        handle, name = tempfile.mkstemp(prefix="statetrace-copied-", suffix=".txt")
        os.close(handle)
        return Path(name)
    folder = home / "data"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "copied.txt"
