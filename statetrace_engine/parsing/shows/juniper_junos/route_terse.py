"""Pure. `show route terse` of JunOS.

A V Destination        P Prf   Metric 1   Metric 2  Next hop        AS path
* ? 10.0.0.0/24        B 170        100            >10.1.1.2        65001 I
                                                    10.1.2.2
* ? 10.2.0.0/24        B 170        110                             65002 I
  valid                                            >10.0.0.2

A number is a metric or the beginning of an AS path by where it stands: columns count from the protocol's letter.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec import Struct

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown, Span, missed, number
from statetrace_engine.parsing.shows.juniper_junos.protocols import ACTIVE, TABLE, discarded, lettered, table

_TO = r"(?=[^\s.:/\d]*+[.:/\d])[^\s%>]++"
_VALID = r"(?:[?VIUN!][ ]|[ ]{1,2})?[ ]*+"
_LINES = scan.rows(
    rf"(?P<mark>[*+@# -])[ ]{_VALID}(?:(?P<to>{_TO})[ ]++|(?<=[ ]))(?P<letter>[A-Z])[ ]++(?P<pref>\d{{1,10}}+)(?:[ ][^\n]*)?(?P<entry>)",
    r"[ ]{2,}+(?:(?:valid|invalid|unverified|unknown)[ ]++)?(?P<hop>>?[A-Za-z0-9:][^\s>]*+)(?:[ ][^\n]*)?(?P<sibling>)",
    rf"(?P<first>[*+@# -])[ ]{_VALID}(?P<alone>{_TO})(?P<wrapped>)",
    rf"{TABLE}(?P<heading>)",
    r"A[ ](?:V[ ])?Destination[ ]++(?P<column>P)[ ]Prf[ ][^\n]*?(?P<next>Next[ ]hop)[^\n]*+(?P<columns>)",
    r"(?:[+@#*-][ ]=[ ]|Restart[ ]|\{)[^\n]*+(?P<legend>)",
)
_NEXT = 28
"""From a protocol's letter to the mark before a next hop."""
_HOP = re.compile(r"[> ]([^\s>]+)")
_SPECIAL = frozenset(
    ("discard", "reject", "receive", "local", "multirecv", "multicast", "table", "indirect", "unusable")
)
_ADDRESS = re.compile(r"\d++\.\d++\.\d++\.\d++|[0-9a-fA-F]*+:[0-9a-fA-F:.]++")


class _Entry(Struct):
    """One protocol's offer for a destination."""

    prefix: str
    letter: str
    pref: int
    metric: int | None
    is_active: bool
    span: Span
    has_hop: bool = False


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop. The first metric of a BGP route is its local preference, and so no metric."""
    del ask
    reader = _Reader(text)
    for found in _LINES.finditer(text):
        reader.line(found)
    reader.close()
    reader.shown.unparsed.sort()
    return reader.shown


class _Reader:
    """What is known while the lines of a table are read."""

    def __init__(self, text: str) -> None:
        self._text, self.shown = text, Shown()
        self._vrf, self._to, self._width = "default", "", _NEXT
        self._entry: _Entry | None = None
        self._wrapped: re.Match[str] | None = None

    def line(self, found: re.Match[str]) -> None:
        kind = found.lastgroup
        if kind == "entry" and (found["to"] or self._wrapped or self._to):
            self._start(found)
        elif kind == "sibling" and self._entry:
            begin = found.start() if self._entry.has_hop else self._entry.span[0]
            self._add(self._entry, found["hop"], begin, found.end())
        elif kind == "wrapped":
            self.close()
            self._wrapped = found
        elif kind == "heading":
            self.close()
            self._vrf, self._to = table(found["table"]), ""
        elif kind == "columns":
            self._width = found.start("next") - found.start("column") - 1
        elif kind != "legend":
            self.shown.unparsed.append(found.span())
            if not scan.is_log(found[0]):  # what follows may be of a destination unread
                self.close()
                self._to = ""

    def close(self) -> None:
        """A line that waited for its next hop, or for the rest of it, waits no longer."""
        if self._wrapped is not None:
            self.shown.unparsed.append(self._wrapped.span())
        elif self._entry is not None and not self._entry.has_hop:
            missed(self._text, *self._entry.span, self.shown.unparsed)
        self._entry = self._wrapped = None

    def _start(self, found: re.Match[str]) -> None:
        mark, to, letter, pref = found.group("mark", "to", "letter", "pref")
        begin, end = found.span()
        if to is None and self._wrapped is not None:
            begin, mark, to = self._wrapped.start(), self._wrapped["first"], self._wrapped["alone"]
            self._wrapped = None
        self.close()
        if to:
            self._to = prefix(to) or to
        at = found.start("letter") + self._width
        numbers = self._text[found.end("pref") : min(at, end)].split()
        metric = number(next(iter(numbers[letter == "B" :]), None))
        self._entry = _Entry(self._to, letter, int(pref), metric, mark in ACTIVE, (begin, end))
        if hop := _HOP.match(self._text, at, end):
            self._add(self._entry, hop[1], begin, end)

    def _add(self, entry: _Entry, printed: str, begin: int, end: int) -> None:
        hop, interface = _hop(printed)
        letter = entry.letter
        entry.has_hop = True
        row = RouteRow(
            self._vrf,
            entry.prefix,
            hop,
            interface,
            lettered(letter),
            letter,
            entry.pref,
            entry.metric,
            None,
            None,
            entry.is_active,
        )
        self.shown.add(row, begin, end)


def _hop(word: str) -> tuple[str | None, str | None]:
    bare = word.removeprefix(">")
    if _ADDRESS.fullmatch(bare):
        return host(bare), None
    return None, discarded(bare) if bare.lower() in _SPECIAL else bare
