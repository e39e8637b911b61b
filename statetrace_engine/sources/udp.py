"""Receiving datagrams without losing any: a socket drained in slices on the engine's own loop.

The loop is a SelectorEventLoop on every system, so no receive thread is needed on Windows either. asyncio's
DatagramProtocol takes one datagram a turn of the loop and loses most of a burst (benchmarks/syslog_udp.py shows both).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Callable

from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address
from statetrace_engine.sources.inbox import Inbox

SLICE = 200
"""Datagrams read before the loop gets its turn: about a millisecond."""
_WHAT = {Source.SYSLOG_UDP: "syslog over UDP", Source.TRAP: "SNMP traps"}
"""What cannot listen, when it cannot."""
_BUFFERS = tuple(mebibytes << 20 for mebibytes in (16, 8, 4, 2, 1))
"""The largest absorbs half a second at 50,000 datagrams a second, while others have the processor."""
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
"""Linux, include/uapi/asm-generic/socket.h; Python names neither."""

Sender = tuple[str, int, *tuple[int, ...]]
"""Address and port as the socket gives them."""
Take = Callable[[bytes, Sender, float], bool]
"""(datagram, sender, steady time) → whether it was sound; what comes of it goes into the inbox."""


class UdpListener:
    """Receives until closed. Raises PortTaken, ValueError or OSError as `address.bound` does."""

    def __init__(
        self, source: Source, setting: str, where: str, inbox: Inbox, loop: asyncio.AbstractEventLoop, take: Take
    ) -> None:
        """`setting` (`[syslog] udp`) is what to change when `where` cannot be had."""
        self._source = source
        self._inbox = inbox
        self._loop = loop
        self._take = take
        self.socket = address.bound(_WHAT[source], f"{setting} in statetrace.toml", where, socket.SOCK_DGRAM)
        self.buffer_bytes = _widen(self.socket)
        """What the system granted to absorb a burst."""
        host, port = self.socket.getsockname()[:2]
        self.where = address.join(host, port)
        """The address it is bound to."""
        self._errors = 0
        self._last_at: Epoch | None = None
        self._received = 0
        self._lost = 0
        loop.add_reader(self.socket, self._read)

    def status(self) -> SourceStatus:
        """Counts since it was opened, but `dropped` since the inbox was made: with what the system had no room for."""
        self._count_lost()
        return SourceStatus(
            name=self._source,
            detail=self.where,
            state="running",
            received=self._received,
            dropped=self._inbox.dropped[self._source],
            errors=self._errors,
            last_at=self._last_at,
        )

    def answer(self, datagram: bytes, sender: Sender) -> None:
        """Raises OSError."""
        self.socket.sendto(datagram, sender)

    def close(self) -> None:
        self._loop.remove_reader(self.socket)
        self._count_lost()
        self.socket.close()

    def _count_lost(self) -> None:
        """Tells the inbox what was lost before it, so that one number says what was not read."""
        lost = _lost_in_system(self.socket)
        self._inbox.lost(self._source, (lost - self._lost) & 0xFFFF_FFFF)
        self._lost = lost

    def _read(self) -> None:
        receive, take = self.socket.recvfrom, self._take
        steady = self._inbox.clock.steady()
        for _ in range(SLICE):
            try:
                raw, sender = receive(65535)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:  # an ICMP error that the system pins on this socket: not ours to act on
                self._errors += 1
                break
            self._received += 1
            if not take(raw, sender, steady):
                self._errors += 1
        self._last_at = self._inbox.clock.wall()


def _widen(listener: socket.socket) -> int:
    """Asks for the largest receive buffer the system gives, past its limit where we may; returns its bytes."""
    for size in _BUFFERS:
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                listener.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, size)
                break
        with contextlib.suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
            break
    return listener.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def _lost_in_system(listener: socket.socket) -> int:
    """Datagrams for which the socket's buffer had no room; 0 where the system does not tell (sock_diag(7))."""
    if sys.platform != "linux":
        return 0
    try:
        memory = listener.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36)
    except OSError:
        return 0
    return int(struct.unpack("9I", memory)[8]) if len(memory) == 36 else 0
