"""Pure. BGP-4 as it travels: message header, OPEN with its capabilities, NOTIFICATION (RFC 4271, 5492, 7911, 9003).

ff × 16, length, 1, version 4, AS, hold time, id, parameters      OPEN
ff × 16, length, 3, 6, 2, 12, "works till 5"                      NOTIFICATION: Cease, Administrative Shutdown
"""

from __future__ import annotations

import struct
from enum import IntEnum, IntFlag
from ipaddress import IPv4Address
from struct import Struct as Layout

from msgspec import Struct

from statetrace_engine.model.text import decode as text_of
from statetrace_engine.wire.bgp_words import CODES, SUBCODES

HEADER_LENGTH = 19
MESSAGE_LIMIT = 4096
EXTENDED_LIMIT = 65535
"""With the capability of RFC 8654."""
AS_TRANS = 23456
"""What an AS number above 65535 looks like to a speaker that knows only two octets (RFC 6793)."""
_MARKER = b"\xff" * 16
_HEADER = Layout("!16sHB")
_OPEN = Layout("!BHH4s")
_FAMILY = Layout("!HxB")
_ADD_PATH = Layout("!HBB")
_PARAMETER_CAPABILITIES = 2
_EXTENDED_PARAMETERS = 255


class BgpError(ValueError):
    """Bytes that are no BGP message, or not the one that was asked for; says which part is wrong."""


class MessageKind(IntEnum):
    OPEN = 1
    UPDATE = 2
    NOTIFICATION = 3
    KEEPALIVE = 4
    ROUTE_REFRESH = 5


class Capability(IntEnum):
    """The codes that are understood (IANA's list of RFC 5492)."""

    MULTIPROTOCOL = 1
    ROUTE_REFRESH = 2
    EXTENDED_MESSAGE = 6
    MULTIPLE_LABELS = 8
    GRACEFUL_RESTART = 64
    AS4 = 65
    ADD_PATH = 69


class Family(Struct, frozen=True, order=True, gc=False):
    """An address family and its subsequent identifier, as IANA numbers them."""

    afi: int
    safi: int


IPV4 = Family(1, 1)
IPV6 = Family(2, 1)
IPV4_LABELLED = Family(1, 4)
IPV6_LABELLED = Family(2, 4)
IPV4_VPN = Family(1, 128)
IPV6_VPN = Family(2, 128)
DECODED = frozenset({IPV4, IPV6, IPV4_LABELLED, IPV6_LABELLED, IPV4_VPN, IPV6_VPN})
"""The families whose prefixes are read; all others are counted."""


class AddPath(IntFlag):
    """RFC 7911 section 4."""

    RECEIVE = 1
    SEND = 2


class GracefulRestart(Struct, frozen=True):
    """RFC 4724 section 3, with the N bit of RFC 8538."""

    is_restarting: bool
    has_notification: bool
    time_s: int
    """0 to 4095."""
    families: tuple[tuple[Family, bool], ...]
    """Each with whether its forwarding state was preserved."""


class Open(Struct, frozen=True, kw_only=True):
    """What one side said of itself when the session began."""

    version: int = 4
    asn: int
    """The 4-octet number of its capability where it has one."""
    hold_time_s: int
    bgp_id: str
    families: tuple[Family, ...] = ()
    """Of the multiprotocol capability; without any, only IPv4 unicast is spoken."""
    has_route_refresh: bool = False
    has_extended_message: bool = False
    has_as4: bool = False
    add_path: tuple[tuple[Family, AddPath], ...] = ()
    label_counts: tuple[tuple[Family, int], ...] = ()
    """How many labels a prefix may have (RFC 8277 section 2.1)."""
    graceful_restart: GracefulRestart | None = None
    others: tuple[int, ...] = ()
    """Codes of capabilities that are not understood, in order."""


class Dialect(Struct, frozen=True, kw_only=True):
    """How the UPDATEs of one peer are written, as both OPENs agreed."""

    add_path: frozenset[Family] = frozenset()
    label_stacks: frozenset[Family] = frozenset()
    """Families whose announcements may carry more than one label; elsewhere each has exactly one (RFC 8277)."""
    has_as4: bool = True
    """AS_PATH in four octets a number."""
    limit: int = MESSAGE_LIMIT
    """Octets of a message."""


