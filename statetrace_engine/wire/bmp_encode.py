"""Pure. BMP as a router sends it: each message ready to send, for simulated routers and for tests."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address
from struct import Struct as Layout

from statetrace_engine.wire import bgp
from statetrace_engine.wire.bgp import Open
from statetrace_engine.wire.bmp import COMMON_LENGTH, VERSION, Kind
from statetrace_engine.wire.bmp_messages import (
    BY_FAMILY,
    SYS_DESCR,
    SYS_NAME,
    DownReason,
    Information,
    Initiation,
    Peer,
    PeerDown,
    PeerKind,
    PeerUp,
    RouteMonitoring,
    StatisticsReport,
    Termination,
    View,
)

Sendable = RouteMonitoring | StatisticsReport | PeerDown | PeerUp | Initiation | Termination

_COMMON = Layout("!BIB")
_PEER = Layout("!BB8s16s4s4sII")
_UP = Layout("!16sHH")
_TLV = Layout("!HH")
_VIEW_FLAGS = {
    View.IN_PRE_POLICY: 0x00,
    View.IN_POST_POLICY: 0x40,
    View.OUT_PRE_POLICY: 0x10,
    View.OUT_POST_POLICY: 0x50,
    View.LOC_RIB: 0x00,
}
_GAUGES = frozenset({7, 8, 9, 10, 14, 15, 16, 17})


def encode(message: Sendable) -> bytes:
    """One message with its common header."""
    if isinstance(message, RouteMonitoring):
        return _frame(Kind.ROUTE_MONITORING, encode_peer(message.peer) + message.update)
    if isinstance(message, PeerDown):
        return _frame(Kind.PEER_DOWN, encode_peer(message.peer) + _down(message))
    if isinstance(message, PeerUp):
        return _frame(Kind.PEER_UP, encode_peer(message.peer) + _up(message))
    if isinstance(message, StatisticsReport):
        return _frame(Kind.STATISTICS_REPORT, encode_peer(message.peer) + _statistics(message))
    if isinstance(message, Initiation):
        return _frame(Kind.INITIATION, _information(message.information))
    reason = b"" if message.reason is None else _tlv(1, message.reason.to_bytes(2, "big"))
    return _frame(Kind.TERMINATION, b"".join(_tlv(0, text.encode()) for text in message.texts) + reason)


def initiation(name: str, description: str = "") -> bytes:
    """How a router begins: its sysName, and what it is where that is told."""
    told = (Information(SYS_DESCR, description),) if description else ()
    return encode(Initiation((*told, Information(SYS_NAME, name))))


def _frame(kind: Kind, body: bytes) -> bytes:
    return _COMMON.pack(VERSION, COMMON_LENGTH + len(body), kind) + body


def encode_peer(peer: Peer) -> bytes:
    """The per-peer header."""
    if peer.kind == PeerKind.LOC_RIB:
        flags = 0x80 if peer.is_filtered else 0
    else:
        flags = _VIEW_FLAGS[peer.view] | (0 if peer.has_as4 else 0x20) | (0x80 if ":" in peer.address else 0)
    seconds, microseconds = divmod(round((peer.at or 0.0) * 1_000_000), 1_000_000)
    address, bgp_id = _address(peer.address), IPv4Address(peer.bgp_id).packed
    return _PEER.pack(peer.kind, flags, peer.rd, address, peer.asn.to_bytes(4, "big"), bgp_id, seconds, microseconds)


def _address(text: str) -> bytes:
    """16 octets, an IPv4 address in the last four; zeros for none."""
    return ip_address(text).packed.rjust(16, b"\0") if text else bytes(16)


def _tlv(kind: int, value: bytes) -> bytes:
    return _TLV.pack(kind, len(value)) + value


def _information(information: Iterable[Information]) -> bytes:
    return b"".join(_tlv(one.kind, one.text.encode()) for one in information)


def _down(message: PeerDown) -> bytes:
    said = b"" if message.notification is None else bgp.encode_notification(message.notification)
    if message.reason == DownReason.LOCAL_EVENT:
        said = (message.event or 0).to_bytes(2, "big")
    return bytes((message.reason,)) + said + _information(message.information)


def _up(message: PeerUp) -> bytes:
    fixed = _UP.pack(_address(message.local_address), message.local_port, message.remote_port)
    return fixed + _open(message.sent) + _open(message.received) + _information(message.information)


def _open(said: Open | None) -> bytes:
    """A bare header for an OPEN that the router has not kept."""
    return bgp.envelope(bgp.MessageKind.OPEN, b"") if said is None else bgp.encode_open(said)


def _statistics(message: StatisticsReport) -> bytes:
    """The unknown ones are not sent."""
    written = []
    for statistic in message.statistics:
        family = statistic.family if statistic.kind in BY_FAMILY else None
        before = b"" if family is None else family.afi.to_bytes(2, "big") + bytes((family.safi,))
        value = statistic.value.to_bytes(8 if statistic.kind in _GAUGES else 4, "big")
        written.append(_tlv(statistic.kind, before + value))
    return len(written).to_bytes(4, "big") + b"".join(written)
