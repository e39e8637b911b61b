"""An engine of this process: started on a home, stopped whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from statetrace_engine import config
from statetrace_engine.config import Settings

if TYPE_CHECKING:
    from statetrace_engine.runtime import LiveEngine


@contextmanager
def engine(settings: Settings, home: Path) -> Iterator[LiveEngine]:
    """Runs until the block ends. Raises PortTaken, HomeBusy or StoreError when it cannot start."""
    from statetrace_engine.runtime import LiveEngine

    config.create(home)
    live = LiveEngine.start(settings, home)
    try:
        yield live
    finally:
        asyncio.run(live.close())
