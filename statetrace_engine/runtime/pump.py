"""The pump: signals are redacted, numbered, journaled and evaluated, in slices that leave time for others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter

import msgspec

from statetrace_engine.clock import Clock
from statetrace_engine.model.change import Change
from statetrace_engine.model.signal import LogLine, Payload, Signal, Source, Tick
from statetrace_engine.parsing import redact
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.store.journal import Journal

BATCH = 64
"""Signals taken at once: a journal call for each would cost more than the rest of the path."""


class Pump:
    """`deliver(changes, seq)` hears what every signal changed, at once."""

    def __init__(
        self,
        inbox: Inbox,
        journal: Journal,
        pipeline: Pipeline,
        deliver: Callable[[list[Change], int], None],
        *,
        slice_s: float = 0.005,
    ) -> None:
        self.redacted = 0
        self.lag_ms = 0.0
        """Receipt to evaluation, worst since it was last taken."""
        self._inbox = inbox
        self._clock: Clock = inbox.clock
        self._journal = journal
        self._pipeline = pipeline
        self._deliver = deliver
        self._slice_s = slice_s
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = float("inf")

    async def run(self) -> None:
        """Pumps until cancelled."""
        while True:
            await self._inbox.wait()
            until = perf_counter() + self._slice_s
            while perf_counter() < until and (batch := self._inbox.drain(BATCH)):
                self.take(batch)
            self._plan_tick()
            await asyncio.sleep(0)

    def take(self, batch: Sequence[Signal]) -> list[Change]:
        """Numbers, journals and evaluates a batch; answers everything that changed."""
        numbered = self._numbered(batch)
        self._journal.append(numbered)
        everything: list[Change] = []
        for signal in numbered:
            changes = self._pipeline.feed(signal)
            if changes:
                self._deliver(changes, signal.seq)
                everything += changes
        self.lag_ms = max(self.lag_ms, (self._clock.steady() - numbered[0].steady) * 1e3)
        return everything

    def say(self, payload: Payload, source: Source, peer: str = "") -> tuple[list[Change], int]:
        """A signal of the engine or an operator, ahead of the queue; answers what it changed and its sequence."""
        signal = Signal(0, self._clock.wall(), self._clock.steady(), source, peer, payload)
        changes = self.take((signal,))
        self._plan_tick()
        return changes, self._journal.last_seq

    def take_lag_ms(self) -> float:
        lag, self.lag_ms = self.lag_ms, 0.0
        return lag

    def _numbered(self, batch: Sequence[Signal]) -> list[Signal]:
        numbered, seq = [], self._journal.next_seq
        for signal in batch:
            payload = signal.payload
            if type(payload) is LogLine:
                raw, secrets = redact.line(payload.raw)
                if secrets:
                    self.redacted += secrets
                    payload = LogLine(raw, payload.is_backlog)
            numbered.append(Signal(seq, signal.received_at, signal.steady, signal.source, signal.peer, payload))
            seq += 1
        return numbered

    def _plan_tick(self) -> None:
        """One timer for the earliest deadline: it becomes a signal like any other."""
        due = self._pipeline.next_deadline()
        if due is None or (self._timer is not None and due >= self._timer_at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        delay = max(due - self._clock.steady(), 0.0)
        self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer, self._timer_at = None, float("inf")
        due = self._pipeline.next_deadline()
        if due is not None and due <= self._clock.steady():
            self._inbox.put(Source.ENGINE, "", Tick())
        else:
            self._plan_tick()


def readable(signal: Signal) -> str:
    """A journaled signal for people: the message, or what a probe or operator said; not yet sanitised."""
    if isinstance(signal.payload, LogLine):
        return signal.payload.raw.decode("utf-8", "replace")
    return msgspec.json.encode(msgspec.to_builtins(signal.payload)).decode()
