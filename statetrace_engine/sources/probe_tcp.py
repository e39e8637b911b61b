"""TCP probes: a connection attempt. Accepted or reset, the target is alive; only silence is a miss."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct

from msgspec import Struct

from statetrace_engine.model.inventory import Probe
from statetrace_engine.sources.prober import Outcomes, send_failed

AT_ONCE = 256
"""Attempts open at once, within the 512 sockets of Windows' select; further probes are not sent, nor lost."""
KEPT_S = 0.5
"""No timeout is longer; older attempts are closed."""
_ALIVE = frozenset({0, errno.EISCONN, errno.ECONNREFUSED, errno.ECONNRESET})
_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN})
_HANG_UP = struct.pack("ii", 1, 0)
"""SO_LINGER of zero: reset at once, instead of thousands of ports in TIME-WAIT."""


class _Attempt(Struct):
    connecting: socket.socket
    started: float


class TcpProber:
    """`default_port` is for probes without one of their own."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, outcomes: Outcomes, detail: str = "tcp (connect)", default_port: int = 7
    ) -> None:
        self.detail = detail
        self._loop = loop
        self._outcomes = outcomes
        self._default_port = default_port
        self._attempts: dict[int, _Attempt] = {}
        self._ready: list[int] = []

    def send(self, probe: Probe, token: int) -> None:
        self._close_old()
        if len(self._attempts) >= AT_ONCE:
            self._outcomes.unsent(token)
            return
        try:
            connecting = socket.socket(socket.AF_INET6 if ":" in probe.target else socket.AF_INET, socket.SOCK_STREAM)
        except OSError as error:
            send_failed(self._outcomes, token, error)
            return
        connecting.setblocking(False)
        self._attempts[token] = _Attempt(connecting, self._loop.time())
        code = connecting.connect_ex((probe.target, probe.port or self._default_port))
        if code in _UNDER_WAY:
            self._loop.add_writer(connecting, self._settled, token)
        else:
            self._hang_up(token)
            if code in _ALIVE:
                self._outcomes.answered(token)
            else:
                send_failed(self._outcomes, token, OSError(code, os.strerror(code)))

    def drain(self) -> None:
        ready, self._ready = self._ready, []
        for token in ready:
            attempt = self._attempts.get(token)
            if attempt is None:
                continue
            code = attempt.connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self._hang_up(token)
            if code in _ALIVE:
                self._outcomes.answered(token)
            else:
                self._outcomes.missed(token)

    def close(self) -> None:
        for token in tuple(self._attempts):
            self._hang_up(token)

    def _settled(self, token: int) -> None:
        self._loop.remove_writer(self._attempts[token].connecting)
        self._ready.append(token)
        self._outcomes.wake()

    def _close_old(self) -> None:
        limit = self._loop.time() - KEPT_S
        while self._attempts:
            token, attempt = next(iter(self._attempts.items()))
            if attempt.started > limit:
                return
            self._hang_up(token)

    def _hang_up(self, token: int) -> None:
        connecting = self._attempts.pop(token).connecting
        self._loop.remove_writer(connecting)
        connecting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HANG_UP)
        connecting.close()
