"""Which changes between captures the engine takes, in which words, and to whom a list is applied."""

from __future__ import annotations

import pytest

from statetrace_engine.diff import lines, mattering
from statetrace_engine.diff.applied import applied, defined
from statetrace_engine.diff.mattering import Watched
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, ConfigAuthor, DiffChange, DiffObject, How
from tests.journey_compared import change

OURS = Watched(frozenset((("default", "0.0.0.0/0"),)), frozenset(("10.1.1.2", "gigabitethernet0/1")))


def one(kind: Kind, key: str, change_type: ChangeType, **fields: str | bool | tuple[str, ...]) -> DiffChange:
    """An object that is there on one side only."""
    found = DiffObject(kind, tuple(key.split("|")), tuple(fields.items()), ((40, 60), (10, 20)))
    before, after = (found, None) if change_type is ChangeType.REMOVED else (None, found)
    return DiffChange(change_type, kind, "show x", found.key, before, after)


@pytest.mark.parametrize(
    ("said", "words", "is_deed"),
    [
        ("-ip route 0.0.0.0 0.0.0.0 10.1.1.2", "ip route 0.0.0.0 0.0.0.0 10.1.1.2 removed", True),
        ("+interface Gi0/1 | shutdown", "interface Gi0/1: shutdown added", True),
        (["interfaces", "Gi0/1", "admin_up", True, False], "interface Gi0/1: admin up -> down", True),
        (["interfaces", "Gi0/1", "oper_up", True, False], "interface Gi0/1: line up -> down", False),
        (["bgp_neighbors", "red|10.1.1.2", "state", "established", "idle"],
         "bgp 10.1.1.2 vrf red: state established -> idle", False),
        (["bgp_neighbors", "default|10.1.1.2", "remote_as", "65001", None], "bgp 10.1.1.2: remote as 65001 -> -", True),
        (["ospf_neighbors", "default|Gi0/1|10.255.1.2", "state", "full", "init"],
         "ospf 10.255.1.2 Gi0/1: state full -> init", False),
        (["routes", "default|0.0.0.0/0", "next_hop", ("10.1.1.2", "10.1.2.2"), "10.1.2.2"],
         "route 0.0.0.0/0: next hop 10.1.1.2/10.1.2.2 -> 10.1.2.2", False),
    ],
)  # fmt: skip
def test_a_change_in_words(said: str | list[object], words: str, is_deed: bool) -> None:
    (told,), left_out = mattering.choose([change(said)], OURS, {})
    assert (told.text, told.is_deed, left_out) == (words, is_deed, 0)


def test_a_route_that_is_gone_names_its_way_and_the_place_that_showed_it() -> None:
    gone = one(Kind.ROUTES, "default|0.0.0.0/0", ChangeType.REMOVED, next_hop=("10.1.1.2", "10.1.2.2"), interface="x")
    (told,), _ = mattering.choose([gone], OURS, {})
    assert (told.text, told.span) == ("route 0.0.0.0/0 via 10.1.1.2 removed", (10, 60))


def test_what_matters_to_no_route_is_left_out_and_counted() -> None:
    dull = [
        one(Kind.ROUTES, "default|10.9.0.0/16", ChangeType.ADDED, protocol="bgp"),
        one(Kind.MAC_ADDRESSES, "10|0000.1111.2222", ChangeType.ADDED),
        one(Kind.ARP, "default|10.9.9.9|Gi0/9", ChangeType.ADDED),
    ]
    telling = [
        one(Kind.ROUTES, "default|10.8.0.0/16", ChangeType.ADDED, protocol="static"),
        one(Kind.ARP, "default|10.1.1.2|Gi0/1", ChangeType.REMOVED),
    ]
    chosen, left_out = mattering.choose([*dull, *telling], OURS, {})
    assert [each.text for each in chosen] == ["arp Gi0/1 10.1.1.2 removed", "route 10.8.0.0/16 added"]
    assert left_out == 3


def test_of_too_many_those_that_name_what_is_watched_stay() -> None:
    many = [change(f"+interface GigabitEthernet7/{n} | mtu 1400") for n in range(mattering.MOST)]
    ours = change("+interface GigabitEthernet0/1 | mtu 1400")
    chosen, left_out = mattering.choose([*many, ours], OURS, {})
    assert (len(chosen), left_out) == (mattering.MOST, 1)
    assert chosen[0].key == ours.key