def negotiated(receiver: Open | None, sender: Open | None, *, has_as4: bool = True) -> Dialect:
    """The dialect of UPDATEs from `sender` to `receiver`; None is an OPEN that nobody kept: all may then occur."""
    if receiver is None or sender is None:
        return Dialect(add_path=DECODED, has_as4=has_as4, limit=EXTENDED_LIMIT)
    wanted = {family for family, mode in receiver.add_path if mode & AddPath.RECEIVE}
    offered = {family for family, mode in sender.add_path if mode & AddPath.SEND}
    stacked = {family for family, count in receiver.label_counts if count > 1}
    has_extended = receiver.has_extended_message and sender.has_extended_message
    return Dialect(
        add_path=frozenset(wanted & offered),
        label_stacks=frozenset(stacked & {family for family, count in sender.label_counts if count > 1}),
        has_as4=has_as4,
        limit=EXTENDED_LIMIT if has_extended else MESSAGE_LIMIT,
    )


class Notification(Struct, frozen=True):
    """Why a session was ended, by the side that ended it."""

    code: int
    subcode: int
    data: bytes = b""

    @property
    def is_hard_reset(self) -> bool:
        """Routes are not to be kept through the restart (RFC 8538)."""
        return (self.code, self.subcode) == (6, 9)

    @property
    def inner(self) -> Notification | None:
        """What a hard reset encloses (RFC 8538 section 3.1)."""
        return Notification(self.data[0], self.data[1], self.data[2:]) if self.is_hard_reset and self.data[1:] else None

    @property
    def communication(self) -> str:
        """What the other operator wrote, sanitised (RFC 9003); empty without, or when its length is wrong."""
        if self.code != 6 or self.subcode not in (2, 4) or not self.data:
            return ""
        said = self.data[1 : 1 + self.data[0]]
        return text_of(said) if len(said) == self.data[0] else ""

    @property
    def words(self) -> str:
        """`Cease: Administrative Shutdown: works till 5`, in the RFC's words; an unknown code by its number."""
        inner = self.inner
        if inner is not None and not inner.is_hard_reset:
            return f"{self._reason()}: {inner.words}"
        said = self.communication
        return f"{self._reason()}: {said}" if said else self._reason()

    def _reason(self) -> str:
        code = CODES.get(self.code, f"error {self.code}")
        subcode = SUBCODES.get((self.code, self.subcode))
        if subcode is None:
            return f"{code}: subcode {self.subcode}" if self.subcode else code
        return f"{code}: {subcode}"


def message_length(raw: bytes, at: int) -> int:
    """Octets of the message that begins at `at`, by its header. Raises BgpError."""
    if len(raw) - at < HEADER_LENGTH:
        raise BgpError("a BGP header is cut short")
    marker, length, _ = _HEADER.unpack_from(raw, at)
    if marker != _MARKER:
        raise BgpError("a BGP marker is not all ones")
    if length < HEADER_LENGTH:
        raise BgpError(f"a BGP length of {length} is shorter than its header")
    return int(length)


def check_header(raw: bytes, kind: MessageKind, limit: int) -> None:
    """Raises BgpError unless `raw` is exactly one message of this kind, of at most `limit` octets."""
    size = message_length(raw, 0)
    if size != len(raw):
        raise BgpError(f"a BGP length of {size} where {len(raw)} octets are")
    if size > limit:
        raise BgpError(f"a BGP message of {size} octets, where {limit} are the most")
    if raw[18] != kind:
        raise BgpError(f"BGP message type {raw[18]} in the place of {kind.name}")


def envelope(kind: MessageKind, body: bytes) -> bytes:
    """A message ready to send. Raises ValueError when it is too long for any session."""
    size = HEADER_LENGTH + len(body)
    if size > EXTENDED_LIMIT:
        raise ValueError(f"a BGP message of {size} octets")
    return _HEADER.pack(_MARKER, size, kind) + body


