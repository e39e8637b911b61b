"""A data folder that is moved away or deleted under a running engine: nobody may take that for an all-clear."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from pathlib import Path

import pytest

from statetrace_engine.api import Engine
from statetrace_engine.control import heartbeat, lease
from statetrace_engine.control.lease import Lease
from statetrace_engine.control.remote import RemoteEngine
from statetrace_engine.errors import StateTraceError
from statetrace_engine.store import audit
from statetrace_tui.commands import answers
from tests.e2e.engines import PATIENCE_S, Network, Running, journal, log, until

HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01"]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows lets nobody move files that are open")


def _refusal(home: Path) -> str:
    try:
        answers.outages(home)
    except StateTraceError as error:
        return str(error)
    return ""


def _found(home: Path) -> set[str]:
    """Devices with an open outage, as a command is told."""
    with contextlib.suppress(StateTraceError):
        return {outage.hostname for outage in answers.outages(home) if outage.closed_at is None}
    return set()


async def _banner(engine: Engine, kind: str) -> str:
    """As soon as there is one of that kind."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for banner in (await engine.status()).banners:
                if banner.kind == kind:
                    return banner.text
            await asyncio.sleep(0.03)


def test_a_data_folder_that_is_moved_away_is_said_everywhere_and_taken_up_when_it_is_back(tmp_path: Path) -> None:
    with Network(2) as network:
        home = network.home(tmp_path / "home")
        data, aside = home / "data", tmp_path / "aside"

        async def watch(engine: Running) -> None:
            """As a console that was attached before."""
            console = await RemoteEngine.connect(data)
            data.rename(aside)
            network.cut(HOSTS[0], engine)
            assert "memory only" in await _banner(console, "data")
            assert "moved away" in await _banner(console, "journal")
            assert [o.hostname for o in await console.outages() if o.closed_at is None] == [HOSTS[0]]
            await console.close()

        with Running(home) as engine:
            engine.until_healthy()
            asyncio.run(watch(engine))
            assert str(data) in until(lambda: _refusal(home))
            assert not data.exists()
            aside.rename(data)
            until(lambda: _found(home) == {HOSTS[0]})
            until(lambda: not engine.banners())
            engine.settle()
            engine.kill()
        seqs = [signal.seq for signal in journal(home)]
        assert seqs == list(range(1, len(seqs) + 1)), "nothing of that time is missing"
        with Running(home) as engine:
            assert {outage.hostname for outage in engine.open_outages()} == {HOSTS[0]}
            assert engine.stop()[0] == 0
        assert audit.verify(data / "statetrace.db").ok
        assert "Traceback" not in log(home)


def test_a_data_folder_that_is_deleted_is_kept_anew_with_all_that_is_known(tmp_path: Path) -> None:
    with Network(2) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (before,) = until(engine.open_outages)
            engine.settle()
            shutil.rmtree(home / "data", ignore_errors=True)
            until(lambda: _found(home) == {HOSTS[0]})
            assert "kept anew" in until(lambda: engine.banners().get("data", ""))
            until(lambda: set(engine.banners()) == {"data"})
            network.cut(HOSTS[1], engine)
            until(lambda: len(engine.open_outages()) == 2)
            until(lambda: {o.hostname for o in answers.history(home).outages(0.0)} == set(HOSTS))
            engine.settle()
            engine.kill()
        with Running(home) as engine:
            found = {outage.hostname: outage for outage in engine.open_outages()}
            assert set(found) == set(HOSTS)
            assert found[HOSTS[0]].outage_id == before.outage_id
            assert not engine.banners()
            assert engine.stop()[0] == 0
        assert audit.verify(home / "data" / "statetrace.db").ok
        assert "Traceback" not in log(home)


def test_a_store_that_is_deleted_alone_is_written_anew(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (before,) = until(engine.open_outages)
            until(lambda: answers.history(home).outages(0.0))
            for path in (home / "data").glob("statetrace.db*"):
                path.unlink()
            assert "statetrace.db" in until(lambda: engine.banners().get("data", ""))
            until(lambda: [o.outage_id for o in answers.history(home).outages(0.0)] == [before.outage_id])
            engine.kill()
        with Running(home) as engine:
            assert [o.outage_id for o in engine.open_outages()] == [before.outage_id]
            assert engine.stop()[0] == 0
        assert "Traceback" not in log(home)


def test_a_folder_that_another_owns_is_not_written_and_taken_when_it_is_free(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        data = home / "data"
        with Running(home) as engine:
            engine.until_healthy()
            data.rename(tmp_path / "aside")
            other = Lease.acquire(data)
            until(lambda: "is not this engine's" in log(home))
            network.cut(HOSTS[0], engine)
            assert {path.name for path in data.iterdir()} <= {lease.LOCK, heartbeat.NAME, "inbox"}
            other.release()
            until(lambda: _found(home) == {HOSTS[0]})
            assert "kept anew" in engine.banners()["data"]
            assert engine.stop()[0] == 0
        assert "Traceback" not in log(home)
