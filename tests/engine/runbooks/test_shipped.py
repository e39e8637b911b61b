"""Shipped runbooks: one for every cause, commands in every vendor's words."""

from __future__ import annotations

import re

import pytest

from statetrace_engine.explain import serving
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import GENERIC, choose, library, next_step, vendors
from statetrace_engine.runbooks.markdown import PLACEHOLDERS
from tests.engine.runbooks.shipped import FILLS, SHIPPED, SIX, SOME, VENDORS, command_of

_COMMAND = re.compile(r"- [a-z_, ]+: `")
"""A line of which a reader sees the one of his device's vendor."""


def test_at_least_half_of_the_shipped_runbooks_verify_a_step_by_themselves() -> None:
    verifying = [book.name for book in SHIPPED if any(step.checks for step in book.steps)]
    assert len(verifying) >= 20
    assert sum(any(step.branches for step in book.steps) for book in SHIPPED) >= 20


@pytest.mark.parametrize("cause", list(CauseKind))
def test_every_cause_has_exactly_one_shipped_runbook(cause: CauseKind) -> None:
    found = [book.name for book in SHIPPED if str(cause) in book.causes]
    assert len(found) == 1
    assert choose(cause, "", SHIPPED).name == found[0]
    assert (found[0] == GENERIC) == (cause is CauseKind.UNKNOWN)


def test_at_least_twenty_are_shipped_and_each_special_case_has_one() -> None:
    names = {book.name for book in SHIPPED}
    assert len(names) >= 20
    for case in serving.CASES:
        assert case.runbook in names
        (book,) = (book for book in SHIPPED if book.name == case.runbook)
        assert {cause.value for cause in case.causes} == set(book.variant_of)


def test_a_routes_own_runbook_comes_before_the_causes() -> None:
    assert choose(CauseKind.LINK_FAILURE, "primary-wan-down", SHIPPED).name == "primary-wan-down"
    assert choose(CauseKind.LINK_FAILURE, "deleted meanwhile", SHIPPED).name == "link-failure"


def test_without_any_runbook_one_says_so() -> None:
    assert choose(CauseKind.LINK_FAILURE, "", ()).title == "No runbook is installed"
    assert next_step(choose(CauseKind.UNKNOWN, "", ()), "frr", {}).command == ""


@pytest.mark.parametrize("book", SHIPPED, ids=lambda book: book.name)
def test_a_shipped_runbook_is_short_and_complete(book: Runbook) -> None:
    assert 3 <= len(book.steps) <= 6
    assert book.summary
    assert book.preconditions
    assert book.results
    assert book.owner
    assert book.escalate_to
    assert book.escalate_after_s
    assert book.escalation
    commands = [line for line in book.text.splitlines() if _COMMAND.match(line)]
    assert len(book.text) - sum(len(line) + 1 for line in commands) < 2600
    for step in book.steps:
        assert step.so
        if step.commands:
            assert step.expect
    assert set(VENDORS) <= set(book.vendors)
    assert library.lacks({f"{book.name}.md": book.text}) == []


@pytest.mark.parametrize("vendor", [*VENDORS, ""])
@pytest.mark.parametrize("book", SHIPPED, ids=lambda book: book.name)
def test_every_command_can_be_filled_for_every_vendor(book: Runbook, vendor: str) -> None:
    for number, step in enumerate(book.steps):
        filled = next_step(book, vendor, FILLS, number)
        assert bool(filled.command) == bool(step.commands)
        assert bool(filled.foreign) == (bool(step.commands) and not vendor and "any" not in step.commands)
        texts = (filled.step, filled.command, filled.expect, filled.so)
        assert not any(f"{{{name}}}" in text for name in PLACEHOLDERS for text in texts)
        assert "?>" not in filled.command


