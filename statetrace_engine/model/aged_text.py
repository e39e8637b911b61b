"""Pure. The text of a capture with its ages apart, and where its characters came from: as objects and as bytes.

In the text every age is a mark; so two texts of a device that only aged are the same, and are compared at the speed of
memory. Where characters came from follows from the lines where they end in CRLF, as in most session logs.
"""

from __future__ import annotations

import re
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from itertools import accumulate, chain, count
from operator import add, lt, sub
from typing import NamedTuple

import msgspec
from msgspec import Struct

from statetrace_engine.model import edits, packed, shifts

MARK = "\0"
_AGES = re.compile(rf" ({shifts.PRINTED})\b")
"""Behind a blank: the search for one is as fast as the machine."""
_END = re.compile("\n")
_FORM = b"\1"
"""How bytes of this form begin; those of an older one are numbers only."""
_LEVEL = 1
_encode = msgspec.msgpack.Encoder().encode


class Origin(Struct, frozen=True, array_like=True):
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


class AgedText(NamedTuple):
    marked: str
    ages: list[str]
    """One for each mark; none where the text has marks of its own, which could not be told from ours."""
    origin: Origin

    @property
    def has_marks(self) -> bool:
        return not self.ages and MARK in self.marked

    @property
    def text(self) -> str:
        if not self.ages:
            return self.marked
        pieces = self.marked.split(MARK)
        whole = [""] * (2 * len(pieces) - 1)
        whole[::2], whole[1::2] = pieces, self.ages
        return "".join(whole)

    def whole(self) -> tuple[str, list[int]]:
        """The text, and characters and the bytes that they came from in turn. Raises ValueError."""
        text = self.text
        return text, _offsets(text, self.origin)

    def part(self, start: int, end: int) -> str:
        """Characters of the text, from whole line to whole line; the rest is not put together."""
        first, last = self.marks_before(start), self.marks_before(end)
        places = (place - sum(map(len, self.ages[:marks])) + marks for place, marks in ((start, first), (end, last)))
        return AgedText(self.marked[slice(*places)], self.ages[first:last], self.origin).text

    def marks_before(self, place: int) -> int:
        """How many ages stand before this character of the text."""
        if not self.ages:
            return 0
        *pieces, _ = self.marked[:place].split(MARK)
        starts = accumulate(map(add, map(len, pieces), chain((0,), map(len, self.ages))))
        return sum(map(place.__gt__, starts))


class _Beside(Struct, array_like=True):
    ages: str
    """One a line."""
    origin: Origin


_beside = msgspec.msgpack.Decoder(_Beside)


def apart(text: str, offsets: Sequence[int]) -> AgedText:
    """`offsets`: characters and the bytes that they came from in turn."""
    origin = _origin(text, offsets)
    if MARK in text:
        return AgedText(text, [], origin)
    return AgedText(_AGES.sub(f" {MARK}", text), _AGES.findall(text), origin)


def pack(found: AgedText) -> tuple[bytes, bytes]:
    """The text with its marks, and the rest."""
    rest = _encode(_Beside(joined(found.ages), found.origin))
    return packed.pack_text(found.marked), _FORM + zlib.compress(rest, _LEVEL)


def unpack(text: bytes, beside: bytes) -> AgedText:
    """Raises ValueError for bytes that `pack` did not make."""
    if not beside.startswith(_FORM):
        return apart(packed.unpack_text(text), packed.unpack_numbers(beside))
    marked = packed.unpack_text(text)
    try:
        rest = _beside.decode(zlib.decompress(beside[len(_FORM) :]))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"this is no text: {error}") from error
    found = AgedText(marked, parted(rest.ages), rest.origin)
    if found.ages and marked.count(MARK) != len(found.ages):
        raise ValueError("this is no text: its ages are another's")
    return found


def joined(ages: Sequence[str]) -> str:
    return "\n".join(ages)


def parted(ages: str) -> list[str]:
    return ages.split("\n") if ages else []


# Where characters came from -------------------------------------------------------------------------------------------


def _origin(text: str, offsets: Sequence[int]) -> Origin:
    places, raws, ends = array("q", offsets[::2]), array("q", offsets[1::2]), _ends(text)
    is_by_lines = len(places) == len(ends) + 1 and places[1:] == ends and raws[:1] == places[:1]
    if is_by_lines and all(map(int.__eq__, map(sub, raws, places), count())):  # every line ends in CRLF
        return Origin(True, [], [places[0]], [0])
    return _irregular(ends, places, array("q", edits.steps(map(sub, raws, places))))


def _irregular(ends: array[int], places: array[int], skipped: array[int]) -> Origin:
    """A file's lines are many: arrays take a fifth of what lists and dicts do."""
    at_end = array("q", map(partial(_end_at, ends), places))
    is_ended = bytearray(len(ends))
    for end, size in zip(at_end, skipped, strict=True):
        if end >= 0 and size == 1:
            is_ended[end] = 1
    if 2 * sum(is_ended) <= len(ends) or not all(map(lt, places, places[1:])):
        return Origin(False, [], list(edits.steps(places)), list(skipped))
    plain = [at for at, has_ended in enumerate(is_ended) if not has_ended]
    rest = [at for at, (end, size) in enumerate(zip(at_end, skipped, strict=True)) if size != 1 or end < 0]
    return Origin(
        True, list(edits.steps(plain)), list(edits.steps(map(places.__getitem__, rest))), [skipped[at] for at in rest]
    )


def _end_at(ends: array[int], place: int) -> int:
    """Of which line's end it is the place; -1: of none."""
    at = bisect_left(ends, place)
    return at if at < len(ends) and ends[at] == place else -1


def _offsets(text: str, origin: Origin) -> list[int]:
    places, skipped = edits.summed(origin.places), origin.skipped
    if len(places) != len(skipped):
        raise ValueError("bytes of nothing")
    if origin.is_crlf:
        ends, plain = _ends(text), set(edits.summed(origin.plain))
        regular = [(end, 1) for at, end in enumerate(ends) if at not in plain]
        entries = sorted((*regular, *zip(places, skipped, strict=True)))
        places, skipped = [place for place, _ in entries], [size for _, size in entries]
    raws = map(add, places, edits.summed(skipped))
    return list(chain.from_iterable(zip(places, raws, strict=True)))


def _ends(text: str) -> array[int]:
    """Of each line but the last: where its newline stands."""
    return array("q", (found.start() for found in _END.finditer(text)))
