"""Pure. Figures of what is done with runbooks, cards and outages, by day, from telemetry's events and the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct, field

from statetrace_engine.model import Epoch
from statetrace_engine.model.launch import CardDay, LaunchDay, LaunchMetrics, Span
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.reports.ingestion import Event, number, spread

EVENTS = ("RunbookOpened", "RunbookStepCompleted")
DAY_S = 86400.0
_DONE, _BACK, _SKIPPED, _NOT_SKIPPED = "completed", "taken back", "skipped", "not skipped"


class _Counts(Struct):
    opened: int = 0
    steps: int = 0
    verified: int = 0
    skipped: int = 0
    raised: int = 0
    true: int = 0
    false: int = 0
    checklists: dict[tuple[str, str], bool] = field(default_factory=dict)
    """(outage, runbook): no step of it is left."""
    outages: list[OutageEvent] = field(default_factory=list)


def of(
    events: Iterable[Event],
    outages: Iterable[OutageEvent],
    cards: Iterable[CardDay],
    watched: Collection[str],
    at: Epoch,
    days: int,
) -> LaunchMetrics:
    """The last so many days, today's among them. `watched` are the days of which an engine has left telemetry."""
    wanted = _days(at, days)
    by_day, total = {day: _Counts() for day in wanted}, _Counts()
    seen: set[str] = set()
    for event in events:
        day = str(event.get("Timestamp", ""))[:10]
        if day in by_day:
            seen.add(day)
            for counts in (by_day[day], total):
                _count(counts, event)
    for outage in outages:
        day = _day(outage.detected_at)
        if day in by_day and not outage.is_transient:
            seen.add(day)
            by_day[day].outages.append(outage)
            total.outages.append(outage)
    for each in cards:
        day = _day(each.day * DAY_S)
        if day in by_day:
            seen.add(day)
            for counts in (by_day[day], total):
                counts.raised += each.raised
                counts.true += each.true_cards
                counts.false += each.false_cards
    known = seen | (set(watched) & by_day.keys())
    return LaunchMetrics(
        days=tuple(_figures(day, by_day[day]) if day in known else LaunchDay(day=day) for day in wanted),
        total=_figures("", total) if known else LaunchDay(day=""),
    )


def _days(at: Epoch, days: int) -> list[str]:
    """Oldest first."""
    today = datetime.fromtimestamp(at, UTC).date()
    first = max(today.toordinal() - days + 1, date.min.toordinal())
    return [(date.fromordinal(first) + timedelta(n)).isoformat() for n in range(today.toordinal() - first + 1)]


def _day(at: Epoch) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _count(counts: _Counts, event: Event) -> None:
    match event.get("EventName"):
        case "RunbookOpened":
            counts.opened += 1
        case "RunbookStepCompleted":
            _count_step(counts, event)


def _count_step(counts: _Counts, event: Event) -> None:
    """A step that was taken back is not done; a checklist is what it was left as."""
    outcome = event.get("Outcome", _DONE)
    is_verified = bool(event.get("IsVerified"))
    if outcome == _DONE:
        counts.steps += 1
        counts.verified += is_verified
    elif outcome == _SKIPPED:
        counts.skipped += 1
    elif outcome == _NOT_SKIPPED:
        counts.skipped -= 1
    elif outcome == _BACK:
        counts.steps -= 1
        counts.verified -= is_verified
    done, steps = number(event, "DoneCount"), number(event, "StepsCount")
    name = (str(event.get("OutageId")), str(event.get("Runbook")))
    counts.checklists[name] = event.get("Completion") == "full" or (0 < steps <= done)


def _figures(day: str, counts: _Counts) -> LaunchDay:
    full = sum(counts.checklists.values())
    outages = counts.outages
    return LaunchDay(
        day=day,
        runbooks_opened=counts.opened,
        steps_completed=max(counts.steps, 0),
        steps_verified=max(counts.verified, 0),
        steps_skipped=max(counts.skipped, 0),
        checklists_full=full,
        checklists_partial=len(counts.checklists) - full,
        cards_raised=counts.raised,
        cards_true=counts.true,
        cards_false=counts.false,
        outages=len(outages),
        acknowledge=_span([o.acked_at - o.detected_at for o in outages if o.acked_at is not None]),
        resolve=_span([o.resolved_at - o.detected_at for o in outages if o.resolved_at is not None]),
    )


def _span(durations: Sequence[float]) -> Span | None:
    found = spread([max(each, 0.0) for each in durations])
    return Span(found.p50, found.p95, found.max, found.count) if found is not None else None
