"""Pure. The text of a capture as what makes it another's, with its ages as how they grew (`shifts`).

A text is lines in which every age is a mark, and the ages; lines are aligned (`edits`), and ages by their lines. Where
the text came from, byte by byte, follows from its lines where they end in CRLF, as most session logs do: `_Origin`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import accumulate, chain, count
from operator import add, lt, sub
from typing import NamedTuple

import msgspec
from msgspec import Struct

from statetrace_engine.model import edits, shifts
from statetrace_engine.model.edits import Copy
from statetrace_engine.model.shifts import AS_PRINTED, Shifts

_MARK = "\0"
_AGES = re.compile(rf" ({shifts.PRINTED})\b")
"""Behind a blank: the search for one is as fast as the machine."""

_encode = msgspec.msgpack.Encoder().encode


class _Origin(Struct, array_like=True):
    """Where characters came from: (character, byte) pairs, from each of which on a byte is a character.

    At the end of most lines a byte is skipped (the CR), or at none.
    """

    is_crlf: bool
    plain: list[int]
    """Lines at whose end that is not so, as steps."""
    places: list[int]
    """Other characters before which something happens, as steps …"""
    skipped: list[int]
    """… and how many bytes are skipped there."""


class TextDelta(Struct, array_like=True):
    """Made by `encode`; `end` follows it."""

    size: int
    """Lines."""
    copies: list[int]
    new: bytes
    """Lines that were not copied, with their ages."""
    ages: Shifts
    """Of the lines that were."""
    origin: _Origin
    check: bytes


class _Lined(NamedTuple):
    lines: list[str]
    """With a mark for every age."""
    counts: list[int]
    """Of ages, by line."""
    ages: list[str]

    def ages_of(self, stretches: Iterable[tuple[int, int]]) -> list[str]:
        """Of lines from … up to …"""
        first = list(accumulate(self.counts, initial=0))
        return list(chain.from_iterable(self.ages[first[start] : first[end]] for start, end in stretches))

    @property
    def text(self) -> str:
        text = "\n".join(self.lines)
        if not self.ages:
            return text
        pieces = text.split(_MARK)
        whole = [""] * (2 * len(pieces) - 1)
        whole[::2], whole[1::2] = pieces, self.ages
        return "".join(whole)


class Encoded(NamedTuple):
    delta: TextDelta
    codes: bytes
    """Of the ages in lines that were copied."""
    first: list[int]
    """Of each line: which code is its first."""

    def codes_from(self, line: int) -> bytes:
        return self.codes[self.first[line] :]


def encode(base: str, target: str, offsets: Sequence[int]) -> Encoded:
    """`offsets` are the target's, characters and bytes in turn."""
    old, new, raw = _lined(base), _lined(target), target.split("\n")
    made = edits.copies(old.lines, new.lines) if _MARK not in base and _MARK not in target else []
    gaps = edits.gaps(made, len(raw))
    there = new.ages_of((one.at, one.at + one.length) for one in made)
    before = old.ages_of((one.start, one.start + one.length) for one in made)
    ages = shifts.between(before, there, AS_PRINTED)
    delta = TextDelta(
        size=len(raw),
        copies=edits.packed(made),
        new=_bytes("\n".join(raw[at] for at in gaps)),
        ages=ages,
        origin=_origin(raw, offsets),
        check=_check(target, offsets),
    )
    copied = list(new.counts)
    edits.fill(copied, gaps, [0] * len(gaps))
    return Encoded(delta, codes(delta), list(accumulate(copied, initial=0)))


def codes(delta: TextDelta) -> bytes:
    """Of its ages (`shifts.codes`)."""
    return shifts.codes(delta.ages)


def end(base: str, deltas: Sequence[TextDelta]) -> tuple[str, list[int]]:
    """The text after all deltas, and characters and the bytes that they came from in turn. Raises ValueError or
    IndexError where they fit nothing, or the text is not what it was."""
    lined = _lined(base)
    for delta in deltas:
        lined = _followed(lined, delta)
    text, last = lined.text, deltas[-1]
    offsets = _offsets(text.split("\n"), last.origin)
    if _check(text, offsets) != last.check:
        raise ValueError("the text is not what it was")
    return text, offsets


