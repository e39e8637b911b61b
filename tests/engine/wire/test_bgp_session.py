"""BGP's OPEN and NOTIFICATION: what was sent is read, in the RFCs' words, and junk is one kind of error."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import bgp
from statetrace_engine.wire.bgp import IPV4, IPV4_VPN, IPV6, AddPath, BgpError, MessageKind, Notification, Open
from tests.engine.wire.drawn_bgp import notifications, opens

# From FRR 8.4.4: 65010, ADD-PATH both ways, graceful restart with the N bit, twelve capabilities.
REAL_OPEN = bytes.fromhex(
    "ffffffffffffffffffffffffffffffff007901"
    "04fdf200090aff00025c"
    "02060104000100010206010400010080020280000202020002024600020641040000fdf202020600020a450800010103"
    "000180030206490402723200020c400ac07800010100000180000210470e0001018000000000018080000000"
)


@given(opens)
def test_what_an_open_says_is_read(said: Open) -> None:
    assert bgp.decode_open(bgp.encode_open(said)) == said


@given(notifications)
def test_what_a_notification_says_is_read(said: Notification) -> None:
    assert bgp.decode_notification(bgp.encode_notification(said)) == said
    assert said.words


def test_a_real_open() -> None:
    said = bgp.decode_open(REAL_OPEN)

    assert (said.asn, said.hold_time_s, said.bgp_id) == (65010, 9, "10.255.0.2")
    assert said.families == (IPV4, IPV4_VPN)
    assert said.has_route_refresh
    assert said.has_extended_message
    assert dict(said.add_path) == {IPV4: 3, IPV4_VPN: 3}
    assert said.graceful_restart is not None
    assert (said.graceful_restart.time_s, said.graceful_restart.has_notification) == (120, True)


@pytest.mark.parametrize(
    ("code", "subcode", "data", "words"),
    [
        (6, 2, b"", "Cease: Administrative Shutdown"),
        (6, 2, bgp.shutdown_data("works till 5"), "Cease: Administrative Shutdown: works till 5"),
        (6, 4, b"\x05caf\xc3\xa9", "Cease: Administrative Reset: café"),
        (6, 4, b"\x03\x1b[2", "Cease: Administrative Reset: .[2"),
        (6, 2, b"\xffshort", "Cease: Administrative Shutdown"),
        (6, 10, b"", "Cease: BFD Down"),
        (6, 9, b"\x04\x00", "Cease: Hard Reset: Hold Timer Expired"),
        (6, 9, b"\x06\x02\x03now", "Cease: Hard Reset: Cease: Administrative Shutdown: now"),
        (6, 9, b"\x06\x09\x06\x09", "Cease: Hard Reset"),
        (4, 0, b"", "Hold Timer Expired"),
        (2, 2, b"", "OPEN Message Error: Bad Peer AS"),
        (3, 99, b"", "UPDATE Message Error: subcode 99"),
        (77, 1, b"", "error 77: subcode 1"),
    ],
)
def test_a_notification_in_the_words_of_the_rfc(code: int, subcode: int, data: bytes, words: str) -> None:
    assert Notification(code, subcode, data).words == words


def test_a_long_shutdown_text_is_cut_between_characters() -> None:
    said = Notification(6, 2, bgp.shutdown_data("é" * 200)).communication

    assert said == "é" * 127


def _open(parameters: bytes) -> bytes:
    return bgp.envelope(MessageKind.OPEN, bytes.fromhex("04fde800b40a000001") + parameters)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "cut short"),
        (b"\xff" * 18, "cut short"),
        (b"\xfe" + REAL_OPEN[1:], "not all ones"),
        (REAL_OPEN[:-1], "a BGP length of 121 where 120 octets are"),
        (REAL_OPEN + b"x", "a BGP length of 121 where 122 octets are"),
        (bgp.envelope(MessageKind.KEEPALIVE, b""), "type 4"),
        (bgp.envelope(MessageKind.OPEN, b""), "cut short"),
        (bgp.envelope(MessageKind.OPEN, bytes(4078)), "4096 are the most"),
        (bgp.envelope(MessageKind.OPEN, bytes.fromhex("03fde800b40a00000100")), "version 3"),
        (_open(b"\x01"), "do not end with it"),
        (_open(b"\x02\x02\x05"), "longer than the OPEN"),
        (_open(b"\x02\x01\x00"), "parameter 1 "),
        (_open(b"\x03\x02\x01\x41"), "longer than its parameter"),
        (_open(b"\x05\x02\x03\x41\x01\x00"), "four octets"),
        (_open(b"\x05\x02\x03\x01\x01\x00"), "wrong length"),
        (_open(b"\x05\x02\x03\x45\x01\x00"), "wrong length"),
        (_open(b"\x05\x02\x03\x40\x01\x00"), "cut short"),
        (_open(b"\xff\xff\x00\x09\x02"), "do not end with it"),
    ],
)
def test_a_malformed_open_says_what_is_wrong(raw: bytes, why: str) -> None:
    with pytest.raises(BgpError, match=why):
        bgp.decode_open(raw)


@given(st.binary(max_size=200) | st.binary(max_size=120).map(_open))
def test_junk_is_one_kind_of_error(raw: bytes) -> None:
    for decode in (bgp.decode_open, bgp.decode_notification):
        with suppress(BgpError):
            decode(raw)


def _speaker(**said: object) -> Open:
    return Open(asn=1, hold_time_s=9, bgp_id="10.0.0.1", **said)  # type: ignore[arg-type]


def test_path_ids_are_sent_only_where_one_side_sends_and_the_other_receives() -> None:
    receives = _speaker(add_path=((IPV4, AddPath.RECEIVE), (IPV6, AddPath.RECEIVE)))
    sends = _speaker(add_path=((IPV4, AddPath.SEND | AddPath.RECEIVE), (IPV6, AddPath.RECEIVE)))

    assert bgp.negotiated(receives, sends).add_path == {IPV4}
    assert bgp.negotiated(sends, receives).add_path == set()


def test_messages_are_long_only_where_both_sides_can() -> None:
    able, unable = _speaker(has_extended_message=True), _speaker()

    assert bgp.negotiated(able, able).limit == 65535
    assert bgp.negotiated(able, unable).limit == bgp.negotiated(unable, able).limit == 4096


def test_an_open_that_nobody_kept_rules_nothing_out() -> None:
    unknown = bgp.negotiated(None, _speaker())

    assert (unknown.limit, unknown.add_path) == (65535, bgp.DECODED)
