"""Pure. The outside of an SNMPv3 message (RFC 3412, RFC 3414): who signed it, and whether that is true.

SEQUENCE { 3, header { id, size, flags, 3 }, OCTETS { engine, boots, time, user, signature, salt }, scoped PDU }
"""

from __future__ import annotations

import hashlib
import hmac
from enum import IntEnum

from msgspec import Struct

from statetrace_engine.wire import tlv

SIGNATURE_BYTES = {"sha": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48}
"""By authentication protocol (RFC 3414 section 7.3, RFC 7860 section 4)."""
_HASHES = {"sha": "sha1"}
_STRETCHED_BYTES = 1_048_576
_INTEGER, _OCTETS, _OID, _SEQUENCE, _REPORT = 0x02, 0x04, 0x06, 0x30, 0xA8
_STATISTICS = bytes((0x2B, 6, 1, 6, 3, 15, 1, 1))
"""usmStats, 1.3.6.1.6.3.15.1.1: the number after it says what a report is about."""


class Complaint(IntEnum):
    """What an agent reports instead of answering: the last number of its usmStats counter."""

    UNSUPPORTED_LEVEL = 1
    NOT_IN_TIME = 2
    UNKNOWN_USER = 3
    UNKNOWN_ENGINE = 4
    WRONG_DIGEST = 5
    DECRYPTION = 6


_COMPLAINTS = frozenset(Complaint)


class Outside(Struct, frozen=True):
    is_signed: bool
    is_encrypted: bool
    engine_id: bytes
    signature: bytes
    signature_at: int
    """Where it stands in the message."""
    complaint: Complaint | None
    """Of a Report in the clear; None for anything else."""


def read(raw: bytes) -> Outside | None:
    """The outside of a message that `tlv.is_sound`; None when it is no message of the User-based Security Model."""
    message = _parts(raw, *tlv.extent(raw, 0, len(raw)))
    if [tag for tag, _, _ in message[:3]] != [_INTEGER, _SEQUENCE, _OCTETS] or len(message) != 4:
        return None
    header = _parts(raw, *message[1][1:])
    security = _parts(raw, *tlv.extent(raw, *message[2][1:]))
    if len(header) != 4 or len(security) != 6 or raw[message[0][1] : message[0][2]] != b"\x03":
        return None
    if header[2][2] - header[2][1] != 1:
        return None
    flags = raw[header[2][1]]
    _, start, end = security[4]
    return Outside(
        is_signed=bool(flags & 1),
        is_encrypted=bool(flags & 2),
        engine_id=raw[security[0][1] : security[0][2]],
        signature=raw[start:end],
        signature_at=start,
        complaint=None if flags & 2 else _complaint(raw, *message[3]),
    )


def master_key(protocol: str, password: str) -> bytes:
    """The key of every engine (RFC 3414 section A.2); `protocol` as in SIGNATURE_BYTES. Takes a millisecond."""
    secret = password.encode()
    stretched = (secret * (_STRETCHED_BYTES // len(secret) + 1))[:_STRETCHED_BYTES]
    return hashlib.new(_HASHES.get(protocol, protocol), stretched).digest()


def localized_key(protocol: str, master: bytes, engine_id: bytes) -> bytes:
    """The key of one engine."""
    return hashlib.new(_HASHES.get(protocol, protocol), master + engine_id + master).digest()


def is_authentic(raw: bytes, outside: Outside, protocol: str, key: bytes) -> bool:
    """Whether the message was signed with the key and is as it was then."""
    size, at = SIGNATURE_BYTES[protocol], outside.signature_at
    if len(outside.signature) != size:
        return False
    signed = raw[:at] + bytes(size) + raw[at + size :]
    expected = hmac.digest(key, signed, _HASHES.get(protocol, protocol))[:size]
    return hmac.compare_digest(expected, outside.signature)


def _parts(raw: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """Tag, begin and end of the values within; as many as are sound."""
    found = []
    while 0 < start < end:
        inner, after = tlv.extent(raw, start, end)
        if not inner:
            break
        found.append((raw[start], inner, after))
        start = after
    return found


def _complaint(raw: bytes, tag: int, start: int, end: int) -> Complaint | None:
    scoped = _parts(raw, start, end)
    if tag != _SEQUENCE or len(scoped) != 3 or scoped[2][0] != _REPORT:
        return None
    pdu = _parts(raw, *scoped[2][1:])
    bindings = _parts(raw, *pdu[3][1:]) if len(pdu) == 4 else []
    names = _parts(raw, *bindings[0][1:]) if bindings else []
    name = raw[names[0][1] : names[0][2]] if names and names[0][0] == _OID else b""
    if len(name) <= len(_STATISTICS) or not name.startswith(_STATISTICS):
        return None
    number = name[len(_STATISTICS)]
    return Complaint(number) if number in _COMPLAINTS else None