@pytest.mark.parametrize(
    ("name", "step", "vendor", "in_vrf", "global_"),
    [
        ("generic", 2, "cisco_ios", "show ip bgp vpnv4 vrf RED summary", "show ip bgp summary"),
        ("generic", 2, "arista_eos", "show ip bgp summary vrf RED", "show ip bgp summary"),
        ("next-hop-arp", 0, "cisco_ios", "show ip arp vrf RED 10.1.1.2", "show ip arp 10.1.1.2"),
        ("next-hop-arp", 0, "cisco_nxos", "show ip arp 10.1.1.2 vrf RED", "show ip arp 10.1.1.2"),
        ("next-hop-arp", 0, "cisco_xr", "show arp vrf RED 10.1.1.2", "show arp 10.1.1.2"),
        ("primary-wan-down", 2, "arista_eos", "ping vrf RED 10.1.1.2", "ping 10.1.1.2"),
        ("primary-wan-down", 2, "cisco_nxos", "ping 10.1.1.2 vrf RED", "ping 10.1.1.2"),
        ("primary-wan-down", 2, "frr", "ip vrf exec RED ping -c 5 10.1.1.2", "ping -c 5 10.1.1.2"),
        (
            "primary-wan-down", 2, "juniper_junos",
            "ping 10.1.1.2 routing-instance RED count 5 rapid", "ping 10.1.1.2 count 5 rapid",
        ),
        ("next-hop-arp", 2, "juniper_junos", "clear arp hostname 10.1.1.2 vpn RED", "clear arp hostname 10.1.1.2"),
        ("neighbour-loss", 3, "cisco_xr", "show ospf vrf RED neighbor", "show ospf neighbor"),
        ("mtu-blackhole", 2, "cisco_nxos", "traceroute 10.1.1.2 vrf RED", "traceroute 10.1.1.2"),
        ("mtu-blackhole", 2, "arista_eos", "traceroute vrf RED 10.1.1.2", "traceroute 10.1.1.2"),
        ("generic", 0, "aruba_aoscx", "show ip route 10.20.0.0/16 vrf RED", "show ip route 10.20.0.0/16"),
        ("generic", 0, "ruckus_fastiron", "show ip route vrf RED 10.20.0.0/16", "show ip route 10.20.0.0/16"),
        ("generic", 0, "hp_procurve", "show ip route", "show ip route"),
        (
            "generic", 0, "paloalto_panos",
            "show routing route destination 10.20.0.0/16 virtual-router RED",
            "show routing route destination 10.20.0.0/16",
        ),
        ("generic", 2, "aruba_aoscx", "show bgp vrf RED ipv4 unicast summary", "show bgp ipv4 unicast summary"),
        ("generic", 2, "ruckus_fastiron", "show ip bgp vrf RED summary", "show ip bgp summary"),
        (
            "neighbour-loss", 0, "aruba_aoscx",
            "show bgp vrf RED ipv4 unicast neighbors 10.1.1.2", "show bgp ipv4 unicast neighbors 10.1.1.2",
        ),
        (
            "neighbour-loss", 0, "brocade_fastiron",
            "show ip bgp vrf RED neighbors 10.1.1.2", "show ip bgp neighbors 10.1.1.2",
        ),
        (
            "neighbour-loss", 0, "paloalto_panos",
            "show routing protocol bgp peer virtual-router RED", "show routing protocol bgp peer",
        ),
        (
            "neighbour-loss", 1, "aruba_aoscx",
            "ping 10.1.1.2 vrf RED datagram-size 1472 do-not-fragment repetitions 20",
            "ping 10.1.1.2 datagram-size 1472 do-not-fragment repetitions 20",
        ),
        (
            "neighbour-loss", 1, "ruckus_fastiron",
            "ping vrf RED 10.1.1.2 count 20 size 1472 no-fragment", "ping 10.1.1.2 count 20 size 1472 no-fragment",
        ),
        (
            "neighbour-loss", 1, "paloalto_panos",
            *["ping do-not-fragment yes size 1472 count 20 source <own address> host 10.1.1.2"] * 2,
        ),
        ("next-hop-arp", 0, "aruba_aoscx", "show arp vrf RED | include 10.1.1.2", "show arp | include 10.1.1.2"),
        ("next-hop-arp", 0, "ruckus_fastiron", "show arp vrf RED | include 10.1.1.2", "show arp | include 10.1.1.2"),
        ("mtu-blackhole", 2, "ruckus_fastiron", "traceroute vrf RED 10.1.1.2", "traceroute 10.1.1.2"),
        ("mtu-blackhole", 2, "hp_procurve", "traceroute 10.1.1.2", "traceroute 10.1.1.2"),
    ],
)  # fmt: skip
def test_each_vendor_names_a_vrf_where_its_grammar_wants_it(
    name: str, step: int, vendor: str, in_vrf: str, global_: str
) -> None:
    assert (command_of(name, step, vendor), command_of(name, step, vendor, vrf="default")) == (in_vrf, global_)


