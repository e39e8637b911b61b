"""Pure. Loss and latency of one probe over the last minute, and the hour's median: constant work a report.

Impairment is a statement about a rate, so it needs more than a ratio: with 1 % of noise a 30 s window of a 1 Hz
probe shows 5 % several times a day, because a miss is followed by a burst that meets the same noise. A window
counts as impaired when its ratio is over the limit and so many losses would come from 1 % noise less than once
in 10^8 windows.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import lru_cache
from math import exp, inf

from msgspec import Struct

from statetrace_engine.health.policy import ProbePolicy

NOISE = 0.01
CHANCE = 1e-8
_SECONDS = 64
_BUCKETS = 128
_SLICES = 4
_NOTHING = bytes(2 * _SECONDS)
"""A window's counts when all are zero."""
_SLICE_S = 900.0
_MOST = 0xFFFF
_ENOUGH = 60
_ENOUGH_TO_UNLEARN = 900
"""Reports for a median: at first, and against one that was learnt over an hour before a restart."""
_LATENCY_S = 10
"""An hour's median does not change faster."""


@lru_cache(maxsize=4096)
def least_losses(sent: int) -> int:
    """The smallest number of losses among `sent` that noise explains with a chance below `CHANCE` (Poisson tail)."""
    mean = sent * NOISE
    term = exp(-mean)
    tail = 1.0 - term
    losses = 1
    while tail > CHANCE and losses < sent:
        term *= mean / losses
        tail -= term
        losses += 1
    return losses


_BOUNDS = tuple(0.05 * 1.12**index for index in range(_BUCKETS - 1))
"""Upper ends of the latency buckets in ms: 12 % wide, from 0.05 ms on."""


class SavedWindow(Struct, array_like=True):
    """What a checkpoint keeps of a window: only the seconds and slices in which something was sent."""

    newest: int
    seconds: list[tuple[int, int, int, int, int]]
    """(slot, sent, lost, reports, slow reports)."""
    slices: dict[int, dict[int, int]]
    minute: int
    minutes: bytes
    cut_to: int = -1


