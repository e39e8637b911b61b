"""A router's feed: only watched prefixes are told, as reading every UPDATE in full would tell them; all are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.wire import bgp, bgp_update
from statetrace_engine.wire.bgp import IPV4, IPV4_VPN, IPV6, BgpError, Dialect, MessageKind
from statetrace_engine.wire.bgp_attributes import Attributes, Origin
from statetrace_engine.wire.bgp_nlri import Prefix, Route, packed, rd_text
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_feed import OWN, Announced, Feed, TableComplete, Told, Watched, Withdrawn
from tests.engine.wire.drawn_bgp import dialects, prefixes, updates

Prefixes = dict[str, frozenset[Prefix]]
NONE: Prefixes = {}
WATCHED: Prefixes = {OWN: frozenset(map(packed, ("192.168.50.0/24", "0.0.0.0/0", "172.16.240.0/20")))}
some_prefixes = st.frozensets(st.sampled_from((1, 2)).flatmap(prefixes), max_size=30)
watches = st.dictionaries(st.sampled_from((OWN, "65010:7", "10.0.0.1:7")), some_prefixes)


def told_by_the_book(update: Update, watched: Prefixes) -> tuple[Told, ...]:
    def is_watched(route: Route) -> bool:
        return route.prefix in watched.get(rd_text(route.rd) if route.rd else OWN, ())

    if update.end_of_rib is not None:
        return (TableComplete(update.end_of_rib),)
    withdrawn = tuple(Withdrawn(route) for route in update.withdrawn if is_watched(route))
    return withdrawn + tuple(
        Announced(route, reach.next_hop, reach.link_local, update.attributes)
        for reach in update.reaches
        for route in reach.routes
        if is_watched(route)
    )


def announcement(*routes: Route, dialect: Dialect, next_hop: str = "10.9.0.2") -> bytes:
    said = Update(reaches=(Reach(routes[0].family, next_hop, "", routes),), attributes=Attributes(origin=Origin.IGP))
    return bgp_update.encode(said, dialect)


def plain_routes(*texts: str, path_id: int | None = None) -> tuple[Route, ...]:
    return tuple(Route(IPV4, packed(text), path_id=path_id) for text in texts)


@given(st.data(), dialects, watches)
def test_a_feed_tells_what_reading_all_of_it_would_tell(
    data: st.DataObject, dialect: Dialect, watched: Prefixes
) -> None:
    dialect = replace(dialect, add_path=frozenset())
    said = data.draw(updates(dialect))
    feed = Feed(dialect, Watched(watched))

    assert feed.read(bgp_update.encode(said, dialect), has_as4=dialect.has_as4) == told_by_the_book(said, watched)
    announced = sum(len(reach.routes) for reach in said.reaches)
    assert (feed.updates, feed.announced, feed.withdrawn, feed.errors) == (1, announced, len(said.withdrawn), 0)


@given(st.data(), dialects, watches)
def test_path_ids_are_found_where_the_opens_promise_them(
    data: st.DataObject, dialect: Dialect, watched: Prefixes
) -> None:
    said = data.draw(updates(dialect))

    found = Feed(dialect, Watched(watched)).read(bgp_update.encode(said, dialect), has_as4=dialect.has_as4)

    assert found == told_by_the_book(said, watched)


@given(st.binary(max_size=100), st.binary(max_size=30), st.binary(max_size=30), dialects, watches)
def test_junk_is_told_as_reading_all_of_it_would_tell(
    attributes: bytes, nlri: bytes, withdrawn: bytes, dialect: Dialect, watched: Prefixes
) -> None:
    dialect = replace(dialect, add_path=frozenset())
    body = len(withdrawn).to_bytes(2, "big") + withdrawn + len(attributes).to_bytes(2, "big") + attributes + nlri
    raw = bgp.envelope(MessageKind.UPDATE, body)
    feed = Feed(dialect, Watched(watched))
    read: Update | None
    try:
        read = bgp_update.decode(raw, dialect)
    except BgpError:
        read = None
    if read is None:
        with pytest.raises(BgpError):
            feed.read(raw)
        assert (feed.errors, feed.updates) == (1, 0)
    else:
        assert feed.read(raw, has_as4=dialect.has_as4) == told_by_the_book(read, watched)


def test_a_router_that_leaves_out_the_path_ids_it_promised_is_understood() -> None:
    """FRR 8.4 does. Read with ids, `10.1.1.0/25` would be the default route, with an id beyond all reason."""
    feed = Feed(
        Dialect(add_path=frozenset({IPV4})), Watched({OWN: frozenset(map(packed, ("10.1.1.0/25", "0.0.0.0/0")))})
    )
    told = feed.read(announcement(*plain_routes("10.1.1.0/25"), dialect=Dialect()))

    assert [str(one.route.prefix) for one in told if isinstance(one, Announced)] == ["10.1.1.0/25"]


def test_a_default_route_before_others_is_no_path_id_where_nobody_kept_the_opens() -> None:
    feed = Feed(bgp.negotiated(None, None), Watched(WATCHED))
    texts = ("0.0.0.0/0", "10.1.2.0/24", "10.0.0.0/8", "11.12.0.0/24")  # with ids: 0.0.0.0/2 and 0.0.0.0/0
    told = feed.read(announcement(*plain_routes(*texts), dialect=Dialect()))

    assert [(str(one.route.prefix), one.route.path_id) for one in told if isinstance(one, Announced)] == [
        ("0.0.0.0/0", None)
    ]


def test_path_ids_that_were_promised_are_told() -> None:
    dialect = Dialect(add_path=frozenset({IPV4}))
    feed = Feed(dialect, Watched(WATCHED))
    told = feed.read(announcement(*plain_routes("0.0.0.0/0", "192.168.50.0/24", path_id=3), dialect=dialect))

    assert [(str(one.route.prefix), one.route.path_id) for one in told if isinstance(one, Announced)] == [
        ("0.0.0.0/0", 3),
        ("192.168.50.0/24", 3),
    ]


def test_what_one_update_proved_of_path_ids_decides_the_doubtful_ones() -> None:
    dialect = Dialect(add_path=frozenset({IPV4}))
    large = 0x190A0101  # read without ids, the first would be 10.1.1.0/25, with nothing behind it
    feed = Feed(dialect, Watched(WATCHED))
    feed.read(announcement(*plain_routes("192.168.50.0/24", path_id=large), dialect=dialect))
    told = feed.read(announcement(*plain_routes("0.0.0.0/0", path_id=large), dialect=dialect))

    assert [one.route.path_id for one in told if isinstance(one, Announced)] == [large]


def test_a_watched_prefix_with_bits_behind_it_is_told() -> None:
    raw = announcement(*plain_routes("172.16.240.0/20"), dialect=Dialect())
    (told,) = Feed(Dialect(), Watched(WATCHED)).read(raw[:-1] + b"\xff")

    assert isinstance(told, Announced)
    assert str(told.route.prefix) == "172.16.240.0/20"


def test_a_malformed_announcement_of_a_watched_prefix_is_its_withdrawal() -> None:
    raw = announcement(*plain_routes("192.168.50.0/24"), dialect=Dialect())
    at = raw.index(bytes.fromhex("40010100"))
    feed = Feed(Dialect(), Watched(WATCHED))

    assert feed.read(raw[:at] + bytes.fromhex("40010109") + raw[at + 4 :]) == (
        Withdrawn(plain_routes("192.168.50.0/24")[0]),
    )


def test_a_vpns_prefix_is_told_only_for_its_own_vrf() -> None:
    rds = [bytes.fromhex(rd) for rd in ("0000fdf200000007", "0000fdf200000008")]
    same = [Route(IPV4_VPN, packed("192.168.50.0/24"), rd, (16,)) for rd in rds]
    raw = announcement(*same, dialect=Dialect())

    (told,) = Feed(Dialect(), Watched({"65010:7": WATCHED[OWN]})).read(raw)
    assert isinstance(told, Announced)
    assert told.route == same[0]
    assert Feed(Dialect(), Watched(WATCHED)).read(raw) == ()


def test_families_that_are_not_read_are_counted() -> None:
    evpn = bytes.fromhex("800e0e00194604" + "0a090002" + "00" + "0102030405")
    raw = bgp.envelope(MessageKind.UPDATE, b"\0\0" + len(evpn).to_bytes(2, "big") + evpn)
    feed = Feed(Dialect(), Watched(WATCHED))

    assert feed.read(raw) == ()
    assert (feed.undecoded, feed.updates, feed.announced) == ({bgp.Family(25, 70): 1}, 1, 0)


def test_the_end_of_a_table_is_told() -> None:
    assert Feed(Dialect(), Watched(NONE)).read(bgp_update.encode_end_of_rib(IPV6)) == (TableComplete(IPV6),)
