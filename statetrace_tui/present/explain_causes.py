"""Pure. The causes of an outage in their order, each with what speaks for and against it, and what was changed before.

Every cause keeps its line in sight; evidence that has no room stands behind `4 more`.
"""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_engine.model.explanation import Explanation, RelatedChange
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem, Hypothesis, OutageEvent
from statetrace_tui.present.blocks import Block, Item, Keys, Row, toned
from statetrace_tui.present.evidence import mark, offset, short_source, side
from statetrace_tui.present.outage_row import brief, failed, person
from statetrace_tui.present.text import Line, cells, count, dur, fit, spread

PAD = 2
CHANGE = "change"
"""The source of a change, where sources are named."""


def block(explanation: Explanation, cursor: str, width: int, room: int) -> Block:
    """`room`: lines that the block can hope for."""
    keys = Keys()
    causes = explanation.causes
    told = sum(len(cause.evidence) + 1 for cause in causes) + 1
    is_roomy = told + 2 + 2 * len(explanation.changes) < room
    changes = _changes(explanation, cursor, keys, width, is_roomy=is_roomy)
    left = room - 1 - sum(len(row.lines) for row in changes)
    rows: list[Row] = []
    for rank, (cause, most) in enumerate(zip(causes, _quotas(causes, left), strict=True), 1):
        rows += _cause(rank, cause, most, cursor, keys, explanation.outage, width)
    if not rows:
        rows = [Row([[(" " * PAD, ""), (explanation.outage.cause, "strong"), ("  no rule has ranked it", "dim")]])]
    return Block("causes", "CAUSES", [("confidence", "dim")], _brief(explanation), [], [*rows, *changes], [], 1)


def _brief(explanation: Explanation) -> Line:
    """The block in a line: the first cause."""
    if not explanation.causes:
        return []
    top = explanation.causes[0]
    words = failed(top, explanation.outage.hostname)
    return [(f"{top.cause} {top.weight:.2f}", "strong"), (f"  {words}", "")]


def change_of(change: RelatedChange) -> EvidenceItem:
    """A change as a piece of evidence: it surrounds the outage."""
    return EvidenceItem(
        source=CHANGE, plane=Plane.CONTEXT, verdict=Verdict.UP, at=change.at, text=change.text,
        witness=change.hostname, seq=change.seq, agreement=Agreement.CONTEXT, spot=change.spot,
    )  # fmt: skip


def _quotas(causes: tuple[Hypothesis, ...], room: int) -> list[int]:
    """How many pieces of each cause are shown: all where all have room; the first cause goes before the others."""
    sizes = [len(cause.evidence) for cause in causes]
    most = max(sizes, default=0)

    def lines(first: int, others: int) -> int:
        shown = [min(size, first if not at else others) for at, size in enumerate(sizes)]
        return len(sizes) + sum(n + (n < size) for n, size in zip(shown, sizes, strict=True))

    first = others = most
    while others > 1 and lines(first, others) > room:
        others -= 1
    while first > 3 and lines(first, others) > room:
        first -= 1
    return [first if not at else others for at in range(len(sizes))]


def _cause(
    rank: int, cause: Hypothesis, most: int, cursor: str, keys: Keys, outage: OutageEvent, width: int
) -> list[Row]:
    is_first = rank == 1
    room = width - 2 * PAD - cells(cause.cause) - 11
    name: Line = [
        (" " * PAD, ""),
        (fit(f"{rank}", 3), "strong" if is_first else "dim"),
        (cause.cause, "strong" if is_first else ""),
        (fit(f"  {failed(cause, outage.hostname)}", room), "" if is_first else "dim"),
        (f"{cause.weight:>8.2f}", "strong" if is_first else ""),
    ]
    pieces = [(keys.of("piece", cause.cause, piece.seq, piece.plane), piece) for piece in cause.evidence[:most]]
    rows = [Row([name]), *[_piece(piece, key, cursor, outage.first_signal_at, width) for key, piece in pieces]]
    hidden = cause.evidence[most:]
    if hidden:
        key = keys.of("more", cause.cause)
        line: Line = [(" " * (PAD + 3), ""), (f"{count(len(hidden), 'more piece')} of evidence", "dim")]
        rows.append(Row([_chosen(line, key == cursor, width)], (Item(key, hidden[0]),)))
    return rows


