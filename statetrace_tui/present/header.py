"""Pure. The first line, and the banners that say the glass cannot be trusted."""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.status import Banner
from statetrace_tui.present.book import Book
from statetrace_tui.present.hours import Zone, clock_there, minute, minute_there, utc
from statetrace_tui.present.keys import PLACES
from statetrace_tui.present.text import Line, cells, count, dur, fit, size, spread

TABS = tuple((place, place.capitalize()) for place in PLACES)
SILENT_AFTER_S = 3.0
_COUNTS = (
    ("X", "crit", HealthState.DOWN, "down"),
    ("!", "major", HealthState.DEGRADED, "degraded"),
    ("?", "unk", HealthState.UNKNOWN, "unknown"),
)
_TITLES = {
    "isolated": "LOCAL ISOLATION",
    "silent": "ENGINE SILENT",
    "data": "DATA FOLDER",
    "store": "STORE",
    "journal": "JOURNAL",
    "config": "CONFIGURATION",
    "behind": "BEHIND",
    "source": "SOURCE",
    "rules": "RULES",
    "runbooks": "RUNBOOKS",
    "console": "CONSOLE",
}


_GAP = 4
"""Cells before and behind the label, the edge of the line included."""
_SHORTEST = 8
"""A label that is cut shorter than this says nothing."""
READ_ONLY = "read-only: nothing was done"


class Facts(NamedTuple):
    """What the header and the banners are made of, beside the book."""

    now: Epoch
    silent_s: float = 0.0
    queued: int = 0
    """Acknowledgements that wait for the engine."""
    quiet_since: Epoch | None = None
    """Nothing is wrong since then; the clock stands still so that not a byte is sent."""
    label: str = ""
    is_read_only: bool = False
    zone: Zone = utc
    tab_keys: tuple[str, ...] = ("1", "2", "3", "4", "5", "6", "7")
    """Of `TABS`; empty where there is none."""
    changed: int = 0
    """Routes that changed while the operator was away .."""
    away_from: Epoch | None = None
    """.. since then."""

    @property
    def is_silent(self) -> bool:
        return self.silent_s > SILENT_AFTER_S

    @property
    def hindrance(self) -> str:
        """Why what cannot wait is not done now; empty when it is."""
        if self.is_read_only:
            return READ_ONLY
        return "the engine is silent: nothing was done" if self.is_silent else ""


def is_was(book: Book, facts: Facts) -> bool:
    """Nothing below is being measured, or nothing arrives."""
    return facts.is_silent or bool(book.status and book.status.is_isolated)


_LEAST = ("dim", "ok", "accent!")
"""Healthy routes, recoveries, what changed while the operator was away: what goes where there is no room."""
_FORMS = ((True, True), (False, True), (True, False))
"""(counts have words, all tabs are there): on a wide screen the first that has room."""


def header_line(book: Book, facts: Facts, place: str, width: int, title: str = "") -> Line:
    """Name, tabs, what is new, counts by state, and the time; `title` names a place that has no tab."""
    left, right = _tabs(book, facts, place, title, False), _right(book, facts, False, False)
    for has_words, has_tabs in _FORMS if width >= 120 else ():
        left, right = _tabs(book, facts, place, title, has_tabs), _right(book, facts, has_words, has_tabs)
        if size(left) + size(right) + 2 <= width:
            break
    if facts.is_read_only:
        left += [("   ", ""), ("read-only", "dim")]
    room = width - size(left) - size(right) - 2 * _GAP
    if facts.label and room >= min(cells(facts.label), _SHORTEST):
        left += [("   ", ""), (fit(facts.label, min(cells(facts.label), room)), "dim")]
    return spread(left, _without_least(right, width - size(left) - 2), width)


def _without_least(parts: Line, room: int) -> Line:
    """What is worth least goes first, so that the operator reads where they are."""
    for role in _LEAST:
        if size(parts) > room:
            parts = [part for part in parts if part[1] != role]
    return parts


def _tabs(book: Book, facts: Facts, place: str, title: str, is_wide: bool) -> Line:
    """All of them, that of Cards with how many are open; else only where the operator is."""
    left: Line = [("StateTrace  ", "strong")]
    for key, (name, word) in zip(facts.tab_keys, TABS, strict=True):
        if is_wide or name == place:
            left += [(f" {key} " if is_wide else "", "dim"), (word, "accent!" if name == place else "dim"), (" ", "")]
            left += [(f"{number} ", role) for number, role in _cards(book) if is_wide and name == "cards"]
    if title and place not in dict(TABS):
        left += [("  " if is_wide else "", ""), (title, "accent!")]
    return left


