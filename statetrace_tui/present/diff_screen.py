"""Pure. The pane of changes, whole: what stands above, the list itself, what stands below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.marked import NOTHING
from statetrace_engine.model.outage import OutageEvent
from statetrace_tui.present import diff_page, diff_rows
from statetrace_tui.present.diff_filter import Query
from statetrace_tui.present.diff_list import DiffList, Marked
from statetrace_tui.present.diff_rows import Look
from statetrace_tui.present.diff_target import Target
from statetrace_tui.present.hours import Zone
from statetrace_tui.present.text import Line, count, rule

AIRY_FROM = 24
"""Lines from which there is room for more than the changes."""
_EVIDENCE_FROM = 20
_FOOT_FROM = 10


class Labels(NamedTuple):
    """How the keys are written that the pane names."""

    after: str
    before: str
    outage: str
    expected: str
    warnings: str
    leave: str


class View(NamedTuple):
    """Everything that the pane shows."""

    list: DiffList
    query: Query
    marked: Marked
    sentences: Sequence[str]
    unreadable: int
    outages: Sequence[OutageEvent]
    """After the change under the cursor."""
    target: Target
    labels: Labels
    now: Epoch
    zone: Zone
    is_side: bool
    is_flat: bool
    is_below: bool
    """The pane has another above it."""
    has_keys: bool
    is_loading: bool
    """Not all changes were looked through."""
    is_filtering: bool
    error: str = ""


def lines(view: View, width: int, height: int) -> list[Line]:
    head = _head(view, width, height)
    entry = view.list.chosen
    if entry is None:
        return [*head, [], _nothing(view, width)]
    foot = _foot(view, width, height)
    look = Look(width, view.is_side and width >= diff_rows.SIDE_FROM, view.is_flat, height >= AIRY_FROM)
    columns = diff_rows.columns_line(look, entry.kind)
    above = [*head, *([[]] if height >= AIRY_FROM else []), *([columns] if columns else [])]
    room = height - len(above) - len(foot)
    rows = view.list.lines(look, room, view.marked, view.zone, is_here=view.has_keys)
    return [*above, *rows, *[[] for _ in range(room - len(rows))], *foot]


def _head(view: View, width: int, height: int) -> list[Line]:
    parts, found = view.list.changes.parts, view.list
    is_high = height >= AIRY_FROM
    total = len(found.shown)
    position = f"{found.at + 1:,} of {found.extent}" if total else ""
    if found.hidden and not view.query.text:
        position = f"{position}   {found.hidden:,} expected hidden {view.labels.expected}".strip()
    counted = (each for part in parts for each in diff_page.counted(part))
    is_read = not (view.is_loading or view.is_filtering)
    extent = found.extent if total else ""
    chips = diff_page.chips(
        view.query, extent, found.hidden, view.labels.leave, width, is_flat=view.is_flat, is_read=is_read
    )
    return [
        *([rule(width, "", 2)] if view.is_flat and view.is_below else []),
        diff_page.title(parts, view.target.words, position, view.now, view.zone, width),
        *diff_page.counts(counted, width, 2 if is_high else 1),
        *diff_page.drift(parts, width),
        *diff_page.authors(parts, view.now, view.zone, width),
        *_meaning(view, width, 3 if is_high else 2),
        *diff_page.warnings(parts, view.unreadable, width, 3 if is_high else 1, view.labels.warnings),
        *chips,
    ]


def _meaning(view: View, width: int, limit: int) -> list[Line]:
    total = len(view.list.changes)
    if view.is_loading and total:
        return [[("   ", ""), (f"looking through {count(total, 'change')} ..", "dim")]]
    return diff_page.meaning(view.sentences, width, limit)


def _nothing(view: View, width: int) -> Line:
    if view.error:
        return [("   ", ""), (view.error[: max(width - 6, 0)], "unk")]
    if view.list.hidden:
        hidden = count(view.list.hidden, "change")
        return [
            ("   ", ""),
            (f"{hidden} said to be expected   ", "dim"),
            (view.labels.expected, "key"),
            (" shows", "dim"),
        ]
    if len(view.list.changes):
        return [("   ", ""), ("no change matches", "dim")]
    return diff_page.nothing(view.list.changes.parts, view.target, view.is_loading, view.labels.warnings)


def _foot(view: View, width: int, height: int) -> list[Line]:
    entry = view.list.chosen
    if entry is None or height < _FOOT_FROM:
        return []
    part = view.list.part_of(entry)
    said = view.marked.of(part.whose, entry.changes[-1]) if entry.changes else NOTHING
    keys = {"after": view.labels.after, "before": view.labels.before, "outage": view.labels.outage}
    found = diff_page.evidence(entry, part, said, view.outages, keys, view.now, view.zone, width)
    if height < _EVIDENCE_FROM:
        return found[-1:]
    return [[], *found] if height >= AIRY_FROM else found
