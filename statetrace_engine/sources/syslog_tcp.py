"""Syslog over TCP (RFC 6587): many connections, each a stream of framed messages.

    b"57 <189>1 2026-03-01T18:46:11Z r1 bgpd - - - %ADJCHANGE: …"    octet counting
    b"<189>Mar  1 18:46:11 r1 bgpd: %ADJCHANGE: …\\n"                 newline

A BufferedProtocol and not `asyncio.start_server`: it reads at most one buffer of a connection in a turn of the
loop, so that one sender cannot starve the others, and it needs no task a connection.

The backlog of a reconnecting sender is history (SPEC 3). A sender *reconnects* when its last connection was held
for at least `held_s` and ended, or has fallen silent, less than `reconnect_s` ago, and it has no other. (A sender
that opens a connection for every message is none, nor is one of many devices behind one address.) What then
arrives in the first `backlog_s`, until a pause of `backlog_pause_s`, is marked. The first connection after the
engine's start is never marked: its news would be lost with its backlog, and the messages' own times tell.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections import Counter, OrderedDict
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine import descriptors
from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import LogLine, Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.wire.syslog import Framer

SLICE = 16384
"""Bytes read from one connection in one turn of the loop."""
_OTHERS = 124 if sys.platform == "win32" else 400
"""Kept free of connections: what consoles, files, routers with BMP and, except on Windows, probes may have open."""
_REMEMBERED = 10_000
"""Senders whose last connection is remembered."""


class TcpLimits(Struct, frozen=True, kw_only=True):
    connections: int = 1000
    """Open at once, or as many as the system allows; at the limit the newcomer takes the place of one idle for
    `evict_s`, or of a sender that has more than it, or is refused."""
    idle_s: float = 86400.0
    """A day: to close a quiet device's connection costs its next message, which may be the one that matters."""
    evict_s: float = 60.0
    held_s: float = 5.0
    silent_s: float = 10.0
    """A connection so long without data is taken for dead when its sender opens another."""
    reconnect_s: float = 3600.0
    backlog_s: float = 1.0
    backlog_pause_s: float = 0.1


class TcpListener:
    """Accepts and reads connections until closed; made by `open`."""

    def __init__(self, limits: TcpLimits, inbox: Inbox) -> None:
        self.limits = limits
        self.inbox = inbox
        self.where = ""
        """The address it is bound to."""
        self.buffer = bytearray(SLICE)
        """Shared: the loop fills it and has it read before it turns to the next connection."""
        self.received = 0
        self.errors = 0
        self.last_at: Epoch | None = None
        self._connections: set[_Connection] = set()
        self._ended: OrderedDict[str, float] = OrderedDict()
        self._server: asyncio.Server | None = None

    @classmethod
    async def open(cls, where: str, limits: TcpLimits, inbox: Inbox, loop: asyncio.AbstractEventLoop) -> Self:
        """Raises PortTaken, ValueError or OSError as `address.bound` does."""
        connections = descriptors.allowed(limits.connections + _OTHERS) - _OTHERS
        listener = cls(replace(limits, connections=max(connections, 1)), inbox)
        bound = address.bound("syslog over TCP", "[syslog] tcp in statetrace.toml", where, socket.SOCK_STREAM)
        host, port = bound.getsockname()[:2]
        listener.where = address.join(host, port)
        listener._server = await loop.create_server(lambda: _Connection(listener), sock=bound, backlog=512)
        return listener

    def status(self) -> SourceStatus:
        """Counts since it was opened; also the moment at which connections idle for too long are closed."""
        self._close_idle()
        return SourceStatus(
            name=Source.SYSLOG_TCP,
            detail=self.where,
            state="running",
            received=self.received,
            dropped=self.inbox.dropped[Source.SYSLOG_TCP],
            errors=self.errors,
            last_at=self.last_at,
        )

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.abort()

    def admit(self, connection: _Connection) -> bool:
        """Whether there is room for a new connection; counts a refusal."""
        if len(self._connections) >= self.limits.connections:
            victim = self._victim(connection)
            if victim is None:
                self.errors += 1
                return False
            victim.abort()
            self._connections.discard(victim)
        connection.is_backlog = self._is_reconnect(connection)
        self._connections.add(connection)
        return True

    def _victim(self, newcomer: _Connection) -> _Connection | None:
        """Whose place a newcomer takes: one long idle, else of the sender that has the most and more than it; the
        latter is counted, for it may have had something to say."""
        idlest = min(self._connections, key=_heard)
        if newcomer.heard_steady - idlest.heard_steady >= self.limits.evict_s:
            return idlest
        held = Counter(other.peer for other in self._connections)
        peer, most = held.most_common(1)[0]
        if most <= held[newcomer.peer] + 1:
            return None
        self.errors += 1
        return min((other for other in self._connections if other.peer == peer), key=_heard)

    def ended(self, connection: _Connection) -> None:
        self._connections.discard(connection)
        now = self.inbox.clock.steady()
        if now - connection.opened_steady >= self.limits.held_s:
            self._ended[connection.peer] = now
            self._ended.move_to_end(connection.peer)
            if len(self._ended) > _REMEMBERED:
                self._ended.popitem(last=False)

    def _is_reconnect(self, connection: _Connection) -> bool:
        limits, now = self.limits, connection.opened_steady
        others = [other for other in self._connections if other.peer == connection.peer]
        if len(others) == 1:
            other = others[0]
            return now - other.heard_steady >= limits.silent_s and now - other.opened_steady >= limits.held_s
        ended = self._ended.get(connection.peer)
        return not others and ended is not None and now - ended < limits.reconnect_s

    def _close_idle(self) -> None:
        limit = self.inbox.clock.steady() - self.limits.idle_s
        for connection in tuple(self._connections):
            if connection.heard_steady < limit:
                connection.abort()


def _heard(connection: _Connection) -> float:
    return connection.heard_steady


class _Connection(asyncio.BufferedProtocol):
    def __init__(self, listener: TcpListener) -> None:
        self._listener = listener
        self._framer = Framer()
        self._transport: asyncio.Transport | None = None
        self._faults = 0
        self._is_admitted = False
        self.peer = ""
        self.opened_steady = self.heard_steady = listener.inbox.clock.steady()
        self.is_backlog = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "the loop makes stream transports for a stream server"
        self._transport = transport
        name = transport.get_extra_info("peername")
        self.peer = address.peer(name[0]) if name else ""
        connected: socket.socket = transport.get_extra_info("socket")
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # finds senders that died without a word
        self._is_admitted = self._listener.admit(self)
        if not self._is_admitted:
            self.abort()

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - asyncio's signature
        return self._listener.buffer

    def buffer_updated(self, nbytes: int) -> None:
        steady = self._listener.inbox.clock.steady()
        if self.is_backlog:
            limits = self._listener.limits
            self.is_backlog = (
                steady - self.opened_steady < limits.backlog_s and steady - self.heard_steady < limits.backlog_pause_s
            )
        self.heard_steady = steady
        self._take(self._framer.feed(bytes(self._listener.buffer[:nbytes])), steady)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._is_admitted:
            self._take(self._framer.finish(), self._listener.inbox.clock.steady())
            self._listener.ended(self)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _take(self, messages: list[bytes], steady: float) -> None:
        listener, framer = self._listener, self._framer
        listener.received += len(messages)
        for message in messages:
            listener.inbox.put(Source.SYSLOG_TCP, self.peer, LogLine(message, self.is_backlog), steady)
        if messages:
            listener.last_at = listener.inbox.clock.wall()
        faults = framer.oversize + framer.malformed
        listener.errors += faults - self._faults
        self._faults = faults
