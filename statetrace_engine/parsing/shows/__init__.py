"""Pure. The registry: every vendor's show commands. A new vendor is one module here and one line below.

Names of vendors are those of ntc-templates (SPEC 11).
"""

from __future__ import annotations

from collections.abc import Mapping

from statetrace_engine.parsing.shown import Show
from statetrace_engine.parsing.shows import (
    arista_eos,
    aruba_aoscx,
    cisco_ios,
    cisco_nxos,
    cisco_xr,
    fastiron,
    frr,
    hp_procurve,
    juniper_junos,
    paloalto_panos,
)

SHOWS: Mapping[str, tuple[Show, ...]] = {
    "arista_eos": arista_eos.SHOWS,
    "aruba_aoscx": aruba_aoscx.SHOWS,
    "brocade_fastiron": fastiron.SHOWS,
    "cisco_ios": cisco_ios.SHOWS,
    "cisco_nxos": cisco_nxos.SHOWS,
    "cisco_xr": cisco_xr.SHOWS,
    "hp_procurve": hp_procurve.SHOWS,
    "frr": frr.SHOWS,
    "juniper_junos": juniper_junos.SHOWS,
    "paloalto_panos": paloalto_panos.SHOWS,
    "ruckus_fastiron": fastiron.SHOWS,
}
"""Per vendor, its commands."""


def find(vendor: str, command: str) -> Show | None:
    """What parses `show ip route vrf RED` of this vendor: the longest known command that begins it, word by word."""
    words = command.split()
    found: Show | None = None
    for show in SHOWS.get(vendor, ()):
        known = show.command.split()
        if _begins(known, words) and (found is None or len(known) > len(found.command.split())):
            found = show
    return found


def _begins(known: list[str], words: list[str]) -> bool:
    """Whether the known words begin those typed; `*` is any one word (`show bgp vrf * summary`)."""
    return len(known) <= len(words) and all(a in (b, "*") for a, b in zip(known, words, strict=False))
