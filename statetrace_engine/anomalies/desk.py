"""Pure. All cards in one place: those of rules and the engine's own, with what operators said of them.

What is heard waits until `warn`, which the pipeline calls behind everything that decides an outage: how many signals it
is called for at once changes nothing of what comes out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct, field, structs

from statetrace_engine.anomalies import own
from statetrace_engine.anomalies.sayings import Sayings
from statetrace_engine.anomalies.watch import CardChange, Watch
from statetrace_engine.anomalies.windows import Local
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.action import ActionResult, CardAction, Undo
from statetrace_engine.model.anomaly import AnomalyCard, CardCounts, CardStep, Event, Own, Rule, RuleStatus
from statetrace_engine.model.change import Acted, CardChanged, Change
from statetrace_engine.model.health import Severity

KEPT_S = 86400.0
"""Cards that are over can be judged for so long."""
MOST_OVER = 500
MOST_HEARD = 1000


def utc(at: Epoch) -> datetime:
    return datetime.fromtimestamp(at, UTC)


class Tally(Struct):
    """Of one rule, by UTC day."""

    raised: dict[int, int] = field(default_factory=dict)
    true: dict[int, int] = field(default_factory=dict)
    false: dict[int, int] = field(default_factory=dict)


class Desk:
    """`local` gives wall time in the zone of the engine, for rules about hours."""

    def __init__(self, rules: Iterable[Rule] = (), local: Local = utc) -> None:
        self.rules = tuple(rules)
        self.watch = Watch(self.rules, local)
        self.sayings = Sayings()
        self.version = 0
        self._local = local
        self._heard: deque[Event | Own] = deque()
        self._open: dict[str, AnomalyCard] = {}
        self._over: dict[str, AnomalyCard] = {}
        """The one that ended first comes first."""
        self._own: dict[str, str] = {}
        """Open cards of the engine itself."""

    # What comes in ----------------------------------------------------------------------------------------------------

    def hear(self, event: Event | Own) -> None:
        self._heard.append(event)

    @property
    def is_full(self) -> bool:
        """So much was heard that nobody but `warn` may come next."""
        return len(self._heard) >= MOST_HEARD

    def replace(self, rules: tuple[Rule, ...]) -> None:
        """Other rules from here on."""
        if rules != self.rules:
            self.rules = rules
            self.watch = Watch(rules, self._local)
            self.version += 1

    def next_due(self) -> float | None:
        return self.watch.next_due()

    def warn(self, now: float, at: Epoch) -> list[Change]:
        """What became of everything that was heard, up to `now`; `at` is now's wall time."""
        out: list[Change] = []
        while self._heard:
            event = self._heard.popleft()
            if isinstance(event, Own):
                self._take_own(event, out)
            else:
                self._take_all(self.watch.take(event), out)
        self._take_all(self.watch.pass_time(now, at), out)
        return out

    def act(self, action: CardAction | Undo, at: Epoch) -> list[Change]:
        """What an operator says of cards."""
        said = self.sayings.take(action, self._named, at)
        out: list[Change] = [Acted(result=said.result, audit=said.audit)]
        for step, card in said.cards:
            self._put(step, card, out)
        self.version += 1
        return out

    def _named(self, card_id: str) -> AnomalyCard | None:
        return self._open.get(card_id) or self._over.get(card_id)

    def _take_all(self, changes: Iterable[CardChange], out: list[Change]) -> None:
        for step, card in changes:
            self._put(step, card, out)

    def _take_own(self, found: Own, out: list[Change]) -> None:
        name = own.key(found)
        known = self._open.get(self._own.get(name, ""))
        if found.is_open and known is None:
            card_id = ids.card_id(found.rule, own.key(found), found.at, self._is_taken)
            self._own[name] = card_id
            self._put(CardStep.RAISED, own.card(found, card_id), out)
        elif known is not None and not found.is_open:
            del self._own[name]
            self._put(CardStep.OVER, structs.replace(known, is_over=True, ended_at=found.at, last_at=found.at), out)

    def _is_taken(self, card_id: str) -> bool:
        return card_id in self._open or card_id in self._over

    def _put(self, step: CardStep, card: AnomalyCard, out: list[Change]) -> None:
        before = self._named(card.card_id)
        if before is not None and card.feedback is None and step in (CardStep.MORE, CardStep.OVER):
            card = structs.replace(card, feedback=before.feedback)
        if card.is_over:
            self._open.pop(card.card_id, None)
            self._over[card.card_id] = card
            if len(self._over) > MOST_OVER:
                del self._over[next(iter(self._over))]
        else:
            self._open[card.card_id] = card
        self.version += 1
        out.append(CardChanged(step=step, card=card))

    # Reading ----------------------------------------------------------------------------------------------------------

    def cards(self) -> tuple[AnomalyCard, ...]:
        """Open ones and those that ended of late, newest first."""
        found = (*self._open.values(), *self._over.values())
        return tuple(sorted(found, key=lambda card: (card.first_at, card.card_id), reverse=True))

    def own(self) -> list[AnomalyCard]:
        """Open ones of the engine itself, oldest first."""
        return [self._open[ident] for ident in self._own.values()]

    def statuses(self) -> tuple[RuleStatus, ...]:
        found = [
            RuleStatus(
                rule=rule.id,
                title=rule.title,
                severity=rule.severity,
                kind=str(type(rule.find).__struct_config__.tag),
                is_enabled=rule.is_enabled,
                off=self.watch.slow.get(rule.id, ""),
                runbook=rule.runbook,
            )
            for rule in self.rules
        ]
        found += [
            RuleStatus(rule=rule.id, title=rule.title, severity=rule.severity, kind="engine", runbook=rule.runbook)
            for rule in own.OWN.values()
        ]
        return tuple(sorted(found, key=lambda status: status.rule))

    def counts(self) -> CardCounts:
        shown = [card.severity for card in self._open.values() if card.snooze is None]
        return CardCounts(
            critical=shown.count(Severity.CRITICAL),
            major=shown.count(Severity.MAJOR),
            warning=shown.count(Severity.WARNING),
            info=shown.count(Severity.INFO),
            snoozed=len(self._open) - len(shown),
            off=len(self.watch.slow),
            version=self.version,
        )


def refused(action_id: str, name: str, why: str) -> ActionResult:
    return ActionResult(refused={name: why}, action_id=action_id)
