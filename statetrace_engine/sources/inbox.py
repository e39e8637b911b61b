"""The bounded queue between the sources and the pump: fair to every sender, and the loudest loses first.

    syslog 10.0.0.1 ┐
    syslog 10.0.0.2 ┼→ Inbox → drain(limit)
    probe 10.1.1.2  ┘

Every (source, peer) has a lane. A few of each lane stand in the queue, in the order of arrival; the others behind them,
and one joins its end whenever one of their lane leaves it: so nobody waits for all that a flood has brought. Once more
than half of the capacity is in use, a lane with more than its even share of that half gives up its own oldest signal
for its next one; when all of the capacity is in use, the longest lane found gives up its oldest. Probe results have a
capacity of their own, and what operators and the engine itself say is never dropped: no flood of log lines can silence
either.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, OrderedDict, deque

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import Payload, Signal, Source

QUEUED = 64
"""Of one lane: two batches of the pump. Transitions, the dearest of signals, take a tenth of a millisecond each."""
_Name = tuple[Source, str]
_PROBES = frozenset({Source.PROBE_ICMP, Source.PROBE_TCP, Source.PROBE_STAMP})
_KEPT = frozenset({Source.OPERATOR, Source.ENGINE})
_LOOKED_AT = 4
"""Lanes compared when a victim is wanted: with the longest remembered, enough to find the flood, at a fixed cost."""


class _Lane:
    __slots__ = ("held", "queued")

    def __init__(self) -> None:
        self.queued: deque[int] = deque()
        """Arrivals that stand in the queue, the oldest of the lane."""
        self.held: deque[Signal] = deque()
        """Those behind them."""

    def __len__(self) -> int:
        return len(self.queued) + len(self.held)


class Inbox:
    """For callbacks and tasks of one event loop; `put_threadsafe` is the way in from other threads."""

    def __init__(self, capacity: int, clock: Clock) -> None:
        self.capacity = capacity
        """Of log lines and other events; probe results may take as much again."""
        self.clock = clock
        self.received: dict[str, int] = dict.fromkeys(Source, 0)
        """Signals put, by source, dropped ones included."""
        self.dropped: dict[str, int] = dict.fromkeys(Source, 0)
        """Signals that made room for newer ones, or never came as far as here, by source."""
        self._queue: OrderedDict[int, Signal] = OrderedDict()
        self._lanes: OrderedDict[_Name, _Lane] = OrderedDict()
        self._probes: deque[int] = deque()
        self._arrivals = 0
        self._events = 0
        self._held = 0
        self._longest: _Name | None = None
        self._ready = asyncio.Event()
        self._outside: deque[tuple[Source, str, Payload, float]] = deque()
        self._outside_lost: Counter[Source] = Counter()
        self._outside_lock = threading.Lock()

    @property
    def depth(self) -> int:
        """Signals waiting."""
        return len(self._queue) + self._held

    def waiting(self, source: Source, peer: str) -> int:
        """How many events of one sender wait: one that can be made to wait itself need not lose any."""
        return len(self._lanes.get((source, peer), ()))

    def put(self, source: Source, peer: str, payload: Payload, steady: float | None = None) -> None:
        """Queues a signal received now, or at `steady`; never blocks, never raises.

        `peer` is the sender's address without a port, a path, or a name.
        """
        clock = self.clock
        self.received[source] += 1
        self._arrivals = arrival = self._arrivals + 1
        signal = Signal(0, clock.wall(), clock.steady() if steady is None else steady, source, peer, payload)
        if source in _PROBES:
            self._make_room_for_probe()
            self._probes.append(arrival)
        elif source not in _KEPT:
            name = (source, peer)
            lane = self._lanes.get(name)
            if lane is None:
                lane = self._lanes[name] = _Lane()
            if self._events * 2 >= self.capacity:
                self._make_room(name, lane)
            self._events += 1
            if len(lane.queued) >= QUEUED:
                lane.held.append(signal)
                self._held += 1
                return
            lane.queued.append(arrival)
        self._queue[arrival] = signal
        if not self._ready.is_set():
            self._ready.set()

    def lost(self, source: Source, count: int) -> None:
        """Counts signals that came and that their source could not put."""
        self.received[source] += count
        self.dropped[source] += count

    def put_threadsafe(self, loop: asyncio.AbstractEventLoop, source: Source, peer: str, payload: Payload) -> None:
        """`put` from any thread; `loop` is the inbox's own. At most `capacity` wait for the loop, further ones are
        dropped and counted.

        Raises RuntimeError when the loop is closed.
        """
        with self._outside_lock:
            if len(self._outside) >= self.capacity:
                self._outside_lost[self._outside.popleft()[0]] += 1
            self._outside.append((source, peer, payload, self.clock.steady()))
            is_first = len(self._outside) == 1
        if is_first:
            loop.call_soon_threadsafe(self._take_outside)

    def drain(self, limit: int) -> list[Signal]:
        """At most `limit` signals with `seq` 0, those of one sender in the order of arrival; none when none wait."""
        queue, lanes = self._queue, self._lanes
        drained: list[Signal] = []
        while queue and len(drained) < limit:
            _, signal = queue.popitem(last=False)
            drained.append(signal)
            if signal.source in _PROBES:
                self._probes.popleft()
            elif signal.source not in _KEPT:
                name = (signal.source, signal.peer)
                self._shorten(name, lanes[name])
        if not queue:
            self._ready.clear()
        return drained

    async def wait(self) -> None:
        """Returns when at least one signal waits."""
        await self._ready.wait()

    def _make_room_for_probe(self) -> None:
        if len(self._probes) >= self.capacity:
            self._drop(self._probes.popleft())

    def _make_room(self, name: _Name, lane: _Lane) -> None:
        """Drops what must go before one more joins a lane, which stays even when it is empty."""
        longest = self._lanes.get(self._longest) if self._longest else None
        if longest is None or len(lane) >= len(longest):
            self._longest = name
        share = max(1, self.capacity // 2 // len(self._lanes))
        if len(lane) >= share:
            self._drop(lane.queued[0])
            self._move_up(lane)
        elif self._events >= self.capacity:
            victim = self._find_longest()
            self._drop(self._lanes[victim].queued[0])
            self._shorten(victim, self._lanes[victim])

    def _find_longest(self) -> _Name:
        """The longest of the remembered lane and the next few in turn; exact enough, and never a scan of all."""
        lanes = self._lanes
        best = self._longest if self._longest in lanes else None
        for _ in range(min(_LOOKED_AT, len(lanes))):
            lane = next(iter(lanes))
            lanes.move_to_end(lane)
            if best is None or len(lanes[lane]) > len(lanes[best]):
                best = lane
        assert best is not None, "a full inbox has lanes"
        self._longest = best
        return best

    def _drop(self, arrival: int) -> None:
        self.dropped[self._queue.pop(arrival).source] += 1

    def _shorten(self, name: _Name, lane: _Lane) -> None:
        self._move_up(lane)
        if not lane.queued:
            del self._lanes[name]

    def _move_up(self, lane: _Lane) -> None:
        """Its oldest signal has left the queue, and the next one joins."""
        lane.queued.popleft()
        self._events -= 1
        if lane.held:
            self._held -= 1
            self._arrivals = arrival = self._arrivals + 1
            lane.queued.append(arrival)
            self._queue[arrival] = lane.held.popleft()

    def _take_outside(self) -> None:
        with self._outside_lock:
            arrived, lost = tuple(self._outside), self._outside_lost
            self._outside.clear()
            self._outside_lost = Counter()
        for source, count in lost.items():
            self.lost(source, count)
        for source, peer, payload, steady in arrived:
            self.put(source, peer, payload, steady)
