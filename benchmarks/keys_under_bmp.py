"""Claim: while a router's feed of 1,000,000 routes comes over BMP, a key is painted within 60 ms (p95), the feed takes
at most 30 s, and the process with the console and the engine grows by 200 MB at most.

    python -m benchmarks.keys_under_bmp [--routes 1000000] [--watched 1000] [--feeds 5]

The console on a pty, with the real engine in its process as `statetrace` runs it, on a home of 10,000 watched routes,
of which --watched are among the feed's. A router, a process of its own, connects, sends the feed of `benchmarks.bmp`,
and waits until all of it was read; again and again, and keys are pressed meanwhile, and only then. All messages must
have been taken, and each watched route been told. Prints one JSON document; exit code 1 when the claim does not hold.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any  # JSON

from benchmarks import bmp
from statetrace_engine import config
from statetrace_engine.sources import address
from statetrace_engine.wire import bmp as wire
from statetrace_engine.wire import bmp_encode
from statetrace_engine.wire.bgp import IPV4
from statetrace_engine.wire.bmp_messages import SYS_NAME, Information, Initiation
from statetrace_tui.commands import answers

if sys.platform != "win32":
    from benchmarks.console import KEY_P95_MS, Terminal, in_figures, key_to_paint
assert sys.platform != "win32", "it needs a pseudo-terminal"
FEED_S = 30.0
GROWTH_MB = 200.0
ROUTER = "EDGE-R1"
ROWS = 10_000
_PER_DEVICE = 100
_STATUS_S = 5.0
"""A source tells its counts every second or so."""
_SETTINGS = """[syslog]
udp = ""
tcp = ""
[traps]
udp = ""
[bmp]
tcp = "127.0.0.1:0"
relays = ["127.0.0.1"]
"""
"""Nothing but BMP; the router is known by the name that it tells."""


def inventory(prefixes: list[str]) -> str:
    """The router with its watched prefixes, and as many other devices as make 10,000 routes."""
    others = range((ROWS - len(prefixes)) // _PER_DEVICE)
    return _device(ROUTER, "10.255.0.1", prefixes) + "".join(
        _device(
            f"AREA-R{number:03d}",
            f"10.254.{number // 250}.{number % 250}",
            [f"172.{16 + number // 200}.{number % 200}.{at}/32" for at in range(_PER_DEVICE)],
        )
        for number in others
    )


def _device(hostname: str, address: str, prefixes: list[str]) -> str:
    lines = ["[[device]]", f'hostname = "{hostname}"', f'addresses = ["{address}"]', "route = ["]
    path = f'{{ next_hop = "{bmp.PEER.address}", protocol = "bgp" }}'
    lines += [f'    {{ prefix = "{prefix}", primary = {path} }},' for prefix in prefixes]
    return "\n".join([*lines, "]", ""])


def router(pipe: Connection, routes: int) -> None:
    """A feed to each address that it is told, and the seconds until all was read; first, how many messages it has."""
    octets = bmp_encode.encode(Initiation((Information(SYS_NAME, ROUTER),)))
    octets += bmp.stream(bmp.peer_up(IPV4, has_path_ids=False), IPV4, routes, None)
    pipe.send(sum(1 for _ in wire.Decoder().feed(octets)))
    while to := pipe.recv():
        started = time.perf_counter()
        with socket.create_connection(to) as line:
            line.sendall(octets)
            line.shutdown(socket.SHUT_WR)
            line.recv(1)  # it is closed when the last octet has been looked at
        pipe.send(time.perf_counter() - started)


def measure(routes: int, watching: int, feeds: int) -> dict[str, Any]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=router, args=(there, routes), daemon=True)
    process.start()
    watched = [str(one) for one in bmp.prefixes(IPV4, routes)][:: max(1, routes // watching)]
    try:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            config.create(home)
            (home / "config" / "statetrace.toml").write_text(_SETTINGS, encoding="utf-8")
            (home / "config" / "inventory.toml").write_text(inventory(watched), encoding="utf-8")
            sent = here.recv() * feeds
            return {"routes": routes, "watched": len(watched), "sent": sent, **_meanwhile(home, here, feeds, sent)}
    finally:
        process.kill()
        process.join()


def _meanwhile(home: Path, line: Connection, feeds: int, sent: int) -> dict[str, Any]:
    """Feeds, one after another, and keys for as long as they take."""
    with Terminal("--home", str(home), "--made", f"{home}/made") as terminal:
        terminal.wait_for("NOT MEASURED", 120)
        terminal.settle(2, 5)
        to = address.split(json.loads((home / "made").read_text(encoding="utf-8"))["bmp"])
        alone = [ms for ms, _ in zip(key_to_paint(terminal), range(60), strict=False)]
        before_mb = most_mb = terminal.rss_mb()
        taken, seconds, cpu_s = list[float](), list[float](), terminal.cpu_s()
        for _ in range(feeds):
            line.send(to)
            for ms in key_to_paint(terminal):
                taken.append(ms)
                most_mb = max(most_mb, terminal.rss_mb())
                if line.poll():
                    break
            seconds.append(line.recv())
        spent_s = terminal.cpu_s() - cpu_s
        read, signals = _taken(home, sent)
    return {
        "feeds": feeds,
        "feed_s_max": round(max(seconds), 2),
        "cpu_s_a_feed": round(spent_s / feeds, 2),
        "taken": read,
        "signals": signals,
        "key_to_paint_ms": in_figures(taken),
        "alone_ms": in_figures(alone),
        "rss_mb": round(before_mb, 1),
        "grown_mb": round(most_mb - before_mb, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def _taken(home: Path, sent: int) -> tuple[int, int]:
    """Messages that the engine has read, and signals that came of them: one at least of each watched route."""
    until = time.perf_counter() + _STATUS_S
    while True:
        status = answers.ask(home, lambda engine: engine.status())
        assert status is not None, "the engine answers at its door"
        read = next(source.received for source in status.sources if source.name == "bmp")
        if read >= sent or time.perf_counter() > until:
            return read, status.counters.signals["bmp"]
        time.sleep(0.1)


def holds(found: dict[str, Any]) -> bool:
    is_quick: bool = found["key_to_paint_ms"]["p95"] <= KEY_P95_MS and found["feed_s_max"] <= FEED_S
    is_whole: bool = found["taken"] == found["sent"] and found["signals"] >= found["watched"] * found["feeds"]
    is_small: bool = found["grown_mb"] <= GROWTH_MB
    return is_quick and is_whole and is_small


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--routes", type=int, default=1_000_000)
    parser.add_argument("--watched", type=int, default=1000)
    parser.add_argument("--feeds", type=int, default=5)
    asked = parser.parse_args()
    found = measure(asked.routes, asked.watched, asked.feeds)
    print(json.dumps(found, indent=1))
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
