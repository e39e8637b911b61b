"""A next hop that is link-local is nobody's without its link, and each vendor names that in its own way."""

from __future__ import annotations

import pytest

from statetrace_engine.runbooks import library, parse
from tests.engine.runbooks.shipped import SHIPPED, VENDORS, command_of

PORT = {
    "cisco_ios": "GigabitEthernet0/1", "cisco_nxos": "Ethernet1/1", "cisco_xr": "GigabitEthernet0/0/0/1",
    "arista_eos": "Ethernet1", "juniper_junos": "ge-0/0/0.0", "frr": "eth0", "aruba_aoscx": "1/1/1",
}  # fmt: skip


def filled(command: str, vendor: str, hop: str, interface: str | None, vrf: str = "default") -> str:
    book, _ = parse("x", f"# T\n## Steps\n### S\n- any: `{command}`\n- expect: x\n")
    fills = {"next_hop": hop, "neighbour": hop, "interface": interface, "vrf": vrf, "prefix": "2001:db8::/32"}
    return library.fill(book.steps[0], vendor, fills).command


@pytest.mark.parametrize("zone", [True, False], ids=["with its zone", "beside its interface"])
@pytest.mark.parametrize(
    ("vendor", "written", "command"),
    [
        ("cisco_ios", "ping vrf {vrf} {next_hop} repeat 100", "ping ipv6 fe80::1%GigabitEthernet0/1 repeat 100"),
        ("cisco_nxos", "ping {next_hop} vrf {vrf} count 100", "ping6 <next hop?> count 100"),
        (
            "cisco_nxos", "ping {next_hop} vrf {vrf} count 20 source-interface {interface}",
            "ping6 <next hop?> count 20 source-interface Ethernet1/1",
        ),
        ("arista_eos", "ping vrf {vrf} {next_hop} repeat 100", "ping ipv6 fe80::1 interface Ethernet1 repeat 100"),
        (
            "arista_eos", "ping vrf {vrf} {next_hop} interface {interface} repeat 20",
            "ping ipv6 fe80::1 interface Ethernet1 repeat 20",
        ),
        ("juniper_junos", "ping {next_hop} count 5 rapid", "ping fe80::1 interface ge-0/0/0.0 count 5 rapid"),
        ("juniper_junos", "show arp no-resolve | match {next_hop}", "show ipv6 neighbors | match fe80::1"),
        ("juniper_junos", "show bgp neighbor {neighbour}", "show bgp neighbor fe80::1%ge-0/0/0.0"),
        ("juniper_junos", "show configuration | display set | match {neighbour}",
         "show configuration | display set | match fe80::1"),
        ("frr", "ip vrf exec {vrf} ping -c 5 {next_hop}", "ping -c 5 fe80::1%eth0"),
        ("frr", "ip neigh show {next_hop}", "ip neigh show fe80::1 dev eth0"),
        ("frr", "ip route get {next_hop} vrf {vrf}", "ip route get fe80::1 dev eth0"),
        ("cisco_ios", "show running-config | include {neighbour}", "show running-config | include FE80::1"),
        ("cisco_nxos", "show ip arp {next_hop} vrf {vrf}", "show ipv6 neighbor fe80::1"),
        ("cisco_ios", "show ip arp vrf {vrf} {next_hop}", "show ipv6 neighbors GigabitEthernet0/1"),
        ("cisco_xr", "ping vrf {vrf} {next_hop} count 100", "ping <next hop?> count 100"),
        ("aruba_aoscx", "ping {next_hop}", "ping6 <next hop?>"),
    ],
)  # fmt: skip
def test_the_link_stands_where_the_vendor_has_it(vendor: str, written: str, command: str, zone: bool) -> None:
    port = PORT[vendor]
    hop, interface = (f"fe80::1%{port}", None) if zone else ("fe80::1", port)
    if "{interface}" in command or not zone:
        assert filled(written, vendor, hop, interface) == command
    assert filled(written, vendor, hop, port) == command


def test_without_its_link_the_command_says_what_is_missing() -> None:
    assert filled("ping {next_hop}", "juniper_junos", "fe80::1", None) == "ping fe80::1 interface <interface?>"
    assert filled("ping {next_hop}", "cisco_ios", "fe80::1", None) == "ping ipv6 fe80::1%<interface?>"


def test_in_a_vrf_of_linux_the_link_alone_says_which() -> None:
    assert filled("ip vrf exec {vrf} ping -c 5 {next_hop}", "frr", "fe80::1", "eth0", "RED") == "ping -c 5 fe80::1%eth0"
    assert (
        filled("ip route get {next_hop} vrf {vrf}", "frr", "fe80::1", "eth0", "RED") == "ip route get fe80::1 dev eth0"
    )


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_shipped_command_has_a_link_local_address_where_no_link_is_told(vendor: str) -> None:
    port, hop = PORT[vendor], f"fe80::1%{PORT[vendor]}"
    for book in SHIPPED:
        for step in range(len(book.steps)):
            said = command_of(book.name, step, vendor, next_hop=hop, neighbour=hop, interface=port, prefix="::/0")
            zoned = f"fe80::1%{port}" in said
            assert not zoned or vendor in ("cisco_ios", "juniper_junos", "frr"), said
            pings = said.startswith(("ping", "traceroute")) and "fe80::1" in said
            assert not pings or zoned or f"interface {port}" in said or f"-I {port}" in said, said


def test_ios_prints_ipv6_in_capitals_and_is_searched_for_them() -> None:
    written = "show logging | include BADAUTH|{neighbour}"
    assert filled(written, "cisco_ios", "2001:db8::2", "Gi0/1") == "show logging | include BADAUTH|2001:DB8::2"
    assert filled(written, "arista_eos", "2001:db8::2", "Et1") == "show logging | include BADAUTH|2001:db8::2"
    assert filled("ping {neighbour}", "cisco_ios", "2001:db8::2", "Gi0/1") == "ping 2001:db8::2"
