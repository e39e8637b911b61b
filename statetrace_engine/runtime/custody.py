"""Whether what this engine writes still stands where everybody looks for it.

A data folder that is moved away or deleted makes nothing fail: the engine would write into files that nobody finds, and
whoever asks at its path would find no engine and no outage. So it is looked at once a second. Until there is a folder
again that is the engine's own, everything is kept in memory, within the bounds of a full disk; a folder that comes
back is taken up where it was left, and into another one goes all that is known.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from statetrace_engine.control.lease import Lease
from statetrace_engine.errors import StateTraceError
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.writer import StoreWriter

log = logging.getLogger("statetrace.engine")
LOOK_S = 1.0
_GONE = "moved away or deleted: all is kept in memory only, and nobody new finds this engine; put it back: {}"
_ANEW = "moved away or deleted while the engine ran, and kept anew: what it held before is not in {}"
_TAKEN = "moved away or deleted, and what is there now is not this engine's: {}"
"""Shown behind the words `data folder`; what an operator needs first stands first, a path may be long."""


class Custody:
    """`trouble` is what people must know of it; empty when all is well."""

    def __init__(self, data: Path, lease: Lease, journal: Journal, writer: StoreWriter) -> None:
        self.trouble = ""
        self._data = data
        self._lease = lease
        self._journal = journal
        self._writer = writer
        self._begun_anew = ""
        """Said as long as the engine lives: what was lost does not come back by itself."""

    async def keep(self, tell_all: Callable[[], None]) -> None:
        """Looks once a second, until cancelled; `tell_all` gives the store everything that is known."""
        while True:
            await asyncio.sleep(LOOK_S)
            is_anew = await asyncio.to_thread(self.look)
            if is_anew:
                tell_all()

    def look(self) -> bool:
        """True: the store was begun anew."""
        try:
            is_ours = self._lease.is_held() or self._lease.regain()
        except StateTraceError as error:
            return self._say(_TAKEN.format(error))
        if not is_ours:
            return self._say(_GONE.format(self._data))
        if (lost := self._journal.lost or self._writer.lost) is None:
            return self._say(self._begun_anew)
        self._journal.begin_anew()
        self._writer.begin_anew()
        self._begun_anew = _ANEW.format(lost)
        self._say(self._begun_anew)
        return True

    def _say(self, trouble: str) -> bool:
        if trouble != self.trouble:
            self.trouble = trouble
            log.warning("the data folder: %s", trouble or "it is back")
        return False
