"""Valid BGP and BMP messages for Hypothesis to draw, and a router's stream made of them.

Strategies are made once, and not where they are drawn of: to make one takes longer than to draw.
"""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Address, IPv6Address

from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.text import sanitise
from statetrace_engine.wire import bgp, bgp_update, bmp_messages
from statetrace_engine.wire.bgp import IPV4, AddPath, Dialect, Family, GracefulRestart, Notification, Open
from statetrace_engine.wire.bgp_attributes import Attributes, Origin, Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import OCTETS, SAFI_UNICAST, SAFI_VPN, Prefix, Route, trimmed
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_messages import Peer, PeerKind, View

FAMILIES = tuple(sorted(bgp.DECODED))
octet, short, numbers = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 2**32 - 1)
truth = st.booleans()
asns = numbers | short
v4 = st.integers(0, 2**32 - 1).map(lambda number: str(IPv4Address(number)))
# Not the ones that mean an IPv4 address, or that there is none.
v6 = st.integers(2**124, 2**125 - 1).map(lambda number: str(IPv6Address(number)))
link_locals = st.integers(1, 2**64 - 1).map(lambda number: str(IPv6Address((0xFE80 << 112) + number)))
texts = st.text(max_size=60).filter(lambda text: sanitise(text) == text)
unknown_capabilities = st.integers(9, 255).filter(lambda code: code not in {64, 65, 69})

any_family = st.builds(Family, short, octet)
family_or_known = any_family | st.sampled_from(FAMILIES)
modes = st.sampled_from((AddPath.RECEIVE, AddPath.SEND, AddPath.RECEIVE | AddPath.SEND))
restarts = st.builds(
    GracefulRestart,
    truth,
    truth,
    st.integers(0, 4095),
    st.lists(st.tuples(family_or_known, truth), max_size=4).map(tuple),
)


def _opens(has_as4: bool) -> st.SearchStrategy[Open]:
    return st.builds(
        Open,
        asn=asns if has_as4 else short,
        hold_time_s=short,
        bgp_id=v4,
        families=st.lists(family_or_known, max_size=50).map(tuple),
        has_route_refresh=truth,
        has_extended_message=truth,
        has_as4=st.just(has_as4),
        add_path=st.lists(st.tuples(family_or_known, modes), max_size=4).map(tuple),
        label_counts=st.lists(st.tuples(family_or_known, octet), max_size=4).map(tuple),
        graceful_restart=st.none() | restarts,
        others=st.lists(unknown_capabilities, max_size=4).map(tuple),
    )


opens = _opens(False) | _opens(True)
notifications = st.builds(Notification, octet, octet, st.binary(max_size=80))
_few_lengths = st.sampled_from((0, 8, 23, 24))
_lengths = {afi: st.integers(0, 32 if afi == 1 else 128) | _few_lengths for afi in (1, 2)}
_networks = st.sampled_from((b"\x0a", b"\xac\x10\x01", b"\x20\x01\x0d\xb8")) | st.binary(max_size=16)


@cache
@st.composite
def prefixes(draw: st.DrawFn, afi: int) -> Prefix:
    """Of few networks and lengths, so that some are drawn twice."""
    length, octets = draw(_lengths[afi]), draw(_networks)
    return Prefix(afi, length, trimmed(octets[: OCTETS[length]].ljust(OCTETS[length], b"\0"), length))


_rds = st.sampled_from((b"\0\0\xfd\xf2\0\0\0\x07", b"\0\x01\x0a\0\0\x01\0\x07")) | st.binary(min_size=8, max_size=8)
_labels = {longest: st.lists(st.integers(0, 2**20 - 1), min_size=1, max_size=longest) for longest in (1, 2)}