CONFIG = """interface GigabitEthernet0/2
 ip access-group EDGE in
router bgp 65000
 neighbor 10.1.1.2 prefix-list OUT out
 address-family ipv4
  neighbor 10.1.2.2 route-map IN in
route-map IN permit 10
 match ip address prefix-list WAN
ip prefix-list OUT seq 5 permit 0.0.0.0/0
ip access-list extended EDGE
 permit ip any any
"""
JUNOS = """protocols {
    bgp {
        group core {
            neighbor 10.1.1.2 {
                import FROM-CORE;
            }
        }
    }
}
policy-options {
    policy-statement FROM-CORE {
        from prefix-list ALL;
    }
}
"""


def test_lists_are_followed_to_neighbours_and_interfaces() -> None:
    found = applied(lines.paths(CONFIG.splitlines()))
    assert found == {
        "EDGE": ("gigabitethernet0/2",), "OUT": ("10.1.1.2",), "IN": ("10.1.2.2",), "WAN": ("10.1.2.2",),
    }  # fmt: skip
    assert applied(lines.paths(JUNOS.splitlines())) == {"FROM-CORE": ("10.1.1.2",), "ALL": ("10.1.1.2",)}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ip prefix-list OUT seq 5 permit 0.0.0.0/0", "OUT"),
        ("ipv6 prefix-list OUT seq 5 permit ::/0", "OUT"),
        ("route-map IN permit 10 match ip address prefix-list WAN", "IN"),
        ("ip access-list extended EDGE permit ip any any", "EDGE"),
        ("policy-options policy-statement FROM-CORE from prefix-list ALL", "FROM-CORE"),
        ("interface GigabitEthernet0/1 mtu 1400", ""),
    ],
)
def test_the_list_that_a_line_belongs_to(line: str, name: str) -> None:
    assert defined(line) == name


def test_a_change_of_a_list_reaches_whom_it_is_applied_to() -> None:
    said = change("-ip prefix-list OUT seq 5 permit 0.0.0.0/0")
    assert mattering.defines_a_list(said)
    (told,), _ = mattering.choose([said], OURS, {"OUT": ("10.1.1.2",)})
    assert told.reach == ("10.1.1.2",)


SINCE, UNTIL = 1000.0, 5000.0


def session(who: str, at: float | None, how: How = How.CHANGED, command: str = "show logging") -> ConfigAuthor:
    return ConfigAuthor(who, how, at, command=command)


@pytest.mark.parametrize(
    ("authors", "told"),
    [
        ([], ("", None, False)),
        ([session("jsm", 2000.0)], ("jsm", 2000.0, False)),
        ([session("jsm", 2000.0, command="show running-config")], ("jsm", 2000.0, True)),
        ([session("jsm", 2000.0), session("ana", 3000.0, How.SAVED)], ("jsm", 2000.0, False)),
        ([session("jsm", 2000.0), session("ana", 3000.0)], ("", None, False)),
        ([session("jsm", 2000.0), session("jsm", 3000.0)], ("jsm", None, False)),
        ([session("jsm", None)], ("jsm", None, False)),
        ([session("jsm", 90_000.0)], ("", None, False)),
        ([session("jsm", 90_000.0), session("ana", 3000.0)], ("ana", 3000.0, False)),
    ],
)
def test_a_change_is_whose_session_it_must_have_been(
    authors: list[ConfigAuthor], told: tuple[str, float | None, bool]
) -> None:
    chosen, _ = mattering.choose(
        [change("+interface Gi0/1 | shutdown"), change(["interfaces", "Gi0/1", "oper_up", True, False])], OURS, {}
    )
    shut, down = mattering.dated(chosen, authors, SINCE, UNTIL)
    assert (shut.by, shut.at, shut.is_by_then) == told
    assert (down.by, down.at) == ("", None), "what followed was nobody's deed"


def test_what_a_banner_says_of_an_interface_is_behind_nothing() -> None:
    said = change("+banner motd | interface GigabitEthernet0/1 is shutdown")
    assert mattering.choose([said], OURS, {}) == ((), 1)
