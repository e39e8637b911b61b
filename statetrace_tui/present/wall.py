"""Pure. The wall: four numbers to be read from four metres, below them what is wrong, worst first.

When nothing is wrong it says so, since when, and what it hears; nothing on it moves then, so that not a byte is sent.
"""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, Overlay, Severity
from statetrace_engine.model.status import SourceStatus
from statetrace_tui.present import big_digits, hours, wall_item
from statetrace_tui.present.book import Book, is_open
from statetrace_tui.present.header import Facts, banner_lines, cards_words, is_was
from statetrace_tui.present.text import Line, Span, count, cut, dur, fit, size, spread
from statetrace_tui.present.wall_item import ROOMY, Item

DAY_S = 86400.0
_PAD = 2


class Wall(NamedTuple):
    """What is on the glass, and of which items."""

    lines: list[Line]
    shown: tuple[Item, ...]


class Gaze(NamedTuple):
    """Where the operator stands: the item under the cursor and the first one shown; none on an unattended wall."""

    cursor: str = ""
    top: int = 0
    has_bell: bool = False


UNATTENDED = Gaze()


def paint(
    book: Book, found: list[Item], facts: Facts, caption: str, width: int, height: int, gaze: Gaze = UNATTENDED
) -> Wall:
    """The whole screen: `height` lines of `width` cells; `found` as `wall_item.items` gives them."""
    was = is_was(book, facts)
    shown: tuple[Item, ...] = ()
    top = [_title(book, facts, width, gaze), *banner_lines(book, facts, caption, width)]
    if not found and not was and book.rows:
        body = _all_healthy(book, facts, width, height - len(top))
    elif not book.rows:
        body = _nothing_watched(width, height - len(top))
    else:
        body, shown = _troubles(book, facts, found, width, height - len(top), gaze)
    return Wall([_exact(line, width) for line in [*top, *body]][:height], shown)


def _exact(line: Line, width: int) -> Line:
    line = cut(line, width)
    return [*line, (" " * (width - size(line)), "")]


def _title(book: Book, facts: Facts, width: int, gaze: Gaze) -> Line:
    words = [word for word in (facts.label, "watch", "read-only" if facts.is_read_only else "") if word]
    left: Line = [("StateTrace", "dim"), *[(f"   {word}", "dim") for word in words]]
    right: Line = [*cards_words(book), *([("bell   ", "dim")] if gaze.has_bell else [])]
    if facts.quiet_since is None:
        right.append((hours.clock_there(facts.now, facts.zone), "strong"))
    else:
        right += [("quiet since ", "dim"), (_moment(facts.quiet_since, facts), "strong")]
    return spread(left, right, width, _PAD)


_COUNTED = (
    (HealthState.DOWN, "crit"),
    (HealthState.DEGRADED, "major"),
    (HealthState.UNKNOWN, "unk"),
    (HealthState.HEALTHY, "quiet"),
)