@pytest.mark.parametrize(
    ("name", "step", "vendor", "in_vrf", "global_"),
    [
        (
            "upstream-failure", 0, "cisco_ios",
            "show bgp vpnv6 unicast vrf RED 2001:db8:20::/48", "show bgp ipv6 unicast 2001:db8:20::/48",
        ),
        (
            "neighbour-loss", 0, "cisco_nxos",
            "show bgp ipv6 unicast neighbors 2001:db8::2 vrf RED", "show bgp ipv6 unicast neighbors 2001:db8::2",
        ),
        ("generic", 0, "cisco_xr", "show route vrf RED ipv6 2001:db8:20::/48", "show route ipv6 2001:db8:20::/48"),
        ("generic", 0, "frr", *(f'vtysh -c "show ipv6 route {vrf}2001:db8:20::/48"' for vrf in ("vrf RED ", ""))),
        ("next-hop-arp", 0, "cisco_ios", "show ipv6 neighbors Gi0/1", "show ipv6 neighbors Gi0/1"),
        ("next-hop-arp", 2, "juniper_junos", *["clear ipv6 neighbors host 2001:db8::2"] * 2),
        ("floating-static", 1, "cisco_ios", *["show running-config | include ipv6 route"] * 2),
        ("floating-static", 1, "frr", *['vtysh -c "show running-config" | grep "ipv6 route"'] * 2),
        ("floating-static", 2, "cisco_xr", "show ipv6 neighbors vrf RED", "show ipv6 neighbors"),
        ("neighbour-loss", 3, "arista_eos", "show ospfv3 neighbor vrf RED", "show ospfv3 neighbor"),
        ("neighbour-loss", 3, "juniper_junos", *["show ospf3 neighbor instance all"] * 2),
        ("generic", 2, "cisco_ios", "show bgp vpnv6 unicast vrf RED summary", "show bgp ipv6 unicast summary"),
        (
            "mtu-blackhole", 0, "cisco_nxos",
            "ping6 2001:db8::2 vrf RED packet-size 1452 count 5", "ping6 2001:db8::2 packet-size 1452 count 5",
        ),
        ("generic", 0, "aruba_aoscx", *(f"show ipv6 route 2001:db8:20::/48{vrf}" for vrf in (" vrf RED", ""))),
        ("generic", 0, "brocade_fastiron", *(f"show ipv6 route {vrf}2001:db8:20::/48" for vrf in ("vrf RED ", ""))),
        ("generic", 0, "hp_procurve", *["show ipv6 route"] * 2),
        (
            "generic", 0, "paloalto_panos",
            *(f"show routing route{router} | match 2001:db8:20::/48" for router in (" virtual-router RED", "")),
        ),
        ("generic", 2, "aruba_aoscx", "show bgp vrf RED ipv6 unicast summary", "show bgp ipv6 unicast summary"),
        ("generic", 2, "ruckus_fastiron", "show ipv6 bgp vrf RED summary", "show ipv6 bgp summary"),
        (
            "next-hop-arp", 0, "aruba_aoscx",
            *(f"show ipv6 neighbors{vrf} | include 2001:db8::2" for vrf in (" vrf RED", "")),
        ),
        (
            "next-hop-arp", 0, "ruckus_fastiron",
            *(f"show ipv6 neighbor{vrf} | include 2001:db8::2" for vrf in (" vrf RED", "")),
        ),
        ("next-hop-arp", 0, "paloalto_panos", *["show neighbor interface all | match 2001:db8::2"] * 2),
        ("next-hop-arp", 0, "hp_procurve", *["show ipv6 neighbors"] * 2),
        (
            "mtu-blackhole", 0, "aruba_aoscx",
            *(f"ping6 2001:db8::2{vrf} datagram-size 1452 repetitions 5" for vrf in (" vrf RED", "")),
        ),
        (
            "mtu-blackhole", 0, "ruckus_fastiron",
            *(f"ping ipv6 {vrf}2001:db8::2 count 5 size 1452" for vrf in ("vrf RED ", "")),
        ),
        (
            "mtu-blackhole", 0, "paloalto_panos",
            *["ping inet6 yes size 1452 count 5 source <own address> host 2001:db8::2"] * 2,
        ),
        ("mtu-blackhole", 2, "hp_procurve", *["traceroute6 2001:db8::2"] * 2),
        ("neighbour-loss", 3, "aruba_aoscx", "show ipv6 ospfv3 neighbors vrf RED", "show ipv6 ospfv3 neighbors"),
        ("neighbour-loss", 3, "ruckus_fastiron", "show ipv6 ospf vrf RED neighbor", "show ipv6 ospf neighbor"),
        (
            "neighbour-loss", 3, "paloalto_panos",
            "show routing protocol ospfv3 neighbor virtual-router RED", "show routing protocol ospfv3 neighbor",
        ),
        ("neighbour-loss", 3, "hp_procurve", *["show ipv6 ospf3 neighbor"] * 2),
    ],
)  # fmt: skip
def test_what_is_asked_of_ipv6_is_asked_in_its_words(
    name: str, step: int, vendor: str, in_vrf: str, global_: str
) -> None:
    assert command_of(name, step, vendor, **SIX) == in_vrf
    assert command_of(name, step, vendor, **SIX, vrf="default") == global_


