"""ICMP echo: the checksum of RFC 1071, both families, and junk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import icmp

echoes = st.builds(icmp.Echo, st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.binary(max_size=64))
IPV4_HEADER = bytes.fromhex("4500003c1c4640004001b1e6ac100a63ac100a0c")


def _sum_by_the_book(raw: bytes) -> int:
    total = sum(int.from_bytes(raw[at : at + 2].ljust(2, b"\0"), "big") for at in range(0, len(raw), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def test_the_checksum_of_the_rfcs_example() -> None:
    assert icmp.checksum(bytes.fromhex("0001f203f4f5f6f7")) == ~0xDDF2 & 0xFFFF


@given(st.binary(max_size=100))
def test_the_checksum_is_the_one_of_the_book(raw: bytes) -> None:
    assert icmp.checksum(raw) == _sum_by_the_book(raw)


@given(echoes)
def test_an_ipv4_message_sums_to_zero(echo: icmp.Echo) -> None:
    assert _sum_by_the_book(icmp.encode_request(echo, is_v6=False)) == 0


@pytest.mark.parametrize("is_v6", [False, True])
@given(echo=echoes)
def test_a_reply_is_told_from_a_request(is_v6: bool, echo: icmp.Echo) -> None:
    request, reply = icmp.encode_request(echo, is_v6), icmp.encode_reply(echo, is_v6)

    assert (icmp.decode_request(request, is_v6), icmp.decode_reply(request, is_v6)) == (echo, None)
    assert (icmp.decode_request(reply, is_v6), icmp.decode_reply(reply, is_v6)) == (None, echo)


def test_an_ipv4_header_is_skipped() -> None:
    echo = icmp.Echo(1, 2, b"x")

    assert icmp.decode_reply(IPV4_HEADER + icmp.encode_reply(echo, is_v6=False), is_v6=False) == echo


@pytest.mark.parametrize("is_v6", [False, True])
@given(raw=st.binary(max_size=80))
def test_junk_is_a_value(is_v6: bool, raw: bytes) -> None:
    for decode in (icmp.decode_reply, icmp.decode_request):
        found = decode(raw, is_v6)
        assert found is None or isinstance(found, icmp.Echo)
