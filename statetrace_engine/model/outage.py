"""Pure. Outages, their causes and evidence, and the incidents that join them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.model import Epoch
from statetrace_engine.model.capture_view import CaptureSpot
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, FieldStep
from statetrace_engine.model.health import Failover, Freshness, HealthState, PathHealth, RouteHealth, Severity, WhyNot
from statetrace_engine.model.observation import Plane, Reason, Verdict
from statetrace_engine.model.remediation import Work


class CauseKind(StrEnum):
    """SPEC 4, in order of rank."""

    MONITORING_GAP = "monitoring-gap"
    DEVICE_UNREACHABLE = "device-unreachable"
    ADMIN_SHUTDOWN = "admin-shutdown"
    CONFIG_CHANGE = "config-change"
    LINK_FAILURE = "link-failure"
    NEXT_HOP_UNREACHABLE = "next-hop-unreachable"
    NEIGHBOUR_LOSS = "neighbour-loss"
    UPSTREAM_FAILURE = "upstream-failure"
    SILENT_BLACKHOLE = "silent-blackhole"
    CONGESTION_OR_LOSS = "congestion-or-loss"
    UNKNOWN = "unknown"


class Agreement(StrEnum):
    SUPPORTS = "supports"
    OPPOSES = "opposes"
    STALE = "stale"
    CONTEXT = "context"
    """Neither: it surrounds the outage and decides nothing."""


class EvidenceItem(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing that was seen, openable at its journal sequence; what a capture shows also at its bytes of the file."""

    source: str
    plane: Plane
    verdict: Verdict
    at: Epoch
    """Receipt, wall time."""
    text: str
    """Sanitised: `GigabitEthernet0/1 down`, `bgp 10.1.1.2 down, hold timer expired`, `10.1.1.2 0 of 20`."""
    witness: str
    seq: int
    agreement: Agreement = Agreement.SUPPORTS
    hostname: str = ""
    """Whose interface, session, route or path it speaks of."""
    about: str = ""
    """`interface`, `neighbour`, `bfd`, `prefix`, `moved` (a table that shows other paths), `offer`, `device`; a probe's
    `next-hop` or `destination`; `change`."""
    reason: Reason = Reason.NONE
    spot: CaptureSpot | None = None
    """Of a capture, as far as it is still in the store."""
    path: str = ""
    """The primary path, lost by itself, that alone it is about."""


