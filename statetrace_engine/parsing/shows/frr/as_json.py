"""Pure. FRRouting's `json` forms: `show ip route json`, `show bgp summary json` and their like.

Of all VRFs, one document a VRF (one after the other, or under its name). A row's lines are those of its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from statetrace_engine.model.captured import BgpNeighborRow, InterfaceRow, OspfNeighborRow, RouteRow, Row
from statetrace_engine.model.peer_states import printed
from statetrace_engine.parsing import ages, route_totals, scan
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown, missed, vrf_asked

# JSON has no schema here: whatever stands in it, its readers ask for the type of each value.
Node = dict[str, Any]
Found = tuple[str, Row]
Read = Callable[[Node, str], Iterator[Found]]
_IN_FIB = "routesTotalFib"
"""Of several routes to one prefix one is in the FIB."""
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_NEAR = 1 << 16
"""A row's key stands so near to the last; one that is written otherwise than read (`\\u0031`) is never found."""


def reader(read: Read) -> Callable[[str, Ask], Shown]:
    """A parser of a JSON answer; a document that is cut off or no JSON is unparsed to its last line."""

    def parse(text: str, ask: Ask) -> Shown:
        shown = Shown()
        kept: list[str] = []
        for line, start, end in scan.lines(text):
            if scan.is_log(line):
                shown.unparsed.append((start, end))
            else:
                kept.append(line)
        at = 0
        for document in _documents("\n".join(kept)):
            if document is None:
                shown = Shown()
                missed(text, 0, len(text), shown.unparsed)
                return shown
            for key, row in read(document, vrf_asked(ask.command) or "default"):
                found = text.find(f'"{key}"', at, at + _NEAR)
                at = found if found >= 0 else at
                end = text.find("\n", at)
                shown.add(row, at, end if end > at else len(text))
        return shown

    return parse


def _documents(text: str) -> Iterator[Node | None]:
    """Each object; None where the text is none."""
    at = 0
    while (found := _SPACE.match(text, at)) and found.end() < len(text):
        try:
            document, at = _DECODER.raw_decode(text, found.end())
        except (ValueError, RecursionError):
            yield None
            return
        yield document if isinstance(document, dict) else None


def routes(document: Node, vrf: str) -> Iterator[Found]:
    """A RouteRow per next hop; what a recursive one resolves to is left out."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from routes(value, key)
        for route in _nodes(value):
            hops = [hop for hop in _nodes(route.get("nexthops")) if not hop.get("resolver")]
            for hop in hops:
                yield key, _route(key, route, hop, vrf)


def _route(key: str, route: Node, hop: Node, vrf: str) -> RouteRow:
    protocol, ip = _text(route.get("protocol")), _text(hop.get("ip"))
    is_installed = bool(route.get("selected")) and not route.get("failed") and not route.get("queued")
    return RouteRow(
        _text(route.get("vrfName")) or vrf,
        prefix(_text(route.get("prefix")) or key) or key,
        host(ip) if ip else None,
        _text(hop.get("interfaceName")) or _nowhere(hop),
        protocol,
        protocol,
        _number(route.get("distance")),
        _number(route.get("metric")),
        _number(route.get("tag")),
        ages.seconds(_text(route.get("uptime")) or "never"),
        is_installed and bool(hop.get("active", True)) and not hop.get("backup"),
    )


def _nowhere(hop: Node) -> str | None:
    """As `route_detail.nowhere`."""
    if hop.get("blackhole"):
        return "blackhole"
    return "unreachable" if hop.get("unreachable") or hop.get("reject") else None


def totals(text: str, ask: Ask) -> Shown:
    """A VitalRow a vrf, of the family that was asked for, which its document does not name."""
    return reader(partial(_totals, is_v6=route_totals.is_v6(ask)))(text, ask)


def _totals(document: Node, vrf: str, *, is_v6: bool) -> Iterator[Found]:
    row = route_totals.row(vrf, _number(document.get(_IN_FIB)), is_v6=is_v6)
    if row is not None:
        yield _IN_FIB, row
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _totals(value, key, is_v6=is_v6)


def bgp(document: Node, vrf: str) -> Iterator[Found]:
    """A BgpNeighborRow per peer and address family."""
    peers = document.get("peers")
    if isinstance(peers, dict):
        named = _text(document.get("vrfName")) or vrf
        for key, peer in peers.items():
            if isinstance(peer, dict):
                yield key, _peer(key, peer, named)
        return
    for key, value in document.items():
        if isinstance(value, dict):
            yield from bgp(value, vrf if "nicast" in key or "ulticast" in key else key)


def _peer(key: str, peer: Node, vrf: str) -> BgpNeighborRow:
    state = printed(_text(peer.get("state")) or "") or None
    received = _number(peer.get("pfxRcd", peer.get("prefixReceivedCount")))
    is_up, age = state == "established", _number(peer.get("peerUptimeMsec"))
    seconds = age // 1000 if age else None
    remote = _number(peer.get("remoteAs"))
    return BgpNeighborRow(
        vrf, key, str(remote) if remote is not None else None, state, received if is_up else None, seconds
    )


def ospf(document: Node, vrf: str) -> Iterator[Found]:
    """An OspfNeighborRow per adjacency."""
    named = _text(document.get("vrfName")) or vrf
    neighbors = document.get("neighbors", document)
    for key, value in neighbors.items() if isinstance(neighbors, dict) else ():
        if isinstance(value, dict) and "neighbors" in value:
            yield from ospf(value, key)
        for one in _nodes(value):
            yield key, _adjacency(key, one, named)


def _adjacency(key: str, one: Node, vrf: str) -> OspfNeighborRow:
    state = _text(one.get("nbrState")) or _text(one.get("state")) or ""
    interface = (_text(one.get("ifaceName")) or "").partition(":")[0]
    address = _text(one.get("ifaceAddress")) or _text(one.get("address"))
    age = _number(one.get("upTimeInMsec"))
    seconds = age // 1000 if age is not None else None
    return OspfNeighborRow(vrf, key, address, interface or None, state.partition("/")[0].lower() or None, seconds)


def interfaces(document: Node, vrf: str) -> Iterator[Found]:
    """An InterfaceRow per interface, of `show interface json` and its brief."""
    for key, one in document.items():
        if isinstance(one, dict) and ("status" in one or "administrativeStatus" in one):
            yield key, _interface(key, one)
        elif isinstance(one, dict):
            yield from interfaces(one, vrf)


def _interface(key: str, one: Node) -> InterfaceRow:
    said = one.get("addresses", one.get("ipAddresses"))
    listed = said if isinstance(said, list) else []
    plain = [_text(item.get("address")) if isinstance(item, dict) else _text(item) for item in listed]
    ip, _, bits = next((item for item in plain if item), "").partition("/")
    status = _text(one.get("operationalStatus")) or _text(one.get("status"))
    admin = _text(one.get("administrativeStatus"))
    return InterfaceRow(
        key,
        _text(one.get("description")),
        admin == "up" if admin else None,
        status == "up" if status else None,
        ip or None,
        int(bits) if re.fullmatch(r"[0-9]{1,3}", bits) else None,
        _text(one.get("hardwareAddress")),
        mtu=_number(one.get("mtu")),
    )


def _nodes(value: object) -> list[Node]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
