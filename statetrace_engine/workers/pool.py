"""Processes that read files, each to be killed without harm: a file that hangs, crashes or eats its reader is refused,
and the others go on.

Jobs and answers cross as bytes. A pool is run by one thread, and starts no other.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from statetrace_engine.errors import StateTraceError
from statetrace_engine.workers import worker
from statetrace_engine.workers.pipes import Connection
from statetrace_engine.workers.turns import Turns

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

TURN_S = 0.25
"""How soon a run notices that it should stop."""
START_S = 60.0
STARTS = 3
"""Readers in a row that ended before they were ready: then something is wrong with them and not with the files."""
LEAVE_S = 2.0


class Work(Struct, frozen=True):
    """One file to read."""

    site: str
    size_bytes: int
    """Unpacked, as far as that can be told: what is read at once is bounded by it."""
    job: bytes


Item = TypeVar("Item", bound=Work)


class Outcome(Struct, Generic[Item], frozen=True):
    work: Item
    answer: bytes
    """What the reading function answered; empty when it was refused."""
    refusal: str = ""
    """Why it could not be read, in an operator's words."""


class Pool(Generic[Item]):
    """Up to `workers` processes that run the function `read` (`package.module:name`, bytes → bytes) on jobs."""

    def __init__(
        self,
        read: str,
        *,
        workers: int,
        min_workers: int = 1,
        ahead: int = 1,
        file_limit_s: float = 120.0,
        memory_limit_mb: int = 1024,
        together_bytes: int = 24 << 20,
    ) -> None:
        """`ahead` jobs a worker at a time; files above `together_bytes` in sum are read one after the other, because
        reading takes some eight times the memory of a file."""
        self._read = read
        self._most, self._least, self._ahead = workers, min_workers, ahead
        self._limit_s, self._memory_mb, self._together = file_limit_s, memory_limit_mb, together_bytes
        self._workers: list[_Worker[Item]] = []
        self._stillborn = 0
        self.killed = 0
        """Readers that had to be killed, or died."""

    def run(
        self, turns: Turns[Item], should_stop: Callable[[], bool] = lambda: False
    ) -> Generator[Outcome[Item] | None, None, None]:
        """Outcomes as they come, until nothing waits or is out, or it should stop; more may be added meanwhile. None
        at least four times a second, for whoever has something else to do: then the workers have theirs.

        Raises StateTraceError when no reader can be started.
        """
        try:
            while not should_stop() and (turns.waiting or self._is_busy):
                self._staff(turns.waiting)
                self._hand_out(turns)
                yield None
                yield from self._collect(turns)
        finally:
            self.close()

    def close(self) -> None:
        """Ends every process, whatever it does."""
        for each in self._workers:
            each.kill()
        self._workers.clear()

    @property
    def _is_busy(self) -> bool:
        return any(each.works for each in self._workers)

    @property
    def _out_bytes(self) -> int:
        return sum(work.size_bytes for each in self._workers for work in each.works)

    def _staff(self, waiting: int) -> None:
        """The least at once, and one more whenever all have their hands full."""
        idle = sum(not each.works for each in self._workers)
        is_short = waiting > 0 and not idle and self._out_bytes <= self._together
        wanted = min(self._most, max(self._least, len(self._workers) + is_short))
        while len(self._workers) < min(wanted, len(self._workers) + waiting):
            self._workers.append(_Worker(self._read, self._memory_mb, self._limit_s + LEAVE_S))

    def _hand_out(self, turns: Turns[Item]) -> None:
        for depth in range(1, self._ahead + 1):
            for each in self._workers:
                if len(each.works) < depth and not self._give(each, turns):
                    return

    def _give(self, each: _Worker[Item], turns: Turns[Item]) -> bool:
        out = self._out_bytes
        if out > self._together or (taken := turns.take()) is None:
            return False
        _, work = taken
        if out and out + work.size_bytes > self._together:
            turns.put_back(work.site, work)
            return False
        each.give(work, self._limit_s)
        return True

    def _collect(self, turns: Turns[Item]) -> Iterator[Outcome[Item]]:
        """What the workers have answered within a moment, and what became of those that did not."""
        now = time.monotonic()
        until = min((each.deadline for each in self._workers), default=now)
        wait([each.connection for each in self._workers], max(0.0, min(TURN_S, until - now)))
        for each in tuple(self._workers):
            for work, answer, refusal in each.answers():
                turns.finish(work.site)
                yield Outcome(work, answer, refusal)
            if each.is_ready:
                self._stillborn = 0
            if each.has_ended or time.monotonic() >= each.deadline:
                yield from self._bury(each, turns)

    def _bury(self, each: _Worker[Item], turns: Turns[Item]) -> Iterator[Outcome[Item]]:
        """The file it was at is refused; what it had not begun goes back."""
        self._workers.remove(each)
        why = each.obituary(self._limit_s)
        each.kill()
        guilty = each.works.popleft() if each.is_ready and each.works and not each.is_retired else None
        for work in reversed(each.works):
            turns.put_back(work.site, work)
        if guilty is not None:
            self.killed += 1
            turns.finish(guilty.site)
            yield Outcome(guilty, b"", why)
        elif not each.is_ready:
            self._stillborn += 1
            if self._stillborn >= STARTS:
                raise StateTraceError(f"no process can be started to read captures: {why}")


