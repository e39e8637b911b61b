"""The pump: signals are redacted, numbered, journaled and evaluated, in slices that leave time for others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter

import msgspec

from statetrace_engine.clock import Clock
from statetrace_engine.model.change import Change
from statetrace_engine.model.signal import Gap, LogLine, Payload, RuleOff, Signal, Source, Tick
from statetrace_engine.parsing import redact
from statetrace_engine.runtime.feeding import Feeder
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.store.journal import Journal

BATCH = 32
"""Signals taken at once: a journal call for each would cost more than the rest of the path."""
AWAKE_S = 0.25
"""How often the loop shows that it turns."""
_PAUSED = "this machine did not run"


class Pump:
    """`deliver(changes, seq)` hears what every signal changed, at once."""

    def __init__(
        self,
        inbox: Inbox,
        journal: Journal,
        feeder: Feeder,
        deliver: Callable[[list[Change], int], None],
        *,
        slice_s: float = 0.005,
        gap_s: float = 1.0,
    ) -> None:
        self.slice_s = slice_s
        self.gap_s = gap_s
        """A pause longer than this is journaled."""
        self.redacted = 0
        self._worst = (0.0, 0.0)
        self._inbox = inbox
        self._clock: Clock = inbox.clock
        self._journal = journal
        self._feeder = feeder
        self._deliver = deliver
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = float("inf")
        self._has_tick = False
        self._awake_at = self._clock.steady()
        self._told_at = float("-inf")

    async def run(self) -> None:
        """Pumps until cancelled."""
        self._plan_tick()
        while True:
            await self._inbox.wait()
            self.notice_pause()
            self.pump_slice()
            await asyncio.sleep(0)

    async def stay_awake(self) -> None:
        """Shows four times a second that the loop turns: a pause is known by its absence."""
        while True:
            self.notice_pause()
            await asyncio.sleep(AWAKE_S)

    def pump_slice(self) -> None:
        """What waits, for at most a slice and a batch."""
        until = perf_counter() + self.slice_s
        while perf_counter() < until and (batch := self._inbox.drain(BATCH)):
            self.take(batch)
        for rule, why in self._feeder.pipeline.desk.take_off():
            self.say(RuleOff(rule, why), Source.ENGINE)
        self._plan_tick()

    def drain(self, seconds: float) -> None:
        """What still waits at the end, for at most so long."""
        until = perf_counter() + seconds
        while perf_counter() < until and self._inbox.depth:
            self.pump_slice()

    def notice_pause(self) -> None:
        """Before anything is evaluated: time in which nobody watched must not count for a deadline."""
        now = self._clock.steady()
        late_s, self._awake_at = now - self._awake_at, now
        if late_s - AWAKE_S > self.gap_s:
            self.note_gap(late_s)

    def note_gap(self, seconds: float) -> None:
        """A pause that ends now, unless it has been told already: the probes find the same one by themselves."""
        now = self._awake_at = self._clock.steady()
        if now - self._told_at < seconds:
            return
        self._told_at = now
        self.say(Gap(seconds, _PAUSED), Source.ENGINE)

    def take(self, batch: Sequence[Signal]) -> list[Change]:
        """Numbers, journals and evaluates a batch; answers everything that changed."""
        numbered = self._numbered(batch)
        self._journal.append(numbered)
        everything: list[Change] = []
        for signal in numbered:
            changes = self._feeder.feed(signal)
            if changes:
                self._deliver(changes, signal.seq)
                everything += changes
        if warnings := self._feeder.warn():  # behind all that decides an outage
            self._deliver(warnings, numbered[-1].seq)
            everything += warnings
        before, worst = self._worst
        self._worst = before, max(worst, self._clock.steady() - numbered[0].steady)
        return everything

    def say(self, payload: Payload, source: Source, peer: str = "") -> tuple[list[Change], int]:
        """A signal of the engine or an operator, ahead of the queue; answers what it changed and its sequence."""
        signal = Signal(0, self._clock.wall(), self._clock.steady(), source, peer, payload)
        changes = self.take((signal,))
        self._plan_tick()
        return changes, self._journal.last_seq

    @property
    def lag_ms(self) -> float:
        """Receipt to evaluation, worst of this second and the last."""
        return max(self._worst) * 1e3

    def next_second(self) -> float:
        """Begins another second for `lag_ms`; answers the worst of the one that ends, in milliseconds."""
        self._worst = (self._worst[1], 0.0)
        return self._worst[0] * 1e3

    def _numbered(self, batch: Sequence[Signal]) -> list[Signal]:
        numbered, seq = [], self._journal.next_seq
        for signal in batch:
            payload = signal.payload
            if type(payload) is LogLine:
                raw, secrets = redact.line(payload.raw)
                if secrets:
                    self.redacted += secrets
                    payload = LogLine(raw, payload.is_backlog)
            elif type(payload) is Tick:
                self._has_tick = False
            numbered.append(Signal(seq, signal.received_at, signal.steady, signal.source, signal.peer, payload))
            seq += 1
        return numbered

    def _plan_tick(self) -> None:
        """One timer for the earliest deadline: it becomes a signal like any other."""
        due = self._feeder.pipeline.next_deadline()
        if due is None or self._has_tick or (self._timer is not None and due >= self._timer_at):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        delay = max(due - self._clock.steady(), 0.0)
        self._timer = asyncio.get_running_loop().call_later(delay, self._tick)

    def _tick(self) -> None:
        self._timer, self._timer_at = None, float("inf")
        due = self._feeder.pipeline.next_deadline()
        if due is not None and due <= self._clock.steady():
            self._has_tick = True
            self._inbox.put(Source.ENGINE, "", Tick())
        else:
            self._plan_tick()


def readable(signal: Signal) -> str:
    """A journaled signal for people: the message, or what a probe or operator said; not yet sanitised."""
    if isinstance(signal.payload, LogLine):
        return signal.payload.raw.decode("utf-8", "replace")
    return msgspec.json.encode(msgspec.to_builtins(signal.payload)).decode()
