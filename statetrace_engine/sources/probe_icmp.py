"""ICMP echo probes: by a datagram socket, else a raw one, else the system's `ping`, else TCP where a reset is alive."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from enum import StrEnum

from statetrace_engine.model.inventory import Probe
from statetrace_engine.sources import probe_ping
from statetrace_engine.sources.probe_ping import PingProber
from statetrace_engine.sources.probe_tcp import TcpProber
from statetrace_engine.sources.prober import FamilySockets, Outcomes, Prober, send_failed
from statetrace_engine.wire import icmp

_RECEIVE_BUFFER = 1 << 20


class IcmpMode(StrEnum):
    DATAGRAM = "datagram socket"
    RAW = "raw socket"
    PING = "system ping"
    TCP = "tcp connect"


_SOCKETS = {IcmpMode.DATAGRAM: socket.SOCK_DGRAM, IcmpMode.RAW: socket.SOCK_RAW}


def icmp_mode() -> IcmpMode:
    """The best way to send ICMP that this process has here; for `doctor`, and the one that `open_prober` takes."""
    for mode in _SOCKETS:
        try:
            open_socket(mode, is_v6=False).close()
        except OSError:
            continue
        return mode
    return IcmpMode.PING if probe_ping.is_available() else IcmpMode.TCP


def open_prober(loop: asyncio.AbstractEventLoop, outcomes: Outcomes) -> Prober:
    """The prober for `icmp_mode()`; its `detail` says which."""
    mode = icmp_mode()
    if mode in _SOCKETS:
        return IcmpProber(loop, outcomes, mode)
    if mode is IcmpMode.PING:
        return PingProber(loop, outcomes)
    return TcpProber(loop, outcomes, f"icmp ({mode})")


class IcmpProber:
    """Shares one socket a family; an answer is ours when it returns our cookie, and the token beside it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, outcomes: Outcomes, mode: IcmpMode) -> None:
        self.detail = f"icmp ({mode})"
        self._outcomes = outcomes
        self._ident = os.getpid() & 0xFFFF
        # Raw sockets hear the answers to every process of this machine, and identifiers repeat.
        self._cookie = secrets.token_bytes(8)
        self._sockets = FamilySockets(loop, outcomes.wake, lambda is_v6: open_socket(mode, is_v6), self._take)
        self.drain = self._sockets.drain
        self.close = self._sockets.close

    def send(self, probe: Probe, token: int) -> None:
        echo = icmp.Echo(self._ident, token & 0xFFFF, self._cookie + token.to_bytes(4, "big"))
        try:
            self._sockets.send(icmp.encode_request(echo, ":" in probe.target), probe.target, 0)
        except OSError as error:
            send_failed(self._outcomes, token, error)

    def _take(self, packet: bytes, host: str, port: int, is_v6: bool) -> None:  # noqa: ARG002 - shared form
        echo = icmp.decode_reply(packet, is_v6)
        if echo is not None and echo.data[:8] == self._cookie and len(echo.data) >= 12:
            self._outcomes.answered(int.from_bytes(echo.data[8:12], "big"))


def open_socket(mode: IcmpMode, is_v6: bool) -> socket.socket:
    """A datagram or raw ICMP socket. Raises OSError, mostly PermissionError, where the system has or gives none."""
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if is_v6 else (socket.AF_INET, socket.IPPROTO_ICMP)
    opened = socket.socket(family, _SOCKETS[mode], protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    return opened
