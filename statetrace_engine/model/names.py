"""Pure. Canonical names (SPEC 1): one spelling for one thing, however a device printed it."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address, ip_network

_SHORT_INTERFACES = {
    "gi": "GigabitEthernet", "gig": "GigabitEthernet", "ge": "GigabitEthernet",
    "te": "TenGigabitEthernet", "ten": "TenGigabitEthernet", "tengig": "TenGigabitEthernet",
    "twe": "TwentyFiveGigE", "fo": "FortyGigabitEthernet", "hu": "HundredGigE",
    "fa": "FastEthernet", "eth": "Ethernet", "et": "Ethernet", "e": "Ethernet",
    "po": "Port-channel", "vl": "Vlan", "lo": "Loopback", "tu": "Tunnel", "se": "Serial",
    "be": "Bundle-Ether", "mg": "MgmtEth", "ma": "Management", "nu": "Null",
}  # fmt: skip
_INTERFACE = re.compile(r"([A-Za-z][A-Za-z-]*?)[ ]?(\d[\d/.:]*)$")
_DEFAULT_VRFS = {"", "global", "inet.0", "inet6.0", "master", "default", "Default-IP-Routing-Table"}
_ROUTING_ENGINE = re.compile(r"-re[01]$", re.IGNORECASE)


@lru_cache(maxsize=65536)
def interface(name: str) -> str:
    """`Gi0/1` → `GigabitEthernet0/1`. JunOS (`ge-0/0/0.0`) and Linux names stay as they are."""
    name = name.strip()
    match = _INTERFACE.fullmatch(name)
    if not match or "-" in match[1].rstrip("-") and match[1].lower() not in ("port-channel", "bundle-ether"):
        return name
    kind, number = match.groups()
    if kind.endswith("-"):
        return name
    lowered = kind.lower()
    if lowered in ("port-channel", "bundle-ether", "null"):
        return {"port-channel": "Port-channel", "bundle-ether": "Bundle-Ether", "null": "Null"}[lowered] + number
    if name.islower() and "/" not in number:  # Linux: eth0, lo0, vlan10
        return name
    return _SHORT_INTERFACES.get(lowered, kind) + number


def parents(name: str) -> tuple[str, ...]:
    """The interfaces whose loss takes `name` down: `Gi0/1.100` → `("Gi0/1",)`."""
    base, dot, unit = name.rpartition(".")
    return (base,) if dot and unit.isdigit() and base else ()


def is_discard(interface_name: str | None) -> bool:
    """Null0, discard and reject never carry."""
    return bool(interface_name) and str(interface_name).lower() in (
        "null0", "null", "discard", "reject", "dsc", "dsc.0", "blackhole",
    )  # fmt: skip


@lru_cache(maxsize=65536)
def hostname(name: str) -> str:
    """Upper case, without domain or routing-engine suffix; an address stays an address."""
    name = name.strip()
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    return _ROUTING_ENGINE.sub("", name.partition(".")[0]).upper()


def site_of(host: str) -> str:
    """The prefix of the hostname up to the first `-`."""
    return host.partition("-")[0].upper()


def vrf(name: str | None) -> str:
    """Case kept; the vendors' names of the global table become `default`."""
    return "default" if name is None or name in _DEFAULT_VRFS else name


@lru_cache(maxsize=65536)
def address(text: str) -> str:
    """RFC 5952; a zone (`%eth0`) is kept.

    Raises ValueError when it is no address.
    """
    return str(ip_address(text.strip()))


def prefix(text: str) -> str:
    """`10.1.2.3/8` → `10.0.0.0/8`.

    Raises ValueError when it is no prefix.
    """
    return str(ip_network(text.strip(), strict=False))
