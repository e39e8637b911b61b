"""Pure. Who changed a configuration between two captures: whom the newer names and the older does not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import ConfigAuthor
from statetrace_engine.parsing.authors import NAMELESS_S, is_same


def between(
    before: Sequence[ConfigAuthor], after: Sequence[ConfigAuthor], since: Epoch | None = None
) -> tuple[ConfigAuthor, ...]:
    """In the order of `after`. `since`: when the older capture was taken, by the device's own clock; None: not known.

    Nobody whom the older capture shows too is among them, and nobody from before it. Who did something at a time that
    cannot be told is, where the older does not show the same.
    """
    timed = sorted((each for each in before if each.at is not None), key=_time)
    times = [_time(each) for each in timed]
    timeless = [each for each in before if each.at is None]

    def is_known(author: ConfigAuthor) -> bool:
        if author.at is None:
            return any(is_same(author, each) for each in timeless)
        if since is not None and author.at <= since:
            return True
        near = timed[bisect_left(times, author.at - NAMELESS_S) : bisect_left(times, author.at + NAMELESS_S + 1)]
        return any(is_same(author, each) for each in near)

    return tuple(each for each in after if not is_known(each))


def _time(author: ConfigAuthor) -> Epoch:
    return author.at or 0.0