class ProbeWindow:
    __slots__ = (
        "_cut_to",
        "_is_latency_old",
        "_latency",
        "_latency_until",
        "_learnt",
        "_lost",
        "_lost_sum",
        "_minute",
        "_minutes",
        "_newest",
        "_sent",
        "_slices",
        "_slow",
        "_slow_sent",
    )

    def __init__(self) -> None:
        self._sent = array("H", bytes(2 * _SECONDS))
        self._lost = array("H", bytes(2 * _SECONDS))
        self._slow = array("H", bytes(2 * _SECONDS))
        self._slow_sent = array("H", bytes(2 * _SECONDS))
        self._lost_sum = 0
        """Of all seconds: most probes lose nothing, and are asked once a second."""
        self._newest = -1
        self._cut_to = -1
        """Second until which time was cut out: what stands before it is older than it looks."""
        self._slices: dict[int, dict[int, int]] = {}
        self._latency = 0.0
        self._is_latency_old = True
        self._latency_until = 0
        """Second at which the limit becomes old."""
        self._learnt = inf
        """The limit that was known before a restart: it holds until enough is known again."""
        self._minute = -1
        self._minutes = bytearray(b"\xff" * 60)

    def saved(self) -> SavedWindow:
        rows = enumerate(zip(self._sent, self._lost, self._slow_sent, self._slow, strict=True))
        seconds = [(slot, *row) for slot, row in rows if row[0]]
        return SavedWindow(self._newest, seconds, self._slices, self._minute, bytes(self._minutes), self._cut_to)

    def give(self, saved: SavedWindow) -> None:
        """Goes on from there."""
        self.__init__()  # type: ignore[misc]  # the same object stays in its track
        self._newest, self._minute, self._minutes = saved.newest, saved.minute, bytearray(saved.minutes)
        self._slices, self._cut_to = saved.slices, saved.cut_to
        for slot, sent, lost, reports, slow in saved.seconds:
            self._sent[slot], self._lost[slot], self._slow_sent[slot], self._slow[slot] = sent, lost, reports, slow
            self._lost_sum += lost

    def learn(self, limit_ms: float) -> None:
        """What was slow before a restart."""
        self._learnt = limit_ms

    def is_troubled(self) -> bool:
        """Something was lost or slow in the last minute."""
        return self._lost_sum > 0 or self._slow.tobytes() != _NOTHING

    def add(self, at: float, sent: int, lost: int, rtt_ms: float, policy: ProbePolicy) -> None:
        """One report; `rtt_ms` is the mean of its answers."""
        second = int(at)
        self._advance(second)
        self._note_minute(second // 60, sent, lost)
        if second <= self._newest - _SECONDS:
            return
        slot = second % _SECONDS
        sent, lost = min(sent, _MOST), min(lost, _MOST)
        self._sent[slot] = min(self._sent[slot] + sent, _MOST)
        counted = min(self._lost[slot] + lost, _MOST)
        self._lost_sum += counted - self._lost[slot]
        self._lost[slot] = counted
        if sent > lost and rtt_ms > 0.0:
            self._slow_sent[slot] += 1
            self._slow[slot] += rtt_ms > self.latency_limit(policy)
            slice_ = self._slices.setdefault(int(at // _SLICE_S), {})
            index = bisect_left(_BOUNDS, rtt_ms)
            slice_[index] = slice_.get(index, 0) + 1
            if len(self._slices) > _SLICES + 1:
                del self._slices[min(self._slices)]
            if second >= self._latency_until:
                self._is_latency_old, self._latency_until = True, second + _LATENCY_S

    def forget_losses(self) -> None:
        """A total loss has ended: it was an outage, and says nothing of the quality of what follows."""
        self._sent = array("H", bytes(2 * _SECONDS))
        self._lost = array("H", bytes(2 * _SECONDS))
        self._lost_sum = 0

    def cut_out(self, since: float, now: float) -> None:
        """Nobody could see since then: that time is taken out, and what was counted before it stands as it stood."""
        first, last = max(int(since), self._cut_to), int(now)
        self._cut_to = last
        kept = range(max(self._newest - _SECONDS + 1, 0), first)
        if not self._lost_sum or not any(self._lost[s % _SECONDS] for s in kept):
            self.forget_losses()  # of most probes, when we were cut off
            return
        counts = [(s + last - first, self._sent[s % _SECONDS], self._lost[s % _SECONDS]) for s in kept]
        self.forget_losses()
        self._advance(last)
        for second, sent, lost in counts:
            if self._newest - _SECONDS < second <= self._newest:
                self._sent[second % _SECONDS], self._lost[second % _SECONDS] = sent, lost
                self._lost_sum += lost

    def _note_minute(self, minute: int, sent: int, lost: int) -> None:
        if minute > self._minute:
            for passed in range(max(self._minute + 1, minute - 59), minute + 1):
                self._minutes[passed % 60] = 255
            self._minute = minute
        if minute > self._minute - 60 and sent:
            slot, percent = minute % 60, 100 * lost // sent
            was = self._minutes[slot]
            self._minutes[slot] = percent if was == 255 else max(was, percent)

    def minutes(self, now: float) -> bytes:
        """The last hour, a minute a byte, oldest first: worst loss of a report in percent, 255 without any."""
        last = int(now) // 60
        return bytes(
            self._minutes[m % 60] if self._minute - 60 < m <= self._minute else 255 for m in range(last - 59, last + 1)
        )

    def _advance(self, second: int) -> None:
        if second <= self._newest:
            return
        for passed in range(max(self._newest + 1, second - _SECONDS + 1), second + 1):
            slot = passed % _SECONDS
            self._lost_sum -= self._lost[slot]
            self._sent[slot] = self._lost[slot] = self._slow[slot] = self._slow_sent[slot] = 0
        self._newest = second

    def _sum(self, values: array[int], window_s: int) -> int:
        last = self._newest % _SECONDS
        first = last - min(window_s, _SECONDS) + 1
        return sum(values[first : last + 1]) if first >= 0 else sum(values[first:]) + sum(values[: last + 1])

    def loss_percent(self, window_s: int) -> float | None:
        sent = self._sum(self._sent, window_s)
        return 100.0 * self._sum(self._lost, window_s) / sent if sent else None

    @property
    def known_limit_ms(self) -> float:
        """`latency_limit` as of its last use."""
        return self._latency or self._learnt

    def latency_limit(self, policy: ProbePolicy) -> float:
        """max(3 × the hour's median, median + 50 ms); until 60 reports are known what was learnt, else infinite."""
        if self._is_latency_old:
            self._is_latency_old = False
            counts: dict[int, int] = {}
            for slice_ in self._slices.values():
                for index, count in slice_.items():
                    counts[index] = counts.get(index, 0) + count
            total = sum(counts.values())
            if total < (_ENOUGH if self._learnt == inf else _ENOUGH_TO_UNLEARN):
                self._latency = self._learnt
            else:
                seen = 0
                for index in sorted(counts):
                    seen += counts[index]
                    if seen * 2 >= total:
                        median = _BOUNDS[min(index, len(_BOUNDS) - 1)]
                        self._latency = max(policy.latency_factor * median, median + policy.latency_add_ms)
                        break
        return self._latency

    def is_lossy(self, policy: ProbePolicy) -> bool:
        windows = (policy.loss_window_s, policy.clear_window_s)
        return self._lost_sum > 0 and any(self._is_lossy_over(window_s, policy) for window_s in windows)

    def _is_lossy_over(self, window_s: int, policy: ProbePolicy) -> bool:
        sent, lost = self._sum(self._sent, window_s), self._sum(self._lost, window_s)
        is_over = sent >= policy.loss_min_probes and 100.0 * lost >= policy.loss_percent * sent
        return is_over and lost >= least_losses(sent)

    def trouble_began(self, policy: ProbePolicy) -> float | None:
        """The middle of the second (steady; half a second either way) in which what impairs it now began: the first
        loss of the shortest window that is lossy, or the first of the slow reports without a fast one since."""
        for window_s in (policy.loss_window_s, policy.clear_window_s):
            if self._lost_sum and self._is_lossy_over(window_s, policy):
                seconds = range(max(self._newest - window_s + 1, 0), self._newest + 1)
                return next(second + 0.5 for second in seconds if self._lost[second % _SECONDS])
        began = None
        for second in range(self._newest, max(self._newest - _SECONDS, -1), -1):
            slot = second % _SECONDS
            if self._slow[slot] != self._slow_sent[slot]:
                break
            if self._slow[slot]:
                began = second + 0.5
        return began

    @property
    def is_slow_now(self) -> bool:
        """The newest second was over the limit of latency."""
        return self._slow[self._newest % _SECONDS] > 0

    def is_slow(self, policy: ProbePolicy) -> bool:
        """Every report of the latency window was over the limit, and there were enough of them."""
        if not self._slow[self._newest % _SECONDS]:
            return False
        sent = self._sum(self._slow_sent, policy.latency_window_s)
        return sent >= policy.loss_min_probes and self._sum(self._slow, policy.latency_window_s) == sent

    def is_clear(self, policy: ProbePolicy) -> bool:
        loss = self.loss_percent(policy.clear_window_s)
        is_fast = not self._slow[self._newest % _SECONDS]
        return loss is not None and loss <= policy.clear_percent and is_fast
