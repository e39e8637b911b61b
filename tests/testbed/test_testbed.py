"""The engine on the testbed, a run a fault; for figures, `python -m tests.testbed`. And that a testbed leaves nothing.

A run takes some 20 s: STATETRACE_TESTBED=short is what `make testbed` and CI set, nothing is run without it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.engines import until
from tests.testbed import measure, shell
from tests.testbed.faults import FAULTS, LONG
from tests.testbed.network import Network

WANTED = os.environ.get("STATETRACE_TESTBED", "")
SECONDS = 8.0
pytestmark = [
    pytest.mark.skipif(not WANTED, reason="minutes long: make testbed"),
    pytest.mark.skipif(bool(WANTED and shell.missing()), reason=shell.missing() if WANTED else ""),
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("testbed"),
]
ROOT = Path(__file__).parent.parent.parent
SHORT = [name for name in FAULTS if name not in LONG]
_DIES = """
import os
from tests.testbed.network import Network
network = Network({prefix!r}, with_bfd=False).__enter__()
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module", params=[True, False], ids=["bfd", "no-bfd"])
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    with Network(f"st{os.getpid()}", with_bfd=request.param) as network:
        yield network


@pytest.mark.parametrize("name", SHORT)
def test_a_fault_is_found_in_time_and_explained(name: str, network: Network) -> None:
    fault = FAULTS[name]
    if fault.is_loss and network.with_bfd:
        pytest.skip("BFD drops the session")
    run = measure.run(fault, network, SHORT.index(name), SECONDS)
    assert not run.problems, run
    assert fault.target_s is None or (run.opened_s is not None and run.opened_s <= fault.target_s + measure.BUSY_S), run


def test_nothing_is_left_of_a_testbed_whose_builder_was_killed() -> None:
    prefix = f"sk{os.getpid()}"
    died = subprocess.run([sys.executable, "-c", _DIES.format(prefix=prefix)], cwd=ROOT, capture_output=True, text=True)
    assert died.returncode == -9, died.stderr
    until(lambda: not shell.namespaces(prefix))
