"""UDP ports on loopback, all on one event loop, each of which answers for something of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Mapping

from statetrace_engine.simulate.profile import LOOPBACK

_DRAIN = 32
"""Packets answered a wake-up, so that no port starves the others."""
_LARGEST = 2048

Answer = Callable[[str, bytes], bytes | None]
"""(key, packet) → what goes back to its sender, if anything."""


class UdpPorts:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._sockets: dict[str, socket.socket] = {}

    def open(self, keys: Iterable[str]) -> Mapping[str, int]:
        """Binds a port for each key, on the running loop; the ports by key.

        Raises OSError when the system has no more sockets to give.
        """
        loop = asyncio.get_running_loop()
        for key in keys:
            bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._sockets[key] = bound
            bound.setblocking(False)
            bound.bind((LOOPBACK, 0))
            loop.add_reader(bound, self._drain, key, bound)
        return {key: bound.getsockname()[1] for key, bound in self._sockets.items()}

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for bound in self._sockets.values():
            loop.remove_reader(bound)
            bound.close()
        self._sockets.clear()

    def _drain(self, key: str, bound: socket.socket) -> None:
        for _ in range(_DRAIN):
            try:
                packet, sender = bound.recvfrom(_LARGEST)
                answer = self._answer(key, packet)
                if answer is not None:
                    bound.sendto(answer, sender)
            except BlockingIOError:
                return
            except OSError:  # who asked closed its socket: an answer to nobody, or Windows telling of one
                continue
