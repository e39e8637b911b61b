"""Fuzzed BER, SNMP, BMP and BGP: bounded time and memory for each case, and never a crash.

STATETRACE_FUZZ sets the number of cases of each target (`make nightly`: 1,000,000), STATETRACE_SEED the seed; without
it each run has another, and a failure names it.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tests.fuzz.mutating import Mutator
from tests.fuzz.targets import TARGETS
from tests.seeds import SEED

CASES = int(os.environ.get("STATETRACE_FUZZ", "50000"))
LONGEST_S = 0.5
"""Of CPU, for one case; they take microseconds, and the collector its turns."""
GROWTH = 48 << 20
"""Bytes."""


def resident() -> int:
    """Bytes of memory of this process; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.timeout(max(120, CASES / 500))
@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_is_read_or_refused(name: str) -> None:
    draw, opened = TARGETS[name]
    mutator, take = Mutator(SEED), opened()
    number, raw, longest, worst, before = 0, b"", 0.0, b"", 0
    try:
        for number in range(CASES):
            if number == CASES // 10:
                before = resident()
            raw = draw(mutator)
            began = time.thread_time()
            take(raw)
            if (spent := time.thread_time() - began) > longest:
                longest, worst = spent, raw
    finally:  # shown when it fails
        print(f"STATETRACE_SEED={SEED}, case {number} of {name}: {raw.hex()}; longest {longest:.3f} s: {worst.hex()}")
    assert longest < LONGEST_S
    assert resident() - before < GROWTH


def test_the_same_seed_draws_the_same_cases() -> None:
    for draw, _ in TARGETS.values():
        one, other = Mutator(7), Mutator(7)
        assert [draw(one) for _ in range(50)] == [draw(other) for _ in range(50)]