def _right(book: Book, facts: Facts, is_wide: bool, has_tabs: bool) -> Line:
    time: Line = [(clock_there(facts.now, facts.zone), "strong")]
    if facts.is_silent:
        return [(f"engine silent {dur(facts.silent_s)}   ", "unk"), *time]
    out: Line = []
    if book.status and book.status.is_isolated:
        out = [(f"? {count(book.states[HealthState.UNKNOWN], 'unknown', 'unknown')}   isolated   ", "unk")]
        return [*out, *time]
    if facts.away_from is not None:
        since = minute(facts.away_from, facts.zone)
        out += [(f"{facts.changed:,} since {since}   ", "accent!")]
    if book.new:
        out += [(f" {len(book.new):,} new ", "crit*"), ("   ", "")]
    for glyph, role, state, word in _COUNTS:
        number = book.states[state]
        if number:
            out += [(f"{glyph} {number:,}{' ' + word if is_wide else ''}   ", role)]
    if not has_tabs:
        out += cards_words(book)
    if book.latched:
        out += [(f"+ {len(book.latched):,}{' unseen' if is_wide else ''}   ", "ok")]
    if facts.quiet_since is not None:
        quiet = f"quiet since {minute_there(facts.quiet_since, facts.zone)}"
        return [
            *out,
            (f"o {count(book.states[HealthState.HEALTHY], 'healthy', 'healthy')}   ", "dim"),
            (quiet, "strong"),
        ]
    return out + time


_CARD_ROLES = (("critical", "crit"), ("major", "major"), ("warning", "warn"), ("info", "accent"))


def _cards(book: Book) -> Line:
    """How many anomaly cards are open, in the colour of the worst; nothing without any."""
    counts = book.status.cards if book.status is not None else None
    if counts is None or not counts.shown:
        return []
    role = next(role for name, role in _CARD_ROLES if getattr(counts, name))
    return [(f"{counts.shown:,}", role)]


def cards_words(book: Book) -> Line:
    """`5 cards`; nothing when none is open."""
    return [(f"{number} card{'' if number == '1' else 's'}   ", role) for number, role in _cards(book)]


TAIL = "\t"
"""What stands behind it in a caption is kept whole at the right end."""


def _caption(caption: str, width: int) -> Line:
    text, _, tail = caption.partition(TAIL)
    if not tail:
        return [(fit(f"  {text}", width), "@over strong")]
    room = max(width - cells(tail) - 3, 0)
    return [(f"{fit(f'  {text}', room)}  {tail} "[:width], "@over strong")]


def banner_lines(book: Book, facts: Facts, caption: str, width: int) -> list[Line]:
    """No line when all is well; two for what makes the data old, one for each other matter, one for a caption."""
    lines: list[Line] = []
    status = book.status
    if facts.is_silent:
        lines += _silent(book, facts, width)
    elif status and status.is_isolated:
        lines += _isolated(book, facts, width)
    for banner in status.banners if status else ():
        if banner.kind != "isolated":
            lines.append(_one_line(banner, width))
    if caption:
        lines.append(_caption(caption, width))
    return lines


def _silent(book: Book, facts: Facts, width: int) -> list[Line]:
    pid = f"pid {book.status.pid}" if book.status else "the engine"
    since = clock_there(facts.now - facts.silent_s, facts.zone)
    queued = "What you do waits here and is sent on its return"
    queued += f": {facts.queued}." if facts.queued else "."
    return _two(
        f"ENGINE SILENT  {dur(facts.silent_s)}",
        f"{pid} has not answered since {since}. What follows is old."
        if width >= 100
        else f"No answer since {since}. All this is old.",
        queued if width >= 100 else _waits(facts),
        width,
    )


def _isolated(book: Book, facts: Facts, width: int) -> list[Line]:
    banner = next((b for b in book.status.banners if b.kind == "isolated"), None) if book.status else None
    since = banner.since_at if banner else facts.now
    unknown = f"{book.states[HealthState.UNKNOWN]:,} UNKNOWN"
    text = banner.text if banner else "This host has lost its gateway."
    as_of = f"As of {clock_there(since, facts.zone)}"
    return _two(
        f"LOCAL ISOLATION  {dur(facts.now - since)}",
        text,
        f"{as_of}{' nothing is measured' if width >= 100 else ''}. {unknown}, no outage opened. {_waits(facts)}",
        width,
    )


def _waits(facts: Facts) -> str:
    return f"{count(facts.queued, 'action waits', 'actions wait')} here." if facts.queued else ""


def _two(title: str, first: str, second: str, width: int) -> list[Line]:
    side = min(26 if width < 120 else 30, width)
    return [
        [(fit(f"   ? {title}", side), "unk*"), (fit(f"  {first}", width - side), "@over strong")],
        [(" " * side, "unk*"), (fit(f"  {second}", width - side), "@over text")],
    ]


def _one_line(banner: Banner, width: int) -> Line:
    title = _TITLES.get(banner.kind, banner.kind.upper())
    head = f"   ! {title} "
    return [(head, "major*"), (fit(f"  {banner.text}", width - len(head)), "@over text")]
