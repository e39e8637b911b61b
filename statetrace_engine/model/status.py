"""Pure. What the engine says about itself, and the frames in which consoles receive everything."""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import CardCounts
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import Incident, OutageEvent


class SourceStatus(Struct, frozen=True, kw_only=True):
    name: str
    """As SPEC 11 names sources."""
    detail: str
    """`0.0.0.0:5514`, `icmp (datagram socket)`, a file."""
    state: str
    """`running`, `failed`, `restarting`."""
    received: int = 0
    dropped: int = 0
    errors: int = 0
    refused: dict[str, int] = {}
    """Of the errors: messages that could be read and were not taken, by why."""
    last_at: Epoch | None = None
    connections: int = 0
    """Routers that tell of their BGP."""
    silent: int = 0
    """Connected, and no message has come."""
    error: str = ""
    planned: int = 0
    """Of work that will end, how much there is: files of the inbox; 0: none now."""
    done: int = 0
    """Of these."""
    began_at: Epoch | None = None


class Banner(Struct, frozen=True, kw_only=True):
    """What must be said above the data."""

    kind: str
    """`isolated`, `data`, `store`, `journal`, `config`, `behind`, `source`, `rules`, `runbooks`."""
    text: str
    since_at: Epoch


class Counters(Struct, frozen=True, kw_only=True):
    signals: dict[str, int] = {}
    """By source."""
    unparsed: int = 0
    unrelated: int = 0
    dropped: int = 0
    unknown_senders: dict[str, int] = {}
    """By address or hostname; at most 1,000 of them."""
    last_unparsed: tuple[str, ...] = ()
    """`SENDER: why` of the last twenty messages that could not be understood; sanitised."""
    queue_depth: int = 0
    redacted: int = 0
    restarts: int = 0
    """Of tasks, by the supervisor."""


class EngineStatus(Struct, frozen=True, kw_only=True):
    version: str
    pid: int
    started_at: Epoch
    at: Epoch
    home: str
    routes: int = 0
    devices: int = 0
    unowned: int = 0
    unprobed: int = 0
    is_isolated: bool = False
    banners: tuple[Banner, ...] = ()
    sources: tuple[SourceStatus, ...] = ()
    counters: Counters = Counters()
    last_signal_at: Epoch | None = None
    last_change_at: Epoch | None = None
    lag_ms: float = 0.0
    """Receipt of a signal to its evaluation, worst of the last second."""
    cards: CardCounts = CardCounts()


class Frame(Struct, frozen=True, kw_only=True):
    """Everything that changed since the subscriber last asked: latest wins.

    The first frame of a subscription is complete; `removed` names routes that are no longer watched.
    """

    is_full: bool
    routes: tuple[RouteHealth, ...]
    removed: tuple[str, ...]
    outages: tuple[OutageEvent, ...]
    incidents: tuple[Incident, ...]
    status: EngineStatus
