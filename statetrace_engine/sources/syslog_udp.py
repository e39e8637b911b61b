"""Syslog over UDP (RFC 5426): one datagram, one message.

    b"<187>45: *Mar  1 18:46:11.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down"

The socket is drained in slices on the engine's own loop, a SelectorEventLoop on every system, so no receive
thread is needed on Windows either. asyncio's DatagramProtocol takes one datagram a turn of the loop and loses
most of a burst (benchmarks/syslog_udp.py shows both).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys

from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import LogLine, Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address
from statetrace_engine.sources.inbox import Inbox

LONGEST = 8192
"""Bytes of a datagram that are kept; RFC 5426 section 3.2 asks for 2,048."""
SLICE = 200
"""Datagrams read before the loop gets its turn: about a millisecond."""
_BUFFERS = tuple(mebibytes << 20 for mebibytes in (16, 8, 4, 2, 1))
"""The largest absorbs half a second at 50,000 datagrams a second, while others have the processor."""
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
"""Linux, include/uapi/asm-generic/socket.h; Python names neither."""


class UdpListener:
    """Receives until closed. Raises PortTaken, ValueError or OSError as `address.bound` does."""

    def __init__(self, where: str, inbox: Inbox, loop: asyncio.AbstractEventLoop) -> None:
        self._inbox = inbox
        self._loop = loop
        self._socket = address.bound("syslog over UDP", "[syslog] udp in statetrace.toml", where, socket.SOCK_DGRAM)
        self.buffer_bytes = _widen(self._socket)
        """What the system granted to absorb a burst."""
        host, port = self._socket.getsockname()[:2]
        self.where = address.join(host, port)
        """The address it is bound to."""
        self._errors = 0
        self._last_at: Epoch | None = None
        self._received = 0
        loop.add_reader(self._socket, self._read)

    def status(self) -> SourceStatus:
        """Counts since it was opened; `dropped` includes what the system's own buffer had no room for."""
        return SourceStatus(
            name=Source.SYSLOG_UDP,
            detail=self.where,
            state="running",
            received=self._received,
            dropped=self._inbox.dropped[Source.SYSLOG_UDP] + _lost_in_system(self._socket),
            errors=self._errors,
            last_at=self._last_at,
        )

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        receive, put = self._socket.recvfrom, self._inbox.put
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
            if not raw or len(raw) > LONGEST:
                self._errors += 1
                raw = raw[:LONGEST]
                if not raw:
                    continue
            put(Source.SYSLOG_UDP, address.peer(sender[0]), LogLine(raw), steady)
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
