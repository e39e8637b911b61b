"""Engines in processes of their own, and a small network for them: STAMP reflectors that fall silent, syslog over UDP.

with Network(devices=2) as network:
    home = network.home(tmp_path / "home")
    with Running(home) as engine:
        network.cut("AAAA-A01-AR-01", engine)
        outage = until(lambda: engine.open_outages())
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self, TypeVar

import statetrace_engine
from statetrace_engine.api import Engine
from statetrace_engine.model.action import MarkShown
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import Signal
from statetrace_engine.model.status import EngineStatus
from statetrace_engine.store import days
from statetrace_engine.wire import stamp
from statetrace_tui.commands import answers

ROOT = Path(statetrace_engine.__file__).parent.parent
PATIENCE_S = 30.0
"""How long a busy machine may take for what takes milliseconds."""
LISTENING = re.compile(r"(syslog_\w+) \[?(127\.0\.0\.1|::1)\]?:(\d+)")
SETTINGS = """[syslog]
udp = "127.0.0.1:{udp}"
tcp = ""
[traps]
udp = ""
[bmp]
tcp = ""
[class.critical]
grace_s = {grace_s}
recovery_hold_s = {hold_s}
stale_min_s = 30
stale_max_s = 60
"""
_DEVICE = """[[device]]
hostname = "{host}"
vendor = "cisco_ios"
[[device.route]]
prefix = "{prefix}"
class = "critical"
owner = "Network Core"
primary = {{ next_hop = "10.1.{n}.2", interface = "Gi0/1", protocol = "bgp" }}
secondary = [{{ next_hop = "10.2.{n}.2", interface = "Gi0/2", protocol = "bgp" }}]
[[device.probe]]
kind = "stamp"
tests = "control"
target = "127.0.0.1"
port = {control}
interval_ms = 250
[[device.probe]]
kind = "stamp"
tests = "destination"
prefix = "{prefix}"
target = "127.0.0.1"
port = {destination}
interval_ms = 250
"""
_LINK = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to {word}"
_BGP = "%BGP-5-ADJCHANGE: neighbor 10.1.{n}.2 {word}"
_Found = TypeVar("_Found")


def until(true: Callable[[], _Found | None], seconds: float = PATIENCE_S) -> _Found:
    """What `true` answers as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "in vain"
        time.sleep(0.03)
    return found


class Network:
    """Devices `AAAA-A01-AR-01`, `BBBB-A02-AR-01`, …: each with a route, a control and a destination probe."""

    def __init__(self, devices: int = 2) -> None:
        self.hosts = [f"{chr(65 + n % 26) * 4}-A{n + 1:02}-AR-01" for n in range(devices)]
        self.silent: set[str] = set()
        """`HOST control`, `HOST destination`."""
        self._ports: dict[str, socket.socket] = {}
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        for host in self.hosts:
            for what in ("control", "destination"):
                bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                bound.bind(("127.0.0.1", 0))
                self._ports[f"{host} {what}"] = bound
        for name, bound in self._ports.items():
            self._threads.append(threading.Thread(target=self._reflect, args=(name, bound), daemon=True))
            self._threads[-1].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bound in self._ports.values():
            wake, address = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), bound.getsockname()
            with wake:
                wake.sendto(b"end", address)
        for thread in self._threads:
            thread.join(5)
        for bound in self._ports.values():
            bound.close()

    def home(
        self, path: Path, *, hold_s: float = 600, grace_s: float = 1, udp: int = 0, hosts: Sequence[str] = (),
        more: str = "",
    ) -> Path:  # fmt: skip
        """A home that watches the devices and listens on a free port."""
        (path / "config").mkdir(parents=True, exist_ok=True)
        settings = SETTINGS.format(hold_s=hold_s, grace_s=grace_s, udp=udp) + more
        write(path / "config" / "statetrace.toml", settings)
        write(path / "config" / "inventory.toml", self.inventory(hosts or self.hosts))
        return path

    def inventory(self, hosts: Sequence[str]) -> str:
        return "".join(
            _DEVICE.format(
                host=host,
                n=self.hosts.index(host) + 1,
                prefix=f"10.20.{self.hosts.index(host)}.0/24",
                control=self._port(f"{host} control"),
                destination=self._port(f"{host} destination"),
            )
            for host in hosts
        )

    def cut(self, host: str, engine: Running) -> None:
        """Both paths: nothing carries any more."""
        self.silent.add(f"{host} destination")
        self.lose(host, engine)

    def lose(self, host: str, engine: Running) -> None:
        """The primary path; the secondary carries, as the destination's answers prove."""
        engine.say(host, _LINK.format(word="down"))
        engine.say(host, _BGP.format(n=self.hosts.index(host) + 1, word="Down Interface flap"))

    def mend(self, host: str, engine: Running) -> None:
        self.silent.discard(f"{host} destination")
        engine.say(host, _LINK.format(word="up"))
        engine.say(host, _BGP.format(n=self.hosts.index(host) + 1, word="Up"))

    def _port(self, name: str) -> int:
        port: int = self._ports[name].getsockname()[1]
        return port

    def _reflect(self, name: str, bound: socket.socket) -> None:
        while True:
            try:
                packet, sender = bound.recvfrom(2048)
            except OSError:
                continue  # Windows tells of an answer that nobody took
            if packet == b"end":
                return
            answer = None if name in self.silent else stamp.reflect(packet, time.time(), stamp.TTL)
            if answer is not None:
                bound.sendto(answer, sender)


