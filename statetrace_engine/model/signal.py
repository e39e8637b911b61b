"""Pure. A Signal: one raw fact from one source at one time, before interpretation; what the journal keeps."""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Action
from statetrace_engine.model.anomaly import Rule
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.reading import Reading
from statetrace_engine.model.runbook import Runbook


class Source(StrEnum):
    """Where a signal came from (SPEC 11), and the engine's own two."""

    SYSLOG_UDP = "syslog_udp"
    SYSLOG_TCP = "syslog_tcp"
    SYSLOG_FILE = "syslog_file"
    PROBE_ICMP = "probe_icmp"
    PROBE_TCP = "probe_tcp"
    PROBE_STAMP = "probe_stamp"
    TRAP = "trap"
    SNMP = "snmp"
    BMP = "bmp"
    CAPTURE = "capture"
    REPLAY = "replay"
    OPERATOR = "operator"
    ENGINE = "engine"

    __hash__ = str.__hash__  # an enum's own runs in Python, for every signal


class LogLine(Struct, frozen=True, tag="log", array_like=True, gc=False):
    """One syslog message as received: header and text, framing removed, secrets redacted."""

    raw: bytes
    is_backlog: bool = False
    """From the backlog of a sender that has just reconnected over TCP: history (SPEC 3)."""


class ProbeResult(Struct, frozen=True, tag="probe", array_like=True, gc=False):
    """What one probe saw since its last report.

    While a target answers, one report a second (or one an interval, when that is longer) sums up. The first
    miss is reported at once with `sent` 1 and `received` 0 and starts a burst; the burst's end is one report
    with `is_burst`. Times are steady seconds of the sending of the first and last packet in the report.
    """

    probe_id: str
    sent: int
    received: int
    rtt_ms: float
    """Mean of the answers; 0.0 without any."""
    first_sent_steady: float
    last_sent_steady: float
    is_burst: bool = False
    error: str = ""
    """Why nothing could be sent (`permission denied`): says nothing of the path."""


class InstalledPath(Struct, frozen=True, array_like=True, gc=False):
    next_hop: str | None
    interface: str | None
    protocol: str | None = None


class RouteReport(Struct, frozen=True, tag="route", array_like=True, gc=False):
    """What a device has installed for a prefix, as a poll, a table walk or its own message says."""

    hostname: str
    vrf: str
    prefix: str
    installed: tuple[InstalledPath, ...]
    """Empty: absent."""
    is_complete: bool = True
    """False for a truncated walk, which proves no absence."""
    interval_s: float = 0.0
    """How often it is asked; 0.0: nobody has said."""


class Trap(Struct, frozen=True, tag="trap", array_like=True, gc=False):
    """One SNMP trap or inform as received, its community cut out."""

    message: bytes
    """BER, of v1 (RFC 1157) or v2c (RFC 3416); one of v3 as its receiver put it into the form of v2c."""
    context: str = ""
    """SNMP's name for a part of the device, which often is a vrf: the contextName of v3, or what follows a listed
    community's `@`."""


class Malformed(Struct, frozen=True, tag="malformed", array_like=True, gc=False):
    """Something came that nobody can read. Its bytes may hold a secret and are not kept."""

    why: str


class PolledInterface(Struct, frozen=True, array_like=True, gc=False):
    index: int
    """ifIndex, which a restart of the device may deal out anew."""
    name: str
    admin_up: bool | None
    oper_up: bool | None
    """None: not asked, or a state that says neither (`dormant`, `testing`, `unknown`)."""


class PolledSession(Struct, frozen=True, array_like=True, gc=False):
    protocol: str
    """`bgp` or `ospf`."""
    neighbour: str
    """Its address."""
    router_id: str
    """Empty where the MIB does not say."""
    state: str
    """As the MIB names it: `established`, `full`, `twoWay`, `idle`."""
    is_up: bool
    is_admin_down: bool = False
    last_error: bytes = b""
    """bgpPeerLastError: code and subcode."""


class Polled(Struct, frozen=True, tag="polled", array_like=True, gc=False):
    """What one device answered to one round of SNMP polling. What was not asked this time is missing."""

    hostname: str
    is_answered: bool
    """False: it did not answer, although asked again; everything else is empty."""
    uptime_s: float | None = None
    """sysUpTime: smaller than before, less what 497 days overflow, means a restart."""
    interfaces: tuple[PolledInterface, ...] = ()
    sessions: tuple[PolledSession, ...] = ()
    cache_s: float = 0.0
    """How old the answer may be: the agent's cache."""
    error: str = ""
    """Why nothing can be asked (`wrong key`): says nothing of the device."""
    interval_s: float = 0.0
    """How often this is asked while nothing happens."""
    readings: tuple[Reading, ...] = ()
    """What rules hear."""


