"""`statetrace drill` on the testbed: a lab of routers, broken and healed by commands as a user would type them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.testbed import shell
from tests.testbed.engine import Watching
from tests.testbed.network import Network

WANTED = os.environ.get("STATETRACE_TESTBED", "")
pytestmark = [
    pytest.mark.skipif(not WANTED, reason="a minute long: make testbed"),
    pytest.mark.skipif(bool(WANTED and shell.missing()), reason=shell.missing() if WANTED else ""),
    pytest.mark.timeout(240),
]
PREFIX = f"dr{os.getpid()}"


def test_a_drill_of_a_link_finds_its_routes_and_their_cause() -> None:
    def ends(state: str) -> str:
        """core1 shuts the link, and the wire goes dark."""
        return f"ip -n {PREFIX}-core1 link set dev toacc {state} && ip -n {PREFIX}-wire link set dev a {state}"

    with Network(PREFIX, with_bfd=True) as network:
        network.until_converged()
        with Watching(network, network.folder / "home") as engine:
            engine.until_healthy()
            command = [sys.executable, "-m", "statetrace_tui", "drill", "--json", "--home", str(engine.home), "--shell"]
            command += ["--break", ends("down"), "--heal", ends("up"), "--keep", "6", "--within", "1.3"]
            command += ["--route", "EDGE-ACC", "192.168.50.0/24", "--expect-cause", "admin-shutdown"]
            environ = {**shell.environ(), "PYTHONPATH": str(Path(__file__).parents[2])}
            done = subprocess.run(network.inside("jump", *command), capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    (outage,) = run["outages"]
    assert outage["cause_after_5_s"] == "admin-shutdown"
    joined = [other["prefix"] for other in run["others"] if other["same_incident"]]
    assert len(joined) == len(run["others"]) >= 5, run["others"]
