"""Pure. Whose words a step's command is in: the device's vendor's, or another's, and then that is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

NAMES: Mapping[str, str] = {
    "cisco_ios": "Cisco IOS",
    "cisco_nxos": "Cisco NX-OS",
    "cisco_xr": "Cisco IOS XR",
    "arista_eos": "Arista EOS",
    "brocade_fastiron": "Brocade FastIron",
    "ruckus_fastiron": "Ruckus FastIron",
    "juniper_junos": "Juniper Junos",
    "aruba_aoscx": "Aruba AOS-CX",
    "hp_procurve": "HP ProCurve",
    "paloalto_panos": "PAN-OS",
    "frr": "FRR",
}
"""As people call them."""
SHELL, CLI, OPERATIONAL = "$", "#", ">"
_PROMPTS: Mapping[str, str] = {"frr": SHELL, "paloalto_panos": OPERATIONAL}
"""How a device asks for its commands. On FRR all are lines of its shell, `vtysh -c "show …"` among them: half of what a
step needs is no command of vtysh, and what was copied goes where the line before it went. On PAN-OS `#` is the prompt
of its configuration mode, where `show` shows the configuration."""
ANY = "any"
_SAME: Mapping[str, str] = {"brocade_fastiron": "ruckus_fastiron", "ruckus_fastiron": "brocade_fastiron"}
"""One system that was sold under two names."""
_IN_FASTIRON = (
    (re.compile(r"(?<=optic )\w*ethernet(?=\d)|(?<=include )\w*ethernet(?=\d)", re.IGNORECASE), ""),
    (re.compile(r"\b\w*ethernet(?=\d)", re.IGNORECASE), "ethernet "),
    (re.compile(r"\b(ve|lag|loopback|tunnel)(?=\d)"), r"\1 "),
)
"""Its command line wants a port's kind and number apart, calls every speed "ethernet", and wants the number alone where
only a port can stand; its own tables print GigabitEthernet1/1/1 and ve10."""
_BEST_KNOWN = "cisco_ios"
"""Whose words most engineers can translate."""


class Written(NamedTuple):
    command: str
    vendor: str
    """In whose words."""
    foreign: str = ""
    """`no command for PAN-OS; as on Cisco IOS`; empty: it is the device's own, or one for all."""


def own(commands: Mapping[str, str], vendor: str) -> Written | None:
    """The command that a device of this vendor takes; None: the step has none for it."""
    for name in (vendor, _SAME.get(vendor, ""), ANY):
        if commands.get(name):
            return Written(commands[name], vendor)
    return None


def written(commands: Mapping[str, str], vendor: str) -> Written:
    """The command for a device, if need be in another vendor's words."""
    found = own(commands, vendor)
    if found is not None or not commands:
        return found or Written("", vendor)
    other = _BEST_KNOWN if _BEST_KNOWN in commands else next(iter(commands))
    lacks = f"no command for {name_of(vendor)}" if vendor else "its vendor is not known"
    return Written(commands[other], other, f"{lacks}; as on {name_of(other)}")


def lacking(commands: Mapping[str, str], named: tuple[str, ...]) -> list[str]:
    """Vendors that a runbook names and a step with commands has none for, as people call them."""
    return [name_of(vendor) for vendor in named if commands and own(commands, vendor) is None]


def typed(command: str, vendor: str) -> str:
    """A command that is filled in, with its ports' names as this vendor's command line takes them."""
    if vendor in _SAME:
        for spelled, wanted in _IN_FASTIRON:
            command = spelled.sub(wanted, command)
    return command


def prompt(vendor: str) -> str:
    """`#`; `$` where commands are lines for a shell, `>` where `#` would be configuration mode."""
    return _PROMPTS.get(vendor, CLI)


def name_of(vendor: str) -> str:
    return NAMES.get(vendor, vendor)
