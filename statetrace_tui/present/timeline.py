"""Pure. One outage on one scale: what each plane said, what the route was, who was told, who has it.

A lane a plane, then the state (filled until acknowledged: time that nobody owned is visible), notices, first
showing, acknowledgements and runbook steps; below them the clocks as offsets from the first signal.
"""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import OutageEvent, Timeline, TimelineMark
from statetrace_tui.present import clocks, lanes
from statetrace_tui.present.axis import Axis
from statetrace_tui.present.canvas import Canvas, narrow
from statetrace_tui.present.hours import Zone, clock_there, utc
from statetrace_tui.present.outage_row import NEW, brief, cause, face, is_new, lasted, person, said
from statetrace_tui.present.text import Line, Span, cells, cut, dur, fit, rule, size, spread

LABEL_CELLS = 11
ZOOM_MOST = 6
_WIDE = 98
_PAD = 2


class View(NamedTuple):
    """How the operator looks at it: `zoom` doubles the cells with each step, `cursor` is the time of a mark."""

    zoom: int = 0
    cursor: Epoch | None = None


WHOLE = View()
NONE: Line = []


def lines(
    timeline: Timeline, width: int, height: int, now: Epoch, view: View = WHOLE, zone: Zone = utc, *, step: Line = NONE
) -> list[Line]:
    """Exactly `height` lines of `width` cells, on the tone `raised`; `now` is where an open outage ends; `step` is what
    to do next."""
    if width < 1 or height < 1:
        return [[] for _ in range(max(height, 0))]
    scene = scene_of(timeline, width, now, view)
    rows = {
        "title": _title(timeline.outage, width, now, zone),
        "sentence": _sentence(timeline.outage, width, now),
        "next": [(" " * _PAD, ""), *step],
        "axis": _axis(scene, view),
        **{lane: lanes.line(scene, lane) for lane in lanes.LANES},
        "readout": _readout(timeline, view, zone),
        "rule": rule(width, "", _PAD),
    }
    rows.update(zip(("names", "values", "notes"), clocks.lines(timeline, width, zone), strict=True))
    keys = _layout(
        height, {mark.lane for mark in scene.marks}, has_cursor=view.cursor is not None, is_wide=width >= _WIDE,
        has_step=bool(step),
    )  # fmt: skip
    out = [_exact(rows.get(key, []), width) for key in keys[:height]]
    return out + [_exact([], width) for _ in range(height - len(out))]


def stops(timeline: Timeline) -> list[Epoch]:
    """Where the cursor can stand: the times of all marks, in order, each once."""
    return sorted({mark.at for mark in lanes.complete(timeline)})


def step(timeline: Timeline, cursor: Epoch | None, by: int) -> Epoch | None:
    """The cursor `by` marks further; from None, to the first signal's mark or the last one; None without marks."""
    at = stops(timeline)
    if not at:
        return None
    if cursor is None:
        return min(at, key=lambda t: abs(t - timeline.outage.first_signal_at)) if by >= 0 else at[-1]
    near = min(range(len(at)), key=lambda i: abs(at[i] - cursor))
    return at[max(0, min(len(at) - 1, near + by))]


