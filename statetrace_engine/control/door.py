"""The engine's door: other processes of the same user ask, act and watch through it, on 127.0.0.1.

Everything a client can make the engine hold is bounded: its messages by their caps, its frames because they merge in
its subscription until it has taken the last one, its answers because the next one waits for it to read.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct

from statetrace_engine.api import Engine, Subscription
from statetrace_engine.control import messages
from statetrace_engine.control.messages import (
    Answer,
    Call,
    Failed,
    Hello,
    MalformedError,
    Part,
    Splitter,
    Unwatch,
    Watch,
)
from statetrace_engine.errors import StateTraceError

HOST = "127.0.0.1"
MAX_CLIENTS = 16
MAX_WATCHES = 4
"""Of one client."""
PUSH_S = 0.1
HELLO_S = 2.0
LEAVE_S = 1.0
_READ = 1 << 16
_BUSY_S = 0.005


class Turned(Struct, kw_only=True):
    """Connections that the door closed, by reason."""

    wrong_token: int = 0
    malformed: int = 0
    crowded: int = 0
    """Beyond 16 clients, or as many that have not said Hello yet."""
    late: int = 0
    """No Hello within 2 s."""


class Door:
    """Serves one `api.Engine`. `open` gives the port, `run` pushes frames until it is cancelled or the door closes."""

    def __init__(self, engine: Engine, token: str, *, push_s: float = PUSH_S) -> None:
        self.turned = Turned()
        self._engine = engine
        self._token = token.encode()
        self._push_s = push_s
        self._server: asyncio.Server | None = None
        self._clients: set[_Client] = set()
        self._waiting = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def clients(self) -> int:
        """Clients that have shown the token."""
        return len(self._clients)

    async def open(self) -> int:
        """Listens on a free port of 127.0.0.1 and answers it. Raises StateTraceError."""
        try:
            self._server = await asyncio.start_server(self._serve, HOST, 0)
        except OSError as error:
            raise StateTraceError(f"the control door cannot listen on {HOST}: {error.strerror}") from error
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def run(self) -> None:
        """Pushes what the clients watch, at most ten frames a second each."""
        while True:
            is_busy = False
            for client in tuple(self._clients):
                is_busy |= await client.push()
            await asyncio.sleep(_BUSY_S if is_busy else self._push_s)

    async def close(self) -> None:
        """Closes the door and every connection."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await self._empty.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self._empty.clear()
        try:
            splitter = await self._admit(reader, writer)
            if splitter is not None:
                await self._serve_client(_Client(self._engine, writer, self._push_s), reader, splitter)
        except MalformedError:
            self.turned.malformed += 1
        except (ConnectionError, StateTraceError):
            pass  # it left, or the engine does
        finally:
            _leave(writer)
            self._open.discard(writer)
            if not self._open:
                self._empty.set()

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Splitter | None:
        """The connection's splitter once the token was right; None: turned away."""
        if self._waiting >= MAX_CLIENTS or len(self._clients) >= MAX_CLIENTS:
            self.turned.crowded += 1
            return None
        splitter = Splitter(messages.MAX_HELLO)
        self._waiting += 1
        try:
            async with asyncio.timeout(HELLO_S):
                body = await _first(reader, splitter)
        except TimeoutError:
            self.turned.late += 1
            return None
        finally:
            self._waiting -= 1
        return splitter if body is not None and self._is_welcome(messages.decode_request(body), writer) else None

    def _is_welcome(self, hello: messages.Request, writer: asyncio.StreamWriter) -> bool:
        if not isinstance(hello, Hello):
            raise MalformedError("no Hello")
        if not hmac.compare_digest(hello.token.encode(), self._token):
            self.turned.wrong_token += 1
            return False
        writer.write(messages.encode(messages.Welcome(messages.PROTOCOL), messages.MAX_OUT))
        return hello.protocol == messages.PROTOCOL

    async def _serve_client(self, client: _Client, reader: asyncio.StreamReader, splitter: Splitter) -> None:
        splitter.limit = messages.MAX_IN
        self._clients.add(client)
        try:
            data = b""
            while not client.writer.is_closing():
                for body in splitter.feed(data):
                    await client.handle(messages.decode_request(body))
                data = await reader.read(_READ)
                if not data:
                    return
        finally:
            self._clients.discard(client)
            client.close()


