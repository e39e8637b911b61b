"""Pure. What operators' marks cover: on which device, which fields from what to what; with what others came or went.

marked as expected                         then                                                is
mtu 1500 -> 9000                           mtu 1500 -> 9000                                    covered
mtu 1500 -> 9000                           mtu 9000 -> 1500                                    not
mtu 1500 -> 9000                           mtu 1500 -> 9000, line up -> down                   but for the line
admin up -> down, line up -> down          line up -> down                                     not: it fell by itself
10.30.0.0/16 added, next hop 10.1.1.2      10.30.0.0/16 added, next hop 10.1.1.9               not
mtu 1500 -> 9000 of R1 at WLLS             mtu 1500 -> 9000 of R1 at BOYO                      not

A mark counts where all of it happens again; several may cover a change together. A count is the same where the
difference would be no change. Marks of older versions mean more: one without steps covers whatever changes, or with
whatever something came or went; one without a site covers every device of its hostname. Where a device has a word of
its own, that counts; and who takes back what such a mark says, takes it back for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple  # values as rows and bytes have them

from statetrace_engine.model import names
from statetrace_engine.model.action import MarkChange
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.counts import COUNTED, is_other_count
from statetrace_engine.model.diff import (
    ChangeMark,
    ChangeType,
    DiffChange,
    FieldChange,
    FieldStep,
    MarkVerdict,
    Plain,
)
from statetrace_engine.model.peer_states import settled

MOST_FIELDS = 16
"""Of one mark; no row of ours has more."""
MOST_OF_ONE = 50
"""Marks of one object; then the oldest is forgotten."""
_LONGEST, _HEAD, _WIDEST = 200, 160, 400
"""Characters of a text, those that stay of a longer one, and of several values together."""


_STATE = "state"
"""Of a BGP session, of whose words older marks have more; those of other kinds settle as themselves."""


class Whose(NamedTuple):
    """A device: a hostname may be at several sites."""

    hostname: str
    site: str = ""
    """Empty: it is not known."""


ALL_IN_KEY = frozenset((Kind.CONFIG, Kind.TABLE))
"""Of these a key says all that they say."""


class Subject(NamedTuple):
    """What something is said of."""

    hostname: str
    kind: Kind
    key: tuple[str, ...]
    change_type: ChangeType
    """Whether it came, went or changed."""
    site: str = ""
    """Empty: every device of that hostname."""

    @property
    def anywhere(self) -> Subject:
        return self._replace(site="")


def subject_in(whose: Whose, change: DiffChange) -> Subject:
    return Subject(whose.hostname, change.kind, change.key, change.change_type, whose.site)


def subject_of(said: ChangeMark | MarkChange) -> Subject:
    return Subject(names.hostname(said.hostname), said.kind, said.key, said.change_type, said.site.upper())


# Steps ----------------------------------------------------------------------------------------------------------------


def steps(change: DiffChange) -> tuple[FieldStep, ...]:
    """What a mark of this change knows of it: from what to what, or with what it came or went."""
    if change.change_type is ChangeType.CHANGED:
        return bounded(change.fields)
    known = change.after or change.before
    if known is None or change.kind in ALL_IN_KEY:
        return ()
    told = ((name, value) for name, value in known.fields if value is not None)
    is_new = change.after is not None
    return bounded([FieldChange(name, *((None, value) if is_new else (value, None))) for name, value in told])


def bounded(changes: Sequence[FieldChange | FieldStep]) -> tuple[FieldStep, ...]:
    """Equal ones of equal changes, however long their values are; of steps, the same steps."""
    found = list(dict.fromkeys(step(each.field, each.before, each.after) for each in changes))
    if len(found) > MOST_FIELDS:
        rest = found[MOST_FIELDS - 1 :]
        found[MOST_FIELDS - 1 :] = [FieldStep(f"and {len(rest)} more", None, _digest(str(rest)))]
    return tuple(found)


def step(field: str, before: Any, after: Any) -> FieldStep:
    return FieldStep(_short(field), _plain(before), _plain(after))


def _plain(value: Any) -> Plain:
    """One row's value, or those of several rows, of which one that has several itself is written out."""
    if isinstance(value, str):
        return _short(value)
    if not isinstance(value, list | tuple):
        plain: Plain = value
        return plain
    found = tuple(", ".join(map(str, each)) if isinstance(each, list | tuple) else each for each in value)
    return found if len(str(found)) <= _WIDEST else f"{len(found)} values {_digest(str(found))}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_HEAD]}.. {_digest(text)}"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _is_same(one: FieldStep, other: FieldStep) -> bool:
    if one.field != other.field:
        return False
    if one.field == _STATE:
        return settled(one.before) == settled(other.before) and settled(one.after) == settled(other.after)
    if one.field not in COUNTED:
        return one.before == other.before and one.after == other.after
    return not is_other_count(one.before, other.before) and not is_other_count(one.after, other.after)


def _has(found: Iterable[FieldStep], wanted: FieldStep) -> bool:
    return any(_is_same(wanted, each) for each in found)


# Marks ----------------------------------------------------------------------------------------------------------------


