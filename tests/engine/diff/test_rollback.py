"""Candidate lines that take a configuration back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.diff import rollback

BEFORE = (
    "hostname R1",
    "!",
    "interface GigabitEthernet0/1",
    " description to core1",
    " ip address 10.1.1.1 255.255.255.252",
    "!",
    "ip route 0.0.0.0 0.0.0.0 10.1.1.2",
)
JUNOS = ("interfaces {", "    ge-0/0/0 {", "        mtu 1500;", "    }", "}")


def changed(lines: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(line.replace(old, new) for line in lines)


def test_a_route_and_a_line_under_an_interface_are_taken_back() -> None:
    after = changed(changed(BEFORE, "10.1.1.2", "10.1.1.6"), " description to core1", " shutdown")
    assert [line.strip() for line in rollback.candidates("cisco_ios", BEFORE, after)] == [
        "interface GigabitEthernet0/1",
        "description to core1",
        "no shutdown",
        "ip route 0.0.0.0 0.0.0.0 10.1.1.2",
        "no ip route 0.0.0.0 0.0.0.0 10.1.1.6",
    ]


def test_junos_is_taken_back_by_set_and_delete() -> None:
    lines = rollback.candidates("juniper_junos", JUNOS, changed(JUNOS, "1500", "9000"))
    assert lines == ("delete interfaces ge-0/0/0 mtu 9000", "set interfaces ge-0/0/0 mtu 1500")


@pytest.mark.parametrize("vendor", ["cisco_ios", "cisco_nxos", "arista_eos"])
def test_entries_of_an_access_list_are_taken_back_by_their_numbers(vendor: str) -> None:
    """Though numbering them anew is no change that a comparison tells of."""
    shown = ("ip access-list EDGE", " 10 permit tcp any any eq 22", " 20 deny ip any any")
    inserted = (*shown[:2], " 15 permit udp any any", shown[2])
    assert [line.strip() for line in rollback.candidates(vendor, shown, inserted)][1:] == ["no 15"]
    again = (shown[0], " 10 permit tcp any any eq 22", " 30 deny ip any any")
    taken = [line.strip() for line in rollback.candidates(vendor, shown, again)]
    assert taken == ["ip access-list EDGE", "no 30", "20 deny ip any any"]


@pytest.mark.parametrize("vendor", rollback.PLATFORMS)
def test_every_driver_that_is_named_is_there_and_finds_nothing_where_nothing_changed(vendor: str) -> None:
    lines = JUNOS if vendor == "juniper_junos" else BEFORE
    assert rollback.candidates(vendor, lines, lines) == ()


def test_a_line_that_stands_twice_is_no_obstacle() -> None:
    twice = (*BEFORE, BEFORE[-1])
    assert rollback.candidates("cisco_ios", twice, twice) == ()


def test_a_system_without_a_driver_is_said() -> None:
    with pytest.raises(ValueError, match="paloalto_panos"):
        rollback.candidates("paloalto_panos", BEFORE, BEFORE)


_WORDS = (
    "a", "b 1", "no b", "!", "}", "x {", "interface Gi1", "banner motd ^C", "^C", "end", "",
    "access-list 101 permit ip", "user b <redacted:key:aa>", "user b <redacted:key:bb>", "certificate 01",
    "ip access-list extended A", "permit ip any", "10 permit ip any", "inactive: y {", "term A {", "filter F {", "z;",
    "switchport trunk allowed vlan 1", "switchport trunk allowed vlan add 2", "vlan 1,3-5", "vlan 5-3", "vrf member R",
    "passive-interface default", "route-policy P", "end-policy", "no neighbor 1.1.1.1 peer-group P", "/* a", "*/",
)  # fmt: skip
_lines = st.lists(
    st.builds(
        lambda indent, word: " " * indent + word,
        st.integers(0, 3),
        st.sampled_from(_WORDS),
    ),
    max_size=12,
)


@given(st.sampled_from(sorted(rollback.PLATFORMS)), _lines, _lines)
def test_whatever_the_lines_there_is_an_answer_or_a_reason(vendor: str, before: list[str], after: list[str]) -> None:
    try:
        found = rollback.candidates(vendor, before, after)
    except ValueError:
        return
    assert all(isinstance(line, str) for line in found)
    assert all(line.lstrip()[:2] in ("! ", "# ", "; ") for line in found if "<redacted:" in line)
