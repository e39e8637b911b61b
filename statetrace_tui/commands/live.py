"""An engine of this process: started on a home, stopped whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from statetrace_engine import config
from statetrace_engine.config import Settings
from statetrace_engine.errors import StateTraceError
from statetrace_tui.commands import answers

if TYPE_CHECKING:
    from statetrace_engine.runtime import LiveEngine


@contextmanager
def engine(settings: Settings, home: Path, *, is_alone: bool = False) -> Iterator[LiveEngine]:
    """Runs until the block ends; begins when an engine that is just stopping has stopped. `is_alone`: no console shares
    this process.

    Raises PortTaken, HomeBusy or StoreError when it cannot start.
    """
    from statetrace_engine.runtime import LiveEngine

    config.create(home)
    asyncio.run(_wait_for_the_last(answers.data_dir(home)))
    live = LiveEngine.start(settings, home, is_alone=is_alone)
    try:
        yield live
    finally:
        asyncio.run(live.close())


async def _wait_for_the_last(data: Path) -> None:
    """An engine that answers is not waited for, and one that never does is named by the start that it prevents."""
    with suppress(StateTraceError):
        engine = await answers.attached(data)
        if engine is not None:
            await engine.close()
