"""Pure. What warns before an outage does: rules over what devices say, and the cards that they raise."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import Severity
from statetrace_engine.model.reading import FactName

Seconds = Annotated[float, Meta(gt=0, le=31 * 86400)]
Many = Annotated[int, Meta(ge=1, le=100_000)]


class On(Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages a rule looks at: an index finds tags and words; a pattern alone is tried on every message."""

    tags: tuple[str, ...] = ()
    """`LINK-3-UPDOWN`, `PORT_SECURITY-*`: what stands after `%`; with `*` behind the facility for any continuation."""
    words: tuple[str, ...] = ()
    """In any case, from the beginning of a word on: `power supp`; one of them is enough."""
    pattern: str = ""
    """A regular expression on the text behind the header; its named groups may make the subject and the value."""
    unless: str = ""
    """A regular expression: what it finds is not looked at."""
    facts: tuple[FactName, ...] = ()
    """What captures and polls show, beside messages: found by its name. It has a `value`, and the part that it is
    about."""


class Count(Struct, frozen=True, tag="count", tag_field="kind", forbid_unknown_fields=True):
    """So many within a window."""

    at_least: Many
    within_s: Seconds
    each: str = ""
    """A group: of each of its values so many. `tag` where a device says one thing by several messages."""


class Absence(Struct, frozen=True, tag="absence", tag_field="kind", forbid_unknown_fields=True):
    """A subject that has spoken, and then has not for so long."""

    after_s: Seconds


class Sequence(Struct, frozen=True, tag="sequence", tag_field="kind", forbid_unknown_fields=True):
    """What `on` finds, and then each of these, in this order, for one subject within a window."""

    then: Annotated[tuple[On, ...], Meta(min_length=1, max_length=8)]
    within_s: Seconds


class Threshold(Struct, frozen=True, tag="threshold", tag_field="kind", forbid_unknown_fields=True):
    """A number in the message, or of a fact, is beyond a bound, so many times in a row and for so long."""

    value: str
    """The pattern's group that holds it; of a fact `value`."""
    above: float | None = None
    below: float | None = None
    times: Many = 1
    for_s: Annotated[float, Meta(ge=0, le=31 * 86400)] = 0.0
    """From the first of these times to the last."""
    is_said_in_words: bool = False
    """A message without the number is beyond the bound too: the device itself says so."""


class Frequency(Struct, frozen=True, tag="frequency", tag_field="kind", forbid_unknown_fields=True):
    """A bucket that holds more than mean + `sigmas` deviations of the baseline's, and more than `factor` times it."""

    bucket_s: Seconds = 300.0
    baseline_s: Seconds = 3600.0
    sigmas: Annotated[float, Meta(gt=0, le=10)] = 3.0
    factor: Annotated[float, Meta(ge=1, le=1000)] = 2.0
    at_least: Many = 5
    """Fewer are never unusual."""


class New(Struct, frozen=True, tag="new", tag_field="kind", forbid_unknown_fields=True):
    """A type of message that this device has not sent before, once it was listened to for a while."""

    learn_s: Seconds = 86400.0


class OffHours(Struct, frozen=True, tag="off_hours", tag_field="kind", forbid_unknown_fields=True):
    """At a time at which nobody should be at work: hours of the day, in the engine's own zone, also past midnight."""

    start: Annotated[int, Meta(ge=0, le=23)] = 20
    end: Annotated[int, Meta(ge=0, le=23)] = 6
    weekends: bool = True
    """All of Saturday and Sunday too."""


Finding = Count | Absence | Sequence | Threshold | Frequency | New | OffHours


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one file of `config/anomalies` says."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")]
    title: Annotated[str, Meta(min_length=1, max_length=120)]
    severity: Severity
    on: On
    find: Finding
    subject: Annotated[str, Meta(min_length=1, max_length=200)] = "{hostname}"
    """What is counted together: `{hostname} {interface}`, from the hostname and the pattern's groups."""
    runbook: str = ""
    quiet_s: Seconds = 900.0
    """A card is over when so long nothing more was found."""
    is_enabled: bool = True
    description: str = ""


class Spot(NamedTuple):
    """Where a capture shows something."""

    capture_id: int
    start: int
    """Characters of its text, as `end`; 0 and 0: the capture as a whole."""
    end: int


class Event(Struct, frozen=True, gc=False):
    """One message of one device, or one fact of it, as rules see it."""

    steady: float
    at: Epoch
    hostname: str
    tag: str
    """`LINK-3-UPDOWN`, upper case; empty where it has none."""
    text: str
    """Behind the header, sanitised."""
    seq: int = 0
    """Of the journal."""
    fact: FactName | None = None
    """None: it is a message; no pattern is tried on a fact."""
    said: tuple[tuple[str, str], ...] = ()
    """Of a fact: what a pattern's groups are of a message."""
    spot: Spot | None = None


