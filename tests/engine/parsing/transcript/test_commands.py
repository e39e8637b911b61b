"""What was typed becomes full words, in the dialect of the device."""

from __future__ import annotations

import pytest

from statetrace_engine.parsing.transcript import commands


@pytest.mark.parametrize(
    ("vendor", "typed", "meant"),
    [
        ("cisco_ios", "sh ip ro", "show ip route"),
        ("cisco_ios", "do sh ip ro vrf RED", "show ip route vrf RED"),
        ("cisco_ios", "sho ip bgp sum", "show ip bgp summary"),
        ("cisco_ios", "sh ip int br", "show ip interface brief"),
        ("cisco_ios", "SH VER", "show version"),
        ("cisco_ios", "sh run", "show running-config"),
        ("frr", 'sudo vtysh -c "show ip route"', "show ip route"),
        ("frr", "vtysh -c 'sh ip bgp sum'", "show ip bgp summary"),
        ("juniper_junos", "run show route", "show route"),
        ("cisco_ios", "sh frobnicate x", "show frobnicate x"),
        ("", "sh ver", "show version"),
    ],
)
def test_abbreviations_become_full_words(vendor: str, typed: str, meant: str) -> None:
    assert commands.understood(typed, vendor).text == meant


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("sh ip ro | inc 10.", True),
        ("show route | match x | no-more", True),
        ("show route | no-more", False),
        ("sh run | section bgp", True),
        ("show version", False),
    ],
)
def test_a_pipe_that_leaves_lines_out_is_known_as_one(typed: str, filters: bool) -> None:
    command = commands.understood(typed, "cisco_ios")
    assert "|" not in command.text
    assert command.filters is filters


@pytest.mark.parametrize(
    ("name", "command", "host"),
    [
        ("WLLS-A05-AS-55_show_ip_route.txt", "show ip route", "WLLS-A05-AS-55"),
        ("show_version.log", "show version", ""),
        ("captures/R1 sh ip ro.txt", "sh ip ro", "R1"),
        ("R7_show_ip_route.txt", "show ip route", "R7"),
        ("cisco_ios_show_ip_route1.txt", "show ip route", ""),
        ("show_run_before.txt", "show run", ""),
        ("R7_show_ip_route_after.txt", "show ip route", "R7"),
        ("show_ip_route-20261128.log", "show ip route", ""),
        ("show_ip_route_pre_change_2026-11-28_0315.log", "show ip route", ""),
        ("show_ip_bgp_vpnv4_all.txt", "show ip bgp vpnv4 all", ""),
        ("show_vlan_10.txt", "show vlan 10", ""),
        ("show_vlan_1234.txt", "show vlan 1234", ""),
        ("show_interfaces_Gi1.txt", "show interfaces Gi1", ""),
        ("show_new.txt", "show new", ""),
        ("R7.txt", "", ""),
        ("sh-ver.txt", "sh ver", ""),
        ("WLLS-A05-AS-55.log", "", "WLLS-A05-AS-55"),
        ("shower.txt", "", ""),
    ],
)
def test_a_file_name_may_tell_the_command_and_the_device(name: str, command: str, host: str) -> None:
    assert (commands.of_file_name(name), commands.host_of_file_name(name)) == (command, host)


@pytest.mark.parametrize(
    ("vendor", "typed", "is_part"),
    [
        ("cisco_nxos", "show logging logfile", False),
        ("cisco_nxos", "show logging last 100", True),
        ("cisco_ios", "show ip route vrf RED", False),
        ("cisco_ios", "show ip route static", True),
        ("cisco_ios", "show ip route 10.1.0.0", True),
        ("cisco_ios", "show ip route | exclude C", True),
        ("cisco_ios", "show mac address-table dynamic", True),
        ("cisco_ios", "show environment power all", False),
        ("cisco_ios", "show env temperature", False),
        ("cisco_ios", "show environment temperature module 1", True),
        ("cisco_ios", "show processes cpu sorted", False),
        ("cisco_nxos", "show environment fan", False),
        ("arista_eos", "show system environment cooling", False),
        ("aruba_aoscx", "show environment power-supply", False),
        ("cisco_xr", "show interfaces description", False),
        ("cisco_xr", "show interfaces GigabitEthernet0/0/0/0 description", True),
        ("arista_eos", "show running-config sanitized", False),
        ("juniper_junos", "show arp no-resolve", False),
        ("juniper_junos", "show route extensive", False),
        ("juniper_junos", "show route protocol bgp", True),
        ("juniper_junos", "show interfaces terse ge-0/0/0", True),
    ],
)
def test_a_command_that_asks_for_a_part_is_told_from_one_that_asks_for_all(
    vendor: str, typed: str, is_part: bool
) -> None:
    command = commands.understood(typed, vendor)
    show = commands.known(command, vendor)
    assert show is not None
    assert commands.narrows(command, show) is is_part
