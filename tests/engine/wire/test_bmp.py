"""BMP: frames out of any chunks, each message as it was sent, and one kind of error for what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import bgp, bgp_update, bmp, bmp_encode, bmp_messages
from statetrace_engine.wire.bgp import IPV4, IPV6, AddPath, Notification, Open
from statetrace_engine.wire.bmp import BmpError, Frame, Kind
from statetrace_engine.wire.bmp_messages import (
    SYS_DESCR,
    SYS_NAME,
    TABLE_NAME,
    Information,
    Initiation,
    Peer,
    PeerDown,
    PeerKind,
    PeerUp,
    RouteMirroring,
    RouteMonitoring,
    StatisticsReport,
    Termination,
    View,
)
from tests.engine.wire.drawn_bgp import messages, monitorings, peer_downs, peer_ups, peers

PEER = Peer(kind=PeerKind.GLOBAL, address="10.9.0.2", asn=65010, bgp_id="10.255.0.2", at=1_764_000_000.25)
HEAD = bmp_encode.encode_peer(PEER)


def frames(raw: bytes) -> list[Frame]:
    decoder = bmp.Decoder()
    found = decoder.feed(raw)
    assert decoder.finish() == ""
    return found


def sent_and_read(message: bmp_encode.Sendable) -> bmp_messages.Message:
    (frame,) = frames(bmp_encode.encode(message))
    return bmp.decode(frame)


@given(messages)
def test_what_a_message_says_is_read(message: bmp_encode.Sendable) -> None:
    assert sent_and_read(message) == message


@given(st.lists(messages, max_size=6), st.lists(st.integers(0, 3000), max_size=8))
def test_any_chunks_hold_the_same_frames(sent: list[bmp_encode.Sendable], cuts: list[int]) -> None:
    stream = b"".join(map(bmp_encode.encode, sent))
    decoder, at, found = bmp.Decoder(), 0, []
    for cut in [*sorted(cuts), len(stream)]:
        found += decoder.feed(stream[at:cut])
        at = max(at, cut)

    assert decoder.finish() == ""
    assert found == frames(stream)
    assert [bmp.decode(frame) for frame in found] == sent


def test_a_stream_in_single_octets_is_read_without_copying_it_again_and_again() -> None:
    """A megabyte: were the buffer copied for each octet, that would be some hundred gigabytes."""
    message = b"\x03" + bmp.MESSAGE_LIMIT.to_bytes(4, "big") + b"\x04" + bytes(bmp.MESSAGE_LIMIT - 6)
    decoder, found = bmp.Decoder(), 0
    for octet in message * 4:
        found += len(decoder.feed(bytes((octet,))))

    assert (found, decoder.finish()) == (4, "")


GOOD = bmp_encode.initiation("r1")


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (b"GET / HTTP/1.1\r\n", "A message of BMP version 71 came, where only version 3 is spoken."),
        (b"\x03\x00\x00\x00\x05\x04", "A message said that it has 5 octets, fewer than its header."),
        (b"\x03\xff\xff\xff\xff\x00", "A message said that it has 4294967295 octets, where 262144 are the most."),
        (b"\x03\x00\x00\x00\x07\x04", "The stream ended 6 octets into a message."),
        (b"\x03", "The stream ended 1 octets into a message."),
    ],
)
def test_a_frame_that_is_none_ends_the_stream_with_a_sentence(bad: bytes, error: str) -> None:
    decoder = bmp.Decoder()

    assert len(decoder.feed(GOOD + bad)) == 1
    assert decoder.finish() == error


def test_nothing_is_read_behind_a_frame_that_is_none() -> None:
    decoder = bmp.Decoder()
    decoder.feed(b"nonsense")

    assert decoder.feed(GOOD) == []
    assert decoder.error.startswith("A message of BMP version 110")


@given(peers())
def test_a_frame_tells_its_peer_without_being_decoded(peer: Peer) -> None:
    body = bmp_encode.encode_peer(peer)
    twin = bmp_encode.encode_peer(Peer(kind=PeerKind.RD, address="10.9.0.2", asn=1, bgp_id="1.1.1.1"))

    assert Frame(Kind.PEER_UP, body).peer == Frame(Kind.ROUTE_MONITORING, body + b"anything").peer
    assert (Frame(0, body).peer == Frame(0, twin).peer) == (
        (peer.kind, peer.rd, peer.address) == (PeerKind.RD, bytes(8), "10.9.0.2")
    )


@given(monitorings())
def test_an_update_is_left_unread(message: RouteMonitoring) -> None:
    (frame,) = frames(bmp_encode.encode(message))

    assert frame.update == message.update


@pytest.mark.parametrize(
    ("flags", "view"),
    [
        (0x00, View.IN_PRE_POLICY), (0x40, View.IN_POST_POLICY), (0x10, View.OUT_PRE_POLICY),
        (0x50, View.OUT_POST_POLICY),
    ],
)  # fmt: skip
def test_the_flags_say_which_table(flags: int, view: View) -> None:
    assert bmp.decode_peer(HEAD[:1] + bytes((flags,)) + HEAD[2:]).view == view


def test_loc_rib_has_flags_of_its_own() -> None:
    head = bmp.decode_peer(b"\x03\xa0" + bytes(24) + HEAD[26:])  # of its flags only F means something (RFC 9069 4.2)

    assert (head.view, head.is_filtered, head.address, head.has_as4) == (View.LOC_RIB, True, "", True)


def test_a_router_names_itself() -> None:
    said = sent_and_read(Initiation((Information(SYS_DESCR, "FRRouting 8.4.4"), Information(SYS_NAME, "r1"))))

    assert isinstance(said, Initiation)
    assert (said.sys_name, said.sys_descr) == ("r1", "FRRouting 8.4.4")


def test_no_text_of_a_router_reaches_a_terminal_raw() -> None:
    said = sent_and_read(Initiation((Information(SYS_NAME, "r1\x1b[2J"),)))

    assert isinstance(said, Initiation)
    assert said.sys_name == "r1.[2J"


@pytest.mark.parametrize(
    ("down", "words"),
    [
        (PeerDown(PEER, 1, Notification(4, 0)), "closed by the router: Hold Timer Expired"),
        (PeerDown(PEER, 1), "closed by the router"),
        (PeerDown(PEER, 2, event=0), "closed by the router without a NOTIFICATION"),
        (PeerDown(PEER, 2, event=18), "closed by the router without a NOTIFICATION: TcpConnectionFails"),
        (PeerDown(PEER, 2, event=99), "closed by the router without a NOTIFICATION: event 99"),
        (PeerDown(PEER, 3, Notification(6, 3)), "closed by the peer: Cease: Peer De-configured"),
        (PeerDown(PEER, 4), "closed by the peer without a NOTIFICATION"),
        (PeerDown(PEER, 5), "no longer monitored, by configuration"),
        (PeerDown(PEER, 6, information=(Information(TABLE_NAME, "RED"),)), "closed by the router, table: RED"),
        (PeerDown(PEER, 9), "reason 9"),
    ],
)
def test_a_peer_down_says_why_in_words(down: PeerDown, words: str) -> None:
    assert sent_and_read(down) == down
    assert down.words == words


@given(peer_downs())
def test_every_peer_down_has_words(down: PeerDown) -> None:
    assert down.words


@given(peer_ups())
def test_every_peer_up_has_a_dialect_for_every_view(up: PeerUp) -> None:
    for view in View:
        assert up.dialect(view).limit in (4096, 65535)


def _speaker(mode: AddPath) -> Open:
    return Open(asn=1, hold_time_s=9, bgp_id="10.0.0.1", add_path=((IPV4, mode),))


def _up(sent: Open | None, received: Open | None) -> PeerUp:
    return PeerUp(PEER, "10.9.0.1", 179, 40000, sent, received)


def test_path_ids_run_the_other_way_in_what_a_router_sends() -> None:
    up = _up(_speaker(AddPath.RECEIVE), _speaker(AddPath.SEND))

    assert up.dialect(View.IN_PRE_POLICY).add_path == {IPV4}
    assert up.dialect(View.OUT_POST_POLICY).add_path == set()


def test_a_table_has_path_ids_where_both_of_its_made_up_opens_list_them() -> None:
    assert _up(_speaker(AddPath.RECEIVE), _speaker(AddPath.RECEIVE)).dialect(View.LOC_RIB).add_path == {IPV4}


def test_a_peer_up_without_the_opens_is_one_all_the_same() -> None:
    up = sent_and_read(_up(None, None))

    assert up == _up(None, None)
    assert isinstance(up, PeerUp)
    assert up.dialect(View.IN_PRE_POLICY).add_path == bgp.DECODED


def _statistics(count: int, *values: tuple[int, bytes]) -> bytes:
    tlvs = b"".join(kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value for kind, value in values)
    return HEAD + count.to_bytes(4, "big") + tlvs


def test_counters_are_typed_and_unknown_ones_counted() -> None:
    family = b"\x00\x02\x01" + (5).to_bytes(8, "big")
    body = _statistics(3, (7, (9).to_bytes(8, "big")), (9, family), (0xFFFB, bytes(4)))
    read = bmp.decode(Frame(Kind.STATISTICS_REPORT, body))

    assert isinstance(read, StatisticsReport)
    assert [(one.kind, one.value, one.family) for one in read.statistics] == [(7, 9, None), (9, 5, IPV6)]
    assert read.unknown == 1


def test_mirrored_messages_are_counted() -> None:
    mirrored = bgp.envelope(bgp.MessageKind.KEEPALIVE, b"")
    body = HEAD + b"\0\0" + len(mirrored).to_bytes(2, "big") + mirrored + b"\0\x01\0\x02\0\x01"

    assert bmp.decode(Frame(Kind.ROUTE_MIRRORING, body)) == RouteMirroring(PEER, 1, has_lost=True)


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"\x01\xff", "a BGP header is cut short"),
        (b"\x03" + bgp.envelope(bgp.MessageKind.KEEPALIVE, b""), "BGP message type 4 in the place of NOTIFICATION"),
        (b"\x02\x00", "an event of Peer Down that has not two octets"),
        (b"\x06\x00", "a TLV's header is cut short"),
    ],
)
def test_a_peer_is_down_whatever_stands_in_the_place_of_the_reason(data: bytes, trouble: str) -> None:
    assert bmp.decode(Frame(Kind.PEER_DOWN, HEAD + data)) == PeerDown(PEER, data[0], trouble=trouble)


def test_what_stands_behind_a_notification_hides_nothing_of_it() -> None:
    said = Notification(6, 2)
    body = HEAD + b"\x03" + bgp.encode_notification(said) + b"\0\x03\0\x03RED"
    assert bmp.decode(Frame(Kind.PEER_DOWN, body)) == PeerDown(PEER, 3, said)


UP = bytes(20) + bgp.encode_open(_speaker(AddPath.SEND))


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        (7, HEAD, "message type 7"),
        (Kind.ROUTE_MONITORING, HEAD[:-1], "per-peer header is cut short"),
        (Kind.PEER_DOWN, b"\x04" + HEAD[1:] + b"\x04", "peer type 4"),
        (Kind.PEER_DOWN, HEAD, "without its reason"),
        (Kind.PEER_UP, HEAD + bytes(19), "Peer Up is cut short"),
        (Kind.PEER_UP, HEAD + UP, "BGP header is cut short"),
        (Kind.PEER_UP, HEAD + UP[:-1], "BGP length"),
        (Kind.PEER_UP, HEAD + UP + UP[20:] + b"x", "TLV's header"),
        (Kind.PEER_UP, HEAD + UP + bgp.envelope(bgp.MessageKind.KEEPALIVE, b""), "type 4"),
        (Kind.PEER_UP, HEAD + UP + bgp.envelope(bgp.MessageKind.OPEN, bytes(5000)), "4096 are the most"),
        (Kind.STATISTICS_REPORT, HEAD + b"\0\0\0", "report of 0 statistics"),
        (Kind.STATISTICS_REPORT, _statistics(0xFFFFFFFF), "report of 4294967295 statistics that holds 0"),
        (Kind.STATISTICS_REPORT, _statistics(0, (7, bytes(8))), "report of 0 statistics that holds 1"),
        (Kind.STATISTICS_REPORT, _statistics(1, (7, bytes(5))), "statistic 7 in 5 octets"),
        (Kind.STATISTICS_REPORT, _statistics(1, (9, bytes(2))), "statistic 9 in 2 octets"),
        (Kind.INITIATION, b"\0\x02\xff\xffx", "TLV of 65535 octets"),
        (Kind.TERMINATION, b"\0\x01\0\x01\x00", "two octets"),
        (Kind.ROUTE_MIRRORING, HEAD + b"\0", "TLV's header"),
    ],
)
def test_a_message_that_cannot_be_read_says_what_is_wrong(kind: int, body: bytes, why: str) -> None:
    with pytest.raises(BmpError, match=why):
        bmp.decode(Frame(kind, body))


def test_a_termination_says_why() -> None:
    read = sent_and_read(Termination(0, ("bye",)))

    assert read == Termination(0, ("bye",))
    assert bmp_messages.TERMINATIONS[0] == "session administratively closed"


def test_a_whole_session_of_a_simulated_router_is_read() -> None:
    update = bgp_update.encode_end_of_rib(IPV4)
    session = [
        Initiation((Information(SYS_NAME, "r1"),)),
        _up(_speaker(AddPath.SEND), _speaker(AddPath.SEND)),
        RouteMonitoring(PEER, update),
        StatisticsReport(PEER, (bmp_messages.Statistic(7, 1),)),
        PeerDown(PEER, 3, Notification(6, 2, bgp.shutdown_data("works"))),
        Termination(0),
    ]

    assert [bmp.decode(frame) for frame in frames(b"".join(map(bmp_encode.encode, session)))] == session
