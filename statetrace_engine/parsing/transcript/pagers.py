"""Pure. Every vendor's pager: ` --More-- `, `<--- More --->`, `---(more 45%)---`, `-- MORE --, next page: Space, …`,
`lines 1-23`, `:`."""

from __future__ import annotations

import re

from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.transcript.offsets import Edit

_SIGNS = ("More", "MORE", "more", "\nlines ", "(END)", "\n:")
_PAGER = late(
    r"""^[ \t]*(?:
      -{2,4}[ ]?[Mm](?:ore|ORE)[ ]?-{2,4}
        (?:,?[ ]next[ ]page:[ ]?Space,?[ ]next[ ]line:[ ](?:Return[ ]key|Enter),?[ ]quit:[ ](?:Control-[cC]|[qQ]))?
        (?:[ ]?\([^)\n]{1,20}\)(?:[ ]\w+(?:[ ]\([^)\n]{1,8}\)[ ]\w+){0,4})?)?
    | <-{2,4}[ ]?[Mm]ore[ ]?-{2,4}>
    | -{2,4}\([Mm]ore(?:[ ]\d{1,3}%)?\)-{2,4}
    | (?:lines[ ]\d+-\d+(?:/\d+)?(?:[ ]\d{1,3}%)?(?:[ ]\(END\))?|\(END\)|:)(?=[ \t]*$)
    )""",
    re.MULTILINE | re.VERBOSE,
)
_ERASED = late(r" {8,10}|[ \t]?")
"""Blanks that wiped it, from logs that leave out the backspaces."""


def markers(text: str) -> list[Edit]:
    """The edits that take out pager markers, and with those that stand alone their lines."""
    if not text.startswith((":", "lines ")) and not any(sign in text for sign in _SIGNS):
        return []
    edits: list[Edit] = []
    for found in _PAGER.finditer(text):
        newline = text.find("\n", found.end())
        rest_end = len(text) if newline < 0 else newline
        if not text[found.end() : rest_end].strip():
            edits.append((found.start(), min(rest_end + 1, len(text)), ""))
        elif wiped := _ERASED.match(text, found.end()):
            edits.append((found.start(), wiped.end(), ""))
    return edits
