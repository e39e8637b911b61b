"""What devices send: their log, most by datagrams from one socket, a few by a TCP stream each (RFC 6587), and traps."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from typing import NoReturn

from statetrace_engine.simulate import streams
from statetrace_engine.simulate.streams import Address

_SOON_S = 2.0


class Framing(Enum):
    """RFC 6587 section 3.4."""

    OCTET_COUNTING = "octet counting"
    NEWLINE = "newline"

    def wrap(self, message: bytes) -> bytes:
        return b"%d %s" % (len(message), message) if self is Framing.OCTET_COUNTING else message + b"\n"


class Voices:
    """Sends what devices say; a message that cannot be sent at once is lost, as in life."""

    def __init__(self, udp: Address, tcp: Address, trap: Address | None = None) -> None:
        """`trap`: who hears SNMP notifications, if anybody does."""
        self._udp = udp
        self._tcp = tcp
        self._trap = trap
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._streams: dict[str, tuple[Framing, asyncio.StreamWriter]] = {}
        self._up = asyncio.Condition()
        self.lost = 0

    async def connect(self, wanted: Mapping[str, Framing], spawn: Callable[[str, Framing], object]) -> None:
        """Starts a stream for each device by `spawn`; returns when all are up, or after 2 s."""
        for hostname, framing in wanted.items():
            spawn(hostname, framing)
        with suppress(TimeoutError):
            async with asyncio.timeout(_SOON_S), self._up:
                await self._up.wait_for(lambda: len(self._streams) == len(wanted))

    async def keep(self, hostname: str, framing: Framing) -> NoReturn:
        """Keeps a device's TCP stream up until cancelled."""

        async def opened(writer: asyncio.StreamWriter) -> None:
            async with self._up:
                self._streams[hostname] = (framing, writer)
                self._up.notify_all()

        await streams.keep(self._tcp, opened, lambda: self._streams.pop(hostname, None))

    def send(self, hostname: str, message: bytes) -> None:
        if stream := self._streams.get(hostname):
            framing, writer = stream
            writer.write(framing.wrap(message))
            return
        self._send(message, self._udp)

    def notify(self, datagram: bytes) -> None:
        """Sends an SNMP notification."""
        if self._trap is not None:
            self._send(datagram, self._trap)

    def _send(self, datagram: bytes, to: Address) -> None:
        try:
            self._socket.sendto(datagram, to)
        except OSError:
            self.lost += 1

    def close(self) -> None:
        self._socket.close()