def _numbers(book: Book, found: list[Item], width: int, height: int, was: bool) -> list[Line]:
    """The counts in big digits over their words and what to know of each."""
    counted = [each for each in _COUNTED if width >= ROOMY or each[0] is not HealthState.HEALTHY]
    column = (width - 2 * _PAD - 2) // len(counted)
    numbers = [book.states[state] for state, _ in counted]
    scale = big_digits.scale_for(numbers, column - 2, max(height // 4, 0))
    pad: Span = (" " * (_PAD + 1), "")
    roles = [_number_role(role, number, was) for (_, role), number in zip(counted, numbers, strict=True)]
    lines: list[Line] = []
    if scale:
        pixels = [big_digits.rows(number, scale) for number in numbers]
        lines += [
            [pad, *[(fit(row, column), role) for row, role in zip(rows, roles, strict=True)]]
            for rows in zip(*pixels, strict=True)
        ]
        lines.append([])
    notes = _notes(book, found)
    words = [
        state.value if scale else f"{number:,} {state.value}"
        for (state, _), number in zip(counted, numbers, strict=True)
    ]
    lines.append([pad, *[(fit(word, column), _word_role(role)) for word, role in zip(words, roles, strict=True)]])
    lines.append([pad, *[_note(notes.get(state, ("", "dim")), column, was) for state, _ in counted]])
    return lines


def _number_role(role: str, number: int, was: bool) -> str:
    """Nothing has no colour; on a wall that is not measured only ignorance has."""
    if not number or (was and role != "unk"):
        return "quiet"
    return role


def _word_role(role: str) -> str:
    return "dim" if role == "quiet" else role


def _note(note: Span, column: int, was: bool) -> Span:
    return (fit(note[0], column), "dim" if was else note[1])


def _notes(book: Book, found: list[Item]) -> dict[HealthState, Span]:
    new: dict[HealthState, int] = {}
    for route_id in book.new:
        state = book.rows[route_id].state
        new[state] = new.get(state, 0) + 1
    notes: dict[HealthState, Span] = {s: (f"{n:,} not acknowledged", "strong") for s, n in new.items()}
    for state in (HealthState.DOWN, HealthState.DEGRADED):
        if book.states[state] and state not in notes:
            notes[state] = ("in hand", "dim")
    unknown = [row for item in found for row in item.rows if row.state is HealthState.UNKNOWN]
    unprobed = sum(bool(row.overlays & Overlay.UNPROBED) for row in unknown)
    parts = [f"{n:,} {word}" for n, word in ((len(unknown) - unprobed, "stale"), (unprobed, "unprobed")) if n]
    notes[HealthState.UNKNOWN] = (", ".join(parts), "dim")
    recovering = book.states[HealthState.RECOVERED]
    if book.latched:
        notes[HealthState.HEALTHY] = (f"{len(book.latched):,} recovered, not seen", "ok")
    elif recovering:
        notes[HealthState.HEALTHY] = (f"{recovering:,} recovering", "ok")
    return notes


def _troubles(
    book: Book, facts: Facts, found: list[Item], width: int, height: int, gaze: Gaze
) -> tuple[list[Line], tuple[Item, ...]]:
    was = is_was(book, facts)
    head = [[], *_numbers(book, found, width, height, was), []]
    if was:
        head.append([(" " * 5, ""), ("WAS", "dim")])
    per = 3 if height >= 34 and len(head) + 3 * min(len(found), 6) < height else 1
    if per == 3:
        head.append([])
    room = max((height - len(head) - 1 - (per == 1)) // per, 1)
    top = max(0, min(gaze.top, len(found) - room))
    shown = tuple(found[top : top + room])
    lines: list[Line] = [*head]
    for item in shown:
        is_here = item.key == gaze.cursor
        lines += wall_item.lines(item, width, min(per, 2), facts.now, facts.zone, is_here=is_here, is_was=was)
        lines += [[]] if per == 3 else []
    lines += [[] for _ in range(height - 1 - len(lines))]
    return [*lines[: height - 1], _foot(book, facts, found, top, room, width)], shown


def _foot(book: Book, facts: Facts, found: list[Item], top: int, room: int, width: int) -> Line:
    healthy = book.states[HealthState.HEALTHY] - len(book.latched)
    below = max(len(found) - top - room, 0)
    left: Line = [(f"o {healthy:,} healthy" if healthy > 0 else "", "dim")]
    left += [(f"   {below:,} more below", "text")] if below else []
    at = book.status.last_change_at if book.status else None
    right: Line = [("last change ", "dim"), (dur(facts.now - at), ""), (" ago", "dim")] if at is not None else []
    return spread(left, right, width, _PAD)


def _nothing_watched(width: int, height: int) -> list[Line]:
    lines: list[Line] = [[] for _ in range(max(height // 3, 0))]
    return [*lines, _middle([("no routes are watched yet", "dim")], width)]


def _middle(line: Line, width: int) -> Line:
    return [(" " * max((width - size(line)) // 2, 0), ""), *line]


def _all_healthy(book: Book, facts: Facts, width: int, height: int) -> list[Line]:
    """How many, since when, what is heard, and the last 24 hours as a strip."""
    number = book.states[HealthState.HEALTHY]
    scale = big_digits.scale_for([number], width - 8, max((height - 10) // 2, 0))
    block: list[Line] = []
    if scale:
        block += [_middle([(row, "dim")], width) for row in big_digits.rows(number, scale)]
        block.append([])
    word = "ALL HEALTHY" if scale else f"{number:,} ALL HEALTHY"
    block += [_middle([(word, "ok")], width), _middle(_reach(book), width), []]
    block += _facts(book, facts, width)
    strip = _day(book, facts, width) if height >= len(block) + 6 else []
    if strip:
        block += [[], *strip]
    above = max((height - len(block)) // 2 - 1, 1)
    return [*([] for _ in range(above)), *block][:height]


def _reach(book: Book) -> Line:
    devices = book.status.devices if book.status else 0
    return [(count(len(book.rows), "route") + (f" on {count(devices, 'device')}" if devices else ""), "")]


def _facts(book: Book, facts: Facts, width: int) -> list[Line]:
    """Times of day and no ages: nothing here moves while nothing happens."""
    status = book.status
    rows: list[tuple[str, str]] = []
    if status and status.last_change_at is not None:
        rows.append(("last change", _moment(status.last_change_at, facts)))
    if status:
        heard = [_source(source) for source in status.sources]
        rows.append(("hearing", "   ".join(heard) or "no source is running"))
    day = [outage for outage in book.outages.values() if facts.now - outage.detected_at < DAY_S]
    rows.append(
        ("last 24 h", _day_words(len(day), max((_length(o.occurred_at, o.resolved_at) for o in day), default=0.0)))
    )
    room = min(max((len(text) for _, text in rows), default=0), width - 20)
    left = max((width - room - 14) // 2, 2)
    return [[(" " * left, ""), (fit(name, 12) + "  ", "dim"), (fit(text, room), "")] for name, text in rows]


def _moment(at: Epoch, facts: Facts) -> str:
    days = hours.days_ago(at, facts.now, facts.zone)
    day = "" if days < 1 else " yesterday" if days == 1 else f", {days} days ago"
    return hours.minute_there(at, facts.zone) + day


def _source(source: SourceStatus) -> str:
    if source.state != "running":
        return f"{source.name} {source.state.upper()}"
    return source.name if source.last_at is not None else f"{source.name} (nothing yet)"


def _length(start: Epoch, end: Epoch | None) -> float:
    return max((end if end is not None else start) - start, 0.0)


def _day_words(outages: int, longest_s: float) -> str:
    return "no outage" if not outages else f"{count(outages, 'outage')}, the longest {dur(longest_s)}"


NARROWEST = 12
"""Cells of a day: on fewer its hours have no names."""


def _day(book: Book, facts: Facts, width: int) -> list[Line]:
    """The last 24 hours, a glyph where an outage began and lasted; it moves on once in a cell's time."""
    cells = min(width - 8, 96)
    if cells < NARROWEST:
        return []
    cell_s, now = DAY_S / cells, facts.now
    end = (int(now / cell_s) + 1) * cell_s
    marks: list[Span] = [("─", "faint")] * cells
    for outage in sorted(book.outages.values(), key=lambda outage: -list(Severity).index(outage.worst)):
        first = int((outage.occurred_at - (end - DAY_S)) / cell_s)
        last_at = now if is_open(outage) else outage.resolved_at or outage.detected_at
        last = int((last_at - (end - DAY_S)) / cell_s)
        glyph, role = {"critical": ("X", "crit"), "major": ("!", "major")}.get(outage.worst.value, ("%", "warn"))
        for i in range(max(first, 0), min(last + 1, cells)):
            marks[i] = (glyph, role)
    left = " " * ((width - cells) // 2)
    labels = [fit(hours.minute_there(end - DAY_S + i * DAY_S / 4, facts.zone), cells // 4) for i in range(4)]
    names = f"{''.join(labels)[: cells - 3]:<{cells - 3}}now"
    return [[(left, ""), *marks], [(left, ""), (names, "dim")]]
