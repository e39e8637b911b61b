"""BMP over TCP (RFC 7854): routers connect and tell of their BGP, each at the pace that leaves time for the others.

A router's whole feed comes at once, as fast as TCP brings it. So a connection is read a buffer at a time, and the next
only when that one is worked off; all connections together have one slice in a turn of the loop. A router waits so, and
not the keys: nor does it lose anything, for it also waits while too many of its signals do.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import NoReturn, Self

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine import descriptors
from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import BmpRouter, Payload, Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address
from statetrace_engine.sources.bmp_router import Router
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.status import Report, keep_reporting
from statetrace_engine.wire.bgp_nlri import packed
from statetrace_engine.wire.bmp import Decoder, Frame
from statetrace_engine.wire.bmp_feed import OWN, Watched

BUFFER = 16384
"""Bytes read from one connection at a time."""
SLICE_S = 0.002
"""Of work for all connections in one turn of the loop."""
WAITING = 500
"""Signals of one router that may wait for evaluation before it has to wait itself."""
WAIT_S = 0.01
SAID_S = 600.0
"""So long the status tells of what went wrong last."""
_OTHERS = 1400
"""What else may be open at most: syslog over TCP, consoles, probes."""
_SHARE = 8 if sys.platform == "win32" else 6
"""Of all sockets that the system allows, one in so many at most is a router's."""

Prefixes = Callable[[str, str], frozenset[str]]
"""(address, sysName) → the prefixes that are watched on that router."""


class BmpLimits(Struct, frozen=True, kw_only=True):
    connections: int = 300
    """Open at once, or as many as the system allows; then a newcomer is refused."""
    of_one: int = 4
    """From one address; then a newcomer takes the place of the one that was heard of longest ago: routers that restart
    leave dead connections behind, and some open one for each VRF."""
    silent_s: float = 60.0
    """One that has sent no whole message within this is closed, or that takes as long to end one. Between messages a
    router may be silent as long as it likes."""
    anew_s: float = 300.0
    """When more is watched, a connection at least so old is closed, for the router to begin anew and tell all."""


class BmpSettings(Struct, frozen=True, kw_only=True):
    """`[bmp]` of statetrace.toml."""

    tcp: str = "0.0.0.0:5000"
    """`ADDRESS:PORT`, port 0 for any; empty: no listener."""
    relays: tuple[str, ...] = ()
    """What comes from these peers is of the router that its sysName names, and so are the limits."""


class Watch:
    """What is watched on which router: whoever knows calls `watch`, again after each change; nobody is read before."""

    def __init__(self) -> None:
        self.prefixes: Prefixes | None = None
        self.changed: Callable[[], None] = lambda: None
        """The listener's own."""

    def watch(self, prefixes: Prefixes) -> None:
        self.prefixes = prefixes
        self.changed()


async def run(
    settings: BmpSettings, watch: Watch, inbox: Inbox, report: Report, limits: BmpLimits | None = None
) -> NoReturn:
    """Listens until cancelled. Raises PortTaken, ValueError or OSError as `address.bound` does."""
    listener = await BmpListener.open(settings, limits or BmpLimits(), watch, inbox, asyncio.get_running_loop())
    with contextlib.closing(listener):
        await keep_reporting(report, lambda: (listener.status(),))


