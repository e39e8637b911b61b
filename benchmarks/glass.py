"""Engine to glass: how long after its detection an outage stands on the terminal, in the demo on a pseudo terminal.

    python -m benchmarks.glass [--seconds 60]

Two figures: the engine's own `shown_at - detected_at`, as the console reports each first paint; and, from outside, the
moment at which the bytes with the outage's row have left the pty, minus `detected_at`. One machine, one wall clock.
Printed as JSON; exit 1 when a p95 is above the 0.5 s of the issue, or nothing was detected.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from statetrace_engine.control.remote import RemoteEngine
from statetrace_engine.model.outage import OutageEvent
from tests.commands.terminal import Terminal

LIMIT_S = 0.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        demo = Terminal("demo", "--theme", "dark", cwd=Path(folder), size=(140, 60))
        try:
            demo.shows("HEALTHY")
            seen = watch(demo, options.seconds)
            (home,) = Path(folder).glob("statetrace-demo-*")
            outages = asyncio.run(_outages(home / "data"))
            demo.press("q")
            demo.ends()
        finally:
            demo.close()
    by_engine = [o.shown_at - o.detected_at for o in outages if o.shown_at is not None]
    from_outside = [at - o.detected_at for o in outages if (at := first(seen, o)) is not None]
    figures = {
        "outages": len(outages),
        "shown_at_minus_detected_at_ms": spread(by_engine),
        "on_the_pty_minus_detected_at_ms": spread(from_outside),
    }
    print(json.dumps(figures, indent=1))
    is_fast = all(values and sorted(values)[int(len(values) * 0.95)] <= LIMIT_S for values in (by_engine, from_outside))
    return 0 if is_fast else 1


def watch(demo: Terminal, seconds: float) -> list[tuple[float, str]]:
    """(time, text) of every line of the table that nobody has, when it first stood there after it did not."""
    seen: list[tuple[float, str]] = []
    before: set[str] = set()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not demo._read():
            continue
        at = time.time()
        now = {" ".join(line.split()) for line in demo.screen.display if "DOWN" in line or "DEGRADED" in line}
        names = {_name(line) for line in now}
        seen += [(at, name) for name in names - before]
        before = names
    return seen


def _name(line: str) -> str:
    """Device and prefix: the row's age moves, and its state may."""
    words = line.lstrip("> ").split()
    return " ".join(words[3:5])


def first(seen: list[tuple[float, str]], outage: OutageEvent) -> float | None:
    """When it first stood on the screen after its detection."""
    name = f"{outage.hostname} {outage.prefix}"
    times = [at for at, shown in seen if shown == name and at >= outage.detected_at]
    is_late = not times or (outage.resolved_at is not None and times[0] > outage.resolved_at)
    return None if is_late else times[0]


async def _outages(data: Path) -> tuple[OutageEvent, ...]:
    engine = await RemoteEngine.connect(data)
    try:
        return await engine.outages()
    finally:
        await engine.close()


def spread(values: list[float]) -> dict[str, float]:
    """p50, p95 and the longest, in milliseconds, and of how many."""
    ordered = sorted(value * 1e3 for value in values)
    if not ordered:
        return {"count": 0}
    at = {"p50": ordered[len(ordered) // 2], "p95": ordered[int(len(ordered) * 0.95)], "max": ordered[-1]}
    return {"count": len(ordered), **{name: round(value, 1) for name, value in at.items()}}


if __name__ == "__main__":
    sys.exit(main())
