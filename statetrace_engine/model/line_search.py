"""Pure. The next line of a text with some words in it, either way round."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def next_line(text: str, starts: Sequence[int], line: int, words: str, *, is_back: bool) -> int:
    """The next line after (before) `line` with these words, in any case, else the first from the other end; 0: none.

    `starts` are the characters at which lines begin; lines count from 1.
    """
    here, after = _ends(text, starts, line)
    wanted = re.compile(re.escape(words), re.IGNORECASE)
    if is_back:
        found = _last(wanted, text, 0, here)
        found = _last(wanted, text, here, len(text)) if found < 0 else found
    else:
        found = _first(wanted, text, after)
        found = _first(wanted, text, 0) if found < 0 else found
    return bisect_right(starts, found) if found >= 0 else 0


def next_marked(text: str, starts: Sequence[int], marks: Sequence[int], line: int, *, is_back: bool) -> int:
    """The same for lines that have one of the sorted `marks`, characters of the text, in them."""
    if not marks:
        return 0
    here, after = _ends(text, starts, line)
    at = bisect_left(marks, here) - 1 if is_back else bisect_left(marks, after) % len(marks)
    return bisect_right(starts, marks[at])


def _ends(text: str, starts: Sequence[int], line: int) -> tuple[int, int]:
    """Where a line begins, and where the next one does."""
    if not starts:
        return 0, len(text)
    index = min(max(line, 1), len(starts)) - 1
    return starts[index], starts[index + 1] if index + 1 < len(starts) else len(text)


def _first(wanted: re.Pattern[str], text: str, start: int) -> int:
    found = wanted.search(text, start)
    return found.start() if found is not None else -1


def _last(wanted: re.Pattern[str], text: str, start: int, end: int) -> int:
    last = -1
    for found in wanted.finditer(text, start, end):
        last = found.start()
    return last
