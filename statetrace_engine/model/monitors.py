"""Pure. What the engine says of its own sight: who speaks and how much, who does not, what contradicts, how late."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard

NAMED = 50
"""Routes, devices, addresses and senders that are named of each kind; all are counted."""


class Concern(StrEnum):
    """Why a route cannot be trusted, or would find nobody; a route may have several."""

    CONFLICTING = "conflicting"
    """Fresh sources contradict each other."""
    STALE = "stale"
    """Nothing was heard of it for too long."""
    BLIND = "blind"
    """UNKNOWN for another reason: never answered, not heard yet, its device silent, this machine cut off."""
    UNPROBED = "unprobed"
    """No probe or poll watches it."""
    UNOWNED = "unowned"
    """Nobody is named who would be called."""


class Concerned(Struct, frozen=True, kw_only=True, gc=False):
    concern: Concern
    count: int
    route_ids: tuple[str, ...]
    """Some of them, in the order in which they came."""


class Voice(Struct, frozen=True, kw_only=True, gc=False):
    """One source: what it listens on or asks with, and how much it says."""

    name: str
    """As SPEC 11 names sources."""
    detail: str
    state: str
    """`running`, `failed`, `restarting`."""
    error: str = ""
    received: int = 0
    """Since the engine started."""
    dropped: int = 0
    errors: int = 0
    last_at: Epoch | None = None
    """None: it has never spoken."""
    per_s: float | None = None
    """Signals a second over the last 10 s; None: the engine has not run for so long."""
    per_s_minute: float | None = None
    """Over the last minute."""


class Disagreement(Struct, frozen=True, kw_only=True, gc=False):
    """One route on which fresh sources contradict each other now."""

    route_id: str
    since_at: Epoch
    text: str
    """`WLLS-A01-AR-01 and WLLS-B01-CR-01 disagree on link GigabitEthernet0/1`."""


class ConflictsToday(Struct, frozen=True, kw_only=True, gc=False):
    """SPEC 2: windows of 10 s of the present UTC day that have ended."""

    windows: int = 0
    """In which two or more fresh sources spoke of a route that was not HEALTHY."""
    conflicting: int = 0
    """Of these."""
    on_healthy: int = 0
    """Conflicting windows beside them, on routes that were HEALTHY: in no rate, and not hidden."""
    now: tuple[Disagreement, ...] = ()

    @property
    def ratio(self) -> float:
        return self.conflicting / self.windows if self.windows else 0.0


class Spread(Struct, frozen=True, gc=False):
    """Of some durations, in seconds; nearest rank."""

    p50: float
    p95: float
    max: float
    count: int


class Delay(Struct, frozen=True, kw_only=True, gc=False):
    """How late one outage was known, part by part, in seconds; None: that has not happened."""

    outage_id: str
    detected_at: Epoch
    signal_s: float
    """From its occurrence to the first signal."""
    uncertain_s: float
    """For probes, the half of (last good, first bad]: so much more or less."""
    evaluation_s: float
    """From the first signal to the open outage."""
    notice_s: float | None
    """From there until people were told."""
    glass_s: float | None
    """From there until a console showed it."""

    @property
    def total_s(self) -> float:
        """From its occurrence to the glass, or as far as it has come: the sum of its parts."""
        return self.signal_s + self.evaluation_s + (self.glass_s or 0.0)


class Lateness(Struct, frozen=True, kw_only=True, gc=False):
    """The parts over some outages; None of none."""

    outages: int = 0
    signal: Spread | None = None
    evaluation: Spread | None = None
    notice: Spread | None = None
    glass: Spread | None = None


class RunbooksUsed(Struct, frozen=True, kw_only=True, gc=False):
    """Of the outages of the last 24 h."""

    outages: int = 0
    by_generic: int = 0
    """Served by the runbook for what nobody knows: where it is more than `unknown`, a runbook is missing."""
    unknown: int = 0
    """Whose cause is not known."""
    opened: int = 0
    """An operator has begun to work by a runbook."""
    worked: int = 0
    """A step was done or skipped."""

    @property
    def generic_ratio(self) -> float:
        return self.by_generic / self.outages if self.outages else 0.0


class Backlog(Struct, frozen=True, kw_only=True, gc=False):
    """What waits, and what had to be dropped since the engine started."""

    waiting: int = 0
    """Signals between their source and their evaluation."""
    evaluation_ms: float = 0.0
    """Receipt to evaluation, worst of the last second."""
    journal: int = 0
    """Signals that are not on disk yet."""
    store: int = 0
    """Batches of changes that are not on disk yet."""
    dropped: dict[str, int] = {}
    """Signals, by source."""


class Monitors(Struct, frozen=True, kw_only=True):
    at: Epoch
    is_live: bool
    """False: no engine runs, and this is what the store knows."""
    voices: tuple[Voice, ...] = ()
    unheard: int = 0
    """Devices of the inventory that have never said anything."""
    unheard_devices: tuple[str, ...] = ()
    """Some of them."""
    concerns: tuple[Concerned, ...] = ()
    """All kinds, those without routes too."""
    conflicts: ConflictsToday = ConflictsToday()
    cards: tuple[AnomalyCard, ...] = ()
    """Open ones of the engine itself: probe targets that answer nobody, conflicts older than 5 min."""
    rules_off: dict[str, str] = {}
    """Anomaly rules that should run and do not, and why."""
    rules_skipped: int = 0
    """Messages of floods that no rule looked at, since the engine started."""
    unknown: int = 0
    """Messages of senders that no device of the inventory is."""
    unknown_senders: dict[str, int] = {}
    """The loudest of them."""
    senders: int = 0
    """How many such senders there are; beyond 1,000 they are not told apart."""
    shared: int = 0
    """Addresses that several devices claim: what comes from them counts only where it names its device."""
    shared_addresses: dict[str, tuple[str, ...]] = {}
    """Some of them, and those devices."""
    unparsed: int = 0
    last_unparsed: tuple[str, ...] = ()
    runbooks: RunbooksUsed = RunbooksUsed()
    backlog: Backlog = Backlog()
    today: Lateness = Lateness()
    """Of the present UTC day; of more than 2,000 outages the last."""
    recent: Lateness = Lateness()
    """Of the last 50 outages."""
    last: tuple[Delay, ...] = ()
    """The last 5, newest first."""
