"""Pure. What the vendors' parsers share in walking over lines, so that none is dropped without a word.

The rule of all of them: one alternation whose last branch takes any other line whole (`rest()`), so that each line is
matched once, and a line that is nobody's goes to `unparsed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from statetrace_engine.parsing.patterns import late

LOG = r"[^\n%]{0,80}%[A-Z0-9_]++(?:-[A-Z0-9_]++)*-[0-7]-[A-Z0-9_]++ ?:"
"""Begins a message that the device wrote into a table while it was shown."""

LOG_VERBOSE = LOG.replace(" ?:", r"\ ?:")
"""The same for the verbose patterns of `rows`."""

FOREIGN = rf"""(?:{LOG_VERBOSE}
    |[ ]*+(?:(?:Invalid|Ambiguous|Incomplete|Unknown)\ (?:input|syntax|command)|Server\ error|[Ee]rror:|syntax\ error)
    |[A-Z][a-z]{{2}}\ [\ \d]\d\ \d\d:\d\d:\d\d|\d{{4}}-\d\d-\d\dT\d\d:|[MEWID]\ \d\d/\d\d/\d\d\ |SYSLOG:)"""
"""Begins what is no line of any table, label or not: a message in another vendor's form, or that a command was refused
(for verbose patterns)."""

REFUSED = r"%[^\n]*+|[ ]++\^[ \t]*+"
"""`% Invalid input detected at '^' marker.` and the marker itself: no heading, so it stays unparsed."""

CODES = (
    r"(?:Codes?:|IPv6\ Routing\ Table\ Codes|[ \t]++(?:[A-Za-z0-9*+%&!>~?^=#][A-Za-z0-9]{0,2}|\*i)\ [-=]\ "
    r"[A-Za-z])[^\n]*+"
)
"""A line of the legend in which IOS, its relatives and FRR explain a route's codes (for verbose patterns)."""

CLOCK = r"(?:Load\ for\ five\ secs:|Time\ source\ is\b|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\ [A-Z][a-z]{2}\ ++\d)[^\n]*+"
"""What `terminal exec prompt timestamp` and XR write above every answer (for verbose patterns)."""

_LINE = late(r"[^\n]++")
_LOG_LINE = late(LOG)
_FOREIGN_LINE = late(FOREIGN, re.VERBOSE)


def lines(text: str) -> Iterator[tuple[str, int, int]]:
    """Each line that is not blank, with where it starts and ends (without its newline)."""
    for found in _LINE.finditer(text):
        if not (line := found[0]).isspace():
            yield line, found.start(), found.end()


def is_log(line: str) -> bool:
    """Whether the line is a message of the device's own log, and no part of the table around it."""
    return _LOG_LINE.match(line) is not None


def is_foreign(line: str) -> bool:
    """Whether the line is a message in any vendor's form, or a refusal."""
    return _FOREIGN_LINE.match(line) is not None


def interrupts(line: str) -> bool:
    """Whether what follows a line that nobody understands may belong to it: no message of the log, and not indented."""
    return not line[0].isspace() and not is_log(line)


def rows(*branches: str) -> re.Pattern[str]:
    """One pattern of all branches (verbose, each to the end of its line), and after them any other line as `rest`.

    Each branch ends in an empty named group, or has one group only: `match.lastgroup` then tells which it was.
    """
    joined = "|".join(f"(?:{branch})[ \\t]*+$" for branch in branches)
    return late(rf"^(?:{joined}|(?P<rest>[^\n]*\S[^\n]*))", re.VERBOSE | re.MULTILINE)
