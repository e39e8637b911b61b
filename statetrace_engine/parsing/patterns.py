"""Pure. Patterns compiled when they are first used: all vendors' together take half a second, a run needs a few."""

from __future__ import annotations

import re
from typing import AnyStr, Generic, cast


class _Late(Generic[AnyStr]):
    """Stands for a pattern; what was once asked of it is at hand as in the pattern itself."""

    def __init__(self, pattern: AnyStr, flags: int) -> None:
        self._source: tuple[AnyStr, int] = pattern, flags
        self._compiled: re.Pattern[AnyStr] | None = None

    def __getattr__(self, name: str) -> object:
        if self._compiled is None:
            self._compiled = re.compile(*self._source)
        found = getattr(self._compiled, name)
        self.__dict__[name] = found
        return found


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, later: a wrong pattern raises where it is first used. Not for `re`'s own functions."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, int(flags)))
