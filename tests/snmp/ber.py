"""BER as SNMP needs it, for agents of the tests: written apart from the engine, so that one cannot excuse the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER, GAUGE, TICKS = 0x40, 0x41, 0x42, 0x43
NO_OBJECT, NO_INSTANCE, END_OF_VIEW = b"\x80\x00", b"\x81\x00", b"\x82\x00"
GET, NEXT, RESPONSE, BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8

Oid = tuple[int, ...]


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes) -> bytes:
    return tlv(OCTETS, value)


def sequence(*parts: bytes, tag: int = SEQUENCE) -> bytes:
    return tlv(tag, b"".join(parts))


def ip_address(text: str) -> bytes:
    return tlv(IP_ADDRESS, bytes(map(int, text.split("."))))


def as_oid(text: str) -> Oid:
    return tuple(map(int, text.split(".")))


@lru_cache(maxsize=65536)
def oid(parts: Oid) -> bytes:
    found = bytearray((parts[0] * 40 + parts[1],))
    for part in parts[2:]:
        groups = [part & 0x7F]
        while part := part >> 7:
            groups.append(0x80 | part & 0x7F)
        found += bytes(reversed(groups))
    return tlv(OID, bytes(found))


@lru_cache(maxsize=65536)
def read_oid(content: bytes) -> Oid:
    parts, value = list(divmod(content[0], 40)), 0
    for byte in content[1:]:
        value = value << 7 | byte & 0x7F
        if byte < 128:
            parts.append(value)
            value = 0
    return tuple(parts)


def read(data: bytes, at: int = 0) -> tuple[int, bytes, int]:
    """Tag, content and where the next one begins."""
    tag, size, at = data[at], data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return tag, data[at : at + size], at + size


def parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(content):
        tag, inner, at = read(content, at)
        yield tag, inner


def number(content: bytes) -> int:
    return int.from_bytes(content, "big", signed=True)
