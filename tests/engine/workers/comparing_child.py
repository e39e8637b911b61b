"""Run as a program: `comparing_child.py STORE WORD SEED COUNT` stores captures of a device and compares what waits.

WORD is `dies`: killed between the last capture and its comparison; else it ends when nothing waits.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import drift
from statetrace_engine.control.lease import Lease
from statetrace_engine.errors import HomeBusy
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.session import Session

_Written = TypeVar("_Written")


def owning(folder: Path, write: Callable[[], _Written]) -> _Written:
    """Only who owns the home writes its store: whoever comes second waits."""
    while True:
        try:
            lease = Lease.acquire(folder)
        except HomeBusy:
            continue
        try:
            return write()
        finally:
            lease.release()


def main(store: Path, word: str, seed: int, count: int) -> None:
    session = Session(store, time.time)
    for number, (at, raw) in enumerate(drift.Device(30, seed=seed).captures(count), 1):
        filed = drift.filed(raw, at)
        owning(store.parent, lambda filed=filed: session.write_captures([filed]))  # type: ignore[misc]  # bound now
        if word == "dies" and number == count:
            os.kill(os.getpid(), signal.SIGKILL)
        metrics = DiffMetrics(store.parent / "logs", store)

        def write(*told: Any) -> None:
            owning(store.parent, lambda: session.write_runs(*told))

        for _ in comparison.run(store, write, lambda *_, **__: None, time.time, metrics=metrics):
            pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
