"""A home whose store has captures of small routers, put there without processes: `Stored(home).capture("R1", …)`."""

from __future__ import annotations

import os
import time
from pathlib import Path

from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs
from statetrace_engine.store.session import Session
from statetrace_engine.workers import captures, reading
from statetrace_engine.workers.reading import Job, Refused

NOON = 1_795_435_200.0
"""2026-11-23 12:00 UTC."""
ROUTES = ("10.8.0.0/16 [1/0] via 10.1.1.2", "10.9.0.0/16 [1/0] via 10.1.1.2")
CONFIG = (
    "hostname {host}",
    "interface GigabitEthernet0/1",
    " description to core",
    " ip address 10.1.1.1 255.255.255.0",
)


def text(host: str, routes: tuple[str, ...] = ROUTES, config: tuple[str, ...] | None = CONFIG) -> str:
    """What a router showed; `config` None: its configuration was not asked for."""
    lines = [f"{host}#show ip route", "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP", ""]
    lines += [f"S        {route}" for route in routes]
    if config is not None:
        lines += [f"{host}#show running-config", *(line.format(host=host) for line in config)]
    return "\n".join([*lines, f"{host}#", ""])


class Stored:
    def __init__(self, home: Path) -> None:
        self.path = home / "data" / "statetrace.db"
        self.home = home
        (home / "data").mkdir(parents=True, exist_ok=True)
        (home / "logs").mkdir(exist_ok=True)
        self.captures, self.runs = Captures(self.path), Runs(self.path)

    def capture(
        self, shown: str, at: float, *, site: str = "", is_compared: bool = True, stored_at: float | None = None
    ) -> int:
        """The run's id; `stored_at`: else now, or then, if that was later."""
        known = {each.capture_id for each in self.captures.since(0)}
        path = self.home / f"captured {len(known)}.log"
        path.write_text(shown, encoding="utf-8")
        job = Job(
            path=os.fsencode(path), modified_at=at, site=site, site_hint="WLLS", vendor="cisco_ios", key=b"k" * 32
        )
        filed = reading.decode(captures.read(reading.encode(job)))
        assert not isinstance(filed, Refused), filed.reason
        session = Session(self.path, lambda: max(time.time(), at) if stored_at is None else stored_at)
        session.write_captures([filed])
        if is_compared:
            metrics = DiffMetrics(self.home / "logs", self.path)
            told = comparison.run(self.path, session.write_runs, lambda *_, **__: None, time.time, metrics=metrics)
            assert list(told)
        session.close()
        (new,) = {each.capture_id for each in self.captures.since(0)} - known
        return new
