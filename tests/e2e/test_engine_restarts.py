"""An engine that ends, in whatever way, and another that goes on: nothing is lost, nothing is said twice."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from statetrace_engine.model.action import Acknowledge, Maintain
from statetrace_engine.model.inventory import Maintenance
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.store import audit, direct
from tests.e2e.engines import Network, Running, log, telemetry, until

HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01", "CCCC-A03-AR-01"]
KEPT = ("acknowledged_by", "ack_note", "detected_at", "notified_at", "occurred_at", "incident_id", "cause", "flaps")
UNTOLD = """
from statetrace_engine.runtime.saver import Saver
from statetrace_engine.telemetry import Telemetry
Saver.save = lambda self, **how: None
Telemetry.write = lambda self: None
"""
"""An engine that crashes between the journal and everything else."""


def _announced(engine: Running) -> tuple[OutageEvent, ...]:
    found = engine.open_outages()
    return found if found and all(o.notified_at for o in found) else ()


def _ends(engine: Running, how: str) -> None:
    if how == "kill":
        engine.kill()
    else:
        assert engine.stop()[0] == 0


@pytest.mark.parametrize("how", ["term", "kill"])
def test_a_restart_keeps_outages_acknowledgements_notes_and_maintenance(tmp_path: Path, how: str) -> None:
    with Network(3) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            for host in HOSTS[:2]:
                network.cut(host, engine)
            until(lambda: len(_announced(engine)) == 2)
            first = next(o for o in engine.open_outages() if o.hostname == HOSTS[0])
            engine.ask(lambda e: e.act(Acknowledge("a1", "jsm@jump", (first.outage_id,), "on it")))
            until_at = engine.status().at + 3600
            window = Maintenance(
                maintenance_id="m1", starts_at=0, ends_at=until_at, reason="works", hostname=HOSTS[2], declared_by="jsm"
            )
            engine.ask(lambda e: e.act(Maintain("m1", "jsm@jump", window)))
            before = {o.outage_id: o for o in engine.open_outages()}
            _ends(engine, how)
        with Running(home) as engine:
            after = {o.outage_id: o for o in engine.open_outages()}
            assert set(after) == set(before)
            for outage_id, outage in before.items():
                found = after[outage_id]
                for field in (
                    "acknowledged_by",
                    "ack_note",
                    "detected_at",
                    "notified_at",
                    "occurred_at",
                    "incident_id",
                ):
                    assert getattr(found, field) == getattr(outage, field), field
            assert {i.incident_id for i in engine.ask(lambda e: e.incidents())} >= {
                o.incident_id for o in before.values()
            }
            network.cut(HOSTS[2], engine)
            during = until(lambda: [o for o in engine.open_outages() if o.hostname == HOSTS[2]])[0]
            assert during.severity == "info"
            marks = engine.ask(lambda e: e.timeline(first.outage_id))
            assert marks is not None
            assert "on it" in " ".join(mark.text for mark in marks.marks)
            assert engine.stop()[0] == 0
        alerts = Counter((alert["OutageId"], alert["Kind"]) for alert in telemetry(home, "AlertSent"))
        assert set(alerts.values()) == {1}
        assert {outage_id for outage_id, kind in alerts if kind == "opened"} == set(before)
        assert audit.verify(home / "data" / "statetrace.db").ok
        assert "Traceback" not in log(home)


def test_a_recovery_that_nobody_saw_stays_latched_over_a_restart(tmp_path: Path) -> None:
    with Network(2) as network:
        home = network.home(tmp_path / "home", hold_s=1, grace_s=0)
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            until(lambda: _announced(engine))
            network.mend(HOSTS[0], engine)
            (latched,) = until(lambda: [o for o in engine.outages() if o.is_latched])
            engine.settle()
            engine.kill()
        with Running(home) as engine:
            (found,) = engine.outages()
            assert (found.outage_id, found.is_latched) == (latched.outage_id, True)
            row = next(r for r in engine.ask(lambda e: e.routes()) if r.route.hostname == HOSTS[0])
            assert (row.outage_id, row.is_latched) == (latched.outage_id, True)
            engine.until_healthy()
            assert engine.stop()[0] == 0
        kinds = [alert["Kind"] for alert in telemetry(home, "AlertSent")]
        assert sorted(kinds) == ["opened", "recovered"]


def test_a_healthy_route_keeps_its_age_over_a_restart(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            (before,) = engine.ask(lambda e: e.routes())
            engine.stop()
        with Running(home) as engine:
            engine.until_healthy()
            (after,) = engine.ask(lambda e: e.routes())
        assert after.since_at == before.since_at


def test_a_flap_penalty_outlives_the_engine(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", hold_s=600, grace_s=30)
        with Running(home) as engine:
            engine.until_healthy()
            for _ in range(2):
                network.cut(HOSTS[0], engine)
                until(lambda: engine.states()[HOSTS[0]] == "DOWN")
                network.mend(HOSTS[0], engine)
                until(lambda: engine.states()[HOSTS[0]] == "RECOVERED")
            engine.kill()
        with Running(home) as engine:
            until(lambda: engine.states()[HOSTS[0]] == "RECOVERED")
            network.cut(HOSTS[0], engine)  # the third loss is one too many
            row = until(lambda: [r for r in engine.ask(lambda e: e.routes()) if r.overlays & 1])
            assert row[0].route.hostname == HOSTS[0]
            (outage,) = engine.outages()
            assert outage.flaps == 3


def test_a_grace_period_that_a_crash_cut_short_ends_in_one_notice(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", grace_s=3)
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (opened,) = until(engine.open_outages)
            assert opened.notified_at is None
            engine.settle()
            engine.kill()
        with Running(home) as engine:
            (found,) = until(lambda: _announced(engine))
            assert found.outage_id == opened.outage_id
            engine.stop()
        assert [a["OutageId"] for a in telemetry(home, "AlertSent")] == [opened.outage_id]


def test_a_notice_that_a_crash_kept_from_people_is_given_by_the_next_engine_once(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", grace_s=0)
        with Running(home, code=UNTOLD) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (notified,) = until(lambda: _announced(engine))
            engine.settle()
            engine.kill()
        assert telemetry(home, "AlertSent") == []
        for _ in range(2):
            with Running(home) as engine:
                assert [o.outage_id for o in engine.open_outages()] == [notified.outage_id]
                engine.stop()
        told = [(a["OutageId"], a["Kind"]) for a in telemetry(home, "AlertSent") if a["Kind"] == "opened"]
        assert told == [(notified.outage_id, "opened")]


def test_an_acknowledgement_without_an_engine_is_kept_by_the_next(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (opened,) = until(lambda: _announced(engine))
            engine.stop()
        action = Acknowledge("a1", "jsm@jump", (opened.outage_id,), "seen on the way home")
        assert direct.acknowledge(home / "data", action, opened.detected_at + 5000.0).touched == (opened.outage_id,)
        with Running(home) as engine:
            (found,) = engine.open_outages()
            assert (found.outage_id, found.acknowledged_by, found.ack_note) == (
                opened.outage_id, "jsm@jump", "seen on the way home",
            )  # fmt: skip
            assert engine.stop()[0] == 0
        report = audit.verify(home / "data" / "statetrace.db")
        assert (report.ok, report.entries) == (True, 1)


def test_no_grace_period_runs_while_only_an_acknowledgement_is_written(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", grace_s=120)
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (opened,) = until(engine.open_outages)
            engine.stop()
        action = Acknowledge("a1", "jsm@jump", (opened.outage_id,))
        direct.acknowledge(home / "data", action, opened.detected_at + 5000.0)
        with Running(home) as engine:
            (found,) = engine.open_outages()
            assert (found.outage_id, found.acknowledged_by) == (opened.outage_id, "jsm@jump")
            assert found.notified_at is None
            engine.stop()
        assert telemetry(home, "AlertSent") == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_the_engine_with_its_data_whole(tmp_path: Path, number: str) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            until(engine.open_outages)
            code, printed, err = engine.stop(getattr(signal, number))
        assert (code, printed["routes"]) == (0, 1)
        assert "Traceback" not in err + log(home)
        assert not (home / "data" / "lease.json").exists()
        with Running(home) as engine:
            assert len(engine.open_outages()) == 1