class BmpPeer(Struct, frozen=True, array_like=True, gc=False):
    """One BGP session of a router, as its BMP tells sessions apart."""

    address: str
    """Of the neighbour; empty for the router's own table of best paths, its Loc-RIB."""
    distinguisher: str = ""
    """`65010:7`: of the VRF that it is in; empty in the global table."""
    vrf: str = ""
    """The name of that VRF, where the router says it."""


class BmpRouter(Struct, frozen=True, tag="bmp-router", array_like=True, gc=False):
    """A router began to tell of its BGP, or does so no longer: then nobody sees what its neighbours offer."""

    name: str
    """sysName; like that of the signals below, for a device whose address nobody knows."""
    is_connected: bool
    text: str
    """sysDescr, or why it ended."""


class BmpSession(Struct, frozen=True, tag="bmp-session", array_like=True, gc=False):
    """A BGP session of a router is up or down."""

    name: str
    peer: BmpPeer
    is_up: bool
    reason: int = 0
    """Of Peer Down, RFC 7854 section 4.9."""
    code: int = 0
    """Of the NOTIFICATION that ended it; 0 without."""
    subcode: int = 0
    event: int = 0
    """Of BGP's state machine, RFC 4271 section 8.1; 0 without."""
    text: str = ""
    """The reason in words."""


class BmpPath(Struct, frozen=True, array_like=True, gc=False):
    prefix: str
    path_id: int = 0
    """Tells a neighbour's paths to one prefix apart, where it offers several."""
    next_hop: str = ""
    """Empty where it is withdrawn, or is the router itself."""
    link_local: str = ""


class BmpPaths(Struct, frozen=True, tag="bmp-paths", array_like=True, gc=False):
    """What one UPDATE of a neighbour changed of the watched prefixes, in one of a router's tables."""

    name: str
    peer: BmpPeer
    table: str
    """`pre` or `post`: what the neighbour offers, before and after the router's policy; `best`: the Loc-RIB."""
    withdrawn: tuple[BmpPath, ...] = ()
    announced: tuple[BmpPath, ...] = ()


class BmpTableComplete(Struct, frozen=True, tag="bmp-complete", array_like=True, gc=False):
    """End-of-RIB: what a neighbour has not offered by now, it does not."""

    name: str
    peer: BmpPeer
    table: str
    is_v6: bool
    announced: int = 0
    """Prefixes so far, watched or not."""
    withdrawn: int = 0
    is_partial: bool = False
    """The router does not tell all of its table (RFC 9069, F flag): what is missing proves nothing."""


class BmpStatistics(Struct, frozen=True, tag="bmp-statistics", array_like=True, gc=False):
    """One of the reports that a router sends at an interval: all that it told still holds."""

    name: str


class Tick(Struct, frozen=True, tag="tick", array_like=True, gc=False):
    """A deadline was due and nothing else came: journaled, so that a replay decides at the same moment."""


class Gap(Struct, frozen=True, tag="gap", array_like=True, gc=False):
    """The watcher itself was not watching (a paused machine, a restart) for so long."""

    seconds: float
    reason: str


class SettingsChanged(Struct, frozen=True, tag="settings", array_like=True):
    """The inventory and the policy in force from here on."""

    inventory: Inventory
    policy: msgspec.Raw
    """`health.policy.Policy`, encoded: the model does not know the packages above it."""
    relays: tuple[str, ...] = ()
    """Syslog peers whose messages are another device's: the header's HOSTNAME names it."""
    rules: tuple[Rule, ...] = ()
    """Anomaly rules whose files are sound, those that are disabled too."""
    runbooks: tuple[Runbook, ...] = ()
    """Without their text: what steps there are, and what verifies them."""


class SourceLost(Struct, frozen=True, tag="source", array_like=True, gc=False):
    """A source stopped or came back: a gap, never an outage."""

    source: str
    is_lost: bool
    text: str


class RuleOff(Struct, frozen=True, tag="rule-off", array_like=True, gc=False):
    """An anomaly rule cost too much: it is switched off until it is another one. Journaled, because a replay measures
    nothing."""

    rule: str
    why: str


Payload = (
    LogLine
    | ProbeResult
    | RouteReport
    | Captured
    | Compared
    | Trap
    | Malformed
    | Polled
    | BmpRouter
    | BmpSession
    | BmpPaths
    | BmpTableComplete
    | BmpStatistics
    | Tick
    | Gap
    | SettingsChanged
    | SourceLost
    | RuleOff
    | Action
)


class Signal(Struct, frozen=True, array_like=True, gc=False):
    seq: int
    """Position in the journal; 0 before it is written."""
    received_at: Epoch
    """Wall time."""
    steady: float
    """Engine time; see `statetrace_engine.model`."""
    source: Source
    peer: str
    """The sender's address, the operator's name, or empty."""
    payload: Payload
