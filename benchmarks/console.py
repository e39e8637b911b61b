"""What the console costs at 140x40 on a pty: start, bytes and CPU a key, a busy table, a quiet one, memory.

    python benchmarks/console.py [--rows 10000] [--quick]
    python benchmarks/console.py --cards 2000 [--quick]
    python benchmarks/console.py --loaded [--rows 10000] [--rate 5000] [--keys 300]

Prints one JSON object. Bytes and CPU are firm figures; wall times are upper bounds on a shared machine. The engine
is a synthetic one in the console's own process; the child is this file with `--child`. With `--loaded` it is the real
one, in the console's process as `statetrace` runs it, on a simulated network of so many routes, while a process of its
own sends it --rate syslog datagrams a second (90 % unrelated, 9 % repeats, 1 % transitions): how long from a key to
its paint.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import multiprocessing
import os
import pty
import random
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

assert sys.platform != "win32", "it needs a pseudo-terminal"
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "tui")]
COLUMNS, ROWS = 140, 40
KEY_P95_MS = 60.0


class Terminal:
    """This file as a child on a pty of its own."""

    def __init__(self, *arguments: str, columns: int = COLUMNS, rows: int = ROWS) -> None:
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        environment.pop("NO_COLOR", None)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        self.started = time.perf_counter()
        self.output = b""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(sys.executable, [sys.executable, __file__, "--child", *arguments], environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._fd)

    def read(self, timeout_s: float) -> bytes:
        """What it wrote, waiting so long for the first byte."""
        ready, _, _ = select.select([self._fd], [], [], timeout_s)
        data = os.read(self._fd, 1 << 18) if ready else b""
        self.output += data
        return data

    def wait_for(self, text: str, timeout_s: float = 60) -> float:
        """Seconds from the start of the process until it wrote that."""
        while text.encode() not in self.output:
            if time.perf_counter() - self.started > timeout_s:
                raise TimeoutError(f"{text!r} in {self.output[-2000:]!r}")
            self.read(0.05)
        return time.perf_counter() - self.started

    def settle(self, quiet_s: float = 0.15, limit_s: float = 5) -> int:
        """Bytes until it has been quiet for so long."""
        count, deadline = 0, time.perf_counter() + limit_s
        while time.perf_counter() < deadline and (data := self.read(quiet_s)):
            count += len(data)
        return count

    def press(self, keys: bytes) -> tuple[float, int]:
        """Milliseconds to the first byte, and bytes in all."""
        sent = time.perf_counter()
        os.write(self._fd, keys)
        first = self.read(2)
        return (time.perf_counter() - sent) * 1e3, len(first) + self.settle(0.08)

    def cpu_s(self) -> float:
        """User and system seconds of all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def main_thread_cpu_s(self) -> float:
        """The same to the nanosecond, of the console's own thread."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def rss_mb(self) -> float:
        """Resident memory."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def watch(self, seconds: float) -> tuple[float, float]:
        """Bytes a second, and CPU of the console's thread in percent of a core."""
        start, cpu, count = time.perf_counter(), self.main_thread_cpu_s(), 0
        while (left := start + seconds - time.perf_counter()) > 0:
            count += len(self.read(min(left, 0.2)))
        elapsed = time.perf_counter() - start
        return count / elapsed, 100 * (self.main_thread_cpu_s() - cpu) / elapsed


def key_costs(terminal: Terminal, key: bytes, times: int) -> dict[str, float]:
    """A key pressed again and again."""
    latencies, sizes = [], []
    terminal.press(key)
    cpu = terminal.main_thread_cpu_s()
    for _ in range(times):
        latency, size = terminal.press(key)
        latencies.append(latency)
        sizes.append(size)
    spent = terminal.main_thread_cpu_s() - cpu
    return {
        "cpu_ms": round(spent / times * 1e3, 2),
        "bytes_median": median(sizes),
        "bytes_max": max(sizes),
        "latency_ms_median": round(median(latencies), 1),
        "latency_ms_max": round(max(latencies), 1),
    }