class _Worker(Generic[Item]):
    """One process and what it has been given; `deadline` is when its present file has taken too long."""

    def __init__(self, read: str, memory_limit_mb: int, limit_s: float) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=worker.main, args=(theirs, read, memory_limit_mb, limit_s), name="statetrace reader"
        )
        with worker.deaf_to_interrupts():
            worker.beside_a_console()
            self.process.start()
        theirs.close()
        self.works: deque[Item] = deque()
        self.deadline = time.monotonic() + START_S
        self.is_ready = self.is_retired = self.has_ended = False
        self._limit_s = START_S
        self._broken = ""

    def give(self, work: Item, limit_s: float) -> None:
        if self.is_ready and not self.works:
            self.deadline = time.monotonic() + limit_s
        self._limit_s = limit_s
        self.works.append(work)
        with suppress(OSError):  # it has died: noticed when its answers are read
            self.connection.send_bytes(work.job)

    def answers(self) -> Iterator[tuple[Item, bytes, str]]:
        """Those that have come, each with an empty answer or no refusal."""
        connection: Connection = self.connection
        try:
            while not self.has_ended and connection.poll():
                message = connection.recv_bytes()
                self._note(message)
                if message[:1] == worker.ANSWER:
                    yield self.works.popleft(), message[1:], ""
                elif message[:1] == worker.REFUSAL:
                    yield self.works.popleft(), b"", message[1:].decode("utf-8", "replace")
        except (EOFError, OSError):
            self.has_ended = True

    def obituary(self, limit_s: float) -> str:
        """Why it is no more."""
        if self._broken:
            return self._broken
        if not self.has_ended:
            return f"reading it took longer than {limit_s:g} s"
        self.process.join(LEAVE_S)
        code = self.process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return f"the process that read it was killed or died ({how})"

    def kill(self) -> None:
        self.process.kill()
        self.connection.close()
        self.process.join(LEAVE_S)

    def _note(self, message: bytes) -> None:
        if message[:1] == worker.BROKEN:
            self._broken = message[1:].decode("utf-8", "replace")
            self.has_ended = True
            return
        self.is_ready = True
        self.is_retired = message[:1] == worker.RETIRED
        self.has_ended = self.has_ended or self.is_retired
        # Counted from its answer: what it was given ahead begins now.
        waits = len(self.works) - (message[:1] in (worker.ANSWER, worker.REFUSAL))
        self.deadline = time.monotonic() + self._limit_s if waits > 0 else float("inf")
