"""The figures of `report launch-metrics`, read from a home's telemetry and store: with or without an engine."""

from __future__ import annotations

from pathlib import Path

from statetrace_engine.model import Epoch
from statetrace_engine.model.launch import LaunchMetrics
from statetrace_engine.reports import launch
from statetrace_engine.store.history import History
from statetrace_engine.telemetry import Telemetry

MOST_DAYS = 366


def read(home: Path, history: History, at: Epoch, days: int) -> LaunchMetrics:
    """Of the last so many days. Reads the disk; raises StoreError."""
    days = max(1, min(days, MOST_DAYS))
    since_at = at - days * launch.DAY_S
    telemetry = Telemetry(home / "logs", lambda: at)
    events, outages = telemetry.events(launch.EVENTS, since_at), history.outages(since_at)
    return launch.of(events, outages, history.card_days(since_at), telemetry.days(), at, days)
