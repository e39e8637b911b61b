"""Pure. Canonical names (SPEC 1): one spelling for one thing, however a device printed it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_INTERFACES = {
    "gi": "GigabitEthernet", "gig": "GigabitEthernet", "ge": "GigabitEthernet",
    "te": "TenGigabitEthernet", "ten": "TenGigabitEthernet", "tengig": "TenGigabitEthernet",
    "tw": "TwoGigabitEthernet", "fi": "FiveGigabitEthernet", "twe": "TwentyFiveGigE", "tf": "TwentyFiveGigE",
    "fo": "FortyGigabitEthernet", "hu": "HundredGigE", "fh": "FourHundredGigE",
    "fa": "FastEthernet", "eth": "Ethernet", "et": "Ethernet", "e": "Ethernet",
    "po": "Port-channel", "vl": "Vlan", "lo": "Loopback", "tu": "Tunnel", "se": "Serial",
    "be": "Bundle-Ether", "mg": "MgmtEth", "ma": "Management", "nu": "Null",
}  # fmt: skip
_WORDS = {word.lower(): word for word in (*_INTERFACES.values(), "TenGigE", "FortyGigE")}
"""Written in full, in whatever case (NX-OS: `loopback0`, `port-channel1`)."""
_LINUX_TOO = {"serial", "tunnel", "vlan"}
_XR_INTERFACES = {"TenGigabitEthernet": "TenGigE", "FortyGigabitEthernet": "FortyGigE"}
_INTERFACE = re.compile(r"([A-Za-z][A-Za-z-]*?)( ?)(\d[\d/.:]*)")
_PORT = re.compile(r"\d{1,3}(?:/\d{1,3}){1,2}")
_PROCURVE_PORT = re.compile(r"(?:\d{1,2}/)?[A-Za-z]?\d{1,3}|[Tt][Rr][Kk]\d{1,3}")
"""`24`, in a chassis `A1`, in a stack `1/24` and `1/A1`; `Trk1` is a trunk."""
_DEFAULT_VRFS = {
    "", "global", "inet.0", "inet6.0", "master", "default", "Default", "default-vrf", "Default-IP-Routing-Table",
}  # fmt: skip
_LINK_BITS = {4: 2, 6: 64}
"""Host bits of the subnet that a link has at most: a /30, a /64."""
_ROUTING_ENGINE_FIRST = re.compile(r"^re[01]\.(?=.)", re.IGNORECASE)
_ROUTING_ENGINE = re.compile(r"-re[01]$|^re[01]-(?=.)", re.IGNORECASE)


@lru_cache(maxsize=65536)
def interface(name: str, vendor: str = "") -> str:
    """`Gi0/1` → `GigabitEthernet0/1`. JunOS (`ge-0/0/0.0`) and Linux names stay as they are.

    `vendor` decides what is ambiguous: `et1` is a Linux interface, and Ethernet1 on EOS; `1/1/1` alone is Ethernet on
    FastIron, whose log says so, and a name of its own on AOS-CX; `E1` is Ethernet1, and on ProCurve the first port of
    slot E. A rack/slot/module/port number is IOS XR's: `Te0/2/0/4` → `TenGigE0/2/0/4`.
    """
    name = name.strip()
    if vendor == "hp_procurve" and is_procurve_port(name):
        return name.title()
    if vendor.endswith("fastiron") and _PORT.fullmatch(name):
        return f"Ethernet{name}"
    match = _INTERFACE.fullmatch(name)
    if not match:
        return name
    kind, space, number = match.groups()
    lowered = kind.lower()
    could_be_linux = kind.islower() and "/" not in number and not space and not vendor.startswith(("cisco", "arista"))
    if kind.endswith("-") or (could_be_linux and (lowered not in _WORDS or lowered in _LINUX_TOO)):
        return name
    word = _WORDS.get(lowered) or _INTERFACES.get(lowered, kind)
    if number.partition(".")[0].count("/") == 3:
        word = _XR_INTERFACES.get(word, word)
    return word + number


def is_procurve_port(name: str) -> bool:
    return _PROCURVE_PORT.fullmatch(name) is not None


def parents(name: str) -> tuple[str, ...]:
    """The interfaces whose loss takes `name` down: `Gi0/1.100` → `("Gi0/1",)`."""
    base, dot, unit = name.rpartition(".")
    return (base,) if dot and unit.isdigit() and base else ()


def is_discard(interface_name: str | None) -> bool:
    """Null0, discard and reject never carry, by the word that each vendor prints for them."""
    return bool(interface_name) and str(interface_name).lower() in (
        "null0", "null", "discard", "reject", "dsc", "dsc.0", "blackhole", "drop", "unreachable",
    )  # fmt: skip


@lru_cache(maxsize=65536)
def hostname(name: str) -> str:
    """Upper case, without domain or routing engine (`mx1-re0`, `re0-mx1`, `re0.mx1`); an address stays an address."""
    name = name.strip()
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    name = _ROUTING_ENGINE_FIRST.sub("", name)
    return _ROUTING_ENGINE.sub("", name.partition(".")[0]).upper()


def site_of(host: str) -> str:
    """The prefix of the hostname up to the first `-`."""
    return host.partition("-")[0].upper()


def vrf(name: str | None) -> str:
    """Case kept; the vendors' names of the global table become `default`."""
    return "default" if name is None or name in _DEFAULT_VRFS else name


@lru_cache(maxsize=65536)
def address(text: str) -> str:
    """RFC 5952; a zone is kept, as an interface's canonical name (`fe80::1%GigabitEthernet0/1`).

    Raises ValueError when it is no address.
    """
    plain, percent, zone = text.strip().partition("%")
    found = ip_address(plain)
    if percent and (not zone or found.version == 4):
        raise ValueError(f"{text!r} is no address with a zone")
    return f"{found}{percent}{interface(zone)}"


@lru_cache(maxsize=65536)
def prefix(text: str) -> str:
    """`10.1.2.3/8` → `10.0.0.0/8`.

    Raises ValueError when it is no prefix.
    """
    return str(ip_network(text.strip(), strict=False))


def scoped(next_hop: str, interface: str | None) -> str:
    """A link-local next hop with its interface: alone it may be anybody's."""
    return f"{next_hop}%{interface}" if interface and next_hop.startswith("fe80:") and "%" not in next_hop else next_hop


def link_mates(of: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """Those of the addresses that lie on one link with an address: its only partner, else all in its /30 or /64."""
    mine = _parsed(of)
    if mine is None:
        return ()
    found = {text: other for text in addresses if (other := _parsed(text)) and other.version == mine.version}
    partner = int(mine) ^ 1
    only = tuple(text for text, other in found.items() if int(other) == partner)
    width = _LINK_BITS[mine.version]
    return only or tuple(text for text, other in found.items() if int(other) >> width == int(mine) >> width)


@lru_cache(maxsize=4096)
def link_subnet(hop: str, own: tuple[str, ...]) -> str:
    """Of the link to a next hop, as far as addresses tell: a /31 or /127 where its partner there is one of the near
    device's own (RFC 3021, RFC 6164), else the /30 or /64; empty where `hop` is no address."""
    address = _parsed(hop)
    if address is None:
        return ""
    partner = type(address)(int(address) ^ 1)
    is_pair = any(_parsed(text) == partner for text in own)
    bits = address.max_prefixlen - (1 if is_pair else _LINK_BITS[address.version])
    return str(ip_network(f"{address}/{bits}", strict=False))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
