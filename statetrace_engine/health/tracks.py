"""Pure. What the machine remembers: one mutable record for each subject, probe, device, route and outage.

Records are msgspec Structs so that a checkpoint is their encoding, without what is at its default: another default
is another version of the checkpoint. What is derived from the inventory (who is bound to whom) stands beside them in
`topology` and is never saved.
"""

from __future__ import annotations

from msgspec import Struct, field

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import CapturedPath
from statetrace_engine.model.compared import Compared, ComparedChange
from statetrace_engine.model.health import Failover, HealthState, Severity
from statetrace_engine.model.observation import DeviceEvent, Observation, Verdict
from statetrace_engine.model.outage import Hypothesis, RelatedChange, TimelineMark
from statetrace_engine.model.remediation import Work
from statetrace_engine.model.signal import InstalledPath, Signal, Source

RECENT = 12
"""Observations kept a route, for its detail pane and as an outage's first evidence."""
MARKS = 2000
"""Timeline marks kept an outage; a flapping route would grow without end."""
EVIDENCE = 60


class SubjectState(Struct, omit_defaults=True, gc=False):
    """The last word on an interface, session, adjacency or BFD session."""

    verdict: Verdict | None = None
    since: float = 0.0
    observation: Observation | None = None
    occurred_at: Epoch = 0.0
    """Newest trusted device time heard on it: what is older is history."""
    was_down: Observation | None = None
    """The last word that it was down, once it is not."""
    was_down_since: float = 0.0
    polled: Observation | None = None
    """What the last poll said otherwise than the last word."""
    polled_against: int = 0
    """Polls in a row that say so, each of a moment of its own."""
    polled_at: float = -1.0
    """When a poll last told of it; steady."""
    poll_interval_s: float = 0.0


class ProbeState(Struct, omit_defaults=True, gc=False):
    verdict: Verdict | None = None
    since: float = 0.0
    """Of a control probe 0.0 until its first verdict has changed."""
    has_answered: bool = False
    last_good: float = -1.0
    """When the last answered packet was sent; steady."""
    last_sample: float = -1.0
    suspect_since: float | None = None
    """Sending time of the first miss of the present run of misses."""
    lost_burst: tuple[float, float] | None = None
    """(first, last) sending time of a burst that nobody answered."""
    last_miss: float = -1.0
    """When the last packet was sent that nobody answered; steady."""
    misses_in_a_row: int = 0
    goods_in_a_row: int = 0
    is_silent_target: bool = False
    """It answers nobody while a destination behind it does: its card is open."""
    error: str = ""
    void_before: float = -1.0
    """Losses among packets sent before it are no losses: nobody could know then."""
    suspected: float = 0.0
    """When the first miss of the present run was reported."""
    good_before: float = -1.0
    """`last_good` when the present run of misses began."""
    text: str = ""
    seq: int = 0
    """Journal sequence of the report that `text` is of."""
    observation: Observation | None = None
    """The last change of verdict."""


class Done(Struct, frozen=True, array_like=True, gc=False):
    """Something that was done to a device."""

    steady: float
    seq: int
    event: DeviceEvent
    source: str


class Run(Struct, frozen=True, array_like=True, gc=False):
    """A comparison of two captures of a device; its times on the engine's clock."""

    compared: Compared
    since: float
    """When the older capture was taken."""
    until: float
    seq: int


class Between(Struct, frozen=True, array_like=True, gc=False):
    """A change between two captures that touches the route of an outage."""

    hostname: str
    run_id: int
    previous_id: int
    since: float
    """It was done after this, …"""
    until: float
    """… and by this: when the captures were taken, or closer, where the device says when."""
    is_drift: bool
    seq: int
    touches: tuple[str, ...]
    change: ComparedChange
    site: str = ""
    """The device's, as its captures have it."""


