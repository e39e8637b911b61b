"""Figures of ingestion from telemetry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.reports import ingestion
from statetrace_engine.reports.ingestion import Spread


def test_figures_are_by_site_and_of_all_together() -> None:
    events = [
        {"EventName": "ParseDuration", "Site": "WLLS", "DurationMs": 10.0, "UnparsedCount": 2},
        {"EventName": "ParseDuration", "Site": "BOYO", "DurationMs": 30.0, "UnparsedCount": 0},
        {"EventName": "RowsWritten", "Site": "WLLS", "RowsCount": 7, "FilesCount": 1},
        {"EventName": "DatabaseWriteLatency", "Site": "WLLS", "LatencyMs": 4.0},
        {"EventName": "SkippedDuplicate", "Site": "WLLS", "SkippedCount": 3, "FilesCount": 4},
        {"EventName": "StateTransition", "Site": "WLLS"},
    ]

    every, boyo, wlls = ingestion.of(events)

    assert every.parse_ms == Spread(10.0, 30.0, 30.0, 2)
    assert (boyo.write_ms, boyo.skipped_ratio) == (None, 0.0)
    assert (wlls.files, wlls.skipped, wlls.rows, wlls.unparsed, wlls.skipped_ratio) == (1, 3, 7, 2, 0.75)
    assert ingestion.of([]) == ()


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_percentiles_are_durations_that_were_measured(durations: list[float]) -> None:
    found = ingestion.spread(durations)

    assert found is not None
    assert {found.p50, found.p95, found.max} <= set(durations)
    assert found.p50 <= found.p95 <= found.max == max(durations)
    assert sum(each <= found.p95 for each in durations) >= 0.95 * len(durations)


events = st.dictionaries(st.sampled_from(["Site", "DurationMs", "RowsCount", "SkippedCount"]), st.none() | st.text())


@given(st.lists(st.builds(lambda name, rest: {"EventName": name, **rest}, st.sampled_from(ingestion.EVENTS), events)))
def test_damaged_telemetry_breaks_no_report(damaged: list[dict[str, object]]) -> None:
    ingestion.of(damaged)
