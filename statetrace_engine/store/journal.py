"""The journal: every signal, tick and action in order, on disk within 100 ms; the truth that the store is derived from.

`append` hands signals to a thread of the journal's own and never blocks. When the disk is full or read-only, the
thread keeps them in memory up to a bound, says so in `error`, and writes them as soon as it can.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

from statetrace_engine.model import Epoch
from statetrace_engine.model.signal import LogLine, ProbeResult, Signal, Tick
from statetrace_engine.same_file import Kept
from statetrace_engine.store import days, files

COMMIT_S = 0.1
RETRY_S = 1.0
_CHUNK = 20_000
_COMMON = LogLine | ProbeResult | Tick
_SIGNAL_BYTES = 400
"""What a signal without its text takes in memory, about."""


class Journal:
    """Opens the journal in `folder`, which is created; never raises for a disk that cannot be written.

    `after_seq` is what the store holds: the sequence never continues below it, even where the journal was lost.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], Epoch] = time.time,
        *,
        after_seq: int = 0,
        max_signals: int = 200_000,
        max_bytes: int = 128 << 20,
        retry_s: float = RETRY_S,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._max_signals = max_signals
        self._max_bytes = max_bytes
        self._retry_s = retry_s
        self._connection: sqlite3.Connection | None = None
        self._day = ""
        self._queue: deque[Signal] = deque()
        self._precious: deque[Signal] = deque()
        self._bytes = 0
        self._dropped = 0
        self._trouble = ""
        self.failure: sqlite3.Error | OSError | None = None
        """What `error` tells of in words."""
        self._damage = ""
        self._is_closing = False
        self._is_flushing = False
        self._changed = threading.Condition()
        with suppress(OSError):  # the first write says what is wrong
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._kept = Kept(folder) if folder.is_dir() else Kept()
        self._last_seq = self._written_seq = max(days.last_seq(folder), after_seq)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def next_seq(self) -> int:
        """The sequence that the next appended signal must not be below."""
        return self._last_seq + 1

    @property
    def last_seq(self) -> int:
        """The sequence of the last signal appended, on disk or not yet."""
        return self._last_seq

    @property
    def written_seq(self) -> int:
        """Every signal up to here is on disk, or dropped and counted."""
        return self._written_seq

    @property
    def pending(self) -> int:
        """Signals in memory that are not on disk yet."""
        return len(self._queue) + len(self._precious)

    @property
    def dropped(self) -> int:
        """Signals lost for ever, because the disk could not be written and memory is bounded."""
        return self._dropped

    @property
    def error(self) -> str:
        """Why nothing can be written now, or what was damaged and set aside; empty when all is well."""
        if not self._trouble:
            return self._damage
        lost = f", {self._dropped} lost" if self._dropped else ""
        return f"the journal cannot be written ({self._trouble}): {self.pending} signals kept in memory{lost}"

    @property
    def lost(self) -> Path | None:
        """What was moved away or deleted since it was opened; nothing is written before `begin_anew`, or its return."""
        return self._kept.lost()

    def begin_anew(self) -> None:
        """Takes whatever is at the path now, which is created where nothing is."""
        with self._changed:
            self._kept = Kept()
            self._changed.notify_all()

    def append(self, signals: Sequence[Signal]) -> None:
        """Takes signals in rising sequence; never blocks on the disk.

        Raises ValueError for a sequence that does not rise: the caller's bug.
        """
        last, size = self._last_seq, 0
        for signal in signals:
            if signal.seq <= last:
                raise ValueError(f"sequence {signal.seq} after {last}")
            last = signal.seq
            size += _size(signal)
        with self._changed:
            self._queue.extend(signals)
            self._bytes += size
            self._last_seq = last
            self._shed()
            self._changed.notify()

    def read(self, after_seq: int = 0) -> Iterator[Signal]:
        """What is on disk after `after_seq`, in order, over a connection of its own."""
        return days.read(self._folder, after_seq)

    def get(self, seq: int) -> Signal | None:
        """One signal, on disk or still in memory."""
        with self._changed:
            waiting = next((s for kept in (self._precious, self._queue) for s in kept if s.seq == seq), None)
        return waiting or days.get(self._folder, seq)

    def flush(self, timeout: float = 5.0) -> bool:
        """Writes at once what is pending; True when all of it is on disk within `timeout` seconds."""
        return self.wait_written(self._last_seq, timeout)

    def wait_written(self, seq: int, timeout: float) -> bool:
        """True as soon as everything up to `seq` is on disk; hurries the commit. For the journal's clients' threads."""
        with self._changed:
            self._is_flushing = self._written_seq < seq
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._written_seq >= seq, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Writes what is pending if it can, and ends the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        self._thread.join(timeout)

    def prune(self, keep_days: int) -> tuple[str, ...]:
        """Deletes the files of days more than `keep_days` ago; the one with the last sequence stays."""
        oldest = days.day_of(self._clock() - keep_days * 86_400.0)
        newest = max(days.files(self._folder), key=lambda path: days.span(path).last, default=None)
        current = days.path_of(self._folder, self._day)
        return days.remove_before(self._folder, oldest, keep=[current] if newest is None else [current, newest])

    def _shed(self) -> None:
        """Drops the oldest observations beyond the bound; actions and settings, which are few, go last."""
        while self._queue and (len(self._queue) > self._max_signals or self._bytes > self._max_bytes):
            signal = self._queue.popleft()
            self._bytes -= _size(signal)
            if (
                isinstance(signal.payload, LogLine | ProbeResult | Tick)
                or len(self._precious) >= self._max_signals // 20
            ):
                self._dropped += 1
            else:
                self._precious.append(signal)

    def _run(self) -> None:
        while self._wait_for_work():
            self._attempt()
        self._attempt()
        with self._changed:
            self._dropped += self.pending
        self._disconnect()

    def _wait_for_work(self) -> bool:
        """True when a write is due: 100 ms after the first signal, or a retry; False at the end."""
        with self._changed:
            if self._trouble:
                self._changed.wait_for(lambda: self._is_closing, self._retry_s)
            else:
                self._changed.wait_for(lambda: self.pending or self._is_closing)
                self._changed.wait_for(lambda: self._is_closing or self._is_flushing, COMMIT_S)
            return not self._is_closing

    def _attempt(self) -> None:
        try:
            self._write_pending()
            self._trouble = ""
        except (sqlite3.Error, OSError) as error:
            self._fail(error)

    def _write_pending(self) -> None:
        while batch := self._next_batch():
            new = days.write(self._file_for(batch[0].received_at), batch)
            self._forget(batch[-1].seq, lost=len(batch) - new)

    def _next_batch(self) -> list[Signal]:
        with self._changed:
            return list(self._precious) or list(islice(self._queue, _CHUNK))

    def _forget(self, seq: int, lost: int) -> None:
        """Signals up to `seq` are on disk; `lost` found their sequence taken (unreadable at start)."""
        with self._changed:
            for kept in (self._precious, self._queue):
                while kept and kept[0].seq <= seq:
                    signal = kept.popleft()
                    self._bytes -= _size(signal) if kept is self._queue else 0
            self._dropped += lost
            if not self.pending:
                self._is_flushing = False
                seq = self._last_seq
            self._written_seq = max(self._written_seq, seq)
            self._changed.notify_all()

    def _file_for(self, at: Epoch) -> sqlite3.Connection:
        kept, day = self._kept, days.day_of(at)
        if (lost := kept.lost()) is not None:
            raise OSError(files.moved(lost))
        path = days.path_of(self._folder, day)
        if self._connection is None or not kept.knows(path):
            self._disconnect()
            self._day = day
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = days.open_for_writing(path)
            if kept is self._kept:
                self._kept = Kept(self._folder, path)
        return self._connection

    def _fail(self, error: sqlite3.Error | OSError) -> None:
        self._disconnect()
        path = days.path_of(self._folder, self._day)
        self._trouble, self.failure = f"{path.name}: {files.told(error, path)}", error
        if isinstance(error, sqlite3.Error) and days.is_damaged(error):
            with suppress(OSError):
                self._kept.forget(path)
                self._damage = f"journal file {path.name} was damaged: set aside as {days.set_aside(path).name}"

    def _disconnect(self) -> None:
        if self._connection is not None:
            with closing(self._connection):
                self._connection = None


def _size(signal: Signal) -> int:
    payload = signal.payload
    return _SIGNAL_BYTES + len(payload.raw) if isinstance(payload, LogLine) else _SIGNAL_BYTES
