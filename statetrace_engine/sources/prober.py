"""What the probers of all kinds share: who they answer to, sockets of both families, and what a failed send means."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Protocol

from statetrace_engine.model.inventory import Probe

SLICE = 1000
"""Packets read from one socket before others get their turn: after a stall every answer that waits there must be
read before its probe expires, and that is what this allows for; a flood of junk is cheaper to refuse."""
_NO_ROOM = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
_NO_ANSWER = frozenset({errno.EHOSTUNREACH, errno.ECONNREFUSED, getattr(errno, "EHOSTDOWN", errno.EHOSTUNREACH)})
"""The target's neighbour or the target itself said so: a miss, not our own trouble."""
_OF_A_PACKET = (
    frozenset({errno.ECONNRESET, errno.ENETRESET, errno.EMSGSIZE}) if sys.platform == "win32" else frozenset()
)
"""What Windows tells in a packet's place: an earlier one was refused or died on its way, or this one is too long."""


class Outcomes(Protocol):
    """What became of a probe; `probe_schedule.Schedule` decides what it means."""

    def answered(self, token: int, rtt_ms: float | None = None) -> None: ...

    def missed(self, token: int) -> None: ...

    def unsent(self, token: int, error: str = "") -> None: ...

    def probe_of(self, token: int) -> Probe | None: ...

    def wake(self) -> None:
        """Asks for `Prober.drain` soon."""


class Prober(Protocol):
    """Sends probes of one kind; nothing here blocks or raises for what the network does."""

    @property
    def detail(self) -> str:
        """The means in use: `icmp (datagram socket)`."""

    def send(self, probe: Probe, token: int) -> None: ...

    def drain(self) -> None:
        """Hands every answer that has arrived to the outcomes."""

    def close(self) -> None: ...


def send_failed(outcomes: Outcomes, token: int, error: OSError) -> None:
    """Tells a moment's lack of room, a refusal by the network and this machine's own trouble apart."""
    if error.errno in _NO_ROOM:
        outcomes.unsent(token)
    elif error.errno in _NO_ANSWER:
        outcomes.missed(token)
    else:
        outcomes.unsent(token, reason(error))


def reason(error: OSError) -> str:
    """`network is unreachable`"""
    return (error.strerror or os.strerror(error.errno or 0) or type(error).__name__).lower()


class FamilySockets:
    """One socket for all IPv4 targets and one for all IPv6 targets, each opened when first needed."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[[], None],
        make: Callable[[bool], socket.socket],
        take: Callable[[bytes, str, int, bool], None],
        take_error: Callable[[socket.socket, bool], bool] = lambda _socket, _is_v6: False,
    ) -> None:
        """`make(is_v6)` opens; `take(packet, host, port, is_v6)` hears; `take_error` says whether it read an error."""
        self._loop = loop
        self._wake = wake
        self._make = make
        self._take = take
        self._take_error = take_error
        self._open: dict[bool, socket.socket] = {}

    def send(self, packet: bytes, host: str, port: int) -> None:
        """Raises OSError when the packet did not leave this machine."""
        is_v6 = ":" in host
        sender = self._open.get(is_v6)
        if sender is None:
            sender = self._open[is_v6] = self._make(is_v6)
            sender.setblocking(False)
            self._loop.add_reader(sender, self._wake)
        try:
            sender.sendto(packet, (host, port))
        except OSError:
            if not self._take_error(sender, is_v6):
                raise
            sender.sendto(packet, (host, port))  # that was an earlier packet's error

    def drain(self) -> None:
        for is_v6, receiver in self._open.items():
            for _ in range(SLICE):
                try:
                    packet, sender = receiver.recvfrom(2048)
                except (BlockingIOError, InterruptedError):
                    break
                except OSError as error:
                    if error.errno not in _OF_A_PACKET and not self._take_error(receiver, is_v6):
                        break
                else:
                    self._take(packet, sender[0], sender[1], is_v6)

    def close(self) -> None:
        for opened in self._open.values():
            self._loop.remove_reader(opened)
            opened.close()
        self._open.clear()
