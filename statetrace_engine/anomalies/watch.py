"""Pure. Messages in, cards out: one a rule and subject, raised once, counted while more comes, over when it is quiet.

What is remembered is bounded: the subject that was quiet longest is forgotten first. Time is the steady clock's: a wall
clock that steps moves no window. Time in which nobody watched proves no silence and is no part of what is usual.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

from msgspec import Raw, Struct, field, msgpack

from statetrace_engine.anomalies.matching import Match, Matcher
from statetrace_engine.anomalies.windows import Local, Seen, State, Window, window
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.anomaly import AnomalyCard, CardStep, Event, Rule, Spot

MOST = 100_000
"""(rule, subject) pairs."""
SEQS, SAMPLES = 50, 5
SAMPLE = 300
"""Characters of a message beside a card; the journal has it whole."""
RICH = 1000
"""Of more cards at once only what they count is kept."""
TELL_S = 2.0
"""A card that grows is told of so often."""
SAVED_BYTES = 1 << 20
"""Of a checkpoint, for what rules remember: some 10,000 pairs."""
_STEADY = 1e-6
"""What sums of times may be wrong by."""
_pack = msgpack.Encoder().encode


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
    told: float = 0.0
    is_untold: bool = False
    seqs: list[int] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)


class _Pair(Struct, eq=False):
    """One rule, one subject."""

    rule: Rule
    window: Window
    open: _Open | None = None
    reminded: float = math.inf
    """When it is looked at next, of all that is in the heap for it."""
    packed: Raw | None = None
    """As the last checkpoint has it; None: it is another one since."""


class SavedPair(Struct, array_like=True):
    """A pair as a checkpoint keeps it."""

    key: str
    window: State
    open: _Open | None = None


_Key = str
"""A rule's id, a blank and the subject: as small as it can be, there may be a hundred thousand."""


