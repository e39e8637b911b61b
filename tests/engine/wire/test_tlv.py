"""BER is sound, or it is not handed to a parser that believes every length."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statetrace_engine.wire import tlv
from tests.snmp import ber

_VALUES = st.recursive(
    st.binary(max_size=300).map(ber.octets) | st.integers(-(2**63), 2**63).map(ber.integer),
    lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda parts: ber.sequence(*parts)),
    max_leaves=20,
)


@given(_VALUES)
def test_what_is_encoded_is_sound_and_what_is_cut_off_or_longer_is_not(raw: bytes) -> None:
    assert tlv.is_sound(raw)
    assert not tlv.is_sound(raw[:-1])
    assert not tlv.is_sound(raw + b"\0")


@given(st.binary(max_size=600))
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\x30\x80\x00\x00")
@example(b"\x1f\xff\xff\xff")
@example(b"\x30\xff" + bytes(127))
def test_any_bytes_are_judged(raw: bytes) -> None:
    assert tlv.is_sound(raw) in (True, False)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x30",
        bytes(70_000),
        b"\x30\x05\x02\x01\x01\x05\x01",
        b"\x30\x80\x00\x00",
        b"\x30\x02\x02\x00",
        b"\x30\x02\x03\x00",
        b"\x30\x04\x30\x02\x30\x00",
    ],
)
def test_what_is_no_whole_value_is_unsound(raw: bytes) -> None:
    assert not tlv.is_sound(raw)


def test_values_nested_without_end_are_unsound() -> None:
    raw = ber.integer(1)
    for _ in range(17):
        raw = ber.sequence(raw)
    assert not tlv.is_sound(raw)
