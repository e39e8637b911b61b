"""`statetrace routes`: every watched route and its health."""

from __future__ import annotations

import argparse

from statetrace_engine.model.health import RouteHealth
from statetrace_tui.commands import answers, homes, json_form, output


def run(options: argparse.Namespace) -> int:
    home = homes.asked(options)
    found = answers.routes(home.path)
    if options.json:
        output.document({"routes": [json_form.route(health) for health in found]})
    elif found:
        output.table(("STATE", "SINCE", "DEVICE", "PREFIX", "VRF", "VIA", "CAUSE", "OWNER"), map(_row, found))
    else:
        homes.say_empty(home, "No route has been watched in this home yet; see `statetrace config check`.")
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