class Watch:
    """`local` gives wall time in the zone of the engine, for rules about hours."""

    def __init__(self, rules: Iterable[Rule], local: Local, most: int = MOST) -> None:
        self.rules = {rule.id: rule for rule in rules}
        self.matched: Counter[str] = Counter()
        """Messages that concerned a rule."""
        self.forgotten = 0
        """Subjects that were let go because there were too many."""
        self._matcher = Matcher(rule for rule in self.rules.values() if rule.is_enabled)
        self._local, self._most = local, most
        self._pairs: dict[_Key, _Pair] = {}
        """The one that was quiet longest comes first."""
        self._due: list[tuple[float, _Key]] = []
        self._card_ids: dict[str, _Key] = {}
        """Of open cards, oldest first."""
        self._missed_s = 0.0
        self._blind_since: float | None = None

    def measure(self, timer: Callable[[], float]) -> None:
        self._matcher.meter.timer = timer

    @property
    def matcher(self) -> Matcher:
        return self._matcher

    @property
    def slow(self) -> Mapping[str, str]:
        """Rules that were switched off, with the reason."""
        return self._matcher.slow

    @property
    def pairs(self) -> int:
        return len(self._pairs)

    def subjects(self) -> Counter[str]:
        """How many subjects of each rule are remembered."""
        return Counter(pair.rule.id for pair in self._pairs.values())

    def cards(self) -> Iterator[AnomalyCard]:
        """Those that are not over, as of now."""
        for key, pair in self._pairs.items():
            if pair.open is not None:
                yield _card(key, pair, pair.open)

    # What comes in ----------------------------------------------------------------------------------------------------

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

    def miss(self, seconds: float) -> None:
        """Nobody watched for so long: call it when all that was due before has passed."""
        self._missed_s += max(seconds, 0.0)

    def see(self, now: float, is_blind: bool) -> None:
        """From here on nobody sees what devices say, or somebody does again."""
        if is_blind and self._blind_since is None:
            self._blind_since = now
        elif not is_blind and self._blind_since is not None:
            self.miss(now - self._blind_since)
            self._blind_since = None
            for key, pair in self._pairs.items():
                self._remind_of_silence(pair, key, now)

    def mute(self, rule: str, why: str) -> None:
        """Switches a rule off until it is another one."""
        self._matcher.switch_off(rule, why)

    def replace(self, rules: Iterable[Rule], at: Epoch) -> list[CardChange]:
        """Other rules from here on; one that looks for the same goes on with what it remembers."""
        before, self.rules = self.rules, {rule.id: rule for rule in rules}
        slow = self._matcher.slow
        timer = self._matcher.meter.timer
        self._matcher = Matcher(rule for rule in self.rules.values() if rule.is_enabled)
        self._matcher.meter.timer = timer
        kept = {name for name, rule in self.rules.items() if name in before and _is_same(before[name], rule)}
        for name in kept.intersection(slow):
            self._matcher.switch_off(name, slow[name])
        changes: list[CardChange] = []
        for key, pair in list(self._pairs.items()):
            if pair.rule.id in kept:
                pair.rule = self.rules[pair.rule.id]
            else:
                changes += self._close(pair, key, at)
                del self._pairs[key]
        return changes

    def _take(self, match: Match, event: Event) -> list[CardChange]:
        rule, step = match.trigger.rule, match.trigger.step
        self.matched[rule.id] += 1
        key = f"{rule.id} {match.subject}"
        changes: list[CardChange] = []
        pair = self._pairs.pop(key, None)
        if pair is None:
            pair = _Pair(rule, window(rule.find, self._local))
            changes = self._make_room(event.at)
        self._pairs[key] = pair
        pair.packed = None
        if pair.open is not None and pair.window.is_of_silence:
            changes += self._close(pair, key, event.at)
        watched = event.steady - self._missed_s
        why = pair.window.take(Seen(event, step, match.groups, watched))
        self._remind_of_silence(pair, key, event.steady)
        if not why and (pair.open is None or not pair.window.counts_all):
            return changes
        return changes + self._found(pair, key, event, why)

    def _found(self, pair: _Pair, key: _Key, event: Event, why: str) -> list[CardChange]:
        known, pair.packed = pair.open, None
        if known is None:
            card_id = ids.card_id(pair.rule.id, key, event.at, self._card_ids.__contains__)
            self._card_ids[card_id] = key
            pair.open = known = _Open(card_id, why, event.hostname, event.at, event.at, event.steady)
            behind = pair.window.behind()
            known.seqs = [seq for seq in behind if seq][-SEQS:]
            known.count = len(behind)
            step = CardStep.RAISED
            self._remind(event.steady + pair.rule.quiet_s, pair, key)
        else:
            step = CardStep.MORE
        self._count(known, event, why)
        if step is CardStep.MORE and event.steady - known.told < TELL_S:
            known.is_untold = True
            self._remind(known.told + TELL_S, pair, key)
            return []
        known.told, known.is_untold = event.steady, False
        return [CardChange(step, _card(key, pair, known))]

    def _count(self, known: _Open, event: Event, why: str) -> None:
        known.text = why or known.text
        known.count += 1
        known.last, known.last_at = event.steady, max(known.last_at, event.at)
        is_rich = len(self._card_ids) <= RICH
        if event.seq:
            known.seqs.append(event.seq)
            if len(known.seqs) > 2 * SEQS or not is_rich:
                del known.seqs[: -SEQS if is_rich else -1]
        if event.spot is not None and is_rich:
            known.spots = [*known.spots[1 - SAMPLES :], event.spot]
        if len(known.samples) < SAMPLES and is_rich:
            known.samples.append(event.text[:SAMPLE])

    def _fallen_due(self, pair: _Pair, key: _Key, now: float, at: Epoch) -> list[CardChange]:
        changes: list[CardChange] = []
        why = pair.window.silent(now - self._missed_s + _STEADY) if self._blind_since is None else ""
        known = pair.open
        if why:
            changes += self._found(pair, key, Event(now, at, _host(key, pair), "", why), why)
        elif known is not None and not pair.window.is_of_silence:
            over_at = known.last + pair.rule.quiet_s
            if now >= over_at:
                changes += self._close(pair, key, at)
            else:
                changes += self._tell_more(pair, key, now)
                self._remind(over_at, pair, key)
        if self._blind_since is None:
            self._remind_of_silence(pair, key, now)
        return changes

    def _tell_more(self, pair: _Pair, key: _Key, now: float) -> list[CardChange]:
        known = pair.open
        if known is None or not known.is_untold:
            return []
        if now < known.told + TELL_S:
            self._remind(known.told + TELL_S, pair, key)
            return []
        known.told, known.is_untold = now, False
        return [CardChange(CardStep.MORE, _card(key, pair, known))]

    def _close(self, pair: _Pair, key: _Key, at: Epoch) -> list[CardChange]:
        known, pair.open = pair.open, None
        if known is None:
            return []
        self._card_ids.pop(known.card_id, None)
        pair.packed = None
        return [CardChange(CardStep.OVER, _card(key, pair, known, ended_at=at))]

    def _remind_of_silence(self, pair: _Pair, key: _Key, now: float) -> None:
        due = pair.window.due()
        if due is not None:
            self._remind(max(due + self._missed_s, now), pair, key)

    def _remind(self, due: float, pair: _Pair, key: _Key) -> None:
        """A look that comes sooner looks whether it is too early: one is enough."""
        if due < pair.reminded:
            pair.reminded = due
            heapq.heappush(self._due, (due, key))

    def _make_room(self, at: Epoch) -> list[CardChange]:
        changes: list[CardChange] = []
        while len(self._pairs) >= self._most:
            key = next(iter(self._pairs))
            changes += self._close(self._pairs.pop(key), key, at)
            self.forgotten += 1
        return changes

    # Checkpoints ------------------------------------------------------------------------------------------------------

    def saved(self, most_bytes: int = SAVED_BYTES) -> list[Raw]:
        """SavedPairs, packed: those with an open card, and of the others those that spoke last; `give` takes them."""
        keys = dict.fromkeys(islice(self._card_ids.values(), RICH))
        left, found = most_bytes, []
        for key in chain(keys, (key for key in reversed(self._pairs) if key not in keys)):
            pair = self._pairs[key]
            if pair.packed is None:
                pair.packed = Raw(_pack(SavedPair(key, pair.window.saved(), pair.open)))
            left -= len(bytes(pair.packed))
            if left < 0:
                break
            found.append(pair.packed)
        return found

    @property
    def missed(self) -> tuple[float, float | None]:
        """Time that was not watched, and since when nobody does."""
        return self._missed_s, self._blind_since

    def give(self, pairs: Iterable[SavedPair], missed: tuple[float, float | None]) -> None:
        """Takes back what `saved` told; what its rules no longer know is dropped."""
        self._missed_s, self._blind_since = missed
        for saved in reversed(list(pairs)):
            rule = self.rules.get(saved.key.partition(" ")[0])
            if rule is None:
                continue
            pair = _Pair(rule, window(rule.find, self._local), saved.open)
            try:
                pair.window.give(saved.window)
            except (TypeError, ValueError):
                pair.window = window(rule.find, self._local)  # of a rule that has changed since
            self._pairs[saved.key] = pair
            self._remind_all(pair, saved.key)

    def _remind_all(self, pair: _Pair, key: _Key) -> None:
        known, due = pair.open, pair.window.due()
        if known is not None:
            self._card_ids[known.card_id] = key
            self._remind(known.told + TELL_S if known.is_untold else known.last + pair.rule.quiet_s, pair, key)
        if due is not None:
            self._remind(due + self._missed_s, pair, key)


def _is_same(one: Rule, other: Rule) -> bool:
    """What the one remembers is worth something to the other."""
    return (one.on, one.find, one.subject, one.is_enabled) == (other.on, other.find, other.subject, other.is_enabled)


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
        seqs=tuple(known.seqs[-SEQS:]),
        samples=tuple(known.samples),
        spots=tuple(known.spots),
        runbook=rule.runbook,
        is_over=ended_at is not None,
        ended_at=ended_at,
    )