class BmpListener:
    """Accepts and reads connections until closed; made by `open`."""

    def __init__(
        self, relays: tuple[str, ...], limits: BmpLimits, watch: Watch, inbox: Inbox, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.relays = frozenset(relays)
        self.limits = limits
        self.inbox = inbox
        self.where = ""
        """The address it is bound to."""
        self.buffer = bytearray(BUFFER)
        """Shared: the loop fills it and has it taken before it turns to the next connection."""
        self.received = 0
        """Messages of connections that have ended; `status` adds those of the others."""
        self.errors = 0
        self.last_at: Epoch | None = None
        self._loop = loop
        self._watch = watch
        self._wrong = ("", 0.0)
        """What went wrong last, and when (steady)."""
        self._connections: set[_Connection] = set()
        self._ready: deque[_Connection] = deque()
        self._is_due = False
        self._has_news = False
        self._server: asyncio.Server | None = None
        watch.changed = self._look_again

    @classmethod
    async def open(
        cls, settings: BmpSettings, limits: BmpLimits, watch: Watch, inbox: Inbox, loop: asyncio.AbstractEventLoop
    ) -> Self:
        most = max(descriptors.allowed(limits.connections + _OTHERS) // _SHARE, 1)
        limits = replace(limits, connections=min(limits.connections, most))
        listener = cls(settings.relays, limits, watch, inbox, loop)
        bound = address.bound("BMP", "[bmp] tcp in statetrace.toml", settings.tcp, socket.SOCK_STREAM)
        host, port = bound.getsockname()[:2]
        listener.where = address.join(host, port)
        listener._server = await loop.create_server(lambda: _Connection(listener), sock=bound, backlog=512)
        return listener

    def status(self) -> SourceStatus:
        """Counts since it was opened; also the moment at which connections are closed that should not go on."""
        self._close_idle()
        words, at = self._wrong
        routers = [connection.router for connection in self._connections]
        return SourceStatus(
            name=Source.BMP,
            detail=self.where,
            state="running",
            received=self.received + sum(router.messages for router in routers),
            dropped=self.inbox.dropped[Source.BMP],
            errors=self.errors + sum(router.errors for router in routers),
            last_at=self.last_at,
            error=words if self.inbox.clock.steady() - at < SAID_S else "",
            connections=sum(router.has_begun for router in routers),
            silent=sum(not router.has_begun for router in routers),
        )

    def close(self) -> None:
        self._watch.changed = lambda: None
        if self._server is not None:
            self._server.close()
        for connection in tuple(self._connections):
            connection.end("nobody listens for BMP any longer")

    # Connections ------------------------------------------------------------------------------------------------------

    def admit(self, connection: _Connection) -> bool:
        """Whether there is room for a new connection; counts a refusal."""
        is_crowded = connection.peer not in self.relays and self._make_room(connection)
        if not is_crowded and len(self._connections) >= self.limits.connections:
            self.fail(connection.peer, "refused: there are too many connections")
            return False
        self._connections.add(connection)
        return True

    def named(self, connection: _Connection) -> None:
        """A router behind a relay has said who it is."""
        self._make_room(connection)

    def _make_room(self, connection: _Connection) -> bool:
        """Ends the connection that was heard of longest ago where its sender has as many as it may without this one."""
        of_one = [c for c in self._connections if c.peer == connection.peer and c is not connection]
        if len(of_one) < self.limits.of_one:
            return False
        min(of_one, key=lambda other: other.heard_steady).end("another connection took its place")
        return True

    def ended(self, connection: _Connection, why: str) -> None:
        """It is gone; nobody sees what its router's neighbours offer, unless another connection tells all of it.

        Else the router begins anew: what only this one told would be believed for as long as the others go on.
        """
        self._connections.discard(connection)
        router = connection.router
        self.received += router.messages
        self.errors += router.errors
        others = [c for c in self._connections if c.peer == connection.peer and c.router.has_begun]
        if router.has_begun and not others:
            self.inbox.put(Source.BMP, connection.peer, BmpRouter(router.name, False, why))
        elif not all(any(c.router.knows(*one) for c in others) for one in router.tables()):
            for other in others:
                other.end("closed, for the router to begin anew: another of its connections has ended")

    def fail(self, peer: str, why: str) -> None:
        self.errors += 1
        self.tell(peer, why)

    def tell(self, peer: str, why: str) -> None:
        """In the status, of something that is counted already."""
        self._wrong = f"{peer}: {why}", self.inbox.clock.steady()

    def put(self, connection: _Connection, payload: Payload) -> None:
        if isinstance(payload, BmpRouter) and any(
            c.router.has_begun for c in self._connections if c.peer == connection.peer and c is not connection
        ):
            return  # its other connection goes on
        self.inbox.put(Source.BMP, connection.peer, payload, connection.heard_steady)

    def watched(self, peer: str, name: str) -> frozenset[str]:
        return self._watch.prefixes(peer, name) if self._watch.prefixes is not None else frozenset()

    def _close_idle(self) -> None:
        now = self.inbox.clock.steady()
        has_news, self._has_news = self._has_news, False
        for connection in tuple(self._connections):
            age_s = now - connection.opened_steady
            if has_news:
                connection.look_again()
            if not connection.router.has_begun and age_s >= self.limits.silent_s and self._watch.prefixes is not None:
                self.fail(connection.peer, f"closed: it has sent no message for {self.limits.silent_s:.0f} s")
                connection.end("")
            elif connection.ending_s(now) > self.limits.silent_s:
                self.fail(connection.peer, f"closed: it has not ended a message for {self.limits.silent_s:.0f} s")
                connection.end("it did not end a message")
            elif connection.lacks and age_s >= self.limits.anew_s:
                connection.end("closed, for the router to begin anew: more is watched")

    def _look_again(self) -> None:
        """Another set of prefixes is watched: with the next status, or at once where nobody is read yet."""
        self._has_news = True
        self._plan()

    # Turns ------------------------------------------------------------------------------------------------------------

    def wants_turn(self, connection: _Connection) -> None:
        self._ready.append(connection)
        self._plan()

    def _plan(self, wait_s: float = 0.0) -> None:
        if self._is_due or not self._ready or self._watch.prefixes is None:
            return
        self._is_due = True
        if wait_s:
            self._loop.call_later(wait_s, self._turn)
        else:
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """One slice of work, of one connection; the next of them has the next turn."""
        self._is_due = False
        has_worked = False
        for _ in range(len(self._ready)):
            connection = self._ready.popleft()
            if self.inbox.waiting(Source.BMP, connection.peer) >= WAITING:
                self._ready.append(connection)  # the pump is behind
                continue
            has_worked = True
            self.last_at = self.inbox.clock.wall()
            try:
                if not connection.work(perf_counter() + SLICE_S):
                    self._ready.append(connection)
            finally:  # a bug that one router's words meet does not leave the others unheard
                self._plan()
            break
        if not has_worked:
            self._plan(WAIT_S)


class _Connection(asyncio.BufferedProtocol):
    def __init__(self, listener: BmpListener) -> None:
        self._listener = listener
        self._decoder = Decoder()
        self._frames: deque[Frame] = deque()
        """Read, and not yet looked at: of one buffer at most."""
        self._raw = b""
        self._transport: asyncio.Transport | None = None
        self._is_open = False
        self._why = ""
        self._watches: frozenset[str] = frozenset()
        self._ready: Watched | None = None
        self.lacks = False
        """More is watched than the router has told of."""
        self.peer = ""
        """Who speaks: an address, or behind a relay the router's sysName."""
        self.opened_steady = self.heard_steady = self._read_on_steady = listener.inbox.clock.steady()
        self._ending_s = 0.0
        """Waited for the end of the message that has begun; not while the router had to wait for us."""
        self.router = Router(lambda payload: listener.put(self, payload), self._watched)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport), "the loop makes stream transports for a stream server"
        self._transport = transport
        name = transport.get_extra_info("peername")
        self.peer = address.peer(name[0]) if name else ""
        _keep_alive(transport.get_extra_info("socket"))
        self._is_open = self._listener.admit(self)
        if not self._is_open:
            transport.abort()

    def get_buffer(self, sizehint: int) -> bytearray:  # noqa: ARG002 - asyncio's signature
        return self._listener.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if not self._is_open:
            return
        assert self._transport is not None, "data comes after the connection"
        self._transport.pause_reading()
        self.heard_steady = self._listener.inbox.clock.steady()
        self._ending_s = self.ending_s(self.heard_steady)
        self._raw = bytes(self._listener.buffer[:nbytes])
        self._listener.wants_turn(self)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        words = self.router.goodbye if self.router.has_ended else str(exc or "the router closed the connection")
        if self._is_open and self._decoder.finish():
            self._listener.fail(self.peer, self._decoder.error)
        self._end(words)

    def end(self, why: str) -> None:
        """Closes it, now."""
        self._end(why)
        if self._transport is not None:
            self._transport.abort()

    def _end(self, why: str) -> None:
        if self._is_open:
            self._is_open = False
            self._frames.clear()
            self._raw = b""
            self._listener.ended(self, why)

    def work(self, until: float) -> bool:
        """Looks at what was read; whether it is done with that, and may be read on."""
        errors = self.router.errors
        is_done = self._look(until)
        if self.router.errors > errors:
            self._listener.tell(self.peer, self.router.error)
        if is_done and self._is_open:
            self._go_on()
        return is_done

    def _look(self, until: float) -> bool:
        if self._raw:
            whole = self._decoder.feed(self._raw)
            self._frames.extend(whole)
            self._ending_s = 0.0 if whole else self._ending_s
            self._raw = b""
        frames, take = self._frames, self.router.take
        while frames:
            take(frames.popleft())
            if perf_counter() >= until and frames:
                return False
        return True

    def _go_on(self) -> None:
        if fatal := self.router.fatal or self._decoder.error:
            self._listener.fail(self.peer, f"closed: {fatal}")
            self.end(f"closed: {fatal}")
        elif self._transport is not None:
            self._read_on_steady = self._listener.inbox.clock.steady()
            self._transport.resume_reading()

    def ending_s(self, now: float) -> float:
        """How long it has been waited for the end of a message; 0 between messages, and while one is looked at."""
        if not self._decoder.is_within or self._raw or self._frames:
            return 0.0
        return self._ending_s + now - self._read_on_steady

    def look_again(self) -> None:
        """What is watched may have changed."""
        before = self._watches
        self.router.watch()
        self.lacks = self.lacks or bool(self._watches - before)

    def _watched(self, name: str) -> Watched:
        if name and self.peer in self._listener.relays:
            self.peer = name
            self._listener.named(self)
        wanted = self._listener.watched(self.peer, name)
        if wanted != self._watches or self._ready is None:
            self._watches = wanted
            self._ready = Watched({OWN: frozenset(packed(prefix) for prefix in wanted)})
        return self._ready


def _keep_alive(connected: socket.socket) -> None:
    """BMP has no keepalive of its own: TCP's finds routers that died without a word, within a minute and a half."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 6)):
        if hasattr(socket, option):
            with contextlib.suppress(OSError):  # the name alone does not make an old Windows know it
                connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
