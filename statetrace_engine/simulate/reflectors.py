"""STAMP reflectors on loopback, a UDP port each, all on one event loop; any of them can fall silent."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable, Mapping

from statetrace_engine.wire import stamp

LOOPBACK = "127.0.0.1"
_DRAIN = 32
"""Packets answered a wake-up, so that no reflector starves the others."""
_LARGEST = 2048


class Reflectors:
    """Answers every test packet (RFC 8762) except on the ports of those that are silent."""

    def __init__(self) -> None:
        self.silent: frozenset[str] = frozenset()
        """Keys of those that read and do not answer."""
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
            loop.add_reader(bound, self._answer, key, bound)
        return {key: bound.getsockname()[1] for key, bound in self._sockets.items()}

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for bound in self._sockets.values():
            loop.remove_reader(bound)
            bound.close()
        self._sockets.clear()

    def _answer(self, key: str, bound: socket.socket) -> None:
        for _ in range(_DRAIN):
            try:
                packet, sender = bound.recvfrom(_LARGEST)
                answer = None if key in self.silent else stamp.reflect(packet, time.time(), stamp.TTL)
                if answer is not None:
                    bound.sendto(answer, sender)
            except BlockingIOError:
                return
            except OSError:  # the prober closed its socket: an answer to nobody, or Windows telling of one
                continue