class DeviceState(Struct, omit_defaults=True, gc=False):
    last_heard: float = -1.0
    told: dict[Source, float] = field(default_factory=dict)
    """When it last spoke without being asked, by source."""
    control: Verdict | None = None
    """None: no control probe has ever answered."""
    control_good: float = -1.0
    suspect_since: float | None = None
    lost_at: float | None = None
    is_unreachable: bool = False
    unreachable_at: float | None = None
    has_agreed_clock: bool = False
    zone_s: int | None = None
    """The offset by which it agreed, where its messages name no zone."""
    odd: Signal | None = None
    """The last message, when it was old by a clock that had agreed: late, or the clock has stepped."""
    odd_skew_s: float = 0.0
    has_agreed_seconds: bool = False
    """As `has_agreed_clock`, of stamps of whole seconds."""
    odd_seconds_s: float | None = None
    """How old the last of these was, when it was old by a clock that had agreed."""
    restart: Done | None = None
    """The last one."""
    changes: list[Done] = field(default_factory=list)
    """Of the last 30 min, oldest first."""
    runs: list[Run] = field(default_factory=list)
    """Comparisons of its captures that an outage may ask for, oldest first."""
    runs_seq: int = 0
    """Signal by which they last changed."""
    polled_at: float = -1.0
    """When it last answered a poll; steady."""
    silent_since: float | None = None
    """When the first of its last polls went unanswered, with no word from it since."""
    silent_polls: int = 0
    silence: Observation | None = None
    """That it does not answer polls, as evidence."""
    uptime_s: float | None = None
    """sysUpTime of its last poll."""
    uptime_at: float = 0.0
    """When it told that; steady."""
    interfaces: dict[int, str] = field(default_factory=dict)
    """ifIndex → name of those that somebody watches, as its polls say."""
    are_interfaces_known: bool = False
    """A poll has named them: what is missing in `interfaces` matters to nobody."""
    bmp_at: float = -1.0
    """Its last word by BMP; negative: it never spoke so."""
    is_bmp_lost: bool = False
    """It no longer does: nobody sees what its neighbours offer."""
    reported_at: float = -1.0
    """Its last statistics by BMP."""
    report_interval_s: float = 0.0
    """Between the last two; 0.0: there have not been two."""
    context: list[Observation] = field(default_factory=list)
    """What surrounded its routes in the last minutes, oldest first."""
    shut: list[Observation] = field(default_factory=list)
    """Ports of it that no path names, shut in the last seconds."""

    def forget_interfaces(self) -> None:
        """After a restart an ifIndex may mean another interface."""
        self.interfaces, self.are_interfaces_known = {}, False

    def began_within(self, now: float, seconds: float) -> bool:
        """Whether its last poll showed that it had started so recently: what polls said since is of now."""
        return self.uptime_s is not None and now - (self.uptime_at - self.uptime_s) <= seconds

    @property
    def restarted_at(self) -> float | None:
        """Steady; None: not since anybody watches it."""
        return self.restart.steady if self.restart is not None else None


class Held(Struct, frozen=True, array_like=True, gc=False):
    """One path as it stands in one of a router's tables, by its BMP."""

    table: str
    """`pre`, `post`, `best`, as in `BmpPaths`."""
    path_id: int
    next_hop: str = ""
    link_local: str = ""
    is_sure: bool = True
    """False: the router tells this table anew, or no longer."""


ALL = ""
"""In the place of a next hop: the prefix as a whole."""


