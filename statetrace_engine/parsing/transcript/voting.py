"""Pure. Whose session this is: every prompt, banner, command and table header votes; names as in ntc-templates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from statetrace_engine.parsing import shows
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.transcript.prompts import Prompt

_HEAD = 4096


def _line_start(begins: str) -> re.Pattern[str]:
    """Finds a line that begins so in a text with a newline before it: a letter to look for, and so many times faster
    than `^`."""
    return late(rf"\n(?:{begins})", re.MULTILINE)


_RANCID = late(r"^[!#; ]*+RANCID-CONTENT-TYPE: *(\S+)", re.MULTILINE)
_RANCID_TYPES = {
    "cisco": "cisco_ios", "cisco-nx": "cisco_nxos", "cisco-nxos": "cisco_nxos", "cisco-xr": "cisco_xr",
    "arista": "arista_eos",
    "juniper": "juniper_junos", "junos": "juniper_junos", "foundry": "brocade_fastiron", "brocade": "brocade_fastiron",
    "ruckus": "ruckus_fastiron", "hp": "hp_procurve", "procurve": "hp_procurve", "aruba": "aruba_aoscx",
    "aoscx": "aruba_aoscx", "arubaoscx": "aruba_aoscx", "paloalto": "paloalto_panos", "frr": "frr", "quagga": "frr",
}  # fmt: skip
_SAYS: tuple[tuple[str, int, tuple[str, ...], str], ...] = (
    (
        "cisco_xr", 6, ("Cisco IOS XR Software",),
        r"!! IOS XR Configuration|Codes:[^\n]*\(>\) - Diversion path",
    ),
    ("cisco_xr", 4, ("Interface state transitions:",), ""),
    ("cisco_nxos", 4, ("Interface address(es):", "Local Port id:"), r"admin state is (?:up|down)"),
    ("arista_eos", 4, (), r"  (?:IP|Ethernet) MTU \d+ bytes"),
    ("brocade_fastiron", 4, (), r"  Configured speed \S+ actual "),
    ("cisco_xr", 3, (), r"BGP router identifier[^\n]*\n[^\n]*\nNon-stop routing is"),
    (
        "cisco_nxos", 6, ("Cisco Nexus Operating System", "NX-OS"),
        r"!Command: show |IP(?:v6)? Route Table for VRF \"",
    ),
    (
        "cisco_ios", 5, ("Cisco IOS Software", "IOS (tm)", "Cisco IOS-XE software"),
        r"Building configuration\.\.\.\s+Current configuration :",
    ),
    ("cisco_ios", 4, (), r"Codes: (?:L - local, )?C - connected, S - (?:static|IGRP)[^\n]*R - RIP, M - mobile"),
    ("cisco_ios", 1, (), r"Interface +IP-Address +OK\? Method"),
    (
        "arista_eos", 6, ("Arista Networks",),
        r"Arista |! device: [^\n]*EOS-\d|Codes: C - connected, S - static, K - kernel",
    ),
    (
        "juniper_junos", 6, ("JUNOS Software Release",),
        r"JUNOS |Junos: |[\w.\-]+\.inet6?\.\d: \d+ destinations|inet6?\.\d: \d+ dest",
    ),
    (
        "juniper_junos", 4, (),
        r"## Last commit|## Last changed|[^\S\n]*+host-name [\w.\-]+;|Physical interface: \w|set system host-name",
    ),
    ("ruckus_fastiron", 7, ("Ruckus Wireless", "Ruckus Networks", "RUCKUS", "CommScope"), ""),
    (
        "brocade_fastiron", 5, ("Brocade Communications", "Foundry Networks"),
        r"ver 0[0-9]\.\d\.\d\d|stack unit \d+\s+module",
    ),
    (
        "hp_procurve", 6, ("ProCurve",),
        r"Image stamp:| *; ?J\w+ Configuration Editor|; \w+ Configuration Editor| +Status and Counters - ",
    ),
    ("aruba_aoscx", 6, ("ArubaOS-CX", "AOS-CX"), r"!Version ArubaOS|Displaying ipv[46] routes selected"),
    ("paloalto_panos", 6, ("Palo Alto Networks",), r"family: (?:pa|vm|\d)|sw-version: |flags: A:active, ?\?:loose"),
    ("frr", 6, ('"vrfName":', '"internalStatus":', '"nbrState":', '"ribCount":'), ""),
    ("frr", 6, ("FRRouting", "Quagga"), r"frr (?:version|defaults) |Codes: K - kernel route, C - connected"),
)  # fmt: skip
"""Vendor and weight of its words, wherever they stand, and of what begins a line."""
_SAYINGS = tuple(
    (vendor, weight, words, _line_start(begins) if begins else None) for vendor, weight, words, begins in _SAYS
)
_TYPED: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (vendor, weight, late(typed))
    for vendor, weight, typed in (
        ("aruba_aoscx", 4, r"show .*\ball-vrfs\b|show vsf|show interface brief\b|show vsx"),
        (
            "juniper_junos",
            3,
            r"show route\b(?! vrf)|show chassis|show interfaces terse|set cli screen|show configuration",
        ),
        (
            "paloalto_panos",
            5,
            r"show routing |show system info|set cli (?:pager|scripting)|show high-avail|show session",
        ),
        ("brocade_fastiron", 4, r"skip-page|show interfaces? brief wide|show lag|show ip route$|show media"),
        ("hp_procurve", 3, r"no page$|show lldp info|show interfaces? brief|show system$|show trunks"),
        ("frr", 5, r"vtysh|sudo vtysh|show bgp (?:vrf \S+ )?(?:ipv4 |ipv6 )?summary|show interface brief$"),
        (
            "cisco_nxos",
            2,
            r"show vpc|show feature|show vdc|show interface (?:status|brief)$|show ip route vrf all|show ip int.* vrf",
        ),
        ("cisco_ios", 2, r"show cdp|show ip interface brief|show interfaces status|show standby|show cdp nei"),
        ("cisco_xr", 3, r"show route (?:vrf|ipv4)|show (?:ipv4 )?vrf all|^admin |show bgp (?:vrf|ipv4|instance)"),
        ("arista_eos", 2, r"show mlag|show ip route vrf|show vxlan|show port-channel dense"),
    )
)
_WEIGHT_OF_TYPED = 1
PREFERRED = (
    "cisco_ios", "arista_eos", "cisco_nxos", "juniper_junos", "cisco_xr", "ruckus_fastiron", "brocade_fastiron",
    "aruba_aoscx", "hp_procurve", "paloalto_panos", "frr",
)  # fmt: skip
"""Where votes are even."""


def of_prompt(prompt: Prompt) -> dict[str, int]:
    """What the shape of a prompt says."""
    lead, mode, sign = prompt.lead, prompt.mode, prompt.sign
    if lead.startswith("RP/"):
        return {"cisco_xr": 5}
    if lead.lower() in ("ssh@", "telnet@") or prompt.hostname.endswith((" Router", " Switch")):
        return {"brocade_fastiron": 4, "ruckus_fastiron": 4}
    if lead.endswith("@") and mode in ("(active)", "(passive)", "(suspended)", "(non-functional)"):
        return {"paloalto_panos": 6}
    if lead.endswith("@") and not lead.startswith("[") and sign in ">#" and not mode:
        return {"juniper_junos": 3, "paloalto_panos": 2}
    if lead.endswith("@") and sign == "%":
        return {"juniper_junos": 3}
    return {}


def of_command(command: str) -> dict[str, int]:
    """What the dialect of a command, in full words, says."""
    return {vendor: weight for vendor, weight, typed in _TYPED if typed.match(command)}


def of_output(text: str) -> dict[str, int]:
    """What the beginning of an output says: banners, legends, headings."""
    head = text[:_HEAD]
    lines = f"\n{head}"
    votes: Counter[str] = Counter()
    if rancid := "RANCID-CONTENT-TYPE" in head and _RANCID.search(head):
        votes[_RANCID_TYPES.get(rancid[1].lower(), "")] += 20
        del votes[""]
    for vendor, weight, words, begins in _SAYINGS:
        if any(word in head for word in words) or (begins is not None and begins.search(lines)):
            votes[vendor] += weight
    for vendor in shows.SHOWS:
        if _headings(vendor).search(lines):
            votes[vendor] += 2
    return dict(votes)


@lru_cache(maxsize=32)
def _headings(vendor: str) -> re.Pattern[str]:
    """All headings of a vendor's tables in one: most outputs have none of them."""
    known = (show.header.pattern for show in shows.SHOWS[vendor] if show.header is not None)
    return _line_start("|".join(pattern.removeprefix("^") for pattern in dict.fromkeys(known)))


def winner(votes: Mapping[str, int]) -> str:
    """The vendor with most votes; empty where nobody voted."""
    ranked = sorted(votes, key=lambda vendor: (-votes[vendor], rank(vendor)))
    return ranked[0] if ranked and votes[ranked[0]] > 0 else ""


def together(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sum of votes, most first."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(sorted(total.items(), key=lambda item: (-item[1], rank(item[0]))))


def rank(vendor: str) -> int:
    """Its place where votes are even."""
    return PREFERRED.index(vendor) if vendor in PREFERRED else len(PREFERRED)
