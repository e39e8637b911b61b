"""Pure. The time that a terminal program put before every line: `[2026-11-23 14:03:27.104] R1#show version`.

By majority, and only where a prompt stands behind it: a device's own log has times before its lines too.
"""

from __future__ import annotations

import re

from statetrace_engine.parsing.transcript import prompts
from statetrace_engine.parsing.transcript.offsets import Edit

_STAMP = re.compile(
    r"(?:\[|<)?(?:\d{4}[-./]\d\d[-./]\d\d[ T]|\d\d[-./]\d\d[-./]\d{4} |\w{3} \w{3} +\d{1,2} |\w{3} +\d{1,2} )?"
    r"\d\d:\d\d:\d\d(?:[.,:]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?(?: \d{4})?(?:\]|>)?(?:: |[ \t]|(?=\n)|$)"
)
_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 1 << 16
_LINE = re.compile(r"[^\n]+")


def prefixes(text: str) -> list[Edit]:
    """The edits that take the times away; none where fewer than nine lines in ten have one."""
    head = [line for line in text[:_SAMPLE_CHARACTERS].split("\n")[:_SAMPLE_LINES] if line]
    stamped = [line[found.end() :] for line in head if (found := _STAMP.match(line))]
    if len(stamped) < 2 or len(stamped) * 10 < len(head) * 9:
        return []
    if not any(prompts.is_prompt(line) for line in stamped):
        return []
    starts = (line.start() for line in _LINE.finditer(text))
    return [(start, found.end(), "") for start in starts if (found := _STAMP.match(text, start))]
