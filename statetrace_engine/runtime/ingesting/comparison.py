"""What is in the store and was not compared yet, with the capture before it; oldest first, so that none is compared
twice, and by one process at a time. A run may be killed at any moment: the next one goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from statetrace_engine.errors import StoreError
from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import DiffRun, FiledRun
from statetrace_engine.model.filed import FiledDelta
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs
from statetrace_engine.workers import comparing

AT_ONCE = 100
TOGETHER = 8
"""Runs that are written in one transaction: a disk that is waited for costs more than most comparisons."""
LOCK = "comparing.lock"
"""Beside the store."""
_LOOK_S = 0.2
Emit = Callable[..., None]
"""`Telemetry.emit`."""
Answer = Callable[[bytes], bytes]
"""`workers.comparing.answer`, here or in another process. Raises ComparingError for a capture that it cannot do."""


class Write(Protocol):
    """Raises StoreError."""

    def __call__(self, runs: Sequence[FiledRun], deltas: Sequence[FiledDelta] = (), /) -> object: ...


class ComparingError(Exception):
    """Of one capture."""


def run(
    store: Path,
    write: Write,
    emit: Emit,
    wall: Callable[[], Epoch],
    *,
    metrics: DiffMetrics,
    answer: Answer = comparing.answer,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[DiffRun]:
    """Each run when it is in the store; what another process has compared meanwhile is none of them. Raises
    StoreError."""
    if not Runs(store).uncompared(1) and not Captures(store).unbased():
        return
    try:
        with _turn(store, should_stop), comparing.open_store(store) as (_, runs):
            for made in _together(runs, wall, answer, should_stop):
                yield from _written(made, write, emit, metrics)
            _tell_anew(store, write, answer, should_stop)
    finally:
        metrics.write()


def some(
    store: Path,
    write: Write,
    emit: Emit,
    wall: Callable[[], Epoch],
    *,
    metrics: DiffMetrics,
    until: Epoch,
    answer: Answer = comparing.answer,
) -> Iterator[DiffRun]:
    """A few of what waits and was not captured after `until`: for whoever has a moment, and calls `run` in the end, as
    `metrics.write`. None while another process compares. Raises StoreError."""
    with _lock(store) as lock, comparing.open_store(store) as (_, runs):
        if not _is_ours(lock, wait_s=0.0):
            return
        waiting = runs.uncompared(TOGETHER, until)
        yield from _written(_all_made(runs, waiting, wall, answer), write, emit, metrics)


def _written(made: Sequence[FiledRun], write: Write, emit: Emit, metrics: DiffMetrics) -> Iterator[DiffRun]:
    if made:
        write(made)
    for filed in made:
        _tell(filed.run, emit)
        metrics.note(filed.run)
        yield filed.run


@contextmanager
def _turn(store: Path, should_stop: Callable[[], bool]) -> Iterator[None]:
    """Whoever compares already is waited for. A crash leaves nothing: the operating system owns the lock."""
    with _lock(store) as lock:
        while not should_stop() and not _is_ours(lock, _LOOK_S):
            pass
        yield


@contextmanager
def _lock(store: Path) -> Iterator[FileLock]:
    lock = FileLock(store.with_name(LOCK), mode=0o600, thread_local=False)
    try:
        yield lock
    finally:
        lock.release()


def _is_ours(lock: FileLock, wait_s: float) -> bool:
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        return False
    except OSError as error:
        raise StoreError(f"{lock.lock_file}: {error.strerror}") from error
    return True


def _together(
    runs: Runs, wall: Callable[[], Epoch], answer: Answer, should_stop: Callable[[], bool]
) -> Iterator[list[FiledRun]]:
    """What waits, compared; those that it is to write before more is asked."""
    while not should_stop() and (waiting := runs.uncompared(AT_ONCE)):
        for ids in (waiting[at : at + TOGETHER] for at in range(0, len(waiting), TOGETHER)):
            yield _all_made(runs, (each for each in ids if not should_stop()), wall, answer)


def _all_made(runs: Runs, ids: Iterable[int], wall: Callable[[], Epoch], answer: Answer) -> list[FiledRun]:
    return [filed for each in ids if (filed := _made(runs, each, wall(), answer)) is not None]


def _made(runs: Runs, capture_id: int, at: Epoch, answer: Answer) -> FiledRun | None:
    """The first of a device is nothing to compare, and needs no other process."""
    is_first = runs.previous(capture_id) is None
    return _filed(runs.path, capture_id, at, comparing.answer if is_first else answer)


def _tell_anew(store: Path, write: Write, answer: Answer, should_stop: Callable[[], bool]) -> None:
    """Captures that are told by one that is gone are told by the one after them, so that it can go wholly."""
    for capture_id in Captures(store).unbased():
        if should_stop():
            return
        job = comparing.Job(str(store), capture_id, is_retelling=True)
        with suppress(ComparingError):
            if (filed := comparing.decode_retold(answer(comparing.encode(job)))) is not None:
                write([], [filed])


def _filed(store: Path, capture_id: int, at: Epoch, answer: Answer) -> FiledRun | None:
    try:
        return comparing.decode(answer(comparing.encode(comparing.Job(str(store), capture_id, at))))
    except ComparingError as error:
        return comparing.failed(store, capture_id, at, str(error))


def _tell(run: DiffRun, emit: Emit) -> None:
    if run.previous_id is not None:
        emit(
            "DiffCompareDuration",
            Site=run.site,
            Hostname=run.hostname,
            DurationMs=round(run.load_ms + run.compare_ms, 2),
            LoadMs=run.load_ms,
            ObjectsCount=run.metadata.objects,
            ChangesCount=run.total,
        )
