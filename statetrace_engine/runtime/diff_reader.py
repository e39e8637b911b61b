"""Comparisons for whoever reads them. Everything here reads the disk: call it on a thread of its own."""

from __future__ import annotations

from pathlib import Path

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import Comparison, DiffRun, PackedChanges
from statetrace_engine.model.packed_changes import pack
from statetrace_engine.store.runs import Runs
from statetrace_engine.workers import comparing

MOST_RUNS = 1000


class DiffReader:
    """Every method raises StoreError when the store is there and cannot be read."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._runs = Runs(store)

    def runs(self, hostname: str, site: str, from_at: Epoch, to_at: Epoch, limit: int) -> tuple[DiffRun, ...]:
        limit = min(max(limit, 0), MOST_RUNS)
        return self._runs.recent(hostname, site=site, from_at=from_at, to_at=to_at, limit=limit)

    def changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        return self._runs.changes(run_id)

    def between(self, before_id: int, after_id: int) -> Comparison | None:
        diff = comparing.between(self._store, before_id, after_id)
        if diff is None:
            return None
        return Comparison(before_id=before_id, after_id=after_id, metadata=diff.metadata, changes=pack(diff.changes))
