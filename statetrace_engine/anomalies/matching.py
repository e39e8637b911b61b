"""Pure. Which rules a message concerns: by its tag and its words, so that a rule costs nothing until they are met.

Expressions are a user's own: they run in `regex` with a timeout, and a rule whose expression takes too long is switched
off and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple  # regex carries no types

from msgspec import structs

from statetrace_engine.anomalies import expressions
from statetrace_engine.anomalies.budget import Meter
from statetrace_engine.model.anomaly import EVERY, Event, On, Rule
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing.messages import TAG

TIMEOUT_S = 0.02
"""For one expression on one message: a thousand times what an honest one takes."""
OWN = "STATETRACE-"
"""How tags of the engine's own facts begin: what they say repeats what a device said, and was heard already."""
_MISSING = "?"
_PLACE = re.compile(r"\{(\w+)\}")
_SUBJECT = 200


class Trigger(NamedTuple):
    """One `on`, ready to be tried."""

    rule: Rule
    step: int
    """0: the rule's own; above: of its sequence."""
    pattern: Any
    unless: Any


class Match(NamedTuple):
    trigger: Trigger
    groups: Mapping[str, str]
    """What the pattern named, and `hostname` and `tag`."""

    @property
    def subject(self) -> str:
        return filled(self.trigger.rule.subject, self.groups)


def is_indexed(word: str) -> bool:
    """Whether the index can find a word of a rule in a message: by the first letters and digits that it has."""
    return bool(_words(word.lower()))


def filled(template: str, groups: Mapping[str, str]) -> str:
    """`{hostname} {interface}` with what is known; what is not stays visible as `?`."""
    found = _PLACE.sub(lambda match: groups.get(match[1]) or _MISSING, template)
    return sanitise(found, _SUBJECT) if found != EVERY else _MISSING  # no device's text means all of a rule's


