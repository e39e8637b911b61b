"""Pure. What BMP's messages say (RFC 7854, 8671, 9069), in the words of the RFCs."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.wire import bgp
from statetrace_engine.wire.bgp import Dialect, Family, Notification, Open
from statetrace_engine.wire.bgp_nlri import rd_text
from statetrace_engine.wire.bgp_words import EVENTS

_NO_RD = bytes(8)


class PeerKind(IntEnum):
    """RFC 7854 section 4.2, RFC 9069 section 4.1."""

    GLOBAL = 0
    RD = 1
    LOCAL = 2
    LOC_RIB = 3


class View(StrEnum):
    """Which of a router's tables a message is about."""

    IN_PRE_POLICY = "adj-rib-in pre-policy"
    IN_POST_POLICY = "adj-rib-in post-policy"
    OUT_PRE_POLICY = "adj-rib-out pre-policy"
    OUT_POST_POLICY = "adj-rib-out post-policy"
    LOC_RIB = "loc-rib"


class Peer(Struct, frozen=True, kw_only=True):
    """The per-peer header (RFC 7854 section 4.2)."""

    kind: PeerKind
    view: View = View.IN_PRE_POLICY
    """Says nothing in Peer Up and Peer Down, which are about all views (RFC 8671 section 4)."""
    is_filtered: bool = False
    """Of Loc-RIB: not all of it is sent."""
    has_as4: bool = True
    """AS_PATH in four octets a number."""
    rd: bytes = _NO_RD
    """The distinguisher: of the VRF the peer is in (kind RD), or whatever tells instances apart."""
    address: str
    """Empty for Loc-RIB."""
    asn: int
    bgp_id: str
    at: Epoch | None = None
    """When it happened by the router's clock, which may be coarse; None when it does not say."""

    @property
    def distinguisher(self) -> str:
        """As `rd_text` prints it; empty for the global instance."""
        return "" if self.rd == _NO_RD else rd_text(self.rd)


class Information(Struct, frozen=True):
    """A text about the router or the peer: TLVs of types 0 string, 1 sysDescr, 2 sysName, 3 VRF or table name."""

    kind: int
    text: str
    """Sanitised."""


STRING, SYS_DESCR, SYS_NAME, TABLE_NAME = 0, 1, 2, 3


class RouteMonitoring(Struct, frozen=True):
    peer: Peer
    update: bytes
    """A BGP UPDATE for `bgp_update.decode`, unread."""


class Statistic(Struct, frozen=True, gc=False):
    kind: int
    """RFC 7854 section 4.8 and RFC 8671 section 6.2; `STATISTICS` has the words."""
    value: int
    family: Family | None = None


class StatisticsReport(Struct, frozen=True):
    peer: Peer
    statistics: tuple[Statistic, ...]
    unknown: int = 0
    """How many more there were, of types that are not known."""


class DownReason(IntEnum):
    """RFC 7854 section 4.9, RFC 9069 section 5.3."""

    LOCAL_NOTIFICATION = 1
    LOCAL_EVENT = 2
    REMOTE_NOTIFICATION = 3
    REMOTE_SILENT = 4
    DECONFIGURED = 5
    """The router stops telling of the peer, by configuration; the session may live on."""
    LOCAL_TABLE = 6


_DOWN_WORDS = {
    DownReason.LOCAL_NOTIFICATION: "closed by the router",
    DownReason.LOCAL_EVENT: "closed by the router without a NOTIFICATION",
    DownReason.REMOTE_NOTIFICATION: "closed by the peer",
    DownReason.REMOTE_SILENT: "closed by the peer without a NOTIFICATION",
    DownReason.DECONFIGURED: "no longer monitored, by configuration",
    DownReason.LOCAL_TABLE: "closed by the router, table",
}


