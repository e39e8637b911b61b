"""STAMP packets: the layout of RFC 8762, and junk that must not harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import stamp

times = st.floats(min_value=0, max_value=4_000_000_000)


def test_a_senders_packet_is_laid_out_as_in_the_rfc() -> None:
    raw = stamp.encode(stamp.SenderPacket(7, 1.5))

    assert len(raw) == 44
    assert raw[:4] == b"\0\0\0\x07"
    assert raw[4:12] == (2_208_988_801).to_bytes(4, "big") + b"\x80\0\0\0"
    assert raw[13] != 0, "the multiplier of the error estimate must not be 0"
    assert raw[14:] == bytes(30)


def test_a_reflectors_packet_is_laid_out_as_in_the_rfc() -> None:
    sent = stamp.encode(stamp.SenderPacket(7, 1.5))

    raw = stamp.reflect(sent, 2.0, 254, 2.25)

    assert raw is not None
    assert raw[:4] == b"\0\0\0\x07"
    assert raw[4:12] == (2_208_988_802).to_bytes(4, "big") + b"\x40\0\0\0"
    assert raw[16:24] == (2_208_988_802).to_bytes(4, "big") + bytes(4)
    assert raw[24:38] == sent[:14], "number, time and error estimate of the sender"
    assert raw[40] == 254
    assert len(raw) == 44


def test_the_answer_is_as_long_as_the_question() -> None:
    longer = stamp.encode(stamp.SenderPacket(1, 1.0)) + b"options"

    assert stamp.reflect(longer, 1.0, 64) is not None
    assert len(stamp.reflect(longer, 1.0, 64) or b"") == len(longer)


@given(st.integers(0, 2**32 - 1), times, times, st.integers(0, 255))
def test_what_is_reflected_comes_back(seq: int, sent_at: float, received_at: float, ttl: int) -> None:
    raw = stamp.reflect(stamp.encode(stamp.SenderPacket(seq, sent_at)), received_at, ttl)

    answer = stamp.decode_reflected(raw or b"")

    assert answer is not None
    assert (answer.sender_seq, answer.seq, answer.sender_ttl) == (seq, seq, ttl)
    assert answer.sender_sent_at == pytest.approx(sent_at, abs=1e-6)
    assert answer.received_at == pytest.approx(received_at, abs=1e-6)


@given(st.binary(max_size=120))
def test_junk_is_a_value(raw: bytes) -> None:
    assert (stamp.decode(raw) is None) == (len(raw) < 44)
    assert (stamp.decode_reflected(raw) is None) == (len(raw) < 44)
    assert (stamp.reflect(raw, 0.0, 64) is None) == (len(raw) < 44)
