"""Disks that cannot be written: the engine stays up, says so, keeps what it can and writes it when it can."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from statetrace_engine.model.action import Acknowledge
from statetrace_engine.model.health import HealthState
from statetrace_engine.store import audit
from tests.e2e.engines import Network, Running, journal, log, telemetry, until

HOST = "AAAA-A01-AR-01"
ENDS_S = 5.0


@contextmanager
def _full(engine: Running) -> Iterator[None]:
    """No file of the engine's process may grow."""
    resource = pytest.importorskip("resource")
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux limits another process")
    pid = engine.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        if engine.process.poll() is None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def test_on_a_full_disk_the_engine_watches_on_and_writes_when_it_can(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            with _full(engine):
                network.cut(HOST, engine)
                # As bad as it gets: an acknowledgement lapses when an outage worsens (SPEC 6).
                (outage,) = until(lambda: [o for o in engine.open_outages() if o.state is HealthState.DOWN])
                banners = until(lambda: b if {"journal", "store"} <= set(b := engine.banners()) else None)
                assert "cannot be written" in banners["journal"]
                assert "cannot be written" in banners["store"]
                engine.ask(lambda e: e.act(Acknowledge("a1", "jsm@jump", (outage.outage_id,), "while it was full")))
                assert engine.open_outages()[0].acknowledged_by == "jsm@jump"
            until(lambda: not engine.banners())
            engine.settle()
            engine.kill()
        seqs = [signal.seq for signal in journal(home)]
        assert seqs == list(range(1, len(seqs) + 1)), "nothing of that time is missing"
        with Running(home) as engine:
            (found,) = engine.open_outages()
            assert (found.outage_id, found.ack_note) == (outage.outage_id, "while it was full")
            assert engine.stop()[0] == 0
        assert audit.verify(home / "data" / "statetrace.db").ok
        assert "Traceback" not in log(home)
        assert [alert["Kind"] for alert in telemetry(home, "AlertSent")].count("opened") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no limit there")
def test_an_engine_ends_in_time_on_a_full_disk(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            with _full(engine):
                network.cut(HOST, engine)
                until(lambda: {"journal", "store"} <= set(engine.banners()))
                began = time.monotonic()
                code, _, err = engine.stop()
                took_s = time.monotonic() - began
        assert code == 0
        assert "Traceback" not in err
        assert took_s < ENDS_S + 2, "bounded, on a busy machine too"
        with Running(home) as engine:
            until(lambda: engine.states()[HOST] in ("DOWN", "DEGRADED"))
            assert engine.stop()[0] == 0
        assert audit.verify(home / "data" / "statetrace.db").ok


def test_telemetry_that_cannot_be_written_stops_nothing_and_comes_later(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        in_the_way = home / "logs" / f"telemetry-{datetime.now(UTC):%Y-%m-%d}.jsonl"
        in_the_way.mkdir(parents=True)
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOST, engine)
            until(lambda: [o for o in engine.open_outages() if o.notified_at])
            assert engine.status().counters.restarts == 0
            in_the_way.rmdir()
            until(lambda: telemetry(home, "AlertSent"))
            assert [event["OutageId"] for event in telemetry(home, "OutageOpened")] == [
                o.outage_id for o in engine.open_outages()
            ]


def test_a_log_that_cannot_be_written_says_nothing_on_the_terminal(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        (home / "logs" / "engine.log").mkdir(parents=True)
        with Running(home) as engine:
            engine.until_healthy()
            (home / "config" / "statetrace.toml").write_text("[syslog\n", encoding="utf-8")  # is logged
            until(lambda: "config" in engine.banners())
            code, _, err = engine.stop()
        assert (code, err) == (0, "")
