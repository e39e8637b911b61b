"""Pure. An Observation: a Signal after interpretation."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import InstalledPath, Source


class Plane(StrEnum):
    LINK = "link"
    SESSION = "session"
    ROUTE = "route"
    DATA = "data"
    CONTEXT = "context"
    """Beside the planes: what surrounds a route (HSRP, VRRP, tracked objects) and never decides its state."""


class Verdict(StrEnum):
    UP = "up"
    DOWN = "down"
    IMPAIRED = "impaired"


class SubjectKind(StrEnum):
    DEVICE = "device"
    INTERFACE = "interface"
    NEIGHBOUR = "neighbour"
    """A routing session or adjacency; `protocol` is bgp, ospf, isis, eigrp."""
    BFD = "bfd"
    PREFIX = "prefix"
    OFFER = "offer"
    """What a BGP neighbour offers for a prefix, be it taken or not."""
    PROBE = "probe"


class Reason(StrEnum):
    """Why, in the device's own words, as far as causes tell reasons apart (SPEC 4)."""

    NONE = ""
    ADMIN = "admin"
    """Administratively down; BGP Cease 2 or 3; BFD AdminDown: at this end."""
    ADMIN_REMOTE = "admin-remote"
    INTERFACE_DOWN = "interface-down"
    HOLD_TIMER = "hold-timer"
    BFD_DOWN = "bfd-down"
    MAX_PREFIX = "max-prefix"
    AUTHENTICATION = "authentication"
    GRACEFUL_RESTART = "graceful-restart"
    CONFIG = "config"
    RELOAD = "reload"
    PEER_CLOSED = "peer-closed"
    RESET = "reset"
    """Cleared by an operator at either end: it comes back by itself."""
    OTHER = "other"


class Fact(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What one log line says about one subject of the device that sent it.

    Without the names of its fields where it is saved: a checkpoint is made of these.
    """

    plane: Plane
    kind: SubjectKind
    name: str
    """Canonical interface, neighbour's address, or prefix; empty for the device."""
    verdict: Verdict
    protocol: str = ""
    vrf: str = "default"
    reason: Reason = Reason.NONE
    detail: str = ""
    """The device's own words for the reason, sanitised."""
    installed: tuple[InstalledPath, ...] = ()
    """For prefixes: what carries them now."""
    peer_names: tuple[str, ...] = ()
    """Other names of the subject in the same message: an OSPF neighbour's interface beside its router id."""
    is_reason_sure: bool = True
    """False: the reason may be that of an earlier session, or of either end."""


class DeviceEventKind(StrEnum):
    RESTART = "restart"
    CONFIG_CHANGE = "config-change"
    CONFIG_COMMAND = "config-command"


class DeviceEvent(Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to a device as a whole."""

    kind: DeviceEventKind
    text: str
    """Sanitised and redacted; for a command, the command."""
    who: str = ""


class LogMessage(Struct, frozen=True, kw_only=True, gc=False):
    """A syslog line understood: who sent it, when by its own clock, and what it says."""

    hostname: str
    """From the header, canonical; empty when it names none."""
    device_time: Epoch | None
    """The device's timestamp; year and zone filled in from the receipt where the header has none."""
    is_time_trustworthy: bool
    """Sub-second resolution and no IOS `*` or `.` mark (SPEC 3)."""
    is_whole_second: bool
    """No such mark, and no more than a second's resolution."""
    mnemonic: str
    """`BGP-5-ADJCHANGE`, `RPD_BGP_NEIGHBOR_STATE_CHANGED`, or empty."""
    facts: tuple[Fact, ...]
    events: tuple[DeviceEvent, ...] = ()
    assumed_zone_s: int | None = None
    """The offset that `device_time` was filled in with, the nearest to the receipt; None when the header tells it."""


class TrapMessage(Struct, frozen=True, kw_only=True, gc=False):
    """An SNMP notification understood: what it says of the device that sent it."""

    name: str
    """As its MIB calls it: `linkDown`."""
    facts: tuple[Fact, ...]
    events: tuple[DeviceEvent, ...] = ()


class Unrelated(Struct, frozen=True, kw_only=True, gc=False):
    """A well-formed message about something else: counted."""

    hostname: str


class Unparsed(Struct, frozen=True, kw_only=True, gc=False):
    """Malformed, or a message that should have been understood: kept, counted, shown."""

    hostname: str
    why: str


class Observation(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """A fact with its subject's device, its witness and its clocks, as the health machine takes it."""

    hostname: str
    """The device the subject belongs to, not necessarily the one that spoke."""
    fact: Fact
    witness: str
    """The device or prober that saw it."""
    source: Source
    seq: int
    steady: float
    """When it was received, on the engine's clock."""
    received_at: Epoch
    occurred_at: Epoch | None = None
    """The device's own time, when it can be trusted (SPEC 3)."""
    is_history: bool = False
    looked: tuple[float, float] | None = None
    """Of polls: when what they show was last not so yet, and when one first showed it; steady. None: it was told."""
    until: Epoch | None = None
    """By a device's clock of whole seconds that agrees with ours: the latest moment at which it can have been."""
