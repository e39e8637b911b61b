"""`statetrace report ingestion`: how fast captures came in, by site, from this home's telemetry."""

from __future__ import annotations

import argparse
import time
from typing import Any  # JSON

from statetrace_engine.reports import ingestion
from statetrace_engine.reports.ingestion import SiteIngestion, Spread
from statetrace_engine.telemetry import Telemetry
from statetrace_tui.commands import homes, output

DAY_S = 86400.0


def run(options: argparse.Namespace) -> int:
    home = homes.asked(options)
    events = Telemetry(home.path / "logs", time.time).events(ingestion.EVENTS, time.time() - options.days * DAY_S)
    found = ingestion.of(events)
    if options.json:
        output.document({"days": options.days, "sites": [_json(site) for site in found]})
    elif found:
        header = ("SITE", "FILES", "SKIPPED", "ROWS", "PARSE p50/p95/max ms", "WRITE p50/p95/max ms", "NOT UNDERSTOOD")
        output.table(header, map(_row, found))
    else:
        homes.say_empty(home, f"Nothing was ingested in the last {options.days} days.")
    return 0


def _row(site: SiteIngestion) -> tuple[str, ...]:
    skipped = f"{site.skipped} ({site.skipped_ratio:.0%})"
    words = (_words(site.parse_ms), _words(site.write_ms))
    return (site.site, str(site.files), skipped, str(site.rows), *words, f"{site.unparsed} lines")


def _words(of: Spread | None) -> str:
    return f"{of.p50:.1f} / {of.p95:.1f} / {of.max:.1f}" if of else "-"


def _json(site: SiteIngestion) -> dict[str, Any]:
    return {
        "site": None if site.site == "*" else site.site,
        "files": site.files,
        "skipped": site.skipped,
        "skipped_ratio": round(site.skipped_ratio, 4),
        "rows": site.rows,
        "unparsed": site.unparsed,
        "parse_ms": _spread(site.parse_ms),
        "write_ms": _spread(site.write_ms),
    }


def _spread(of: Spread | None) -> dict[str, float] | None:
    return {"p50": of.p50, "p95": of.p95, "max": of.max, "count": of.count} if of else None
