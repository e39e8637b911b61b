"""Pure. The evidence of an outage, one item a line, and the message behind the chosen one as it was received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import Agreement, EvidenceItem, OutageEvent
from statetrace_tui.present import message_page
from statetrace_tui.present.evidence import mark, side
from statetrace_tui.present.hours import Zone, clock_there, utc
from statetrace_tui.present.outage_row import brief
from statetrace_tui.present.text import Line, count, fit, spread

_PAD = 3


def items(outage: OutageEvent) -> tuple[EvidenceItem, ...]:
    """All that any of its causes rests on, each signal once, in order of time."""
    found = {(item.seq, item.plane, item.text): item for cause in outage.causes for item in cause.evidence}
    found.update({(item.seq, item.plane, item.text): item for item in outage.evidence})
    return tuple(sorted(found.values(), key=lambda item: (item.at, item.seq)))


def lines(
    outage: OutageEvent,
    evidence: Sequence[EvidenceItem],
    at: int,
    texts: Mapping[int, str],
    width: int,
    height: int,
    zone: Zone = utc,
) -> list[Line]:
    """`height` lines at most; `at` is the chosen item, `texts` the messages fetched so far by journal sequence."""
    head = spread(
        [(outage.outage_id, "strong"), (f"   {count(len(evidence), 'piece')} of evidence", "")],
        [("j k", "key"), (" choose   ", "dim"), ("y", "key"), (" copy   ", "dim"), ("Esc", "key"), (" closes", "dim")],
        width,
        _PAD,
    )
    if not evidence:
        return [[], head, [], [(" " * _PAD, ""), ("none was recorded", "dim")]]
    raw = _message(evidence[at], texts, width, height, zone)
    room = max(height - len(raw) - 5, 1)
    first = max(0, min(at - room // 2, len(evidence) - room))
    rows = [
        _row(item, outage.first_signal_at, width, is_here=i == at)
        for i, item in enumerate(evidence[first : first + room], first)
    ]
    return [[], head, [], *rows, [], *raw][:height]


def _row(item: EvidenceItem, origin: Epoch, width: int, *, is_here: bool) -> Line:
    tone = "@sel " if is_here else ""
    glyph, role = mark(item.verdict, item.agreement)
    word = "" if item.agreement is Agreement.SUPPORTS else f"{side(item.agreement)}: "
    out: Line = [
        (" > " if is_here else "   ", f"{tone}accent!"),
        (fit(_offset(item.at - origin), 9, "r") + "  ", f"{tone}strong"),
        (fit(item.source, 12) + fit(item.plane.value, 9), f"{tone}dim"),
        (f"{glyph} ", f"{tone}{role}"),
    ]
    room = max(width - 38 - 14, 8)
    out += [(fit(word + brief(item.text), room), tone.strip()), (fit(f"#{item.seq}", 11, "r"), f"{tone}dim")]
    return [*out, (" " * width, tone.strip())] if is_here else out


def _offset(seconds: float) -> str:
    return f"{seconds:+.2f}" if abs(seconds) < 10_000 else f"{seconds:+.0f}"


def _message(item: EvidenceItem, texts: Mapping[int, str], width: int, height: int, zone: Zone) -> list[Line]:
    title = f"AS RECEIVED   journal {item.seq}   {clock_there(item.at, zone, 3)}"
    title += f"   by {item.witness}" if item.witness else ""
    return message_page.message(title, texts.get(item.seq), width, height)
