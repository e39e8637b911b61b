"""STAMP probes (RFC 8762): a UDP packet to a session reflector, which routers have and which can fall silent."""

from __future__ import annotations

import asyncio
import socket
import sys

from statetrace_engine.clock import Clock
from statetrace_engine.model import names
from statetrace_engine.model.inventory import Probe
from statetrace_engine.sources import address
from statetrace_engine.sources.prober import FamilySockets, Outcomes, send_failed
from statetrace_engine.wire import stamp

_RECEIVE_BUFFER = 1 << 20
_IP_RECVERR, _IPV6_RECVERR = 11, 25
"""Linux, ip(7) and ipv6(7): ICMP errors come with the packet they are about; elsewhere a timeout tells."""


class StampProber:
    """Shares one socket a family; the packet's number is the token."""

    detail = "stamp (UDP)"

    def __init__(self, loop: asyncio.AbstractEventLoop, outcomes: Outcomes, clock: Clock) -> None:
        self._outcomes = outcomes
        self._clock = clock
        self._sockets = FamilySockets(loop, outcomes.wake, _open, self._take, self._take_error)
        self.drain = self._sockets.drain
        self.close = self._sockets.close

    def send(self, probe: Probe, token: int) -> None:
        packet = stamp.encode(stamp.SenderPacket(token, self._clock.wall()))
        try:
            self._sockets.send(packet, probe.target, probe.port or stamp.PORT)
        except OSError as error:
            send_failed(self._outcomes, token, error)

    def _take(self, packet: bytes, host: str, port: int, is_v6: bool) -> None:  # noqa: ARG002 - shared form
        answer = stamp.decode_reflected(packet)
        if answer is None:
            return
        probe = self._outcomes.probe_of(answer.sender_seq)
        if probe is None or port != (probe.port or stamp.PORT):
            return
        if address.peer(host) == names.address(probe.target):
            self._outcomes.answered(answer.sender_seq)

    def _take_error(self, sender: socket.socket, is_v6: bool) -> bool:  # noqa: ARG002 - shared form
        """Reads one ICMP error from the socket's queue; the packet it quotes is the one that will get no answer."""
        if sys.platform != "linux":
            return False
        try:
            quoted, _, _, _ = sender.recvmsg(2048, 512, socket.MSG_ERRQUEUE)
        except OSError:
            return False
        packet = stamp.decode(quoted)
        if packet is not None:
            self._outcomes.missed(packet.seq)
        return True


def _open(is_v6: bool) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    if is_v6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, stamp.TTL)
    else:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, stamp.TTL)
    if sys.platform == "linux":
        level, option = (socket.IPPROTO_IPV6, _IPV6_RECVERR) if is_v6 else (socket.IPPROTO_IP, _IP_RECVERR)
        opened.setsockopt(level, option, 1)
    return opened
