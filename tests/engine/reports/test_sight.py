"""What is counted of our own sight, against counting it anew: routes by concern, how late outages were known, rates."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.health import HealthState, Overlay, RouteHealth, Severity
from statetrace_engine.model.monitors import NAMED, Concern
from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.reports import lateness
from statetrace_engine.reports.lateness import KEPT, Delays, delay
from statetrace_engine.reports.pace import Pace
from statetrace_engine.reports.sight import Sight, concerns_of

DAY_S, NOON = 86400.0, 1_764_072_000.0


def row(number: int, state: HealthState, overlays: int, owner: str) -> RouteHealth:
    record = RouteRecord(
        route_id=f"rt-{number}", site="WLLS", hostname="WLLS-A01-AR-01", vrf="default", prefix="0.0.0.0/0", owner=owner
    )
    return RouteHealth(route=record, state=state, since_at=NOON, overlays=Overlay(overlays))


rows = st.builds(
    row, st.integers(0, 5), st.sampled_from(HealthState), st.integers(0, 31), st.sampled_from(("", "Core"))
)


@given(st.lists(st.one_of(rows, st.integers(0, 5)), max_size=40))
def test_routes_by_concern_are_those_that_a_look_at_all_of_them_finds(told: list[RouteHealth | int]) -> None:
    sight, board = Sight(), dict[str, RouteHealth]()
    for each in told:
        if isinstance(each, int):
            sight.remove(f"rt-{each}")
            board.pop(f"rt-{each}", None)
        else:
            sight.put(each)
            board[each.route.route_id] = each
    for concern in Concern:
        found = {ident for ident, health in board.items() if concern in concerns_of(health)}
        assert set(sight.some(concern)) == found
        assert sight.count(concern) == len(found)


@given(st.sampled_from(HealthState), st.integers(0, 31))
def test_no_route_is_unknown_without_a_concern(state: HealthState, overlays: int) -> None:
    """UNKNOWN is stale, unprobed or blind: never counted under nothing."""
    if state is HealthState.UNKNOWN:
        assert concerns_of(row(1, state, overlays, "Core"))


def test_of_very_many_routes_some_are_named_and_all_are_counted() -> None:
    sight = Sight(row(n, HealthState.UNKNOWN, 0, "Core") for n in range(1000))
    (blind,) = (each for each in sight.concerns() if each.count)
    assert (blind.concern, blind.count, len(blind.route_ids)) == (Concern.BLIND, 1000, NAMED)


def outage(number: int, detected_at: float = NOON, **more: object) -> OutageEvent:
    fields: dict[str, object] = {
        "outage_id": f"OUT-{number}", "route_id": "rt-1", "site": "WLLS", "hostname": "WLLS-A01-AR-01",
        "vrf": "default", "prefix": "0.0.0.0/0", "route_class": "standard", "owner": "", "contact": "",
        "state": HealthState.DOWN, "severity": Severity.CRITICAL, "worst": Severity.CRITICAL,
        "cause": CauseKind.UNKNOWN, "occurred_at": detected_at - 0.5, "first_signal_at": detected_at - 0.25,
        "detected_at": detected_at,
    }  # fmt: skip
    return OutageEvent(**(fields | more))  # type: ignore[arg-type]


spans = st.floats(0.0, 1e4, allow_nan=False)


@given(spans, spans, st.none() | spans)
def test_the_parts_of_a_delay_sum_to_its_total(signal_s: float, evaluation_s: float, glass_s: float | None) -> None:
    signal_at = NOON + signal_s
    detected_at = signal_at + evaluation_s
    shown_at = None if glass_s is None else detected_at + glass_s
    found = delay(outage(1, occurred_at=NOON, first_signal_at=signal_at, detected_at=detected_at, shown_at=shown_at))
    end = detected_at if shown_at is None else shown_at
    assert isclose(found.total_s, end - NOON, abs_tol=1e-6)
    assert isclose(found.signal_s + found.evaluation_s + (found.glass_s or 0.0), found.total_s, abs_tol=1e-9)


def test_lateness_is_that_of_today_and_of_the_last_and_follows_what_becomes_of_an_outage() -> None:
    delays = Delays(outage(n, NOON - DAY_S + n) for n in range(60))
    delays.take(outage(100, NOON - 10))
    delays.take(outage(100, NOON - 10, notified_at=NOON - 7, shown_at=NOON - 8))
    today, recent, last = delays.told(NOON)
    assert (today.outages, recent.outages, len(last)) == (1, lateness.RECENT, lateness.LAST)
    assert last[0].outage_id == "OUT-100"
    assert (today.notice and today.notice.max, today.glass and today.glass.p50) == (3.0, 2.0)
    assert recent.glass is not None
    assert recent.glass.count == 1, "only one has been shown"


def test_a_storm_of_outages_is_bounded() -> None:
    delays = Delays(outage(n, NOON + n / 100) for n in range(5 * KEPT))
    today, _, last = delays.told(NOON + 5 * KEPT / 100)
    assert (today.outages, last[0].outage_id) == (KEPT, f"OUT-{5 * KEPT - 1}")


def test_nothing_of_nothing() -> None:
    today, recent, last = Delays().told(NOON)
    assert (today.signal, recent.outages, last) == (None, 0, ())


@given(st.lists(st.tuples(st.floats(0.9, 1.4), st.integers(0, 500)), min_size=70, max_size=90))
def test_a_rate_is_what_came_between_two_readings(told: list[tuple[float, int]]) -> None:
    pace, now, count, readings = Pace(), 1000.0, 0, list[tuple[float, int]]()
    for wait, more in told:
        now, count = now + wait, count + more
        readings.append((now, count))
        pace.read(now, {"trap": count})
    for span in (10.0, 60.0):
        before_at, before = next((at, n) for at, n in reversed(readings) if at <= now - span + 0.5)
        assert pace.per_s("trap", span) == pytest.approx((count - before) / (now - before_at))
    assert pace.per_s("bmp", 10.0) == 0.0


def test_no_rate_is_told_before_its_time_has_passed() -> None:
    pace = Pace()
    assert pace.per_s("trap", 10.0) is None
    for second in range(12):
        assert pace.is_due(float(second))
        pace.read(float(second), {"trap": 3 * second})
    assert (pace.per_s("trap", 10.0), pace.per_s("trap", 60.0)) == (3.0, None)
    assert not pace.is_due(11.5)


def test_a_route_that_is_replaced_by_itself_keeps_its_place() -> None:
    first, second = (row(n, HealthState.UNKNOWN, 0, "Core") for n in (1, 2))
    sight = Sight((first, second))
    sight.put(replace(first, remark="stale"))
    assert sight.some(Concern.BLIND) == ("rt-1", "rt-2")
