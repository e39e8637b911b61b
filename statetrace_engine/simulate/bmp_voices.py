"""The BMP connections of the monitored routers: each tells all when it connects, and then what changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import NoReturn

from statetrace_engine.simulate import streams
from statetrace_engine.simulate.bmp_router import BmpRouter
from statetrace_engine.simulate.faults import State
from statetrace_engine.simulate.network import Network
from statetrace_engine.simulate.streams import Address

_STATISTICS_S = 30.0


class BmpVoices:
    """`heard` answers whether a router reaches the listener now; what it has to tell waits until then, as in TCP."""

    def __init__(self, network: Network, to: Address, heard: Callable[[str], bool]) -> None:
        self._to = to
        self._heard = heard
        self._state = State(network)
        found = {name: BmpRouter(network, network.nodes[name]) for name in network.monitored}
        self._routers = {name: router for name, router in found.items() if router.sessions}
        self._streams: dict[str, asyncio.StreamWriter] = {}

    @property
    def hostnames(self) -> Iterable[str]:
        """Who has anything to tell: those with a BGP session."""
        return self._routers

    async def keep(self, hostname: str) -> NoReturn:
        """Keeps a router connected until cancelled."""

        async def opened(writer: asyncio.StreamWriter) -> None:
            self._streams[hostname] = writer
            writer.write(self._routers[hostname].begin())
            self._tell(hostname)

        await streams.keep(self._to, opened, lambda: self._streams.pop(hostname, None))

    async def report(self) -> NoReturn:
        """Statistics, until cancelled."""
        while True:
            await asyncio.sleep(_STATISTICS_S)
            for hostname, writer in self._streams.items():
                if self._heard(hostname):
                    writer.write(self._routers[hostname].statistics(time.time()))

    def tell(self, state: State) -> None:
        """This is so now."""
        self._state = state
        for hostname in self._streams:
            self._tell(hostname)

    def _tell(self, hostname: str) -> None:
        if self._heard(hostname) and (news := self._routers[hostname].news(self._state, time.time())):
            self._streams[hostname].write(news)
