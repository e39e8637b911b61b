"""Pure. What operators say of cards: worth a look or not, not before tomorrow; and its undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec import structs

from statetrace_engine.model import Epoch
from statetrace_engine.model.action import ActionResult, CardAction, JudgeCard, Undo
from statetrace_engine.model.anomaly import AnomalyCard, CardFeedback, CardStep
from statetrace_engine.model.people import AuditEntry

Named = Callable[[str], AnomalyCard | None]


class Said(NamedTuple):
    result: ActionResult
    audit: tuple[AuditEntry, ...] = ()
    cards: tuple[tuple[CardStep, AnomalyCard], ...] = ()


class Sayings:
    def take(self, action: CardAction | Undo, named: Named, at: Epoch) -> Said:
        if isinstance(action, JudgeCard):
            return self._judge(action, named, at)
        return Said(ActionResult(refused={"": "not yet"}, action_id=action.action_id))

    def _judge(self, action: JudgeCard, named: Named, at: Epoch) -> Said:
        card = named(action.card_id)
        words = action.verdict.value if action.verdict is not None else "taken back"
        if card is None:
            why = "no such card is open or recent"
            entry = _entry(at, action.operator, "judge-card", action.card_id, f"{words}: without effect: {why}")
            return Said(ActionResult(refused={action.card_id: why}, action_id=action.action_id), (entry,))
        feedback = None
        if action.verdict is not None:
            feedback = CardFeedback(verdict=action.verdict, operator=action.operator, at=at, note=action.note)
        entry = _entry(at, action.operator, "judge-card", action.card_id, f"{card.rule}: {words} {action.note}".strip())
        judged = structs.replace(card, feedback=feedback)
        result = ActionResult(touched=(action.card_id,), action_id=action.action_id)
        return Said(result, (entry,), ((CardStep.JUDGED, judged),))


def _entry(at: Epoch, operator: str, action: str, subject: str, detail: str) -> AuditEntry:
    return AuditEntry(seq=0, at=at, operator=operator, action=action, subject=subject, detail=detail, digest="")