class Own(Struct, frozen=True, kw_only=True, gc=False):
    """What the engine itself finds worth a card, or no longer."""

    rule: str
    """`ProbeTargetSilent`, `LongConflict`."""
    subject: str
    hostname: str
    text: str
    at: Epoch
    is_open: bool = True
    route_id: str = ""


class CardStep(StrEnum):
    RAISED = "raised"
    MORE = "more"
    OVER = "over"
    JUDGED = "judged"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    """Its snooze has expired, or was taken back."""


class CardVerdict(StrEnum):
    """What an operator says of a card."""

    TRUE = "true"
    """It was worth a look."""
    FALSE = "false"


class CardFeedback(Struct, frozen=True, kw_only=True, gc=False):
    verdict: CardVerdict
    operator: str
    at: Epoch
    note: str = ""


EVERY = "*"
"""The subject of a snooze: all of the rule's."""


class Snooze(Struct, frozen=True, kw_only=True, gc=False):
    """Nothing of this rule and subject is shown until it expires; it is counted."""

    rule: str
    subject: str
    """`*`: every subject of the rule."""
    operator: str
    at: Epoch
    until_at: Epoch
    reason: str = ""
    hidden: int = 0
    """Findings that were not shown so far."""


class AnomalyCard(Struct, frozen=True, kw_only=True, gc=False):
    """A rule's finding for one subject, or for many of them at once."""

    card_id: str
    """`CARD-1128-7K2QAB`."""
    rule: str
    title: str
    severity: Severity
    subject: str
    """Of a card of many: the first of them."""
    hostname: str
    text: str
    """Why: `3 within 300 s`, `97 above 90`."""
    count: int
    """Messages that belong to it so far."""
    first_at: Epoch
    last_at: Epoch
    seqs: tuple[int, ...] = ()
    """The newest messages behind it, of the journal: `signal_text` opens them."""
    samples: tuple[str, ...] = ()
    """The first of them, sanitised."""
    spots: tuple[Spot, ...] = ()
    """Where captures show the facts behind it, the newest last."""
    runbook: str = ""
    is_over: bool = False
    ended_at: Epoch | None = None
    subjects: tuple[str, ...] = ()
    """Where a storm of a rule has become one card: some of its subjects."""
    more: int = 0
    """Subjects of the storm beyond these."""
    is_own: bool = False
    """Of the engine itself, not of a rule's file."""
    route_id: str = ""
    """Where it is about one watched route."""
    feedback: CardFeedback | None = None
    snooze: Snooze | None = None
    """In force: the card is not shown among the open ones."""


class RuleCount(NamedTuple):
    """Cards of one rule, and what was said of them."""

    rule: str
    cards: int
    true_cards: int
    false_cards: int

    @property
    def precision(self) -> float | None:
        """Share of its judged cards that were true; None: nobody has judged one."""
        judged = self.true_cards + self.false_cards
        return self.true_cards / judged if judged else None


class RuleStatus(Struct, frozen=True, kw_only=True, gc=False):
    """How a rule does: since the engine has known it, and its cards of the last 30 days."""

    rule: str
    title: str
    severity: Severity
    kind: str
    """Of finding: `count`, `absence`, …; `engine`: of the engine itself."""
    is_enabled: bool = True
    matched: int = 0
    """Messages that it has looked at and that concerned it."""
    cards: int = 0
    """Of the last 30 days, like the next two."""
    true_cards: int = 0
    false_cards: int = 0
    subjects: int = 0
    """That it remembers something of now."""
    cost_us: float = 0.0
    """Mean, for a message that it looked at; 0.0: not measured."""
    off: str = ""
    """Why it does not run, although it is not disabled: too slow, or its file is broken."""
    runbook: str = ""

    @property
    def precision(self) -> float | None:
        """Share of its judged cards that were true; None: nobody has judged one."""
        return RuleCount(self.rule, self.cards, self.true_cards, self.false_cards).precision


class CardCounts(Struct, frozen=True, kw_only=True, gc=False):
    """Of open cards that are shown; a few numbers, in every status."""

    critical: int = 0
    major: int = 0
    warning: int = 0
    info: int = 0
    snoozed: int = 0
    """Open and not shown."""
    off: int = 0
    """Rules that should run and do not."""
    skipped: int = 0
    """Messages of floods that no rule looked at, since the engine started."""
    version: int = 0
    """Another number: cards or rules are others than before."""

    @property
    def shown(self) -> int:
        return self.critical + self.major + self.warning + self.info
