"""What FRR 8.4.4 sent in a session of our own: three peers, a shutdown, withdrawals, a peer that died, a reconnect."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from statetrace_engine.wire import bgp, bgp_update, bmp
from statetrace_engine.wire.bgp import IPV4, BgpError
from statetrace_engine.wire.bgp_attributes import Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import packed
from statetrace_engine.wire.bmp import Frame
from statetrace_engine.wire.bmp_feed import OWN, Announced, Feed, Told, Watched, Withdrawn
from statetrace_engine.wire.bmp_messages import (
    Initiation,
    Message,
    PeerDown,
    PeerUp,
    RouteMirroring,
    RouteMonitoring,
    StatisticsReport,
    View,
)

CAPTURES = Path(__file__).parents[2] / "captures" / "frr"
WATCHED = {
    OWN: frozenset(map(packed, ("0.0.0.0/0", "10.30.0.0/17", "192.168.51.0/24", "2001:db8:50::/48"))),
    "65010:7": frozenset((packed("10.77.0.0/16"),)),
}


def frames(name: str) -> list[Frame]:
    decoder = bmp.Decoder()
    found = decoder.feed((CAPTURES / name).read_bytes())
    assert decoder.finish() == ""
    return found


def messages(name: str) -> list[Message]:
    return [bmp.decode(frame) for frame in frames(name)]


def test_every_message_is_read() -> None:
    kinds = Counter(type(message) for message in messages("bmp.session.bin"))

    assert kinds == {
        Initiation: 1, PeerUp: 6, PeerDown: 8, RouteMonitoring: 43, StatisticsReport: 30, RouteMirroring: 63,
    }  # fmt: skip


def test_the_reasons_of_peers_that_went_down() -> None:
    downs = [(m.peer.address, m.words) for m in messages("bmp.session.bin") if isinstance(m, PeerDown)]

    assert ("10.9.0.2", "closed by the peer: Cease: Administrative Shutdown: works till 5") in downs
    assert ("10.9.0.3", "closed by the router without a NOTIFICATION") in downs


def told(name: str) -> list[tuple[str, View, Told]]:
    """Through a feed for each view of each peer, as the OPENs promise."""
    ups: dict[bytes, PeerUp] = {}
    feeds: dict[tuple[bytes, View], Feed] = {}
    found = []
    for frame in frames(name):
        message = bmp.decode(frame)
        if isinstance(message, PeerUp):
            ups[frame.peer] = message
        if isinstance(message, RouteMonitoring):
            peer, up = message.peer, ups.get(frame.peer)
            dialect = bgp.negotiated(None, None) if up is None else up.dialect(peer.view)
            feed = feeds.setdefault((frame.peer, peer.view), Feed(dialect, Watched(WATCHED)))
            found += [(peer.address, peer.view, one) for one in feed.read(message.update, has_as4=peer.has_as4)]
    assert not any(feed.errors for feed in feeds.values())
    return found


def test_watched_prefixes_are_told_though_the_promised_path_ids_are_missing() -> None:
    seen = [
        (str(one.route.prefix), type(one))
        for address, view, one in told("bmp.session.bin")
        if address == "10.9.0.2" and view == View.IN_POST_POLICY and isinstance(one, Announced | Withdrawn)
    ]

    assert seen[:2] == [("0.0.0.0/0", Announced), ("192.168.51.0/24", Announced)]
    assert ("192.168.51.0/24", Withdrawn) in seen


def test_a_vpn_prefix_and_one_of_ipv6_are_withdrawn() -> None:
    gone = {str(one.route.prefix) for _, _, one in told("bmp.session.bin") if isinstance(one, Withdrawn)}

    assert {"10.77.0.0/16", "2001:db8:50::/48"} <= gone


def test_the_path_that_is_written_in_two_octets_and_called_four_is_read() -> None:
    paths = {
        (str(one.route.prefix), one.attributes.as_path)
        for address, _, one in told("bmp.reconnect.bin")
        if address == "10.9.0.3" and isinstance(one, Announced)
    }

    assert paths == {("10.30.0.0/17", (Segment(SegmentKind.SEQUENCE, (65001, 4200000003)),))}


def test_reading_as_the_opens_promise_alone_would_fail() -> None:
    """So that the day FRR writes what it promises is noticed when this capture is made anew."""
    up = next(m for m in messages("bmp.session.bin") if isinstance(m, PeerUp) and m.peer.address == "10.9.0.2")
    dialect = up.dialect(View.IN_POST_POLICY)
    failed = 0
    for message in messages("bmp.session.bin"):
        if isinstance(message, RouteMonitoring) and message.peer.address == "10.9.0.2":
            try:
                bgp_update.decode(message.update, dialect)
            except BgpError:
                failed += 1

    assert IPV4 in dialect.add_path
    assert failed > 0