@pytest.mark.parametrize("vendor", [*VENDORS, *SOME])
def test_no_command_for_ipv6_is_left_in_the_words_of_ipv4(vendor: str) -> None:
    commands = [
        next_step(book, vendor, {**FILLS, **SIX}, number).command
        for book in SHIPPED
        for number, step in enumerate(book.steps)
        if "dhcp" not in book.name and step.commands.get(vendor)
    ]
    wrong = (
        "show ip route",
        "show ip bgp",
        "show ip arp",
        "show ip ospf",
        "include ip route",
        '"ip route"',
        "vpnv4",
        "ipv4 unicast",
        " arp ",
        "df-bit",
        "donotfrag",
        "do-not-fragment",
        "no-fragment",
        "show arp",
        "protocol ospf ",
        "1472",
    )
    assert [command for command in commands if any(word in command for word in wrong)] == []


@pytest.mark.parametrize("vendor", [*SOME, "brocade_fastiron"])
def test_what_a_vendor_has_no_command_for_is_said_and_the_rest_is_its_own(vendor: str) -> None:
    steps = [(book, number, step) for book in SHIPPED for number, step in enumerate(book.steps) if step.commands]
    own = [vendors.own(step.commands, vendor) for _, _, step in steps]
    assert sum(found is not None for found in own) >= 0.7 * len(own)
    for found, (book, number, _) in zip(own, steps, strict=True):
        filled = next_step(book, vendor, FILLS, number)
        assert bool(filled.foreign) == (found is None), (book.name, filled.step)
        assert not any(f"{{{name}}}" in filled.command for name in PLACEHOLDERS)


@pytest.mark.parametrize(
    ("interface", "shown", "light", "logged"),
    [
        ("Ethernet1/1/1", "ethernet 1/1/1", "1/1/1", "1/1/1"),
        ("10GigabitEthernet1/2/1", "ethernet 1/2/1", "1/2/1", "1/2/1"),
        ("ve10", "ve 10", "ve 10", "ve 10"),
        ("lag1", "lag 1", "lag 1", "lag 1"),
    ],
)
@pytest.mark.parametrize("vendor", ["ruckus_fastiron", "brocade_fastiron"])
def test_fastiron_gets_kind_and_number_of_a_port_apart(
    vendor: str, interface: str, shown: str, light: str, logged: str
) -> None:
    assert command_of("generic", 1, vendor, interface=interface) == f"show interfaces {shown}"
    assert command_of("optics", 1, vendor, interface=interface) == f"show optic {light}"
    assert command_of("optics", 0, vendor, interface=interface) == f"show logging | include {logged}"


def test_no_ping_of_panos_leaves_by_its_management_port() -> None:
    for book in SHIPPED:
        for step in book.steps:
            command = step.commands.get("paloalto_panos") or ""
            assert not command.startswith(("ping", "traceroute")) or " source " in command, (book.name, step.title)


def test_a_busy_process_is_hidden_by_no_filter() -> None:
    """It has used the processor for a minute only, or 50 % of it."""
    for name, step in (("neighbour-loss", 2), ("bgp-hold-timer", 2), ("control-plane-cpu", 0)):
        assert command_of(name, step, "cisco_ios").endswith("| exclude 0.00% +0.00% +0.00%")
        assert command_of(name, step, "cisco_xr").endswith('| exclude " 0% +0% +0%"')


def test_every_command_for_frr_is_typed_in_its_shell_and_every_other_at_a_device() -> None:
    """What is copied works where the line before it went."""
    for book in SHIPPED:
        for step in book.steps:
            command = step.commands.get("frr", "")
            assert command.split(" ")[0] not in ("show", "clear", "configure"), (book.name, step.title)
            assert command.count('"') % 2 == 0, (book.name, step.title)
            for vendor, other in step.commands.items():
                assert vendor in ("frr", "any") or not other.startswith("vtysh"), (book.name, step.title)
    assert (vendors.prompt("frr"), vendors.prompt("cisco_ios"), vendors.prompt("")) == ("$", "#", "#")
    assert vendors.prompt("paloalto_panos") == ">"


@pytest.mark.parametrize("vendor", ["cisco_nxos", "cisco_xr"])
def test_where_a_bar_would_be_another_pipe_the_pattern_is_quoted(vendor: str) -> None:
    for book in SHIPPED:
        for step in book.steps:
            for piece in (step.commands.get(vendor) or "").split(" | ")[1:]:
                assert "|" not in piece or piece.endswith('"'), (book.name, step.title)


def test_the_log_of_nxos_is_a_file_and_not_its_settings() -> None:
    commands = [step.commands.get("cisco_nxos") or "" for book in SHIPPED for step in book.steps]
    assert not [command for command in commands if command.startswith("show logging |")]


def test_frr_goes_back_to_its_file_and_not_only_reads_it_again() -> None:
    assert "frr-reload.py --reload" in command_of("config-change", 2, "frr")
    assert "frr-reload.py --test" in command_of("config-change", 0, "frr")
