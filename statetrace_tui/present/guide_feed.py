"""Pure. Live evidence beside a step: what the engine has seen of what it checks, and what else speaks of the outage;
newest first, each can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import EvidenceItem, OutageEvent
from statetrace_engine.model.remediation import GuidedStep, StepEvidence
from statetrace_tui.present import evidence, evidence_page
from statetrace_tui.present.blocks import Block, Item, Keys, Row, toned
from statetrace_tui.present.guide_look import PAD, Look
from statetrace_tui.present.guide_step import MARKS
from statetrace_tui.present.hours import clock
from statetrace_tui.present.outage_row import brief
from statetrace_tui.present.text import Line, fit, rule

_MOST = 60
_SOURCE = 8


class Seen(NamedTuple):
    """One line, and what opens from it."""

    at: Epoch
    source: str
    text: str
    glyph: tuple[str, str]
    item: EvidenceItem
    is_of_step: bool


def entries(step: GuidedStep | None, outage: OutageEvent) -> list[Seen]:
    """What the step checks and what speaks of the outage, newest first; each signal once."""
    own = [_own(found, outage) for found in step.evidence] if step is not None else []
    known = {seen.item.seq for seen in own}
    rest = [
        Seen(item.at, item.source, item.text, evidence.mark(item.verdict, item.agreement), item, False)
        for item in evidence_page.items(outage)
        if item.seq not in known
    ]
    return sorted([*own, *rest], key=lambda seen: (-seen.at, -seen.item.seq))[:_MOST]


def _own(found: StepEvidence, outage: OutageEvent) -> Seen:
    verdict = Verdict.UP if found.is_so else Verdict.DOWN
    item = EvidenceItem(
        source=found.source, plane=Plane.CONTEXT, verdict=verdict, at=found.at, text=found.text,
        witness=outage.hostname, seq=found.seq, spot=found.spot,
    )  # fmt: skip
    return Seen(found.at, found.source, found.text, MARKS[found.is_so], item, True)


def block(seen: list[Seen], cursor: str, look: Look, width: int) -> Block:
    keys = Keys()
    rows = [_row(each, keys.of("seen", each.source, each.item.seq), cursor, look, width) for each in seen]
    return Block("evidence", "LIVE EVIDENCE", [], [], [], rows, [])


def _row(seen: Seen, key: str, cursor: str, look: Look, width: int) -> Row:
    is_here = key == cursor and look.is_reading
    room = width - 2 * PAD - 12 - _SOURCE - 2
    line: Line = [
        (">" if is_here else " ", "accent!"),
        (" ", ""),
        (f"{clock(seen.at, look.zone, 1)}  ", "dim"),
        (fit(evidence.short_source(seen.source), _SOURCE), "dim"),
        (f"{seen.glyph[0]} ", seen.glyph[1]),
        (fit(brief(seen.text), max(room, 0)), "strong" if seen.is_of_step else ""),
    ]
    return Row([toned(line, width) if is_here else line], (Item(key, seen.item),))


def lines(found: Block, cursor: str, look: Look, width: int, height: int, *, has_head: bool) -> list[Line]:
    """So many rows as fit, the one under the cursor among them."""
    head = [_head(look, width)] if has_head else []
    room = max(height - len(head), 0)
    if not found.rows:
        return [*head, [(" " * PAD, ""), (fit("no evidence is known of it", width - PAD), "dim")]][:height]
    at = next((i for i, row in enumerate(found.rows) if row.items[0].key == cursor), 0) if look.is_reading else 0
    first = max(0, min(at - room + 1, len(found.rows) - room))
    shown = found.rows[first : first + room]
    return [*head, *(line for row in shown for line in row.lines)][:height]


def _head(look: Look, width: int) -> Line:
    return rule(width, "LIVE EVIDENCE", PAD, "accent!" if look.is_reading else "dim", "newest first")


def newest(step: GuidedStep | None, pieces: list[EvidenceItem]) -> EvidenceItem | None:
    """What stands behind a step: the newest of what it checks, else of the outage."""
    own = {found.seq for found in step.evidence} if step is not None else set()
    return next((piece for piece in pieces if piece.seq in own), pieces[0] if pieces else None)


def targets(found: Block) -> Iterator[EvidenceItem]:
    """What opens, in the order of the rows."""
    return (item.target for row in found.rows for item in row.items if isinstance(item.target, EvidenceItem))