def measure(rows: int, seconds: float, times: int) -> dict[str, object]:
    """All figures for so many rows."""
    out: dict[str, object] = {"rows": rows}
    with TemporaryDirectory() as folder, Terminal("--rows", str(rows), "--made", f"{folder}/made") as terminal:
        right, whole = terminal.wait_for("NOT ACKNOWLEDGED"), terminal.wait_for(f"HEALTHY  {rows - 9:,}")
        made = float(Path(folder, "made").read_text())
        out["first_screenful_s"], out["all_sorted_s"] = round(right - made, 2), round(whole - made, 2)
        out["without_making_the_rows_s"] = round(made, 2)
        terminal.settle(0.5)
        out["cursor"] = key_costs(terminal, b"j", times)
        out["page_down"] = key_costs(terminal, b"\x1b[6~", times)
        terminal.press(b"g")
        out["filter_keystroke"] = _filter_cost(terminal)
        out["rss_mb"] = round(terminal.rss_mb(), 1)
    for name, how in (("updates_500", []), ("updates_500_with_moves", ["--moves"])):
        with Terminal("--rows", str(rows), "--updates", "500", *how) as terminal:
            terminal.wait_for("NOT ACKNOWLEDGED")
            terminal.settle(0.1, 1.5)
            rate, cpu = terminal.watch(seconds)
            out[name] = {"bytes_per_s": round(rate), "cpu_percent": round(cpu, 1)}
    with Terminal("--rows", str(rows), "--quiet") as terminal:
        terminal.wait_for("quiet since")
        terminal.settle(0.5, 3)
        terminal.watch(2)
        rate, cpu = terminal.watch(seconds)
        out["quiet"] = {"bytes_per_s": round(rate, 2), "cpu_percent": round(cpu, 2)}
    return out


def _filter_cost(terminal: Terminal) -> dict[str, float]:
    terminal.press(b"/")
    cpu = terminal.main_thread_cpu_s()
    latency, size = terminal.press(b"w")
    spent = terminal.main_thread_cpu_s() - cpu
    terminal.press(b"\x1b")
    return {"cpu_ms": round(spent * 1e3, 1), "latency_ms": round(latency, 1), "bytes": size}


def loaded(rows: int, rate: int, keys: int) -> dict[str, Any]:
    """Key to paint while the engine in the same process is fed."""
    from benchmarks.engine import SETTINGS, mix, send
    from statetrace_engine import config
    from statetrace_tui.commands.simulation import Simulation

    with TemporaryDirectory() as folder:
        home = Path(folder)
        config.create(home)
        (home / "config" / "statetrace.toml").write_text(SETTINGS, encoding="utf-8")
        inventory, log = home / "config" / "inventory.toml", home / "logs" / "simulation.log"
        network = Simulation.launch(inventory, log, "--routes", str(rows), "--faults", "none", "--updates", "0")
        hosts = [d.hostname for d in config.load(home).inventory.devices if d.vendor == "cisco_ios"]
        try:
            with Terminal("--home", folder, "--made", f"{folder}/made") as terminal:
                terminal.wait_for("NOT MEASURED", 120)
                addresses = json.loads(Path(folder, "made").read_text())
                network.start(addresses)
                terminal.wait_for("HEALTHY", 120)
                host, _, port = addresses["syslog_udp"].rpartition(":")
                load = ((host, int(port)), mix(hosts), rate, rate * 600)
                sender = multiprocessing.get_context("spawn").Process(target=send, args=load, daemon=True)
                sender.start()
                terminal.settle(5, 5)
                cpu, started = terminal.cpu_s(), time.perf_counter()
                alone = _latencies(terminal, keys)
                spent = (terminal.cpu_s() - cpu) / (time.perf_counter() - started)
                sender.kill()
        finally:
            network.close()
    return {"routes": rows, "signals_per_s": rate, "key_to_paint_ms": alone, "cpu_s_per_s": round(spent, 2)}


def _latencies(terminal: Terminal, keys: int) -> dict[str, float]:
    return in_figures(list(islice(key_to_paint(terminal), keys)))


