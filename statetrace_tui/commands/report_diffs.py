"""`statetrace report diffs`: how often and how soon changes are looked at, how fast and how rightly found."""

from __future__ import annotations

import argparse
import time
from typing import Any  # JSON

from statetrace_engine.reports import looks
from statetrace_engine.reports.ingestion import Spread
from statetrace_engine.reports.looks import Figures
from statetrace_engine.telemetry import Telemetry
from statetrace_tui.commands import answers, homes, output

DAY_S = 86400.0


def run(options: argparse.Namespace) -> int:
    home = homes.asked(options).path
    since_at = time.time() - options.days * DAY_S
    events = Telemetry(home / "logs", time.time).events(looks.EVENTS, since_at)
    outages = (each for each in answers.history(home).outages(since_at) if each.detected_at >= since_at)
    found = looks.of(outages, events, (mark for mark in answers.change_marks(home) if mark.at >= since_at))
    if options.json:
        output.document({"days": options.days, **_json(found)})
    else:
        _say(found)
    return 0


def _say(found: Figures) -> None:
    usage = found.usage
    print(f"What changed was looked at in {usage.looked} of {usage.outages} outages{_share(usage.ratio)}")
    seen = f"{found.false_positives} of {found.changes_seen} changes looked at are no changes"
    print(f"{seen}{_share(found.precision, 'precision ')}\n")
    rows = (
        ("comparison of a run, ms", found.compare_ms, 1.0),
        ("capture to first look, s", found.seen_ms, 1e3),
        ("comparison to first look, s", found.compared_seen_ms, 1e3),
    )
    output.table(("", "RUNS", "p50/p95/max"), ((name, *_cells(of, unit)) for name, of, unit in rows))


def _share(ratio: float | None, word: str = "") -> str:
    return f": {word}{ratio:.1%}" if ratio is not None else ""


def _cells(of: Spread | None, unit: float) -> tuple[str, str]:
    if of is None:
        return "0", "-"
    return str(of.count), " / ".join(f"{each / unit:.1f}" for each in (of.p50, of.p95, of.max))


def _json(found: Figures) -> dict[str, Any]:
    return {
        "outages": found.usage.outages,
        "outages_looked_into": found.usage.looked,
        "usage_rate": found.usage.ratio,
        "compare_ms": spread(found.compare_ms),
        "drift_detection_ms": spread(found.seen_ms),
        "since_compared_ms": spread(found.compared_seen_ms),
        "changes_looked_at": found.changes_seen,
        "false_positives": found.false_positives,
        "precision": found.precision,
    }


def spread(of: Spread | None) -> dict[str, float] | None:
    return {"p50": of.p50, "p95": of.p95, "max": of.max, "count": of.count} if of else None
