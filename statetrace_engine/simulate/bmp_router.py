"""Pure. What one simulated router tells over BMP (RFC 7854): the difference between what it has told and what is so.

Initiation; Peer Up, Route Monitoring, End-of-RIB for each session; later Peer Down, withdrawals, and back
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from statetrace_engine.model import Epoch
from statetrace_engine.simulate.faults import State, port_fields
from statetrace_engine.simulate.network import End, Network, Node
from statetrace_engine.wire import bgp_update, bmp_encode
from statetrace_engine.wire.bgp import IPV4, Dialect, Open
from statetrace_engine.wire.bgp_attributes import Attributes, Origin, Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import Route, packed
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_encode import Sendable
from statetrace_engine.wire.bmp_messages import (
    DownReason,
    Peer,
    PeerDown,
    PeerKind,
    PeerUp,
    RouteMonitoring,
    Statistic,
    StatisticsReport,
)

_BGP_PORT, _HIGH_PORT = 179, 40_000
_HOLD_S = 9
_CONNECTION_FAILS = 18
"""Of BGP's state machine (RFC 4271 section 8.1.4)."""
_ADJ_RIB_IN = 7
"""Routes in Adj-RIBs-In (RFC 7854 section 4.8)."""
_AT_ONCE = 500
"""Prefixes that one UPDATE has room for."""


class BmpRouter:
    """`begin` with each connection, then `news` whenever something may have changed; both are bytes to send."""

    def __init__(self, network: Network, node: Node) -> None:
        self.sessions = tuple(_session(network, end) for end in network.ends_of(node.hostname) if _is_bgp(end))
        """Those that it tells of."""
        self._node = node
        self._told: dict[_Session, _Told] = {}

    def begin(self) -> bytes:
        """Nothing has been told yet."""
        self._told = dict.fromkeys(self.sessions, _NOTHING)
        return bmp_encode.initiation(self._node.hostname, f"{self._node.vendor}, simulated")

    def news(self, state: State, at: Epoch) -> bytes:
        """What has changed since; `at` is the router's clock."""
        said: list[Sendable] = []
        for session, before in self._told.items():
            now = _Told(state.is_up(session.end.link), session.is_watched and state.offers(session.end.link))
            self._told[session] = now
            said += self._changes(session, before, now, session.peer(at))
        return b"".join(map(bmp_encode.encode, said))

    def statistics(self, at: Epoch) -> bytes:
        """One report for each session that is up."""
        return b"".join(
            bmp_encode.encode(StatisticsReport(session.peer(at), (Statistic(_ADJ_RIB_IN, len(session.prefixes)),)))
            for session, told in self._told.items()
            if told.is_up
        )

    def _changes(self, session: _Session, before: _Told, now: _Told, peer: Peer) -> Iterator[Sendable]:
        if not now.is_up:
            if before.is_up:
                yield PeerDown(peer, DownReason.LOCAL_EVENT, event=_CONNECTION_FAILS)
            return
        if not before.is_up:
            yield self._up(session, peer)
        if now.is_offered and not (before.is_offered and before.is_up):
            yield from _monitored(peer, (_announcing(session, some) for some in session.routes()))
        elif before.is_offered and not now.is_offered:
            yield from _monitored(peer, (Update(withdrawn=some) for some in session.routes()))
        if not before.is_up:
            yield RouteMonitoring(peer, bgp_update.encode_end_of_rib(IPV4))

    def _up(self, session: _Session, peer: Peer) -> PeerUp:
        ours, theirs = (
            Open(asn=asn, hold_time_s=_HOLD_S, bgp_id=bgp_id, families=(IPV4,), has_as4=True)
            for asn, bgp_id in ((self._node.asn, self._node.router_id), (peer.asn, peer.bgp_id))
        )
        return PeerUp(peer, session.end.this.address, _BGP_PORT, _HIGH_PORT, ours, theirs)


@dataclass(frozen=True, slots=True)
class _Told:
    is_up: bool
    is_offered: bool
    """It offers the watched prefixes."""


_NOTHING = _Told(False, False)


@dataclass(frozen=True, slots=True)
class _Session:
    end: End
    asn: int
    bgp_id: str
    prefixes: tuple[str, ...]
    """The watched ones that its neighbour offers."""

    @property
    def is_watched(self) -> bool:
        return bool(self.prefixes)

    def peer(self, at: Epoch) -> Peer:
        return Peer(kind=PeerKind.GLOBAL, address=self.end.other.address, asn=self.asn, bgp_id=self.bgp_id, at=at)

    def routes(self) -> Iterator[tuple[Route, ...]]:
        """As many at a time as one UPDATE holds."""
        for first in range(0, len(self.prefixes), _AT_ONCE):
            yield tuple(Route(IPV4, packed(prefix)) for prefix in self.prefixes[first : first + _AT_ONCE])


def _is_bgp(end: End) -> bool:
    return end.link.protocol == "bgp"


def _session(network: Network, end: End) -> _Session:
    fields = port_fields(network, end.this, end.other)
    is_uplink = end.this is end.link.near
    watched = network.routes_of(end.this.hostname) if is_uplink else ()
    return _Session(end, int(fields["asn"]), fields["router_id"], tuple(route.prefix for route in watched))


def _announcing(session: _Session, routes: tuple[Route, ...]) -> Update:
    path = (Segment(SegmentKind.SEQUENCE, (session.asn,)),)
    reach = Reach(IPV4, session.end.other.address, "", routes)
    return Update(reaches=(reach,), attributes=Attributes(origin=Origin.IGP, as_path=path))


def _monitored(peer: Peer, updates: Iterable[Update]) -> Iterator[RouteMonitoring]:
    return (RouteMonitoring(peer, bgp_update.encode(update, Dialect())) for update in updates)
