"""Pure. The clocks of an outage (SPEC 3) in a row, each as its offset from the first signal."""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.observation import Plane
from statetrace_engine.model.outage import EvidenceItem, OutageEvent, Timeline
from statetrace_tui.present.hours import Zone, clock, utc
from statetrace_tui.present.outage_row import person
from statetrace_tui.present.text import Line, count, dur, fit

_WIDE = 98
_PAD = 2


class Clock(NamedTuple):
    name: str
    brief_name: str
    value: str
    note: str
    """Where it came from, or who."""


def offset(seconds: float) -> str:
    """`+0.04 s`, `-0.20 s`, `+3h05m`; at most nine cells."""
    if abs(seconds) < 1000:
        return f"{seconds + 0.0 if abs(seconds) >= 0.005 else 0.0:+.2f} s"
    return ("-" if seconds < 0 else "+") + dur(abs(seconds))


def read(timeline: Timeline, zone: Zone = utc) -> tuple[Clock, ...]:
    """All seven, in the order in which they happen; one that has not happened reads `-`."""
    outage = timeline.outage
    deciding = (item for item in outage.evidence if item.plane is not Plane.CONTEXT)
    first = min(deciding, key=lambda item: item.at, default=None)
    return (
        Clock("occurred", "occurred", clock(outage.occurred_at, zone, 2), _occurred_note(outage, first)),
        Clock("first signal", "signal", offset(0.0), first.source if first else ""),
        Clock("detected", "detected", _since(outage, outage.detected_at), _planes(outage)),
        Clock("notified", "notified", _since(outage, outage.notified_at), _notice_note(outage)),
        Clock("shown", "shown", _since(outage, outage.shown_at), _shown_to(timeline)),
        Clock("acknowledged", "acked", _since(outage, outage.acked_at), _ack_note(outage)),
        Clock("resolved", "resolved", _since(outage, outage.resolved_at), _hold_note(outage)),
    )


def lines(timeline: Timeline, width: int, zone: Zone = utc) -> tuple[Line, Line, Line]:
    """Names, values and notes in seven columns."""
    clocks = read(timeline, zone)
    cell = max((width - 2 * _PAD) // len(clocks), 0)
    is_wide = width >= _WIDE
    pad = (" " * _PAD, "")

    def column(text: str) -> str:
        return fit(fit(text, cell - 1).rstrip(), cell)

    names = [(column(each.name if is_wide else each.brief_name), "dim") for each in clocks]
    values = [(column(_short(each.value, cell)), "strong" if each.value != "-" else "dim") for each in clocks]
    notes = [(column(each.note), "dim") for each in clocks]
    return [pad, *names], [pad, *values], [pad, *notes]


def _short(value: str, cell: int) -> str:
    """A time of day gives up its fraction before it is cut."""
    return value.partition(".")[0] if ":" in value and len(value) >= cell else value


def _since(outage: OutageEvent, at: Epoch | None) -> str:
    return "-" if at is None else offset(at - outage.first_signal_at)


def _occurred_note(outage: OutageEvent, first: EvidenceItem | None) -> str:
    if outage.watched_at is not None:
        return "not watched"
    before = outage.occurred_at - outage.first_signal_at
    if outage.occurred_uncertainty_s > 0:
        return f"{offset(before)} +-{outage.occurred_uncertainty_s:.2f}"
    if before <= -0.005:
        return f"{offset(before)}, device"
    return f"{first.plane.value} {first.verdict.value}" if first else ""


def _planes(outage: OutageEvent) -> str:
    seen = {item.plane for item in outage.evidence if item.at <= outage.detected_at} - {Plane.CONTEXT}
    return count(len(seen), "plane") if seen else ""


def _notice_note(outage: OutageEvent) -> str:
    if outage.notified_at is None:
        return next(
            word
            for word, holds in (
                ("transient", outage.is_transient),
                ("one incident", outage.is_silent),
                ("maintenance", outage.is_maintenance),
                ("not yet" if outage.resolved_at is None else "", True),
            )
            if holds
        )
    waited = outage.notified_at - outage.detected_at
    return f"grace {waited:.0f} s" if waited >= 0.5 else "at once"


def _shown_to(timeline: Timeline) -> str:
    names = [person(mark.text) for mark in timeline.marks if mark.lane == "shown" and mark.text]
    return ", ".join(dict.fromkeys(names[:20]))


def _ack_note(outage: OutageEvent) -> str:
    if outage.acknowledged_by:
        return person(outage.acknowledged_by)
    return "nobody yet" if outage.resolved_at is None else "nobody"


def _hold_note(outage: OutageEvent) -> str:
    if outage.resolved_at is None:
        return "still open"
    return "holding" if outage.closed_at is None else f"hold {outage.closed_at - outage.resolved_at:.0f} s"
