"""Pure. Ages as devices print them: `00:12:34`, `1d02h`, `2w3d`, `1y3w`, `2d23h48m`, `3 days, 4 hours`, to seconds."""

from __future__ import annotations

import re
from functools import lru_cache

from statetrace_engine.parsing.patterns import late

_AGE = late(
    r"""\s*+
    (?:(\d{1,9}+)\s?+y(?:ea)?r?s?[,\s]*+)?
    (?:(\d{1,9}+)\s?+w(?:ee)?k?s?[,\s]*+)?
    (?:(\d{1,9}+)\s?+d(?:ays?)?[,\s]*+)?
    (?:
        (?:(\d{1,9}+)\s?+h(?:ou)?r?s?[,\s]*+)?
        (?:(\d{1,9}+)\s?+m(?:in(?:ute)?s?)?[,\s]*+)?
        (?:(\d{1,9}+)(?:\.\d{1,9}+)?\s?+s(?:ec(?:ond)?s?)?[,\s]*+)?
      | (?:(\d{1,9}+):)?(\d{1,9}+):(\d{1,2}+)(?:\.\d{1,9}+)?\s*+
      | (\d{1,9}+)(?:\.\d{1,9}+)?\s*+
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_YEAR, _WEEK, _DAY, _HOUR = 31_536_000, 604_800, 86_400, 3_600
_SCALE = (_YEAR, _WEEK, _DAY, _HOUR, 60, 1, _HOUR, 60, 1, 1)


@lru_cache(maxsize=4096)
def seconds(text: str) -> int | None:
    """The age in whole seconds (a year has 365 days, a bare number is seconds); None: `never`, or no age at all.

    >>> seconds("1d02h"), seconds("2w3d"), seconds("00:12:34"), seconds("never")
    (93600, 1468800, 754, None)
    """
    found = _AGE.fullmatch(text)
    if not found or found.lastindex is None:
        return None
    return sum(int(number) * scale for number, scale in zip(found.groups(), _SCALE, strict=True) if number)
