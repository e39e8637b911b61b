"""The live engine under load: datagrams from another process through socket, journal, pipeline and store.

Workload: a home with --routes watched routes of the demo's generator (no faults, its reflectors answering the probes),
and a sender in a process of its own that paces --rate syslog datagrams a second for --seconds: 90 % unrelated, 9 %
repeats, 1 % transitions (access to one uplink's link state, down and up). Then one burst of 5,000 transitions while a
probe line is sent every 10 ms: how late is each evaluated, with the store and without the burst. Printed as JSON.

    python -m benchmarks.engine [--routes 10000] [--rate 10000] [--seconds 10]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import socket
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.runtime import LiveEngine
from statetrace_tui.commands.simulation import Simulation

SETTINGS = '[syslog]\nudp = "127.0.0.1:0"\ntcp = "127.0.0.1:0"\n[traps]\nudp = ""\n[bmp]\ntcp = ""\n'


def send(address: tuple[str, int], lines: list[bytes], rate: int, count: int) -> None:
    """Paces `count` datagrams in groups of a millisecond."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    started, sent = time.perf_counter(), 0
    while sent < count:
        due = min(count, int((time.perf_counter() - started) * rate) + 1)
        while sent < due:
            sender.sendto(lines[sent % len(lines)], address)
            sent += 1
        time.sleep(0.0005)


def mix(hosts: list[str]) -> list[bytes]:
    """1,000 lines: 900 unrelated, 90 repeats of one word, 10 transitions."""
    lines = []
    for number in range(1000):
        host = hosts[number % len(hosts)]
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
        if number % 100 == 99:
            word = "down" if number % 200 == 99 else "up"
            text = f"%LINK-3-UPDOWN: Interface GigabitEthernet0/2, changed state to {word}"
        elif number % 10 == 9:
            text = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up"
        else:
            text = f"%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: op{number}] [Source: 10.0.0.9] [localport: 22]"
        lines.append(f"<189>1 {stamp}.000Z {host} - - - - {text}".encode())
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        config.create(home)
        (home / "config" / "statetrace.toml").write_text(SETTINGS, encoding="utf-8")
        wanted = ("--routes", str(options.routes), "--updates", "1", "--faults", "none")
        simulation = Simulation.launch(home / "config" / "inventory.toml", home / "logs" / "simulation.log", *wanted)
        try:
            figures = measure(home, simulation, options.rate, options.seconds)
        finally:
            simulation.close()
    print(json.dumps({"routes": options.routes, **figures}, indent=1))
    return 0 if not figures["dropped"] and figures["journaled"] >= figures["sent"] else 1


def measure(home: Path, simulation: Simulation, rate: int, seconds: int) -> dict[str, float]:
    settings = config.load(home)
    hosts = [d.hostname for d in settings.inventory.devices if d.vendor == "cisco_ios"]
    started = time.perf_counter()
    engine = LiveEngine.start(settings, home)
    ready_s = time.perf_counter() - started
    simulation.start(engine.addresses()["syslog_udp"], engine.addresses()["syslog_tcp"])
    host, _, port = engine.addresses()["syslog_udp"].rpartition(":")
    count = rate * seconds
    cpu = time.process_time()
    child = multiprocessing.get_context("spawn").Process(
        target=send, args=((host, int(port)), mix(hosts), rate, count), daemon=True
    )
    child.start()
    child.join()
    lag = asyncio.run(_settle(engine, count))
    status = asyncio.run(engine.status())
    cpu = time.process_time() - cpu
    engine.stop()
    return {
        "ready_s": round(ready_s, 2),
        "sent": count,
        "received": status.counters.signals.get("syslog_udp", 0),
        "journaled": _journaled(home / "data" / "journal"),
        "dropped": status.counters.dropped,
        "worst_lag_ms": round(lag, 1),
        "cpu_s_per_wall_s": round(cpu / seconds, 2),
    }


async def _settle(engine: LiveEngine, count: int) -> float:
    worst = 0.0
    until = time.perf_counter() + 20
    while time.perf_counter() < until:
        status = await engine.status()
        worst = max(worst, status.lag_ms)
        if status.counters.signals.get("syslog_udp", 0) >= count and not status.counters.queue_depth:
            break
        await asyncio.sleep(0.2)
    return worst


def _journaled(folder: Path) -> int:
    total = 0
    for path in folder.glob("*.db"):
        with sqlite3.connect(path) as connection:
            tables = [r[0] for r in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            total += sum(
                connection.execute(f"SELECT COUNT(*) FROM {table} WHERE source = 'syslog_udp'").fetchone()[0]
                for table in tables
                if table.startswith("signal")
            )
    return total


if __name__ == "__main__":
    sys.exit(main())
