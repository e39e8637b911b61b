"""Pure. Whose answer it is where no banner and no prompt says so: the vendor whose parser understands it has it.

A collector's files hold one command each, and `show interfaces status` is typed alike at four vendors.
"""

from __future__ import annotations

from collections.abc import Mapping

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Ask
from statetrace_engine.parsing.transcript import commands, voting

_SURE = 6
"""So many votes are a vendor's own words: nothing needs to be tried."""
_SAMPLE = 1 << 14


def reader(text: str, typed: str, votes: Mapping[str, int]) -> str:
    """The vendor that leaves fewest lines of the beginning, by votes and then by rows where several do.

    Empty where votes are sure, and where nobody understands half of it.
    """
    if not typed or max(votes.values(), default=0) >= _SURE:
        return ""
    sample = _beginning(text)
    most = sum(1 for line in sample.splitlines() if line.strip()) // 2
    tried = []
    for vendor in shows.SHOWS:
        meant = commands.understood(typed, vendor)
        show = commands.known(meant, vendor) if meant.text else None
        if show is None or show.parse is None or show.kind in (Kind.CONFIG, Kind.LOG):
            continue  # every line of a configuration or a log is understood by everybody
        shown = show.parse(sample, Ask(meant.text, vendor, len(sample) < len(text)))
        if shown.rows and len(shown.unparsed) <= most:
            tried.append((len(shown.unparsed), -votes.get(vendor, 0), -len(shown.rows), voting.rank(vendor), vendor))
    return min(tried)[-1] if tried else ""


def _beginning(text: str) -> str:
    """Whole lines."""
    return text if len(text) <= _SAMPLE else text[: text.rfind("\n", 0, _SAMPLE) + 1]
