"""`statetrace demo`: the console, or its JSON, on a simulated network in a temporary home."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any  # Any: JSON

from statetrace_engine import config
from statetrace_engine.errors import StateTraceError
from statetrace_engine.simulate import profile
from statetrace_engine.simulate.truth import SETTLE_S, Record
from statetrace_tui.commands import engine as headless
from statetrace_tui.commands import json_form, live, output
from statetrace_tui.commands.simulation import Simulation
from statetrace_tui.commands.stopping import Stop

if TYPE_CHECKING:
    from statetrace_engine.runtime import LiveEngine

HOLD_S = 5
"""Of every class: long enough to see RECOVERED, short enough to see it end before the script loops."""
_HEADLESS_S = 60.0
_COMMUNITY = "config/community"
_SETTINGS = f"""[syslog]
udp = "127.0.0.1:0"
tcp = "127.0.0.1:0"
[traps]
udp = "127.0.0.1:0"
[bmp]
tcp = "127.0.0.1:0"
relays = ["{profile.LOOPBACK}"]
[snmp.{profile.SNMP}]
version = "2c"
community = "file:{_COMMUNITY}"
interval_s = 5
routes_s = {{routes_s}}
[class.critical]
recovery_hold_s = {HOLD_S}
[class.standard]
recovery_hold_s = {HOLD_S}
[class.best-effort]
recovery_hold_s = {HOLD_S}
"""


def run(options: argparse.Namespace) -> int:
    """0, or what the console says; headless prints the demo's document (`docs/commands.md`)."""
    if options.headless:
        return _headless(options)
    from statetrace_tui.commands.console import need_terminal

    need_terminal()
    with _stage(options) as (engine, simulation, home):
        return _console(options, engine, simulation, home)


@contextmanager
def _stage(options: argparse.Namespace) -> Iterator[tuple[LiveEngine, Simulation, Path]]:
    """A network, an engine that watches it, and their temporary home; the script plays."""
    with tempfile.TemporaryDirectory(prefix="statetrace-demo-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        config.create(home)
        settings = _SETTINGS.format(routes_s=profile.routes_s(options.routes))
        (home / "config" / "statetrace.toml").write_text(settings, encoding="utf-8")
        (home / _COMMUNITY).write_text(profile.COMMUNITY, encoding="utf-8")
        simulation = Simulation.launch(
            home / "config" / "inventory.toml", home / "logs" / "simulation.log", *_arguments(options)
        )
        try:
            with live.engine(config.load(home), home) as engine:
                simulation.start(engine.addresses(), home / "data" / "inbox")
                yield engine, simulation, home
        finally:
            simulation.close()


def _arguments(options: argparse.Namespace) -> list[str]:
    given = {name: getattr(options, name) for name in ("routes", "updates", "faults", "seed")}
    return [part for name, value in given.items() if value is not None for part in (f"--{name}", str(value))]


def _headless(options: argparse.Namespace) -> int:
    with Stop() as stop, _stage(options) as (engine, simulation, _):
        if not options.json:
            print(f"watching a simulated network; recovery holds are {HOLD_S} s here", file=sys.stderr, flush=True)
        stop.wait(options.seconds or _HEADLESS_S, lambda: bool(simulation.ending()))
        _settle(simulation, stop)
        if not stop.is_asked and (ending := simulation.ending()):
            raise StateTraceError(ending)
        document = asyncio.run(_document(engine, simulation))
    if options.json:
        output.document(document)
    else:
        _print(document)
    return 0


def _settle(simulation: Simulation, stop: Stop) -> None:
    """A fault of the last moment gets the time that any fault may take to be seen."""
    youngest = max((fault.injected_at for fault in simulation.faults() if fault.healed_at is None), default=0.0)
    left = youngest + SETTLE_S - time.time()
    if left > 0:
        stop.wait(left, lambda: bool(simulation.ending()))


async def _document(engine: LiveEngine, simulation: Simulation) -> dict[str, Any]:
    # Faults after outages: an outage always finds its fault in the document.
    outages = await engine.outages()
    status = await engine.status()
    return {
        **headless.counted(status),
        "faults": [_fault(record) for record in simulation.faults()],
        "outages": [json_form.outage(outage) for outage in outages],
    }


def _fault(record: Record) -> dict[str, Any]:
    return {
        "kind": record.kind,
        "injected_at": json_form.moment(record.injected_at),
        "healed_at": json_form.moment(record.healed_at),
        "routes": list(record.routes),
    }


def _print(document: dict[str, Any]) -> None:
    output.table(
        ("FAULT", "INJECTED", "HEALED", "ROUTES"),
        (
            (fault["kind"], fault["injected_at"], fault["healed_at"] or "-", str(len(fault["routes"])))
            for fault in document["faults"]
        ),
    )
    shown = ("outage_id", "hostname", "prefix", "cause", "detected_at", "resolved_at")
    output.table(
        ("OUTAGE", "DEVICE", "PREFIX", "CAUSE", "DETECTED", "RESOLVED"),
        ([outage[key] or "-" for key in shown] for outage in document["outages"]),
    )


def _console(options: argparse.Namespace, engine: LiveEngine, simulation: Simulation, home: Path) -> int:
    from platformdirs import user_log_path

    from statetrace_tui import app
    from statetrace_tui.commands.captions import Captions
    from statetrace_tui.commands.console import console_options
    from statetrace_tui.widgets import terminal

    async def command(name: str, words: Sequence[str]) -> str:
        if name == "heal":
            return await asyncio.to_thread(simulation.heal)
        if len(words) != 2:
            return "usage: break DEVICE INTERFACE"
        return await asyncio.to_thread(simulation.break_link, *words)

    settings = config.load(home)
    wanted = dataclasses.replace(
        console_options(options, settings.console, settings.keys, home),
        crash_folder=user_log_path("statetrace", appauthor=False),  # the demo's own home is gone after it
        home_label=f"demo, holds {HOLD_S} s",
        caption=Captions(simulation, engine.subscribe(), terminal.zone(settings.console.time)),
        command=command,
        commands=(("break DEVICE INTERFACE", "cut a link of the simulated network"), ("heal", "mend what is broken")),
    )
    code = app.run(engine, wanted)
    if not code:
        print("statetrace: the demo is over: its network, its engine and its home are gone", file=sys.stderr)
    return code
