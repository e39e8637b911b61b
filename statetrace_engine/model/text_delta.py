"""Pure. The text of a capture as what makes it another's, with its ages as how they grew (`shifts`).

Texts whose ages are marks (`aged_text`) are aligned line by line (`edits.stretches`), and their ages by these lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import msgspec
from msgspec import Struct

from statetrace_engine.model import aged_text, edits, shifts
from statetrace_engine.model.aged_text import MARK, AgedText, Origin
from statetrace_engine.model.edits import Copy
from statetrace_engine.model.shifts import AS_PRINTED, Shifts

_encode = msgspec.msgpack.Encoder().encode


class TextDelta(Struct, array_like=True):
    """Made by `encode`; `end` follows it. Characters are those of the texts with marks."""

    size: int
    copies: list[int]
    new: bytes
    """What was not copied …"""
    new_ages: str
    """… and its ages."""
    ages: Shifts
    """Of what was copied."""
    origin: Origin
    check: bytes


_Stretch = tuple[int, int]
"""From … up to …"""


class Encoded(NamedTuple):
    delta: TextDelta
    target: AgedText
    copied: list[_Stretch]
    """Of each copy, in ages of the target."""

    def first(self, place: int) -> int:
        """Which of the ages that were copied is the first behind this character of the text."""
        marks = self.target.marks_before(place)
        return sum(min(end, marks) - start for start, end in self.copied if start < marks)


def encode(base: AgedText, target: AgedText) -> Encoded:
    made = [] if base.has_marks or target.has_marks else edits.stretches(base.marked, target.marked)
    there = _marks(target.marked, [(one.at, one.at + one.length) for one in made])
    before = _origins(base.marked, made, there)
    new = (target.marked[start:end] for start, end in _between((one.at, one.at + one.length) for one in made))
    delta = TextDelta(
        size=len(target.marked),
        copies=edits.packed(made),
        new=_bytes("".join(new)),
        new_ages=aged_text.joined(_taken(target.ages, _between(there))),
        ages=shifts.between(_taken(base.ages, before), _taken(target.ages, there), AS_PRINTED),
        origin=target.origin,
        check=_check(target),
    )
    return Encoded(delta, target, there)


def codes(delta: TextDelta) -> bytes:
    """Of its ages (`shifts.codes`)."""
    return shifts.codes(delta.ages)


def end(base: AgedText, deltas: Sequence[TextDelta]) -> AgedText:
    """The text after all deltas. Raises ValueError where they fit nothing, or it is not what it was."""
    found = base
    for delta in deltas:
        found = _followed(found, delta)
    if _check(found) != deltas[-1].check:
        raise ValueError("the text is not what it was")
    return found


def _followed(base: AgedText, delta: TextDelta) -> AgedText:
    made = edits.unpacked(delta.copies, len(base.marked), delta.size)
    before = _marks(base.marked, [(one.start, one.start + one.length) for one in made])
    copied = shifts.applied(_taken(base.ages, before), delta.ages, AS_PRINTED)
    pieces, ages = list[str](), list[str]()
    new, fresh = delta.new.decode("utf-8", "surrogatepass"), aged_text.parted(delta.new_ages)
    read = told = took = last = 0
    for one, (first, end) in zip(made, before, strict=True):
        piece = new[read : read + one.at - last]
        marks = piece.count(MARK)
        pieces += piece, base.marked[one.start : one.start + one.length]
        ages += fresh[told : told + marks]
        ages += copied[took : took + end - first]
        read, told, took, last = read + len(piece), told + marks, took + end - first, one.at + one.length
    return AgedText("".join((*pieces, new[read:])), ages + fresh[told:], delta.origin)


def _marks(text: str, stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """The same stretches, in ages."""
    before: dict[int, int] = {}
    marks = last = 0
    for place in sorted({*chain.from_iterable(stretches)}):
        marks, last = marks + text.count(MARK, last, place), place
        before[place] = marks
    return [(before[start], before[end]) for start, end in stretches]


def _origins(text: str, made: Sequence[Copy], there: Sequence[_Stretch]) -> list[_Stretch]:
    """The same of what was copied: it has as many ages on both sides, so that only what lies between is counted."""
    if not all(map(_is_behind, made[1:], made)):
        return _marks(text, [(one.start, one.start + one.length) for one in made])
    found: list[_Stretch] = []
    marks = last = 0
    for one, (first, end) in zip(made, there, strict=True):
        marks += text.count(MARK, last, one.start)
        found.append((marks, marks + end - first))
        marks, last = marks + end - first, one.start + one.length
    return found


def _is_behind(one: Copy, other: Copy) -> bool:
    return one.start >= other.start + other.length


def _between(stretches: Iterable[_Stretch]) -> Iterator[tuple[int, int | None]]:
    """What is in none of these, which are in order."""
    last = 0
    for start, end in stretches:
        yield last, start
        last = end
    yield last, None


def _taken(ages: Sequence[str], stretches: Iterable[tuple[int, int | None]]) -> list[str]:
    return list(chain.from_iterable(ages[start:end] for start, end in stretches))


def _check(found: AgedText) -> bytes:
    hashed = blake2b(_bytes(found.marked), digest_size=16)
    for part in (_encode((len(found.marked), found.origin)), _bytes(aged_text.joined(found.ages))):
        hashed.update(part)
    return hashed.digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
