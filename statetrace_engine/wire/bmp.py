"""Pure. BMP, by which a router tells a monitor of its BGP (RFC 7854): frames out of a stream, and messages out of them.

03 0000001f 04 0001 000f "FRRouting 8.4.4" 0002 0002 "r1"     Initiation: sysDescr, sysName
03 00000033 02 peer 02 0000                                   Peer Down: closed locally, no event
03 0000006b 00 peer UPDATE                                    Route Monitoring
"""

from __future__ import annotations

from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address
from struct import Struct as Layout

from msgspec import Struct

from statetrace_engine.model.text import decode as text_of
from statetrace_engine.wire import bgp
from statetrace_engine.wire.bgp import BgpError, Family, Open
from statetrace_engine.wire.bmp_messages import (
    BY_FAMILY,
    STATISTICS,
    DownReason,
    Information,
    Initiation,
    Message,
    Peer,
    PeerDown,
    PeerKind,
    PeerUp,
    RouteMirroring,
    RouteMonitoring,
    Statistic,
    StatisticsReport,
    Termination,
    View,
)

VERSION = 3
COMMON_LENGTH = 6
MESSAGE_LIMIT = 262_144
"""Octets of one message. The longest that routers send carries a few BGP messages of 65,535."""
_COMMON = Layout("!BIB")
_PEER = Layout("!BB8s16s4s4sII")
PEER_LENGTH = _PEER.size
_UP = Layout("!16sHH")
_TLV = Layout("!HH")
_FAMILY = Layout("!HB")
_IS_V6, _IS_POST_POLICY, _IS_AS2, _IS_OUT = 0x80, 0x40, 0x20, 0x10
_IS_FILTERED = 0x80


class BmpError(ValueError):
    """A frame whose message cannot be read; says which part is wrong. The frames behind it can be."""


class Kind(IntEnum):
    ROUTE_MONITORING = 0
    STATISTICS_REPORT = 1
    PEER_DOWN = 2
    PEER_UP = 3
    INITIATION = 4
    TERMINATION = 5
    ROUTE_MIRRORING = 6


class Frame(Struct, frozen=True, gc=False):
    """One message as it came: its type, and its body, which is not looked into yet."""

    kind: int
    body: bytes
    """Without the common header."""

    @property
    def peer(self) -> bytes:
        """What tells peers apart, without decoding: type, distinguisher, address. For messages 0 to 3 and 6."""
        return self.body[:1] + self.body[2:26]

    @property
    def update(self) -> bytes:
        """The UPDATE of a Route Monitoring message, unread."""
        return self.body[PEER_LENGTH:]


class Decoder:
    """A router's stream in chunks → frames. A frame that is none ends the stream: what follows cannot be found."""

    def __init__(self) -> None:
        self.error = ""
        """Why the stream ended early, in one sentence; empty while it goes on."""
        self._buffer = bytearray()
        self._needed = COMMON_LENGTH
        """Octets from the buffer's start before there is anything to do."""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes; none once `error` is set. Keeps at most one frame's octets."""
        if self.error:
            return []
        if self._buffer:
            self._buffer += data
            if len(self._buffer) < self._needed:
                return []
            data = bytes(self._buffer)
            self._buffer.clear()
        frames: list[Frame] = []
        at, end = 0, len(data)
        self._needed = COMMON_LENGTH
        while end - at >= COMMON_LENGTH:
            version, size, kind = _COMMON.unpack_from(data, at)
            if version != VERSION or not COMMON_LENGTH <= size <= MESSAGE_LIMIT:
                self.error = _frame_error(version, size)
                return frames
            if end - at < size:
                self._needed = size
                break
            frames.append(Frame(kind, data[at + COMMON_LENGTH : at + size]))
            at += size
        self._buffer += data[at:]
        return frames

    @property
    def is_within(self) -> bool:
        """A frame has begun and not ended."""
        return bool(self._buffer)

    def finish(self) -> str:
        """The error, which the end of the stream in the middle of a message is too."""
        if self._buffer and not self.error:
            self.error = f"The stream ended {len(self._buffer)} octets into a message."
        return self.error


