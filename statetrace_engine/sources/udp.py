"""Receiving datagrams without losing any: sockets drained in slices on the engine's own loop.

One sender that floods fills one socket. Where the system deals senders out to several on one port, it fills its own,
which is drained no faster than the others: theirs wait for nothing and lose nothing (benchmarks/flood.py).

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
from statetrace_engine.sources import address, shared_port
from statetrace_engine.sources.inbox import Inbox

SOCKETS = 16
"""One sender in so many shares a socket with the one that floods."""
SLICE = 200
"""Datagrams read before the loop gets its turn, of all sockets that are not drained yet: about a millisecond."""
_LEAST = 25
"""Of one socket."""
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
        first = address.bound(_WHAT[source], f"{setting} in statetrace.toml", where, socket.SOCK_DGRAM)
        self.sockets = shared_port.joined(first, SOCKETS)
        self.buffer_bytes = min(map(_widen, self.sockets))
        """What the system granted to absorb a burst of one sender."""
        host, port = first.getsockname()[:2]
        self.where = address.join(host, port)
        """The address it is bound to."""
        self._errors = 0
        self._last_at: Epoch | None = None
        self._received = 0
        self._lost = dict.fromkeys(self.sockets, 0)
        self._behind: set[socket.socket] = set()
        """Sockets that were not drained when they were read last."""
        for opened in self.sockets:
            loop.add_reader(opened, self._read, opened)

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
        self.sockets[0].sendto(datagram, sender)

    def close(self) -> None:
        self._count_lost()
        for opened in self.sockets:
            self._loop.remove_reader(opened)
            opened.close()

    def _count_lost(self) -> None:
        """Tells the inbox what was lost before it, so that one number says what was not read."""
        for opened, before in self._lost.items():
            self._lost[opened] = lost = _lost_in_system(opened)
            self._inbox.lost(self._source, (lost - before) & 0xFFFF_FFFF)

    def _read(self, opened: socket.socket) -> None:
        self._behind.add(opened)
        receive, take = opened.recvfrom, self._take
        steady = self._inbox.clock.steady()
        for _ in range(max(SLICE // len(self._behind), _LEAST)):
            try:
                raw, sender = receive(65535)
            except (BlockingIOError, InterruptedError):
                self._behind.discard(opened)
                break
            except OSError:  # an ICMP error that the system pins on this socket: not ours to act on
                self._errors += 1
                self._behind.discard(opened)
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
