"""Which probe is sent when, and what its answers and misses are worth: no socket, and the time is an argument.

    send = schedule.due(now)            one probe to send now, or None
    schedule.answered(send.token, now)  or missed, or unsent
    schedule.take_reports()             what the pipeline should hear
    schedule.next_at(now)               when to ask again

A target is GOOD (one report a second sums up), in a BURST (after a miss: 20 probes 30 ms apart, one report), or
DOWN (every result is a report; the first good one brings the next probe forward). Bursts beyond a limit WAIT for
their turn. Every probe is counted in exactly one report, except those that a pause of this machine, a change of
settings or its own network made void: they are neither sent nor lost.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from enum import Enum, auto
from hashlib import blake2b
from itertools import count

from msgspec import Struct

from statetrace_engine.model.inventory import Probe, ProbeTests
from statetrace_engine.model.signal import ProbeResult

_TOKENS = 1 << 32
_LATE_S = 1.0
"""How long after its timeout an answer still teaches the round-trip time of a path that got longer."""
_HEARTBEAT_S = 0.5
"""The longest sleep: a pause of the machine is seen even when no probe is due."""
_FIRST = frozenset({ProbeTests.CONTROL, ProbeTests.GATEWAY})
"""Bursts that go before others: they decide whether the others mean anything."""


class ProbeSettings(Struct, frozen=True, kw_only=True):
    """The probing half of SPEC 2's debounce."""

    burst_count: int = 20
    burst_spacing_ms: int = 30
    timeout_min_ms: int = 150
    timeout_max_ms: int = 400
    timeout_rtt_factor: float = 4.0
    good_for_up: int = 2
    gap_s: float = 1.0
    """Waking later than this voids the probes in flight."""
    report_s: float = 1.0
    """How often a good target's results are summed up, if its interval is not longer."""
    bursts_at_once: int = 256
    """6,400 probes in 0.6 s, about what one core can send beside its other work."""


class Send(Struct, frozen=True):
    """Send this probe now; the token names it in `answered`, `missed` and `unsent`."""

    probe: Probe
    token: int
    """Below 2**32, counting up."""


class _Mode(Enum):
    GOOD = auto()
    WAITING = auto()
    BURST = auto()
    DOWN = auto()


class _Event(Enum):
    SEND = auto()
    EXPIRE = auto()
    FORGET = auto()


class _Tally:
    """Results on their way into one report."""

    __slots__ = ("first", "last", "received", "rtt_ms", "sent")

    def __init__(self) -> None:
        self.sent = self.received = 0
        self.rtt_ms = self.first = self.last = 0.0

    def add(self, sent_at: float, rtt_ms: float | None) -> None:
        if not self.sent:
            self.first = sent_at
        self.sent += 1
        self.last = max(self.last, sent_at)
        if rtt_ms is not None:
            self.received += 1
            self.rtt_ms += rtt_ms

    def result(self, probe_id: str, is_burst: bool = False) -> ProbeResult:
        mean = self.rtt_ms / self.received if self.received else 0.0
        return ProbeResult(probe_id, self.sent, self.received, mean, self.first, self.last, is_burst)


class _Target:
    __slots__ = (
        "burst", "burst_left", "error", "flights", "goods", "mode", "probe", "report_at", "rtt_ms", "send_order",
        "tally",
    )  # fmt: skip

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.mode = _Mode.GOOD
        self.rtt_ms = 0.0
        """Smoothed; 0.0 before the first answer."""
        self.flights: dict[int, _Flight] = {}
        """Undecided, oldest first."""
        self.tally = _Tally()
        self.report_at = 0.0
        self.burst = _Tally()
        self.burst_left = 0
        self.goods = 0
        self.error = ""
        self.send_order = 0
        """The one heap entry that may send for it; others are void."""

    @property
    def interval_s(self) -> float:
        return self.probe.interval_ms / 1000

    def is_same_path(self, probe: Probe) -> bool:
        mine = self.probe
        return (mine.kind, mine.target, mine.port) == (probe.kind, probe.target, probe.port)


class _Flight(Struct):
    target: _Target
    sent_at: float
    is_burst: bool
    is_late: bool = False


