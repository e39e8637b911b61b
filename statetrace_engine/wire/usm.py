"""Pure. Who signed a message of SNMPv3, and whether that is true (RFC 3412, RFC 3414); what an agent complains of."""

from __future__ import annotations

import hashlib
import hmac
from enum import IntEnum

from msgspec.structs import replace

from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import BerError, Counter32
from statetrace_engine.wire.snmp import PduKind, V3Flags, V3Message

SIGNATURE_BYTES = {"sha": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48}
"""By authentication protocol (RFC 3414 section 7.3, RFC 7860 section 4)."""
PRIVACY_BYTES = {"aes128": 16, "aes192": 24, "aes256": 32}
"""By privacy protocol (RFC 3826; the longer ones as everybody makes them of it)."""
_HASHES = {"sha": "sha1"}
_STRETCHED_BYTES = 1_048_576
_STATISTICS = "1.3.6.1.6.3.15.1.1."
"""usmStats: the number after it says what a report is about."""


class Complaint(IntEnum):
    """What an agent reports instead of answering: the last number of its usmStats counter."""

    UNSUPPORTED_LEVEL = 1
    NOT_IN_TIME = 2
    UNKNOWN_USER = 3
    UNKNOWN_ENGINE = 4
    WRONG_DIGEST = 5
    DECRYPTION = 6


_COMPLAINTS = frozenset(Complaint)


def complaining(about: Complaint, count: int, request_id: int) -> snmp.Message:
    """The Report that says so, for the `count`th time."""
    counter = (f"{_STATISTICS}{about}.0", Counter32(count & 0xFFFF_FFFF))
    return snmp.Message(
        version=snmp.Version.V2C, community=b"", kind=PduKind.REPORT, request_id=request_id, varbinds=(counter,)
    )


def master_key(protocol: str, password: str) -> bytes:
    """The key of every engine (RFC 3414 section A.2); `protocol` as in SIGNATURE_BYTES. Takes a millisecond."""
    return _stretched(protocol, password.encode())


def _stretched(protocol: str, secret: bytes) -> bytes:
    stretched = (secret * (_STRETCHED_BYTES // len(secret) + 1))[:_STRETCHED_BYTES]
    return hashlib.new(_HASHES.get(protocol, protocol), stretched).digest()


def localized_key(protocol: str, master: bytes, engine_id: bytes) -> bytes:
    """The key of one engine."""
    return hashlib.new(_HASHES.get(protocol, protocol), master + engine_id + master).digest()


def privacy_key(protocol: str, privacy: str, master: bytes, engine_id: bytes) -> bytes:
    """The key of one engine that encrypts; `privacy` as in PRIVACY_BYTES, with `-cisco` for Cisco's way to stretch one.

    One too short goes on with its hash (draft-blumenthal-aes-usm-04), or with the key whose password it is
    (draft-reeder-snmpv3-usm-3desede-00), which takes a millisecond.
    """
    cipher, _, is_ciscos = privacy.partition("-")
    size, key = PRIVACY_BYTES[cipher], localized_key(protocol, master, engine_id)
    if len(key) < size and is_ciscos:
        key += localized_key(protocol, _stretched(protocol, key), engine_id)
    elif len(key) < size:
        key += hashlib.new(_HASHES.get(protocol, protocol), key).digest()
    return key[:size]


def is_authentic(raw: bytes, message: V3Message, protocol: str, key: bytes) -> bool:
    """Whether `raw`, which decodes to the message, was signed with the key and is as it was then."""
    if len(message.signature) != SIGNATURE_BYTES[protocol]:
        return False
    return hmac.compare_digest(signature(raw, message.signature_at, protocol, key), message.signature)


def signature(raw: bytes, at: int, protocol: str, key: bytes) -> bytes:
    """What belongs at that place of a message; whatever stands there now does not count."""
    size = SIGNATURE_BYTES[protocol]
    signed = raw[:at] + bytes(size) + raw[at + size :]
    return hmac.digest(key, signed, _HASHES.get(protocol, protocol))[:size]


def signed(message: V3Message, protocol: str, key: bytes) -> bytes:
    """The datagram of a message, with its signature."""
    size = SIGNATURE_BYTES[protocol]
    raw = snmp.encode_v3(replace(message, signature=bytes(size)))
    unsigned = snmp.decode(raw)
    assert isinstance(unsigned, V3Message), "it was encoded as one"
    at = unsigned.signature_at
    return raw[:at] + signature(raw, at, protocol, key) + raw[at + size :]


def complaint(message: V3Message) -> Complaint | None:
    """What a Report in the clear says is wrong; None for anything else."""
    if message.flags & V3Flags.ENCRYPTED:
        return None
    try:
        told = snmp.scoped_pdu(message.scoped)
    except BerError:
        return None
    if told.kind is not PduKind.REPORT or not told.varbinds or not told.varbinds[0][0].startswith(_STATISTICS):
        return None
    number = int(told.varbinds[0][0].removeprefix(_STATISTICS).partition(".")[0])
    return Complaint(number) if number in _COMPLAINTS else None
