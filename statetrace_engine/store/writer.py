"""The store's writer: one thread and one transaction a batch; whoever submits never waits.

While the store cannot be written (disk full, read-only, locked), what comes is merged in memory up to a bound,
`error` says so, and it is written as soon as that is possible.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.change import Change
from statetrace_engine.model.diff import FiledRun
from statetrace_engine.model.filed import FiledDelta, FiledFile, Moved, Stored
from statetrace_engine.same_file import Kept
from statetrace_engine.store import files
from statetrace_engine.store.pending import Pending

if TYPE_CHECKING:
    from statetrace_engine.store.retention import Retention
    from statetrace_engine.store.session import Session

GATHER_S = 0.1
RETRY_S = 1.0
_JOURNAL_WAIT_S = 1.0


_Submitted = tuple[Iterable[Change], int, bytes | None, Sequence[str]]
_Written = TypeVar("_Written")


class _Filing(NamedTuple):
    """What somebody waits for."""

    write: Callable[[Session], None]
    fail: Callable[[BaseException], None]


class StoreWriter:
    """Writes the store at `path`, created with the first batch; never raises for a disk that cannot be written.

    `wait_journaled(seq, timeout)`, which is `Journal.wait_written`, keeps the store from running ahead of the journal
    that it is derived from. `settle_s` delays the first batch, and with it the import of SQLAlchemy, while a console
    starts.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], Epoch] = time.time,
        *,
        wait_journaled: Callable[[int, float], bool] | None = None,
        settle_s: float = 0.5,
        retry_s: float = RETRY_S,
    ) -> None:
        self._path = path
        self._clock = clock
        self._wait_journaled = wait_journaled
        self._gather_s = settle_s
        self._retry_s = retry_s
        self._changed = threading.Condition()
        self._incoming: deque[_Submitted] = deque()
        self._pending = Pending()
        """Of the store's own thread, as `_batch`: to merge thousands of changes takes tens of milliseconds."""
        self._batch = Pending()
        self._submitted = self._taken = self._written = 0
        self._dropped = 0
        self._trouble = ""
        self._is_closing = False
        self._is_flushing = False
        self._filing: deque[_Filing] = deque()
        self._prune: tuple[Epoch, Retention | None] | None = None
        self._pruning: Iterator[int] | None = None
        self._session: Session | None = None
        self._kept = Kept(path.parent) if path.parent.is_dir() else Kept()
        self._is_anew = False
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    @property
    def error(self) -> str:
        """Why nothing can be written now; empty when all is well."""
        if not self._trouble:
            return ""
        lost = f", {self.dropped} lost" if self.dropped else ""
        return f"the store cannot be written ({self._trouble}): changes are kept in memory{lost}"

    @property
    def dropped(self) -> int:
        """Snapshots, outages and audit entries lost for ever, because memory is bounded."""
        return self._dropped + self._pending.dropped + self._batch.dropped

    @property
    def behind(self) -> int:
        """Batches of changes that are not on disk yet."""
        return self._submitted - self._written

    @property
    def is_behind(self) -> bool:
        """Something submitted is not on disk yet."""
        return self._written < self._submitted

    @property
    def lost(self) -> Path | None:
        """What was moved away or deleted since it was opened; nothing is written before `begin_anew`, or its return."""
        return self._kept.lost()

    def begin_anew(self) -> None:
        """Takes whatever is at the path now, which is created where nothing is."""
        with self._changed:
            self._kept = Kept()
            self._is_anew = True
            self._changed.notify_all()

    def submit(
        self,
        changes: Iterable[Change],
        last_seq: int,
        checkpoint: bytes | None = None,
        removed: Sequence[str] = (),
    ) -> None:
        """Takes the changes of the signals up to `last_seq`, to be read once by the store's thread; never blocks on
        the disk.

        `checkpoint` is the pipeline as it is after `last_seq`. `removed` are routes that are no longer watched. After a
        restart, signals up to `Restored.last_seq` and later ones must not share a batch.
        """
        with self._changed:
            self._incoming.append((changes, last_seq, checkpoint, removed))
            self._submitted += 1
            self._changed.notify_all()

    def file_captures(self, files: Sequence[FiledFile]) -> Future[Stored]:
        """Has the captures of these files written, in one transaction behind the batch that waits; the caller keeps
        what is not answered yet within bounds. The answer is a StoreError when the store cannot be written now."""
        return self._file(lambda session: session.write_captures(files))

    def file_runs(self, runs: Sequence[FiledRun], deltas: Sequence[FiledDelta] = ()) -> Future[None]:
        """The same for comparisons of captures, and for captures told by another one."""
        return self._file(lambda session: session.write_runs(runs, deltas))

    def file_moves(self, moves: Sequence[Moved]) -> Future[None]:
        """The same for files that were moved since they were read."""
        return self._file(lambda session: session.write_moves(moves))

    def _file(self, write: Callable[[Session], _Written]) -> Future[_Written]:
        answer: Future[_Written] = Future()
        with self._changed:
            if self._is_closing:
                answer.set_exception(StoreError("the store is closed"))
            else:
                self._filing.append(_Filing(lambda session: answer.set_result(write(session)), answer.set_exception))
                self._changed.notify_all()
        return answer

    def prune(self, now: Epoch, keep: Retention | None = None) -> None:
        """Has what is older than `keep` deleted in the background, between batches; SPEC 8's times by default."""
        with self._changed:
            self._prune = (now, keep)
            self._changed.notify_all()

    def flush(self, timeout: float = 5.0) -> bool:
        """Writes at once what is pending, finishes pruning; True when all is on disk within `timeout` seconds."""
        with self._changed:
            wanted = self._submitted
            self._is_flushing = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._written >= wanted and not self._is_pruning, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Writes what is pending if it can, and ends the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join(timeout)

    @property
    def _is_pruning(self) -> bool:
        return self._prune is not None or self._pruning is not None

    def _has_work(self) -> bool:
        return bool(self.is_behind or self._is_pruning or self._is_closing or self._filing)

    def _run(self) -> None:
        while self._wait_for_work():
            self._attempt()
        self._attempt()
        self._refuse_filing("the store is closed")
        if self._session is not None:
            self._session.close()

    def _wait_for_work(self) -> bool:
        """True when a batch is due, or a chunk to prune, or a retry; False at the end."""
        with self._changed:
            if self._trouble:
                self._changed.wait_for(lambda: self._is_closing or self._filing, self._retry_s)
            else:
                self._changed.wait_for(self._has_work)
                self._changed.wait_for(lambda: self._is_flushing or self._is_closing or self._filing, self._gather_s)
            return not self._is_closing

    def _attempt(self) -> None:
        try:
            while self.is_behind:
                self._write_batch()
            self._write_filed()
            self._prune_chunk()
            self._trouble = ""
            self._gather_s = GATHER_S
        except StoreError as error:
            self._trouble = str(error)
            self._refuse_filing(self._trouble)

    def _write_filed(self) -> None:
        while self._filing:
            self._filing[0].write(self._opened())
            self._filing.popleft()

    def _refuse_filing(self, why: str) -> None:
        """Whoever files captures learns at once that it cannot be, and has them still."""
        while self._filing:
            self._filing.popleft().fail(StoreError(f"the store cannot be written ({why})"))

    def _write_batch(self) -> None:
        """A batch that failed is tried again as it was: nobody knows whether its commit took effect."""
        with self._changed:
            incoming, self._incoming = self._incoming, deque()
            submitted = self._submitted
        for changes, last_seq, checkpoint, removed in incoming:
            self._pending.add(changes, last_seq, checkpoint, removed)
        if self._batch.is_empty:
            self._batch, self._pending = self._pending, Pending()
            self._taken = submitted
        if self._wait_journaled is not None:
            self._wait_journaled(self._batch.last_seq, _JOURNAL_WAIT_S)
        self._opened().write(self._batch)
        self._keep()
        with self._changed:
            self._dropped += self._batch.dropped
            self._batch = Pending()
            self._written = self._taken
            self._is_flushing = self._is_flushing and self.is_behind
            self._changed.notify_all()

    def _keep(self) -> None:
        """The file is there from the first batch on."""
        if not self._kept.knows(self._path) and not self._is_anew:
            self._kept = Kept(self._path.parent, self._path)

    def _prune_chunk(self) -> None:
        if self._prune is not None:
            from statetrace_engine.store.retention import Retention  # SQLAlchemy: off the start-up path

            with self._changed:
                now, keep = self._prune
                self._pruning, self._prune = self._opened().prune(now, keep or Retention()), None
        if self._pruning is not None and next(self._pruning, None) is None:
            with self._changed:
                self._pruning = None
                self._is_flushing = self.is_behind
                self._changed.notify_all()

    def _opened(self) -> Session:
        if (lost := self._kept.lost()) is not None:
            raise StoreError(files.moved(lost))
        if self._is_anew and self._session is not None:
            self._session.close()
            self._session = self._pruning = None
        self._is_anew = False
        if self._session is None:
            from statetrace_engine.store.session import Session  # SQLAlchemy: off the start-up path

            self._session = Session(self._path, self._clock)
        return self._session
