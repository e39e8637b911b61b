"""Claim: 100,000 changes are on the Changes screen in 0.5 s of CPU, and every key is answered within 60 ms of it.

    python -m benchmarks.changes_screen [--changes 100000]

Routes that all changed their next hop, packed as the store has them, on an engine in memory, 140x40. CPU of the
console's thread: from the key that opens the screen to the first changes on it; the median of keys that walk; one that
goes to the end. Beside the keys, on a thread of their own, with the CPU of both: from that key until all of them
were looked through, and filters. Prints one JSON document; exit code 1 when the claim does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "tui"))

import drifted
from driving import Console, console
from fake_engine import NOW, FakeEngine, healthy

from statetrace_engine.diff import runs as comparing
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.diff import Diff
from statetrace_tui.screens.changes import ChangesScreen

OPEN_S, KEY_MS = 0.5, 60.0


def diff_of(changes: int) -> Diff:
    prefixes = [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}/32" for n in range(changes)]
    sides = ([RouteRow("default", prefix, hop, "Gi0/1") for prefix in prefixes] for hop in ("10.1.1.2", "10.1.2.2"))
    return comparing.diff(*([Table(Kind.ROUTES, "show ip route", rows, lambda at: (at, at + 1))] for rows in sides))


async def measured(changes: int) -> dict[str, float]:
    engine = FakeEngine([healthy(drifted.HOST)])
    diff = diff_of(changes)
    drifted.add_run(engine, drifted.run_of(31, drifted.HOST, NOW - 323, NOW - 2601, diff), diff)
    del diff
    async with console(engine) as c:
        began = time.process_time()
        opened = await _timed(c, "6", lambda: f"1 of {changes:,}" in c.text)
        screen = c.app.screen
        assert isinstance(screen, ChangesScreen)
        await c.until(lambda: screen.feed.is_scanned)
        looked = time.process_time() - began
        walking = [await _timed(c, "j", _moved(screen)) for _ in range(20)]
        ended = await _timed(c, "G", lambda: screen.list.at == changes - 1)
        filtered = {}
        for name, text in {"text": "10.0.77.", "prefix": "prefix:10.0.3.0/30"}.items():
            screen._search(text)
            took = await _timed(c, "", lambda: len(screen.list.shown) < changes, time.process_time)
            filtered[f"filter_{name}_s"] = round(took, 2)
            screen._search("")
            await c.until(lambda: len(screen.list.shown) == changes)
    return {
        "open_s": round(opened, 3),
        "key_ms": round(median(walking) * 1e3, 1),
        "to_the_end_ms": round(ended * 1e3, 1),
        "look_through_s": round(looked, 2),
        **filtered,
    }


def _moved(screen: ChangesScreen) -> Callable[[], bool]:
    before = screen.list.at
    return lambda: screen.list.at != before


async def _timed(
    c: Console, key: str, condition: Callable[[], bool], clock: Callable[[], float] = time.thread_time
) -> float:
    began = clock()
    if key:
        await c.press(key)
    while not condition():
        c.clock.steady += 0.05
        await c.pilot.pause(0.001)
    return clock() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=100_000)
    found = asyncio.run(measured(parser.parse_args().changes))
    print(json.dumps(found, indent=2))
    return 0 if found["open_s"] <= OPEN_S and max(found["key_ms"], found["to_the_end_ms"]) <= KEY_MS else 1


if __name__ == "__main__":
    sys.exit(main())
