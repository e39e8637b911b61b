"""Pure. The contract between a capture and the vendors' parsers of show commands.

A parser is a function from the clean text of one command's output to `Shown`: rows, where each stands in the text, and
every line that it did not understand. It never raises, whatever the text: a line that fits nothing is unparsed, not an
error. It runs over the text once (`re.finditer` with one alternation, not a loop over patterns), in time linear in the
text; no pattern may backtrack more than a line.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from msgspec import Struct, field

from statetrace_engine.model.captured import Kind, Row

Span = tuple[int, int]
"""Start and end, in characters of the section's text."""


class Ask(Struct, frozen=True):
    """What was typed, and what is known of the answer."""

    command: str
    """In full words, keywords in lower case: `show ip route vrf RED`."""
    vendor: str = ""
    is_truncated: bool = False
    """The text may end anywhere: a row that further lines could have completed is unparsed, not a row. (A last line
    without a newline is already taken off.)"""


class Shown(Struct):
    """What a parser made of one section; the three lists of rows run in parallel."""

    rows: list[Any] = field(default_factory=list)
    starts: array[int] = field(default_factory=lambda: array("q"))
    """Where the lines that gave a row begin …"""
    ends: array[int] = field(default_factory=lambda: array("q"))
    """… and end, newline included or not."""
    unparsed: list[Span] = field(default_factory=list)
    """Lines that are neither blank nor understood (headings, legends, totals are understood), in order."""

    def add(self, row: Row, start: int, end: int) -> None:
        self.rows.append(row)
        self.starts.append(start)
        self.ends.append(end)


Parse = Callable[[str, Ask], Shown]


class Show(Struct, frozen=True):
    """One row of a vendor's table of commands."""

    command: str
    """`show ip route`: of all that begin what was typed, the longest wins, word by word."""
    kind: Kind
    parse: Parse | None
    """None: known, and left to the fallback (`show ip route summary` is no route table)."""
    header: re.Pattern[str] | None = None
    """Finds this command's output where no command was captured; None: nothing in it is unmistakable."""


_LINE = re.compile(r"[^\n]++")


def missed(text: str, start: int, end: int, unparsed: list[Span]) -> None:
    """Add each line between two matches that is not blank."""
    unparsed.extend(found.span() for found in _LINE.finditer(text, start, end) if not found[0].isspace())


def number(word: str | None) -> int | None:
    """A count as printed; None: no number, or more digits than any device counts to (a run of them is no number)."""
    return int(word) if word and len(word) < 11 and word.isascii() and word.isdecimal() else None


def vrf_asked(command: str) -> str | None:
    """The routing table named in a command: `show ip route vrf RED` → `RED`; None: none, or all."""
    for word, name in pairwise(command.split()):
        if word in ("vrf", "routing-instance", "virtual-router", "instance") and name not in ("all", "*"):
            return name
    return None
