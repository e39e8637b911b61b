"""Pure. How often a rule was right: its cards and what was said of them, by UTC day."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict

DAYS = 30
_DAY_S = 86400.0


class Counted(Struct, array_like=True):
    cards: int = 0
    true: int = 0
    false: int = 0


class Tallies(Struct):
    by_rule: dict[str, dict[int, Counted]] = field(default_factory=dict)

    def raised(self, card: AnomalyCard) -> None:
        self._of(card).cards += 1

    def judged(self, before: AnomalyCard, after: AnomalyCard) -> None:
        for card, change in ((before, -1), (after, 1)):
            if card.feedback is None:
                continue
            counted = self._of(card)
            if card.feedback.verdict is CardVerdict.TRUE:
                counted.true = max(counted.true + change, 0)
            else:
                counted.false = max(counted.false + change, 0)

    def recent(self, rule: str, at: Epoch) -> Counted:
        """Of the last 30 days."""
        days = self.by_rule.get(rule, {})
        return _sum(counted for day, counted in days.items() if day > at // _DAY_S - DAYS)

    def _of(self, card: AnomalyCard) -> Counted:
        day = int(card.first_at // _DAY_S)
        days = self.by_rule.setdefault(card.rule, {})
        if day not in days:
            days[day] = Counted()
            for old in sorted(days)[: -DAYS - 1]:
                del days[old]
        return days.setdefault(day, Counted())


def _sum(all_counted: Iterable[Counted]) -> Counted:
    total = Counted()
    for counted in all_counted:
        total.cards += counted.cards
        total.true += counted.true
        total.false += counted.false
    return total