def scene_of(timeline: Timeline, width: int, now: Epoch, view: View = WHOLE) -> lanes.Scene:
    """The scale and the window on it that a view asks for."""
    outage = timeline.outage
    marks = lanes.complete(timeline)
    origin = outage.first_signal_at
    is_open = outage.resolved_at is None
    times = [mark.at - origin for mark in marks]
    times += [0.0, outage.occurred_at - origin, outage.detected_at - origin]
    times += [max(now - origin, *times)] if is_open else []
    room = max(width - LABEL_CELLS - _PAD, 1)
    zoom = max(0, min(view.zoom, ZOOM_MOST))
    lead, tail = (11, 16) if width >= _WIDE else (4, 12)
    axis = Axis(times, room << zoom, lead, 0 if is_open else tail)
    middle = axis.x((view.cursor if view.cursor is not None else origin) - origin)
    offset = max(0, min(middle - room // 2, axis.width - room)) if zoom else 0
    return lanes.Scene(outage, marks, axis, origin, offset, room, is_open)


_GROUPS: tuple[tuple[str, ...], ...] = (
    ("title",), ("state",), ("axis",), ("readout",), ("next",), ("@heard",), ("names", "values"), ("rule",),
    ("@silent",), ("notes",), ("sentence",), ("gap state", "gap notice"), ("gap rule",), ("gap axis",), ("gap title",),
    ("gap session", "gap route", "gap data"), ("gap shown", "gap ack", "gap runbook"),
)  # fmt: skip
"""What is given up last comes first; a group is shown whole or not at all."""
_ORDER = (
    "gap title", "title", "sentence", "next", "gap axis", "axis", "link", "gap session", "session", "gap route",
    "route", "gap data", "data", "context", "gap state", "state", "gap notice", "notice", "gap shown", "shown",
    "gap ack", "ack", "gap runbook", "runbook", "readout", "gap rule", "rule", "names", "values", "notes",
)  # fmt: skip


def _layout(height: int, heard: set[str], *, has_cursor: bool, is_wide: bool, has_step: bool) -> list[str]:
    """The rows that fit, from the top; where columns are narrow the sentence says more than cut notes."""
    chosen: set[str] = set()
    for group in _GROUPS:
        wanted_if = {"readout": has_cursor, "notes": is_wide, "next": has_step}
        if not wanted_if.get(group[0], True):
            continue
        if group[0].startswith("@"):
            wanted = group[0] == "@heard"
            for lane in lanes.LANES:
                is_wanted = (lane in heard) is wanted and (wanted or lane != "context")
                if is_wanted and len(chosen) < height:
                    chosen.add(lane)
        elif len(chosen) + len(group) <= height:
            chosen.update(group)
    return [key for key in _ORDER if key in chosen]


def _exact(line: Line, width: int) -> Line:
    line = cut(line, width)
    return [*line, (" " * (width - size(line)), "")]


def _title(outage: OutageEvent, width: int, now: Epoch, zone: Zone) -> Line:
    where = f"  {outage.hostname}  {outage.prefix}" + (f"  vrf {outage.vrf}" if outage.vrf != "default" else "")
    why = cause(outage) + (f", {brief(outage.cause_detail)}" if outage.cause_detail else "")
    left: Line = [(outage.outage_id, "strong"), (where, ""), (f"   {why}", "")]
    if width >= _WIDE:
        first = clock_there(outage.first_signal_at, zone, 3)
        return spread(left, [("   first signal ", "dim"), (first, "dim")], width, _PAD)
    return spread(left, [(f"  {dur(lasted(outage, now))}", "")], width, _PAD)


def _sentence(outage: OutageEvent, width: int, now: Epoch) -> Line:
    look = face(outage)
    chip: Span = (f" {look.glyph} {look.word} ", look.role + "*" * is_new(outage))
    who = f"acknowledged by {person(outage.acknowledged_by)}" if outage.acknowledged_by else ""
    owned: Span = (NEW, "strong") if is_new(outage) else (who, "")
    left: Line = [chip, (f"  {dur(lasted(outage, now))}   {outage.severity.value}   ", ""), owned]
    right: Line = [(f"   {outage.incident_id}", "dim")] if outage.incident_id else []
    room = width - 2 * _PAD - size(left) - size(right) - 3
    left += [(f"   {fit(said(outage), min(room, cells(said(outage))))}", "")] if room > 8 else []
    return spread(left, right, width, _PAD)


def _axis(scene: lanes.Scene, view: View) -> Line:
    canvas = Canvas(scene.cells)
    here = scene.x(view.cursor) if view.cursor is not None else -1
    for x, text in scene.axis.ticks():
        if not x - 1 <= here + scene.offset <= x + len(text) or here < 0:
            canvas.paint(x - scene.offset, text, "dim")
    if here >= 0:
        canvas.paint(here, "v", "accent!")
    zoom = f"  x{1 << min(view.zoom, ZOOM_MOST)}" if view.zoom > 0 else ""
    return [(fit(zoom, LABEL_CELLS), "accent"), *canvas.line()]


def _readout(timeline: Timeline, view: View, zone: Zone) -> Line:
    """The marks under the cursor, in full."""
    if view.cursor is None:
        return []
    here = [mark for mark in lanes.complete(timeline) if mark.at == view.cursor]
    offset = clocks.offset(view.cursor - timeline.outage.first_signal_at)
    line: Line = [("> ", "accent!"), (f"{offset}  {clock_there(view.cursor, zone, 3)}", "strong")]
    for mark in here[:6]:
        line += [(f"   {mark.lane} ", "dim"), (_words(mark), "")]
    return line


def _words(mark: TimelineMark) -> str:
    words = (mark.verdict if mark.verdict not in mark.text else "", mark.text)
    return narrow(" ".join(word for word in words if word))
