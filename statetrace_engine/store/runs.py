"""What the store knows of comparisons, for whoever asks: read-only, and empty answers from a store that is not there
yet. Importing this is cheap; every question but `uncompared` and `waiting` imports SQLAlchemy. Every method reads the
disk, and raises StoreError when it cannot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import DiffRun, HostChange, PackedChanges
from statetrace_engine.model.identity import Identity
from statetrace_engine.store.reader import Reader

if TYPE_CHECKING:
    from statetrace_engine.store.run_queries import Showing

_UNCOMPARED = "FROM capture WHERE hostname <> '' AND capture_id NOT IN (SELECT run_id FROM diff_run)"
_CAPTURES = "capture"
"""They are there also in a store of a version that compared nothing."""


class Runs(Reader):
    """The store at `path`."""

    _table = "diff_run"

    def uncompared(self, limit: int = 1000, until: Epoch = math.inf) -> tuple[int, ...]:
        """Captures of known devices, not captured after `until`, that were not compared yet, or are to be compared
        again; oldest first."""
        query = f"SELECT capture_id {_UNCOMPARED} AND captured_at <= ? ORDER BY captured_at, capture_id LIMIT ?"
        return tuple(capture_id for (capture_id,) in self._plainly(self._table, query, (until, limit)))

    def waiting(self) -> int:
        """How many captures `uncompared` would name."""
        return next((count for (count,) in self._plainly(self._table, f"SELECT count(*) {_UNCOMPARED}")), 0)

    def devices(self) -> int:
        """How many devices, by site and hostname, there are captures of."""
        from statetrace_engine.store import run_queries

        return next(iter(self._ask_of(_CAPTURES, run_queries.devices)), 0)

    def previous(self, capture_id: int) -> int | None:
        """The capture of the same device (site and hostname) before this one, by the time of capture."""
        from statetrace_engine.store import run_queries

        return next(iter(self._ask_of(_CAPTURES, run_queries.captured_before, capture_id)), None)

    def earlier_showings(self, capture_id: int) -> tuple[Showing, ...]:
        """Of each command that a capture shows (logs aside), the newest capture before it of the same device that
        shows it too; newest first."""
        from statetrace_engine.store import run_queries

        return self._ask_of(_CAPTURES, run_queries.earlier_showings, capture_id)

    def namesakes(self, capture_id: int, base_ids: Sequence[int] = ()) -> tuple[list[int], dict[int, Identity]]:
        """The last captures of its hostname before it, nearest first; and what is known of it, of them and of those
        that it is compared with."""
        from statetrace_engine.store import run_queries

        return next(iter(self._ask_of(_CAPTURES, run_queries.namesakes, capture_id, base_ids)), ([], {}))

    def next(self, capture_id: int) -> int | None:
        """The one after it."""
        from statetrace_engine.store import run_queries

        return next(iter(self._ask_of(_CAPTURES, run_queries.following, capture_id)), None)

    def reading(self, capture_id: int) -> str:
        """By which version of the reading a capture's rows were made. The site and the vendor that somebody said stand
        behind it in the store: they make no other parser."""
        from statetrace_engine.store import run_queries

        return next(iter(self._ask_of(_CAPTURES, run_queries.reading, capture_id)), "").partition("|")[0]

    def recent(
        self,
        hostname: str = "",
        *,
        site: str = "",
        from_at: Epoch = 0.0,
        to_at: Epoch = math.inf,
        limit: int = 100,
    ) -> tuple[DiffRun, ...]:
        """Runs of one device, or of all, by the time of capture; newest first."""
        from statetrace_engine.store import run_queries

        return self._ask(run_queries.runs, hostname, from_at, to_at, limit, site=site)

    def run(self, run_id: int) -> DiffRun | None:
        from statetrace_engine.store import run_queries

        return next(iter(self._ask(run_queries.run, run_id)), None)

    def changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        """Everything that a run found changed since the one before it; `packed_changes.unpack` reads it."""
        from statetrace_engine.store import run_queries

        return self._ask(run_queries.changes, run_id)

    def last_changes(self, hostname: str, limit: int = 5) -> tuple[HostChange, ...]:
        """The last changes of a device, newest run first."""
        from statetrace_engine.store import run_queries

        return self._ask(run_queries.last_changes, hostname, limit)
