"""Pure. An outage explained: what was seen, what it means, how far it reaches, what to do next (SPEC 4)."""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.health import Severity, WhyNot
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement, CauseKind, Hypothesis, OutageEvent
from statetrace_engine.model.outage import RelatedChange as RelatedChange


class SignalCell(Struct, frozen=True, kw_only=True, gc=False):
    """The newest word of one source on one plane, openable at its journal sequence."""

    plane: Plane
    verdict: Verdict
    at: Epoch
    """Receipt, wall time."""
    text: str
    """Sanitised, short."""
    seq: int
    agreement: Agreement
    count: int = 1
    """How often that source said so on that plane."""


class SignalRow(Struct, frozen=True, kw_only=True, gc=False):
    """What one source said of the route, and whether it still speaks: a row of the matrix source × plane."""

    source: str
    """As SPEC 11 names sources, `remote` for what the other end said by any of them."""
    freshness: str
    """`fresh`, `late`, `stale`, `never`, `event`, as `model.health.Freshness`."""
    last_at: Epoch | None
    interval_s: float | None
    """None: it speaks when something happens."""
    cells: tuple[SignalCell, ...]
    """One a plane at most, in the order of the planes; empty: it said nothing of this outage."""


class TouchedRoute(Struct, frozen=True, kw_only=True, gc=False):
    """One route of the blast radius."""

    route_id: str
    hostname: str
    vrf: str
    prefix: str
    owner: str
    outage_id: str
    """Empty: it has no outage, it cannot be seen."""
    severity: Severity | None
    is_open: bool


class BlastRadius(Struct, frozen=True, kw_only=True, gc=False):
    """How far an incident reaches: exact counts, and its first routes, worst first."""

    incident_id: str
    element: str
    cause: CauseKind
    route_count: int
    open_count: int
    devices: tuple[str, ...]
    sites: tuple[str, ...]
    owners: tuple[str, ...]
    routes: tuple[TouchedRoute, ...]
    """At most 200."""
    linked: tuple[str, ...] = ()
    """Incidents that may be behind it or in front of it: the upstream's."""


class NextStep(Struct, frozen=True, kw_only=True, gc=False):
    runbook: str
    title: str
    step: str
    command: str
    """Filled in for this device; empty: the step has none."""
    foreign: str = ""
    """`no command for PAN-OS; as on Cisco IOS`: the command is in another vendor's words; empty: it is not."""
    expect: str
    so: str
    """What it means when that is not seen."""
    number: int = 1
    of: int = 1


class Explanation(Struct, frozen=True, kw_only=True, gc=False):
    """The four blocks of the explanation: signals, causes, radius, next step."""

    outage: OutageEvent
    at: Epoch
    """When it was asked: ages count to here."""
    sentence: str
    """Before all data: `primary lost, core2 carries as expected`."""
    signals: tuple[SignalRow, ...]
    causes: tuple[Hypothesis, ...]
    """Likeliest first; each with the evidence that supports and opposes it."""
    changes: tuple[RelatedChange, ...]
    radius: BlastRadius | None
    next_step: NextStep | None
    why_not_yet: tuple[WhyNot, ...]
    why_not_down: tuple[WhyNot, ...]
    """What keeps an open outage from DOWN, and what would change it; empty when it is DOWN or over."""
    cards: tuple[AnomalyCard, ...] = ()
    """Anomaly cards of the cluster that it belongs to, oldest first."""