class _Client:
    """One authenticated connection: its calls one after the other, its watches side by side."""

    def __init__(self, engine: Engine, writer: asyncio.StreamWriter, push_s: float) -> None:
        self.writer = writer
        self._engine = engine
        self._watches: dict[int, Subscription] = {}
        self._parts: Iterator[Part] = iter(())
        self._push_s = push_s
        self._pulled = float("-inf")

    async def handle(self, request: messages.Request) -> None:
        """Raises MalformedError, and ConnectionError when the client has left."""
        match request:
            case Call():
                await self._call(request)
            case Watch(watch_id):
                if watch_id in self._watches or len(self._watches) >= MAX_WATCHES:
                    raise MalformedError(f"watch {watch_id}")
                self._watches[watch_id] = self._engine.subscribe()
            case Unwatch(watch_id):
                if (subscription := self._watches.pop(watch_id, None)) is not None:
                    subscription.close()
            case Hello():
                raise MalformedError("a second Hello")

    async def push(self) -> bool:
        """Writes what is new while the client keeps up; True: it took some and there is more, ask again soon."""
        has_taken = False
        while not self.writer.is_closing():
            if self.writer.transport.get_write_buffer_size():
                return has_taken  # a slow client's frames merge in its subscription meanwhile
            part = next(self._parts, None) or next(self._pull(), None)
            if part is None:
                return False
            try:
                self.writer.write(messages.encode(part, messages.MAX_OUT))
            except StateTraceError:
                self.writer.transport.abort()  # no frame of ours is so big; it would miss this one for ever
            has_taken = True
            await asyncio.sleep(0)  # a big frame must not hold up the pump
        return False

    def close(self) -> None:
        for subscription in self._watches.values():
            subscription.close()
        self._watches.clear()

    def _pull(self) -> Iterator[Part]:
        now = asyncio.get_running_loop().time()
        if now - self._pulled >= self._push_s:
            self._pulled = now
            self._parts = (
                part
                for watch_id, subscription in tuple(self._watches.items())
                if watch_id in self._watches and (frame := subscription.pull()) is not None
                for part in messages.parts_of(watch_id, frame)
            )
        return self._parts

    async def _call(self, call: Call) -> None:
        try:
            if (method := messages.METHODS.get(call.method)) is None:
                raise StateTraceError(f"this engine knows no method {call.method[:40]!r}")
            params = messages.decode_params(method, call.params)
            result = await getattr(self._engine, call.method)(*params)
        except StateTraceError as error:
            await self._send(Failed(call.call_id, str(error)))
            return
        for piece, is_last in _pieces(result, method):
            await self._send(Answer(call.call_id, msgspec.Raw(messages.pack(piece)), is_last))

    async def _send(self, reply: messages.Reply) -> None:
        self.writer.write(messages.encode(reply, messages.MAX_OUT))
        await self.writer.drain()
        await asyncio.sleep(0)


def _leave(writer: asyncio.StreamWriter) -> None:
    """Closes; what a client has not read by now it need not read."""
    if writer.transport.get_write_buffer_size():
        writer.transport.abort()
    else:
        writer.close()


async def _first(reader: asyncio.StreamReader, splitter: Splitter) -> bytes | None:
    """The first message; None when the connection ends before it."""
    while data := await reader.read(_READ):
        for body in splitter.feed(data):
            return body
    return None


def _pieces(result: Any, method: messages.Method) -> Iterator[tuple[Any, bool]]:  # Any: as the method's type says
    if not method.is_many:
        yield result, True
        return
    for start in range(0, max(1, len(result)), messages.PART_ITEMS):
        end = start + messages.PART_ITEMS
        yield result[start:end], end >= len(result)
