"""`statetrace engine`: watches without a console, until it is stopped or N seconds have passed."""

from __future__ import annotations

import argparse
import asyncio
import sys

from statetrace_engine import config
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.status import EngineStatus
from statetrace_tui.commands import homes, live, output
from statetrace_tui.commands.stopping import Stop
from statetrace_tui.present.words import count


def run(options: argparse.Namespace) -> int:
    home = homes.of(options).path
    settings = config.load(home)
    with Stop() as stop, live.engine(settings, home, is_alone=True) as engine:
        heard_on = ", ".join(f"{name} {where}" for name, where in engine.addresses().items() if name != "door")
        routes = count(len(settings.inventory.routes), "route")
        print(f"watching {routes} of {home}; {heard_on}", file=sys.stderr, flush=True)
        stop.wait(options.seconds, lambda: engine.failure is not None)
        if engine.failure is not None:
            raise StateTraceError(
                f"the engine has died: {engine.failure}; {home / 'logs'} says where"
            ) from engine.failure
        status = asyncio.run(engine.status())
    if options.json:
        output.document(counted(status))
    return 0


def counted(status: EngineStatus) -> dict[str, object]:
    """What came in, as `engine --json` and `demo --json` print it."""
    counters = status.counters
    return {
        "routes": status.routes,
        "signals": {source: count for source, count in counters.signals.items() if count},
        "unparsed": counters.unparsed,
        "dropped": counters.dropped,
    }
