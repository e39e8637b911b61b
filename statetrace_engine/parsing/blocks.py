"""Pure. Records of several lines (`show interfaces`, LLDP details): a pattern says what begins one and what it holds.

The pattern is one of `scan.rows`, and the names of its outermost groups say what a line is:

    begin    a new record begins; groups inside it are fields        field    fields of the record at hand
    within   what all following records stand in (a VRF, a port)     known    understood, and says nothing
    foreign  begins a record that we cannot read: its lines are not those of the record above
    rest     nobody's line
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct, field

from statetrace_engine.model.captured import Row
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.shown import Ask, Shown, Span, missed

_MEANINGS = frozenset(("begin", "field", "within", "known", "foreign", "rest"))
FOREIGN_INTERFACE = rf"(?!{scan.LOG_VERBOSE})[^\s%*][^\n]*?[ ]is[ ][a-z][^\n]*+(?P<foreign>)"
"""The first line of an interface whose name or state is of an unknown shape."""


class Block(Struct):
    """One record: what its lines said under each name, the first time that they said it."""

    start: int
    end: int
    fields: dict[str, str] = field(default_factory=dict)


def blocks(text: str, pattern: re.Pattern[str], unparsed: list[Span], *, is_truncated: bool = False) -> Iterator[Block]:
    """Each record in order; lines that are nobody's go to `unparsed`, and so does a last record that may be cut off."""
    context: dict[str, str] = {}
    block: Block | None = None
    for found in pattern.finditer(text):
        kind = found.lastgroup
        if kind == "field":
            if block is not None:
                _said(found, block.fields)
                block.end = found.end()
            else:
                unparsed.append(found.span())
        elif kind == "known":
            if block is not None:
                block.end = found.end()
        elif kind == "rest":
            unparsed.append(found.span())
        elif kind == "foreign":
            unparsed.append(found.span())
            if block is not None:
                yield block
                block = None
        else:
            if block is not None:
                yield block
                block = None
            if kind == "begin":
                block = Block(found.start(), found.end(), dict(context))
                _said(found, block.fields)
            else:
                context |= {name: said for name, said in found.groupdict().items() if said and name not in _MEANINGS}
    if block is None:
        return
    if is_truncated:
        unparsed[:] = [span for span in unparsed if span[0] < block.start]
        missed(text, block.start, len(text), unparsed)
    else:
        yield block


def _said(found: re.Match[str], fields: dict[str, str]) -> None:
    for name, said in found.groupdict().items():
        if said is not None and name not in _MEANINGS:
            fields.setdefault(name, said.strip())


Fields = dict[str, str]
Make = Callable[[Fields], Row | None]


def fields(*branches: str) -> str:
    """One branch of all that hold fields, for `scan.rows`."""
    return "(?P<field>" + "|".join(f"(?:{branch})" for branch in branches) + ")"


def records(text: str, ask: Ask, pattern: re.Pattern[str], make: Make) -> Shown:
    """A row a record; where `make` says None, the record's lines are unparsed."""
    shown = Shown()
    for block in blocks(text, pattern, shown.unparsed, is_truncated=ask.is_truncated):
        row = make(block.fields)
        if row is None:
            missed(text, block.start, block.end, shown.unparsed)
        else:
            shown.add(row, block.start, block.end)
    shown.unparsed = sorted(set(shown.unparsed))
    return shown