class Covered(NamedTuple):
    """What was said of a change."""

    marks: tuple[ChangeMark, ...] = ()
    """That cover it, or some of it; oldest first."""
    rest: tuple[FieldStep, ...] = ()
    """What of it they do not cover, where they cover some."""

    @property
    def is_whole(self) -> bool:
        return bool(self.marks) and not self.rest

    @property
    def verdict(self) -> MarkVerdict | None:
        """None: of some of it nobody has said anything. Expected where all of it is."""
        if not self.is_whole:
            return None
        is_expected = all(mark.verdict is MarkVerdict.EXPECTED for mark in self.marks)
        return MarkVerdict.EXPECTED if is_expected else MarkVerdict.FALSE_POSITIVE

    def fields(self) -> tuple[str, ...]:
        """Those of a changed object that are covered, where others are not."""
        named = dict.fromkeys(each.field for mark in self.marks for each in mark.steps) if self.rest else ()
        return tuple(named)


NOTHING = Covered()


class MarkIndex:
    """Marks by what they are of."""

    def __init__(self, marks: Iterable[ChangeMark] = ()) -> None:
        self._by_subject: dict[Subject, tuple[ChangeMark, ...]] = {}
        self._count = 0
        for mark in marks:
            self.put(mark)

    def __len__(self) -> int:
        return self._count

    def all(self) -> tuple[ChangeMark, ...]:
        """Oldest first."""
        return tuple(sorted(chain.from_iterable(self._by_subject.values()), key=lambda mark: mark.at))

    def of(self, subject: Subject) -> tuple[ChangeMark, ...]:
        """All that may cover an object that came, went or changed: those of every device of its hostname, then those of
        this one; each oldest first."""
        anywhere = self._by_subject.get(subject.anywhere, ()) if subject.site else ()
        return (*anywhere, *self._by_subject.get(subject, ()))

    def put(self, mark: ChangeMark) -> None:
        """The last word counts: it takes the place of one of the same steps, one without steps that of all."""
        subject = subject_of(mark)
        kept = [each for each in self.own(subject) if mark.steps and not _is_of(each, mark.steps)]
        self._set(subject, ())  # to the end: something was said of it last
        self._set(subject, (*kept, mark)[-MOST_OF_ONE:])

    def clear(self, subject: Subject, wanted: Sequence[FieldStep]) -> None:
        """Nothing is said any more of a change with these steps, nor of some of them; without steps, of any."""
        for each in {subject, subject.anywhere}:
            self._set(each, [mark for mark in self.own(each) if wanted and not _counts(mark, wanted)])

    def forget_oldest(self) -> Subject:
        """The first word on that of which something was said longest ago, and nothing since."""
        subject = next(iter(self._by_subject))
        self._set(subject, self.own(subject)[1:])
        return subject

    def restore(self, subject: Subject, marks: Iterable[ChangeMark]) -> None:
        """Those may cover it and no others."""
        found = tuple(marks)
        for each in {subject, subject.anywhere}:
            self._set(each, tuple(mark for mark in found if subject_of(mark) == each))

    def own(self, subject: Subject) -> tuple[ChangeMark, ...]:
        """Those of just this device, or, without a site, of every one of that hostname."""
        return self._by_subject.get(subject, ())

    def _set(self, subject: Subject, marks: Sequence[ChangeMark]) -> None:
        self._count += len(marks) - len(self.own(subject))
        if marks:
            self._by_subject[subject] = tuple(marks)
        else:
            self._by_subject.pop(subject, None)

    def covered(self, subject: Subject, wanted: Sequence[FieldStep]) -> Covered:
        """What was said of a change with these steps: of just this, of its parts, of whatever changes."""
        known = self.of(subject)[::-1]
        if not known:
            return NOTHING
        same = next((mark for mark in known if _is_of(mark, wanted)), None)
        if same is not None:
            return Covered((same,))
        anyhow = next((mark for mark in known if not mark.steps), None)
        if subject.change_type is not ChangeType.CHANGED:  # of what came with something else nothing was said
            return Covered((anyhow,)) if anyhow is not None else NOTHING
        parts = _last_words(mark for mark in known if mark.steps and _counts(mark, wanted))
        said = [each for mark in parts for each in mark.steps]
        rest = tuple(each for each in wanted if not _has(said, each))
        if parts and not rest:
            return Covered(parts)
        return Covered((anyhow,)) if anyhow is not None else Covered(parts, rest if parts else ())


def _last_words(newest_first: Iterable[ChangeMark]) -> tuple[ChangeMark, ...]:
    """Oldest first, without those on whose steps a device has a word of its own."""
    found: list[ChangeMark] = []
    for mark in newest_first:
        if not any(_is_of(mark, each.steps) for each in found):
            found.append(mark)
    return tuple(found[::-1])


def _is_of(mark: ChangeMark, wanted: Sequence[FieldStep]) -> bool:
    """Of just these steps."""
    return len(mark.steps) == len(wanted) and _counts(mark, wanted)


def _counts(mark: ChangeMark, wanted: Sequence[FieldStep]) -> bool:
    """All of it is among these."""
    return all(_has(wanted, each) for each in mark.steps)
