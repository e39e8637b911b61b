"""`logs/diff-metrics.csv`: a line a run, for whoever watches how comparisons grow with the devices and the store.

CaptureId,DeviceCount,RunTimeSeconds,DbSizeMB,Notes
12,40,0.031,18.25,"1 added, 2 removed: R1 at WLLS since 9"

Several processes may append. What cannot be written is lost here, and stops nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path

from filelock import FileLock, Timeout

from statetrace_engine.errors import StoreError
from statetrace_engine.model.diff import ChangeType, DiffRun
from statetrace_engine.model.text import sanitise
from statetrace_engine.store.runs import Runs
from statetrace_engine.telemetry import append

NAME, OLDER, LOCK = "diff-metrics.csv", "diff-metrics.1.csv", "diff-metrics.lock"
COLUMNS = ("CaptureId", "DeviceCount", "RunTimeSeconds", "DbSizeMB", "Notes")
MOST_BYTES = 5 << 20
"""Then a new file begins, and the one before it is the older one; the one before that is gone."""
_TOGETHER = 100
_WAIT_S = 1.0
"""For another process that writes."""


class DiffMetrics:
    """Of the store at `store`, into the folder `logs`."""

    def __init__(self, logs: Path, store: Path) -> None:
        self._logs, self._store = logs, store
        self._runs = Runs(store)
        self._noted: list[DiffRun] = []

    def note(self, run: DiffRun) -> None:
        """Kept for `write`, but for at most a hundred."""
        self._noted.append(run)
        if len(self._noted) >= _TOGETHER:
            self.write()

    def write(self) -> None:
        """Appends what was noted since the last time."""
        noted, self._noted = self._noted, []
        if noted:
            with suppress(OSError, Timeout, StoreError):
                rows = list(_rows(noted, self._runs.devices(), _size_mb(self._store)))
                with FileLock(self._logs / LOCK, timeout=_WAIT_S):
                    self._append(rows)

    def _append(self, rows: list[tuple[object, ...]]) -> None:
        path = self._logs / NAME
        size = path.stat().st_size if path.exists() else 0
        if size > MOST_BYTES:
            path.replace(self._logs / OLDER)
            size = 0
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows if size else [COLUMNS, *rows])
        append(path, text.getvalue().encode())


def _rows(runs: list[DiffRun], devices: int, size_mb: float) -> Iterator[tuple[object, ...]]:
    for run in runs:
        took_s = (run.load_ms + run.compare_ms) / 1e3
        yield run.run_id, devices, f"{took_s:.3f}", f"{size_mb:.2f}", sanitise(_notes(run), 300)


def _notes(run: DiffRun) -> str:
    """Never begins as a formula does, whatever a device calls itself."""
    counts = ", ".join(f"{run.count(each)} {each.value.lower()}" for each in ChangeType if run.count(each))
    since = f" since {run.previous_id}" if run.previous_id is not None else ""
    what = (counts or "no changes") if since else "first run"
    warned = len(run.metadata.warnings)
    warnings = f"; {warned} warning{'s' if warned > 1 else ''}" if warned else ""
    return f"{what}: {run.hostname} at {run.site}{since}{warnings}"


def _size_mb(store: Path) -> float:
    parts = (store, store.with_name(f"{store.name}-wal"))
    return sum(part.stat().st_size for part in parts if part.exists()) / (1 << 20)