def _piece(piece: EvidenceItem, key: str, cursor: str, zero: Epoch, width: int) -> Row:
    glyph, role = mark(piece.verdict, piece.agreement)
    word = side(piece.agreement)
    line: Line = [
        (" " * (PAD + 3), ""),
        (fit(word, 8), {"against": "warn", "stale": "unk"}.get(word, "dim")),
        (fit(offset(piece.at - zero), 6, "r") + "  ", "dim"),
        (fit(short_source(piece.source), 8) + " ", "dim"),
        (f"{glyph} ", role),
        (fit(brief(piece.text), max(width - PAD - PAD - 3 - 27, 0)), ""),
    ]
    return Row([_chosen(line, key == cursor, width)], (Item(key, piece),))


def _chosen(line: Line, is_here: bool, width: int) -> Line:
    """With the cursor before it and its own ground, when it is under the cursor."""
    return toned([(" > ", "accent!"), (line[0][0][3:], ""), *line[1:]], width) if is_here else line


def _changes(explanation: Explanation, cursor: str, keys: Keys, width: int, *, is_roomy: bool) -> list[Row]:
    air: list[Line] = [[]] if is_roomy else []
    if not explanation.changes:
        return [Row([*air, [(" " * PAD, ""), ("no change was seen in the 30 min before", "dim")]])]
    heading = spread([("CHANGED BEFORE", "dim")], [("likelihood", "dim")], width, PAD)
    rows = [
        _change(change, keys.of("change", change.seq), cursor, explanation.outage, width, is_roomy=is_roomy)
        for change in explanation.changes
    ]
    return [Row([*air, heading, *rows[0].lines], rows[0].items), *rows[1:]]


def _change(change: RelatedChange, key: str, cursor: str, outage: OutageEvent, width: int, *, is_roomy: bool) -> Row:
    """`5m23s before   wolfgang: neighbor 10.1.2.2 route-map X in  0.41`; what it touches behind it, or below."""
    when = _when(change, outage.first_signal_at)
    where = f"{change.hostname} " if change.hostname != outage.hostname else ""
    who = f"{person(change.by)}: " if change.by else ""
    touches = f"touches {brief(', '.join(change.touches))}" if change.touches else ""
    touches = "expected, as an operator said" if change.is_expected else touches
    room = width - 2 * PAD - 3 - 15 - 5
    text = f"{where}{who}{brief(change.text)}"
    is_below = bool(touches) and is_roomy and cells(text) + cells(touches) + 2 > room
    line: Line = [
        (" " * (PAD + 3), ""),
        (fit(when, 15), "dim"),
        (fit(text, min(cells(text), room)), ""),
        (fit(f"  {touches}" if touches and not is_below else "", max(room - cells(text), 0)), "dim"),
        (f" {change.likelihood:.2f}", ""),
    ]
    below: list[Line] = [[(" " * (PAD + 18), ""), (fit(touches, room), "dim")]] if is_below else []
    return Row([_chosen(line, key == cursor, width), *below], (Item(key, change_of(change)),))


def _when(change: RelatedChange, zero: Epoch) -> str:
    """`5m23s before`; of what two captures show alone, its bounds: `2m10s-1d02h`, `<1d02h before`."""
    if change.between is None or change.is_dated:
        return f"{dur(abs(change.before_s))} {'before' if change.before_s >= 0 else 'after'}"
    earliest = dur(zero - change.between.from_at)
    return f"{dur(change.before_s)}-{earliest}" if change.before_s >= 1 else f"<{earliest} before"
