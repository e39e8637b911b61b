"""The shipped runbooks, filled in for one outage."""

from __future__ import annotations

from pathlib import Path

from statetrace_engine import config
from statetrace_engine.runbooks import next_step

SHIPPED = config.load(Path("no such home")).runbooks
VENDORS = ("cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos", "frr")
SOME = ("aruba_aoscx", "ruckus_fastiron", "paloalto_panos", "hp_procurve")
"""Vendors that have a command for most steps; for some their systems have none."""
FILLS = {
    "interface": "GigabitEthernet0/1.100",
    "neighbour": "10.1.1.2",
    "next_hop": "10.1.1.2",
    "prefix": "10.20.0.0/16",
    "vrf": "RED",
}


def command_of(name: str, step: int, vendor: str, **more: str) -> str:
    book = next(book for book in SHIPPED if book.name == name)
    return next_step(book, vendor, {**FILLS, "interface": "Gi0/1", **more}, step).command


SIX = {"prefix": "2001:db8:20::/48", "next_hop": "2001:db8::2", "neighbour": "2001:db8::2"}
