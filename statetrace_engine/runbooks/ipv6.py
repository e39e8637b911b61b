"""Pure. Runbooks write commands for IPv4; this is what they are called where the prefix or the next hop is of IPv6."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_IOS, _NXOS, _XR, _EOS, _JUNOS, _FRR = (
    "cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos", "frr",
)  # fmt: skip
_AOSCX, _PANOS, _PROCURVE = "aruba_aoscx", "paloalto_panos", "hp_procurve"
_FASTIRON = ("ruckus_fastiron", "brocade_fastiron")


class _Word(NamedTuple):
    before: str
    after: str
    vendors: tuple[str, ...] = ()
    """Empty: all."""


_OF_PREFIX = (
    _Word("{network} {mask}", "{prefix}"),
    _Word("show ip route", "show ipv6 route"),
    _Word("show ip cef", "show ipv6 cef"),
    _Word("show route vrf {vrf}", "show route vrf {vrf} ipv6", (_XR,)),
    _Word("show cef vrf {vrf}", "show cef vrf {vrf} ipv6", (_XR,)),
    _Word("show bgp vrf {vrf} {prefix}", "show bgp vrf {vrf} ipv6 unicast {prefix}", (_XR,)),
    _Word("show forwarding vrf {vrf} route", "show forwarding vrf {vrf} ipv6 route", (_NXOS,)),
    _Word("show ip bgp vpnv4 vrf {vrf} {prefix}", "show bgp vpnv6 unicast vrf {vrf} {prefix}", (_IOS,)),
    _Word("show ip bgp {prefix}", "show bgp ipv6 unicast {prefix}", (_NXOS,)),
    _Word("show ip bgp {prefix}", "show ipv6 bgp {prefix}", (_EOS,)),
    _Word("ipv4 unicast", "ipv6 unicast", (_FRR, _AOSCX)),
    _Word("show ip bgp vrf", "show ipv6 bgp vrf", _FASTIRON),
    _Word(
        "show routing route destination {prefix} virtual-router {vrf}",
        "show routing route virtual-router {vrf} | match {prefix}",
        (_PANOS,),
    ),
)
_OF_HOP = (
    _Word("show ip bgp vpnv4 vrf {vrf} neighbors", "show bgp vpnv6 unicast vrf {vrf} neighbors", (_IOS,)),
    _Word("show ip bgp neighbors", "show bgp ipv6 unicast neighbors", (_NXOS,)),
    _Word("show ip bgp neighbors", "show ipv6 bgp neighbors", (_EOS,)),
    _Word("ipv4 unicast", "ipv6 unicast", (_FRR, _AOSCX)),
    _Word("show ip bgp vrf", "show ipv6 bgp vrf", _FASTIRON),
    _Word("show arp vrf", "show ipv6 neighbors vrf", (_AOSCX,)),
    _Word("show arp vrf", "show ipv6 neighbor vrf", _FASTIRON),
    _Word("show arp all", "show neighbor interface all", (_PANOS,)),
    _Word("show ip arp vrf {vrf} {next_hop}", "show ipv6 neighbors {interface}", (_IOS,)),
    _Word("show ip arp vrf {vrf}", "show ipv6 neighbors vrf {vrf}", (_EOS,)),
    _Word("show ip arp", "show ipv6 neighbor", (_NXOS,)),
    _Word("show arp vrf {vrf} {next_hop}", "show ipv6 neighbors {interface}", (_XR,)),
    _Word("show arp no-resolve", "show ipv6 neighbors", (_JUNOS,)),
    _Word("clear ip arp vrf {vrf} {next_hop}", "clear ipv6 neighbors {interface}", (_IOS,)),
    _Word("clear arp-cache {interface} location all", "clear ipv6 neighbors {interface}", (_XR,)),
    _Word("clear arp vrf {vrf} {next_hop}", "clear ipv6 neighbors {interface} {next_hop}", (_EOS,)),
    _Word("clear arp hostname {next_hop} vpn {vrf}", "clear ipv6 neighbors host {next_hop}", (_JUNOS,)),
    _Word("clear ip arp {next_hop} vrf {vrf}", "ping6 {next_hop} vrf {vrf} count 5", (_NXOS,)),
    _Word("arping -c 5 -I {interface}", "ping -c 5 -I {interface}"),
    _Word("ping {", "ping6 {", (_NXOS, _AOSCX, _PROCURVE)),
    _Word("traceroute {", "traceroute6 {", (_NXOS, _AOSCX, _PROCURVE)),
    _Word("ping ", "ping ipv6 ", _FASTIRON),
    _Word("traceroute ", "traceroute ipv6 ", _FASTIRON),
    _Word("do-not-fragment yes ", "", (_PANOS,)),
    _Word("ping ", "ping inet6 yes ", (_PANOS,)),
    _Word("traceroute ", "traceroute ipv6 yes ", (_PANOS,)),
    _Word(" df-bit", "", (_IOS, _NXOS, _EOS)),  # no router on the way takes a packet of IPv6 apart
    _Word(" donotfrag", "", (_XR,)),
    _Word(" do-not-fragment", "", (_JUNOS, _AOSCX)),
    _Word(" no-fragment", "", _FASTIRON),
    _Word("1472", "1452"),
)
_OF_ALL = (
    _Word("show ip bgp vpnv4 vrf {vrf} summary", "show bgp vpnv6 unicast vrf {vrf} summary", (_IOS,)),
    _Word("show ip bgp summary", "show bgp ipv6 unicast summary", (_NXOS,)),
    _Word("show ip bgp summary", "show ipv6 bgp summary", (_EOS,)),
    _Word("show bgp vrf {vrf} summary", "show bgp vrf {vrf} ipv6 unicast summary", (_XR,)),
    _Word("include ip route", "include ipv6 route"),
    _Word('"ip route"', '"ipv6 route"'),
    _Word("show ip route summary", "show ipv6 route summary"),
    _Word("show ip route vrf {vrf} summary", "show ipv6 route vrf {vrf} summary"),
    _Word("show route vrf {vrf} summary", "show route vrf {vrf} ipv6 summary", (_XR,)),
    _Word("show ip cef summary", "show ipv6 cef summary", (_IOS,)),
    _Word("show ip arp vrf {vrf}", "show ipv6 neighbors vrf {vrf}", (_IOS, _EOS)),
    _Word("show ip arp vrf {vrf}", "show ipv6 neighbor vrf {vrf}", (_NXOS,)),
    _Word("show arp vrf {vrf}", "show ipv6 neighbors vrf {vrf}", (_XR,)),
    _Word("show arp no-resolve", "show ipv6 neighbors", (_JUNOS,)),
    _Word("show ip ospf ", "show ipv6 ospf ", (_IOS,)),
    _Word("show ip ospf neighbor", "show ospfv3 neighbors", (_NXOS,)),
    _Word("show ip ospf ", "show ospfv3 ", (_NXOS, _EOS)),
    _Word("show ospf vrf {vrf} ", "show ospfv3 vrf {vrf} ", (_XR,)),
    _Word("show ospf ", "show ospf3 ", (_JUNOS,)),
    _Word("show ip ospf vrf {vrf} ", "show ipv6 ospf6 vrf {vrf} ", (_FRR,)),
    _Word("ipv4 unicast", "ipv6 unicast", (_AOSCX,)),
    _Word("show arp vrf", "show ipv6 neighbors vrf", (_AOSCX,)),
    _Word("show ip ospf ", "show ipv6 ospfv3 ", (_AOSCX,)),
    _Word("show ip bgp vrf", "show ipv6 bgp vrf", _FASTIRON),
    _Word("show arp vrf", "show ipv6 neighbor vrf", _FASTIRON),
    _Word("show ip ospf ", "show ipv6 ospf ", _FASTIRON),
    _Word("show arp all", "show neighbor interface all", (_PANOS,)),
    _Word("protocol ospf ", "protocol ospfv3 ", (_PANOS,)),
    _Word("show ip route", "show ipv6 route", (_PROCURVE,)),
    _Word("show arp", "show ipv6 neighbors", (_PROCURVE,)),
    _Word("show ip ospf ", "show ipv6 ospf3 ", (_PROCURVE,)),
)
"""Of commands that name neither: a table of all routes, or of all neighbours, where the prefix is of IPv6."""
_WORDS = {"prefix": _OF_PREFIX, "network": _OF_PREFIX, "next_hop": _OF_HOP, "neighbour": _OF_HOP}
"""By the placeholder whose value decides."""


def spelled(command: str, vendor: str, known: Mapping[str, str | None]) -> str:
    """A command that is not filled in yet, as IPv6 has it where what it asks for is of IPv6."""
    named = [name for name in _WORDS if f"{{{name}}}" in command]
    tables = {_WORDS[name]: None for name in named if ":" in (known.get(name) or "")}
    if not named and ":" in (known.get("prefix") or ""):
        tables = {_OF_ALL: None}
    for word in (word for table in tables for word in table):
        if not word.vendors or vendor in word.vendors:
            command = command.replace(word.before, word.after)
    return command


def printed(command: str, vendor: str, known: Mapping[str, str | None]) -> Mapping[str, str | None]:
    """What placeholders stand for where a command searches for them in what the device prints: IOS prints addresses of
    IPv6 in capitals, and its `include` tells them from small letters."""
    sought = command.partition("| include")[2] if vendor == _IOS else ""
    return {
        name: _capitals(value) if value and ":" in value and name in _WORDS and f"{{{name}}}" in sought else value
        for name, value in known.items()
    }


def _capitals(address: str) -> str:
    """Without what follows `%`: interfaces keep their case."""
    plain, percent, zone = address.partition("%")
    return f"{plain.upper()}{percent}{zone}"
