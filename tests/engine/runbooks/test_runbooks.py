"""Runbooks: one for every cause, commands for every vendor, placeholders filled and safe."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine import config
from statetrace_engine.explain import serving
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import GENERIC, choose, library, next_step, parse, read, vendors
from statetrace_engine.runbooks.markdown import PLACEHOLDERS

SHIPPED = config.load(Path("no such home")).runbooks
VENDORS = ("cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos", "frr")
FILLS = {
    "interface": "GigabitEthernet0/1.100",
    "neighbour": "10.1.1.2",
    "next_hop": "10.1.1.2",
    "prefix": "10.20.0.0/16",
    "vrf": "RED",
}
TEXT = """# Link failure
id: link
causes: link-failure
vendors: cisco_ios, frr
severities: critical, major
owner: network operations
escalation: after 15 min to the carrier

## Summary
The interface is down.
Nobody shut it.

## Preconditions
- the circuit id is at hand
- you may log in to {hostname},
  also by console

## Steps

### See {interface}
- cisco_ios, cisco_xr: `show interfaces {interface}`
- any: `show interface {interface}`
- expect: up/up,
  no errors
- so: no light
  means fibre

### Call somebody
- so: with the circuit id

## Expected results
- {interface} is up

## Escalation
Bring the circuit id.
"""


BRANCHED = """# T
## Steps
### See {interface}
- any: `show interface {interface}`
- expect: up
- check: interface {interface}
- if not: go to "Call somebody"
- if it is busy: runbook control-plane-cpu
- if so: end
### Call somebody
- so: now
"""


def test_a_file_becomes_a_runbook() -> None:
    book, problems = parse("link", TEXT)
    assert problems == []
    assert (book.name, book.title, book.causes) == ("link", "Link failure", ("link-failure",))
    assert (book.vendors, book.severities) == (("cisco_ios", "frr"), ("critical", "major"))
    assert (book.owner, book.escalate_to, book.escalate_after_s) == ("network operations", "the carrier", 900.0)
    assert (book.summary, book.escalation) == ("The interface is down. Nobody shut it.", "Bring the circuit id.")
    assert book.preconditions == ("the circuit id is at hand", "you may log in to {hostname}, also by console")
    assert book.results == ("{interface} is up",)
    first, second = book.steps
    assert first.commands == {
        "cisco_ios": "show interfaces {interface}",
        "cisco_xr": "show interfaces {interface}",
        "any": "show interface {interface}",
    }
    assert (first.expect, first.so) == ("up/up, no errors", "no light means fibre")
    assert (second.title, second.commands, second.so) == ("Call somebody", {}, "with the circuit id")
    assert book.text == TEXT


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("no heading", 1, "no title"),
        ("# T\nwords", 2, "they stand under `## Summary`"),
        ("# T\n## Summary\n## Summary", 3, "a second section 'Summary'; the first is on line 2"),
        ("# T\n## Look", 2, "no section 'Look'; there are summary,"),
        ("# T", 1, "no steps"),
        ("# T\n## Steps\n", 2, "no steps"),
        ("# T\ncolour: red", 2, "no header 'colour'"),
        ("# T\nid: y", 2, "id 'y' is not the file's name 'x'"),
        ("# T\ncauses: link-falure", 2, "no cause 'link-falure'"),
        ("# T\nvariant of: link-falure", 2, "no cause 'link-falure'"),
        ("# T\nvendors: cisco", 2, "no vendor 'cisco'"),
        ("# T\nseverities: terrible", 2, "no severity 'terrible'"),
        ("# T\nescalation: the boss", 2, "escalation says when and to whom"),
        ("# T\n## Summary\nsee {target}", 3, "no placeholder {target}"),
        ("# T\n## Steps\nwords\n### S", 3, "words before the first step"),
        ("# T\n## Steps\n### See {x}", 3, "no placeholder {x}"),
        ("# T\n## Steps\n### S\n- cisco: `x`", 4, "no vendor 'cisco'"),
        ("# T\n## Steps\n### S\n- any: x", 4, "a command stands alone between backticks"),
        ("# T\n## Steps\n### S\n- any: `sh\x1b]0;x\x07ow`\n- expect: x", 4, "a control or invisible character"),
        ("# T\n## Steps\n### S\n- any: `sh\u200bow`\n- expect: x", 4, "a control or invisible character"),
        ("# T\n## Steps\n### S\n- any: `ping {target}`", 4, "no placeholder {target}"),
        ("# T\n## Steps\n### S\n- any: `ping`", 3, "a step with a command says what to see"),
        ("# T\n## Steps\n### S\n- so: {target}", 4, "no placeholder {target}"),
        ("# T\n## Steps\n### S\n- any: `ping { next hop }`\n- expect: x", 4, "no placeholder { next hop }"),
        ("# T\n## Steps\n### S\nwords", 3, "a step has a command"),
        ("# T\n## Steps\n### S\n- so: s\nwords", 5, "indent what goes on"),
        ('# T\n## Steps\n### S\n- so: s\n- if not: go to "X"', 5, "no step 'x'; there are s"),
        ("# T\n## Steps\n### S\n- so: s\n- if not: leave", 5, "a branch leads somewhere"),
        ("# T\n## Steps\n### S\n- so: s\n- if a: end\n- if a: end", 6, "a second branch 'a'"),
        ("# T\n## Steps\n### S\n- so: s\n- check: weather {prefix}", 5, "no check 'weather'; there are interface,"),
        ("# T\n## Steps\n### S\n- so: s\n- check: bfd {prefix}", 5, "a check of bfd is of {neighbour}, not of"),
        ("# T\n## Steps\n### S\n- so: s\n### S\n- so: s", 5, "a second step 'S'"),
        (
            "# T\n## Steps\n### A\n- so: s\n- if so: end\n- if not: end\n### B\n- so: s",
            7,
            "no step leads here: the one before it always leads elsewhere",
        ),
    ],
)
def test_every_mistake_names_its_line(text: str, line: int, what: str) -> None:
    _, problems = parse("x", text)
    assert any(problem.line == line and what in problem.what for problem in problems)


def test_a_branch_and_a_check_are_typed() -> None:
    book, problems = parse("x", BRANCHED)
    assert problems == []
    first, second = book.steps
    assert [(branch.label, branch.step, branch.runbook) for branch in first.branches] == [
        ("not", "call-somebody", ""),
        ("it is busy", "", "control-plane-cpu"),
        ("so", "", ""),
    ]
    assert [(check.kind, check.subject) for check in first.checks] == [("interface", "{interface}")]
    assert (first.slug, second.slug) == ("see-interface", "call-somebody")


def test_a_branch_to_a_runbook_that_is_not_there_is_a_problem() -> None:
    assert read({"config/x.md": BRANCHED})[1] == ["config/x.md:8: x: no runbook 'control-plane-cpu'"]
    assert read({"config/x.md": BRANCHED}, ["control-plane-cpu"])[1] == []


def test_at_least_half_of_the_shipped_runbooks_verify_a_step_by_themselves() -> None:
    verifying = [book.name for book in SHIPPED if any(step.checks for step in book.steps)]
    assert len(verifying) >= 20
    assert sum(any(step.branches for step in book.steps) for book in SHIPPED) >= 20


@given(st.text(max_size=300), st.sampled_from(VENDORS))
def test_any_text_is_a_runbook_and_never_a_crash(text: str, vendor: str) -> None:
    book, _ = parse("x", text)
    next_step(book, vendor, FILLS)


def test_two_runbooks_for_one_cause_are_a_problem() -> None:
    _, problems = read({"config/a.md": TEXT, "config/b.md": TEXT})
    assert [p for p in problems if "id" not in p] == [
        "config/b.md:3: b: cause link-failure is already served by a; remove it from one"
    ]


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
    assert len(book.text) < 4000
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


def test_braces_of_a_program_are_no_placeholder() -> None:
    text = "# T\n## Steps\n### S\n- frr: `ip route | awk '{print $1}'`\n- expect: x"
    assert parse("x", text)[1] == []


def test_many_steps_of_one_title_are_told_apart_in_no_time() -> None:
    text = "# T\n## Steps\n### A-3\n- so: x\n" + "### A\n- so: x\n" * 3000
    began = time.process_time()
    slugs = [step.slug for step in parse("x", text)[0].steps]
    assert slugs[:5] == ["a-3", "a", "a-2", "a-4", "a-5"]
    assert len(set(slugs)) == 3001
    assert time.process_time() - began < 5.0  # half a second; each against all before it, it was a minute


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


def _shipped(name: str, step: int, vendor: str, **more: str) -> str:
    book = next(book for book in SHIPPED if book.name == name)
    return next_step(book, vendor, {**FILLS, "interface": "Gi0/1", **more}, step).command


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
    ],
)  # fmt: skip
def test_each_vendor_names_a_vrf_where_its_grammar_wants_it(
    name: str, step: int, vendor: str, in_vrf: str, global_: str
) -> None:
    assert (_shipped(name, step, vendor), _shipped(name, step, vendor, vrf="default")) == (in_vrf, global_)


SIX = {"prefix": "2001:db8:20::/48", "next_hop": "2001:db8::2", "neighbour": "2001:db8::2"}


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
    ],
)  # fmt: skip
def test_what_is_asked_of_ipv6_is_asked_in_its_words(
    name: str, step: int, vendor: str, in_vrf: str, global_: str
) -> None:
    assert _shipped(name, step, vendor, **SIX) == in_vrf
    assert _shipped(name, step, vendor, **SIX, vrf="default") == global_


@pytest.mark.parametrize("vendor", VENDORS)
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
        "1472",
    )
    assert [command for command in commands if any(word in command for word in wrong)] == []


def test_a_busy_process_is_hidden_by_no_filter() -> None:
    """It has used the processor for a minute only, or 50 % of it."""
    for name, step in (("neighbour-loss", 2), ("bgp-hold-timer", 2), ("control-plane-cpu", 0)):
        assert _shipped(name, step, "cisco_ios").endswith("| exclude 0.00% +0.00% +0.00%")
        assert _shipped(name, step, "cisco_xr").endswith('| exclude " 0% +0% +0%"')


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
    assert "frr-reload.py --reload" in _shipped("config-change", 2, "frr")
    assert "frr-reload.py --test" in _shipped("config-change", 0, "frr")


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


def test_past_the_last_step_the_last_one_stays() -> None:
    book, _ = parse("x", TEXT)
    assert next_step(book, "frr", FILLS, 99).step == "Call somebody"


CIRCLE = "no way on from here leads to an end: these steps go round in a circle"
A_TO_B = '### A\n- so: a\n- if so: go to "B"\n- if not: go to "B"\n'
B_TO_A = '### B\n- so: b\n- if so: go to "A"\n- if not: go to "A"\n'
TWICE = "id: x\ncauses: unknown\ncauses: link-failure\n"
COMMANDS = "- frr: `a`\n- frr, cisco_ios: `b`\n- expect: b\n"


@pytest.mark.parametrize(
    ("header", "steps", "wrong"),
    [
        (TWICE, "### A\n- so: a\n", {4: "a second header 'causes'; the first is on line 3"}),
        ("", "### A\n- so: a\n- so: b\n", {5: "a second `so` in this step; indent what goes on"}),
        ("", f"### A\n{COMMANDS}", {5: "a second command for frr in this step"}),
        ("", A_TO_B + B_TO_A, {3: CIRCLE, 7: CIRCLE}),
        ("", A_TO_B + B_TO_A + "- if tired: end\n", {}),
        ("", A_TO_B + B_TO_A + "- if tired: runbook y\n", {}),
        ("", '### A\n- so: a\n### B\n- so: b\n- if not: go to "A"\n', {}),
    ],
)
def test_what_would_be_lost_or_never_end_is_named_with_its_line(header: str, steps: str, wrong: dict[int, str]) -> None:
    _, problems = parse("x", f"# T\n{header}## Steps\n{steps}")
    assert {problem.line: problem.what for problem in problems} == wrong