class Offer(Struct, omit_defaults=True, gc=False):
    """What one neighbour offers, or has offered, for a route's prefix."""

    neighbour: str
    """Its address; empty: the router's own table of best paths."""
    held: tuple[Held, ...] = ()
    has_post: bool = False
    """The router tells the table behind its policy: what stands before it decides nothing."""
    has_led: bool = False
    """The table of best paths has shown the route's primary path."""
    hops: tuple[str, ...] = ()
    """Next hops of the route's paths by which it was offered: others say nothing, for they may be other names."""
    waiting: tuple[tuple[str, float], ...] = ()
    """What is `gone`, not for long enough to be believed, and since when (steady)."""
    lost: tuple[str, ...] = ()
    """What is `gone`, and believed."""
    since: float = 0.0
    observation: Observation | None = None
    """Of the last withdrawal."""

    @property
    def decides(self) -> tuple[Held, ...]:
        """What stands in the table that decides."""
        table = "post" if self.has_post else "pre"
        return tuple(held for held in self.held if held.table == table)

    @property
    def gone(self) -> tuple[str, ...]:
        """Next hops by which it was offered, and is not; with `ALL` when it is not offered at all."""
        held = self.decides
        return tuple(hop for hop in self.hops if not _is_by(held, hop)) if held else (ALL, *self.hops)

    @property
    def is_lost(self) -> bool:
        return ALL in self.lost

    def lacks(self, next_hop: str | None) -> bool:
        """Whether a path by that next hop is believed to be offered no longer."""
        return bool(self.lost) and (self.is_lost or plain(next_hop) in self.lost)

    def is_refused(self, hops: tuple[str, ...]) -> bool:
        """Whether the router's own policy takes it no longer by these (`gone`): before policy it is offered still."""
        before = tuple(held for held in self.held if held.table == "pre" and held.is_sure) if self.has_post else ()
        return bool(before) and (ALL in hops or all(_is_by(before, hop) for hop in hops))


def plain(next_hop: str | None) -> str:
    """As BGP writes it: a link-local one without its interface."""
    return (next_hop or "").partition("%")[0]


def _is_by(held: tuple[Held, ...], hop: str) -> bool:
    return any(hop in (one.next_hop, one.link_local) for one in held)


class RouteState(Struct, omit_defaults=True, gc=False):
    state: HealthState = HealthState.UNKNOWN
    since: float = 0.0
    since_at: Epoch = 0.0
    severity: Severity | None = None
    overlays: int = 0
    failover: Failover = Failover.NONE
    why: str = "nothing has been heard of it yet"
    outage_id: str = ""
    """The open one, or the latched one that nobody has seen."""
    is_lost: bool = False
    """The primary as a whole, by evidence."""
    is_failed: bool = False
    """The primary lost or the destination failing; every change to True is one loss."""
    was_told: bool = False
    """The device or the other end said so of this failure …"""
    is_displaced: bool = False
    """… and took it back: only a table, which may be an older copy, still shows other paths."""
    lost_since: float = 0.0
    watched_since: float = 0.0
    """When it, or its present primary path, was first watched; 0.0: since anything is."""
    proof_after: float = 0.0
    """The last word of a device on its primary path: what proves a recovery is newer."""
    installed: tuple[InstalledPath, ...] | None = None
    installed_at: float = -1.0
    is_by_poll: bool = False
    """Only polls have told what is installed; else an event has, which holds."""
    walked: tuple[InstalledPath, ...] | None = None
    """What the last walk of the device's table has shown."""
    absent_walks: int = 0
    absent: tuple[float, float] | None = None
    """`Observation.looked` of the first of them."""
    silent_targets: tuple[str, ...] = ()
    """Probes of its next hops that are no evidence for it until they answer again: its destination answers."""
    captured: float = 0.0
    """Steady time of the newest capture that told of it; 0.0: none did."""
    captured_at: Epoch = 0.0
    offered: tuple[CapturedPath, ...] = ()
    """What that capture knew beside the installed paths."""
    offers: tuple[Offer, ...] = ()
    """By neighbour."""
    polled_at: float = -1.0
    poll_interval_s: float = 0.0
    """Between the last two walks; 0.0: no poll has told of it twice."""
    shows_equals: bool = False
    """A poll has shown several paths at once."""
    is_unproven: bool = False
    """The time for proof of survival has run out."""
    penalty: float = 0.0
    penalty_at: float = 0.0
    recent: tuple[Observation, ...] = ()
    waiting: tuple[Observation, ...] = ()
    """Words that it takes in with its turn."""
    healthy_since_at: Epoch = 0.0
    """What HEALTHY's age goes on from after a gap without news."""
    isolated_state: HealthState | None = None
    """What it was when we were cut off, until something is known again; its age goes on if it still is."""
    isolated_since_at: Epoch = 0.0
    baseline: tuple[InstalledPath, ...] = ()
    """The primary paths as learnt, where the inventory names none."""
    best: tuple[InstalledPath, ...] = ()
    """What carries now, as far as the device has said, in order."""
    best_since: float = 0.0
    """Since when it does, less the time in which nobody could see that."""
    best_unseen: float | None = None
    """Since when nobody sees whether it does."""
    disagreement: str = ""
    """What fresh sources contradict each other on, now."""
    disagrees_since: float | None = None
    disagreed_s: float = 0.0
    """In the window of `window_at`, until `disagrees_since`."""
    window_at: Epoch = 0.0
    """Start of the present conflict window."""
    conflicting_since: float | None = None
    has_conflict_card: bool = False
    counted_until: int = 0
    """The last window, by its number since 1970, that counts it in the conflict rate."""


