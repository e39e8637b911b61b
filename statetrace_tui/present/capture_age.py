"""Pure. How old a capture is: SPEC 9's colours, each with a glyph and a word that say the same."""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_tui.present.text import Line, dur

DAY_S = 86400.0


class Freshness(NamedTuple):
    """SPEC 9: a colour, and a glyph and a word that say the same."""

    glyph: str
    word: str
    role: str


_AGES = (
    (DAY_S, Freshness("o", "fresh", "ok")),
    (2 * DAY_S, Freshness("~", "late", "warn")),
    (7 * DAY_S, Freshness("!", "old", "major")),
)
_STALE = Freshness("X", "stale", "crit")
_NONE = Freshness("?", "none", "unk")


def freshness(captured_at: Epoch | None, now: Epoch) -> Freshness:
    """Green to 24 h, yellow to 48 h, orange to 7 days, red beyond; grey without a capture."""
    if captured_at is None:
        return _NONE
    return next((found for limit, found in _AGES if now - captured_at < limit), _STALE)


def cell(captured_at: Epoch | None, now: Epoch) -> tuple[str, str]:
    """`o 3h05m fresh` and its role."""
    found = freshness(captured_at, now)
    age = dur(now - captured_at) if captured_at is not None else "-"
    return f"{found.glyph} {age:>6} {found.word:<5}", found.role


def legend() -> list[Line]:
    """What the glyphs mean."""
    spans: Line = []
    for found, words in zip(
        (*(f for _, f in _AGES), _STALE), ("under a day", "2 days", "7 days", "older"), strict=True
    ):
        spans += [(found.glyph, found.role), (f" {found.word}: {words}   ", "")]
    return [spans]


def role_of(word: str) -> str:
    """The colour of `fresh`, `late`, `old`, `stale`, `none`."""
    return next((found.role for found in (*(f for _, f in _AGES), _STALE) if found.word == word), _NONE.role)
