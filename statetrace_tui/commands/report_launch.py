"""`statetrace report launch-metrics`: what is done with runbooks, cards and outages, day by day."""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any  # JSON

from msgspec import structs

from statetrace_engine.model.launch import LaunchDay, LaunchMetrics, Span
from statetrace_engine.runtime import launching
from statetrace_tui.commands import answers, homes, output


def run(options: argparse.Namespace) -> int:
    """From telemetry and store, whether an engine runs or not."""
    home = homes.asked(options).path
    found = launching.read(home, answers.history(home), time.time(), options.days)
    if options.json:
        output.document(_json(found))
    else:
        from statetrace_tui.present import launch_page  # rich comes with it

        print(launch_page.as_text(found, is_ascii=not _can_draw()))
    return 0


def _can_draw() -> bool:
    """The blocks of the bars are in what stdout is encoded as."""
    try:
        "█".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _json(found: LaunchMetrics) -> dict[str, Any]:
    return {"days": len(found.days), "total": _day(found.total), "by_day": [_day(day) for day in found.days]}


def _day(day: LaunchDay) -> dict[str, Any]:
    figures = structs.asdict(day)
    figures["day"] = day.day or None
    figures["checklist_completion"] = day.completion
    figures["precision"] = day.precision
    figures["acknowledge_s"], figures["resolve_s"] = _span(figures.pop("acknowledge")), _span(figures.pop("resolve"))
    return figures


def _span(span: Span | None) -> dict[str, float] | None:
    return structs.asdict(span) if span is not None else None
