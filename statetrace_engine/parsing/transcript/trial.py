"""Pure. Whose answers they are where no banner and no prompt says so: theirs whose parsers understand them.

A collector's files and short sessions hold one command, and `show interfaces status` is typed alike at four vendors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Ask
from statetrace_engine.parsing.transcript import commands, voting

_SURE = 6
"""So many votes are a vendor's own words: nothing needs to be tried."""
_SAMPLE = 1 << 14
_ANSWERS = 4


def reader(answers: Iterable[tuple[str, str]], votes: Mapping[str, int]) -> str:
    """The vendor that leaves fewest lines of (what was typed, output), by votes and then by rows where several do.

    Of the beginnings of the first answers. Empty where votes are sure, and where nobody understands half of them.
    """
    if max(votes.values(), default=0) >= _SURE:
        return ""
    lines, left, rows = 0, dict.fromkeys(shows.SHOWS, 0), dict.fromkeys(shows.SHOWS, 0)
    for length, read in islice(filter(lambda each: each[1], map(_read, answers)), _ANSWERS):
        lines += length
        for vendor in left:
            unread, made = read.get(vendor, (length, 0))
            left[vendor] += unread
            rows[vendor] += made
    tried = [vendor for vendor in left if rows[vendor] and 2 * left[vendor] <= lines]
    return min(tried, key=lambda name: (left[name], -votes.get(name, 0), -rows[name], voting.rank(name)), default="")


def _read(answer: tuple[str, str]) -> tuple[int, dict[str, tuple[int, int]]]:
    """How many lines were tried, and how many each vendor that knows the command left, and made rows of."""
    typed, text = answer
    sample = _beginning(text)
    length = sum(1 for line in sample.splitlines() if line.strip())
    return length, dict(_attempts(typed, sample, is_cut=len(sample) < len(text))) if typed and length else {}


def _attempts(typed: str, sample: str, *, is_cut: bool) -> Iterator[tuple[str, tuple[int, int]]]:
    for vendor in shows.SHOWS:
        meant = commands.understood(typed, vendor)
        show = commands.known(meant, vendor) if meant.text else None
        if show is None or show.parse is None or show.kind in (Kind.CONFIG, Kind.LOG):
            continue  # every line of a configuration or a log is understood by everybody
        shown = show.parse(sample, Ask(meant.text, vendor, is_cut))
        yield vendor, (len(shown.unparsed), len(shown.rows))


def _beginning(text: str) -> str:
    """Whole lines."""
    return text if len(text) <= _SAMPLE else text[: text.rfind("\n", 0, _SAMPLE) + 1]
