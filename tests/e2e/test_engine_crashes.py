"""Twenty times kill -9 in mid-write, under load: nothing committed is lost, and every restart shows the same."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from statetrace_engine.store import audit
from tests.e2e.engines import Network, Running, journal, log, telemetry, until

HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01", "CCCC-A03-AR-01", "DDDD-A04-AR-01"]
SPAN_S = 0.05
PER_SPAN = 100
"""2,000 signals a second."""
KILLS = 20


class Load:
    """Lines that concern nobody, and links that flap, at 2,000 a second while it runs."""

    def __init__(self, engine: Running) -> None:
        self._engine = engine
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        sent = 0
        while not self._end.wait(SPAN_S):
            for _ in range(PER_SPAN):
                sent += 1
                self._engine.say("NOBODY-A01", f"%SYS-5-CONFIG_I: message {sent}")

    def stop(self) -> None:
        self._end.set()
        self._thread.join()


def _committed(home: Path) -> list[tuple[int, bytes]]:
    return [(s.seq, msgspec.msgpack.encode(s.payload)) for s in journal(home)]


@pytest.mark.timeout(400)
def test_twenty_kills_in_mid_write_lose_nothing_that_was_committed(tmp_path: Path) -> None:
    draw = random.Random(7)
    with Network(4) as network:
        home = network.home(tmp_path / "home", grace_s=0)
        before: dict[str, float] = {}
        committed: list[tuple[int, bytes]] = []
        for turn in range(KILLS):
            with Running(home) as engine:
                after = {o.outage_id: o.detected_at for o in engine.open_outages()}
                assert before.items() <= after.items(), turn
                if turn == 0:
                    engine.until_healthy()
                load = Load(engine)
                if turn % 5 == 0:
                    network.cut(HOSTS[turn // 5], engine)
                    until(lambda: len(engine.open_outages()) == turn // 5 + 1)  # noqa: B023  # until is over in this turn
                    engine.settle()
                before = {o.outage_id: o.detected_at for o in engine.open_outages()}
                time.sleep(draw.uniform(0.0, 0.6))  # not a wait: the moment of the fault
                engine.kill()
                load.stop()
            now = _committed(home)
            assert now[: len(committed)] == committed, turn
            assert [seq for seq, _ in now] == sorted({seq for seq, _ in now})
            committed = now
            report = audit.verify(home / "data" / "statetrace.db")
            assert report.ok, report.problems
        with Running(home) as engine:
            assert {o.outage_id: o.detected_at for o in engine.open_outages()}.items() >= before.items()
            assert len(engine.outages()) == 4
            assert engine.status().counters.restarts == 0
            assert engine.stop()[0] == 0
    alerts = Counter((alert["OutageId"], alert["Kind"]) for alert in telemetry(home, "AlertSent"))
    assert set(alerts.values()) == {1}
    assert {outage_id for outage_id, kind in alerts if kind == "opened"} == set(before)
    assert "Traceback" not in log(home)
    assert len(committed) > KILLS * PER_SPAN, "it was killed while it wrote"
