"""Claims: 40 devices of 2 sites (250 kB each) are ingested within 8 s on 2 cores, a device parsed in 0.25 s, a batch
written in 50 ms (p95), unchanged files skipped at 200 a second; `--rss`: 1 GB over 5 sites needs 400 MB at the most;
`--second`: a second capture of every device, which is compared with the first and tells it, costs at most 20 % more,
by the clock and of CPU.

    python -m benchmarks.ingest [--devices 40] [--rss [--megabytes 1000]]
    python -m benchmarks.ingest --second [--devices 40] [--routes 1000] [--times 3]

The command itself, in a process and a home of its own, on generated session logs; `--rss` adds the resident memory of
all its processes up, every 20 ms (Linux). `--second` ingests captures of `benchmarks.drift`, three of each device, one
after the other, and adds up the CPU time of all processes; so often, each time in a home of its own, and takes the
quickest of each. Prints one JSON document; exit code 1 when a claim does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple  # JSON

from benchmarks import sessions
from benchmarks.drift import Device
from benchmarks.spent import children_s

ROOT = Path(__file__).parent.parent
PAGE_MB = 4096 / (1 << 20)
MORE = 0.20
"""A second capture, beside the first."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=40)
    parser.add_argument("--rss", action="store_true")
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--second", action="store_true")
    parser.add_argument("--routes", type=int, default=1000)
    parser.add_argument("--times", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="statetrace-ingest-") as name:
        place = Path(name)
        found = (
            memory(place, chosen.megabytes)
            if chosen.rss
            else second(place, chosen.devices, chosen.routes, chosen.times)
            if chosen.second
            else speed(place, chosen.devices)
        )
    print(json.dumps(found, indent=2))
    return 0 if found["ok"] else 1


def speed(place: Path, devices: int) -> dict[str, Any]:
    size = write(place / "logs", sessions.corpus(devices=devices, sites=2))
    first, whole_s, _ = ingest(place)
    again, again_s, _ = ingest(place)
    (figures, *_) = json.loads(run(place, "report", "ingestion"))["sites"]
    parse, written = figures["parse_ms"], figures["write_ms"]
    skipped, rate = again["skipped"] / again["files"], again["files"] / again["seconds"]
    return {
        "devices": devices,
        "megabytes": round(size / 1e6, 1),
        "rows": figures["rows"],
        "not_understood": figures["unparsed"],
        "rejected": len(first["rejected"]),
        "whole_command_s": round(whole_s, 2),
        "ingesting_s": first["seconds"],
        "parse_ms": parse,
        "write_ms": written,
        "unchanged_skipped": skipped,
        "unchanged_files_per_s": round(rate),
        "unchanged_whole_command_s": round(again_s, 2),
        "ok": whole_s <= 8 and parse["p95"] <= 250 and written["p95"] <= 50 and skipped == 1 and rate >= 200,
    }


class Ingested(NamedTuple):
    changes: int
    clock_s: float
    cpu_s: float


def second(place: Path, devices: int, routes: int, times: int) -> dict[str, Any]:
    logs = list(drifting(place, devices, routes))
    rounds = [[ingested(place / f"{number}", folder) for folder in logs] for number in range(times)]
    first, later = [one for one, *_ in rounds], [one for _, *rest in rounds for one in rest]
    clock_s = [round(min(one.clock_s for one in side), 2) for side in (first, later)]
    cpu_s = [round(min(one.cpu_s for one in side), 2) for side in (first, later)]
    more_clock, more_cpu = (round(after / before - 1, 3) for before, after in (clock_s, cpu_s))
    return {
        "devices": devices,
        "routes": routes,
        "changes": [one.changes for one in rounds[0]],
        "clock_s": clock_s,
        "cpu_s": cpu_s,
        "more_clock": more_clock,
        "more_cpu": more_cpu,
        "ok": max(more_clock, more_cpu) <= MORE,
    }


def drifting(place: Path, devices: int, routes: int) -> Iterator[Path]:
    """Three folders, with a capture of each device."""
    found = [Device(routes, seed=number) for number in range(1, devices + 1)]
    for number in range(3):
        folder = place / f"logs-{number}"
        folder.mkdir()
        for device in found:
            if number:
                device.drift()
            log = folder / f"{device.host}.log"
            log.write_bytes(device.capture())
            os.utime(log, (device.at, device.at))
        yield folder


def ingested(place: Path, folder: Path) -> Ingested:
    began, before = time.perf_counter(), children_s()
    changes = json.loads(run(place, "ingest", str(folder)))["changes"]
    return Ingested(changes, time.perf_counter() - began, children_s() - before)


def memory(place: Path, megabytes: int) -> dict[str, Any]:
    devices = megabytes * 4
    size = write(place / "logs", sessions.corpus(devices=devices, sites=5))
    said, seconds, peak_mb = ingest(place)
    return {
        "devices": devices,
        "megabytes": round(size / 1e6),
        "stored": said["stored"],
        "seconds": round(seconds, 1),
        "peak_rss_mb": round(peak_mb),
        "store_megabytes": round((place / "home/data/statetrace.db").stat().st_size / 1e6),
        "ok": said["stored"] == devices and peak_mb <= 400,
    }


def write(folder: Path, corpus: Iterable[tuple[str, bytes]]) -> int:
    """Writes the files; how many bytes they have."""
    size = 0
    for name, raw in corpus:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        size += (folder / name).write_bytes(raw)
    return size


def ingest(place: Path) -> tuple[dict[str, Any], float, float]:
    """What it said, how long the whole command took, and the most memory of it and its children, in MB."""
    began, peak_mb = time.perf_counter(), 0.0
    words = command(place, "ingest", str(place / "logs"))
    with (place / "said.json").open("w+b") as said, subprocess.Popen(words, stdout=said, cwd=ROOT) as running:
        while running.poll() is None:
            peak_mb = max(peak_mb, resident_mb(running.pid))
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        said.seek(0)
        return json.loads(said.read()), seconds, peak_mb


def run(place: Path, *words: str) -> bytes:
    return subprocess.run(command(place, *words), stdout=subprocess.PIPE, cwd=ROOT, check=True).stdout


def command(place: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "statetrace_tui", *words, "--home", str(place / "home"), "--json"]


def resident_mb(pid: int) -> float:
    """Of a process and all below it (Linux)."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1]) * PAGE_MB
            children = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
        except (OSError, IndexError):
            continue
        waiting += map(int, children.split())
    return total


if __name__ == "__main__":
    sys.exit(main())
