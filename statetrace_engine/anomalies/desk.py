"""Pure. All cards in one place: those of rules and the engine's own, with what operators said of them.

What is heard waits until `warn`, which the pipeline calls behind everything that decides an outage: for how many
signals at once it is called decides nothing of what comes out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Raw, Struct, field, msgpack, structs

from statetrace_engine.anomalies import own, storms
from statetrace_engine.anomalies.hearing import Ear, Line
from statetrace_engine.anomalies.sayings import SavedSayings, Sayings
from statetrace_engine.anomalies.storms import Storm
from statetrace_engine.anomalies.tallies import Tallies
from statetrace_engine.anomalies.touched import Touched
from statetrace_engine.anomalies.watch import CardChange, SavedPair, Watch
from statetrace_engine.anomalies.windows import Local
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.action import CardAction, Undo
from statetrace_engine.model.anomaly import EVERY, AnomalyCard, CardCounts, CardStep, Event, Own, Rule, RuleStatus
from statetrace_engine.model.change import Acted, CardChanged, Change
from statetrace_engine.model.health import Severity
from statetrace_engine.model.signal import Payload, RuleOff

KEPT_S = 86400.0
"""Cards that are over can be judged for so long."""
MOST_OVER = 500
MOST_HEARD = 1000


class Missed(NamedTuple):
    """Nobody watched for so long, until now."""

    now: float
    at: Epoch
    seconds: float


class Sight(NamedTuple):
    """From now on nobody sees what devices say, or somebody does again."""

    now: float
    is_blind: bool


Heard = Line | Event | Own | Missed | Sight


class SavedDesk(Struct, kw_only=True):
    """What a checkpoint keeps of cards."""

    pairs: list[Raw] = field(default_factory=list)
    missed: tuple[float, float | None] = (0.0, None)
    off: dict[str, str] = field(default_factory=dict)
    open: list[AnomalyCard] = field(default_factory=list)
    over: list[AnomalyCard] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    storms: dict[str, Storm] = field(default_factory=dict)
    sayings: SavedSayings = field(default_factory=SavedSayings)
    tallies: Tallies = field(default_factory=Tallies)
    version: int = 0


def utc(at: Epoch) -> datetime:
    return datetime.fromtimestamp(at, UTC)


class Desk:
    """`local` gives wall time in the zone of the engine, for rules about hours."""

    def __init__(self, rules: Iterable[Rule] = (), local: Local = utc) -> None:
        self.watch = Watch(rules, local)
        self.sayings = Sayings(self.card, self._knows)
        self.version = 0
        self.touched = Touched()
        """Cards that are others than before, or gone."""
        self.ear = Ear()
        self._tallies = Tallies()
        self._heard: deque[Heard] = deque()
        self._now, self._at = 0.0, 0.0
        self._open: dict[str, AnomalyCard] = {}
        """Those that stand by themselves, and those of storms."""
        self._shown: Counter[str] = Counter()
        """How many of a rule."""
        self._over: dict[str, AnomalyCard] = {}
        """The one that ended first comes first."""
        self._own: dict[str, str] = {}
        """Open cards of the engine itself, by what they are about."""
        self._storms: dict[str, Storm] = {}
        self._off: dict[str, str] = {}
        """Rules of which `take_off` has told that they were switched off."""
        self._lost: tuple[str, ...] = ()
        """Cards that nothing can end any more: a checkpoint is bounded."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(self.watch.rules.values())

    # What comes in ----------------------------------------------------------------------------------------------------

    def hear(self, heard: Heard) -> None:
        self._heard.append(heard)

    @property
    def is_full(self) -> bool:
        """So much was heard that nobody but `warn` may come next."""
        return len(self._heard) >= MOST_HEARD

    def next_due(self) -> float | None:
        storm = min((s.told + storms.TELL_S for s in self._storms.values() if s.is_untold), default=None)
        return min(
            (due for due in (self.watch.next_due(), self.sayings.next_due(), storm) if due is not None), default=None
        )

    def warn(self, now: float, at: Epoch) -> list[Change]:
        """What became of everything that was heard, up to `now`; `at` is now's wall time."""
        out: list[Change] = []
        while self._heard:
            self._take(self._heard.popleft(), out)
        self._pass_time(now, at, out)
        return out

    def replace(self, rules: Iterable[Rule], found: Iterable[Own], now: float, at: Epoch) -> list[Change]:
        """Other rules from here on; `found` is all that the engine itself finds now."""
        out: list[Change] = []
        rules = tuple(rules)
        if rules != self.rules:
            self._take_all(self.watch.replace(rules, at), out)
            self.version += 1
        self.match(found, at, out)
        self._pass_time(now, at, out)
        return out

    def match(self, found: Iterable[Own], at: Epoch, out: list[Change]) -> None:
        """The engine's own cards are these, and no others."""
        wanted = {own.key(each): each for each in found}
        for name in [name for name in self._own if name not in wanted]:
            rule, _, subject = name.partition(" ")
            gone = Own(rule=rule, subject=subject, hostname="", text="no longer watched", at=at, is_open=False)
            self._take_own(gone, out)
        for each in wanted.values():
            self._take_own(each, out)

    def _take(self, heard: Heard, out: list[Change]) -> None:
        match heard:
            case Line():
                event = self.ear.read(heard, self.watch.matcher)
                if event is not None:
                    self._take(event, out)
            case Event():
                self._now, self._at = heard.steady, heard.at
                self._take_all(self.watch.take(heard), out)
            case Own():
                self._take_own(heard, out)
            case Missed():
                self._pass_time(heard.now - heard.seconds, heard.at - heard.seconds, out)
                self.watch.miss(heard.seconds)
            case Sight():
                self._pass_time(heard.now, self._at + max(heard.now - self._now, 0.0), out)
                self.watch.see(heard.now, heard.is_blind)

    def _pass_time(self, now: float, at: Epoch, out: list[Change]) -> None:
        if now < self._now:
            return
        self._now, self._at = now, at
        self._take_all(self.watch.pass_time(now, at), out)
        for key in self.sayings.expired(now):
            self._resnooze(key, out)
        for ident in self._lost:
            if ident in self._open:
                self._tell(CardStep.OVER, structs.replace(self._open[ident], is_over=True, ended_at=at), out)
        self._lost = ()
        for storm in self._storms.values():
            if storm.is_untold and now >= storm.told + storms.TELL_S:
                self._tell_storm(CardStep.MORE, storm, out)

    def _take_own(self, found: Own, out: list[Change]) -> None:
        name = own.key(found)
        known = self._open.get(self._own.get(name, ""))
        if found.is_open and name not in self._own:
            card_id = ids.card_id(found.rule, name, found.at, self._is_taken)
            self._own[name] = card_id
            self._put(CardStep.RAISED, own.card(found, card_id), out)
        elif not found.is_open and name in self._own:
            card_id = self._own.pop(name)
            gone = known or own.card(found, card_id)
            self._put(CardStep.OVER, structs.replace(gone, is_over=True, ended_at=found.at), out)

    def _take_all(self, changes: Iterable[CardChange], out: list[Change]) -> None:
        for step, card in changes:
            self._put(step, card, out)

    def _is_taken(self, card_id: str) -> bool:
        return card_id in self._open or card_id in self._over

    # What comes out ---------------------------------------------------------------------------------------------------

    def _put(self, step: CardStep, card: AnomalyCard, out: list[Change]) -> None:
        """A card of a rule, or the engine's own, as its finder has it."""
        before = self._open.get(card.card_id)
        if before is None and self._is_of_storm(step, card):
            self._join(card, out)
            return
        snooze = self.sayings.snooze(card.rule, card.subject)
        if snooze is not None and step in (CardStep.RAISED, CardStep.MORE):
            snooze = self.sayings.hide(snooze, card.count - (before.count if before is not None else 0))
        feedback = before.feedback if before is not None else None
        self._tell(step, structs.replace(card, snooze=snooze, feedback=feedback), out)

    def _tell(self, step: CardStep, card: AnomalyCard, out: list[Change]) -> None:
        is_new = card.card_id not in self._open
        if step is CardStep.RAISED:
            self._tallies.raised(card)
        if card.is_over:
            self._shown[card.rule] -= not is_new and step is CardStep.OVER
            self._open.pop(card.card_id, None)
            self._over[card.card_id] = card
            self._forget()
        else:
            self._shown[card.rule] += is_new
            self._open[card.card_id] = card
        self._changed(step, card, out)

    def _changed(self, step: CardStep, card: AnomalyCard, out: list[Change]) -> None:
        self.version += 1
        self.touched.note(card.card_id)
        out.append(CardChanged(step=step, card=card))

    def _forget(self) -> None:
        for ident in list(self._over):
            ended_at = self._over[ident].ended_at or 0.0
            if len(self._over) <= MOST_OVER and ended_at >= self._at - KEPT_S:
                return
            del self._over[ident]
            self.touched.note(ident)

    def _is_of_storm(self, step: CardStep, card: AnomalyCard) -> bool:
        storm = self._storms.get(card.rule)
        if storm is not None and card.card_id in storm.members:
            return True
        return step is CardStep.RAISED and self._shown[card.rule] >= storms.SHOWN

    def _join(self, card: AnomalyCard, out: list[Change]) -> None:
        storm, step = self._storms.get(card.rule), CardStep.MORE
        if storm is None:
            card_id = ids.card_id(card.rule, EVERY, card.first_at, self._is_taken)
            storm = self._storms[card.rule] = storms.begun(card, card_id)
            step = CardStep.RAISED
        storm.take(card)
        if not storm.members:
            del self._storms[card.rule]
            storm.card = storms.ended(storm, self._at)
            self._tell_storm(CardStep.OVER, storm, out)
        elif step is CardStep.RAISED or self._now >= storm.told + storms.TELL_S:
            self._tell_storm(step, storm, out)

    def _tell_storm(self, step: CardStep, storm: Storm, out: list[Change]) -> None:
        storm.told, storm.is_untold = self._now, False
        before = self._open.get(storm.card.card_id)
        snooze = self.sayings.snooze(storm.card.rule, EVERY)
        feedback = before.feedback if before is not None else None
        self._tell(step, structs.replace(storm.card, snooze=snooze, feedback=feedback), out)

    # What operators say -----------------------------------------------------------------------------------------------

    def act(self, action: CardAction | Undo, now: float, at: Epoch, undo_s: float) -> list[Change]:
        """What an operator says of cards; everything that was heard has been taken before."""
        said = self.sayings.take(action, now, at, undo_s)
        out: list[Change] = [Acted(result=said.result, audit=said.audit)]
        if said.judged is not None:
            before = self.card(said.judged.card_id) or getattr(action, "of", None)
            if before is not None:
                self._tallies.judged(before, said.judged)
            self._judge(said.judged, out)
        if said.snoozed is not None:
            self._resnooze(said.snoozed, out)
        self.version += 1
        return out

    def _judge(self, card: AnomalyCard, out: list[Change]) -> None:
        for kept in (self._over, self._open):
            if card.card_id in kept:
                kept[card.card_id] = card
        self._changed(CardStep.JUDGED, card, out)

    def _resnooze(self, key: tuple[str, str], out: list[Change]) -> None:
        """Cards that are hidden now, or no longer."""
        rule, subject = key
        for card in list(self._open.values()):
            if card.rule != rule or subject not in (EVERY, card.subject):
                continue
            snooze = self.sayings.snooze(card.rule, card.subject)
            if snooze != card.snooze:
                step = CardStep.WOKEN if snooze is None else CardStep.SNOOZED
                self._tell(step, structs.replace(card, snooze=snooze), out)

    def card(self, card_id: str) -> AnomalyCard | None:
        """An open or a recent one."""
        return self._open.get(card_id) or self._over.get(card_id)

    def knows_card(self, card_id: str) -> bool:
        """It is open, or recent."""
        return self.card(card_id) is not None

    def _knows(self, rule: str) -> bool:
        return rule in self.watch.rules or rule in own.OWN

    # Reading ----------------------------------------------------------------------------------------------------------

    def cards(self) -> tuple[AnomalyCard, ...]:
        """Open ones and those that ended of late, newest first."""
        found = (*self._open.values(), *self._over.values())
        return tuple(sorted(found, key=lambda card: (card.first_at, card.card_id), reverse=True))

    def idents(self) -> tuple[str, ...]:
        """Of the same ones."""
        return (*self._open, *self._over)

    def known(self) -> list[CardChanged]:
        """All of them, for a store that has none."""
        return [CardChanged(step=CardStep.MORE, card=card) for card in self.cards()]

    def own(self) -> list[AnomalyCard]:
        """Open ones of the engine itself, oldest first; those of a storm are not among them."""
        return [self._open[ident] for ident in self._own.values() if ident in self._open]

    def counts(self) -> CardCounts:
        shown = [card.severity for card in self._open.values() if card.snooze is None]
        return CardCounts(
            critical=shown.count(Severity.CRITICAL),
            major=shown.count(Severity.MAJOR),
            warning=shown.count(Severity.WARNING),
            info=shown.count(Severity.INFO),
            snoozed=len(self._open) - len(shown),
            off=sum(rule in self.watch.rules for rule in self.watch.slow),
            skipped=self.ear.skipped,
            version=self.version,
        )

    def statuses(self, at: Epoch) -> tuple[RuleStatus, ...]:
        """How each rule does, by name."""
        subjects = self.watch.subjects()
        found = [self._status(rule, subjects[rule.id], at) for rule in self.rules]
        found += [self._counted(own.status(rule), at) for rule in own.OWN.values()]
        return tuple(sorted(found, key=lambda status: status.rule))

    def _status(self, rule: Rule, subjects: int, at: Epoch) -> RuleStatus:
        status = RuleStatus(
            rule=rule.id,
            title=rule.title,
            severity=rule.severity,
            kind=str(rule.find.__struct_config__.tag),
            is_enabled=rule.is_enabled,
            matched=self.watch.matched[rule.id],
            subjects=subjects,
            cost_us=round(self.watch.matcher.meter.mean_us(rule.id), 1),
            off=self.watch.slow.get(rule.id, ""),
            runbook=rule.runbook,
        )
        return self._counted(status, at)

    def _counted(self, status: RuleStatus, at: Epoch) -> RuleStatus:
        counted = self._tallies.recent(status.rule, at)
        return structs.replace(status, cards=counted.cards, true_cards=counted.true, false_cards=counted.false)

    # Rules that cost too much -----------------------------------------------------------------------------------------

    def measure(self, timer: Callable[[], float]) -> None:
        """From here on; a replay measures nothing."""
        self.watch.measure(timer)

    def take_off(self) -> list[tuple[str, str]]:
        """Rules that were switched off since the last call, and why: for the journal, so that a replay knows it."""
        fresh = [(rule, why) for rule, why in self.watch.slow.items() if rule not in self._off]
        self._off.update(fresh)
        return fresh

    def mute(self, payload: Payload) -> None:
        """As the journal has it."""
        assert isinstance(payload, RuleOff)
        self.watch.mute(payload.rule, payload.why)
        self._off[payload.rule] = payload.why
        self.version += 1

    # Checkpoints ------------------------------------------------------------------------------------------------------

    def saved(self) -> SavedDesk:
        return SavedDesk(
            pairs=self.watch.saved(),
            missed=self.watch.missed,
            off=dict(self.watch.slow),
            open=list(self._open.values()),
            over=list(self._over.values()),
            own=self._own,
            storms={rule: storms.bounded(storm) for rule, storm in self._storms.items()},
            sayings=self.sayings.saved(),
            tallies=self._tallies,
            version=self.version,
        )

    def give(self, saved: SavedDesk, now: float, at: Epoch) -> None:
        """Takes back what `saved` told. Raises msgspec.DecodeError for what is none of it."""
        self._now, self._at = now, at
        self.watch.give((msgpack.decode(pair, type=SavedPair) for pair in saved.pairs), saved.missed)
        for rule, why in saved.off.items():
            self.watch.mute(rule, why)
        self._off = dict(saved.off)
        self._open = {card.card_id: card for card in saved.open}
        self._shown = Counter(card.rule for card in saved.open)
        self._over = {card.card_id: card for card in saved.over}
        self.touched.note_all()
        self._own, self._storms = saved.own, saved.storms
        self._find_lost()
        self.sayings.give(saved.sayings)
        self._tallies, self.version = saved.tallies, saved.version

    def _find_lost(self) -> None:
        alive = {card.card_id for card in self.watch.cards()} | set(self._own.values())
        for rule, storm in list(self._storms.items()):
            storm.members = {ident: count for ident, count in storm.members.items() if ident in alive}
            if storm.members:
                alive.add(storm.card.card_id)
            else:
                del self._storms[rule]
        self._lost = tuple(ident for ident in self._open if ident not in alive)
