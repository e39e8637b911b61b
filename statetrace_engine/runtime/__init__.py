"""The engine alive: its tasks, its threads and what it reads and writes.

`LiveEngine` is imported when it is asked for: a command that only reads files needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from statetrace_engine.runtime.live import LiveEngine

__all__ = ["LiveEngine"]


def __getattr__(name: str) -> object:
    if name == "LiveEngine":
        from statetrace_engine.runtime.live import LiveEngine

        return LiveEngine
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
