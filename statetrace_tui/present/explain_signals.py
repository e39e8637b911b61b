"""Pure. The signals of an outage: source × plane, offsets from the first signal, who agrees, who is silent.

A source that says nothing keeps its row and a plane that nobody sees is called blind: that too is evidence.
"""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.explanation import Explanation, SignalCell, SignalRow
from statetrace_engine.model.observation import Plane
from statetrace_engine.model.outage import Agreement, EvidenceItem
from statetrace_tui.present.blocks import Block, Item, Keys, Row
from statetrace_tui.present.evidence import PLANES, mark, offset, short_source, side
from statetrace_tui.present.hours import Zone, clock_there
from statetrace_tui.present.outage_row import brief
from statetrace_tui.present.text import Line, brief_dur, cells, count, fit

PAD = 2
_SOURCE = 9
_HEARD = 13
_HEARD_AT_LENGTH = 16
_HEARD_IN_A_WORD = 8
_TOLD_FROM = 20
"""Cells of a column from which what was said stands beside when."""
_TITLES = {Plane.CONTEXT: "beside"}
_FRESHNESS = {"late": "warn", "stale": "unk", "never": "unk", "old": "unk"}
_CALM = ("fresh", "never")
"""Their age says nothing."""


class Columns(NamedTuple):
    """The cells of the matrix."""

    planes: tuple[Plane, ...]
    cell: int
    heard: int


