"""What a capture shows that may verify a step: rows of what a route depends on, and that a kind is there at all."""

from __future__ import annotations

import pytest

from statetrace_engine.model.captured import (
    ArpRow,
    BgpNeighborRow,
    CapturedFact,
    InterfaceRow,
    Kind,
    OspfNeighborRow,
    RouteRow,
    Row,
    SpanningTreeRow,
)
from statetrace_engine.parsing.captured_facts import Shown, facts

PORT = "GigabitEthernet0/1"
WANTED = (PORT, "10.1.1.2", "RED|10.1.1.2")


def shown(kind: Kind, *rows: Row) -> Shown:
    starts = [10 * number for number, _ in enumerate(rows)]
    return Shown("show it", kind, len(rows), (0, 10 * len(rows)), rows, starts, [start + 9 for start in starts])


def told(*sections: Shown) -> list[CapturedFact]:
    return [fact for fact in facts(sections, "cisco_ios", WANTED) if fact.name]


@pytest.mark.parametrize(
    ("kind", "row", "name", "is_up", "text"),
    [
        (Kind.INTERFACES, InterfaceRow("Gi0/1", admin_up=True, oper_up=True), PORT, True, f"{PORT} up"),
        (Kind.INTERFACES, InterfaceRow("Gi0/1", admin_up=True, oper_up=False), PORT, False, f"{PORT} down"),
        (
            Kind.INTERFACES,
            InterfaceRow("Gi0/1", admin_up=False, oper_up=False),
            PORT,
            False,
            f"{PORT} administratively down",
        ),
        (
            Kind.BGP_NEIGHBORS,
            BgpNeighborRow("default", "10.1.1.2", state="established"),
            "10.1.1.2",
            True,
            "10.1.1.2 established",
        ),
        (
            Kind.BGP_NEIGHBORS,
            BgpNeighborRow("RED", "10.1.1.2", state="idle"),
            "RED|10.1.1.2",
            False,
            "RED|10.1.1.2 idle",
        ),
        (
            Kind.OSPF_NEIGHBORS,
            OspfNeighborRow("default", "10.255.0.2", "10.1.1.2", state="full"),
            "10.1.1.2",
            True,
            "10.1.1.2 full",
        ),
        (Kind.ARP, ArpRow("10.1.1.2", "aabb.cc00.0100"), "10.1.1.2", True, "10.1.1.2 aabb.cc00.0100"),
        (Kind.ARP, ArpRow("10.1.1.2"), "10.1.1.2", False, "10.1.1.2 incomplete"),
        (Kind.SPANNING_TREE, SpanningTreeRow("1", "Gi0/1", state="forwarding"), PORT, True, f"{PORT} forwarding"),
        (Kind.SPANNING_TREE, SpanningTreeRow("1", "Gi0/1", state="blocking"), PORT, False, f"{PORT} blocking"),
    ],
)
def test_a_row_says_whether_it_is_up(kind: Kind, row: Row, name: str, is_up: bool, text: str) -> None:
    assert told(shown(kind, row)) == [CapturedFact(kind, name, is_up, text, (0, 9))]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (Kind.INTERFACES, InterfaceRow("Gi0/2", admin_up=True, oper_up=True)),
        (Kind.INTERFACES, InterfaceRow("Gi0/1", admin_up=True)),
        (Kind.BGP_NEIGHBORS, BgpNeighborRow("default", "10.1.1.2")),
        (Kind.OSPF_NEIGHBORS, OspfNeighborRow("default", "10.255.0.2", "10.1.1.2")),
        (Kind.SPANNING_TREE, SpanningTreeRow("1", state="forwarding")),
        (Kind.ROUTES, RouteRow("default", "0.0.0.0/0", "10.1.1.2")),
    ],
    ids=["nobody asks for it", "not said", "no state", "no adjacency's state", "no port", "no such kind"],
)
def test_what_says_nothing_is_not_told(kind: Kind, row: Row) -> None:
    assert told(shown(kind, row)) == []


def test_a_kind_is_told_by_the_command_that_shows_most_of_it() -> None:
    few, many = Shown("show arp 10.1.1.2", Kind.ARP, 1, (0, 9)), Shown("show arp", Kind.ARP, 40, (10, 900))
    none = Shown("show mac address-table", Kind.MAC_ADDRESSES, 0, (900, 950))
    (fact,) = facts((few, many, none), "cisco_ios", ())
    assert fact == CapturedFact(Kind.ARP, "", None, "show arp: 40 rows", (10, 900))


def test_of_two_commands_the_first_that_says_it_counts() -> None:
    brief = shown(Kind.INTERFACES, InterfaceRow("Gi0/1", admin_up=True, oper_up=True))
    other = shown(Kind.INTERFACES, InterfaceRow("Gi0/1", admin_up=True, oper_up=False))
    assert [fact.is_up for fact in told(brief, other)] == [True]
