"""Pure. An outage explained on one screen: the sentence first, then signals, causes, blast radius and next step.

From `SIDE_FROM` columns on, why stands left and how far and what next right; below, the blocks stand one after the
other and the one with the cursor is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.outage import Agreement, EvidenceItem, OutageEvent
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import blocks, explain_causes, explain_reach, explain_signals
from statetrace_tui.present.blocks import AIRY_FROM, Block
from statetrace_tui.present.explain_reach import Hints
from statetrace_tui.present.hours import Zone, utc
from statetrace_tui.present.outage_row import face, is_new, lasted, person
from statetrace_tui.present.text import Line, cells, cut, dur, fit, plain, rule, size, spread, wrap

PAD = 2
SIDE_FROM = 110
"""Columns from which the right column stands beside the left one."""
_LEAST = 10
"""Lines that the radius has, however much is to be said of the next step."""
_RIGHT = ((180, 76), (140, 58), (SIDE_FROM, 50))
"""From so many columns, the right one has so many."""
LEGEND: list[Line] = [
    [("X", "crit"), (" down   ", ""), ("%", "warn"), (" impaired   o up   ", ""), ("?", "unk"),
     (" stale   . said nothing   - beside it", "")],
    [("no", "warn"), (" denies the first cause   ", ""), ("2 agree", "strong"), (" sources support it", "")],
    [("1 of 2", "warn"), (" one denies it   ", ""), ("blind", "unk"), (" nobody sees that plane", "")],
]  # fmt: skip


class Look(NamedTuple):
    """How the page is looked at."""

    cursor: str
    now: Epoch
    zone: Zone = utc
    hints: Hints = Hints()


def right_width(width: int) -> int:
    """Columns of the right column; 0: there is none."""
    return next((cells for least, cells in _RIGHT if width >= least), 0)


def head(outage: OutageEvent, sentence: str, now: Epoch, width: int, height: int) -> list[Line]:
    """What it is in a line, and the sentence below; where there is room, air."""
    said = wrap(sentence, width - 2 * PAD, 2) or [""]
    out = [identity(outage, now, width), *[[(" " * PAD, ""), (line, "strong")] for line in said]]
    return [*out, *([[]] if height >= AIRY_FROM else [])]


def identity(outage: OutageEvent, now: Epoch, width: int) -> Line:
    """Its state and for how long, whose route, who has it: a line."""
    look = face(outage)
    state = (f" {look.glyph} {look.word} ", f"{look.role}{'*' if is_new(outage) else ''}")
    vrf = "" if outage.vrf == "default" else f"  vrf {outage.vrf}"
    unseen = f"  unseen {dur(now - outage.unseen_since)}" if outage.unseen_since is not None else ""
    left: Line = [
        (" ", ""), state, (f"  {dur(lasted(outage, now))}", "strong"), (unseen, "unk"), ("   ", ""),
        (outage.hostname, "strong"), ("  ", ""), (outage.prefix, "strong"), (vrf, "dim"),
    ]  # fmt: skip
    right = [text for text in (_who(outage, now), outage.owner or "unowned", _seen(outage), outage.outage_id) if text]
    while len(right) > 2 and size(left) + cells("   ".join(right)) + 4 > width:
        right.pop(-2)  # the number stays longest, and who has it
    if size(left) + cells("   ".join(right)) + 4 > width:
        right = ["NEW" if is_new(outage) else right[0], right[-1]]
    firsts: Line = [("   ".join(right[:-1]) + "   " if right[1:] else "", ""), (right[-1], "dim")]
    return spread(left, firsts, width)


def _seen(outage: OutageEvent) -> str:
    """How soon; of one that had failed before it was watched there is no such time."""
    if outage.watched_at is not None:
        return "lost before it was watched"
    return f"seen in {outage.detection_s:.2f} s" if outage.detection_s < 100 else f"seen in {dur(outage.detection_s)}"


def _who(outage: OutageEvent, now: Epoch) -> str:
    if outage.acknowledged_by:
        since = f" {dur(now - outage.acked_at)}" if outage.acked_at is not None else ""
        return f"{person(outage.acknowledged_by)}{since}"
    if is_new(outage):
        return "not acknowledged"
    return "maintenance" if outage.is_maintenance else ""


def laid(explanation: Explanation, look: Look, width: int, right: int, height: int) -> tuple[list[Block], list[Block]]:
    """The blocks of a left column of `width`, and of a right one; `right` 0: all stand in the left one."""
    side = right or width
    signals = explain_signals.block(explanation, look.cursor, look.now, look.zone, width)
    rest = height - min(signals.needed, height // 2) - (1 if height >= AIRY_FROM - 4 else 0)
    causes = explain_causes.block(explanation, look.cursor, width, rest if right else height - 3)
    radius = explain_reach.radius(explanation, look.cursor, side)
    beside = min(radius.needed, _LEAST) + 1 if right else 3
    step = explain_reach.step(explanation, look.cursor, look.now, look.hints, side, height - beside)
    firsts, seconds = [blocks.with_stops(b) for b in (signals, causes)], [blocks.with_stops(b) for b in (radius, step)]
    return (firsts, seconds) if right else ([*firsts, *seconds], [])


def start(found: Sequence[Block]) -> str:
    """Where the cursor stands at first: on the first signal that says so."""
    said = [
        (item.target.at, item.key)
        for block in found[:1]
        for item in block.items
        if isinstance(item.target, EvidenceItem) and item.target.agreement is Agreement.SUPPORTS
    ]
    return min(said)[1] if said else ""


def column(found: Sequence[Block], cursor: str, width: int, height: int) -> list[Line]:
    """The lines of one column."""

    def heading(block: Block, hidden: int, is_here: bool, is_closed: bool) -> Line:
        return _heading(block, hidden, width, is_here=is_here, is_closed=is_closed)

    return blocks.stacked(found, cursor, height, heading)


def _heading(block: Block, hidden: int, width: int, *, is_here: bool, is_closed: bool) -> Line:
    """`CAUSES ────── confidence`; closed: what the block comes to, on the same line."""
    role = "accent!" if is_here else "strong" if is_closed else "dim"
    if is_closed:
        left: Line = [(fit(block.title, max(14, cells(block.title) + 2)), role), *block.brief]
        return spread(left, [], width, PAD)
    more: Line = [(f"{hidden} more", "accent"), ("   ", "")] if hidden else []
    title = fit(block.title, min(cells(block.title), width - 2 * PAD))
    right = cut([*more, *block.right], max(width - 2 * PAD - cells(title) - 2, 0))
    room = width - 2 * PAD - cells(title) - size(right) - 2
    dashes: Line = [(" " + "─" * room + " ", "faint")] if room > 0 else [("  ", "")]
    return spread([(title, role), *dashes], right, width, PAD)


def pieces(explanation: Explanation) -> list[EvidenceItem]:
    """All that can be read of it, each signal once, in order of time: to turn its pages."""
    found = [explain_signals.item_of(row, cell) for row in explanation.signals for cell in row.cells]
    found += [explain_causes.change_of(change) for change in explanation.changes]
    found += [piece for cause in explanation.causes for piece in cause.evidence]
    by_signal = {(piece.seq, piece.plane): piece for piece in reversed(found)}
    return sorted(by_signal.values(), key=lambda piece: (piece.at, piece.seq))


def as_text(explanation: Explanation, look: Look) -> str:
    """The whole page without roles, however long: for a ticket."""
    width, height = 100, 100_000
    lines = head(explanation.outage, explanation.sentence, look.now, width, height)
    found, _ = laid(explanation, look._replace(cursor=""), width, 0, height)
    return "\n".join(sanitise(plain(line)).rstrip() for line in [*lines, *column(found, "", width, height)])


def nothing(outage_id: str, word: str, width: int) -> list[Line]:
    """What stands there until it is known, or when it never will be."""
    return [rule(width, outage_id, PAD), [], [(" " * PAD, ""), (word, "dim")]]