def columns(rows: tuple[SignalRow, ...], width: int) -> Columns:
    """The four planes, and what surrounds them when something was said of that."""
    has_context = any(cell.plane is Plane.CONTEXT for row in rows for cell in row.cells)
    planes = (*PLANES, Plane.CONTEXT) if has_context else PLANES
    room = width - 2 * PAD - _SOURCE
    widths = (_HEARD_AT_LENGTH, _HEARD, _HEARD_IN_A_WORD)
    heard = next((cells for cells in widths if (room - cells) // len(planes) >= 11), _HEARD_IN_A_WORD)
    return Columns(planes, max((room - heard) // len(planes), 1), heard)


def block(explanation: Explanation, cursor: str, now: Epoch, zone: Zone, width: int) -> Block:
    """A row a source; below, what each plane adds up to and what the cell under the cursor says."""
    rows, zero = explanation.signals, explanation.outage.first_signal_at
    layout, keys = columns(rows, width), Keys()
    made = [_row(row, cursor, zero, now, layout, keys) for row in rows]
    silent = sum(not row.cells for row in rows)
    heading: Line = [
        (" " * (PAD + _SOURCE), ""),
        *[(fit(f" {_TITLES.get(plane, plane)}", layout.cell), "dim") for plane in layout.planes],
        (fit(" heard", layout.heard), "dim"),
    ]
    said = _said(made, cursor, zero, width)
    return Block(
        "signals",
        "SIGNALS",
        [(f"0 is {clock_there(zero, zone, 2)}", "dim")],
        _brief(rows, silent),
        [heading] if rows else [],
        made or [Row([[(" " * PAD, ""), ("no source watches this route: nothing can be said of it", "unk")]])],
        [_together(rows, layout), *([said] if said else [])] if rows else [],
    )


def item_of(row: SignalRow, cell: SignalCell) -> EvidenceItem:
    """A cell as a piece of evidence."""
    return EvidenceItem(
        source=row.source, plane=cell.plane, verdict=cell.verdict, at=cell.at, text=cell.text, witness="",
        seq=cell.seq, agreement=cell.agreement,
    )  # fmt: skip


def _row(row: SignalRow, cursor: str, zero: Epoch, now: Epoch, layout: Columns, keys: Keys) -> Row:
    by_plane = {cell.plane: cell for cell in reversed(row.cells)}
    items: list[Item] = []
    line: Line = [(" " * PAD, ""), (fit(short_source(row.source), _SOURCE - 1) + " ", "" if row.cells else "dim")]
    for at, plane in enumerate(layout.planes):
        cell = by_plane.get(plane)
        if cell is None:
            line.append((fit(" .", layout.cell), "quiet"))
            continue
        item = Item(keys.of("cell", row.source, plane), item_of(row, cell), at)
        items.append(item)
        line += _cell(cell, zero, layout.cell, is_here=item.key == cursor)
    return Row([[*line, *_heard(row, now, layout.heard)]], tuple(items))


def _cell(cell: SignalCell, zero: Epoch, width: int, *, is_here: bool) -> Line:
    glyph, role = mark(cell.verdict, cell.agreement)
    tone = "@sel " if is_here else ""
    words = f"{glyph} {offset(cell.at - zero)}"
    against = " no" if cell.agreement is Agreement.OPPOSES and cells(words) + 3 < width else ""
    often = f" x{cell.count}" if cell.count > 1 else ""
    if cells(words + against + often) >= width:
        often = ""
    told = f"  {brief(cell.text)}" if width >= _TOLD_FROM else ""
    room = max(width - 1 - cells(words + against + often), 0)
    return [
        (">" if is_here else " ", f"{tone}accent!"),
        (fit(words, min(width - 1, cells(words))), f"{tone}{role}".strip()),
        (against, f"{tone}warn"),
        (often, f"{tone}{role}".strip()),
        (fit(told, room - 1) if room > 1 else "", tone.strip()),
        (" " if room else "", tone.strip()),
    ]


def _heard(row: SignalRow, now: Epoch, width: int) -> Line:
    """How recent its word is, in a word, and as much more as fits: `fresh`, `late 45s of 30s`, `event 1m`."""
    says = [row.freshness]
    if row.last_at is not None and row.freshness not in _CALM:
        says.append(f"{says[0]} {brief_dur(now - row.last_at)}")
        if row.interval_s and row.freshness in _FRESHNESS:
            says.append(f"{says[1]} of {brief_dur(row.interval_s)}")
    fitting = [text for text in says if cells(text) < width]
    text = fitting[-1] if fitting else row.freshness
    return [(" ", ""), (fit(text, width - 1), _FRESHNESS.get(row.freshness, "dim"))]


def _sides(rows: tuple[SignalRow, ...], plane: Plane) -> tuple[int, int]:
    """How many sources say so, and how many deny it."""
    live = [cell.agreement for row in rows for cell in row.cells if cell.plane is plane]
    return live.count(Agreement.SUPPORTS), live.count(Agreement.OPPOSES)


def _together(rows: tuple[SignalRow, ...], layout: Columns) -> Line:
    """What each plane adds up to: `2 agree`, `1 of 2`, `blind`."""
    line: Line = [(" " * PAD, ""), (fit("together", _SOURCE), "dim")]
    for plane in layout.planes:
        yes, no = _sides(rows, plane)
        text, role = ("agrees" if yes == 1 else "agree", "strong")
        if plane is Plane.CONTEXT:
            text, role = "", "dim"
        elif not yes + no:
            text, role = "blind", "unk"
        elif no:
            text, role = f"{yes} of {yes + no}", "warn"
        else:
            text = f"{yes} {text}"
        line.append((fit(f" {text}", layout.cell), role))
    return line


def _said(rows: list[Row], cursor: str, zero: Epoch, width: int) -> Line:
    """What the cell under the cursor says, else the first of all."""
    items = [item for row in rows for item in row.items]
    pieces = [(item.key, item.target) for item in items if isinstance(item.target, EvidenceItem)]
    chosen = next((piece for key, piece in pieces if key == cursor), None)
    piece = chosen or min((piece for _, piece in pieces), key=lambda piece: piece.at, default=None)
    if piece is None:
        return []
    turn = "" if piece.agreement is Agreement.SUPPORTS else f", {side(piece.agreement)}"
    head = f"{offset(piece.at - zero)} {short_source(piece.source)} {piece.plane}{turn}  "
    tail = f"  #{piece.seq}"
    room = max(width - 2 * PAD - cells(head) - cells(tail), 0)
    return [
        (" " * PAD, ""),
        (fit(head, min(cells(head), width - 2 * PAD)), "dim"),
        (fit(brief(piece.text), room), "" if chosen else "dim"),
        (tail, "dim"),
    ]


def _brief(rows: tuple[SignalRow, ...], silent: int) -> Line:
    """The block in a line: which planes failed, as how many see it, and how many sources say nothing."""
    line: Line = []
    for plane in PLANES:
        yes, no = _sides(rows, plane)
        if yes + no:
            line += [(f"{plane} ", "dim"), (f"{yes} of {yes + no}   ", "warn" if no else "strong")]
    return [*line, (f"{count(silent, 'source says', 'sources say')} nothing", "unk")] if silent else line
