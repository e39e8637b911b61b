"""Many values by as few requests as the agent bears."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.sources.snmp.client import Client, SnmpError, Trouble, Value

_FEWER = (Trouble.TOO_BIG, Trouble.AGENT_ERROR)
"""One value among the many may be what the agent chokes on."""


class Asking:
    """A client, and how many values its agent answers at a time; halved when it says that it was too much."""

    def __init__(self, client: Client, varbinds: int) -> None:
        self.client = client
        self.varbinds = varbinds

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """What is there of all of them. Raises SnmpError."""
        found: dict[str, Value] = {}
        start = 0
        while start < len(oids):
            some = oids[start : start + self.varbinds]  # which may be fewer after the next line
            found |= await self._some(some)
            start += len(some)
        return found

    async def _some(self, oids: Sequence[str]) -> dict[str, Value]:
        try:
            return await self.client.get(oids)
        except SnmpError as error:
            if error.trouble not in _FEWER or len(oids) == 1:
                raise
            if error.trouble is Trouble.TOO_BIG:
                self.varbinds = max(1, len(oids) // 2)
        half = len(oids) // 2
        return await self._some(oids[:half]) | await self._some(oids[half:])