def decode_notification(raw: bytes) -> Notification:
    """Raises BgpError."""
    check_header(raw, MessageKind.NOTIFICATION, EXTENDED_LIMIT)
    if len(raw) < HEADER_LENGTH + 2:
        raise BgpError("a NOTIFICATION without code and subcode")
    return Notification(raw[19], raw[20], raw[21:])


def encode_notification(notification: Notification) -> bytes:
    return envelope(
        MessageKind.NOTIFICATION, bytes((notification.code, notification.subcode)) + bytes(notification.data)
    )


def shutdown_data(said: str) -> bytes:
    """The data of a Cease 2 or 4 that carries a text, cut at 255 octets (RFC 9003 section 2)."""
    written = said.encode()[:255].decode(errors="ignore").encode()
    return bytes((len(written),)) + written


def decode_open(raw: bytes) -> Open:
    """Raises BgpError."""
    check_header(raw, MessageKind.OPEN, MESSAGE_LIMIT)
    if len(raw) < HEADER_LENGTH + _OPEN.size + 1:
        raise BgpError("an OPEN is cut short")
    version, asn, hold_time, bgp_id = _OPEN.unpack_from(raw, HEADER_LENGTH)
    if version != 4:
        raise BgpError(f"an OPEN of BGP version {version}")
    try:
        found = _Capabilities(_capabilities(raw))
    except struct.error:
        raise BgpError("a capability of an OPEN has a wrong length") from None
    return Open(
        asn=asn if found.asn is None else found.asn,
        hold_time_s=hold_time,
        bgp_id=str(IPv4Address(bgp_id)),
        families=tuple(found.families),
        has_route_refresh=Capability.ROUTE_REFRESH in found.flags,
        has_extended_message=Capability.EXTENDED_MESSAGE in found.flags,
        has_as4=found.asn is not None,
        add_path=tuple(found.add_path),
        label_counts=tuple(found.label_counts),
        graceful_restart=found.graceful_restart,
        others=tuple(found.others),
    )


def _parameters(raw: bytes) -> list[tuple[int, int, int]]:
    """Type, start and end of each optional parameter, in the short form or the long one of RFC 9072."""
    at = HEADER_LENGTH + _OPEN.size
    size, at = raw[at], at + 1
    is_extended = size != 0 and raw[at : at + 1] == bytes((_EXTENDED_PARAMETERS,))
    if is_extended:
        size, at = int.from_bytes(raw[at + 1 : at + 3], "big"), at + 3
    if at + size != len(raw):
        raise BgpError("the optional parameters of an OPEN do not end with it")
    width = 2 if is_extended else 1
    found = []
    while at < len(raw):
        start = at + 1 + width
        end = start + int.from_bytes(raw[at + 1 : start], "big")
        if end > len(raw) or start > len(raw):
            raise BgpError("an optional parameter of an OPEN is longer than the OPEN")
        found.append((raw[at], start, end))
        at = end
    return found


def _capabilities(raw: bytes) -> list[tuple[int, bytes]]:
    found = []
    for kind, at, end in _parameters(raw):
        if kind != _PARAMETER_CAPABILITIES:
            raise BgpError(f"optional parameter {kind} of an OPEN is not known")
        while at < end:
            stop = at + 2 + raw[at + 1] if at + 1 < end else end + 1
            if stop > end:
                raise BgpError("a capability is longer than its parameter")
            found.append((raw[at], raw[at + 2 : stop]))
            at = stop
    return found


