"""Pure. How late outages were known, part by part (SPEC 3): occurrence, signal, evaluation, notice, glass.

Taken in with every change of an outage, so that nobody has to look through a day of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from math import ceil

from statetrace_engine.model import Epoch
from statetrace_engine.model.monitors import Delay, Lateness, Spread
from statetrace_engine.model.outage import OutageEvent

DAY_S = 86400.0
KEPT = 2000
RECENT = 50
LAST = 5


def delay(outage: OutageEvent) -> Delay:
    """Its parts: they sum to its total."""
    return Delay(
        outage_id=outage.outage_id,
        detected_at=outage.detected_at,
        signal_s=outage.first_signal_at - outage.occurred_at,
        uncertain_s=outage.occurred_uncertainty_s,
        evaluation_s=outage.detected_at - outage.first_signal_at,
        notice_s=None if outage.notified_at is None else outage.notified_at - outage.detected_at,
        glass_s=None if outage.shown_at is None else outage.shown_at - outage.detected_at,
    )


def over(delays: Sequence[Delay]) -> Lateness:
    return Lateness(
        outages=len(delays),
        signal=_spread([d.signal_s for d in delays]),
        evaluation=_spread([d.evaluation_s for d in delays]),
        notice=_spread([d.notice_s for d in delays if d.notice_s is not None]),
        glass=_spread([d.glass_s for d in delays if d.glass_s is not None]),
    )


def _spread(durations: list[float]) -> Spread | None:
    if not durations:
        return None
    ordered = sorted(durations)
    p50, p95 = (ordered[ceil(share * len(ordered)) - 1] for share in (0.5, 0.95))
    return Spread(p50, p95, ordered[-1], len(ordered))


class Delays:
    """Of the newest outages, at most 2,000."""

    def __init__(self, outages: Iterable[OutageEvent] = ()) -> None:
        self._delays: dict[str, Delay] = {}
        for outage in outages:
            self.take(outage)

    def take(self, outage: OutageEvent) -> None:
        """One that was there before its route was watched is late by nobody's doing."""
        if outage.watched_at is not None:
            return
        self._delays[outage.outage_id] = delay(outage)
        if len(self._delays) >= 2 * KEPT:
            self._delays = {d.outage_id: d for d in islice(self._newest(), KEPT)}

    def told(self, now_at: Epoch) -> tuple[Lateness, Lateness, tuple[Delay, ...]]:
        """Of the UTC day of `now_at`, of the last 50, and the last five."""
        newest = self._newest()[:KEPT]
        midnight = now_at // DAY_S * DAY_S
        today = [d for d in newest if d.detected_at >= midnight]
        return over(today), over(newest[:RECENT]), tuple(newest[:LAST])

    def _newest(self) -> list[Delay]:
        return sorted(self._delays.values(), key=lambda d: d.detected_at, reverse=True)