def _frame_error(version: int, size: int) -> str:
    if version != VERSION:
        return f"A message of BMP version {version} came, where only version {VERSION} is spoken."
    if size < COMMON_LENGTH:
        return f"A message said that it has {size} octets, fewer than its header."
    return f"A message said that it has {size} octets, where {MESSAGE_LIMIT} are the most."


def decode(frame: Frame) -> Message:
    """Raises BmpError, and nothing else, whatever the frame holds."""
    try:
        return _decode(frame)
    except BgpError as error:
        raise BmpError(str(error)) from None


def _decode(frame: Frame) -> Message:
    kind, body = frame.kind, frame.body
    if kind == Kind.INITIATION:
        return Initiation(_information(body, 0))
    if kind == Kind.TERMINATION:
        return _termination(body)
    if kind > Kind.ROUTE_MIRRORING:
        raise BmpError(f"message type {kind} is not known")
    peer = decode_peer(body)
    if kind == Kind.ROUTE_MONITORING:
        return RouteMonitoring(peer, body[PEER_LENGTH:])
    if kind == Kind.PEER_DOWN:
        return _peer_down(peer, body)
    if kind == Kind.PEER_UP:
        return _peer_up(peer, body)
    return _statistics(peer, body) if kind == Kind.STATISTICS_REPORT else _mirroring(peer, body)


def decode_peer(body: bytes) -> Peer:
    """The per-peer header at the start of the body of messages 0 to 3 and 6. Raises BmpError."""
    if len(body) < PEER_LENGTH:
        raise BmpError("a per-peer header is cut short")
    kind, flags, rd, address, asn, bgp_id, seconds, microseconds = _PEER.unpack_from(body)
    if kind > PeerKind.LOC_RIB:
        raise BmpError(f"peer type {kind} is not known")
    is_loc_rib = kind == PeerKind.LOC_RIB
    return Peer(
        kind=PeerKind(kind),
        view=View.LOC_RIB if is_loc_rib else view_of(flags),
        is_filtered=is_loc_rib and bool(flags & _IS_FILTERED),
        has_as4=is_loc_rib or not flags & _IS_AS2,
        rd=rd,
        address="" if is_loc_rib else _address(address, bool(flags & _IS_V6)),
        asn=int.from_bytes(asn, "big"),
        bgp_id=str(IPv4Address(bgp_id)),
        at=seconds + microseconds / 1e6 if seconds or microseconds else None,
    )


def view_of(flags: int) -> View:
    """What the L and O flags of a peer that is no Loc-RIB say."""
    if flags & _IS_OUT:
        return View.OUT_POST_POLICY if flags & _IS_POST_POLICY else View.OUT_PRE_POLICY
    return View.IN_POST_POLICY if flags & _IS_POST_POLICY else View.IN_PRE_POLICY


def _address(raw: bytes, is_v6: bool) -> str:
    return str(IPv6Address(raw)) if is_v6 else str(IPv4Address(raw[12:]))


def _tlvs(body: bytes, at: int) -> list[tuple[int, bytes]]:
    found = []
    end = len(body)
    while at < end:
        if end - at < _TLV.size:
            raise BmpError("a TLV's header is cut short")
        kind, size = _TLV.unpack_from(body, at)
        at += _TLV.size
        if at + size > end:
            raise BmpError(f"a TLV of {size} octets is cut short")
        found.append((kind, body[at : at + size]))
        at += size
    return found


def _information(body: bytes, at: int) -> tuple[Information, ...]:
    return tuple(Information(kind, text_of(value)) for kind, value in _tlvs(body, at))


