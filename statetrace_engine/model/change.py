"""Pure. What `pipeline.feed` answers: everything that a signal changed."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.action import ActionResult, LookedRun
from statetrace_engine.model.anomaly import AnomalyCard, CardStep
from statetrace_engine.model.health import RouteHealth, RouteHealthSnapshot
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.model.people import AuditEntry


class HealthChanged(Struct, frozen=True, kw_only=True, gc=False):
    """A row changed; `snapshot` when state, severity, failover or an overlay did."""

    health: RouteHealth
    snapshot: RouteHealthSnapshot | None


class OutageStep(StrEnum):
    OPENED = "opened"
    CHANGED = "changed"
    REOPENED = "reopened"
    NOTIFIED = "notified"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


class OutageChanged(Struct, frozen=True, kw_only=True, gc=False):
    step: OutageStep
    outage: OutageEvent


class Notice(Struct, frozen=True, kw_only=True, gc=False):
    """Tell people: an outage after its grace period, its worsening, its recovery."""

    outage: OutageEvent
    kind: str
    """`opened`, `worse`, `lapsed`, `recovered`; `ended`: its evidence was taken back, and nothing proves recovery."""
    at: Epoch


class IncidentChanged(Struct, frozen=True, kw_only=True, gc=False):
    incident: Incident


class Isolated(Struct, frozen=True, kw_only=True, gc=False):
    """The engine's own network is gone, or back."""

    is_isolated: bool
    at: Epoch
    text: str


class FirstLook(Struct, frozen=True, kw_only=True, gc=False):
    """What nobody had looked at before."""

    at: Epoch
    hostname: str
    outage_ids: tuple[str, ...]
    runs: tuple[LookedRun, ...]


class Acted(Struct, frozen=True, kw_only=True, gc=False):
    """An operator's action took effect; `audit` is without sequence and digest, which the store gives."""

    result: ActionResult
    audit: tuple[AuditEntry, ...]
    looked: FirstLook | None = None


class WorkTold(StrEnum):
    OPENED = "opened"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    TAKEN_BACK = "taken back"
    """What had made a step green no longer holds, or its operator was mistaken, …"""
    NOT_SKIPPED = "not skipped"
    """… and so of one that they had skipped."""


class Worked(Struct, frozen=True, kw_only=True, gc=False):
    """Something became of a runbook's step, by an operator or by evidence."""

    what: WorkTold
    outage_id: str
    runbook: str
    step: str
    operator: str
    is_verified: bool
    """By evidence."""
    done: int
    """Steps of that runbook, completed or skipped, …"""
    of: int
    """… of so many."""
    duration_s: float = 0.0
    """From the start of the step."""


class CardChanged(Struct, frozen=True, kw_only=True, gc=False):
    """A finding that is no outage: of a rule, or the engine's own (`probe target silent`)."""

    step: CardStep
    card: AnomalyCard


Change = HealthChanged | OutageChanged | Notice | IncidentChanged | Isolated | Acted | Worked | CardChanged
