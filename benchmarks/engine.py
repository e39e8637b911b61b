"""The live engine under load: datagrams from another process through socket, journal, pipeline and store.

Workload: a home with --routes watched routes of the demo's generator (no faults, its reflectors answering the probes),
and a sender in a process of its own that paces --rate syslog datagrams a second for --seconds: 90 % unrelated, 9 %
repeats, 1 % transitions (access to one uplink's link state, down and up). Then one burst: every such uplink goes down
at once, about 5,000 transitions with 10,000 routes. `burst.worst_lag_ms` is the longest that any signal, log line or
probe result, waited from its receipt to its evaluation, and `worst_answer_ms` the longest that a question to the engine
did. Printed as JSON.

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
from typing import Any  # JSON

from statetrace_engine import config
from statetrace_engine.runtime import LiveEngine
from statetrace_tui.commands.simulation import Simulation

SETTINGS = """[syslog]
udp = "127.0.0.1:0"
tcp = "127.0.0.1:0"
[traps]
udp = ""
[bmp]
tcp = ""
[snmp.demo]
version = "2c"
community = "env:STATETRACE_NO_COMMUNITY"
"""
"""Messages and probes only: nobody is polled where the community is not to be had."""
BURST_LAG_MS = 50.0


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


def burst(hosts: list[str]) -> list[bytes]:
    """The uplink of every device lost at once: a line each, some twenty routes behind each line."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    text = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
    return [f"<187>1 {stamp}.000Z {host} - - - - {text}".encode() for host in hosts]


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
    is_whole = not figures["dropped"] and figures["journaled"] >= figures["sent"]
    return 0 if is_whole and figures["burst"]["worst_lag_ms"] <= BURST_LAG_MS else 1


def measure(home: Path, simulation: Simulation, rate: int, seconds: int) -> dict[str, Any]:
    settings = config.load(home)
    hosts = [d.hostname for d in settings.inventory.devices if d.vendor == "cisco_ios"]
    started = time.perf_counter()
    engine = LiveEngine.start(settings, home, is_alone=True)
    ready_s = time.perf_counter() - started
    simulation.start(engine.addresses())
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
    storm = asyncio.run(_storm(engine, (host, int(port)), burst(hosts), count))
    engine.stop()
    return {
        "ready_s": round(ready_s, 2),
        "sent": count,
        "received": status.counters.signals.get("syslog_udp", 0),
        "journaled": _journaled(home / "data" / "journal"),
        "dropped": status.counters.dropped,
        "worst_lag_ms": round(lag, 1),
        "cpu_s_per_wall_s": round(cpu / seconds, 2),
        "burst": storm,
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


async def _storm(engine: LiveEngine, address: tuple[str, int], lines: list[bytes], before: int) -> dict[str, float]:
    """The burst, and questions to the engine every 10 ms until everything has been evaluated."""
    await asyncio.sleep(2.5)  # what lagged before is no longer told
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    started = time.perf_counter()
    for line in lines:
        sender.sendto(line, address)
    sent_s = time.perf_counter() - started
    lag = answer = 0.0
    while time.perf_counter() < started + 10:
        asked = time.perf_counter()
        status = await engine.status()
        answer = max(answer, time.perf_counter() - asked)
        lag = max(lag, status.lag_ms)
        await asyncio.sleep(0.01)
    outages = sum(o.closed_at is None for o in await engine.outages())
    return {
        "lines": len(lines),
        "sent_in_ms": round(sent_s * 1e3, 1),
        "received": status.counters.signals.get("syslog_udp", 0) - before,
        "outages": outages,
        "worst_lag_ms": round(lag, 1),
        "worst_answer_ms": round(answer * 1e3, 1),
    }


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
