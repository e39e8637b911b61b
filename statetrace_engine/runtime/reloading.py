"""A changed configuration takes effect at once; a broken one changes nothing and is said on screen (SPEC 10).

An editor truncates before it writes, and a full disk leaves it at that: a file that is still changing is left alone,
and routes are not given up because the file that named them is empty or gone.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from math import ceil, inf
from pathlib import Path

from msgspec import Struct

from statetrace_engine import config
from statetrace_engine.clock import Clock
from statetrace_engine.config.settings import Settings
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.status import Banner
from statetrace_engine.model.text import sanitise

log = logging.getLogger("statetrace.engine")
LOOK_S = 1.0
_LINE = re.compile(r":\d+(?=:)")
"""Other lines above it make no other problem of one."""
REMOVAL_S = 60.0
"""So long an inventory that drops most routes must stay as it is before it is taken."""


class Doubt(Struct, frozen=True):
    """Why a configuration without a mistake is not taken, or not yet."""

    text: str
    wait_s: float
    """inf: not before a restart."""


def doubt(old: Settings, new: Settings) -> Doubt | None:
    """Whether an edit gives up so much that it is rather an accident."""
    return _doubt_of_routes(old.inventory, new.inventory) or _doubt_of_settings(old, new)


def _doubt_of_settings(old: Settings, new: Settings) -> Doubt | None:
    """Every setting at its default at once: the file has been emptied, or is gone."""
    if _is_default(new) and not _is_default(old):
        return Doubt("statetrace.toml is empty or gone: every setting falls back to its default", REMOVAL_S)
    return None


def _is_default(settings: Settings) -> bool:
    """But for what other files say, and the probe of the gateway, which is made of a setting."""
    apart = (
        "inventory",
        "device_snmp",
        "snmp_addresses",
        "runbooks",
        "rules",
        "rule_problems",
        "runbook_problems",
        "files",
    )
    default = Settings()
    return all(getattr(settings, f) == getattr(default, f) for f in Settings.__struct_fields__ if f not in apart)


def _doubt_of_routes(old: Inventory, new: Inventory) -> Doubt | None:
    """Single ones go without a question."""
    count = len(old.routes)
    if count and not new.routes:
        routes = f"{count} watched route{'s stay' if count > 1 else ' stays'}"
        return Doubt(f"inventory.toml is empty or gone: the {routes}; restart to give up what it watched", inf)
    dropped = len({r.route_id for r in old.routes} - {r.route_id for r in new.routes})
    if dropped > 1 and 2 * dropped > count:
        return Doubt(f"inventory.toml drops {dropped} of {count} watched routes (statetrace config check)", REMOVAL_S)
    return None


class Reloading:
    """`take(settings)` is awaited on the loop with every configuration that can be used."""

    def __init__(
        self, home: Path, clock: Clock, in_force: Settings, take: Callable[[Settings], Awaitable[None]]
    ) -> None:
        self.banner: Banner | None = None
        """What is wrong with the edited configuration."""
        self._home = home
        self._clock = clock
        self._in_force = in_force
        self._take = take
        self._judged = self._last = config.fingerprint(home)
        self._doubt: Doubt | None = None
        self._doubted = 0.0
        """Engine time at which the present doubt arose."""

    async def run(self) -> None:
        """Looks once a second, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Judges a configuration that is another one than before and the same as at the last look."""
        seen = await asyncio.to_thread(config.fingerprint, self._home)
        is_settled, self._last = seen == self._last, seen
        if not is_settled or (seen == self._judged and self._doubt is None):
            return
        if seen == self._judged and self._left_s() > 0:
            self._say_doubt()
        else:
            await self._judge(seen)

    async def _judge(self, seen: str) -> None:
        try:
            settings = await asyncio.to_thread(self._load)
        except StateTraceError as error:
            self._refuse(error)
        else:
            if seen != await asyncio.to_thread(config.fingerprint, self._home):
                return  # it changed while it was read
            if seen != self._judged:
                self._doubt, self._doubted = doubt(self._in_force, settings), self._clock.steady()
            if self._left_s() > 0:
                log.warning("%s", self._say_doubt())
            else:
                await self._put_in_force(settings)
        self._judged = seen  # last: a bug on the way is met again at the next look, and shown meanwhile

    def _load(self) -> Settings:
        """An engine starts without a runbook; one that runs keeps the runbooks that an edit would break."""
        settings = config.load(self._home)
        known = {_LINE.sub("", problem) for problem in self._in_force.runbook_problems}
        new = tuple(problem for problem in settings.runbook_problems if _LINE.sub("", problem) not in known)
        if new:
            raise ConfigError(new)
        return settings

    async def _put_in_force(self, settings: Settings) -> None:
        await self._take(settings)
        log.info("the edited configuration is in force: %s", ", ".join(settings.files))
        self._in_force, self._doubt, self.banner = settings, None, None

    def _left_s(self) -> float:
        """Until what was read last may be put in force."""
        return self._doubted + self._doubt.wait_s - self._clock.steady() if self._doubt is not None else 0.0

    def _say_doubt(self) -> str:
        assert self._doubt is not None
        left_s = self._left_s()
        return self._say(self._doubt.text + (f": taken in {ceil(left_s)} s unless it changes" if left_s < inf else ""))

    def _refuse(self, error: StateTraceError) -> None:
        self._doubt = None
        problems = error.problems if isinstance(error, ConfigError) else (str(error),)
        more = f" (and {len(problems) - 1} more: statetrace config check)" if len(problems) > 1 else ""
        log.warning("%s", self._say(f"the edited configuration is not used: {problems[0]}{more}"))

    def _say(self, words: str) -> str:
        since_at = self.banner.since_at if self.banner is not None else self._clock.wall()
        self.banner = Banner(kind="config", text=sanitise(words), since_at=since_at)
        return self.banner.text
