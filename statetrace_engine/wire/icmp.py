"""Pure. ICMP echo for IPv4 (RFC 792) and IPv6 (RFC 4443 section 4): request, reply, checksum.

b"\\x08\\x00" checksum, identifier, sequence, data    request, IPv4
"""

from __future__ import annotations

from struct import Struct as Layout

from msgspec import Struct

_ECHO = Layout("!BBHHH")
_REQUEST_V4, _REPLY_V4 = 8, 0
_REQUEST_V6, _REPLY_V6 = 128, 129


class Echo(Struct, frozen=True):
    """A request or a reply: a reply returns its request's fields unchanged."""

    ident: int
    """16 bits; datagram sockets of Linux put their own in its place."""
    seq: int
    """16 bits."""
    data: bytes


def checksum(raw: bytes) -> int:
    """The Internet checksum of RFC 1071 over `raw`, padded to an even length."""
    if len(raw) % 2:
        raw += b"\0"
    # The one's complement sum of 16-bit words is their value modulo 65535, and big integers do that in C;
    # a sum that is not zero at all never becomes 0, only 65535.
    value = int.from_bytes(raw, "big")
    total = value % 0xFFFF or (0xFFFF if value else 0)
    return ~total & 0xFFFF


def encode_request(echo: Echo, is_v6: bool) -> bytes:
    """A request ready to send. The checksum of IPv6 covers addresses too and is left to the system (RFC 3542 3.1)."""
    return _encode(_REQUEST_V6 if is_v6 else _REQUEST_V4, echo, is_v6)


def encode_reply(echo: Echo, is_v6: bool) -> bytes:
    """The answer to a request, with the checksum rule of `encode_request`."""
    return _encode(_REPLY_V6 if is_v6 else _REPLY_V4, echo, is_v6)


def decode_request(raw: bytes, is_v6: bool) -> Echo | None:
    """None when `raw` is no echo request."""
    return _decode(raw, _REQUEST_V6 if is_v6 else _REQUEST_V4, is_v6)


def decode_reply(raw: bytes, is_v6: bool) -> Echo | None:
    """None when `raw` is no echo reply. An IPv4 header before it, as raw sockets and macOS give it, is skipped."""
    return _decode(raw, _REPLY_V6 if is_v6 else _REPLY_V4, is_v6)


def _encode(kind: int, echo: Echo, is_v6: bool) -> bytes:
    ident, seq = echo.ident & 0xFFFF, echo.seq & 0xFFFF
    unsigned = _ECHO.pack(kind, 0, 0, ident, seq) + echo.data
    return unsigned if is_v6 else _ECHO.pack(kind, 0, checksum(unsigned), ident, seq) + echo.data


def _decode(raw: bytes, kind: int, is_v6: bool) -> Echo | None:
    if not is_v6 and raw and raw[0] >> 4 == 4:  # no ICMP type that is in use begins so
        raw = raw[(raw[0] & 0x0F) * 4 :]
    if len(raw) < _ECHO.size:
        return None
    found, code, _, ident, seq = _ECHO.unpack_from(raw)
    return Echo(ident, seq, raw[_ECHO.size :]) if (found, code) == (kind, 0) else None
