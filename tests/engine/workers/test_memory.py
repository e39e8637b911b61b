"""How much memory the reading of a file takes: what is read at once is bounded by files' sizes, times so much."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from benchmarks import sessions
from statetrace_engine.runtime.ingesting.files import File, unpacked_bytes
from statetrace_engine.workers import captures, reading

TIMES = 9
"""Of a file's size, beside what a reader has anyway."""


@pytest.mark.parametrize("vendor", sessions.VENDORS)
def test_reading_takes_a_few_times_the_size_of_a_file(vendor: str, tmp_path: Path) -> None:
    raw = sessions.session("WLLS-A01-AR-01", sessions.VENDORS[vendor], 1_500_000, 7)
    path = tmp_path / "core.log"
    path.write_bytes(raw)
    job = reading.encode(
        reading.Job(path=os.fsencode(path), modified_at=0.0, site="", site_hint="", vendor="", key=b"k" * 32)
    )
    captures.read(job)  # patterns are compiled when they are first used
    tracemalloc.start()
    try:
        captures.read(job)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < TIMES * len(raw)


def test_what_is_packed_counts_as_what_it_holds() -> None:
    assert unpacked_bytes(File("a.log", 5, 0.0)) == 5
    assert unpacked_bytes(File("site.ZIP", 5, 0.0)) == unpacked_bytes(File("a.log.gz", 5, 0.0)) == 50
