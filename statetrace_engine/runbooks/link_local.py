"""Pure. A link-local next hop in a command: alone it is anybody's, and each vendor names its link in another way.

What is not known to be right for a vendor is no command: the address stays open, as `<next hop?>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_IOS, _EOS, _JUNOS, _FRR = "cisco_ios", "arista_eos", "juniper_junos", "frr"
_HOPS = ("next_hop", "neighbour")
_HOP = re.compile("{(" + "|".join(_HOPS) + ")}")
_ALONE = r"{\1}"
_WITH_ZONE = r"{\1}%{interface}"


class _Way(NamedTuple):
    command: re.Pattern[str]
    vendors: tuple[str, ...]
    """Empty: all."""
    hop: str
    """What stands in the place of its placeholder."""
    drop: str = ""
    """What it must not say beside it."""


def _way(command: str, vendors: tuple[str, ...], hop: str, drop: str = "") -> _Way:
    return _Way(re.compile(command), vendors, hop, drop)


_LINK = " interface {interface}"
_WAYS = (
    _way(rf"\| (?:include|match|grep)\b.*{_HOP.pattern}", (), _ALONE),  # what is searched has the link beside it
    _way(r"^ping ", (_IOS,), f"ipv6 {_WITH_ZONE}"),
    _way(r"^ping ", (_EOS,), f"ipv6 {_ALONE}{_LINK}", _LINK),
    _way(r"^(?:ping|traceroute) ", (_JUNOS,), f"{_ALONE}{_LINK}", _LINK),
    # In a vrf of Linux the link says which; with both the packet is refused.
    _way(r"^(?:ip vrf exec {vrf} )?(?:ping|traceroute|tracepath) ", (_FRR,), _WITH_ZONE, "ip vrf exec {vrf} "),
    _way(r"^ip (?:neigh show|route get) ", (_FRR,), rf"{_ALONE} dev {{interface}}", " vrf {vrf}"),
    _way(r"\bbgp\b", (_IOS, _JUNOS), _WITH_ZONE),
    _way(r"\bbgp\b", (_FRR,), _ALONE),
    _way(r"^(?:show|clear) ipv6 neighbors? ", (), _ALONE),
)
"""In order: the first that fits a command holds."""


def spelled(command: str, vendor: str, known: Mapping[str, str | None]) -> tuple[str, Mapping[str, str | None]]:
    """A command that is not filled in yet, and what its placeholders stand for in it. Its words are IPv6's already."""
    hops = {name: value for name in _HOPS if (value := known.get(name) or "").lower().startswith("fe80:")}
    named = [name for name in _HOP.findall(command) if name in hops]
    if not named:
        return command, known
    address, _, zone = hops[named[0]].partition("%")
    known = {**known, **dict.fromkeys(named, address), "interface": zone or known.get("interface")}
    for way in _WAYS:
        if way.command.search(command) and (not way.vendors or vendor in way.vendors):
            command = command.replace(way.drop, "") if way.drop else command
            return _HOP.sub(way.hop, command), known
    return command, {**known, **dict.fromkeys(named, None)}
