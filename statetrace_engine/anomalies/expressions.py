"""Pure. A user's expression, compiled where that is safe: what compiles it cannot be interrupted, and makes as much of
`(?:(?:(?:ab){50}){50}){50}` as if all of it stood there.

What searches by it has a timeout (`matching`), which is looked at between its steps; how long one takes grows with what
was compiled. So both are bounded by the weight that an expression may have.
"""

from __future__ import annotations

import re
from typing import Any  # regex carries no types

import regex

HEAVIEST = 10_000
"""Twenty times the heaviest that is shipped."""
_TOKEN = re.compile(
    r"(?P<count>\{(?P<least>\d*)(?:,\d*)?\})|(?P<open>\()|(?P<close>\))|(?P<again>[?*+|])|(?P<blank>\s)"
    r"|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.",
    re.DOTALL,
)
_DIGITS = 6
"""A number with more is as good as any that is too large."""


def compiled(pattern: str) -> Any:
    """None for an empty one. Raises ValueError for what is no expression, or one that no computer should meet."""
    if not pattern:
        return None
    if weight(pattern) > HEAVIEST:
        raise ValueError(f"it repeats too much: written out it has more than {HEAVIEST:,} parts")
    try:
        return regex.compile(pattern, regex.IGNORECASE)
    except regex.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    except RecursionError:
        raise ValueError("no regular expression: it is nested too deep") from None


def weight(pattern: str) -> int:
    """How many parts an expression has, each as often as it is repeated at least; a little more than less."""
    groups, last = [0], 0
    for token in _TOKEN.finditer(pattern):
        kind = token.lastgroup
        if kind == "count":
            least = token["least"]
            times = 10**_DIGITS if len(least) > _DIGITS else max(int(least or 0), 1)
            groups[-1] += last * (times - 1)
            last *= times
        elif kind == "open":
            groups.append(1)
        elif kind == "close" and len(groups) > 1:
            last = groups.pop()
            groups[-1] += last
        elif kind == "blank":
            groups[-1] += 1  # it may mean nothing: what is repeated stands before it
        elif kind != "again":
            groups[-1] += 1
            last = 1
    return sum(groups)
