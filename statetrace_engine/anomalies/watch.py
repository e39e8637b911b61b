"""Pure. Messages in, cards out: one a rule and subject, raised once, counted while more comes, over when it is quiet.

What is remembered is bounded: the subject that was quiet longest is forgotten first. Time is the steady clock's: a wall
clock that steps moves no window.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct, field

from statetrace_engine.anomalies.matching import Match, Matcher
from statetrace_engine.anomalies.windows import Local, Seen, Window, window
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.anomaly import AnomalyCard, CardStep, Event, Rule

MOST = 100_000
"""(rule, subject) pairs."""
SEQS, SAMPLES = 50, 5


class CardChange(NamedTuple):
    step: CardStep
    card: AnomalyCard


class _Open(Struct):
    """A card that is not over."""

    card_id: str
    text: str
    hostname: str
    first_at: Epoch
    last_at: Epoch
    last: float
    count: int = 0
    seqs: list[int] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)


class _Pair(Struct, eq=False):
    """One rule, one subject."""

    rule: Rule
    window: Window
    open: _Open | None = None
    reminded: float = math.inf
    """When it is looked at next, of all that is in the heap for it."""


_Key = str
"""A rule's id, a blank and the subject: as small as it can be, there may be a hundred thousand."""


class Watch:
    """`local` gives wall time in the zone of the engine, for rules about hours."""

    def __init__(self, rules: Iterable[Rule], local: Local, most: int = MOST) -> None:
        self._matcher = Matcher(rule for rule in rules if rule.is_enabled)
        self._local, self._most = local, most
        self._pairs: dict[_Key, _Pair] = {}
        """The one that was quiet longest comes first."""
        self._due: list[tuple[float, _Key]] = []
        self._numbers: set[str] = set()
        """Of open cards."""
        self.forgotten = 0
        """Subjects that were let go because there were too many."""

    @property
    def slow(self) -> dict[str, str]:
        """Rules that were switched off, with the reason."""
        return self._matcher.slow

    @property
    def pairs(self) -> int:
        return len(self._pairs)

    def take(self, event: Event) -> list[CardChange]:
        """What one message changes, after what was due before it."""
        changes = self.pass_time(event.steady, event.at) if self._due and self._due[0][0] <= event.steady else []
        for match in self._matcher.of(event):  # later steps first: one message is one step of a sequence only
            changes += self._take(match, event)
        return changes

    def pass_time(self, now: float, at: Epoch) -> list[CardChange]:
        """What silence until now changes, each at its own time; `at` is now's wall time."""
        changes: list[CardChange] = []
        while self._due and self._due[0][0] <= now:
            due, key = heapq.heappop(self._due)
            pair = self._pairs.get(key)
            if pair is not None and due >= pair.reminded:
                pair.reminded = math.inf
                changes += self._fallen_due(pair, key, due, at - (now - due))
        return changes

    def next_due(self) -> float | None:
        """When `pass_time` should be called (steady); it may find that there is nothing to do."""
        return self._due[0][0] if self._due else None

    def _take(self, match: Match, event: Event) -> list[CardChange]:
        rule, step = match.trigger.rule, match.trigger.step
        key = f"{rule.id} {match.subject}"
        pair = self._pairs.pop(key, None)
        if pair is None:
            pair = _Pair(rule, window(rule.find, self._local))
            self._make_room()
        self._pairs[key] = pair
        why = pair.window.take(Seen(event, step, match.groups))
        due = pair.window.due()
        if due is not None:
            self._remind(due, pair, key)
        if not why and pair.open is None:
            return []
        return [self._found(pair, key, event, why)] if why or step == 0 else []

    def _found(self, pair: _Pair, key: _Key, event: Event, why: str) -> CardChange:
        known = pair.open
        if known is None:
            card_id = ids.card_id(pair.rule.id, key, event.at, self._numbers.__contains__)
            pair.open = known = _Open(card_id, why, event.hostname, event.at, event.at, event.steady)
            self._numbers.add(card_id)
            step = CardStep.RAISED
            self._remind(event.steady + pair.rule.quiet_s, pair, key)
        else:
            step = CardStep.MORE
        known.text = why or known.text
        known.count += 1
        known.last, known.last_at = event.steady, max(known.last_at, event.at)
        if event.seq:
            known.seqs = [*known.seqs, event.seq][-SEQS:]
        if len(known.samples) < SAMPLES:
            known.samples.append(event.text)
        return CardChange(step, _card(key, pair, known))

    def _fallen_due(self, pair: _Pair, key: _Key, now: float, at: Epoch) -> list[CardChange]:
        changes = []
        why = pair.window.silent(now)
        if why:
            changes.append(self._found(pair, key, Event(now, at, _host(key, pair), "", why), why))
        elif pair.open is not None:
            over_at = pair.open.last + pair.rule.quiet_s
            if now >= over_at:
                changes.append(CardChange(CardStep.OVER, _card(key, pair, pair.open, ended_at=at)))
                self._numbers.discard(pair.open.card_id)
                pair.open = None
            else:
                self._remind(over_at, pair, key)
        due = pair.window.due()
        if due is not None and due > now:
            self._remind(due, pair, key)
        return changes

    def _remind(self, due: float, pair: _Pair, key: _Key) -> None:
        """A look that comes sooner looks whether it is too early: one is enough."""
        if due < pair.reminded:
            pair.reminded = due
            heapq.heappush(self._due, (due, key))

    def _make_room(self) -> None:
        while len(self._pairs) >= self._most:
            del self._pairs[next(iter(self._pairs))]
            self.forgotten += 1


def _subject(key: _Key) -> str:
    return key.partition(" ")[2]


def _host(key: _Key, pair: _Pair) -> str:
    return pair.open.hostname if pair.open is not None else _subject(key).partition(" ")[0]


def _card(key: _Key, pair: _Pair, known: _Open, *, ended_at: Epoch | None = None) -> AnomalyCard:
    rule = pair.rule
    return AnomalyCard(
        card_id=known.card_id,
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        subject=_subject(key),
        hostname=known.hostname,
        text=known.text,
        count=known.count,
        first_at=known.first_at,
        last_at=known.last_at,
        seqs=tuple(known.seqs),
        samples=tuple(known.samples),
        runbook=rule.runbook,
        is_over=ended_at is not None,
        ended_at=ended_at,
    )