@st.composite
def routes(draw: st.DrawFn, family: Family, dialect: Dialect, *, is_withdrawn: bool) -> Route:
    # With three, a host of an IPv6 VPN would be longer than one octet can say.
    longest = 2 if family in dialect.label_stacks else 1
    has_labels = family.safi != SAFI_UNICAST and not is_withdrawn
    return Route(
        family,
        draw(prefixes(family.afi)),
        draw(_rds) if family.safi == SAFI_VPN else b"",
        tuple(draw(_labels[longest])) if has_labels else (),
        draw(short) if family in dialect.add_path else None,
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
    said = replace(said, next_hop=classic[0] if classic else "")
    end = IPV4 if not reaches and not withdrawn else None
    return Update(withdrawn=tuple(withdrawn), reaches=tuple(reaches), attributes=said, end_of_rib=end)


v4_or_v6, _link_local_or_none = v4 | v6, st.just("") | link_locals


def _reach(draw: st.DrawFn, family: Family, announced: tuple[Route, ...]) -> Reach:
    next_hop = draw(v4 if family == IPV4 else v4_or_v6)
    link_local = draw(_link_local_or_none) if ":" in next_hop else ""
    return Reach(family, next_hop, link_local, announced)


_views = st.sampled_from([view for view in View if view != View.LOC_RIB])
_peer_rds = st.just(bytes(8)) | st.binary(min_size=8, max_size=8)
_times = st.none() | st.integers(1, (2**32 - 1) * 1_000_000).map(lambda us: us // 10**6 + us % 10**6 / 1e6)


@cache
@st.composite
def peers(draw: st.DrawFn, kinds: tuple[PeerKind, ...] = tuple(PeerKind)) -> Peer:
    kind = draw(st.sampled_from(kinds))
    is_loc_rib = kind == PeerKind.LOC_RIB
    return Peer(
        kind=kind,
        view=View.LOC_RIB if is_loc_rib else draw(_views),
        is_filtered=is_loc_rib and draw(truth),
        has_as4=is_loc_rib or draw(truth),
        rd=draw(_peer_rds),
        address="" if is_loc_rib else draw(v4_or_v6),
        asn=draw(asns),
        bgp_id=draw(v4),
        at=draw(_times),
    )


information = st.builds(bmp_messages.Information, st.integers(0, 0xFFFF), texts)


_informations = {most: st.lists(information, max_size=most).map(tuple) for most in (2, 3, 4)}
_v4_of_somebody = v4.filter(lambda text: text != "0.0.0.0")
_open_or_none = st.none() | opens


@st.composite
def peer_ups(draw: st.DrawFn) -> bmp_messages.PeerUp:
    peer = draw(peers())
    local = "" if peer.kind == PeerKind.LOC_RIB else draw(v6 if ":" in peer.address else _v4_of_somebody)
    ports = (draw(short), draw(short))
    said = (draw(_open_or_none), draw(_open_or_none))
    return bmp_messages.PeerUp(peer, local, *ports, *said, draw(_informations[3]))


_reasons = st.integers(1, 8)
_notification_or_none = st.none() | notifications


@st.composite
def peer_downs(draw: st.DrawFn) -> bmp_messages.PeerDown:
    reason = draw(_reasons)
    return bmp_messages.PeerDown(
        draw(peers()),
        reason,
        notification=draw(_notification_or_none) if reason in (1, 3) else None,
        event=draw(short) if reason == 2 else None,
        information=draw(_informations[2]) if reason == 6 else (),
    )


_kinds = st.sampled_from(sorted(bmp_messages.STATISTICS))
_counts = {bits: st.integers(0, 2**bits - 1) for bits in (32, 64)}


@st.composite
def _statistics(draw: st.DrawFn) -> bmp_messages.Statistic:
    kind = draw(_kinds)
    has_family = kind in bmp_messages.BY_FAMILY
    is_gauge = has_family or kind in (7, 8, 14, 15)
    family = draw(any_family) if has_family else None
    return bmp_messages.Statistic(kind, draw(_counts[64 if is_gauge else 32]), family)


@st.composite
def monitorings(draw: st.DrawFn) -> bmp_messages.RouteMonitoring:
    dialect = draw(dialects)
    return bmp_messages.RouteMonitoring(draw(peers()), bgp_update.encode(draw(updates(dialect)), dialect))


messages = st.one_of(
    monitorings(),
    peer_ups(),
    peer_downs(),
    st.builds(bmp_messages.StatisticsReport, peers(), st.lists(_statistics(), max_size=8).map(tuple)),
    st.builds(bmp_messages.Initiation, _informations[4]),
    st.builds(bmp_messages.Termination, st.none() | short, st.lists(texts, max_size=2).map(tuple)),
)
