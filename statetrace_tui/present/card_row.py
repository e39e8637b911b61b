"""Pure. A card or a cluster as a row: `! MAJOR  1  3m12s  8s  A power supply failed  BOYO-C01-CR-01 1`.

Filled means that nobody has looked at it.
"""

from __future__ import annotations

from functools import lru_cache

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import Severity
from statetrace_tui.present import list_columns
from statetrace_tui.present.card_entry import NEW, OVER, SNOOZED, Entry, Kind
from statetrace_tui.present.list_columns import Column
from statetrace_tui.present.outage_row import brief
from statetrace_tui.present.text import Line, dur, fit

FACES = {
    Severity.CRITICAL: ("X", "CRITICAL", "crit"),
    Severity.MAJOR: ("!", "MAJOR", "major"),
    Severity.WARNING: ("%", "WARNING", "warn"),
    Severity.INFO: ("i", "INFO", "accent"),
}
"""Glyph, word and role."""


def chip(entry: Entry) -> str:
    """The role of its severity: filled while nobody has looked at it; what is only information never is."""
    role = FACES[entry.severity][2]
    is_filled = entry.group == NEW and entry.kind is not Kind.OUTAGE and entry.severity is not Severity.INFO
    return f"{role}*" if is_filled else role


_COLUMNS = (
    Column("severity", " SEVERITY", 11, 1, "l", 0),
    Column("count", "HITS", 4, 1, "r", 0),
    Column("first", "FIRST", 6, 1, "r", 0),
    Column("last", "LAST", 6, 2, "r", 0),
    Column("title", "WHAT", 18, 2, "l", 0, 14, 1),
    Column("subject", "WHERE", 16, 1, "m", 0, 22, 0),
    Column("said", "SAID", 7, 1, "l", 0),
    Column("text", "WHY", 12, 1, "l", 100, 200, 2),
)


@lru_cache(maxsize=16)
def columns(width: int) -> tuple[Column, ...]:
    return list_columns.fitting(_COLUMNS, width)


def heading(width: int) -> Line:
    return list_columns.heading(columns(width))


def line(entry: Entry, width: int, now: Epoch, *, is_here: bool = False, is_marked: bool = False) -> Line:
    """One row of `width` cells; `is_here`: the cursor is on it."""
    tone = "@sel " if is_here else ""
    glyph, word, _ = FACES[entry.severity]
    is_quiet = entry.group in (OVER, SNOOZED)
    firm = "dim" if is_quiet else "strong" if entry.group == NEW else ""
    soft = "dim" if is_quiet else ""
    out = list_columns.lead(tone, is_here=is_here, is_marked=is_marked)
    for column in columns(width):
        if column.key == "severity":
            look = "dim" if entry.group == OVER else chip(entry)
            out.append((fit(f" {glyph} {word}", column.cells), tone + look))
            out.append((" " * column.gap, tone.strip()))
            continue
        text = _text(entry, column.key, now)
        shade = {"title": firm, "subject": firm, "text": "dim", "said": "accent" if entry.said else soft}
        out.append((fit(text, column.cells, column.how) + " " * column.gap, tone + shade.get(column.key, soft)))
    return out


def _text(entry: Entry, key: str, now: Epoch) -> str:
    match key:
        case "count":
            return str(entry.count) if entry.count < 10_000 else f"{min(entry.count // 1000, 999)}k"
        case "first":
            return dur(now - entry.first_at)
        case "last":
            return dur(now - entry.last_at)
        case "title":
            return _title(entry)
        case "subject":
            return brief(entry.subject)
        case "said":
            return entry.said
    return entry.text


def _title(entry: Entry) -> str:
    """`+ A power failure` is a cluster that unfolds, `- ` one that is unfolded."""
    if entry.kind is Kind.CLUSTER:
        return f"{'-' if entry.is_open else '+'} {entry.title}"
    return f"  {entry.title}" if entry.inside else entry.title
