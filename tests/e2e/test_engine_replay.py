"""The journal of a live run, fed into a fresh pipeline, gives what the engine stored: same outages, ids and times."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from statetrace_engine import config
from statetrace_engine.api import Engine
from statetrace_engine.model.action import Acknowledge
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import Signal
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime import LiveEngine
from statetrace_engine.simulate import profile
from statetrace_engine.store.history import History
from tests.e2e.engines import PATIENCE_S, ROOT, journal, until, write

SETTINGS = """[syslog]
udp = "127.0.0.1:0"
tcp = "127.0.0.1:0"
[traps]
udp = "127.0.0.1:0"
[bmp]
tcp = "127.0.0.1:0"
relays = ["127.0.0.1"]
[snmp.demo]
version = "2c"
community = "file:config/community"
routes_s = 5
[class.critical]
recovery_hold_s = 3
[class.standard]
recovery_hold_s = 3
"""
FAULTS = 4
"""Of the script: a cut, a blackhole, a failover into Null0, a site."""
_Found = TypeVar("_Found")


def _ask(engine: LiveEngine, question: Callable[[Engine], Awaitable[_Found]]) -> _Found:
    async def asked() -> _Found:
        return await question(engine)

    return asyncio.run(asked())


def _run(home: Path) -> dict[str, OutageEvent]:
    """The demo's network until a site is lost, with an acknowledgement and an edit on the way."""
    command = [sys.executable, "-m", "statetrace_engine.simulate", "--faults", "script"]
    command += ["--inventory-out", str(home / "config" / "inventory.toml"), "--truth", str(home / "truth.jsonl")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as simulator:
        assert simulator.stdin is not None
        assert simulator.stdout is not None
        simulator.stdout.readline()
        engine = LiveEngine.start(config.load(home), home)
        heard: list[dict[str, Any]] = []
        listening = threading.Thread(target=lambda: heard.extend(map(json.loads, simulator.stdout or ())), daemon=True)
        listening.start()
        try:
            start = {name: where for name, where in engine.addresses().items() if name != "door"}
            simulator.stdin.write(json.dumps({"start": start}) + "\n")
            simulator.stdin.flush()
            first = until(lambda: _ask(engine, lambda e: e.outages()))[0]
            _ask(engine, lambda e: e.act(Acknowledge("a1", "jsm@jump", (first.outage_id,), "on it")))
            write(home / "config" / "statetrace.toml", SETTINGS + "[class.best-effort]\nrecovery_hold_s = 3\n")
            until(lambda: len({o.incident_id for o in _ask(engine, lambda e: e.outages())}) >= FAULTS, 3 * PATIENCE_S)
        finally:
            simulator.stdin.close()
            engine.stop()
        assert engine.failure is None
    return {outage.outage_id: outage for outage in History(home / "data" / "statetrace.db").outages(0.0)}


def _replayed(signals: list[Signal]) -> dict[str, OutageEvent]:
    pipeline = Pipeline()
    for signal in signals:
        pipeline.feed(signal)
    return {outage.outage_id: outage for outage in pipeline.outages()}


@pytest.mark.timeout(300)
def test_the_journal_of_a_live_run_gives_what_the_engine_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    config.create(home)
    write(home / "config" / "statetrace.toml", SETTINGS)
    write(home / "config" / "community", profile.COMMUNITY)
    said = _run(home)
    signals = journal(home)
    assert [s.seq for s in signals] == list(range(1, len(signals) + 1))
    kinds = {type(signal.payload).__name__ for signal in signals}
    assert kinds >= {"SettingsChanged", "LogLine", "ProbeResult", "Tick", "Acknowledge", "Trap", "Polled", "BmpPaths"}
    again = _replayed(signals)
    assert set(again) == set(said)
    for outage_id, outage in said.items():
        assert again[outage_id] == outage
