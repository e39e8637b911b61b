"""`statetrace outages`: open ones, and those of the last 24 hours."""

from __future__ import annotations

import argparse

from statetrace_engine.model.outage import OutageEvent
from statetrace_tui.commands import answers, homes, json_form, output


def run(options: argparse.Namespace) -> int:
    """0; with --fail-if-open 1 when one is open."""
    home = homes.asked(options)
    found = answers.outages(home.path)
    is_open = any(outage.resolved_at is None for outage in found)
    if options.json:
        output.document({"outages": [json_form.outage(outage) for outage in found]})
    elif found:
        output.table(
            ("OUTAGE", "SINCE", "SEVERITY", "STATE", "DEVICE", "PREFIX", "CAUSE", "ACKNOWLEDGED"), map(_row, found)
        )
    else:
        homes.say_empty(home, "No outage is open, and none was in the last 24 hours.")
    return 1 if is_open and options.fail_if_open else 0


def _row(outage: OutageEvent) -> tuple[str, ...]:
    return (
        outage.outage_id,
        output.local(outage.detected_at),
        str(outage.severity),
        "resolved" if outage.resolved_at else output.state(outage),
        outage.hostname,
        outage.prefix if outage.vrf == "default" else f"{outage.prefix} {outage.vrf}",
        str(outage.cause) + (" (transient)" if outage.is_transient else ""),
        outage.acknowledged_by or "-",
    )