class _Capabilities:
    """Gathers capabilities, which may come in any order, in several parameters, and more than once."""

    def __init__(self, capabilities: list[tuple[int, bytes]]) -> None:
        self.asn: int | None = None
        self.graceful_restart: GracefulRestart | None = None
        self.families: list[Family] = []
        self.add_path: list[tuple[Family, AddPath]] = []
        self.label_counts: list[tuple[Family, int]] = []
        self.flags: set[int] = set()
        self.others: list[int] = []
        for code, value in capabilities:
            self._take(code, value)

    def _take(self, code: int, value: bytes) -> None:
        if code == Capability.MULTIPROTOCOL:
            self.families.append(Family(*_FAMILY.unpack(value)))
        elif code in (Capability.ROUTE_REFRESH, Capability.EXTENDED_MESSAGE):
            self.flags.add(code)
        elif code == Capability.AS4:
            if len(value) != 4:
                raise BgpError("an AS number capability that has not four octets")
            self.asn = int.from_bytes(value, "big")
        elif code == Capability.ADD_PATH:
            # RFC 7911 section 4: other values of Send/Receive are ignored.
            entries = [(Family(afi, safi), mode) for afi, safi, mode in _ADD_PATH.iter_unpack(value)]
            self.add_path += [(family, AddPath(mode)) for family, mode in entries if 1 <= mode <= 3]
        elif code == Capability.MULTIPLE_LABELS:
            self.label_counts += [(Family(afi, safi), count) for afi, safi, count in _ADD_PATH.iter_unpack(value)]
        elif code == Capability.GRACEFUL_RESTART:
            self.graceful_restart = _graceful_restart(value)
        else:
            self.others.append(code)


def _graceful_restart(value: bytes) -> GracefulRestart:
    if len(value) < 2:
        raise BgpError("a graceful restart capability is cut short")
    families = tuple((Family(afi, safi), bool(flags & 0x80)) for afi, safi, flags in _ADD_PATH.iter_unpack(value[2:]))
    time_s = int.from_bytes(value[:2], "big") & 0x0FFF
    return GracefulRestart(bool(value[0] & 0x80), bool(value[0] & 0x40), time_s, families)


def encode_open(sent: Open) -> bytes:
    """Each capability in a parameter of its own, as most speakers do; the long form (RFC 9072) where it must be.

    Raises ValueError for an AS number above 65535 without `has_as4`.
    """
    if sent.asn > 0xFFFF and not sent.has_as4:
        raise ValueError(f"AS {sent.asn} needs the capability of four octets")
    capabilities = [bytes((code, len(value))) + value for code, value in _values(sent)]
    size = sum(map(len, capabilities)) + 2 * len(capabilities)
    if size <= 0xFE:
        parameters = bytes((size,)) + b"".join(bytes((2, len(written))) + written for written in capabilities)
    else:
        long = b"".join(b"\x02" + len(written).to_bytes(2, "big") + written for written in capabilities)
        parameters = b"\xff\xff" + len(long).to_bytes(2, "big") + long
    asn = sent.asn if sent.asn <= 0xFFFF else AS_TRANS
    fixed = _OPEN.pack(sent.version, asn, sent.hold_time_s, IPv4Address(sent.bgp_id).packed)
    return envelope(MessageKind.OPEN, fixed + parameters)


def _values(sent: Open) -> list[tuple[int, bytes]]:
    values = [(int(Capability.MULTIPROTOCOL), _FAMILY.pack(family.afi, family.safi)) for family in sent.families]
    if sent.has_route_refresh:
        values.append((Capability.ROUTE_REFRESH, b""))
    if sent.has_extended_message:
        values.append((Capability.EXTENDED_MESSAGE, b""))
    if sent.has_as4:
        values.append((Capability.AS4, sent.asn.to_bytes(4, "big")))
    if sent.add_path:
        values.append((Capability.ADD_PATH, _entries(sent.add_path)))
    if sent.label_counts:
        values.append((Capability.MULTIPLE_LABELS, _entries(sent.label_counts)))
    restart = sent.graceful_restart
    if restart is not None:
        flags = restart.is_restarting << 15 | restart.has_notification << 14 | restart.time_s
        kept = tuple((family, is_kept << 7) for family, is_kept in restart.families)
        values.append((Capability.GRACEFUL_RESTART, flags.to_bytes(2, "big") + _entries(kept)))
    return values + [(code, b"") for code in sent.others]


def _entries(entries: tuple[tuple[Family, int], ...]) -> bytes:
    return b"".join(_ADD_PATH.pack(family.afi, family.safi, value) for family, value in entries)
