r"""Pure. Whether an answer was left before its end, though a prompt of the same device follows it.

    O        10.2.0.0/16 [110/20] via 10.1.1.2
     --More-- \b\b\b\b…R1#

A pager asks only while there is more, so a prompt right behind it stands where someone typed `q`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from statetrace_engine.parsing.shown import Span
from statetrace_engine.parsing.transcript.offsets import Offsets

_PAGER = re.compile(rb"-{2,4} ?\(?[Mm](?:ore|ORE)(?! 100%)|lines \d+-\d+(?![^\n]{0,20}\(END\))|\n:[ ]?[\x1b\r\x08]")
"""JunOS asks once more at the very end, and `less` says so."""
_TAIL = 400
_TYPED = ("^C", "\nq", "\nQ")
_ABORTED = "^C"


def is_left(text: str, start: int, end: int, raw: bytes, offsets: Offsets) -> bool:
    """Whether between the last that is seen of an answer (characters of the clean text) and the prompt that closes it
    stands a pager or `^C`."""
    begin = max(start, end - _TAIL)
    seen = text[begin:end].rstrip()
    if seen.endswith(_ABORTED):
        return True
    if seen.endswith(_TYPED):
        seen = seen[:-1].rstrip()
    newline = text.find("\n", end)
    first = offsets.original(max(begin + len(seen) - 1, 0))
    last = offsets.original(newline) if newline >= 0 else len(raw)
    return _PAGER.search(raw[first : min(last, first + 4 * _TAIL)].replace(b"\0", b"")) is not None


def says_nothing(text: str, start: int, end: int, unparsed: Iterable[Span]) -> bool:
    """Whether all of an answer is lines that nobody understood: `% Authorization failed.` is no empty table."""
    at = start
    for first, last in unparsed:
        if text[at:first].strip():
            return False
        at = last
    return not text[at:end].strip()
