"""STAMP reflectors on loopback, a UDP port each; any of them can fall silent."""

from __future__ import annotations

import time

from statetrace_engine.simulate.udp_ports import UdpPorts
from statetrace_engine.wire import stamp


class Reflectors(UdpPorts):
    """Answers every test packet (RFC 8762) except on the ports of those that are silent."""

    def __init__(self) -> None:
        super().__init__(self._reflect)
        self.silent: frozenset[str] = frozenset()
        """Keys of those that read and do not answer."""

    def _reflect(self, key: str, packet: bytes) -> bytes | None:
        return None if key in self.silent else stamp.reflect(packet, time.time(), stamp.TTL)
