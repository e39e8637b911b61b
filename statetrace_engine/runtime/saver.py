"""What the store is given: changes and, in the same transaction, the checkpoint that knows of them.

The store never holds an outage that its checkpoint does not: whatever a crash cuts off is in the journal after the
checkpoint, as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter

from statetrace_engine.clock import Clock
from statetrace_engine.model.change import Change
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.pending import Gathered
from statetrace_engine.store.writer import StoreWriter

SOON_S = 0.25
QUIET_S = 30.0
"""Signals that change nothing move the checkpoint on so seldom."""
LONGEST_S = 30.0
"""However much a checkpoint costs, and however busy the loop is: a crash must not cost a long replay."""
SHARE = 0.04
"""Of the loop's time, at most, goes into checkpoints."""
BYTES_S = 4e6
"""Of the disk's, in bytes a second."""
BUSY = 500
"""Signals that wait: evaluating them comes before saving, whatever saving costs."""
COSTLY_S = 0.01
"""A checkpoint that holds the loop for longer waits for a moment in which nothing does."""
MANY = 500
"""Changes: after so many the next checkpoint costs more than the last one did."""
AHEAD = 1000
"""Records of a kind encoded ahead of a checkpoint at once: 5 to 10 ms of the loop."""
LAG_MS = 10.0
"""Receipt to evaluation: above it the loop is busy, even if nothing waits right now."""


class Saver:
    def __init__(
        self,
        writer: StoreWriter,
        journal: Journal,
        clock: Clock,
        freeze: Callable[[], bytes],
        prepare: Callable[[int], bool] = lambda _: False,
    ) -> None:
        """`prepare` does a part of the next `freeze` in advance, and says whether more remains."""
        self._writer = writer
        self._journal = journal
        self._clock = clock
        self._freeze = freeze
        self._prepare = prepare
        self._changes = Gathered()
        self._removed: list[str] = []
        self._stored_seq = journal.last_seq
        self._saved_at = float("-inf")
        self._rest_s = SOON_S
        self._cost_s = 0.0

    def note(self, changes: Sequence[Change]) -> None:
        """Goes with the next save."""
        self._changes.add(changes)

    def remove(self, route_ids: Iterable[str]) -> None:
        """Routes that are no longer watched."""
        self._removed += route_ids

    def save(self, *, waiting: int = 0, lag_ms: float = 0.0, is_last: bool = False) -> None:
        """Hands over what is new, if it is time: seldomer the more a checkpoint costs, and not while signals wait.

        `waiting` signals are in the queue; `lag_ms` is how late one was evaluated of late.
        """
        if not is_last and (not self._is_due(waiting, lag_ms) or self._is_preparing()):
            return
        seq = self._journal.last_seq
        if seq <= self._stored_seq:
            return
        began = perf_counter()
        frozen = self._freeze()
        self._cost_s = perf_counter() - began
        gathered, self._changes = self._changes, Gathered()
        removed, self._removed = self._removed, []
        self._writer.submit(gathered.changes(), seq, frozen, removed)
        self._stored_seq, self._saved_at = seq, self._clock.steady()
        self._rest_s = min(max(SOON_S, self._cost_s / SHARE, len(frozen) / BYTES_S), LONGEST_S)

    def _is_preparing(self) -> bool:
        """A burst of changes is encoded by and by, so that no checkpoint holds the loop for all of it."""
        is_late = self._clock.steady() - self._saved_at >= LONGEST_S
        return self._prepare(AHEAD) and not is_late

    def _is_due(self, waiting: int, lag_ms: float) -> bool:
        age_s = self._clock.steady() - self._saved_at
        if self._changes.is_empty and not self._removed:
            return age_s >= QUIET_S
        return age_s >= (LONGEST_S if self._is_busy(waiting, lag_ms) else self._rest_s)

    def _is_busy(self, waiting: int, lag_ms: float) -> bool:
        is_costly = self._cost_s > COSTLY_S or len(self._changes) > MANY
        return waiting > BUSY or (is_costly and (waiting > 0 or lag_ms > LAG_MS))
