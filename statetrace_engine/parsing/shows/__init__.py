"""Pure. The registry: every vendor's show commands. A new vendor is one module here and one line below.

Names of vendors are those of ntc-templates (SPEC 11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from statetrace_engine.parsing.shown import Show

_MODULES = {
    "arista_eos": "arista_eos",
    "aruba_aoscx": "aruba_aoscx",
    "brocade_fastiron": "fastiron",
    "cisco_ios": "cisco_ios",
    "cisco_nxos": "cisco_nxos",
    "cisco_xr": "cisco_xr",
    "hp_procurve": "hp_procurve",
    "frr": "frr",
    "juniper_junos": "juniper_junos",
    "paloalto_panos": "paloalto_panos",
    "ruckus_fastiron": "fastiron",
}


class _Shows(Mapping[str, tuple[Show, ...]]):
    """Each vendor's module is imported when somebody asks for the vendor: most captures are of one."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Show, ...]] = {}

    def __getitem__(self, vendor: str) -> tuple[Show, ...]:
        if vendor not in self._known:
            self._known[vendor] = import_module(f"{__name__}.{_MODULES[vendor]}").SHOWS
        return self._known[vendor]

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


SHOWS: Mapping[str, tuple[Show, ...]] = _Shows()
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
