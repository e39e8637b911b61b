"""What telemetry hears of a change (SPEC 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from statetrace_engine.model.anomaly import CardStep
from statetrace_engine.model.change import (
    Acted,
    CardChanged,
    Change,
    FirstLook,
    HealthChanged,
    Notice,
    OutageChanged,
    OutageStep,
    Worked,
    WorkTold,
)
from statetrace_engine.model.health import Overlay
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.reports import looks


class Emit(Protocol):
    def __call__(self, event: str, **fields: object) -> None: ...


def untold(notices: Iterable[Notice], alerts: Iterable[dict[str, object]]) -> list[Notice]:
    """Of the notices that a replay gives again, those that nobody was told: `alerts` are the AlertSent events."""
    told = {(alert.get("OutageId"), alert.get("Kind"), alert.get("NoticeAt")) for alert in alerts}
    return [notice for notice in notices if (notice.outage.outage_id, notice.kind, notice.at) not in told]


def tell(change: Change, emit: Emit, outages: Mapping[str, OutageEvent]) -> None:
    """A row that only shows something else makes no event. `outages` are those of the last 24 h, by their ids."""
    match change:
        case HealthChanged(health=h, snapshot=s) if s is not None:
            emit("StateTransition", RouteId=h.route.route_id, State=h.state.value, Cause=h.cause, OutageId=h.outage_id)
            if h.overlays & Overlay.CONFLICTING:
                emit("ConflictingSignals", RouteId=h.route.route_id, State=h.state.value)
        case OutageChanged(step=OutageStep.OPENED, outage=o):
            latency = round(o.detection_s * 1e3, 1)
            emit("OutageOpened", OutageId=o.outage_id, Cause=o.cause.value, DetectionLatencyMs=latency)
        case OutageChanged(step=OutageStep.RESOLVED, outage=o):
            lasted = round(((o.resolved_at or o.detected_at) - o.detected_at) * 1e3, 1)
            emit("OutageResolved", OutageId=o.outage_id, DurationMs=lasted)
        case Notice(outage=o, kind=kind, at=at):
            emit("AlertSent", OutageId=o.outage_id, Kind=kind, Runbook=o.runbook, NoticeAt=at, Unseen=o.unseen_why)
        case CardChanged(step=CardStep.RAISED, card=c):
            emit(
                "AnomalyCardRaised",
                CardId=c.card_id,
                Rule=c.rule,
                Severity=c.severity.value,
                IsSnoozed=c.snooze is not None,
            )
        case CardChanged(step=CardStep.JUDGED, card=c):
            said = c.feedback
            emit(
                "AnomalyFeedback",
                CardId=c.card_id,
                Rule=c.rule,
                Verdict=said.verdict.value if said is not None else "",
                Operator=said.operator if said is not None else "",
            )
        case Acted(audit=entries, looked=look):
            for entry in entries:
                name = "OutageAcknowledged" if entry.action == "acknowledge" else "UserAction"
                emit(name, Subject=entry.subject, Action=entry.action, Operator=entry.operator)
            if look is not None:
                _tell_look(look, emit, outages)
        case Worked():
            _tell_work(change, emit)
        case _:
            pass


def _tell_work(worked: Worked, emit: Emit) -> None:
    """`Completion` is `full` when no step of the runbook is left."""
    about = {"OutageId": worked.outage_id, "Runbook": worked.runbook, "Operator": worked.operator}
    if worked.what is WorkTold.OPENED:
        emit("RunbookOpened", **about, DoneCount=worked.done, StepsCount=worked.of)
        return
    emit(
        "RunbookStepCompleted",
        **about,
        Step=worked.step,
        Outcome=worked.what.value,
        IsVerified=worked.is_verified,
        DurationMs=round(worked.duration_s * 1e3, 1),
        DoneCount=worked.done,
        StepsCount=worked.of,
        Completion="full" if 0 < worked.of <= worked.done else "partial",
    )


def _tell_look(look: FirstLook, emit: Emit, outages: Mapping[str, OutageEvent]) -> None:
    for run in look.runs:
        emit(
            "DriftDetectionTime",
            RunId=run.run_id,
            Hostname=look.hostname,
            DurationMs=round(max(look.at - run.captured_at, 0.0) * 1e3, 1),
            SinceComparedMs=round(max(look.at - run.compared_at, 0.0) * 1e3, 1),
            ChangesCount=run.changes,
        )
    if look.outage_ids:
        usage = looks.usage(outages.values())
        emit(
            "DiffUsageRate",
            OutageIds=look.outage_ids,
            OutagesCount=usage.outages,
            LookedCount=usage.looked,
            UsageRatio=usage.ratio,
        )
