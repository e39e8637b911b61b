"""Pure. A capture as what makes it another one of its device: its text and its sections, in a few bytes.

Whoever reads a section or the text has what is whole at the end of a chain of captures, and the deltas back from there
(`filed.CapturedRows`, `filed.CapturedText`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple  # rows of any kind

import msgspec
from msgspec import Struct

from statetrace_engine.model import aged_text, packed, row_delta, text_delta
from statetrace_engine.model.aged_text import AgedText
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.edits import Alignment
from statetrace_engine.model.filed import CapturedRows, CapturedText, SectionSummary
from statetrace_engine.model.packed import Shown
from statetrace_engine.model.row_delta import RowDelta
from statetrace_engine.model.text_delta import TextDelta

NONE = -1
"""The base of a section that the other capture does not have."""
_LEVEL = 7
"""The highest takes three times as long for the last half a percent."""
_encode = msgspec.msgpack.Encoder().encode


class Whole(NamedTuple):
    """One capture, unpacked."""

    text: AgedText
    sections: Sequence[tuple[SectionSummary, Shown]]


class _Section(Struct, array_like=True):
    kind: Kind
    hint_at: int
    """Which of the text's ages is its first."""
    body: msgspec.Raw


class _Delta(Struct, array_like=True):
    text: msgspec.Raw
    sections: list[_Section]


_delta = msgspec.msgpack.Decoder(_Delta)
_rows = msgspec.msgpack.Decoder(RowDelta)
_text = msgspec.msgpack.Decoder(TextDelta)


class Encoded(NamedTuple):
    bases: list[int]
    """Of each section, by which of the base it is told."""
    body: bytes


Alignments = Mapping[tuple[int, int], Alignment]
"""Of a section of the base and one of the target, by their places."""
_NONE: Alignments = {}


def encode(base: Whole, target: Whole, known: Alignments = _NONE) -> Encoded:
    """`known`: sections that are aligned already."""
    text = text_delta.encode(base.text, target.text)
    codes = text_delta.codes(text.delta)
    named = _named(base)
    bases = [named.get(name, NONE) for name in _named(target)]
    sections = []
    for position, ((summary, shown), at) in enumerate(zip(target.sections, bases, strict=True)):
        its, other = base.sections[at] if at != NONE else (None, Shown(shown.kind, {}, [], [], []))
        first = text.first(summary.text_start) if shown.passing else 0
        is_same = its is not None and its.digest == summary.digest
        aligned = known.get((at, position))
        delta = row_delta.encode(other, shown, codes[first:], is_same=is_same, aligned=aligned)
        sections.append(_Section(shown.kind, first, msgspec.Raw(_encode(delta))))
    return Encoded(bases, zlib.compress(_encode(_Delta(msgspec.Raw(_encode(text.delta)), sections)), _LEVEL))


class Way:
    """From the rows that are whole to those of a section. Another section may be further on the same way."""

    def __init__(self, found: CapturedRows, *, with_passing: bool) -> None:
        self._found, self._with_passing = found, with_passing
        self._chain: row_delta.Chain | None = None
        self._gone = 0
        """So many deltas are followed."""

    def leads_to(self, found: CapturedRows, *, with_passing: bool) -> bool:
        mine = self._found
        return (
            0 < self._gone <= len(found.deltas)
            and with_passing == self._with_passing
            and (mine.body, mine.beside) == (found.body, found.beside)
            and (mine.deltas, mine.path) == (found.deltas[: self._gone], found.path[: self._gone])
        )

    def go_on(self, found: CapturedRows) -> None:
        self._found = found

    def shown(self, like: Shown | None = None) -> Shown:
        """`like`: something with the same digest. Raises ValueError where bytes are damaged, or of something else."""
        found = self._found
        with _refusing("rows"):
            if not found.deltas:
                return packed.shown(found.body, found.beside, like)
            for raw, position in list(zip(found.deltas, found.path, strict=True))[self._gone :]:
                self._follow(_opened(raw), position)
            assert self._chain is not None
            return self._chain.end(found.digest)

    def _follow(self, delta: _Delta, position: int) -> None:
        section, found = delta.sections[position], self._found
        if self._chain is None:
            whole = packed.shown(found.body, found.beside) if found.body else Shown(section.kind, {}, [], [], [])
            self._chain = row_delta.Chain(whole, with_passing=self._with_passing)
        hint = text_delta.codes(_text.decode(delta.text))[section.hint_at :] if self._with_passing else b""
        self._chain.follow(_rows.decode(section.body), hint)
        self._gone += 1


def way_to(found: CapturedRows, known: list[Way], *, with_passing: bool = True) -> Way:
    """One of those that are known, which goes on and is known no more; else a new one."""
    for at, way in enumerate(known):
        if way.leads_to(found, with_passing=with_passing):
            way.go_on(found)
            return known.pop(at)
    return Way(found, with_passing=with_passing)


def shown_rows(found: CapturedRows, *, with_passing: bool = True) -> Shown:
    """What a section shows. Raises ValueError where bytes are damaged, or of something else."""
    return Way(found, with_passing=with_passing).shown()


def rows(found: CapturedRows) -> tuple[list[Any], list[int], list[int]]:
    """Rows with what passes, their starts and ends. Raises ValueError."""
    shown = shown_rows(found)
    return shown.rows(), *shown.places


def text_of(found: CapturedText) -> tuple[str, list[int]]:
    """The text, and characters and the bytes that they came from in turn. Raises ValueError where bytes are damaged."""
    return aged_text_of(found).whole()


def aged_text_of(found: CapturedText) -> AgedText:
    """The same as it is kept. Raises ValueError."""
    text = aged_text.unpack(found.text, found.offsets)
    if not found.deltas:
        return text
    with _refusing("text"):
        return text_delta.end(text, [_text.decode(_opened(raw).text) for raw in found.deltas])


def _opened(raw: bytes) -> _Delta:
    return _delta.decode(zlib.decompress(raw))


def _named(capture: Whole) -> dict[tuple[str, str, int], int]:
    """Sections by kind and command; one that is there twice has a number."""
    found: dict[tuple[str, str, int], int] = {}
    times: dict[tuple[str, str], int] = {}
    for at, (summary, _) in enumerate(capture.sections):
        name = summary.kind, summary.command
        times[name] = times.get(name, 0) + 1
        found[*name, times[name]] = at
    return found


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    try:
        yield
    except (zlib.error, msgspec.MsgspecError, ArithmeticError, LookupError, TypeError) as error:
        raise ValueError(f"this is no change of {what}: {error}") from error
