"""More than the engine can take: bounded, counted, shown, and the door still answers."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.engines import Network, Running, until

HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01"]
BURST = 20_000
SLOW = """
import time
from statetrace_engine.parsing import syslog_text
read = syslog_text.read
def slow(*given):
    time.sleep(0.0005)
    return read(*given)
syslog_text.read = slow
"""


def _accounted(engine: Running) -> int:
    """Messages that were received, and those that the system's own buffer had no room for."""
    status = engine.status()
    lost = next(source for source in status.sources if source.name == "syslog_udp").dropped - status.counters.dropped
    return status.counters.signals["syslog_udp"] + lost


def test_a_burst_beyond_the_queue_is_counted_and_shown_and_the_door_answers(tmp_path: Path) -> None:
    with Network(2) as network:
        home = network.home(tmp_path / "home", more="[engine]\nqueue_signals = 1000\n")
        with Running(home, code=SLOW) as engine:
            engine.until_healthy()
            for number in range(BURST):
                engine.say("NOBODY-A01", f"%SYS-5-CONFIG_I: message {number}")
                if number % 5000 == 0:
                    engine.status()
            status = until(lambda: s if (s := engine.status()).counters.dropped else None)
            assert status.counters.queue_depth <= 2 * 1000
            assert any(b.kind == "behind" and "dropped" in b.text for b in status.banners)
            until(lambda: engine.status().counters.queue_depth < 100)
            until(lambda: _accounted(engine) == BURST)
            network.cut(HOSTS[0], engine)
            until(engine.open_outages)
            assert {o.hostname for o in engine.open_outages()} == {HOSTS[0]}, "the flood failed nothing"
            assert engine.stop()[0] == 0
