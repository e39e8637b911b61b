"""Pure. STAMP test packets, unauthenticated mode (RFC 8762 sections 4.2.1 and 4.3.1): 44 bytes each over UDP.

A sender's packet carries its number and time; the reflector's answer carries both back with its own times.
"""

from __future__ import annotations

from struct import Struct as Layout

from msgspec import Struct

from statetrace_engine.model import Epoch

PORT = 862
"""RFC 8762 section 4.1."""
LENGTH = 44
TTL = 255
"""What a sender sends with (section 4.2.1), so that a reflector can tell its distance."""

_SENDER = Layout("!I8sH30x")
_REFLECTOR = Layout("!I8sH2x8sI8sH2xB3x")
_NTP_TIME = Layout("!II")
_NTP_EPOCH = 2_208_988_800
"""Seconds from 1900 to 1970 (RFC 5905)."""
_ERROR_ESTIMATE = 0x0001
"""Not synchronised, NTP format, multiplier 1, which must not be 0 (RFC 4656 section 4.1.2)."""


class SenderPacket(Struct, frozen=True):
    seq: int
    """0 to 2**32 - 1."""
    sent_at: Epoch
    """By the sender's clock."""


class ReflectorPacket(Struct, frozen=True):
    seq: int
    """The reflector's own number; equal to `sender_seq` from a stateless one."""
    sent_at: Epoch
    received_at: Epoch
    """Both by the reflector's clock."""
    sender_seq: int
    sender_sent_at: Epoch
    sender_ttl: int


def encode(packet: SenderPacket) -> bytes:
    """What a sender puts into a datagram; `seq` wraps at 2**32."""
    return _SENDER.pack(packet.seq & 0xFFFFFFFF, _ntp(packet.sent_at), _ERROR_ESTIMATE)


def decode(raw: bytes) -> SenderPacket | None:
    """What a reflector received; None when it is too short. Longer packets carry options (RFC 8972)."""
    if len(raw) < LENGTH:
        return None
    seq, sent, _ = _SENDER.unpack_from(raw)
    return SenderPacket(seq, _epoch(sent))


def decode_reflected(raw: bytes) -> ReflectorPacket | None:
    """What came back to a sender; None when it is too short."""
    if len(raw) < LENGTH:
        return None
    seq, sent, _, received, sender_seq, sender_sent, _, ttl = _REFLECTOR.unpack_from(raw)
    return ReflectorPacket(seq, _epoch(sent), _epoch(received), sender_seq, _epoch(sender_sent), ttl)


def reflect(packet: bytes, receive_time: Epoch, ttl: int, send_time: Epoch | None = None) -> bytes | None:
    """A stateless reflector's answer, of the length of the packet (section 4.3); None when it is no test packet.

    `ttl` is the hop count the packet arrived with; `send_time` defaults to `receive_time`.
    """
    if len(packet) < LENGTH:
        return None
    seq, sent, estimate = _SENDER.unpack_from(packet)
    answered = _ntp(receive_time if send_time is None else send_time)
    answer = _REFLECTOR.pack(
        seq, answered, _ERROR_ESTIMATE, _ntp(receive_time), seq, sent, estimate, min(max(ttl, 0), 255)
    )
    return answer + packet[LENGTH:]


def _ntp(at: Epoch) -> bytes:
    """64 bits: seconds since 1900, wrapping in 2036, and their fraction (RFC 5905 section 6)."""
    seconds, fraction = divmod(at, 1.0)
    return _NTP_TIME.pack((int(seconds) + _NTP_EPOCH) & 0xFFFFFFFF, int(fraction * 2**32) & 0xFFFFFFFF)


def _epoch(raw: bytes) -> Epoch:
    """Times before 1970 are of the era that begins in 2036 (RFC 5905 section 6)."""
    seconds: int
    fraction: int
    seconds, fraction = _NTP_TIME.unpack(raw)
    return float((seconds - _NTP_EPOCH) & 0xFFFFFFFF) + fraction / 2**32
