"""`statetrace routes`: every watched route and its health."""

from __future__ import annotations

import argparse
import sys

from statetrace_engine.model.health import RouteHealth
from statetrace_tui.commands import answers, homes, json_form, output


def run(options: argparse.Namespace) -> int:
    found = answers.routes(homes.of(options).path)
    if options.json:
        output.document({"routes": [json_form.route(health) for health in found]})
    elif found:
        output.table(("STATE", "SINCE", "DEVICE", "PREFIX", "VRF", "VIA", "CAUSE", "OWNER"), map(_row, found))
    else:
        print("No route has been watched in this home yet; see `statetrace config check`.", file=sys.stderr)
    return 0


def _row(health: RouteHealth) -> tuple[str, ...]:
    record = health.route
    return (
        str(health.state),
        output.local(health.since_at),
        record.hostname,
        record.prefix,
        record.vrf,
        health.via or "-",
        health.remark or health.cause or "-",
        record.owner or "unowned",
    )