class Matcher:
    """Of rules whose expressions are known to be sound."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.meter = Meter()
        self._slow: dict[str, str] = {}
        self._by_tag: dict[str, list[Trigger]] = {}
        self._by_facility: dict[str, list[tuple[str, Trigger]]] = {}
        """What stands before the first `-` of a tag → beginnings of tags."""
        self._by_head: dict[str, list[tuple[str, Trigger]]] = {}
        """The first letters of a word → words."""
        self._lengths: set[int] = set()
        """Of these heads: words of one to three letters have shorter ones."""
        self._by_fact: dict[str, list[Trigger]] = {}
        self._always: list[Trigger] = []
        for rule in rules:
            for step, on in enumerate(_steps(rule)):
                self._add(Trigger(rule, step, expressions.compiled(on.pattern), expressions.compiled(on.unless)), on)
        self._alone: list[Trigger] = []
        """Of them those that cannot be searched for with others."""
        self._together: Any = None
        self._join()
        words = [word for by_head in self._by_head.values() for word, _ in by_head]
        self._can_skip = all(map(str.isascii, words))
        self._masked: dict[str, set[str]] = {}
        """Words by their first letters, as `_LOOK` has them: a look that has none of them has no word of a rule."""
        for word in (word.encode("ascii", "replace").translate(_LOOK).decode("ascii") for word in words):
            self._masked.setdefault(next(iter(_words(word)), "")[:_HEAD], set()).add(word)
        self._looks: dict[bytes, tuple[bool, int, int]] = {}
        """Of those that came last: whether a word is met, and where the tag may stand."""

    @property
    def slow(self) -> Mapping[str, str]:
        """Rules that were switched off because an expression took too long, with the reason."""
        return self._slow

    def switch_off(self, rule: str, why: str) -> None:
        """It is tried no more; the first reason counts."""
        self._slow.setdefault(rule, why)
        if any(trigger.rule.id == rule for trigger in self._always):
            self._always = [trigger for trigger in self._always if trigger.rule.id != rule]
            self._join()

    def of(self, event: Event) -> list[Match]:
        """Every trigger that the message or fact meets, each once; the later steps of a sequence first."""
        if event.fact is not None:
            return self._of_fact(event)
        found: list[Match] = []
        if len(event.text) > _TEXT:
            event = structs.replace(event, text=event.text[:_TEXT])
        always = () if event.tag.startswith(OWN) else self._tried_on(event.text)
        look = self._measured if self.meter.is_measured() else self._tried
        for trigger in (*self._met(event), *always):
            match = look(trigger, event)
            if match is not None:
                found.append(match)
        if len(found) > 1:
            found.sort(key=lambda match: -match.trigger.step)
        return found

    def _tried_on(self, text: str) -> list[Trigger]:
        return self._always if self._may_meet_any(text) else self._alone

    def _of_fact(self, event: Event) -> list[Match]:
        """By its name alone: what makes it one of a rule's is no expression."""
        met = self._by_fact.get(event.fact or "", ())
        groups = {"hostname": event.hostname, "tag": event.tag, **dict(event.said)}
        found = [Match(trigger, groups) for trigger in met if trigger.rule.id not in self._slow]
        return sorted(found, key=lambda match: -match.trigger.step)

    def may_concern(self, text: bytes) -> bool:
        """False: `of` would find nothing. Costs little, and nothing that depends on how many rules there are."""
        if not self._can_skip:
            return True
        look = text[:_LIMIT].translate(_LOOK)
        known = self._looks.get(look)
        if known is None:
            known = self._looked(look)
        is_met, start, end = known
        if is_met or (end and self._has_tag(text[start:end].decode("ascii", "replace").upper())):
            return True
        return bool(self._always) and (
            bool(self._alone) or self._may_meet_any(sanitise(text[:_LIMIT].decode("utf-8", "replace"), _LIMIT))
        )

    def _looked(self, look: bytes) -> tuple[bool, int, int]:
        text = look.decode("ascii", "replace")
        heads = {word[:length] for word in _words(text) for length in self._lengths}
        is_met = any(word in text for head in heads for word in self._masked.get(head, ()))
        tag = _TAG.search(look)
        if len(self._looks) >= _LOOKS:
            self._looks.clear()
        self._looks[look] = found = (is_met, *(tag.span(1) if tag is not None else (0, 0)))
        return found

    def _has_tag(self, tag: str) -> bool:
        return tag in self._by_tag or any(
            tag.startswith(beginning) for beginning, _ in self._by_facility.get(tag.partition("-")[0], ())
        )

    def _may_meet_any(self, text: str) -> bool:
        """Whether one of those that are always tried finds something, by one search for all: a search with a timeout
        costs more to begin than to do."""
        if self._together is None:
            return False
        try:
            return self._together.search(text, timeout=TIMEOUT_S) is not None
        except TimeoutError:
            # Each by itself from here on; the one that does it is switched off, and the others are joined again.
            self._alone, self._together = self._always, None
            return True

    def _join(self) -> None:
        """One expression of those that are always tried, as far as they can be one and it stays light."""
        self._alone, joined, weight = [], [], 0
        for trigger in self._always:
            pattern = trigger.pattern.pattern
            weight += expressions.weight(pattern)
            if _REFERS.search(pattern) or weight > expressions.HEAVIEST:
                self._alone.append(trigger)
            else:
                joined.append(f"(?:{pattern})")
        self._together = expressions.compiled("|".join(joined))

    def _met(self, event: Event) -> Iterable[Trigger]:
        """By an index; an expression may still be to try."""
        met: dict[int, Trigger] = {}
        tag = event.tag
        if tag:
            for trigger in self._by_tag.get(tag, ()):
                met[id(trigger)] = trigger
            for beginning, trigger in self._by_facility.get(tag.partition("-")[0], ()):
                if tag.startswith(beginning):
                    met[id(trigger)] = trigger
        if tag.startswith(OWN):
            return met.values()
        text = event.text.lower()
        typed = _TYPED.search(text)
        said = len(text) if typed is None else typed.end()
        heads = {word[:length] for word in _words(text) for length in self._lengths}
        for head in heads:
            for word, trigger in self._by_head.get(head, ()):
                if text.find(word, 0, said + len(word)) >= 0:
                    met[id(trigger)] = trigger
        return met.values()

    def _add(self, trigger: Trigger, on: On) -> None:
        for fact in on.facts:
            self._by_fact.setdefault(fact, []).append(trigger)
        if not on.tags and not on.words and trigger.pattern is not None:
            self._always.append(trigger)
        for tag in map(str.upper, on.tags):
            if tag.endswith("*"):
                self._by_facility.setdefault(tag.partition("-")[0].rstrip("*"), []).append((tag.rstrip("*"), trigger))
            else:
                self._by_tag.setdefault(tag, []).append(trigger)
        for word in map(str.lower, on.words):
            head = next(iter(_words(word)), "")[:_HEAD]
            self._by_head.setdefault(head, []).append((word, trigger))
            self._lengths.add(len(head))

    def _measured(self, trigger: Trigger, event: Event) -> Match | None:
        timer, name = self.meter.timer, trigger.rule.id
        if timer is None or name in self._slow:
            return None
        began = timer()
        match = self._tried(trigger, event)
        why = self.meter.add(name, timer() - began)
        if why:
            self.switch_off(name, why)
        return match

    def _tried(self, trigger: Trigger, event: Event) -> Match | None:
        rule, _, pattern, unless = trigger
        if rule.id in self._slow:
            return None
        groups = {"hostname": event.hostname, "tag": event.tag}
        try:
            if pattern is not None:
                found = pattern.search(event.text, timeout=TIMEOUT_S)
                if found is None:
                    return None
                groups.update((name, value) for name, value in found.groupdict().items() if value is not None)
            if unless is not None and unless.search(event.text, timeout=TIMEOUT_S):
                return None
        except TimeoutError:
            self.switch_off(rule.id, f"its expression took longer than {TIMEOUT_S * 1e3:.0f} ms on one message")
            return None
        return Match(trigger, groups)


_TAG = re.compile(TAG.encode())
_LIMIT = 4096
_TEXT = 1024
"""Characters of a message that rules look at (RFC 3164's longest): expressions of many a rule take the square of it."""
_LOOKS = 20_000
_LOOK = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ12345679", b"abcdefghijklmnopqrstuvwxyz00000008")
"""Lower case; one digit for those that are a severity, and one for the others."""
_REFERS = re.compile(r"\\[1-9]|\(\?(?:P[=>&]|[(&R0-9]|[aiLmsux-]+\))")
"""`\1`, `(?(1)…)`, `(?P=name)`, `(?R)`, flags for the whole: what means another thing among others."""
_TYPED = re.compile(r"logged command|ui_cmdline_read_line|ui_cfg_audit_|aaa_accounting_message|accounting-\d-cmd")
"""What follows are the words of somebody who typed them, not the device's: `description power supply failed`."""
_HEAD = 4
_words = re.compile(r"[a-z0-9_]+").findall


def _steps(rule: Rule) -> tuple[On, ...]:
    then: tuple[On, ...] = getattr(rule.find, "then", ())
    return (rule.on, *then)
