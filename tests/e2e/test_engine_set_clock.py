"""The clock of the engine's machine is set while it runs: a process of its own under libfaketime, syslog and SNMP."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from statetrace_engine.api import Engine
from statetrace_engine.model.action import Acknowledge
from statetrace_engine.model.outage import Timeline
from tests.e2e.engines import Network, Running, log, telemetry, until, write
from tests.snmp import snmpd

HERE, THERE = "AAAA-A01-AR-01", "BBBB-A02-AR-01"
LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
SNMP = '[snmp.lab]\nversion = "3"\nuser = "{user}"\nauth = "env:SET_AUTH"\npriv = "env:SET_PRIV"\ninterval_s = 1\n'
pytestmark = [
    pytest.mark.skipif(LIBRARY is None, reason="no libfaketime here: apt-get install faketime"),
    pytest.mark.skipif(snmpd.SNMPD is None, reason="no snmpd here: apt-get install snmpd"),
]


class Clock:
    """What the engine's process sees of the wall clock; its monotonic one is the machine's."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "faketime"
        self.set(0)
        self.environ = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "SET_AUTH": snmpd.AUTH,
            "SET_PRIV": snmpd.PRIV,
        }

    def set(self, ahead_s: int) -> None:
        write(self._file, f"{ahead_s:+d}\n")


def step(engine: Running, clock: Clock, ahead_s: int) -> None:
    """Until the engine knows of its other clock, and has heard probes and polls since."""
    clock.set(ahead_s)
    until(lambda: is_set(engine, ahead_s))
    signals = engine.status().counters.signals
    until(lambda: engine.status().counters.signals["probe_stamp"] > signals["probe_stamp"] + 8)
    until(lambda: engine.status().counters.signals["snmp"] > signals["snmp"] + 2)


def is_set(engine: Running, ahead_s: int) -> bool:
    return abs(engine.status().at - time.time() - ahead_s) < 600


def test_a_clock_that_is_set_opens_and_closes_nothing(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    agent = tmp_path / "agent"
    agent.mkdir()
    with Network(2) as network, snmpd.running(agent) as port:
        user = snmpd.user("sha", "aes128")
        home = network.home(tmp_path / "home", hold_s=12, grace_s=0, more=SNMP.format(user=user))
        polled = f'vendor = "cisco_ios"\nsnmp = "lab"\nsnmp_address = "127.0.0.1:{port}"'
        write(
            home / "config" / "inventory.toml",
            network.inventory(network.hosts).replace('vendor = "cisco_ios"', polled, 1),
        )
        with Running(home, environ=clock.environ) as engine:
            engine.until_healthy()
            until(lambda: engine.status().counters.signals.get("snmp"))
            step(engine, clock, 3600)
            step(engine, clock, 0)
            assert engine.outages() == (), "nothing opens"
            clock.set(3600)  # seen within a second, while the loss is found
            network.cut(HERE, engine)
            until(lambda: engine.states()[HERE] == "DOWN")
            until(lambda: is_set(engine, 3600))
            (outage,) = engine.open_outages()
            done = engine.ask(lambda e: e.act(Acknowledge("a1", "test", (outage.outage_id,))))
            assert done.touched
            for ahead_s in (0, 3600, 0, -3600):
                step(engine, clock, ahead_s)
                assert engine.states() == {HERE: "DOWN", THERE: "HEALTHY"}
                (still,) = engine.open_outages()
                assert (still.outage_id, still.acknowledged_by) == (outage.outage_id, "test")
            network.mend(HERE, engine)
            until(lambda: engine.states()[HERE] == "RECOVERED")
            clock.set(0)
            until(lambda: is_set(engine, 0))
            assert engine.states()[HERE] == "RECOVERED", "the hold is measured by the clock that does not step"
            engine.until_healthy()
            assert [o.outage_id for o in engine.outages()] == [outage.outage_id]
            timeline = engine.ask(lambda e: _timeline(e, outage.outage_id))
            words = [mark.text for mark in timeline.marks if "clock" in mark.text]
            directions = [word.rpartition(" ")[2] for word in words]
            assert directions.count("back") == 3
            assert directions.count("ahead") in (2, 3), "the first may have been just before the loss"
            assert engine.stop()[0] == 0
    assert len(telemetry(home, "OutageOpened")) == 1
    assert "Traceback" not in log(home)


async def _timeline(engine: Engine, outage_id: str) -> Timeline:
    found = await engine.timeline(outage_id)
    assert found is not None
    return found
