"""Pure. What operators say of cards: worth a look or not, not before tomorrow; and its undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from msgspec import Struct, field, structs

from statetrace_engine.model import Epoch
from statetrace_engine.model.action import ActionResult, CardAction, JudgeCard, SnoozeCard, Undo, WakeCard
from statetrace_engine.model.anomaly import EVERY, AnomalyCard, CardFeedback, Snooze
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.text import sanitise

LONGEST_S = 31 * 86400.0
MOST = 1000
"""Snoozes at once."""
_REMEMBERED = 1000
"""Actions whose repeats are known."""
_UNDOABLE = 100
_Key = tuple[str, str]
_T = TypeVar("_T")


class Said(NamedTuple):
    result: ActionResult
    audit: tuple[AuditEntry, ...] = ()
    judged: AnomalyCard | None = None
    snoozed: _Key | None = None
    """Rule and subject of which snoozes are others than before."""


class Snoozing(Struct):
    snooze: Snooze
    until: float
    """Steady."""


class Before(Struct):
    """What an action took the place of, for its undoing."""

    at: float
    card_id: str = ""
    feedback: CardFeedback | None = None
    key: _Key | None = None
    snoozing: Snoozing | None = None


class SavedSayings(Struct, kw_only=True):
    snoozes: list[Snoozing] = field(default_factory=list)
    undoable: dict[str, Before] = field(default_factory=dict)


class Sayings:
    """`named` finds a card that is open or recent, `knows` a rule."""

    def __init__(self, named: Callable[[str], AnomalyCard | None], knows: Callable[[str], bool]) -> None:
        self._named, self._knows = named, knows
        self._snoozes: dict[_Key, Snoozing] = {}
        self._undoable: dict[str, Before] = {}
        self._done: dict[str, ActionResult] = {}
        self._next: float | None = None

    # What is snoozed --------------------------------------------------------------------------------------------------

    def snooze(self, rule: str, subject: str) -> Snooze | None:
        """The one in force for a card."""
        found = self._snoozes.get((rule, subject)) or self._snoozes.get((rule, EVERY))
        return found.snooze if found is not None else None

    def hide(self, snooze: Snooze, findings: int) -> Snooze:
        """So many were not shown because of it."""
        known = self._snoozes[snooze.rule, snooze.subject]
        known.snooze = structs.replace(known.snooze, hidden=known.snooze.hidden + findings)
        return known.snooze

    def next_due(self) -> float | None:
        """When the next snooze expires."""
        return self._next

    def expired(self, now: float) -> list[_Key]:
        """Ends those whose time is over."""
        if self._next is None or now < self._next:
            return []
        over = [key for key, known in self._snoozes.items() if known.until <= now]
        for key in over:
            del self._snoozes[key]
        self._plan()
        return over

    def _plan(self) -> None:
        self._next = min((known.until for known in self._snoozes.values()), default=None)

    # Actions ----------------------------------------------------------------------------------------------------------

    def may_undo(self, action_id: str) -> bool:
        return action_id in self._undoable

    def take(self, action: CardAction | Undo, now: float, at: Epoch, undo_s: float) -> Said:
        """Applies it once: a repeat of an action id answers what the first one did."""
        if isinstance(action, Undo):
            return self._undo(action, now, at, undo_s)
        if action.action_id and action.action_id in self._done:
            return Said(self._done[action.action_id])
        match action:
            case JudgeCard():
                said = self._judge(action, now, at)
            case SnoozeCard():
                said = self._snooze(action, now, at)
            case WakeCard():
                said = self._wake(action, now, at)
        _remember(self._done, action.action_id, said.result, _REMEMBERED)
        return said

    def _judge(self, action: JudgeCard, now: float, at: Epoch) -> Said:
        card = self._named(action.card_id) or action.of
        words = f"{action.verdict.value} positive" if action.verdict is not None else "taken back"
        if card is None:
            return _refuse(action, at, "judge-card", action.card_id, "no such card")
        feedback = None
        if action.verdict is not None:
            feedback = CardFeedback(verdict=action.verdict, operator=action.operator, at=at, note=action.note)
        _remember(self._undoable, action.action_id, Before(now, card.card_id, card.feedback), _UNDOABLE)
        detail = f"{card.rule} {card.subject}: {words} {action.note}".strip()
        return Said(_done(action, card.card_id), (_entry(at, action.operator, "judge-card", card.card_id, detail),),
                    judged=structs.replace(card, feedback=feedback))  # fmt: skip

    def _snooze(self, action: SnoozeCard, now: float, at: Epoch) -> Said:
        key = (action.rule, action.subject)
        why = self._why_not(action, at)
        if why:
            return _refuse(action, at, "snooze-card", " ".join(key), why)
        snooze = Snooze(
            rule=action.rule,
            subject=action.subject,
            operator=action.operator,
            at=at,
            until_at=action.until_at,
            reason=action.reason,
        )
        self._note(action.action_id, key, now)
        self._snoozes[key] = Snoozing(snooze, now + (action.until_at - at))
        self._plan()
        minutes = (action.until_at - at) / 60
        detail = f"for {minutes:.0f} min {action.reason}".strip()
        entry = _entry(at, action.operator, "snooze-card", sanitise(" ".join(key), 300), detail)
        return Said(_done(action, " ".join(key)), (entry,), snoozed=key)

    def _why_not(self, action: SnoozeCard, at: Epoch) -> str:
        if not self._knows(action.rule):
            return f"there is no rule {sanitise(action.rule, 80)}"
        if not action.subject:
            return "a snooze has a subject; `*` means all of the rule's"
        if not at < action.until_at <= at + LONGEST_S:
            return f"a snooze ends in the future, in {LONGEST_S / 86400:.0f} days at most"
        is_new = (action.rule, action.subject) not in self._snoozes
        return f"there are {MOST} snoozes already" if is_new and len(self._snoozes) >= MOST else ""

    def _wake(self, action: WakeCard, now: float, at: Epoch) -> Said:
        key = (action.rule, action.subject)
        if key not in self._snoozes:
            return _refuse(action, at, "wake-card", " ".join(key), "it is not snoozed")
        self._note(action.action_id, key, now)
        del self._snoozes[key]
        self._plan()
        entry = _entry(at, action.operator, "wake-card", sanitise(" ".join(key), 300), "")
        return Said(_done(action, " ".join(key)), (entry,), snoozed=key)

    def _note(self, action_id: str, key: _Key, now: float) -> None:
        _remember(self._undoable, action_id, Before(now, key=key, snoozing=self._snoozes.get(key)), _UNDOABLE)

    def _undo(self, action: Undo, now: float, at: Epoch, undo_s: float) -> Said:
        before = self._undoable[action.action_id]
        if now - before.at > undo_s:
            return _refuse(action, at, "undo", action.action_id, f"more than {undo_s:.0f} s ago")
        del self._undoable[action.action_id]
        if before.key is not None:
            self._snoozes.pop(before.key, None)
            if before.snoozing is not None and before.snoozing.until > now:
                self._snoozes[before.key] = before.snoozing
            self._plan()
            name = " ".join(before.key)
            entry = _entry(at, action.operator, "undo", sanitise(name, 300), "")
            return Said(_done(action, name), (entry,), snoozed=before.key)
        card = self._named(before.card_id)
        if card is None:
            return _refuse(action, at, "undo", before.card_id, "the card is gone")
        entry = _entry(at, action.operator, "undo", card.card_id, "")
        return Said(_done(action, card.card_id), (entry,), judged=structs.replace(card, feedback=before.feedback))

    # Checkpoints ------------------------------------------------------------------------------------------------------

    def saved(self) -> SavedSayings:
        return SavedSayings(snoozes=list(self._snoozes.values()), undoable=self._undoable)

    def give(self, saved: SavedSayings) -> None:
        self._snoozes = {(known.snooze.rule, known.snooze.subject): known for known in saved.snoozes}
        self._undoable = saved.undoable
        self._plan()


def _remember(known: dict[str, _T], name: str, what: _T, most: int) -> None:
    if name:
        known[name] = what
        while len(known) > most:
            del known[next(iter(known))]


def _done(action: CardAction | Undo, name: str) -> ActionResult:
    return ActionResult(touched=(name,), action_id=action.action_id)


def _refuse(action: CardAction | Undo, at: Epoch, kind: str, name: str, why: str) -> Said:
    entry = _entry(at, action.operator, kind, sanitise(name, 300), f"without effect: {why}")
    return Said(ActionResult(refused={name: why}, action_id=action.action_id), (entry,))


def _entry(at: Epoch, operator: str, action: str, subject: str, detail: str) -> AuditEntry:
    return AuditEntry(seq=0, at=at, operator=operator, action=action, subject=subject, detail=detail, digest="")