def key_to_paint(terminal: Terminal) -> Iterator[float]:
    """Milliseconds from a key to the paint of the cursor in its new place; a key every 50 ms or so, as
    they are asked for."""
    chance = random.Random(3)
    number = 0
    while True:
        terminal.output = b""
        sent = time.perf_counter()
        os.write(terminal._fd, b"k" if number // 20 % 2 else b"j")
        number += 1
        while b">" not in terminal.output:
            if time.perf_counter() - sent > 5:
                raise TimeoutError("a key without a paint")
            terminal.read(0.5)
        yield (time.perf_counter() - sent) * 1e3
        terminal.settle(0.04 + chance.random() * 0.04, 0.1)


def in_figures(taken: list[float]) -> dict[str, float]:
    """Milliseconds of many keys."""
    taken = sorted(taken)
    return {
        "p50": round(median(taken), 1),
        "p95": round(taken[int(len(taken) * 0.95)], 1),
        "max": round(taken[-1], 1),
        "keys": len(taken),
    }


def real(home: Path, made: str) -> int:
    """The console on a real engine of this process; where it listens goes to the file `made`."""
    import asyncio

    from statetrace_engine import config
    from statetrace_engine.runtime import LiveEngine
    from statetrace_tui.app import ConsoleOptions, run

    engine = LiveEngine.start(config.load(home), home)
    Path(made).write_text(json.dumps(engine.addresses()))
    try:
        return run(engine, ConsoleOptions(operator="bench@host", home=home))
    finally:
        asyncio.run(engine.close())


def on_cards(cards: int, seconds: float, times: int) -> dict[str, object]:
    """The Cards screen with so many of them: keys, and quiet."""
    with Terminal("--rows", "1000", "--quiet", "--cards", str(cards)) as terminal:
        terminal.wait_for("NOT LOOKED AT")
        terminal.settle(1.0)
        out = {
            "cards": cards,
            "cursor": key_costs(terminal, b"j", times),
            "page": key_costs(terminal, b"\x1b[6~", times),
        }
        terminal.press(b"g")
        out["filter_keystroke"] = _filter_cost(terminal)
        terminal.settle(1.0, 5)
        terminal.watch(2)
        rate, cpu = terminal.watch(seconds)
        return out | {"quiet": {"bytes_per_s": round(rate, 2), "cpu_percent": round(cpu, 2)}}


def child(rows: int, updates: int, is_quiet: bool, has_moves: bool, made: str, cards: int = 0) -> int:
    """The console over a synthetic engine; how long its rows took to make, in seconds, goes to the file `made`."""
    started = time.perf_counter()
    from synthetic import Synthetic

    engine = Synthetic(rows, updates, is_quiet, random.Random(7), has_moves)
    if made:
        Path(made).write_text(str(time.perf_counter() - started))
    from statetrace_tui.app import ConsoleOptions, run

    if cards:
        from benchmarks import clusters

        hosts = [f"S{n % 16:02}-A{n:04}-AR-01" for n in range(500)]
        engine.anomaly_cards = clusters.cards(hosts, cards, time.time() - clusters.DAY_S)
    return run(engine, ConsoleOptions(operator="bench@host", screen="cards" if cards else "routes"))


def main() -> int:
    """Measures, or is the console that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--child", action="store_true")
    parser.add_argument("--moves", action="store_true")
    parser.add_argument("--made", default="")
    parser.add_argument("--updates", type=int, default=0)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--loaded", action="store_true")
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--cards", type=int, default=0, help="the Cards screen with so many")
    asked = parser.parse_args()
    if asked.home:
        return real(asked.home, asked.made)
    if asked.loaded:
        figures = loaded(asked.rows or 10_000, asked.rate, asked.keys)
        print(json.dumps({"console_loaded": figures}, indent=1))
        return 0 if figures["key_to_paint_ms"]["p95"] <= KEY_P95_MS else 1
    if asked.child:
        return child(asked.rows, asked.updates, asked.quiet, asked.moves, asked.made, asked.cards)
    if asked.cards:
        print(
            json.dumps(
                {"cards": on_cards(asked.cards, 3.0 if asked.quick else 10.0, 8 if asked.quick else 60)}, indent=1
            )
        )
        return 0
    sizes = [asked.rows] if asked.rows else [10_000, 100_000]
    seconds, times = (3.0, 8) if asked.quick else (10.0, 60)
    print(json.dumps({"console": [measure(rows, seconds, times) for rows in sizes]}, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