class PeerDown(Struct, frozen=True):
    peer: Peer
    reason: int
    """A `DownReason`, or a number that is not known."""
    notification: Notification | None = None
    """For reasons 1 and 3."""
    event: int | None = None
    """For reason 2: of BGP's state machine (RFC 4271 section 8.1)."""
    information: tuple[Information, ...] = ()
    """For reason 6."""
    trouble: str = ""
    """What of it cannot be read: that the peer is down is worth more than why."""

    @property
    def words(self) -> str:
        """`closed by the peer: Cease: Administrative Shutdown: works till 5`."""
        said = [_DOWN_WORDS.get(self.reason, f"reason {self.reason}")]  # type: ignore[call-overload]
        if self.notification is not None:
            said.append(self.notification.words)
        if self.event:
            said.append(EVENTS[self.event] if self.event < len(EVENTS) else f"event {self.event}")
        return ": ".join(said + [one.text for one in self.information])


class PeerUp(Struct, frozen=True):
    peer: Peer
    local_address: str
    """Empty when the router does not say, as for Loc-RIB."""
    local_port: int
    remote_port: int
    sent: Open | None
    received: Open | None
    """None when the router has not kept it and sends a bare header (FRR, after a restart of its BMP)."""
    information: tuple[Information, ...] = ()

    @property
    def table_name(self) -> str:
        """Of the VRF, for Loc-RIB; empty when not said."""
        return next((one.text for one in self.information if one.kind == TABLE_NAME), "")

    def dialect(self, view: View) -> Dialect:
        """How the UPDATEs of this peer are written in this view; the AS width is its Route Monitoring messages' own."""
        if view in (View.OUT_PRE_POLICY, View.OUT_POST_POLICY):
            return bgp.negotiated(self.received, self.sent)
        found = bgp.negotiated(self.sent, self.received)
        if view == View.LOC_RIB and self.sent is not None and self.received is not None:
            # Nobody negotiates with a table: both OPENs are made up, and either mode may be in them (RFC 9069 4.2).
            listed = {family for family, _ in self.sent.add_path} & {family for family, _ in self.received.add_path}
            return Dialect(add_path=frozenset(listed), label_stacks=found.label_stacks, limit=found.limit)
        return found


class Initiation(Struct, frozen=True):
    information: tuple[Information, ...]

    @property
    def sys_name(self) -> str:
        return next((one.text for one in self.information if one.kind == SYS_NAME), "")

    @property
    def sys_descr(self) -> str:
        return next((one.text for one in self.information if one.kind == SYS_DESCR), "")


TERMINATIONS = {
    0: "session administratively closed",
    1: "unspecified reason",
    2: "out of resources",
    3: "redundant connection",
    4: "session permanently administratively closed",
}
"""RFC 7854 section 4.5."""


class Termination(Struct, frozen=True):
    reason: int | None
    """None when it gives none; `TERMINATIONS` has the words."""
    texts: tuple[str, ...] = ()


class RouteMirroring(Struct, frozen=True):
    """Verbatim BGP messages, which are counted (RFC 7854 section 4.7)."""

    peer: Peer
    messages: int
    has_lost: bool = False
    """The router dropped some for lack of room."""
    has_error: bool = False
    """One was malformed and was treated as withdrawn."""


Message = RouteMonitoring | StatisticsReport | PeerDown | PeerUp | Initiation | Termination | RouteMirroring

STATISTICS = {
    0: "prefixes rejected by inbound policy",
    1: "duplicate prefix advertisements",
    2: "duplicate withdraws",
    3: "updates invalidated by a CLUSTER_LIST loop",
    4: "updates invalidated by an AS_PATH loop",
    5: "updates invalidated by ORIGINATOR_ID",
    6: "updates invalidated by an AS_CONFED loop",
    7: "routes in Adj-RIBs-In",
    8: "routes in Loc-RIB",
    9: "routes in Adj-RIB-In, by family",
    10: "routes in Loc-RIB, by family",
    11: "updates treated as withdraw",
    12: "prefixes treated as withdraw",
    13: "duplicate update messages",
    14: "routes in pre-policy Adj-RIB-Out",
    15: "routes in post-policy Adj-RIB-Out",
    16: "routes in pre-policy Adj-RIB-Out, by family",
    17: "routes in post-policy Adj-RIB-Out, by family",
}
BY_FAMILY = frozenset({9, 10, 16, 17})
