"""Valid BGP and BMP messages for Hypothesis to draw, and a router's stream made of them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from hypothesis import strategies as st

from statetrace_engine.model.text import sanitise
from statetrace_engine.wire import bgp, bgp_update, bmp_messages
from statetrace_engine.wire.bgp import IPV4, AddPath, Dialect, Family, GracefulRestart, Notification, Open
from statetrace_engine.wire.bgp_attributes import Attributes, Origin, Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import OCTETS, SAFI_UNICAST, SAFI_VPN, Prefix, Route, trimmed
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_messages import Peer, PeerKind, View

FAMILIES = tuple(sorted(bgp.DECODED))
asns = st.integers(0, 2**32 - 1) | st.integers(0, 0xFFFF)
v4 = st.integers(0, 2**32 - 1).map(lambda number: str(IPv4Address(number)))
# Not the ones that mean an IPv4 address, or that there is none.
v6 = st.integers(2**124, 2**125 - 1).map(lambda number: str(IPv6Address(number)))
link_locals = st.integers(1, 2**64 - 1).map(lambda number: str(IPv6Address((0xFE80 << 112) + number)))
texts = st.text(max_size=60).filter(lambda text: sanitise(text) == text)
unknown_capabilities = st.integers(9, 255).filter(lambda code: code not in {64, 65, 69})


@st.composite
def opens(draw: st.DrawFn) -> Open:
    has_as4 = draw(st.booleans())
    family = st.builds(Family, st.integers(0, 0xFFFF), st.integers(0, 255)) | st.sampled_from(FAMILIES)
    modes = st.sampled_from((AddPath.RECEIVE, AddPath.SEND, AddPath.RECEIVE | AddPath.SEND))
    restarts = st.builds(
        GracefulRestart,
        st.booleans(),
        st.booleans(),
        st.integers(0, 4095),
        st.lists(st.tuples(family, st.booleans()), max_size=4).map(tuple),
    )
    return Open(
        asn=draw(asns if has_as4 else st.integers(0, 0xFFFF)),
        hold_time_s=draw(st.integers(0, 0xFFFF)),
        bgp_id=draw(v4),
        families=tuple(draw(st.lists(family, max_size=50))),
        has_route_refresh=draw(st.booleans()),
        has_extended_message=draw(st.booleans()),
        has_as4=has_as4,
        add_path=tuple(draw(st.lists(st.tuples(family, modes), max_size=4))),
        label_counts=tuple(draw(st.lists(st.tuples(family, st.integers(0, 255)), max_size=4))),
        graceful_restart=draw(st.none() | restarts),
        others=tuple(draw(st.lists(unknown_capabilities, max_size=4))),
    )


notifications = st.builds(Notification, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=80))


@st.composite
def prefixes(draw: st.DrawFn, afi: int) -> Prefix:
    """Of few networks and lengths, so that some are drawn twice."""
    length = draw(st.integers(0, 32 if afi == 1 else 128) | st.sampled_from((0, 8, 23, 24)))
    octets = draw(st.sampled_from((b"\x0a", b"\xac\x10\x01", b"\x20\x01\x0d\xb8")) | st.binary(max_size=16))
    return Prefix(afi, length, trimmed(octets[: OCTETS[length]].ljust(OCTETS[length], b"\0"), length))


@st.composite
def routes(draw: st.DrawFn, family: Family, dialect: Dialect, *, is_withdrawn: bool) -> Route:
    # With three, a host of an IPv6 VPN would be longer than one octet can say.
    longest = 2 if family in dialect.label_stacks else 1
    has_labels = family.safi != SAFI_UNICAST and not is_withdrawn
    labels = st.lists(st.integers(0, 2**20 - 1), min_size=1, max_size=longest)
    has_rd = family.safi == SAFI_VPN
    rd = st.sampled_from((b"\0\0\xfd\xf2\0\0\0\x07", b"\0\x01\x0a\0\0\x01\0\x07")) | st.binary(min_size=8, max_size=8)
    return Route(
        family,
        draw(prefixes(family.afi)),
        draw(rd) if has_rd else b"",
        tuple(draw(labels)) if has_labels else (),
        draw(st.integers(0, 0xFFFF)) if family in dialect.add_path else None,
    )


dialects = st.builds(
    Dialect,
    add_path=st.frozensets(st.sampled_from(FAMILIES)),
    label_stacks=st.frozensets(st.sampled_from([family for family in FAMILIES if family.safi != SAFI_UNICAST])),
    has_as4=st.booleans(),
    limit=st.just(bgp.EXTENDED_LIMIT),
)

_segments = st.builds(
    Segment,
    st.sampled_from((SegmentKind.SET, SegmentKind.SEQUENCE)),
    st.lists(asns, min_size=1, max_size=8).map(tuple),
)
_confederations = st.builds(
    Segment,
    st.sampled_from((SegmentKind.CONFED_SET, SegmentKind.CONFED_SEQUENCE)),
    st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=4).map(tuple),
)
paths = st.builds(
    lambda leading, rest: (*leading, *rest),
    st.lists(_confederations, max_size=1),
    st.lists(_segments, max_size=3),
)
numbers = st.integers(0, 2**32 - 1)
attributes = st.builds(
    Attributes,
    origin=st.sampled_from(Origin),
    as_path=paths,
    med=st.none() | numbers,
    local_pref=st.none() | numbers,
    is_atomic=st.booleans(),
    communities=st.lists(numbers, max_size=70).map(tuple),
    originator_id=st.just("") | v4,
    cluster_list=st.lists(v4, max_size=3).map(tuple),
)


@st.composite
def updates(draw: st.DrawFn, dialect: Dialect, families: tuple[Family, ...] = FAMILIES) -> Update:
    """IPv4 unicast, another family, or both; withdrawals, announcements, or both."""
    other = draw(st.sampled_from(families))
    chosen = [family for family in {IPV4, other} if draw(st.booleans())]
    reaches, withdrawn = [], []
    for family in sorted(chosen, key=lambda family: family == IPV4):  # in the order in which they stand
        announced = draw(st.lists(routes(family, dialect, is_withdrawn=False), max_size=6))
        if announced:
            reaches.append(_reach(draw, family, tuple(announced)))
    for family in sorted(chosen, key=lambda family: family != IPV4):
        withdrawn += draw(st.lists(routes(family, dialect, is_withdrawn=True), max_size=6))
    classic = [reach.next_hop for reach in reaches if reach.family == IPV4 and ":" not in reach.next_hop]
    said = draw(attributes) if reaches else Attributes()
    said = Attributes(**{**_fields(said), "next_hop": classic[0] if classic else ""})
    end = IPV4 if not reaches and not withdrawn else None
    return Update(withdrawn=tuple(withdrawn), reaches=tuple(reaches), attributes=said, end_of_rib=end)


def _fields(said: Attributes) -> dict[str, object]:
    return {name: getattr(said, name) for name in said.__struct_fields__}


def _reach(draw: st.DrawFn, family: Family, announced: tuple[Route, ...]) -> Reach:
    next_hop = draw(v4 if family == IPV4 else v4 | v6)
    link_local = draw(st.just("") | link_locals) if ":" in next_hop else ""
    return Reach(family, next_hop, link_local, announced)


@st.composite
def peers(draw: st.DrawFn, kinds: tuple[PeerKind, ...] = tuple(PeerKind)) -> Peer:
    kind = draw(st.sampled_from(kinds))
    is_loc_rib = kind == PeerKind.LOC_RIB
    views = [view for view in View if view != View.LOC_RIB]
    return Peer(
        kind=kind,
        view=View.LOC_RIB if is_loc_rib else draw(st.sampled_from(views)),
        is_filtered=is_loc_rib and draw(st.booleans()),
        has_as4=is_loc_rib or draw(st.booleans()),
        rd=draw(st.just(bytes(8)) | st.binary(min_size=8, max_size=8)),
        address="" if is_loc_rib else draw(v4 | v6),
        asn=draw(asns),
        bgp_id=draw(v4),
        at=draw(st.none() | st.integers(1, (2**32 - 1) * 1_000_000).map(lambda us: us // 10**6 + us % 10**6 / 1e6)),
    )


information = st.builds(bmp_messages.Information, st.integers(0, 0xFFFF), texts)


@st.composite
def peer_ups(draw: st.DrawFn) -> bmp_messages.PeerUp:
    peer = draw(peers())
    family = st.just("") if peer.kind == PeerKind.LOC_RIB else v6 if ":" in peer.address else v4
    local = draw(family.filter(lambda text: text != "0.0.0.0"))
    port = st.integers(0, 0xFFFF)
    said = st.none() | opens()
    return bmp_messages.PeerUp(
        peer, local, draw(port), draw(port), draw(said), draw(said), tuple(draw(st.lists(information, max_size=3)))
    )


@st.composite
def peer_downs(draw: st.DrawFn) -> bmp_messages.PeerDown:
    reason = draw(st.integers(1, 8))
    return bmp_messages.PeerDown(
        draw(peers()),
        reason,
        notification=draw(st.none() | notifications) if reason in (1, 3) else None,
        event=draw(st.integers(0, 0xFFFF)) if reason == 2 else None,
        information=tuple(draw(st.lists(information, max_size=2))) if reason == 6 else (),
    )


@st.composite
def _statistics(draw: st.DrawFn) -> bmp_messages.Statistic:
    kind = draw(st.sampled_from(sorted(bmp_messages.STATISTICS)))
    has_family = kind in bmp_messages.BY_FAMILY
    is_gauge = has_family or kind in (7, 8, 14, 15)
    family = draw(st.builds(Family, st.integers(0, 0xFFFF), st.integers(0, 255))) if has_family else None
    return bmp_messages.Statistic(kind, draw(st.integers(0, 2 ** (64 if is_gauge else 32) - 1)), family)


@st.composite
def monitorings(draw: st.DrawFn) -> bmp_messages.RouteMonitoring:
    dialect = draw(dialects)
    return bmp_messages.RouteMonitoring(draw(peers()), bgp_update.encode(draw(updates(dialect)), dialect))


messages = st.one_of(
    monitorings(),
    peer_ups(),
    peer_downs(),
    st.builds(bmp_messages.StatisticsReport, peers(), st.lists(_statistics(), max_size=8).map(tuple)),
    st.builds(bmp_messages.Initiation, st.lists(information, max_size=4).map(tuple)),
    st.builds(bmp_messages.Termination, st.none() | st.integers(0, 0xFFFF), st.lists(texts, max_size=2).map(tuple)),
)
