"""Pure. Prefixes as BGP packs them: unicast, labelled (RFC 8277), of a VPN (RFC 4364), with path ids (RFC 7911).

18 c0a832                            192.168.50.0/24
00000005 11 0a1e00                   10.30.0.0/17 with path id 5
68 0004d1 0000fdf200000007 0a4d      10.77.0.0/16 of RD 65010:7 with label 77
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import NamedTuple

from msgspec import Struct

from statetrace_engine.wire.bgp import BgpError, Dialect, Family

SAFI_UNICAST, SAFI_LABELLED, SAFI_VPN = 1, 4, 128
_BITS = {1: 32, 2: 128}
_MASKS = tuple(0xFF << (8 - bits) & 0xFF for bits in range(8))
"""Of a prefix's last octet, by its length modulo 8; not used for 0."""
OCTETS = tuple((length + 7) // 8 for length in range(256))
"""How many octets follow a length in bits."""
_LABEL_OCTETS, _RD_OCTETS, _PATH_ID_OCTETS = 3, 8, 4
_BOTTOM = 0x000001
WITHDRAWN_LABEL = 0x800000
"""In the place of a label where a prefix is withdrawn (RFC 8277 section 2.4)."""


class Prefix(Struct, frozen=True, order=True, gc=False):
    """A prefix in packed form; text by `str`, in its canonical spelling (RFC 5952)."""

    afi: int
    length: int
    """Bits."""
    octets: bytes
    """As few as hold `length` bits; the bits behind are zero."""

    def __str__(self) -> str:
        width = _BITS[self.afi] // 8
        packed = self.octets.ljust(width, b"\0")
        return f"{IPv4Address(packed) if self.afi == 1 else IPv6Address(packed)}/{self.length}"


def packed(text: str) -> Prefix:
    """`10.0.0.0/8` in packed form; bits behind the length are dropped. Raises ValueError when it is no prefix."""
    network = ip_network(text.strip(), strict=False)
    length = network.prefixlen
    return Prefix(1 if network.version == 4 else 2, length, network.network_address.packed[: OCTETS[length]])


class Route(Struct, frozen=True, gc=False):
    """One prefix as one UPDATE names it."""

    family: Family
    prefix: Prefix
    rd: bytes = b""
    """Eight octets of a VPN's route distinguisher."""
    labels: tuple[int, ...] = ()
    """Empty where the prefix is withdrawn."""
    path_id: int | None = None


class Section(NamedTuple):
    """Where an UPDATE holds prefixes of one family; a tuple, because a feed makes one for each UPDATE."""

    family: Family
    start: int
    end: int
    is_withdrawn: bool
    next_hop: bytes
    """Packed; empty for withdrawals and for IPv4 unicast, whose next hop is an attribute."""


@lru_cache(maxsize=4096)
def rd_text(rd: bytes) -> str:
    """`65010:7`, `10.0.0.1:7`, `65010L:7` for a small AS in four octets; different for every RD (RFC 4364 4.2)."""
    kind = int.from_bytes(rd[:2], "big")
    if len(rd) != _RD_OCTETS or kind > 2:
        return rd.hex()
    if kind == 0:
        return f"{int.from_bytes(rd[2:4], 'big')}:{int.from_bytes(rd[4:], 'big')}"
    number = int.from_bytes(rd[6:], "big")
    if kind == 1:
        return f"{IPv4Address(rd[2:6])}:{number}"
    asn = int.from_bytes(rd[2:6], "big")
    return f"{asn}:{number}" if asn > 0xFFFF else f"{asn}L:{number}"


def trimmed(raw: bytes, length: int) -> bytes:
    """`raw`, the octets of a prefix of `length` bits, with the bits behind it zeroed: senders need not (RFC 4271)."""
    spare = length & 7
    if spare and raw[-1] & ~_MASKS[spare] & 0xFF:
        return raw[:-1] + bytes((raw[-1] & _MASKS[spare],))
    return raw


def spans(raw: bytes, section: Section, dialect: Dialect) -> list[tuple[int, int, int]]:
    """Where each prefix's own octets begin and end, behind path id, length, labels and RD, and its own length in bits.

    Raises BgpError where lengths and octets do not agree.
    """
    family = section.family
    before = _PATH_ID_OCTETS if family in dialect.add_path else 0
    is_stack = not section.is_withdrawn and family in dialect.label_stacks
    rd_octets = _RD_OCTETS if family.safi == SAFI_VPN else 0
    label_octets = 0 if family.safi == SAFI_UNICAST else _LABEL_OCTETS
    bits = _BITS[family.afi]
    at, end = section.start, section.end
    found = []
    while at < end:
        at += before
        if at >= end:
            raise BgpError("a path id without its prefix")
        length = raw[at]
        at += 1
        stop = at + OCTETS[length]
        if stop > end:
            raise BgpError(f"a prefix of {length} bits is cut short")
        labels = _stack_octets(raw, at, stop) if is_stack else label_octets
        length -= 8 * (labels + rd_octets)
        if not 0 <= length <= bits:
            raise BgpError(f"a prefix of {length} bits in a family of {bits}")
        found.append((at + labels + rd_octets, stop, length))
        at = stop
    return found


def _stack_octets(raw: bytes, at: int, end: int) -> int:
    """How many octets the labels take that begin at `at`: up to the one with the bit of the stack's bottom."""
    for last in range(at + 2, end, _LABEL_OCTETS):
        if raw[last] & _BOTTOM:
            return last + 1 - at
    raise BgpError("a stack of labels without its bottom")


def routes(raw: bytes, section: Section, dialect: Dialect) -> list[Route]:
    """The prefixes of one section in order. Raises BgpError where lengths and octets do not agree."""
    family = section.family
    before = _PATH_ID_OCTETS if family in dialect.add_path else 0
    rd_octets = _RD_OCTETS if family.safi == SAFI_VPN else 0
    at = section.start
    found = []
    for start, stop, length in spans(raw, section, dialect):
        path_id = int.from_bytes(raw[at : at + before], "big") if before else None
        rd = raw[start - rd_octets : start]
        labels = () if section.is_withdrawn else _labels(raw[at + before + 1 : start - rd_octets])
        prefix = Prefix(family.afi, length, trimmed(raw[start:stop], length))
        found.append(Route(family, prefix, rd, labels, path_id))
        at = stop
    return found


def _labels(stack: bytes) -> tuple[int, ...]:
    """The 20 bits of each, without the traffic class and the bottom's bit."""
    return tuple(int.from_bytes(stack[at : at + 3], "big") >> 4 for at in range(0, len(stack), _LABEL_OCTETS))


def encode(announced: Iterable[Route], dialect: Dialect, *, is_withdrawn: bool) -> bytes:
    """The prefixes as they stand in an UPDATE. Raises ValueError for what the dialect cannot say."""
    return b"".join(_encode(route, dialect, is_withdrawn) for route in announced)


def _encode(route: Route, dialect: Dialect, is_withdrawn: bool) -> bytes:
    family = route.family
    has_path_id = family in dialect.add_path
    if has_path_id is (route.path_id is None):
        raise ValueError(f"{route.prefix} with path id {route.path_id}")
    labels = b""
    if family.safi != SAFI_UNICAST:
        if not is_withdrawn and len(route.labels) != 1 and (family not in dialect.label_stacks or not route.labels):
            raise ValueError(f"{route.prefix} with {len(route.labels)} labels")
        labels = WITHDRAWN_LABEL.to_bytes(3, "big") if is_withdrawn else _stack(route.labels)
    if len(route.rd) != (_RD_OCTETS if family.safi == SAFI_VPN else 0):
        raise ValueError(f"{route.prefix} with a route distinguisher of {len(route.rd)} octets")
    path_id = b"" if route.path_id is None else route.path_id.to_bytes(4, "big")
    length = route.prefix.length + 8 * (len(labels) + len(route.rd))
    return path_id + bytes((length,)) + labels + route.rd + route.prefix.octets


def _stack(labels: tuple[int, ...]) -> bytes:
    last = len(labels) - 1
    return b"".join((label << 4 | (at == last)).to_bytes(3, "big") for at, label in enumerate(labels))