def _termination(body: bytes) -> Termination:
    tlvs = _tlvs(body, 0)
    reasons = [int.from_bytes(value, "big") for kind, value in tlvs if kind == 1]
    if any(kind == 1 and len(value) != 2 for kind, value in tlvs):
        raise BmpError("a termination's reason that has not two octets")
    return Termination(reasons[0] if reasons else None, tuple(text_of(value) for kind, value in tlvs if kind == 0))


def _peer_down(peer: Peer, body: bytes) -> PeerDown:
    at = PEER_LENGTH
    if len(body) == at:
        raise BmpError("a Peer Down without its reason")
    reason = body[at]
    try:
        return _peer_down_by(peer, reason, body[at + 1 :])
    except (BmpError, BgpError) as error:
        return PeerDown(peer, reason, trouble=str(error))


def _peer_down_by(peer: Peer, reason: int, data: bytes) -> PeerDown:
    """Raises BmpError or BgpError when the reason's data are none."""
    if reason in (DownReason.LOCAL_NOTIFICATION, DownReason.REMOTE_NOTIFICATION):
        # Some routers leave the message out; what stands behind it is no part of it.
        said = bgp.decode_notification(data[: bgp.message_length(data, 0)]) if data else None
        return PeerDown(peer, reason, notification=said)
    if reason == DownReason.LOCAL_EVENT:
        if len(data) not in (0, 2):
            raise BmpError("an event of Peer Down that has not two octets")
        return PeerDown(peer, reason, event=int.from_bytes(data, "big"))
    return PeerDown(peer, reason, information=_information(data, 0) if reason == DownReason.LOCAL_TABLE else ())


def _peer_up(peer: Peer, body: bytes) -> PeerUp:
    at = PEER_LENGTH + _UP.size
    if len(body) < at:
        raise BmpError("a Peer Up is cut short")
    address, local_port, remote_port = _UP.unpack_from(body, PEER_LENGTH)
    is_v6 = peer.kind != PeerKind.LOC_RIB and ":" in peer.address
    local_address = _address(address, is_v6) if any(address) else ""
    opens: list[Open | None] = []
    for _ in range(2):
        end = at + bgp.message_length(body, at)
        raw = body[at:end]
        bgp.check_header(raw, bgp.MessageKind.OPEN, bgp.MESSAGE_LIMIT)
        opens.append(bgp.decode_open(raw) if len(raw) > bgp.HEADER_LENGTH else None)
        at = end
    return PeerUp(peer, local_address, local_port, remote_port, opens[0], opens[1], _information(body, at))


def _statistics(peer: Peer, body: bytes) -> StatisticsReport:
    at = PEER_LENGTH + 4
    tlvs = _tlvs(body, at) if len(body) >= at else []
    count = int.from_bytes(body[PEER_LENGTH:at], "big")
    if len(body) < at or len(tlvs) != count:
        raise BmpError(f"a report of {count} statistics that holds {len(tlvs)}")
    known = tuple(_statistic(kind, value) for kind, value in tlvs if kind in STATISTICS)
    return StatisticsReport(peer, known, count - len(known))


def _statistic(kind: int, value: bytes) -> Statistic:
    """A counter of 4 octets or a gauge of 8, whichever is sent; behind a family in those that are by family."""
    at = _FAMILY.size if kind in BY_FAMILY else 0
    if len(value) - at not in (4, 8):
        raise BmpError(f"statistic {kind} in {len(value)} octets")
    family = Family(*_FAMILY.unpack_from(value)) if at else None
    return Statistic(kind, int.from_bytes(value[at:], "big"), family)


def _mirroring(peer: Peer, body: bytes) -> RouteMirroring:
    tlvs = _tlvs(body, PEER_LENGTH)
    told = {int.from_bytes(value, "big") for kind, value in tlvs if kind == 1}
    return RouteMirroring(peer, sum(kind == 0 for kind, _ in tlvs), has_lost=1 in told, has_error=0 in told)
