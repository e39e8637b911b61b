"""The engine on the testbed, a run of most faults; for figures, `python -m tests.testbed`. A testbed leaves nothing.

A run takes some 20 s: `make testbed` and CI set STATETRACE_TESTBED, without it nothing is run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.e2e.engines import until
from tests.testbed import measure, shell
from tests.testbed.faults import FAULTS
from tests.testbed.network import Network

WANTED = os.environ.get("STATETRACE_TESTBED", "")
SECONDS = 6.0
pytestmark = [
    pytest.mark.skipif(not WANTED, reason="minutes long: make testbed"),
    pytest.mark.skipif(bool(WANTED and shell.missing()), reason=shell.missing() if WANTED else ""),
    pytest.mark.timeout(180),
]
ROOT = Path(__file__).parent.parent.parent
FAULTS_OF = {
    True: ("linkdown", "admindown", "wirecut", "farlink", "withdraw", "bgpclear", "blackhole"),
    False: ("uni-in", "uni-out", "loss", "reload", "stun"),
}
"""With BFD and without: as many as CI has time for."""
_DIES = """
import os
from tests.testbed.network import Network
network = Network({prefix!r}, with_bfd=False).__enter__()
os.kill(os.getpid(), 9)
"""


class Networks:
    """One at a time, of the kind that is asked for."""

    def __init__(self) -> None:
        self._network: Network | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._network is not None:
            self._network.close()

    def of(self, with_bfd: bool) -> Network:
        if self._network is None or self._network.with_bfd is not with_bfd:
            self.__exit__(None, None, None)
            self._network = Network(f"st{os.getpid()}", with_bfd=with_bfd).__enter__()
        return self._network


@pytest.fixture(scope="module")
def networks() -> Iterator[Networks]:
    with Networks() as networks:
        yield networks


CASES = [(with_bfd, name) for with_bfd, found in FAULTS_OF.items() for name in found]


@pytest.mark.parametrize(
    ("with_bfd", "name"), CASES, ids=[f"{name}-{'bfd' if bfd else 'plain'}" for bfd, name in CASES]
)
def test_a_fault_is_found_in_time_and_explained(with_bfd: bool, name: str, networks: Networks) -> None:
    fault = FAULTS[name]
    run = measure.run(fault, networks.of(with_bfd), CASES.index((with_bfd, name)), SECONDS)
    assert not run.problems, run
    assert fault.target_s is None or (run.opened_s is not None and run.opened_s <= fault.target_s + measure.BUSY_S), run


def test_nothing_is_left_of_a_testbed_whose_builder_was_killed() -> None:
    prefix = f"sk{os.getpid()}"
    died = subprocess.run([sys.executable, "-c", _DIES.format(prefix=prefix)], cwd=ROOT, capture_output=True, text=True)
    assert died.returncode == -9, died.stderr
    until(lambda: not shell.namespaces(prefix))