class OutageRecord(Struct, kw_only=True, omit_defaults=True, gc=False):
    outage_id: str
    route_id: str
    opened: float
    occurred_at: Epoch
    occurred_uncertainty_s: float
    first_signal_at: Epoch
    detected_at: Epoch
    watched_at: Epoch | None = None
    """When its route became watched, where it had failed before."""
    state: HealthState
    severity: Severity
    worst: Severity
    real: Severity
    """What it would be without maintenance."""
    failover: Failover = Failover.NONE
    why: str = ""
    expected_secondary: str = ""
    taken_secondary: str = ""
    notified_at: Epoch | None = None
    notified_severity: Severity | None = None
    shown_at: Epoch | None = None
    looked_at: Epoch | None = None
    """When somebody first looked at what changed."""
    acked_at: Epoch | None = None
    acked_by: str = ""
    ack_note: str = ""
    ack_action: str = ""
    ack_expires_at: Epoch | None = None
    acked_worst: Severity | None = None
    """How bad it had been when it was acknowledged: the acknowledgement covers that, and no more."""
    settles: float = 0.0
    """When its causes are final."""
    resolved_at: Epoch | None = None
    resolved: float | None = None
    closed_at: Epoch | None = None
    is_transient: bool = False
    is_maintenance: bool = False
    is_latched: bool = False
    is_silent: bool = False
    is_withdrawn: bool = False
    """All that spoke against the route was taken back, and nothing can prove that it carries again."""
    flaps: int = 1
    loss_now: str = ""
    """What impairs it, as it is now; empty while that is what its evidence says."""
    loss_told: float = -1.0
    """Percent, as of `loss_told_at`; negative: nothing impairs it so far."""
    loss_told_at: float = 0.0
    """Steady."""
    evidence: list[Observation] = field(default_factory=list)
    marks: list[TimelineMark] = field(default_factory=list)
    causes: tuple[Hypothesis, ...] = ()
    standing: list[Observation] = field(default_factory=list)
    """What stood beside its evidence while its causes were ranked: what was still well, and that its device answered
    nobody or restarted."""
    changes: tuple[RelatedChange, ...] = ()
    ranked: tuple[Hypothesis, ...] = ()
    """Its causes by all but what captures show, where that makes others of them; empty: as `causes`."""
    logged: tuple[RelatedChange, ...] = ()
    """What devices logged of its changes, where captures show more."""
    unlogged: tuple[Hypothesis, ...] = ()
    """Its causes without anything that was logged of its changes: operators may expect all of that."""
    between: tuple[Between, ...] = ()
    """What captures show of its changes."""
    runs_seq: int = 0
    """The comparisons that it knows, by the signal of the newest."""
    lost_paths: tuple[str, ...] = ()
    """Of several equal primary paths those that were lost, in that order: `10.1.2.2 GigabitEthernet0/2`."""
    also: tuple[Hypothesis, ...] = ()
    """The causes of all but the first of them, where something else has failed."""
    incident_id: str = ""
    is_asked_for: bool = False
    """It is explained anew with the turn of its route."""
    work: Work = Work()
    """What was done by runbooks."""

    @property
    def first_cause(self) -> Hypothesis:
        """By which it has its place among incidents: what captures show later moves it no more."""
        return (self.ranked or self.causes)[0]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def mark(self, mark: TimelineMark) -> None:
        if len(self.marks) < MARKS:
            self.marks.append(mark)


RANK = {None: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.MAJOR: 3, Severity.CRITICAL: 4}
"""How severe: higher is worse."""
