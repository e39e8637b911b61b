"""A step's command for a device: its placeholders filled and safe, its vendor's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.runbooks import library, next_step, parse

FOR_SOME = """# T
vendors: cisco_ios, frr, ruckus_fastiron
## Steps
### A
- frr: `ip link`
- cisco_ios: `show interfaces {interface}`
- brocade_fastiron: `show interfaces {interface} brief`
- expect: up
### B
- any: `ping {next_hop}`
- expect: it answers
### C
- so: call
### D
- frr: `ss -s`
- juniper_junos: `show bfd session`
- expect: up
"""


@pytest.mark.parametrize(
    ("vendor", "step", "command", "foreign"),
    [
        ("cisco_ios", 0, "show interfaces Gi0/1", ""),
        ("paloalto_panos", 0, "show interfaces Gi0/1", "no command for PAN-OS; as on Cisco IOS"),
        ("", 0, "show interfaces Gi0/1", "its vendor is not known; as on Cisco IOS"),
        ("ruckus_fastiron", 0, "show interfaces Gi0/1 brief", ""),
        ("paloalto_panos", 1, "ping <next hop?>", ""),
        ("paloalto_panos", 2, "", ""),
        ("cisco_ios", 3, "ss -s", "no command for Cisco IOS; as on FRR"),
    ],
    ids=["its own", "another's", "of nobody knows whom", "one system by two names", "one for any", "none", "the first"],
)
def test_a_command_in_another_vendors_words_says_so(vendor: str, step: int, command: str, foreign: str) -> None:
    book, problems = parse("x", FOR_SOME)
    assert problems == []
    found = next_step(book, vendor, {"interface": "Gi0/1"}, step)
    assert (found.command, found.foreign) == (command, foreign)


def test_what_another_vendor_writes_is_spelled_for_ipv6_as_that_one_does() -> None:
    book, _ = parse("x", "# T\n## Steps\n### A\n- cisco_ios: `show ip route {network} {mask}`\n- expect: x\n")
    assert next_step(book, "aruba_aoscx", {"prefix": "2001:db8::/32"}).command == "show ipv6 route 2001:db8::/32"


def test_a_step_without_a_command_for_a_vendor_that_the_header_names_is_found() -> None:
    assert library.lacks({"c/x.md": FOR_SOME}) == ["c/x.md:14: x: no command for Cisco IOS, Ruckus FastIron"]
    silent = FOR_SOME.replace("vendors: cisco_ios, frr, ruckus_fastiron\n", "")
    assert library.lacks({"c/x.md": silent}) == [], "it does not say for whom it is"
    everybody = library.lacks({"c/x.md": FOR_SOME.replace("cisco_ios, frr, ruckus_fastiron", "all")})
    assert [line.partition(" ")[0] for line in everybody] == ["c/x.md:4:", "c/x.md:14:"]


def test_what_is_not_known_stays_visible() -> None:
    book, _ = parse(
        "x", "# T\n## Steps\n### On {interface}\n- any: `ping vrf {vrf} {next_hop}`\n- expect: {neighbour} answers\n"
    )
    step = next_step(book, "cisco_xr", {"vrf": "RED"})
    assert (step.step, step.command, step.expect) == (
        "On <interface?>",
        "ping vrf RED <next hop?>",
        "<neighbour?> answers",
    )


@pytest.mark.parametrize(
    "name",
    ["Gi0/1; reload", "Gi0/1\nreload", "Gi0/1\x1b[31m", "`reboot`", "CUST#1", "CUST A", "RED|BLUE", "-o", "A" * 200],
)
def test_a_name_that_no_command_may_hold_is_missing_and_never_another_ones_name(name: str) -> None:
    book, _ = parse("x", "# T\n## Steps\n### A\n- any: `show arp vrf {vrf} {interface}`\n- expect: x\n")
    filled = library.fill(book.steps[0], "cisco_xr", {"vrf": name, "interface": name})
    assert (filled.command, filled.missing) == ("show arp vrf <vrf?> <interface?>", ("vrf", "interface"))


def test_the_default_vrf_is_not_named() -> None:
    book, _ = parse("x", "# T\n## Steps\n### S\n- any: `show bgp vpnv4 vrf {vrf} summary`\n")
    assert next_step(book, "cisco_ios", {"vrf": "default"}).command == "show bgp summary"
    assert next_step(book, "cisco_ios", {"vrf": "RED"}).command == "show bgp vpnv4 vrf RED summary"


def test_ios_takes_a_network_and_a_mask_and_ipv6_whole() -> None:
    book, _ = parse(
        "x", "# T\n## Steps\n### S\n- cisco_ios: `show ip route {network} {mask}`\n- any: `show ip route {prefix}`\n"
    )
    assert next_step(book, "cisco_ios", {"prefix": "10.20.0.0/16"}).command == "show ip route 10.20.0.0 255.255.0.0"
    assert next_step(book, "cisco_ios", {"prefix": "2001:db8::/32"}).command == "show ipv6 route 2001:db8::/32"
    assert next_step(book, "frr", {"prefix": "2001:db8::/32"}).command == "show ipv6 route 2001:db8::/32"


def test_the_port_is_the_interface_without_its_unit() -> None:
    book, _ = parse("x", "# T\n## Steps\n### S\n- any: `show optics {port}`\n")
    assert next_step(book, "juniper_junos", {"interface": "ge-0/0/0.0"}).command == "show optics ge-0/0/0"
    assert next_step(book, "cisco_ios", {"interface": "GigabitEthernet0/1"}).command == "show optics GigabitEthernet0/1"


@given(st.text(max_size=200))
def test_nothing_of_a_devices_words_can_add_to_a_command(words: str) -> None:
    book, _ = parse("x", "# T\n## Steps\n### S\n- any: `show interface {interface}`\n")
    command = next_step(book, "frr", {"interface": words}).command.removeprefix("show interface ")
    assert command == "<interface?>" or not set(command) & set(";|&`$<>\n\r\x1b \"'\\(){}")
    assert not command.startswith("-"), "nor be an option of it"
