"""The headless demo: real sockets, a child that breaks things, and outages that agree with its own log."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.model.status import EngineStatus, Frame
from statetrace_engine.simulate import truth
from statetrace_tui.commands.captions import IDLE, Captions
from statetrace_tui.commands.simulation import Simulation
from statetrace_tui.present.hours import utc
from tests.commands.conftest import Said, launch


def test_every_injected_fault_is_found_and_nothing_else(tmp_path: Path) -> None:
    with launch("demo", "--headless", "--seconds", "7", "--json", cwd=tmp_path) as demo:
        out, err = demo.communicate(timeout=90)
    assert (demo.returncode, err) == (0, "")
    document = json.loads(out)
    assert list(document) == ["routes", "signals", "unparsed", "dropped", "faults", "outages"]
    assert document["routes"] == 120
    assert set(document["signals"]) == {"syslog_udp", "syslog_tcp", "probe_stamp", "trap", "snmp", "bmp"}
    assert (document["unparsed"], document["dropped"]) == (0, 0)
    assert set(document["faults"][0]) == {"kind", "injected_at", "healed_at", "routes"}
    score = truth.score(document["faults"], document["outages"], time.time())
    assert (score.missed, score.false, score.repeated) == ((), (), ())
    assert score.expected > 0
    for outage in document["outages"]:
        assert (outage["runbook"] == "generic") is (outage["cause"] == "unknown")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    network = Simulation.launch(tmp_path / "inventory.toml", tmp_path / "log", "--faults", "none", "--updates", "0")
    yield network
    network.close()


class Still:
    """A subscription in which nothing happens but what the test offers."""

    def __init__(self) -> None:
        self.frame: Frame | None = None

    def pull(self) -> Frame | None:
        frame, self.frame = self.frame, None
        return frame

    def silent_s(self) -> float:
        return 0.0

    def close(self) -> None: ...


def test_the_viewer_breaks_and_heals_and_the_caption_says_how_soon_it_was_seen(
    simulation: Simulation, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.create_server(("127.0.0.1", 0)) as tcp:
        udp.bind(("127.0.0.1", 0))
        ports = {"syslog_udp": udp.getsockname()[1], "syslog_tcp": tcp.getsockname()[1]}
        simulation.start({source: f"127.0.0.1:{port}" for source, port in ports.items()}, tmp_path)
        subscription = Still()
        captions = Captions(simulation, subscription, utc)
        assert captions() == IDLE
        with pytest.raises(StateTraceError, match="no device NOWHERE"):
            simulation.break_link("NOWHERE", "Gi0/1")
        said = simulation.break_link("WLLS-A01-AR-01", "GigabitEthernet0/1")
        assert said.startswith("cut: WLLS-A01-AR-01")
        (fault,) = simulation.faults()
        assert said in captions()
        assert captions().endswith("not detected yet")
        subscription.frame = _frame(fault.routes[0], fault.injected_at + 0.19)
        assert f"detected +0.19 s (1 of {len(fault.routes)} routes)" in captions()
        assert simulation.heal().startswith("healed: cut")
        with pytest.raises(StateTraceError, match="nothing is broken"):
            simulation.heal()


def test_the_caption_says_that_the_network_has_ended(simulation: Simulation) -> None:
    captions = Captions(simulation, Still(), utc)
    assert captions() == IDLE
    simulation._child.kill()
    simulation._child.wait()
    assert captions().startswith("the simulated network has ended: it said nothing, exit code ")
    simulation._log.write_text("Traceback\nOSError: no\x1b[2J more\n", encoding="utf-8")
    assert Captions(simulation, Still(), utc)() == "the simulated network has ended: OSError: no.[2J more"


def test_the_headless_demo_ends_with_its_network(
    statetrace: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Simulation.start

    def begin_and_die(network: Simulation, listeners: Mapping[str, str], inbox: Path) -> None:
        begin(network, listeners, inbox)
        network._child.kill()

    monkeypatch.setattr(Simulation, "start", begin_and_die)
    said = statetrace("demo", "--headless", "--json", "--seconds", "5")
    assert (said.code, said.json["exit"]) == (3, 3)
    assert said.err.startswith("statetrace: the simulated network has ended: ")


def _frame(route_id: str, detected_at: float) -> Frame:
    outage = OutageEvent(
        outage_id="OUT-1123-7K2Q", route_id=route_id, site="", hostname="", vrf="", prefix="", route_class="", owner="",
        contact="", state=HealthState.DOWN, severity=Severity.CRITICAL, worst=Severity.CRITICAL,
        cause=CauseKind.UNKNOWN, occurred_at=detected_at, first_signal_at=detected_at, detected_at=detected_at,
    )  # fmt: skip
    status = EngineStatus(version="", pid=0, started_at=0, at=0, home="")
    return Frame(is_full=True, routes=(), removed=(), outages=(outage,), incidents=(), status=status)


def test_a_network_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(StateTraceError, match=r"the simulated network did not start: .*faults"):
        Simulation.launch(tmp_path / "inventory.toml", tmp_path / "log", "--faults", "fire")