class BetweenCaptures(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Between which two captures of a device something changed, and what of them shows it."""

    run_id: int
    """The newer capture, whose comparison found it."""
    previous_id: int
    from_at: Epoch
    """It changed after this, …"""
    to_at: Epoch
    """… and by this: when the captures were taken, or closer, where a device says when."""
    kind: Kind
    key: tuple[str, ...]
    change_type: ChangeType
    command: str = ""
    span: tuple[int, int] = (0, 0)
    """Characters of the capture that shows it; (0, 0): it is known by its key alone."""
    is_drift: bool = True
    """False: another parser read the older capture."""
    steps: tuple[FieldStep, ...] = ()
    """Of an object that changed, what of it was done."""

    @property
    def shown_by(self) -> int:
        """The capture that shows it: the older one where it is gone."""
        return self.previous_id if self.change_type is ChangeType.REMOVED else self.run_id


class RelatedChange(Struct, frozen=True, kw_only=True, gc=False):
    """Something done to a device in the 30 min before, or that may have been, likeliest first."""

    hostname: str
    at: Epoch
    """When; of what only captures show, when it was done at the latest."""
    before_s: float
    """Seconds before the first evidence; negative: after it, or after it at the latest."""
    text: str
    """Sanitised and redacted: the command, or who configured from where."""
    by: str
    """Who, where the device says so."""
    touches: tuple[str, ...]
    """The route's objects that it names: interface, next hop, neighbour, prefix, list."""
    likelihood: float
    """0 to 1."""
    seq: int
    source: str = ""
    between: BetweenCaptures | None = None
    """None: only a log tells of it."""
    is_deed: bool = True
    """False: it may be what followed of the outage, and is behind none."""
    spot: CaptureSpot | None = None
    """In the capture that shows it, as far as that is still in the store."""
    is_expected: bool = False
    """An operator said so: it is behind none."""

    @property
    def is_dated(self) -> bool:
        """It is known when it was done, not only between which captures."""
        return self.between is None or self.between.from_at == self.between.to_at


class Hypothesis(Struct, frozen=True, kw_only=True, gc=False):
    cause: CauseKind
    detail: str
    """`hold timer`, `local`, `reload`; may be empty."""
    element: str
    """What failed: `WLLS-A01-AR-01 GigabitEthernet0/1`; outages with one element join one incident."""
    weight: float
    """Confidence, 0 to 1."""
    rule: int
    """The row of SPEC 4's table."""
    evidence: tuple[EvidenceItem, ...] = ()
    also_of: str = ""
    """Of another primary path that is lost by itself, `10.1.2.2 GigabitEthernet0/2`: no rival of the first cause."""


class OutageEvent(Struct, frozen=True, kw_only=True, gc=False):
    """One continuous primary-route failure of one route. Times are wall time; None: not yet."""

    outage_id: str
    route_id: str
    site: str
    hostname: str
    vrf: str
    prefix: str
    route_class: str
    owner: str
    contact: str
    state: HealthState
    """The route's state; once the hold has passed HEALTHY, or UNKNOWN when recovery could not be proven."""
    severity: Severity
    """The worst while open is in `worst`; this is now."""
    worst: Severity
    cause: CauseKind
    cause_detail: str = ""
    element: str = ""
    causes: tuple[Hypothesis, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    standing: tuple[EvidenceItem, ...] = ()
    """What stood beside that while its causes were ranked, and speaks for one and against another: `10.1.1.2 answers`,
    `GigabitEthernet0/1 up`, `10.255.1.1 does not answer`."""
    changes: tuple[RelatedChange, ...] = ()
    """At most 10."""
    incident_id: str = ""
    runbook: str = ""
    failover: Failover = Failover.NONE
    expected_secondary: str = ""
    taken_secondary: str = ""
    survival: str = ""
    """A sentence before data: `nothing carries: both paths are lost`."""
    unseen_since: Epoch | None = None
    """While nobody sees its route: since when. State, severity, failover and survival are as they were last seen."""
    unseen_why: str = ""
    """Why nobody does: `we are cut off`, `device silent`, `snmp stopped`."""
    occurred_at: Epoch
    occurred_uncertainty_s: float = 0.0
    """For probes, the width of (last good, first bad]."""
    first_signal_at: Epoch
    detected_at: Epoch
    watched_at: Epoch | None = None
    """When its route became watched, where it had failed before that: nobody could know earlier, and no figure of
    latency counts it."""
    notified_at: Epoch | None = None
    shown_at: Epoch | None = None
    looked_at: Epoch | None = None
    """When somebody first looked at what changed, from it or on its device while it was open."""
    acked_at: Epoch | None = None
    resolved_at: Epoch | None = None
    """The start of the recovery hold."""
    closed_at: Epoch | None = None
    """The end of the hold, when the recovery was announced."""
    acknowledged_by: str = ""
    ack_note: str = ""
    ack_expires_at: Epoch | None = None
    is_transient: bool = False
    is_maintenance: bool = False
    is_latched: bool = False
    """Recovered, acknowledged by nobody and not yet seen."""
    is_silent: bool = False
    """A child of an incident that has already been announced as severely."""
    flaps: int = 1
    """Primary losses that this outage absorbed."""
    detected_steady: float = 0.0
    work: Work = Work()
    """What was done by runbooks."""

    @property
    def detection_s(self) -> float:
        """From its occurrence, or from when it was watched, to the open outage: its detection latency."""
        return max(self.detected_at - max(self.occurred_at, self.watched_at or self.occurred_at), 0.0)


def unwatched(outage: OutageEvent, since_at: Epoch | None, why: str) -> OutageEvent:
    """As it was last seen, of one that nobody watches since then; None: it is not known since when."""
    if outage.closed_at is not None or outage.state is HealthState.UNKNOWN:
        return outage
    since = outage.unseen_since or max(since_at or 0.0, outage.resolved_at or outage.detected_at)
    return replace(outage, unseen_since=since, unseen_why=why)


class Incident(Struct, frozen=True, kw_only=True, gc=False):
    """Outages with one common cause, and how far it reaches."""

    incident_id: str
    cause: CauseKind
    element: str
    opened_at: Epoch
    closed_at: Epoch | None
    outage_ids: tuple[str, ...]
    route_ids: tuple[str, ...]
    """All that it touches: those of its outages, and those it left UNKNOWN."""
    devices: tuple[str, ...]
    sites: tuple[str, ...]
    owners: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Elements of further primary paths that its outages have lost by themselves: another incident may be theirs."""


class TimelineMark(Struct, frozen=True, kw_only=True, gc=False):
    """One event of an outage's timeline."""

    at: Epoch
    lane: str
    """`link`, `session`, `route`, `data`, `context`, `state`, `notice`, `shown`, `ack`, `runbook`."""
    verdict: str
    """`down`, `impaired`, `up`, a HealthState, a severity, or empty."""
    text: str


class Timeline(Struct, frozen=True, kw_only=True, gc=False):
    outage: OutageEvent
    marks: tuple[TimelineMark, ...]
    """In order of time; history (late messages) included where it belongs."""


class RouteDetail(Struct, frozen=True, kw_only=True, gc=False):
    """All that the detail pane shows of one route."""

    health: RouteHealth
    outage: OutageEvent | None
    paths: tuple[PathHealth, ...]
    freshness: tuple[Freshness, ...]
    why_not: tuple[WhyNot, ...]
    incident: Incident | None
    survival: str
    """A sentence before data."""
    strip: bytes
    """The last hour, a minute a byte, oldest first: worst loss in percent; 101 down by event, 254 unknown, 255 none."""
    loss_now: float | None
    """Percent over 30 s; None without probes."""
    signals: tuple[EvidenceItem, ...]
    """The last ones that touched this route, newest first."""
    why_not_down: tuple[WhyNot, ...] = ()
    """What keeps an open outage, or a healthy route of which something bad was said, from DOWN."""
    runbook_title: str = ""
    runbook_step: str = ""
    runbook_foreign: str = ""
    """`no command for PAN-OS; as on Cisco IOS`: the step is a command in another vendor's words; empty: it is not."""
    runbook_expect: str = ""
