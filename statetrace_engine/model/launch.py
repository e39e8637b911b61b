"""Pure. How runbooks, anomaly cards and outages do, day by day. What nobody counted is None, and not 0."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct


class Span(Struct, frozen=True):
    """Of some durations, in seconds; nearest rank."""

    p50: float
    p95: float
    max: float
    count: int


class CardDay(NamedTuple):
    """Cards that were raised on a day, and what is said of them now."""

    day: int
    """Since the epoch, UTC."""
    raised: int
    true_cards: int
    false_cards: int


class LaunchDay(Struct, frozen=True, kw_only=True):
    """A day, or all of them together. None where no engine has left a word of that day."""

    day: str
    """`2026-11-28`, UTC; empty: of all days."""
    runbooks_opened: int | None = None
    steps_completed: int | None = None
    steps_verified: int | None = None
    """Of these, by evidence."""
    steps_skipped: int | None = None
    checklists_full: int | None = None
    """Runbooks of an outage with no step left, that day."""
    checklists_partial: int | None = None
    """Those begun that day with steps left."""
    cards_raised: int | None = None
    cards_true: int | None = None
    """Of these, by what is said of them now, …"""
    cards_false: int | None = None
    """… whenever it was said."""
    outages: int | None = None
    """Those that people were told of."""
    acknowledge: Span | None = None
    """From detection; None: none was acknowledged."""
    resolve: Span | None = None
    """From detection to the start of the recovery hold."""

    @property
    def is_empty(self) -> bool:
        """Nothing is known of it."""
        return self.runbooks_opened is None and self.outages is None

    @property
    def completion(self) -> float | None:
        """The share of begun checklists that were finished; None: none was begun."""
        full, partial = self.checklists_full or 0, self.checklists_partial or 0
        return round(full / (full + partial), 4) if full + partial else None

    @property
    def precision(self) -> float | None:
        """The share of judged cards that were right; None: none was judged."""
        true, false = self.cards_true or 0, self.cards_false or 0
        return round(true / (true + false), 4) if true + false else None


class LaunchMetrics(Struct, frozen=True, kw_only=True):
    days: tuple[LaunchDay, ...]
    """Oldest first, each of them there."""
    total: LaunchDay
