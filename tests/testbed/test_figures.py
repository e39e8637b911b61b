"""What a testbed's figures say of its runs, and that its tables fit together. Needs neither root nor a package."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.outage import CauseKind, OutageEvent
from tests.testbed import home, measure, network, plan, routers
from tests.testbed.faults import FAULTS
from tests.testbed.measure import Run

ROOT = Path(__file__).parents[2]
_ELSEWHERE = """
import signal, sys
for name in ("SIGSTOP", "SIGCONT", "SIGKILL", "SIGHUP"):
    delattr(signal, name)
sys.modules.update(dict.fromkeys(("fcntl", "termios", "pty", "resource", "pwd", "grp")))
import benchmarks.peers, tests.testbed.__main__, tests.testbed.guard
"""
RIGHT = Run("linkdown", True, 0.1, "admin-shutdown remote", "admin-shutdown remote")


def test_the_95th_of_a_hundred_is_the_95th_and_of_ten_the_worst() -> None:
    assert measure.percentile([float(n) for n in range(1, 101)], 0.95) == 95.0
    assert measure.percentile([float(n) for n in range(1, 11)], 0.95) == 10.0
    assert measure.percentile([], 0.95) is None


def test_a_fault_holds_when_every_run_was_fast_and_right() -> None:
    told = measure.figures(FAULTS["linkdown"], [RIGHT] * 10)
    assert (told["runs"], told["opened"], told["p95_s"], told["cause_right"], told["holds"]) == (10, 10, 0.1, 10, True)


@pytest.mark.parametrize(
    "wrong",
    [
        RIGHT._replace(opened_s=0.31),
        RIGHT._replace(is_right=False),
        RIGHT._replace(last_cause="link-failure"),
        RIGHT._replace(missing=("lan",)),
        RIGHT._replace(false=("reflected: unknown",)),
        Run("linkdown", True, remark="no outage"),
    ],
    ids=["slow", "wrong", "revised", "too small", "false", "missed"],
)
def test_one_run_that_is_not_is_told(wrong: Run) -> None:
    assert not measure.figures(FAULTS["linkdown"], [RIGHT, wrong])["holds"]


def test_how_bad_a_loss_is_may_change_without_a_revision() -> None:
    run = Run("loss", False, 1.0, "congestion-or-loss loss 24.5 %", "congestion-or-loss loss 39.3 %")
    assert not run.is_revised


def test_no_outage_is_as_it_should_be_where_there_must_be_none() -> None:
    assert measure.figures(FAULTS["stun"], [Run("stun", True)])["holds"]


def test_faults_name_routes_that_are_watched() -> None:
    named = set(chain.from_iterable(fault.radius | fault.may for fault in FAULTS.values()))
    assert named | {fault.key for fault in FAULTS.values() if fault.key} <= set(home.ROUTES)


def test_every_router_of_the_plan_has_a_configuration_for_each_daemon() -> None:
    for node, router in plan.ROUTERS.items():
        for daemon in router.daemons:
            text = routers.config(node, daemon, Path("folder"), with_bfd=True)
            assert f"hostname {router.hostname}\n" in text


@pytest.mark.skipif(sys.platform == "win32", reason="there, importing these tests shows it")
def test_its_modules_can_be_imported_where_it_cannot_run() -> None:
    done = subprocess.run([sys.executable, "-c", _ELSEWHERE], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _outage(worst: Severity) -> OutageEvent:
    return OutageEvent(
        outage_id=worst, route_id=worst, site="WLLS", hostname="ACC", vrf="default", prefix=f"10.{len(worst)}.0.0/16",
        route_class="standard", owner="", contact="", state=HealthState.DEGRADED, severity=worst, worst=worst,
        cause=CauseKind.CONGESTION_OR_LOSS, occurred_at=0.0, first_signal_at=0.0, detected_at=0.0,
    )  # fmt: skip


def test_a_loss_may_cost_a_session_and_never_the_route() -> None:
    impaired, lost, down = (_outage(worst) for worst in (Severity.WARNING, Severity.MAJOR, Severity.CRITICAL))
    assert measure.too_bad([impaired], has_ended=False) == []
    assert measure.too_bad([impaired, lost], has_ended=False) == [f"ACC {lost.prefix}"]
    assert measure.too_bad([impaired, lost], has_ended=True) == []
    assert measure.too_bad([lost, down], has_ended=True) == [f"ACC {down.prefix}"]


@pytest.mark.parametrize(
    ("line", "is_end"),
    [
        ("<30>1 2026-11-28T19:02:06.126+00:00 ACC bgpd 5 BGP [x] %ADJCHANGE: neighbor 10.1.1.2 Down Hold Timer", True),
        ("<30>1 2026-11-28T19:02:06.126+00:00 ACC ospfd 5 - [x] nsm_change_state:[10.1], Full -> Deleted)", True),
        ("<30>1 2026-11-28T19:02:07.126+00:00 ACC bgpd 5 BGP [x] %ADJCHANGE: neighbor 10.1.1.2 Up", False),
        ("<30>1 2026-11-28T18:02:06.126+00:00 ACC bgpd 5 BGP [x] %ADJCHANGE: neighbor 10.1.1.2 Down Hold Timer", False),
        ("", False),
    ],
)
def test_a_routers_own_log_tells_which_sessions_ended(line: str, is_end: bool) -> None:
    since = datetime(2026, 11, 28, 19, tzinfo=UTC).timestamp()
    assert network.is_end(line, since) is is_end


def test_a_session_that_missed_a_keepalive_may_be_dying() -> None:
    told = {
        "10.1.1.2": {"bgpTimerLastRead": 24000, "bgpTimerKeepAliveIntervalMsecs": 20000},
        "10.1.2.2": {"bgpTimerLastRead": 21000, "bgpTimerKeepAliveIntervalMsecs": 20000},
        "10.9.9.9": {"bgpState": "Idle"},
        "totalPeers": 3,
    }
    assert network.unheard(told) == ["10.1.1.2"]
