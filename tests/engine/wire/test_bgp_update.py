"""BGP's UPDATE: what was sent is read, and what is malformed is treated as RFC 7606 says."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import bgp, bgp_update
from statetrace_engine.wire.bgp import IPV4, IPV4_VPN, IPV6, BgpError, Dialect, Family, MessageKind
from statetrace_engine.wire.bgp_attributes import Attributes, Code, Origin, Segment, SegmentKind, Treatment
from statetrace_engine.wire.bgp_nlri import Prefix, Route, packed, rd_text
from statetrace_engine.wire.bgp_update import Reach, Update
from tests.engine.wire.drawn_bgp import FAMILIES, dialects, prefixes, updates

PLAIN = Dialect(limit=bgp.EXTENDED_LIMIT)
ORIGIN = bytes.fromhex("40010100")
AS_PATH = bytes.fromhex("40020602010000fdf2")
NEXT_HOP = bytes.fromhex("4003040a090002")
GOOD = ORIGIN + AS_PATH + NEXT_HOP
NLRI = bytes.fromhex("18c0a832")
ROUTE = Route(IPV4, packed("192.168.50.0/24"))


def raw_update(attributes: bytes, nlri: bytes = NLRI, withdrawn: bytes = b"") -> bytes:
    body = len(withdrawn).to_bytes(2, "big") + withdrawn + len(attributes).to_bytes(2, "big") + attributes + nlri
    return bgp.envelope(MessageKind.UPDATE, body)


@given(st.data(), dialects)
def test_what_an_update_says_is_read(data: st.DataObject, dialect: Dialect) -> None:
    said = data.draw(updates(dialect))

    assert bgp_update.decode(bgp_update.encode(said, dialect), dialect) == said


@given(st.sampled_from(FAMILIES) | st.builds(Family, st.integers(0, 0xFFFF), st.integers(0, 255)))
def test_the_end_of_a_table_is_told_for_its_family(family: Family) -> None:
    read = bgp_update.decode(bgp_update.encode_end_of_rib(family), PLAIN)

    assert (read.end_of_rib, read.withdrawn, read.reaches) == (family, (), ())


@given(st.sampled_from((1, 2)).flatmap(prefixes))
def test_a_prefix_is_spelled_as_it_is_read(prefix: Prefix) -> None:
    assert packed(str(prefix)) == prefix


def test_bits_behind_a_prefix_do_not_make_another_one() -> None:
    read = bgp_update.decode(raw_update(GOOD, bytes.fromhex("14ac10ff")), PLAIN)

    assert [str(route.prefix) for route in read.reaches[0].routes] == ["172.16.240.0/20"]


@pytest.mark.parametrize(
    ("rd", "text"),
    [
        ("0000fdf200000007", "65010:7"),
        ("00010a0000010007", "10.0.0.1:7"),
        ("0002fa56ea030007", "4200000003:7"),
        ("00020000fdf20007", "65010L:7"),
        ("0003fa56ea030007", "0003fa56ea030007"),
    ],
)
def test_a_route_distinguisher_as_routers_print_it(rd: str, text: str) -> None:
    assert rd_text(bytes.fromhex(rd)) == text


@pytest.mark.parametrize(
    ("attributes", "code", "treatment"),
    [
        (bytes.fromhex("40010103") + AS_PATH + NEXT_HOP, Code.ORIGIN, Treatment.WITHDRAW),
        (bytes.fromhex("4001020000") + AS_PATH + NEXT_HOP, Code.ORIGIN, Treatment.WITHDRAW),
        (bytes.fromhex("c0010100") + AS_PATH + NEXT_HOP, Code.ORIGIN, Treatment.WITHDRAW),
        (AS_PATH + NEXT_HOP, Code.ORIGIN, Treatment.WITHDRAW),
        (ORIGIN + NEXT_HOP, Code.AS_PATH, Treatment.WITHDRAW),
        (ORIGIN + AS_PATH, Code.NEXT_HOP, Treatment.WITHDRAW),
        (ORIGIN + bytes.fromhex("4002020200") + NEXT_HOP, Code.AS_PATH, Treatment.WITHDRAW),
        (ORIGIN + bytes.fromhex("4002060901000000fd") + NEXT_HOP, Code.AS_PATH, Treatment.WITHDRAW),
        (ORIGIN + bytes.fromhex("400203020100") + NEXT_HOP, Code.AS_PATH, Treatment.WITHDRAW),
        (ORIGIN + AS_PATH + bytes.fromhex("400303000000"), Code.NEXT_HOP, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("8004020001"), Code.MED, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("400505000000000a"), Code.LOCAL_PREF, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("c00800"), Code.COMMUNITIES, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("c008050000000000"), Code.COMMUNITIES, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("80090100"), Code.ORIGINATOR_ID, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("800a0100"), Code.CLUSTER_LIST, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("406300"), 99, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("8004ff00"), 0, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("9004ff"), 0, Treatment.WITHDRAW),
        (GOOD + b"\x80", 0, Treatment.WITHDRAW),
        (GOOD + bytes.fromhex("40060100"), Code.ATOMIC_AGGREGATE, Treatment.DISCARD),
        (GOOD + bytes.fromhex("c0070100"), Code.AGGREGATOR, Treatment.DISCARD),
        (GOOD + bytes.fromhex("40010101"), Code.ORIGIN, Treatment.DISCARD),
    ],
)
def test_a_malformed_attribute_withdraws_the_route_or_is_dropped(
    attributes: bytes, code: int, treatment: Treatment
) -> None:
    read = bgp_update.decode(raw_update(attributes), PLAIN)

    assert [(fault.code, fault.treatment) for fault in read.faults] == [(code, treatment)]
    announced = [route for reach in read.reaches for route in reach.routes]
    assert (list(read.withdrawn), announced) == (([ROUTE], []) if treatment == Treatment.WITHDRAW else ([], [ROUTE]))


def test_the_first_of_a_repeated_attribute_counts() -> None:
    read = bgp_update.decode(raw_update(GOOD + bytes.fromhex("40010102")), PLAIN)

    assert read.attributes.origin == Origin.IGP


def test_an_unknown_optional_attribute_is_no_fault() -> None:
    assert bgp_update.decode(raw_update(GOOD + bytes.fromhex("c02003000000")), PLAIN).faults == ()


def test_a_next_hop_attribute_beside_another_familys_own_is_ignored() -> None:
    reach = bytes.fromhex("800e1c") + bytes.fromhex(
        "00020110" + "20010db8000000000000000000000002" + "00" + "3020010db80050"
    )
    read = bgp_update.decode(raw_update(ORIGIN + AS_PATH + bytes.fromhex("40030100") + reach, b""), PLAIN)

    assert [str(route.prefix) for route in read.reaches[0].routes] == ["2001:db8:50::/48"]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (bgp.envelope(MessageKind.UPDATE, b""), "withdrawn"),
        (bgp.envelope(MessageKind.UPDATE, b"\0\0\0"), "withdrawn"),
        (bgp.envelope(MessageKind.UPDATE, b"\xff\xff\0\0"), "withdrawn"),
        (bgp.envelope(MessageKind.UPDATE, b"\0\0\0\x09"), "attributes"),
        (raw_update(GOOD, b"\x21\0\0\0\0\0"), "33 bits"),
        (raw_update(GOOD, b"\x18\x0a\x01"), "cut short"),
        (raw_update(GOOD, b"", b"\x18\x0a\x01"), "cut short"),
        (raw_update(bytes.fromhex("800f020001"), b""), "MP_UNREACH_NLRI is cut short"),
        (raw_update(bytes.fromhex("800e0400010100"), b""), "MP_REACH_NLRI is cut short"),
        (raw_update(bytes.fromhex("800e050002011000"), b""), "next hop of MP_REACH_NLRI is cut short"),
        (raw_update(bytes.fromhex("800e0a000201050000000000" + "00"), b""), "next hop of 5 octets"),
        (raw_update(bytes.fromhex("800f03000201800f03000201"), b""), "more than once"),
        (raw_update(bytes.fromhex("800f0400018020"), b""), "cut short|bits"),
        (raw_update(bytes.fromhex("800f080001805800000100"), b""), "cut short|bits|attributes"),
    ],
)
def test_an_update_whose_prefixes_cannot_be_found_is_an_error(raw: bytes, why: str) -> None:
    with pytest.raises(BgpError, match=why):
        bgp_update.decode(raw, PLAIN)


def test_a_message_longer_than_the_session_allows_is_an_error() -> None:
    raw = raw_update(GOOD, NLRI * 1200)

    assert len(bgp_update.decode(raw, PLAIN).reaches[0].routes) == 1200
    with pytest.raises(BgpError, match="4096"):
        bgp_update.decode(raw, Dialect())


def test_four_octet_numbers_come_through_an_old_speaker() -> None:
    path = (
        Segment(SegmentKind.CONFED_SEQUENCE, (64512,)),
        Segment(SegmentKind.SEQUENCE, (65001, 4200000003)),
        Segment(SegmentKind.SET, (70000, 7)),
    )
    said = Update(
        reaches=(Reach(IPV4, "10.9.0.2", "", (ROUTE,)),),
        attributes=Attributes(origin=Origin.IGP, as_path=path, next_hop="10.9.0.2"),
    )
    old = Dialect(has_as4=False)

    assert bgp_update.decode(bgp_update.encode(said, old), old) == said


def test_hops_that_only_the_old_speakers_added_stay_before_the_others() -> None:
    attributes = ORIGIN + bytes.fromhex("40020802035ba0fde95ba0") + NEXT_HOP + bytes.fromhex("c01106020100011170")
    read = bgp_update.decode(raw_update(attributes), Dialect(has_as4=False))

    assert read.attributes.as_path == (
        Segment(SegmentKind.SEQUENCE, (23456, 65001)),
        Segment(SegmentKind.SEQUENCE, (70000,)),
    )


def test_a_longer_as4_path_than_path_is_ignored() -> None:
    attributes = ORIGIN + bytes.fromhex("4002040201fde9") + NEXT_HOP + bytes.fromhex("c0110a02020001117000011171")
    read = bgp_update.decode(raw_update(attributes), Dialect(has_as4=False))

    assert read.attributes.as_path == (Segment(SegmentKind.SEQUENCE, (65001,)),)


def test_an_old_speaker_that_aggregated_anew_outdates_the_as4_path() -> None:
    aggregators = bytes.fromhex("c00706fde90a000001" + "c01208000111700a000001")
    attributes = ORIGIN + bytes.fromhex("40020402015ba0") + NEXT_HOP + bytes.fromhex("c01106020100011170") + aggregators
    read = bgp_update.decode(raw_update(attributes), Dialect(has_as4=False))

    assert read.attributes.as_path == (Segment(SegmentKind.SEQUENCE, (23456,)),)


def test_a_path_in_the_other_width_than_announced_is_read() -> None:
    attributes = ORIGIN + bytes.fromhex("4002060202fde95ba0") + NEXT_HOP + bytes.fromhex("c0110a02020000fde9fa56ea03")
    read = bgp_update.decode(raw_update(attributes), PLAIN)

    assert read.faults == ()
    assert read.attributes.as_path == (Segment(SegmentKind.SEQUENCE, (65001, 4200000003)),)


def test_other_families_are_counted_and_not_read() -> None:
    evpn = bytes.fromhex("800e0e001946040a090002" + "00" + "0102030405")
    read = bgp_update.decode(raw_update(GOOD + evpn), PLAIN)

    assert read.undecoded == ((Family(25, 70), 5),)
    assert [reach.family for reach in read.reaches] == [IPV4]


def test_a_vpn_of_6vpe_names_the_router_by_its_ipv4_address() -> None:
    family = bgp.IPV6_VPN
    route = Route(family, packed("2001:db8::/32"), bytes(8), (16,))
    said = Update(reaches=(Reach(family, "10.0.0.1", "", (route,)),), attributes=Attributes(origin=Origin.IGP))
    raw = bgp_update.encode(said, PLAIN)

    assert bytes.fromhex("ffff0a000001") in raw
    assert bgp_update.decode(raw, PLAIN).reaches[0].next_hop == "10.0.0.1"


def test_a_withdrawn_vpn_prefix_is_read_whatever_stands_for_its_label() -> None:
    frr = bytes.fromhex("900f001100018068000000" + "0000fdf200000007" + "0a4d")
    (route,) = bgp_update.decode(raw_update(frr, b""), PLAIN).withdrawn

    assert (route.family, str(route.prefix), rd_text(route.rd)) == (IPV4_VPN, "10.77.0.0/16", "65010:7")


def test_a_link_local_address_beside_a_missing_global_one_is_the_next_hop() -> None:
    next_hop = "00" * 16 + "fe80000000000000000000000000000a"
    reach = bytes.fromhex("800e2a00020120" + next_hop + "00" + "2020010db8")
    (found,) = bgp_update.decode(raw_update(ORIGIN + AS_PATH + reach, b""), PLAIN).reaches

    assert (found.family, found.next_hop, found.link_local) == (IPV6, "fe80::a", "")


def test_a_link_local_address_twice_is_the_next_hop_once() -> None:
    next_hop = "fe80000000000000000000000000000a" * 2
    reach = bytes.fromhex("800e2a00020120" + next_hop + "00" + "2020010db8")
    (found,) = bgp_update.decode(raw_update(ORIGIN + AS_PATH + reach, b""), PLAIN).reaches

    assert (found.next_hop, found.link_local) == ("fe80::a", "")


@given(st.binary(max_size=120), st.binary(max_size=40), st.binary(max_size=40), dialects)
def test_junk_is_one_kind_of_error(attributes: bytes, nlri: bytes, withdrawn: bytes, dialect: Dialect) -> None:
    with suppress(BgpError):
        read = bgp_update.decode(raw_update(attributes, nlri, withdrawn), dialect)
        for route in (*read.withdrawn, *(route for reach in read.reaches for route in reach.routes)):
            assert packed(str(route.prefix)) == route.prefix
