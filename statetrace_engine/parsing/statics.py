"""Pure. Static routes of a running configuration: ways that may wait for their turn (SPEC 1), in each vendor's words.

ip route vrf RED 0.0.0.0 0.0.0.0 GigabitEthernet0/2 10.1.2.2 250 tag 7 name BACKUP     IOS
ip route 0.0.0.0/0 Ethernet1/2 10.1.2.2 name BACKUP 250                                 NX-OS
ip route 0.0.0.0/0 10.1.2.2 distance 250 vrf RED                                        AOS-CX
ip route 0.0.0.0 0.0.0.0 ve 20 5 distance 250                                           FastIron: 5 is a metric
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from statetrace_engine.model import names
from statetrace_engine.model.captured import CapturedPath
from statetrace_engine.parsing import banners
from statetrace_engine.parsing.shown import number

Found = tuple[tuple[str, str], CapturedPath]
"""((vrf, prefix), the way there)."""
_IP_ROUTE = re.compile(
    r"\s*ip(?:v6)? route (?:static )?(?:vrf (?P<vrf>\S+) )?"
    r"(?P<prefix>\S+?)(?:(?P<length>/\d+)| (?P<mask>\d+\.\d+\.\d+\.\d+))(?: vrf \S+)?(?P<words>(?: \S+)+)\s*"
)
"""IOS, NX-OS (also inside `vrf context`), EOS, FRR, FastIron, ProCurve, AOS-CX."""
_IN_BLOCK = re.compile(r"\s+(?P<prefix>\S+?)(?P<length>/\d+)(?: vrf \S+)?(?P<words>(?: \S+)+)\s*")
"""IOS XR, inside `router static`."""
_VRF_CONTEXT = re.compile(r"\s?(?:vrf context|vrf) (?P<vrf>\S+)\s*")
_VALUED = frozenset(
    ("distance", "metric", "tag", "tag-value", "name", "track", "vrf", "nexthop-vrf", "next-hop-vrf", "egress-vrf",
     "table", "label", "segments", "color")
)  # fmt: skip
"""A value follows."""
_BARE = frozenset(("permanent", "multicast", "global", "bfd", "onlink", "logging", "dhcp"))
_KINDS = frozenset(("ve", "vlan", "ethernet", "tunnel", "loopback", "lag"))
"""Of interfaces whose number stands behind a blank."""
_VRF_BEHIND = frozenset(("frr", "aruba_aoscx"))
"""Where `vrf` behind the next hop is the route's own; elsewhere it is the next hop's."""
_METRIC_FIRST = frozenset(("brocade_fastiron", "ruckus_fastiron"))
"""Where a number alone is a metric; elsewhere it is the distance."""


def routes(lines: Iterable[str], vendor: str) -> Iterator[Found]:
    """Every static route that names a next hop or an interface, in order."""
    context, pattern = "default", _IP_ROUTE
    for line in banners.apart(tuple(lines))[0]:
        entered = _VRF_CONTEXT.fullmatch(line)
        if entered is not None:
            context = entered["vrf"]
        elif line and not line[0].isspace():
            context, pattern = "default", _IN_BLOCK if line.startswith("router static") else _IP_ROUTE
        if "/" in line or "route " in line:
            yield from _route(pattern.fullmatch(line), context, vendor)


def _route(found: re.Match[str] | None, context: str, vendor: str) -> Iterator[Found]:
    if found is None:
        return
    parts = found.groupdict()
    try:
        prefix = names.prefix(found["prefix"] + (found["length"] or f"/{parts['mask']}"))
    except ValueError:
        return
    hop, interface, told = _way(found["words"].split(), vendor)
    if hop is None and interface is None:
        return
    vrf = parts.get("vrf") or (told.get("vrf") if vendor in _VRF_BEHIND else None) or context
    distance = number(told.get("distance"))
    path = CapturedPath(
        hop,
        interface,
        "static",
        1 if distance is None else distance,
        number(told.get("metric")),
        number(told.get("tag") or told.get("tag-value")),
        None,
        False,
    )
    yield (names.vrf(vrf), prefix), path


def _way(printed: Iterable[str], vendor: str) -> tuple[str | None, str | None, dict[str, str]]:
    """Next hop, interface, and the words that have a value; an interface stands before all of those."""
    hop = interface = None
    told: dict[str, str] = {}
    words = deque(printed)
    while words:
        word = words.popleft()
        if word == "description":
            break
        if word in _VALUED:
            told[word] = words.popleft() if words else ""
        elif word.isdecimal():
            told["metric" if vendor in _METRIC_FIRST else "distance"] = word
        elif hop is None and (address := _address(word)) is not None:
            hop = address
        elif interface is None and not told and word not in _BARE:
            numbered = word in _KINDS and words and words[0][0].isdigit()
            interface = names.interface(f"{word} {words.popleft()}" if numbered else word, vendor)
    return hop, interface, told


def _address(text: str) -> str | None:
    try:
        return names.address(text)
    except ValueError:
        return None