class Schedule:
    """Holds the state of every probe. `first_token` should be random, so that answers are hard to forge."""

    def __init__(self, settings: ProbeSettings, probes: Iterable[Probe], now: float, first_token: int = 0) -> None:
        self.settings = settings
        self.voided = 0
        """Probes sent that no report will ever count."""
        self._targets: dict[str, _Target] = {}
        self._controls: dict[str, list[_Target]] = {}
        """Those of a device, by its hostname."""
        self._flights: dict[int, _Flight] = {}
        self._heap: list[tuple[float, int, _Event, _Target | int]] = []
        self._order = count(1)
        self._tokens = count(first_token)
        self._waiting: deque[_Target] = deque()
        self._bursting = 0
        self._reports: list[tuple[Probe, ProbeResult]] = []
        self._gap_s = 0.0
        self._gap_after = float("inf")
        self._on_event: dict[_Event, Callable[[float, int, _Target | int, float], Send | None]] = {
            _Event.SEND: self._send,
            _Event.EXPIRE: self._expire,
            _Event.FORGET: self._forget,
        }
        self.replace(probes, now)

    def replace(self, probes: Iterable[Probe], now: float) -> None:
        """Puts other probes in force; those whose path stays the same keep what is known of them."""
        before, self._targets = self._targets, {}
        for probe in probes:
            target = before.pop(probe.probe_id, None)
            if target is not None and target.is_same_path(probe):
                is_retimed = target.probe.interval_ms != probe.interval_ms
                target.probe = probe
            else:
                if target is not None:
                    before[probe.probe_id] = target
                target, is_retimed = _Target(probe), True
            self._targets[probe.probe_id] = target
            if is_retimed and target.mode in (_Mode.GOOD, _Mode.DOWN):
                self._plan(target, now + target.interval_s * _share(probe.probe_id))
        for gone in before.values():
            self._void(gone)
            self._flush(gone)
            gone.send_order = 0
        self._controls = defaultdict(list)
        for target in self._targets.values():
            if target.probe.tests is ProbeTests.CONTROL:
                self._controls[target.probe.hostname].append(target)
        self._start_waiting(now)

    def next_at(self, now: float) -> float:
        """When `due` has work again; at most half a second ahead. Also the promise a gap is measured against."""
        at = now + _HEARTBEAT_S
        if self._heap and self._heap[0][0] < at:
            at = self._heap[0][0]
        self._gap_after = max(at, now) + self.settings.gap_s
        return at

    def due(self, now: float) -> Send | None:
        """The next probe to send, or None when nothing more is due at `now`; also expires what was not answered.

        Hand in what the sockets hold before asking: an answer that waits there is no miss.
        """
        self._notice_gap(now)
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, order, event, subject = heapq.heappop(heap)
            send = self._on_event[event](at, order, subject, now)
            if send is not None:
                return send
        return None

    def answered(self, token: int, now: float, rtt_ms: float | None = None) -> bool:
        """Takes an answer; False when nobody waits for it: a repeat, junk, or too late to count.

        `rtt_ms` where the prober knows it better than sending and receipt tell.
        """
        self._notice_gap(now)
        flight = self._flights.pop(token, None)
        if flight is None:
            return False
        target = flight.target
        measured = (now - flight.sent_at) * 1000 if rtt_ms is None else rtt_ms
        if flight.is_late:
            target.rtt_ms = max(target.rtt_ms, (now - flight.sent_at) * 1000)
            return False
        target.rtt_ms += (measured - target.rtt_ms) / 8 if target.rtt_ms else measured
        if target.mode is _Mode.DOWN:
            self._miss_older(target, token, now)
        del target.flights[token]
        self._resolve(target, flight, measured, now)
        return True

    def missed(self, token: int, now: float) -> None:
        """Takes the certainty that no answer will come, such as an ICMP port unreachable."""
        self._notice_gap(now)
        flight = self._flights.pop(token, None)
        if flight is not None and not flight.is_late:
            del flight.target.flights[token]
            self._resolve(flight.target, flight, None, now)

    def unsent(self, token: int, now: float, error: str = "") -> None:
        """Takes back a `Send` that could not be done: it says nothing of the path.

        `error` says why (`network is unreachable`) and is reported once, and again when it changes; empty for a
        moment's lack of room.
        """
        flight = self._flights.pop(token, None)
        if flight is None:
            return
        target = flight.target
        target.flights.pop(token, None)
        self.voided += 1
        if error:
            if target.mode in (_Mode.BURST, _Mode.WAITING):
                self._void(target)
                self._plan(target, now + target.interval_s)
                self._start_waiting(now)
            if error != target.error:
                self._reports.append(
                    (target.probe, ProbeResult(target.probe.probe_id, 0, 0, 0.0, now, now, error=error))
                )
            target.error = error
        elif flight.is_burst:
            self._end_burst_when_decided(target, now)

    def take_reports(self) -> list[tuple[Probe, ProbeResult]]:
        """The reports since the last call, in the order in which they were decided."""
        reports, self._reports = self._reports, []
        return reports

    def probe_of(self, token: int) -> Probe | None:
        """The probe that an answer with this token would be for; None when nobody waits for it."""
        flight = self._flights.get(token)
        return flight.target.probe if flight else None

    def take_gap_s(self) -> float:
        """For how long this process did not run, if that voided probes since the last call; else 0.0."""
        gap, self._gap_s = self._gap_s, 0.0
        return gap

    def _notice_gap(self, now: float) -> None:
        if now <= self._gap_after:
            return
        self._gap_s += now - self._gap_after + self.settings.gap_s
        self._gap_after = float("inf")
        for target in self._targets.values():
            self._void(target)
        self._heap.clear()
        self._flights.clear()
        self._waiting.clear()
        for target in self._targets.values():
            self._plan(target, now + target.interval_s * _share(target.probe.probe_id))

    def _send(self, at: float, order: int, subject: _Target | int, now: float) -> Send | None:
        assert isinstance(subject, _Target), "send events name a target"
        target = subject
        if order != target.send_order:
            return None
        is_burst = target.mode is _Mode.BURST
        if is_burst:
            target.burst_left -= 1
        if not is_burst or target.burst_left:
            step = self.settings.burst_spacing_ms / 1000 if is_burst else target.interval_s
            self._plan(target, at + step if at + step > now else now + step)
        token = next(self._tokens) % _TOKENS
        flight = _Flight(target, now, is_burst)
        self._flights[token] = target.flights[token] = flight
        self._push(now + self._timeout_s(target), _Event.EXPIRE, token)
        return Send(target.probe, token)

    def _expire(self, at: float, order: int, subject: _Target | int, now: float) -> None:  # noqa: ARG002 - one form
        assert isinstance(subject, int), "expiry names a token"
        flight = self._flights.get(subject)
        if flight is None or flight.is_late:
            return
        flight.is_late = True
        self._push(now + _LATE_S, _Event.FORGET, subject)
        del flight.target.flights[subject]
        self._resolve(flight.target, flight, None, now)

    def _forget(self, at: float, order: int, subject: _Target | int, now: float) -> None:  # noqa: ARG002 - one form
        assert isinstance(subject, int), "forgetting names a token"
        self._flights.pop(subject, None)

    def _resolve(self, target: _Target, flight: _Flight, rtt_ms: float | None, now: float) -> None:
        target.error = ""
        if flight.is_burst:
            target.burst.add(flight.sent_at, rtt_ms)
            self._end_burst_when_decided(target, now)
        elif target.mode is not _Mode.GOOD:
            self._report_one(target, flight, rtt_ms)
            if target.mode is _Mode.DOWN:
                self._count_good(target, rtt_ms is not None, now)
        elif rtt_ms is None:
            self._flush(target)
            self._report_one(target, flight, rtt_ms)
            self._want_burst(target, now)
            self._ask_control(target, now)
        else:
            target.tally.add(flight.sent_at, rtt_ms)
            self._sum_up(target, now)

    def _sum_up(self, target: _Target, now: float) -> None:
        if now + target.interval_s / 2 < target.report_at:  # half an interval: answers jitter around the moment
            return
        self._flush(target)
        period = max(self.settings.report_s, target.interval_s)
        target.report_at = target.report_at + period if target.report_at + period > now else now + period

    def _count_good(self, target: _Target, is_good: bool, now: float) -> None:
        target.goods = target.goods + 1 if is_good else 0
        if target.goods >= self.settings.good_for_up:
            self._become(target, _Mode.GOOD, now)
        elif is_good:
            self._plan(target, now + self.settings.burst_spacing_ms / 1000)

    def _miss_older(self, target: _Target, token: int, now: float) -> None:
        """Decides the probes sent before an answered one: left open, they would fail a target that is up again."""
        older = [other for other, flight in target.flights.items() if flight.sent_at < target.flights[token].sent_at]
        for other in older:
            self._expire(now, 0, other, now)

    def _want_burst(self, target: _Target, now: float) -> None:
        if self._bursting < self.settings.bursts_at_once:
            self._start_burst(target, now)
            return
        target.mode = _Mode.WAITING
        target.send_order = 0
        if target.probe.tests in _FIRST:
            self._waiting.appendleft(target)
        else:
            self._waiting.append(target)

    def _ask_control(self, target: _Target, now: float) -> None:
        """A lost burst counts only while the device itself answers: where that is not asked before it ends, now."""
        burst_s = self.settings.burst_count * self.settings.burst_spacing_ms / 1000
        for control in self._controls.get(target.probe.hostname, ()):
            if control.mode is _Mode.GOOD and control.interval_s > burst_s and control is not target:
                control.report_at = now  # its answer is waited for
                if not control.flights:
                    self._plan(control, now)

    def _start_burst(self, target: _Target, now: float) -> None:
        self._bursting += 1
        target.mode = _Mode.BURST
        target.burst = _Tally()
        target.burst_left = self.settings.burst_count
        self._plan(target, now)

    def _end_burst_when_decided(self, target: _Target, now: float) -> None:
        if target.burst_left or any(flight.is_burst for flight in target.flights.values()):
            return
        self._bursting -= 1
        burst = target.burst
        if burst.sent:
            self._reports.append((target.probe, burst.result(target.probe.probe_id, is_burst=True)))
        self._become(target, _Mode.GOOD if burst.received or not burst.sent else _Mode.DOWN, now)
        self._plan(target, now + target.interval_s)
        self._start_waiting(now)

    def _start_waiting(self, now: float) -> None:
        while self._waiting and self._bursting < self.settings.bursts_at_once:
            target = self._waiting.popleft()
            if target.mode is _Mode.WAITING:
                self._start_burst(target, now)

    def _become(self, target: _Target, mode: _Mode, now: float) -> None:
        target.mode = mode
        target.goods = 0
        target.report_at = now + max(self.settings.report_s, target.interval_s)

    def _void(self, target: _Target) -> None:
        """Forgets its probes in flight and its unfinished burst; what it owes the next report stays."""
        for token in target.flights:
            del self._flights[token]
        self.voided += len(target.flights)
        target.flights.clear()
        if target.mode is _Mode.BURST:
            self.voided += target.burst.sent
            self._bursting -= 1
        target.burst_left = target.goods = 0
        if target.mode is not _Mode.DOWN:
            target.mode = _Mode.GOOD

    def _flush(self, target: _Target) -> None:
        if target.tally.sent:
            self._reports.append((target.probe, target.tally.result(target.probe.probe_id)))
            target.tally = _Tally()

    def _report_one(self, target: _Target, flight: _Flight, rtt_ms: float | None) -> None:
        one = _Tally()
        one.add(flight.sent_at, rtt_ms)
        self._reports.append((target.probe, one.result(target.probe.probe_id)))

    def _timeout_s(self, target: _Target) -> float:
        settings = self.settings
        if not target.rtt_ms:
            return settings.timeout_max_ms / 1000
        wanted = settings.timeout_rtt_factor * target.rtt_ms
        return min(max(settings.timeout_min_ms, wanted), settings.timeout_max_ms) / 1000

    def _plan(self, target: _Target, at: float) -> None:
        target.send_order = self._push(at, _Event.SEND, target)

    def _push(self, at: float, event: _Event, subject: _Target | int) -> int:
        order = next(self._order)
        heapq.heappush(self._heap, (at, order, event, subject))
        return order


def _share(probe_id: str) -> float:
    """Where in its interval a probe falls, 0 to 1: spread evenly, and the same after every restart."""
    return int.from_bytes(blake2b(probe_id.encode(), digest_size=4).digest(), "big") / _TOKENS
