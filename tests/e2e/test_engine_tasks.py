"""What goes wrong inside: a task that dies, a message that meets a bug, a loop that ends; log, heartbeat, telemetry."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.e2e.engines import PATIENCE_S, ROOT, Network, Running, journal, log, telemetry, until

HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01"]
DEAF_PROBES = """
from statetrace_engine.sources.probes import Probing
run, died = Probing.run, []
async def dies(self):
    if len(died) < 2:
        died.append(1)
        raise RuntimeError("a bug in the probes: secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0 \\x1b[2J")
    await run(self)
Probing.run = dies
"""
DEAD_POLLING = """
from statetrace_engine.sources.snmp import poller
def cannot(*_):
    raise OSError("no library for SNMP")
poller.best_clients.__code__ = cannot.__code__
"""
POISON = """
from statetrace_engine.parsing import syslog_text
read = syslog_text.read
def fails(raw, *others):
    if b"POISON" in raw:
        raise ValueError("a bug in the parser")
    return read(raw, *others)
syslog_text.read = fails
"""
DEAD_LOOP = """
import asyncio
from statetrace_engine.runtime.house import House
beat = House.keep_beating
async def stops(self):
    asyncio.get_running_loop().call_later(1.0, asyncio.get_running_loop().stop)
    await beat(self)
House.keep_beating = stops
"""
HUNG_LOOP = """
import asyncio, time
from statetrace_engine.runtime.house import House
beat = House.keep_beating
async def hangs(self):
    asyncio.get_running_loop().call_later(2.0, time.sleep, 3600)
    await beat(self)
House.keep_beating = hangs
"""


def _doctor(home: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "statetrace_tui", "doctor", "--live", "--json", "--home", str(home)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    found = {check["name"]: check["mark"] for check in json.loads(done.stdout)["checks"]}
    return done.returncode, found.get("heartbeat", "")


def test_a_task_that_dies_is_logged_shown_and_started_again(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home, code=DEAF_PROBES) as engine:
            text = until(lambda: engine.banners().get("source", ""))
            assert "probes is not running" in text
            assert "\x1b" not in text
            engine.until_healthy()
            until(lambda: "source" not in engine.banners())
            assert engine.status().counters.restarts == 2
            assert engine.stop()[0] == 0
        said = log(home)
        assert said.count("Traceback") == 2
        assert "a bug in the probes" in said
        assert "hx5rVt7rPNoS4wqbXKX7m0" not in said
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", said)


def test_a_source_that_cannot_start_is_shown_as_failed_and_the_others_go_on(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", more='[snmp.core]\nversion = "2c"\ncommunity = "env:NOT_SET"\n')
        inventory = home / "config" / "inventory.toml"
        device = f'hostname = "{HOSTS[0]}"'
        asked = f'{device}\naddresses = ["127.0.0.9"]\nsnmp = "core"'
        inventory.write_text(inventory.read_text(encoding="utf-8").replace(device, asked), encoding="utf-8")
        with Running(home, code=DEAD_POLLING) as engine:
            states = until(lambda: {s.state: s.error for s in engine.status().sources if s.name == "snmp"})
            assert states == {"failed": "OSError: no library for SNMP"}
            assert "snmp is not running" in engine.banners()["source"]
            engine.until_healthy()
            assert engine.stop()[0] == 0


def test_a_message_that_meets_a_bug_costs_itself_only_and_no_later_start(tmp_path: Path) -> None:
    with Network(2) as network:
        home = network.home(tmp_path / "home")
        with Running(home, code=POISON) as engine:
            engine.until_healthy()
            engine.say(HOSTS[0], "POISON")
            network.cut(HOSTS[0], engine)
            engine.say(HOSTS[1], "POISON")
            until(engine.open_outages)
            text = until(lambda: engine.banners().get("behind", ""))
            assert "a bug in the parser" in text
            assert engine.status().counters.restarts == 0
            engine.settle()
            engine.kill()
        with Running(home, code=POISON) as engine:
            assert len(engine.open_outages()) == 1
            assert engine.stop()[0] == 0


def test_a_loop_that_ends_ends_the_process_with_a_log(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home, code=DEAD_LOOP) as engine:
            _, err = engine.process.communicate(timeout=PATIENCE_S)
            assert engine.process.returncode not in (0, None)
        assert "the engine has died" in err
        assert "Traceback" not in err
        assert "the engine died" in log(home)
        assert not (home / "data" / "lease.json").exists()
        with Running(home) as engine:
            engine.until_healthy()


def test_the_heartbeat_of_a_loop_that_hangs_goes_stale(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            assert _doctor(home) == (0, "ok")
            engine.stop()
        with Running(home, code=HUNG_LOOP):
            until(lambda: _doctor(home) == (1, "fail"))
        beat = home / "data" / "heartbeat"
        assert time.time() - beat.stat().st_mtime > 5


def test_telemetry_says_what_happened_in_whole_lines_with_units(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", hold_s=1, grace_s=0)
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (outage,) = until(lambda: [o for o in engine.open_outages() if o.notified_at])
            network.mend(HOSTS[0], engine)
            until(lambda: [o for o in engine.outages() if o.closed_at])
            engine.stop()
        (opened,) = telemetry(home, "OutageOpened")
        assert opened["OutageId"] == outage.outage_id
        assert opened["DetectionLatencyMs"] >= 0
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", opened["Timestamp"])
        alerts = telemetry(home, "AlertSent")
        assert [alert["Kind"] for alert in alerts if alert["Kind"] != "worse"] == ["opened", "recovered"]
        assert all(alert["Runbook"] for alert in alerts)
        (resolved,) = telemetry(home, "OutageResolved")
        assert resolved["OutageId"] == outage.outage_id
        states = [event["State"] for event in telemetry(home, "StateTransition")]
        assert states[0] in ("UNKNOWN", "HEALTHY")
        assert states[-1] == "HEALTHY"


def test_no_secret_of_a_message_is_in_any_file(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            engine.say(
                HOSTS[0],
                "%PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:username bob privilege 15 secret 5 hunter2horse",
            )
            until(lambda: engine.status().counters.redacted)
            engine.settle()
            engine.stop()
        assert any(b"<redacted>" in getattr(signal.payload, "raw", b"") for signal in journal(home))
        for path in home.rglob("*"):
            if path.is_file():
                assert b"hunter2horse" not in path.read_bytes(), path.name
