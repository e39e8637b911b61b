"""What a router tells of its BGP in a journey, in words: the event `bmp = ["connected", "up 10.1.1.2", …]`.

connected, lost, statistics            the connection, and that it still tells
up 10.1.1.2                            a session; `down 10.1.1.2 3 6 2` with the reason, code and subcode
offer 10.1.1.2 post                    an announcement in a table (`pre`, `post`); another next hop may stand behind it
withdraw 10.1.1.2 post                 and its end; `complete 10.1.1.2 post` is the end of the table
best 10.1.1.2                          the router's own best path; `best` alone: it has none

A neighbour `10.1.1.2/65010:7` is one in a vrf of which the router tells the distinguisher and not the name.
"""

from __future__ import annotations

from collections.abc import Callable

from statetrace_engine.model.signal import (
    BmpPath,
    BmpPaths,
    BmpPeer,
    BmpRouter,
    BmpSession,
    BmpStatistics,
    BmpTableComplete,
    Payload,
)
from statetrace_engine.wire.bgp import Notification
from statetrace_engine.wire.bmp_messages import Peer, PeerDown, PeerKind


def payload(text: str, prefix: str) -> Payload:
    """The signal that such words stand for, of a route's prefix."""
    word, *rest = text.split()
    return _BMP[word](prefix, *rest)


def _paths(prefix: str, neighbour: str, table: str, is_offered: bool, next_hop: str = "") -> BmpPaths:
    path = (BmpPath(prefix, next_hop=next_hop if is_offered else ""),)
    return BmpPaths("", _peer(neighbour), table, () if is_offered else path, path if is_offered else ())


def _peer(neighbour: str) -> BmpPeer:
    address, _, distinguisher = neighbour.partition("/")
    return BmpPeer(address, distinguisher)


def _down(_prefix: str, neighbour: str, reason: str = "2", code: str = "0", subcode: str = "0") -> BmpSession:
    said = Notification(int(code), int(subcode)) if int(code) else None
    told = _peer(neighbour)
    kind = PeerKind.RD if told.distinguisher else PeerKind.GLOBAL
    peer = Peer(kind=kind, address=told.address, asn=65010, bgp_id="10.255.1.2")
    words = PeerDown(peer, int(reason), said).words
    return BmpSession("", told, False, int(reason), int(code), int(subcode), 0, words)


_BMP: dict[str, Callable[..., Payload]] = {
    "connected": lambda _: BmpRouter("", True, "a router"),
    "lost": lambda _: BmpRouter("", False, "the router closed the connection"),
    "up": lambda _, neighbour: BmpSession("", _peer(neighbour), True),
    "down": _down,
    "offer": lambda prefix, neighbour, table, hop="": _paths(
        prefix, neighbour, table, True, hop or _peer(neighbour).address
    ),
    "withdraw": lambda prefix, neighbour, table: _paths(prefix, neighbour, table, False),
    "complete": lambda prefix, neighbour, table: BmpTableComplete("", _peer(neighbour), table, ":" in prefix),
    "best": lambda prefix, hop="": _paths(prefix, "", "best", bool(hop), hop),
    "statistics": lambda _: BmpStatistics(""),
}
