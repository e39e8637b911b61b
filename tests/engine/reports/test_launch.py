"""The launch metrics: counted by day from events and outages; what nobody counted is empty, and not zero."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "tui"))

from fake_engine import NOW, failing, healthy, outage_of

from statetrace_engine.model.launch import CardDay
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.reports import launch
from statetrace_engine.runtime import launching
from statetrace_engine.store.history import History

TODAY, YESTERDAY, EARLIER = "2026-11-23", "2026-11-22", "2026-11-21"


def step(day: str, outage: str, done: int, of: int, outcome: str = "completed", **more: object) -> dict[str, object]:
    return {
        "EventName": "RunbookStepCompleted", "Timestamp": f"{day}T10:00:00.000+00:00", "OutageId": outage,
        "Runbook": "optics", "Outcome": outcome, "DoneCount": done, "StepsCount": of, "IsVerified": False, **more,
    }  # fmt: skip


def event(name: str, day: str, **more: object) -> dict[str, object]:
    return {"EventName": name, "Timestamp": f"{day}T11:00:00.000+00:00", **more}


def outage(ago_s: float, acked_s: float | None, resolved_s: float | None, **more: object) -> OutageEvent:
    at = NOW - ago_s
    row = failing(healthy("WLLS-A01-AR-01"), at)
    acked = at + acked_s if acked_s is not None else None
    resolved = at + resolved_s if resolved_s is not None else None
    return outage_of(row, detected_at=at, acked_at=acked, resolved_at=resolved, outage_id=f"OUT-{ago_s}", **more)


def test_each_day_has_its_own_and_all_of_them_are_together() -> None:
    events = [
        event("RunbookOpened", YESTERDAY), event("RunbookOpened", TODAY), event("RunbookOpened", TODAY),
        step(TODAY, "OUT-1", 1, 2), step(TODAY, "OUT-1", 2, 2, IsVerified=True), step(TODAY, "OUT-2", 1, 4, "skipped"),
        step(YESTERDAY, "OUT-2", 3, 4),
    ]  # fmt: skip
    outages = [outage(3600, 40, 600), outage(1800, 20, None), outage(90_000, 300, 900)]
    outages.append(outage(60, None, 1, is_transient=True))
    day = int(NOW // launch.DAY_S)
    cards = [CardDay(day - 9, 7, 7, 0), CardDay(day - 1, 1, 0, 0), CardDay(day, 2, 1, 1)]
    found = launch.of(events, outages, cards, {TODAY, YESTERDAY}, NOW, 3)
    assert [day.day for day in found.days] == [EARLIER, YESTERDAY, TODAY]
    today, total = found.days[-1], found.total
    assert (today.runbooks_opened, total.runbooks_opened) == (2, 3)
    assert (today.steps_completed, today.steps_verified, today.steps_skipped) == (2, 1, 1)
    assert (today.checklists_full, today.checklists_partial, total.completion) == (1, 1, 0.5)
    assert (today.cards_raised, today.cards_true, today.cards_false, today.precision) == (2, 1, 1, 0.5)
    assert (total.cards_raised, found.days[1].cards_raised) == (3, 1)
    assert (today.outages, total.outages) == (2, 3)
    assert today.acknowledge is not None
    assert (today.acknowledge.p50, today.acknowledge.max, today.acknowledge.count) == (20.0, 40.0, 2)
    assert total.resolve is not None
    assert (total.resolve.p95, total.resolve.count) == (900.0, 2)


def test_a_day_without_an_engine_is_empty_and_a_quiet_one_is_zero() -> None:
    found = launch.of([], [], [], {YESTERDAY}, NOW, 3)
    assert [day.is_empty for day in found.days] == [True, False, True]
    assert found.days[0].outages is None
    assert (found.days[1].outages, found.days[1].runbooks_opened) == (0, 0)
    assert (found.total.completion, found.total.precision, found.total.acknowledge) == (None, None, None)
    assert launch.of([], [], [], set(), NOW, 3).total.is_empty


def test_what_is_taken_back_is_not_done() -> None:
    events = [
        step(TODAY, "OUT-1", 2, 2), step(TODAY, "OUT-1", 1, 2, "taken back"),
    ]  # fmt: skip
    today = launch.of(events, [], [], (), NOW, 1).total
    assert (today.steps_completed, today.checklists_full, today.checklists_partial) == (0, 0, 1)


def test_a_step_that_was_skipped_by_mistake_is_neither_skipped_nor_done() -> None:
    events = [step(TODAY, "OUT-1", 1, 2, "skipped"), step(TODAY, "OUT-1", 0, 2, "not skipped")]
    today = launch.of(events, [], [], (), NOW, 1).total
    assert (today.steps_completed, today.steps_skipped) == (0, 0)


def test_a_home_without_store_and_telemetry_has_empty_days(tmp_path: Path) -> None:
    found = launching.read(tmp_path, History(tmp_path / "statetrace.db"), NOW, 30)
    assert len(found.days) == 30
    assert all(day.is_empty for day in found.days)


EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "EventName": st.sampled_from([*launch.EVENTS, "Other"]),
            "Timestamp": st.sampled_from(
                (f"{TODAY}T00:00:00", f"{YESTERDAY}T00:00:00", "2020-01-01T00:00:00", "", "x")
            ),
        },
        optional={
            "Outcome": st.sampled_from(("completed", "skipped", "taken back", "not skipped", 3, None)),
            "DoneCount": st.one_of(st.integers(-5, 9), st.text(max_size=2), st.none()),
            "StepsCount": st.one_of(st.integers(-5, 9), st.none()),
            "IsVerified": st.booleans(),
            "OutageId": st.sampled_from(("a", "b")),
        },
    ),
    max_size=40,
)


@given(EVENTS, st.integers(1, 40))
def test_whatever_stands_in_the_files_days_are_whole_and_add_up(events: list[dict[str, object]], days: int) -> None:
    found = launch.of(events, [], [], {TODAY}, NOW, days)
    assert len(found.days) == days
    for name in ("runbooks_opened", "steps_skipped", "cards_raised"):
        parts = [getattr(day, name) for day in found.days if getattr(day, name) is not None]
        assert sum(parts) == getattr(found.total, name)
        assert all(part >= 0 for part in parts)
    share = found.total.completion
    assert share is None or 0 <= share <= 1