class Running:
    """`statetrace engine` on a home, listening; killed at the end if it still runs."""

    def __init__(
        self, home: Path, *arguments: str, code: str = "", seconds: float | None = None,
        environ: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """`code` runs in the engine's process before it starts: a fault that nothing outside could cause."""
        self.home = home
        self.addresses: dict[str, tuple[str, int]] = {}
        start = f"{code}\nimport sys\nfrom statetrace_tui.__main__ import main\nsys.exit(main(sys.argv[1:]))"
        command = ["engine", "--home", str(home), "--json", *arguments]
        if seconds is not None:
            command += ["--seconds", str(seconds)]
        new_group: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)} if sys.platform == "win32" else {}
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", start, *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environ},
            **new_group,
        )
        self._sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def __enter__(self) -> Self:
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        self.addresses = {name: (host, int(port)) for name, host, port in LISTENING.findall(line)}
        if not self.addresses:
            rest = self.process.communicate(timeout=PATIENCE_S)
            raise AssertionError(line + str(rest))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sender.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=PATIENCE_S)

    def say(self, host: str, text: str) -> None:
        """A syslog message of that device."""
        self._sender.sendto(f"<187>Nov 23 09:00:00 {host} 77: {text}".encode(), self.addresses["syslog_udp"])

    def ask(self, question: Callable[[Engine], Awaitable[_Found]]) -> _Found:
        found = answers.ask(self.home, question)
        assert found is not None, "no engine answers"
        return found

    def outages(self) -> tuple[OutageEvent, ...]:
        return self.ask(lambda engine: engine.outages())

    def open_outages(self) -> tuple[OutageEvent, ...]:
        return tuple(outage for outage in self.outages() if outage.closed_at is None)

    def status(self) -> EngineStatus:
        return self.ask(lambda engine: engine.status())

    def states(self) -> dict[str, str]:
        rows = self.ask(lambda engine: engine.routes())
        return {row.route.hostname: row.state.value for row in rows}

    def banners(self) -> dict[str, str]:
        return {banner.kind: banner.text for banner in self.status().banners}

    def settle(self) -> None:
        """Returns when everything so far is in the journal, as every action does."""
        self.ask(lambda engine: engine.act(MarkShown("test", ())))

    def until_healthy(self) -> None:
        until(lambda: set(self.states().values()) == {"HEALTHY"})

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, dict[str, Any], str]:
        """Asked to stop; its exit code, what it printed, and its complaints."""
        if sys.platform == "win32":
            self.process.send_signal(signal.CTRL_BREAK_EVENT)
        else:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, json.loads(out) if out else {}, err

    def kill(self) -> None:
        """Without a word: SIGKILL."""
        self.process.kill()
        self.process.wait(PATIENCE_S)


def write(path: Path, text: str) -> None:
    """In one step, as an editor does."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def journal(home: Path) -> list[Signal]:
    return list(days.read(home / "data" / "journal"))


def telemetry(home: Path, event: str) -> list[dict[str, Any]]:
    """The events of that name, oldest first; every line must be whole."""
    lines = [
        json.loads(line)
        for path in sorted((home / "logs").glob("telemetry-*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [line for line in lines if line["EventName"] == event]


def log(home: Path) -> str:
    path = home / "logs" / "engine.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""
