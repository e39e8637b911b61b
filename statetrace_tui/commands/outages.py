"""`statetrace outages`: open ones, and those of the last 24 hours."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from statetrace_engine import config
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import guide
from statetrace_tui.commands import answers, homes, json_form, output


def run(options: argparse.Namespace) -> int:
    """0; with --fail-if-open 1 when one is open. Raises StateTraceError where nobody can tell."""
    home = homes.asked(options)
    if options.fail_if_open and not home.path.is_dir():
        raise StateTraceError(f"no home at {home.path}: nobody can tell whether an outage is open; see --home")
    found = answers.outages(home.path)
    is_open = any(outage.resolved_at is None for outage in found)
    if options.json:
        output.document({"outages": [json_form.outage(outage) for outage in found]})
    elif found:
        books = {book.name: book for book in config.runbooks(home.path)[0]}
        head = ("OUTAGE", "SINCE", "SEVERITY", "STATE", "DEVICE", "PREFIX", "CAUSE", "NEXT STEP", "ACKNOWLEDGED")
        output.table(head, (_row(outage, books) for outage in found))
    else:
        homes.say_empty(home, answers.nothing(home.path, "outage"))
    return 1 if is_open and options.fail_if_open else 0


def _row(outage: OutageEvent, books: Mapping[str, Runbook]) -> tuple[str, ...]:
    return (
        outage.outage_id,
        output.local(outage.detected_at),
        str(outage.severity),
        "resolved" if outage.resolved_at else output.state(outage),
        outage.hostname,
        outage.prefix if outage.vrf == "default" else f"{outage.prefix} {outage.vrf}",
        str(outage.cause) + (" (transient)" if outage.is_transient else ""),
        _next_step(outage, books) if outage.closed_at is None else "-",
        outage.acknowledged_by or "-",
    )


def _next_step(outage: OutageEvent, books: Mapping[str, Runbook]) -> str:
    """`link-failure 2/5`: as the guide has it."""
    book, number = guide.at_hand(outage, books)
    return f"{book.name} {number + 1}/{len(book.steps)}" if book.steps else book.name
