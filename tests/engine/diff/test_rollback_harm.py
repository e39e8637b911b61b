"""Candidate lines that would do harm when somebody types them as they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.diff import rollback


def lines(text: str) -> list[str]:
    return [line for line in text.strip("\n").split("\n") if line]


def back(vendor: str, before: str, after: str) -> list[str]:
    return list(rollback.candidates(vendor, lines(before), lines(after)))


def test_a_secret_that_was_replaced_is_never_a_line_to_type() -> None:
    before = "snmp-server community <redacted:snmp-community:aa> RO\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\n"
    found = back("cisco_ios", before, before.replace(":aa>", ":bb>"))
    assert found == [
        "! needs its secret: no snmp-server community <redacted:snmp-community:bb> RO",
        "! needs its secret: snmp-server community <redacted:snmp-community:aa> RO",
    ]
    fastiron = back("brocade_fastiron", "username admin password .....", "hostname A")
    assert "! needs its secret: username admin password ....." in fastiron
    junos = 'system {\n    root-authentication {\n        encrypted-password "<redacted:hash:%s>"; ## SECRET-DATA\n'
    junos += "    }\n}\n"
    assert back("juniper_junos", junos % "aa", junos % "bb") == [
        '# needs its secret: delete system root-authentication encrypted-password "<redacted:hash:bb>"',
        '# needs its secret: set system root-authentication encrypted-password "<redacted:hash:aa>"',
    ]


def test_what_stands_below_a_line_that_cannot_be_typed_is_not_typed_elsewhere() -> None:
    before = "aaa group <redacted:key:aa>\n server 10.0.0.1\nhostname A"
    assert back("cisco_ios", before, "hostname A") == [
        "! needs its secret: aaa group <redacted:key:aa>",
        "! needs its secret: server 10.0.0.1",
    ]


def test_one_line_of_a_numbered_list_of_ios_does_not_take_the_list_away() -> None:
    before = "access-list 101 permit tcp any any\naccess-list 101 deny ip any any"
    found = back("cisco_ios", before, f"access-list 101 permit ip any any\n{before}")
    assert found == ["ip access-list resequence 101 10 10", "ip access-list extended 101", "  no 10"]


def test_entries_without_numbers_are_numbered_before_their_numbers_are_named() -> None:
    before = "ip access-list extended OUT\n permit tcp any any\n permit icmp any any\n deny ip any any"
    after = before.replace(" permit icmp any any\n", "")
    assert back("cisco_ios", before, after) == [
        "ip access-list resequence OUT 10 10",
        "ip access-list extended OUT",
        "  11 permit icmp any any",
    ]
    numbered = "ip access-list extended OUT\n 10 permit tcp any any\n 20 deny ip any any"
    assert back("cisco_ios", numbered, numbered.replace(" 20", " 15 permit ip any any\n 20")) == [
        "ip access-list extended OUT",
        "  no 15",
    ]


_entries = st.lists(st.sampled_from([f"permit tcp any any eq {port}" for port in range(12)]), unique=True, min_size=1)


@given(_entries, _entries)
def test_a_list_that_is_typed_back_is_the_list_that_was(had: list[str], has: list[str]) -> None:
    head = "ip access-list extended OUT"
    found = rollback.candidates("cisco_ios", *([head, *(f" {entry}" for entry in each)] for each in (had, has)))
    step = int(found[0].split()[-1]) if found else 10
    numbered = {step * place: entry for place, entry in enumerate(has, 1)}
    for line in found[2:]:
        number, _, entry = line.strip().removeprefix("no ").partition(" ")
        if entry:
            assert int(number) not in numbered
            numbered[int(number)] = entry
        else:
            del numbered[int(number)]
    assert [numbered[number] for number in sorted(numbered)] == had


def test_a_list_of_another_system_is_not_numbered() -> None:
    before = "ip access-list extended EDGE\n permit tcp any any\n deny ip any any"
    found = back("brocade_fastiron", before, before.replace(" permit", " permit ip any any\n permit"))
    assert found == [
        "! all of it goes before it comes again, and nothing does its work in between: ip access-list extended EDGE",
        "no ip access-list extended EDGE",
        "ip access-list extended EDGE",
        "  permit tcp any any",
        "  deny ip any any",
    ]


@pytest.mark.parametrize("vendor", ["cisco_ios", "cisco_nxos", "arista_eos", "aruba_aoscx"])
def test_a_vlan_more_or_less_in_a_list_takes_no_other_away(vendor: str) -> None:
    assert back(vendor, "vlan 1,10\nhostname A", "vlan 1,10,20\nhostname A") == ["no vlan 20"]
    assert back(vendor, "vlan 1,10-12\nhostname A", "vlan 1,10\nhostname A") == ["vlan 11", "vlan 12"]


def test_a_trunk_is_never_open_to_all_vlans_in_between_nor_without_those_of_its_second_line() -> None:
    before = "interface Gi0/1\n switchport trunk allowed vlan 1-9,11-19\n switchport trunk allowed vlan add 200-210"
    after = before.replace("1-9,11-19", "1-8,11-19")
    assert back("cisco_ios", before, after) == [
        "interface Gi0/1",
        "  switchport trunk allowed vlan 1-9,11-19,200-210",
    ]


@pytest.mark.parametrize("vendor", ["cisco_ios", "cisco_nxos"])
def test_a_way_out_goes_only_when_the_one_before_it_is_back(vendor: str) -> None:
    before = "ip route 0.0.0.0 0.0.0.0 10.1.1.2\nip default-gateway 10.0.0.254"
    after = "ip route 0.0.0.0 0.0.0.0 10.1.1.6\nip default-gateway 10.0.0.253"
    assert back(vendor, before, after) == [
        "ip route 0.0.0.0 0.0.0.0 10.1.1.2",
        "ip default-gateway 10.0.0.254",
        "no ip route 0.0.0.0 0.0.0.0 10.1.1.6",
    ]


def test_the_same_way_with_another_distance_goes_first() -> None:
    one, other = "ip route 0.0.0.0 0.0.0.0 10.1.1.2", "ip route 0.0.0.0 0.0.0.0 10.1.1.2 250"
    assert back("cisco_ios", one, other) == [f"no {other}", one]


def test_policies_and_sets_of_ios_xr_are_closed_before_what_follows_them() -> None:
    before = "prefix-set P\n  10.0.0.0/8\nend-set\n"
    before += "route-policy R\n  if destination in P then\n    pass\n  endif\nend-policy\n"
    after = before.replace("10.0.0.0/8", "10.0.0.0/9").replace("    pass", "    drop")
    assert back("cisco_xr", f"{before}hostname A", f"{after}hostname B") == [
        "prefix-set P",
        "  10.0.0.0/8",
        "end-set",
        "route-policy R",
        "  if destination in P then",
        "    pass",
        "  endif",
        "end-policy",
        "hostname A",
    ]


def test_speed_and_duplex_are_no_lines_to_pass_over() -> None:
    before = "interface GigabitEthernet0/0/0/0\n description high speed link\n speed 1000\n mtu 9000"
    after = "interface GigabitEthernet0/0/0/0\n mtu 9000"
    found = back("cisco_xr", before, after)
    assert found[:3] == ["interface GigabitEthernet0/0/0/0", "  description high speed link", "  speed 1000"]


def test_a_banner_is_put_back_by_hand() -> None:
    before = "banner motd ^C\ninterface Gi0/1\n shutdown\n^C\nhostname A"
    assert back("cisco_ios", before, before.replace(" shutdown", " no shutdown")) == [
        "! banner motd differs: what it said is for people, and is put back by hand"
    ]


def test_a_term_of_junos_comes_back_where_it_stood_and_goes_whole() -> None:
    one = "firewall {\n    family inet {\n        filter F {\n%s        }\n    }\n}\n"
    term = "            term %s {\n                from {\n                    protocol icmp;\n                }\n"
    term += "                then %s;\n            }\n"
    before, after = one % (term % ("A", "accept") + term % ("B", "reject")), one % (term % ("B", "reject"))
    assert back("juniper_junos", before, after) == [
        "set firewall family inet filter F term A from protocol icmp",
        "set firewall family inet filter F term A then accept",
        "insert firewall family inet filter F term A before term B",
    ]
    assert back("juniper_junos", after, before) == ["delete firewall family inet filter F term A"]


def test_a_block_of_junos_goes_whole() -> None:
    user = "system {\n    login {\n        user a {\n            class x;\n        }\n%s    }\n}\n"
    more = "        user b {\n            class x;\n            uid 1;\n        }\n"
    assert back("juniper_junos", user % "", user % more) == ["delete system login user b"]


def test_what_was_made_inactive_is_activated_and_not_deleted() -> None:
    on = "interfaces {\n    ge-0/0/1 {\n        unit 0;\n    }\n}\n"
    off = on.replace("    ge-", "    inactive: ge-")
    assert back("juniper_junos", on, off) == ["activate interfaces ge-0/0/1"]
    assert back("juniper_junos", off, on) == ["deactivate interfaces ge-0/0/1"]


def test_a_configuration_that_breaks_off_is_not_gone_back_from() -> None:
    whole = ("hostname A", "interface Gi0/1", "end")
    with pytest.raises(ValueError, match="breaks off"):
        rollback.candidates("cisco_ios", whole, whole[:1])


def test_a_neighbour_keeps_its_lines_and_its_policy_while_they_are_taken_back() -> None:
    before = "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 route-map A in\n"
    before += " neighbor 10.0.0.1 route-map B out\nhostname A"
    after = before.replace("remote-as 2", "remote-as 3").replace("route-map A in", "route-map C in")
    assert back("cisco_ios", before, after) == [
        "router bgp 1",
        "  neighbor 10.0.0.1 remote-as 2",
        "  neighbor 10.0.0.1 route-map A in",
    ]
    grouped = before.replace("remote-as 2", "peer-group P")
    assert back("cisco_ios", grouped, grouped.replace("peer-group P", "peer-group Q")) == [
        "router bgp 1",
        "  no neighbor 10.0.0.1 peer-group Q",
        "  neighbor 10.0.0.1 peer-group P",
        "  neighbor 10.0.0.1 route-map A in",
        "  neighbor 10.0.0.1 route-map B out",
    ]


def test_an_interface_that_goes_to_its_vrf_keeps_its_addresses() -> None:
    before = "interface Gi0/1\n vrf forwarding RED\n ip address 10.0.0.1 255.0.0.0\n mtu 1500"
    assert back("cisco_ios", before, before.replace(" vrf forwarding RED\n", "")) == [
        "interface Gi0/1",
        "  vrf forwarding RED",
        "  ip address 10.0.0.1 255.0.0.0",
    ]


def test_interfaces_that_are_not_passive_stay_so() -> None:
    before = "router ospf 1\n passive-interface default\n no passive-interface Gi0/1\nhostname A"
    assert back("cisco_ios", before, before.replace(" passive-interface default\n", "")) == [
        "router ospf 1",
        "  passive-interface default",
        "  no passive-interface Gi0/1",
    ]


def test_a_line_that_stands_twice_below_another_is_no_obstacle() -> None:
    before = "interface Gi0/1\n mtu 1500\n mtu 1500\nroute-map A permit 10\n match tag 1"
    assert back("cisco_ios", before, before.replace("tag 1", "tag 2")) == [
        "route-map A permit 10",
        "  no match tag 2",
        "  match tag 1",
    ]


def test_what_no_line_brings_back_is_said() -> None:
    before = "ip access-list extended A\n remark web\n permit tcp any any eq 80\nhostname A"
    assert back("cisco_ios", before, before.replace("remark web", "remark www")) == [
        "! no line here brings back: ip access-list extended A / remark web"
    ]


def test_an_address_more_on_an_interface_goes() -> None:
    before = "interface Vlan1\n ip address 10.0.0.1 255.0.0.0"
    assert back("cisco_ios", before, f"{before}\n ip address 11.0.0.1 255.0.0.0 secondary") == [
        "interface Vlan1",
        "  no ip address 11.0.0.1 255.0.0.0 secondary",
    ]


def test_lines_of_another_system_are_none_to_go_back_to() -> None:
    with pytest.raises(ValueError, match="two systems: cisco_ios and cisco_nxos"):
        rollback.candidates("cisco_nxos", ["hostname A"], ["hostname B"], was="cisco_ios")


def test_hardware_that_is_new_is_not_taken_away_by_a_line() -> None:
    after = (
        "hostname A\ninterface GigabitEthernet1/0/1\n description new\ninterface Vlan20\n ip address 10.0.0.1 255.0.0.0"
    )
    assert back("cisco_ios", "hostname A", after) == [
        "! hardware goes by no line: no interface GigabitEthernet1/0/1",
        "no interface Vlan20",
    ]
    with_part = "hostname A\ninterface GigabitEthernet1/0/1.10\n description new"
    assert back("cisco_ios", "hostname A", with_part) == ["no interface GigabitEthernet1/0/1.10"]


def test_only_what_one_command_shows_in_both_is_gone_back_to() -> None:
    running, started = ("hostname A", "end"), ("hostname B", "end")
    assert rollback.shown_by_one_command({"show startup-config": started}, {"show running-config": running}) == ((), ())
    both = {"show startup-config": started, "show running-config": running}
    assert rollback.shown_by_one_command(both, both) == (running, running)
