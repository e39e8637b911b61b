"""Run as a program: `comparing_child.py STORE WORD SEED COUNT` stores captures of a device and compares what waits.

WORD is `dies`: killed between the last capture and its comparison; else it ends when nothing waits.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from benchmarks import drift
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.session import Session


def main(store: Path, word: str, seed: int, count: int) -> None:
    session = Session(store, time.time)
    for number, (at, raw) in enumerate(drift.Device(30, seed=seed).captures(count), 1):
        session.write_captures([drift.filed(raw, at)])
        if word == "dies" and number == count:
            os.kill(os.getpid(), signal.SIGKILL)
        metrics = DiffMetrics(store.parent / "logs", store)
        for _ in comparison.run(store, session.write_runs, lambda *_, **__: None, time.time, metrics=metrics):
            pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
