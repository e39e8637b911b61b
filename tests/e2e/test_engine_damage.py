"""Files that are lost or damaged between two runs: what can be known is known, and nothing stays open for ever."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.e2e.engines import PATIENCE_S, ROOT, Network, Running, log, until

HOST = "AAAA-A01-AR-01"


def _with_an_outage(network: Network, home: Path) -> str:
    """Runs an engine until it has one and has stored it; its id."""
    with Running(home) as engine:
        engine.until_healthy()
        network.cut(HOST, engine)
        until(lambda: engine.states()[HOST] == "DOWN")
        (outage,) = until(lambda: [o for o in engine.open_outages() if o.notified_at])
        assert engine.stop()[0] == 0
    return outage.outage_id


def _damage_checkpoint(home: Path) -> None:
    with closing(sqlite3.connect(home / "data" / "statetrace.db")) as store, store:
        store.execute("UPDATE meta SET value = x'00ff00' WHERE key = 'checkpoint'")


def _lose_store(home: Path) -> None:
    for path in (home / "data").glob("statetrace.db*"):
        path.unlink()


def test_without_its_store_the_engine_finds_everything_in_the_journal(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        before = _with_an_outage(network, home)
        _lose_store(home)
        with Running(home) as engine:
            assert [o.outage_id for o in engine.open_outages()] == [before]
            engine.stop()
        with Running(home) as engine:
            assert [o.outage_id for o in engine.open_outages()] == [before], "and it is stored again"


def test_without_its_journal_the_engine_goes_on_from_the_checkpoint(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        before = _with_an_outage(network, home)
        shutil.rmtree(home / "data" / "journal")
        with Running(home) as engine:
            assert [o.outage_id for o in engine.open_outages()] == [before]
            network.mend(HOST, engine)
            until(lambda: engine.states()[HOST] == "RECOVERED")
            assert engine.stop()[0] == 0


def test_a_damaged_checkpoint_is_made_good_by_the_journal(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        before = _with_an_outage(network, home)
        _damage_checkpoint(home)
        with Running(home) as engine:
            assert [o.outage_id for o in engine.open_outages()] == [before]
        assert "the checkpoint cannot be used" in log(home)


def test_an_outage_that_nothing_remembers_is_ended_and_not_open_for_ever(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        before = _with_an_outage(network, home)
        _damage_checkpoint(home)
        shutil.rmtree(home / "data" / "journal")
        network.silent.clear()
        with Running(home) as engine:
            engine.until_healthy()
            until(lambda: not engine.open_outages())
            (ended,) = engine.outages()
            assert (ended.outage_id, ended.resolved_at, ended.is_latched) == (before, None, False)
            engine.stop()
        with Running(home) as engine:
            assert engine.open_outages() == ()
        assert log(home).count("no longer followed") == 1


def test_a_store_that_is_no_database_is_refused_in_one_line_and_left_alone(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        (home / "data").mkdir()
        store = home / "data" / "statetrace.db"
        store.write_bytes(b"not a database" * 1000)
        done = subprocess.run(
            [sys.executable, "-m", "statetrace_tui", "engine", "--home", str(home)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert done.returncode == 3
        assert done.stderr.count("\n") == 1
        assert "statetrace.db" in done.stderr
        assert store.read_bytes().startswith(b"not a database")


def test_a_damaged_journal_is_set_aside_and_said(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        before = _with_an_outage(network, home)
        (day,) = (home / "data" / "journal").glob("*.db")
        for path in (home / "data" / "journal").iterdir():
            path.unlink()
        day.write_bytes(b"not a database" * 1000)
        with Running(home) as engine:
            assert [o.outage_id for o in engine.open_outages()] == [before]
            until(lambda: "set aside" in engine.banners().get("journal", ""))
            network.mend(HOST, engine)
            until(lambda: engine.states()[HOST] == "RECOVERED")
            assert engine.stop()[0] == 0
        assert list((home / "data" / "journal").glob("*.damaged-*"))
