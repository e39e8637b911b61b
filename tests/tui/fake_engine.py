"""An engine in memory: an `api.Engine` over rows that a test sets, with no clock, socket or thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from statetrace_engine.errors import StateTraceError
from statetrace_engine.health.marks import Marks
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.action import (
    Acknowledge,
    Action,
    ActionResult,
    JudgeCard,
    MarkChange,
    MarkSeen,
    SnoozeCard,
    Undo,
    WakeCard,
)
from statetrace_engine.model.anomaly import AnomalyCard, CardFeedback, RuleStatus, Snooze
from statetrace_engine.model.capture_view import CaptureLine, CapturePage, CaptureSpot
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.diff import ChangeMark, Comparison, DiffRun, PackedChanges, Rollback
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.filed import CaptureSummary, SectionSummary, Stored
from statetrace_engine.model.health import HealthState, RouteHealth, Severity
from statetrace_engine.model.launch import LaunchDay, LaunchMetrics
from statetrace_engine.model.monitors import Monitors
from statetrace_engine.model.outage import CauseKind, Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.model.route import RouteClass, RouteRecord
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.status import EngineStatus, Frame

NOW = 1_795_442_607.0
"""2026-11-23T14:03:27Z."""


def route(hostname: str, prefix: str = "0.0.0.0/0", **more: object) -> RouteRecord:
    """A watched route; its id is the real one."""
    site = hostname.partition("-")[0]
    vrf = str(more.pop("vrf", "default"))
    name = ids.route_id(site, hostname, vrf, prefix)
    fields = {"route_class": RouteClass.STANDARD, **more}
    return RouteRecord(route_id=name, site=site, hostname=hostname, vrf=vrf, prefix=prefix, **fields)  # type: ignore[arg-type]


def healthy(hostname: str, prefix: str = "0.0.0.0/0", *, for_s: float = 86400.0, **more: object) -> RouteHealth:
    """A row that is fine."""
    return RouteHealth(
        route=route(hostname, prefix, **more), state=HealthState.HEALTHY, since_at=NOW - for_s, via="10.1.1.2"
    )


def failing(row: RouteHealth, at: float = NOW, **more: object) -> RouteHealth:
    """The same row, down and unacknowledged unless `more` says otherwise."""
    fields: dict[str, object] = {
        "state": HealthState.DOWN,
        "since_at": at,
        "severity": Severity.CRITICAL,
        "outage_id": f"OUT-1123-{row.route.route_id[3:7].upper()}",
        "cause": "link-failure",
        "via": "",
    }
    return msgspec.structs.replace(row, **(fields | more))


def outage_of(row: RouteHealth, **more: object) -> OutageEvent:
    """The outage that a failing row tells of."""
    fields: dict[str, object] = {
        "outage_id": row.outage_id,
        "route_id": row.route.route_id,
        "site": row.route.site,
        "hostname": row.route.hostname,
        "vrf": row.route.vrf,
        "prefix": row.route.prefix,
        "route_class": str(row.route.route_class),
        "owner": row.route.owner,
        "contact": row.route.contact,
        "state": row.state,
        "severity": row.severity or Severity.MAJOR,
        "worst": row.severity or Severity.MAJOR,
        "cause": CauseKind(row.cause) if row.cause in set(CauseKind) else CauseKind.UNKNOWN,
        "runbook": row.cause,
        "occurred_at": row.since_at,
        "first_signal_at": row.since_at,
        "detected_at": row.since_at + 0.04,
        "acknowledged_by": row.acknowledged_by,
        "acked_at": row.acknowledged_at,
        "is_latched": row.is_latched,
    }
    return OutageEvent(**(fields | more))  # type: ignore[arg-type]


class FakeSubscription:
    """Latest wins, as the protocol says."""

    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine
        self.routes: dict[str, RouteHealth] = {}
        self.outages: dict[str, OutageEvent] = {}
        self.incidents: dict[str, Incident] = {}
        self.removed: set[str] = set()
        self.is_first = True
        self.has_news = False
        self.is_closed = False

    def pull(self) -> Frame | None:
        if self._engine.silent_for is not None:
            return None
        if self.is_first:
            self.is_first = False
            self._clear()
            e = self._engine
            return Frame(
                is_full=True,
                routes=tuple(e.rows.values()),
                removed=(),
                outages=tuple(e.open_outages.values()),
                incidents=tuple(e.open_incidents.values()),
                status=e.state,
            )
        if not self.has_news:
            return None
        frame = Frame(
            is_full=False,
            routes=tuple(self.routes.values()),
            removed=tuple(self.removed),
            outages=tuple(self.outages.values()),
            incidents=tuple(self.incidents.values()),
            status=self._engine.state,
        )
        self._clear()
        return frame

    def silent_s(self) -> float:
        return self._engine.silent_for or 0.0

    def close(self) -> None:
        self.is_closed = True

    def _clear(self) -> None:
        self.routes, self.outages, self.incidents, self.removed = {}, {}, {}, set()
        self.has_news = False


class FakeEngine:
    """Tests set rows with `put`, silence with `silent_for`, refusals with `refuse`; `acts` is what it was asked."""

    def __init__(self, rows: Iterable[RouteHealth] = (), now: Callable[[], float] = lambda: NOW) -> None:
        self.now = now
        self.rows: dict[str, RouteHealth] = {row.route.route_id: row for row in rows}
        self.open_outages: dict[str, OutageEvent] = {}
        self.open_incidents: dict[str, Incident] = {}
        self.details: dict[str, RouteDetail] = {}
        self.timelines: dict[str, Timeline] = {}
        self.explanations: dict[str, Explanation] = {}
        self.explained: list[str] = []
        """Asked for."""
        self.captured: list[CaptureSummary] = []
        self.sections_of: dict[int, tuple[SectionSummary, ...]] = {}
        self.texts: dict[int, list[CaptureLine]] = {}
        self.pages: list[tuple[int, tuple[int, int]]] = []
        """Asked for: capture and mark."""
        self.spots: dict[str, CaptureSpot] = {}
        self.drift: list[DiffRun] = []
        """Newest first."""
        self.drift_changes: dict[int, tuple[PackedChanges, ...]] = {}
        self.compared: dict[tuple[int, int], Comparison] = {}
        self.taken_back: dict[tuple[int, int], Rollback] = {}
        self.change_words: list[ChangeMark] = []
        self.marks = Marks()
        self.anomaly_cards: list[AnomalyCard] = []
        """Newest first."""
        self.card_clusters: list[Cluster] = []
        self.launch = LaunchMetrics(days=(), total=LaunchDay(day=""))
        self.rule_statuses: list[RuleStatus] = []
        self.runbooks: dict[str, Runbook] = {}
        self.guides: dict[str, GuidedRunbook] = {}
        self.signals: dict[int, str] = {}
        self.acts: list[Action] = []
        self.refuse: dict[str, str] = {}
        self.silent_for: float | None = None
        self.is_gone = False
        self.is_closed = False
        self.detail_calls: list[str] = []
        self.sight: Monitors | None = None
        self.monitor_calls = 0
        self.state = EngineStatus(version="0", pid=4117, started_at=NOW - 3600, at=NOW, home="demo", last_change_at=NOW)
        self._subscriptions: list[FakeSubscription] = []
        for row in self.rows.values():
            if row.outage_id:
                self.open_outages[row.outage_id] = outage_of(row)

    def put(self, *rows: RouteHealth) -> None:
        """These rows changed; a failing one brings its outage with it."""
        for row in rows:
            self.rows[row.route.route_id] = row
            for subscription in self._subscriptions:
                subscription.routes[row.route.route_id] = row
                subscription.has_news = True
            if row.outage_id:
                self.put_outage(outage_of(row))

    def put_outage(self, *outages: OutageEvent) -> None:
        for outage in outages:
            self.open_outages[outage.outage_id] = outage
            for subscription in self._subscriptions:
                subscription.outages[outage.outage_id] = outage
                subscription.has_news = True

    def put_incident(self, *incidents: Incident) -> None:
        for incident in incidents:
            self.open_incidents[incident.incident_id] = incident
            for subscription in self._subscriptions:
                subscription.incidents[incident.incident_id] = incident
                subscription.has_news = True

    def remove(self, *route_ids: str) -> None:
        """No longer watched."""
        for route_id in route_ids:
            self.rows.pop(route_id, None)
            for subscription in self._subscriptions:
                subscription.removed.add(route_id)
                subscription.has_news = True

    def say(self, **changes: object) -> None:
        """Another status: `say(is_isolated=True, banners=(…,))`."""
        self.state = msgspec.structs.replace(self.state, **changes)
        for subscription in self._subscriptions:
            subscription.has_news = True

    # api.Engine

    def subscribe(self) -> FakeSubscription:
        subscription = FakeSubscription(self)
        self._subscriptions.append(subscription)
        return subscription

    async def act(self, action: Action) -> ActionResult:
        if self.is_gone:
            raise StateTraceError("the engine is gone")
        self.acts.append(action)
        match action:
            case Acknowledge(action_id, operator, outage_ids):
                touched = tuple(i for i in outage_ids if i not in self.refuse)
                self._acknowledge(touched, operator)
                refused = {i: self.refuse[i] for i in outage_ids if i in self.refuse}
                return ActionResult(touched=touched, refused=refused, action_id=action_id)
            case Undo(action_id) if action_id in self.marks.undoable:
                self.marks.undo(action_id)
                self.change_words = list(self.marks.all())
                return ActionResult(touched=(action_id,), action_id=action_id)
            case Undo(action_id):
                done = next((a for a in self.acts if isinstance(a, Acknowledge) and a.action_id == action_id), None)
                touched = done.outage_ids if done else ()
                self._acknowledge(touched, "")
                return ActionResult(touched=touched, action_id=action_id)
            case MarkSeen(_, outage_ids):
                for row in [r for r in self.rows.values() if r.outage_id in outage_ids]:
                    self.put(msgspec.structs.replace(row, is_latched=False, outage_id=""))
                return ActionResult(touched=outage_ids)
            case MarkChange():
                return self._mark_change(action)
            case JudgeCard() | SnoozeCard() | WakeCard():
                return self._say_of_cards(action)
            case _:
                return ActionResult(action_id=getattr(action, "action_id", ""))

    def _acknowledge(self, outage_ids: Iterable[str], operator: str) -> None:
        wanted = set(outage_ids)
        at = self.now() if operator else None
        for row in [r for r in self.rows.values() if r.outage_id in wanted]:
            self.put(msgspec.structs.replace(row, acknowledged_by=operator, acknowledged_at=at))

    def _say_of_cards(self, action: JudgeCard | SnoozeCard | WakeCard) -> ActionResult:
        touched = []
        for at, card in enumerate(self.anomaly_cards):
            if isinstance(action, JudgeCard):
                if card.card_id != action.card_id:
                    continue
                said = action.verdict and CardFeedback(verdict=action.verdict, operator=action.operator, at=self.now())
                made = msgspec.structs.replace(card, feedback=said)
            elif (card.rule, card.subject) != (action.rule, action.subject):
                continue
            else:
                snooze = None
                if isinstance(action, SnoozeCard):
                    snooze = Snooze(
                        rule=card.rule, subject=card.subject, operator=action.operator, at=self.now(),
                        until_at=action.until_at, reason=action.reason,
                    )  # fmt: skip
                made = msgspec.structs.replace(card, snooze=snooze)
            self.anomaly_cards[at] = made
            touched.append(card.card_id)
        self.say(cards=msgspec.structs.replace(self.state.cards, version=self.state.cards.version + 1))
        return ActionResult(touched=tuple(touched), action_id=action.action_id)

    def _mark_change(self, action: MarkChange) -> ActionResult:
        if action.hostname in self.refuse:
            refused = {action.hostname: self.refuse[action.hostname]}
            return ActionResult(refused=refused, action_id=action.action_id)
        self.marks.take(action, self.now())
        self.change_words = list(self.marks.all())
        return ActionResult(touched=(action.hostname,), action_id=action.action_id)

    async def routes(self) -> tuple[RouteHealth, ...]:
        return tuple(self.rows.values())

    async def outages(self) -> tuple[OutageEvent, ...]:
        return tuple(sorted(self.open_outages.values(), key=lambda o: -o.detected_at))

    async def incidents(self) -> tuple[Incident, ...]:
        return tuple(self.open_incidents.values())

    async def status(self) -> EngineStatus:
        return self.state

    async def monitors(self) -> Monitors:
        self.monitor_calls += 1
        if self.is_gone:
            raise StateTraceError("the engine is gone")
        return self.sight or Monitors(at=self.now(), is_live=True)

    async def route_detail(self, route_id: str) -> RouteDetail | None:
        if self.is_gone:
            raise StateTraceError("the engine is gone")
        self.detail_calls.append(route_id)
        row = self.rows.get(route_id)
        if row is None:
            return None
        if route_id in self.details:
            return msgspec.structs.replace(self.details[route_id], health=row)
        return plain_detail(row, self.open_outages.get(row.outage_id))

    async def timeline(self, outage_id: str) -> Timeline | None:
        found = self.timelines.get(outage_id)
        outage = self.open_outages.get(outage_id)
        return found or (Timeline(outage=outage, marks=()) if outage else None)

    async def explain(self, outage_id: str) -> Explanation | None:
        if self.is_gone:
            raise StateTraceError("the engine is gone")
        self.explained.append(outage_id)
        return self.explanations.get(outage_id)

    async def signal_text(self, seq: int) -> str | None:
        return self.signals.get(seq)

    async def runbook(self, name: str) -> Runbook | None:
        return self.runbooks.get(name)

    async def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        if self.is_gone:
            raise StateTraceError("the engine is gone")
        found = self.guides.get(outage_id)
        return msgspec.structs.replace(found, operator=operator) if found else None

    async def file_captures(self, files: bytes) -> Stored:
        return Stored()

    async def captures(self) -> tuple[CaptureSummary, ...]:
        return tuple(self.captured)

    async def capture_sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        return self.sections_of.get(capture_id, ())

    async def capture_page(self, capture_id: int, first: int, count: int, mark: tuple[int, int]) -> CapturePage | None:
        self.pages.append((capture_id, mark))
        lines = self.texts.get(capture_id)
        if lines is None:
            return None
        shown = lines[first - 1 : first - 1 + count]
        marked = next((line.number for line in lines if line.is_marked), 0)
        return CapturePage(
            capture_id=capture_id, total_lines=len(lines), first=first, lines=tuple(shown), marked=marked
        )

    async def capture_find(self, capture_id: int, line: int, words: str, is_back: bool) -> int:
        lines = self.texts.get(capture_id, [])
        found = [x.number for x in lines if (words.lower() in x.text.lower() if words else x.is_missed)]
        beyond = [n for n in found if (n < line if is_back else n > line)] or found
        return (beyond[-1] if is_back else beyond[0]) if found else 0

    async def capture_spot(self, route_id: str) -> CaptureSpot | None:
        return self.spots.get(route_id)

    async def diff_runs(
        self, hostname: str, site: str, from_at: Epoch, to_at: Epoch, limit: int
    ) -> tuple[DiffRun, ...]:
        if self.is_gone:
            raise StateTraceError("the engine is gone")
        found = [r for r in self.drift if hostname in ("", r.hostname) and site in ("", r.site)]
        return tuple([r for r in found if from_at <= r.captured_at <= to_at][:limit])

    async def diff_changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        return self.drift_changes.get(run_id, ())

    async def diff_between(self, before_id: int, after_id: int) -> Comparison | None:
        return self.compared.get((before_id, after_id))

    async def diff_rollback(self, before_id: int, after_id: int) -> Rollback | None:
        return self.taken_back.get((before_id, after_id))

    async def cards(self) -> tuple[AnomalyCard, ...]:
        return tuple(self.anomaly_cards)

    async def clusters(self) -> tuple[Cluster, ...]:
        return tuple(self.card_clusters)

    async def rules(self) -> tuple[RuleStatus, ...]:
        return tuple(self.rule_statuses)

    async def change_marks(self) -> tuple[ChangeMark, ...]:
        return tuple(self.change_words)

    async def launch_metrics(self, days: int) -> LaunchMetrics:
        return self.launch

    async def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        return ()

    async def close(self) -> None:
        self.is_closed = True


def plain_detail(row: RouteHealth, outage: OutageEvent | None = None) -> RouteDetail:
    """A detail with nothing in it but the row."""
    return RouteDetail(
        health=row,
        outage=outage,
        paths=(),
        freshness=(),
        why_not=(),
        incident=None,
        survival="",
        strip=bytes([255] * 60),
        loss_now=None,
        signals=(),
    )
