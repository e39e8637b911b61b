"""The file that an engine touches every second: whether it lives, and until when it did."""

from __future__ import annotations

from pathlib import Path

from statetrace_engine.model import Epoch

NAME = "heartbeat"


def last_at(data: Path) -> Epoch | None:
    """When it was last touched; None: no engine has run on this home."""
    try:
        return (data / NAME).stat().st_mtime
    except OSError:
        return None
