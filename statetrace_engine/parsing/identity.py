"""Pure. What the sections of one capture show that stays with the device: serial numbers, MACs, addresses, its start.

Processor board ID FTX1840ALBY · GigabitEthernet0/1 … address is 0050.56b2.0001 · interface Lo0, ip address 10.9.0.1
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any  # rows of any kind

from statetrace_engine.model import Epoch, names
from statetrace_engine.model.captured import ConfigRow, InterfaceRow, Kind, RouteRow, VersionRow
from statetrace_engine.model.identity import Identity

MOST = 16
"""Interfaces that are remembered, the first by name: enough to know a device by."""
_HEAD = re.compile(r"interface (?:(?:ethernet|ve|loopback|management) )?(\S+(?: ?\d[\d/.:]*)?)\s*$", re.IGNORECASE)
_ADDRESS = re.compile(r"\s+(?:ip|ipv4) address ([\d.]{7,15})[/ ](?!.*\bsecondary\b)")
_ROUTER_ID = re.compile(r"\s*(?:(?:bgp|ip) )?router-id ([\d.]{7,15})\s*$")
_HOSTS = ("/32", "/128")
_NOWHERE = ("127.", "169.254.", "0.", "::1", "fe80:")
_NO_HEX = re.compile(r"[^0-9a-f]")
_SHARED_MACS = ("00005e0001", "00000c07ac", "00000c9ff", "000000000000", "ffffffffffff")
"""VRRP's, HSRP's, and none."""
Section = tuple[Kind, Collection[Any]]


def of(sections: Iterable[Section], vendor: str, at: Epoch | None) -> Identity:
    """`at`: when the capture was taken, by the device's own clock."""
    versions: list[VersionRow] = []
    macs: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for kind, rows in sections:
        for name, mac, address in _READ[kind](rows) if kind in _READ else ():
            port = names.interface(name, vendor)
            if mac and (plain := _NO_HEX.sub("", mac.lower())) and not plain.startswith(_SHARED_MACS):
                macs.setdefault(port, plain)
            if address and not address.lower().startswith(_NOWHERE):
                addresses.setdefault(f"{port} IPv6" if ":" in address else port, address)
        versions += [row for row in rows if isinstance(row, VersionRow)] if kind is Kind.VERSION else ()
    uptime_s = next((row.uptime_seconds for row in versions if row.uptime_seconds), 0)
    return Identity(
        serials=tuple(dict.fromkeys(row.serial for row in versions if row.serial)),
        model=next((row.model for row in versions if row.model), ""),
        vendor=vendor,
        macs=_first(macs),
        addresses=_first(addresses),
        booted_at=at - uptime_s if at is not None and uptime_s else None,
        uptime_s=uptime_s,
    )


def _first(found: dict[str, str]) -> dict[str, str]:
    return dict(sorted(found.items())[:MOST])


_Port = tuple[str, str | None, str | None]
"""An interface, its MAC and its address."""


def _interfaces(rows: Collection[Any]) -> Iterator[_Port]:
    return ((row.name, row.mac, row.ip) for row in rows if isinstance(row, InterfaceRow))


def _routes(rows: Collection[Any]) -> Iterator[_Port]:
    """A router's own addresses are routes of it; so is what all of them have, and that is no host's."""
    local = (row for row in rows if isinstance(row, RouteRow) and row.protocol == "local" and row.interface)
    return ((r.interface or "", None, r.prefix.partition("/")[0]) for r in local if r.prefix.endswith(_HOSTS))


def _config(rows: Collection[Any]) -> Iterator[_Port]:
    for row in rows:
        if isinstance(row, ConfigRow):
            yield from _configured(row.lines)


def _configured(lines: Sequence[str]) -> Iterator[_Port]:
    port = ""
    for line in lines:
        if not line[:1].isspace():
            head = _HEAD.match(line)
            port = head[1] if head is not None else ""
        if "router-id" in line and (found := _ROUTER_ID.match(line)) is not None:
            yield "router-id", None, found[1]
        elif port and "address" in line and (found := _ADDRESS.match(line)) is not None:
            yield port, None, found[1]


_READ = {Kind.INTERFACES: _interfaces, Kind.ROUTES: _routes, Kind.CONFIG: _config}
