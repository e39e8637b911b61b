"""What an operator says of anomaly cards, and takes back: true or false, and not before some time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from statetrace_engine.model.action import CardAction, JudgeCard, SnoozeCard, WakeCard
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict
from statetrace_tui.present.hours import minute_there
from statetrace_tui.present.snoozing import Until
from statetrace_tui.present.text import count
from statetrace_tui.widgets.stage import Stage

_KEPT = 50
_WORDS = {CardVerdict.TRUE: "true positive", CardVerdict.FALSE: "false positive"}


class CardActs:
    """Remembers what was done, so that the last of it can be taken back."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._done: list[list[CardAction]] = []
        """Each as the actions that take it back."""

    def judge(self, cards: Sequence[AnomalyCard], verdict: CardVerdict) -> None:
        made: list[CardAction] = [JudgeCard(uuid4().hex, self._operator, card.card_id, verdict) for card in cards]
        back = [self._as_before(card) for card in cards]
        self._act(made, back, f"{count(len(cards), 'card')}: {_WORDS[verdict]}", "no card here to judge")

    def snooze(self, cards: Sequence[AnomalyCard], until: Until) -> None:
        made: list[CardAction] = [
            SnoozeCard(uuid4().hex, self._operator, card.rule, card.subject, until.at, until.reason) for card in cards
        ]
        back: list[CardAction] = [self._woken(card) for card in cards]
        when = minute_there(until.at, self._stage.zone)
        self._act(made, back, f"{count(len(cards), 'card')} snoozed until {when}", "no card here to snooze")

    def take_back(self, cards: Sequence[AnomalyCard]) -> None:
        """The last deed; without one, what is said of these cards."""
        if self._done:
            back = self._done.pop()
        else:
            back = [action for card in cards if (action := self._undoing(card)) is not None]
        self._act(back, [], f"took back {count(len(back), 'word')}", "nothing to take back")

    @property
    def _operator(self) -> str:
        return self._stage.options.operator

    def _as_before(self, card: AnomalyCard) -> CardAction:
        known = card.feedback
        verdict, note = (known.verdict, known.note) if known is not None else (None, "")
        return JudgeCard(uuid4().hex, self._operator, card.card_id, verdict, note)

    def _woken(self, card: AnomalyCard) -> CardAction:
        return WakeCard(uuid4().hex, self._operator, card.rule, card.subject)

    def _undoing(self, card: AnomalyCard) -> CardAction | None:
        if card.snooze is not None:
            return WakeCard(uuid4().hex, self._operator, card.snooze.rule, card.snooze.subject)
        return JudgeCard(uuid4().hex, self._operator, card.card_id, None) if card.feedback is not None else None

    def _act(self, actions: Sequence[CardAction], back: list[CardAction], done: str, otherwise: str) -> None:
        if not actions:
            self._stage.say(otherwise, "dim")
            return
        for number, action in enumerate(actions, 1):
            self._stage.act(action, done if number == len(actions) else "")
        if back and not self._stage.options.is_read_only:
            self._done = [*self._done[-_KEPT:], back]
