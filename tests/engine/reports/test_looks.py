"""The figures of change tracking: usage, drift detection, precision."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeMark, ChangeType, MarkVerdict
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.reports import looks
from statetrace_engine.reports.ingestion import Spread
from tests.engine.control.small_engine import T0, outage


def _outages() -> list[OutageEvent]:
    seen = structs.replace(outage(1), looked_at=T0 + 5)
    transient = structs.replace(outage(3), is_transient=True)
    return [seen, outage(2), transient]


def _look(run: int, after_ms: float, changes: int) -> dict[str, Any]:
    return {
        "EventName": "DriftDetectionTime", "RunId": run, "DurationMs": after_ms, "SinceComparedMs": after_ms / 2,
        "ChangesCount": changes,
    }  # fmt: skip


def _mark(verdict: MarkVerdict) -> ChangeMark:
    return ChangeMark(
        hostname="R1", kind=Kind.ROUTES, key=("default", "10.0.0.0/8"), change_type=ChangeType.ADDED, verdict=verdict,
        operator="ana", at=T0,
    )  # fmt: skip


def test_an_outage_that_nobody_was_told_of_is_not_counted() -> None:
    assert looks.usage(_outages()) == looks.Usage(2, 1)
    assert looks.usage(_outages()).ratio == 0.5
    assert looks.usage(()).ratio is None


def test_the_first_look_at_a_run_counts_and_false_changes_lower_the_precision() -> None:
    events = [
        {"EventName": "DiffCompareDuration", "DurationMs": 12.0},
        {"EventName": "DiffCompareDuration", "DurationMs": "?"},
        _look(7, 1000.0, 3),
        _look(7, 9000.0, 3),
        _look(8, 3000.0, 1),
        {"EventName": "Other"},
    ]
    found = looks.of(_outages(), events, [_mark(MarkVerdict.FALSE_POSITIVE), _mark(MarkVerdict.EXPECTED)])
    assert found.compare_ms == Spread(0.0, 12.0, 12.0, 2)
    assert found.seen_ms == Spread(1000.0, 3000.0, 3000.0, 2)
    assert found.compared_seen_ms == Spread(500.0, 1500.0, 1500.0, 2)
    assert (found.changes_seen, found.false_positives, found.precision) == (4, 1, 0.75)


def test_nothing_has_no_figures() -> None:
    found = looks.of((), (), ())
    assert (found.compare_ms, found.seen_ms, found.precision, found.usage.ratio) == (None, None, None, None)
