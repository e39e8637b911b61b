"""Comparisons for whoever reads them: `DiffReader` reads the disk, `DiffAnswers` has it done on a thread of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import Comparison, DiffRun, PackedChanges, Rollback
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

    def rollback(self, before_id: int, after_id: int) -> Rollback | None:
        return comparing.rollback(self._store, before_id, after_id)


class DiffAnswers:
    """The part of `api.Engine` that asks for comparisons; whoever has it has `_diffs`."""

    _diffs: DiffReader

    async def diff_runs(
        self, hostname: str, site: str, from_at: Epoch, to_at: Epoch, limit: int
    ) -> tuple[DiffRun, ...]:
        return await asyncio.to_thread(self._diffs.runs, hostname, site, from_at, to_at, limit)

    async def diff_changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        return await asyncio.to_thread(self._diffs.changes, run_id)

    async def diff_between(self, before_id: int, after_id: int) -> Comparison | None:
        return await asyncio.to_thread(self._diffs.between, before_id, after_id)

    async def diff_rollback(self, before_id: int, after_id: int) -> Rollback | None:
        return await asyncio.to_thread(self._diffs.rollback, before_id, after_id)
