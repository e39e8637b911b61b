"""What a router says over one BMP connection, as signals: its sessions, and what they offer of the watched prefixes.

    Initiation, Peer Up, 180,000 × Route Monitoring, End-of-RIB  →  5 signals, and the counts of all

The feed itself goes no further than this: an UPDATE that touches no watched prefix is counted and forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field

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
from statetrace_engine.wire import bgp, bmp
from statetrace_engine.wire.bgp import BgpError, Dialect
from statetrace_engine.wire.bgp_nlri import SAFI_UNICAST
from statetrace_engine.wire.bmp import PEER_LENGTH, BmpError, Frame, Kind
from statetrace_engine.wire.bmp_feed import Announced, Feed, TableComplete, Told, Watched, Withdrawn
from statetrace_engine.wire.bmp_messages import (
    TERMINATIONS,
    Initiation,
    Message,
    Peer,
    PeerDown,
    PeerKind,
    PeerUp,
    StatisticsReport,
    Termination,
    View,
)

PEERS = 10_000
"""Sessions of one router; more are a router that has lost its mind."""
AT_ONCE = 100
"""Prefixes withdrawn or announced in one signal."""
_TABLES = {View.IN_PRE_POLICY: "pre", View.IN_POST_POLICY: "post", View.LOC_RIB: "best"}
"""What a router tells its own neighbours (Adj-RIB-Out) says nothing of where its packets go."""
_KEY = 26
"""Octets at the start of a per-peer header that tell views of peers apart: type, flags, distinguisher, address."""
_KEYS = 32
"""Of one session: its flags may be written in a few ways."""

_NOTHING = Watched({})
Say = Callable[[Payload], None]


class _View(Struct):
    """One table of one peer, as the flags of its messages name it."""

    feed: Feed
    peer: Peer
    session: _Session
    table: str


class _Session(Struct):
    """What is known of one peer on this connection."""

    up: PeerUp | None = None
    is_down: bool = False
    """By its last Peer Down: what comes of it now is old."""
    said: BmpSession | None = None
    """What was told of it last."""
    vrf: str = ""
    """As its Peer Up names its table."""
    views: dict[View, _View] = field(default_factory=dict)
    keys: set[bytes] = field(default_factory=set)
    """Of its views, and of those that nobody reads."""


class Router:
    """One connection, from its first message to its end; `say` takes every signal that comes of it."""

    def __init__(self, say: Say, watched_by: Callable[[str], Watched]) -> None:
        """`watched_by` answers with the watched prefixes of a router of that sysName."""
        self.name = ""
        self.descr = ""
        self.has_begun = False
        """It sent its Initiation, which comes first."""
        self.has_ended = False
        """It said that it goes: its Termination."""
        self.goodbye = ""
        self.messages = 0
        self.errors = 0
        """Messages that cannot be read, or are of no peer."""
        self.error = ""
        """The last of these, in words."""
        self.fatal = ""
        """Why it is not listened to any longer."""
        self._say = say
        self._watched_by = watched_by
        self._watched = _NOTHING
        self._sessions: dict[bytes, _Session] = {}
        self._views: dict[bytes, _View] = {}
        self._closed: set[bytes] = set()
        """Keys of views that nobody reads: of peers that are down, and what the router tells its neighbours."""
        self._vrfs: dict[str, str] = {}
        """Distinguisher → VRF, as the router's Peer Ups say."""
        self._reporting: bytes | None = None
        """The peer whose statistics stand for all: they come in a burst of all peers."""

    @property
    def announced(self) -> int:
        """Prefixes in the tables that are read, so far."""
        return sum(view.feed.announced for session in self._sessions.values() for view in session.views.values())

    def tables(self) -> Iterator[tuple[bytes, View | None]]:
        """What it tells of: each peer, as `Frame.peer` names it, and each of its tables."""
        for peer, session in self._sessions.items():
            if not session.is_down:
                yield peer, None
                for view in session.views:
                    yield peer, view

    def knows(self, peer: bytes, view: View | None) -> bool:
        """Whether it tells of that table, or that its peer is down."""
        session = self._sessions.get(peer)
        return session is not None and (session.is_down or view is None or view in session.views)

    def watch(self) -> None:
        """The watched prefixes may be others from now on; before its Initiation nobody knows whose they would be."""
        if not self.has_begun:
            return
        self._watched = self._watched_by(self.name)
        for session in self._sessions.values():
            for view in session.views.values():
                view.feed.watched = self._watched

    def take(self, frame: Frame) -> None:
        """One message. What cannot be read is counted."""
        self.messages += 1
        if not self.has_begun and frame.kind != Kind.INITIATION:
            self.fatal = "the first message is no Initiation: no router speaks BMP here"
            return
        try:
            if frame.kind == Kind.ROUTE_MONITORING:
                self._route(frame)
            elif frame.kind != Kind.ROUTE_MIRRORING:
                self._message(frame, bmp.decode(frame))
        except (BmpError, BgpError) as error:
            self.errors += 1
            self.error = str(error)

    # Routes -----------------------------------------------------------------------------------------------------------

    def _route(self, frame: Frame) -> None:
        """The path that a whole feed takes: short."""
        view = self._views.get(frame.body[:_KEY])
        if view is None:
            view = self._new_view(frame)
            if view is None:
                return
        told = view.feed.read(frame.body[PEER_LENGTH:], has_as4=view.peer.has_as4)
        if told:
            self._tell(view, told)

    def _new_view(self, frame: Frame) -> _View | None:
        """None: what nobody wants to read."""
        key = frame.body[:_KEY]
        if key in self._closed:
            return None
        peer = bmp.decode_peer(frame.body)
        session = self._session(frame)
        if len(session.keys) >= _KEYS:
            raise BmpError(f"a peer of more than {_KEYS} kinds")
        session.keys.add(key)
        table = _TABLES.get(peer.view)
        if session.is_down or table is None:
            self._closed.add(key)
            return None
        known = session.views.get(peer.view)
        if known is None:
            feed = Feed(_dialect(session.up, peer), self._watched)
            known = session.views[peer.view] = _View(feed, peer, session, table)
        self._views[key] = view = _View(known.feed, peer, session, table)
        return view

    def _tell(self, view: _View, told: tuple[Told, ...]) -> None:
        withdrawn: list[BmpPath] = []
        announced: list[BmpPath] = []
        for one in told:
            if isinstance(one, TableComplete):
                self._complete(view, one)
            elif one.route.family.safi == SAFI_UNICAST:
                if isinstance(one, Withdrawn):
                    withdrawn.append(BmpPath(str(one.route.prefix), one.route.path_id or 0))
                else:
                    announced.append(_path(one))
        peer = self._peer(view.peer, view.session)
        for at in range(0, max(len(withdrawn), len(announced)), AT_ONCE):
            some, others = tuple(withdrawn[at : at + AT_ONCE]), tuple(announced[at : at + AT_ONCE])
            self._say(BmpPaths(self.name, peer, view.table, some, others))

    def _complete(self, view: _View, told: TableComplete) -> None:
        if told.family.safi == SAFI_UNICAST:
            feed, peer = view.feed, view.peer
            self._say(
                BmpTableComplete(
                    self.name,
                    self._peer(peer, view.session),
                    view.table,
                    told.family.afi == 2,
                    feed.announced,
                    feed.withdrawn,
                    peer.is_filtered,
                )
            )

    def _peer(self, peer: Peer, session: _Session) -> BmpPeer:
        distinguisher = peer.distinguisher if peer.kind in (PeerKind.RD, PeerKind.LOC_RIB) else ""
        vrf = session.vrf or (self._vrfs.get(distinguisher, "") if distinguisher else "")
        return BmpPeer(peer.address, distinguisher, vrf)

    # All the rest -----------------------------------------------------------------------------------------------------

    def _message(self, frame: Frame, message: Message) -> None:
        if isinstance(message, Initiation):
            self.name, self.descr = message.sys_name, message.sys_descr
            is_first, self.has_begun = not self.has_begun, True
            self.watch()
            if is_first:
                self._say(BmpRouter(self.name, True, self.descr))
        elif isinstance(message, Termination):
            self.has_ended = True
            words = TERMINATIONS.get(message.reason or 0, "") if message.reason is not None else ""
            self.goodbye = ": ".join(filter(None, (words, *message.texts)))
        elif isinstance(message, PeerUp):
            self._up(frame, message)
        elif isinstance(message, PeerDown):
            self._down(frame, message)
        elif isinstance(message, StatisticsReport):
            self._statistics(frame)

    def _session(self, frame: Frame) -> _Session:
        known = self._sessions.get(frame.peer)
        if known is None:
            if len(self._sessions) >= PEERS:
                raise BmpError(f"more than {PEERS} peers")
            known = self._sessions[frame.peer] = _Session()
        return known

    def _up(self, frame: Frame, message: PeerUp) -> None:
        """Its tables begin anew."""
        session = self._session(frame)
        session.up, session.is_down = message, False
        self._forget_views(session)
        session.vrf = message.table_name
        if message.table_name and len(self._vrfs) < PEERS:
            self._vrfs[message.peer.distinguisher] = message.table_name
        self._tell_session(session, BmpSession(self.name, self._peer(message.peer, session), True))

    def _down(self, frame: Frame, message: PeerDown) -> None:
        """Once: it comes again with each failed attempt to connect."""
        if message.trouble:
            self.errors += 1
            self.error = message.trouble
        session = self._session(frame)
        session.up, session.is_down = None, True
        self._forget_views(session)
        if self._reporting == frame.peer:
            self._reporting = None
        said = message.notification
        self._tell_session(
            session,
            BmpSession(
                self.name,
                self._peer(message.peer, session),
                False,
                message.reason,
                said.code if said is not None else 0,
                said.subcode if said is not None else 0,
                message.event or 0,
                message.words,
            ),
        )

    def _tell_session(self, session: _Session, told: BmpSession) -> None:
        if told.is_up or told != session.said:
            self._say(told)
        session.said = told

    def _forget_views(self, session: _Session) -> None:
        for key in session.keys:
            self._views.pop(key, None)
        self._closed -= session.keys
        session.keys.clear()
        session.views.clear()

    def _statistics(self, frame: Frame) -> None:
        if self._reporting is None:
            self._reporting = frame.peer
        if self._reporting == frame.peer:
            self._say(BmpStatistics(self.name))


def _path(one: Announced) -> BmpPath:
    next_hop = "" if one.next_hop in ("0.0.0.0", "::") else one.next_hop
    return BmpPath(str(one.route.prefix), one.route.path_id or 0, next_hop, one.link_local)


def _dialect(up: PeerUp | None, peer: Peer) -> Dialect:
    return bgp.negotiated(None, None) if up is None else up.dialect(peer.view)
