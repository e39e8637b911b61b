"""A changed configuration takes effect at once; a broken one changes nothing and is said on screen (SPEC 10)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.config.settings import Settings
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.status import Banner
from statetrace_engine.model.text import sanitise

log = logging.getLogger("statetrace.engine")
LOOK_S = 1.0


class Reloading:
    """`take(settings)` is awaited on the loop with every configuration that can be used."""

    def __init__(self, home: Path, wall: Callable[[], Epoch], take: Callable[[Settings], Awaitable[None]]) -> None:
        self.banner: Banner | None = None
        """What is wrong with the edited configuration."""
        self._home = home
        self._wall = wall
        self._take = take
        self._seen = config.fingerprint(home)

    async def run(self) -> None:
        """Looks once a second, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        seen = await asyncio.to_thread(config.fingerprint, self._home)
        if seen == self._seen:
            return
        try:
            settings = await asyncio.to_thread(config.load, self._home)
        except StateTraceError as error:
            self._refuse(error)
        else:
            log.info("the edited configuration is in force: %s", ", ".join(settings.files))
            self.banner = None
            await self._take(settings)
        self._seen = seen  # last: a bug on the way is met again at the next look, and shown meanwhile

    def _refuse(self, error: StateTraceError) -> None:
        problems = error.problems if isinstance(error, ConfigError) else (str(error),)
        more = f" (and {len(problems) - 1} more: statetrace config check)" if len(problems) > 1 else ""
        text = sanitise(f"the edited configuration is not used: {problems[0]}{more}")
        log.warning("%s", text)
        since_at = self.banner.since_at if self.banner is not None else self._wall()
        self.banner = Banner(kind="config", text=text, since_at=since_at)