def _lined(text: str) -> _Lined:
    """A text with marks of its own is told without ages, which could not be told from them."""
    if _MARK in text:
        lines = text.split("\n")
        return _Lined(lines, [0] * len(lines), [])
    pieces = _AGES.split(text)
    lines = f" {_MARK}".join(pieces[::2]).split("\n")
    return _Lined(lines, [line.count(_MARK) for line in lines], pieces[1::2])


def _followed(base: _Lined, delta: TextDelta) -> _Lined:
    made = edits.unpacked(delta.copies, len(base.lines), delta.size)
    gaps = edits.gaps(made, delta.size)
    new = _lined(delta.new.decode("utf-8", "surrogatepass")) if gaps else _Lined([], [], [])
    lines, counts = edits.moved(base.lines, made, delta.size, ""), edits.moved(base.counts, made, delta.size, 0)
    edits.fill(lines, gaps, new.lines)
    edits.fill(counts, gaps, new.counts)
    before = base.ages_of((one.start, one.start + one.length) for one in made)
    copied = shifts.applied(before, delta.ages, AS_PRINTED)
    return _Lined(lines, counts, list(_woven(made, counts, copied, new.ages)))


def _woven(made: Iterable[Copy], counts: Sequence[int], copied: list[str], new: list[str]) -> Iterator[str]:
    """All ages in order: those of lines that were copied, and of those between them."""
    first = list(accumulate(counts, initial=0))
    took = fresh = 0
    for one in made:
        start, end = first[one.at], first[one.at + one.length]
        yield from new[fresh : start - took]
        fresh = start - took
        yield from copied[took : took + end - start]
        took += end - start
    yield from new[fresh:]


def _check(text: str, offsets: Sequence[int]) -> bytes:
    hashed = blake2b(_bytes(text), digest_size=16)
    hashed.update(_encode(list(offsets)))
    return hashed.digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# Where characters came from -------------------------------------------------------------------------------------------


def _origin(lines: Sequence[str], offsets: Sequence[int]) -> _Origin:
    places = list(offsets[::2])
    before = list(map(sub, offsets[1::2], places))
    skipped = list(edits.steps(before))
    ends = _ends(lines)
    at_end = dict(zip(ends, count()))
    ended = {at_end[place] for place, size in zip(places, skipped, strict=True) if size == 1 and place in at_end}
    if 2 * len(ended) <= len(ends) or not all(map(lt, places, places[1:])):
        return _Origin(False, [], list(edits.steps(places)), skipped)
    plain = [at for at in range(len(ends)) if at not in ended]
    rest = [(place, size) for place, size in zip(places, skipped, strict=True) if size != 1 or place not in at_end]
    return _Origin(True, list(edits.steps(plain)), list(edits.steps(at for at, _ in rest)), [n for _, n in rest])


def _offsets(lines: Sequence[str], origin: _Origin) -> list[int]:
    places, skipped = edits.summed(origin.places), origin.skipped
    if len(places) != len(skipped):
        raise ValueError("bytes of nothing")
    if origin.is_crlf:
        ends, plain = _ends(lines), set(edits.summed(origin.plain))
        regular = [(end, 1) for at, end in enumerate(ends) if at not in plain]
        entries = sorted((*regular, *zip(places, skipped, strict=True)))
        places, skipped = [place for place, _ in entries], [size for _, size in entries]
    raws = map(add, places, edits.summed(skipped))
    return list(chain.from_iterable(zip(places, raws, strict=True)))


def _ends(lines: Sequence[str]) -> list[int]:
    """Of each line but the last: where its newline stands."""
    return [end - 1 for end in accumulate(len(line) + 1 for line in lines[:-1])]
