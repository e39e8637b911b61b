"""`statetrace engine` in the namespace of the jump host, and its door, asked from there.

with Watching(network) as engine:
    engine.until_healthy()
    engine.outages()
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from statetrace_engine.api import Engine
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_tui.commands import answers
from tests.testbed import home, plan, shell
from tests.testbed.network import Network, NotConvergedError

HEALTHY_S = 100.0
"""An agent may show its copy of the route table, which is up to 60 s old, and then is asked again after 60 s."""
_LOOK_S = 0.2
_LEAST = {"snmp": 2 * len(plan.WATCHED) + len(home.ROUTES), "bmp": 20, "probe_icmp": 300}
"""Signals: each agent was asked twice and told of every route, BMP has told its tables, and probes know their times."""
_END_S = 20.0
_ROOT = Path(__file__).parent.parent.parent
_Found = TypeVar("_Found")


class Watching:
    """A fresh engine on a home of its own, below the network's folder."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.home = folder
        self._network = network
        (folder / "config").mkdir(parents=True)
        (folder / "config" / "statetrace.toml").write_text(home.SETTINGS, encoding="utf-8")
        (folder / "config" / "inventory.toml").write_text(home.inventory(), encoding="utf-8")
        self._said = folder / "said"
        self._process: subprocess.Popen[bytes] | None = None
        self._inside = shell.thread_in(network.name("jump"))

    def __enter__(self) -> Self:
        command = self._network.inside(
            "jump", sys.executable, "-m", "statetrace_tui", "engine", "--home", str(self.home)
        )
        environ = {**shell.environ(), **home.SECRETS, "PYTHONPATH": str(_ROOT)}
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said, env=environ)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._inside.shutdown()

    def ask(self, question: Callable[[Engine], Awaitable[_Found]]) -> _Found:
        """Through its door, which opens on the loopback of its own namespace."""
        found = self._inside.submit(answers.ask, self.home, question).result()
        if found is None:
            raise NotConvergedError(f"the engine has gone: {self._said.read_text(encoding='utf-8')}")
        return found

    def outages(self) -> tuple[OutageEvent, ...]:
        return self.ask(lambda engine: engine.outages())

    def incidents(self) -> tuple[Incident, ...]:
        return self.ask(lambda engine: engine.incidents())

    def routes(self) -> tuple[RouteHealth, ...]:
        return self.ask(lambda engine: engine.routes())

    def until_healthy(self, seconds: float = HEALTHY_S) -> float:
        """Every route is, and all that can speak has spoken. The seconds it took; raises NotConvergedError."""
        began = time.monotonic()
        while problem := self._problem():
            if time.monotonic() > began + seconds:
                raise NotConvergedError(problem)
            time.sleep(_LOOK_S)
        return time.monotonic() - began

    def _problem(self) -> str:
        if self._process is None or self._process.poll() is not None:
            raise NotConvergedError(f"the engine has ended: {self._said.read_text(encoding='utf-8')}")
        if not (self.home / "data" / "lease.json").exists():
            return "the engine has not started"
        sick = [
            f"{row.route.hostname} {row.route.prefix} {row.state}" for row in self.routes() if row.state != "HEALTHY"
        ]
        status = self.ask(lambda engine: engine.status())
        unheard = [name for name, least in _LEAST.items() if status.counters.signals.get(name, 0) < least]
        return "; ".join(sick or [f"too little from {name} yet" for name in unheard])

    def stun(self, seconds: float) -> None:
        """Its process stands still, as that of a paused machine does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)
