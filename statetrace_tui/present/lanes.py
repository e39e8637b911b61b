"""Pure. The lanes of a timeline, one line each, on a common axis.

A plane's lane is a line from `X` to `o` while it was lost; the state's lane is filled while nobody had it;
the others carry a `^` and a word at each event. Words give way to marks, never the reverse.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.outage import EvidenceItem, OutageEvent, Timeline, TimelineMark
from statetrace_tui.present.axis import Axis
from statetrace_tui.present.canvas import Canvas, narrow
from statetrace_tui.present.outage_row import brief, degraded_role, person
from statetrace_tui.present.text import Line, fit

PLANES = ("link", "session", "route", "data")
LANES = (*PLANES, "context", "state", "notice", "shown", "ack", "runbook")
_LABEL_CELLS = 11
_PLANE_LOOK = {"down": ("X", "crit"), "impaired": ("%", "warn"), "up": ("o", "ok")}
_RANK = {"down": 0, "impaired": 1, "up": 2}
_SEVERITY_ROLE = {"critical": "crit", "major": "major", "warning": "warn", "recovered": "ok", "info": "dim"}
_RELEASES = ("lapsed", "undo", "undone", "expired", "released", "taken back")
"""Marks of the ack lane after which nobody has the outage."""


class Scene(NamedTuple):
    """What every lane is painted on."""

    outage: OutageEvent
    marks: tuple[TimelineMark, ...]
    """Complete and in order of time."""
    axis: Axis
    origin: Epoch
    offset: int
    """Cells of the axis left of the window."""
    cells: int
    is_open: bool

    def x(self, at: Epoch) -> int:
        """The cell in the window, which may lie outside it."""
        return self.axis.x(at - self.origin) - self.offset

    def lane(self, name: str) -> list[TimelineMark]:
        return [mark for mark in self.marks if mark.lane == name]


def complete(timeline: Timeline) -> tuple[TimelineMark, ...]:
    """The marks in order of time, and what only the outage's clocks know: how it began, who was told, its end."""
    outage = timeline.outage
    marks = sorted((mark for mark in timeline.marks if mark.lane in LANES), key=lambda mark: mark.at)
    if not any(mark.lane in PLANES for mark in marks):
        marks += [_mark_of(item) for item in outage.evidence]
    states = [mark for mark in marks if mark.lane == "state"]
    used = {mark.lane for mark in marks if not _is_release(mark)}
    ends = {mark.verdict for mark in states}
    is_unproven = outage.state is HealthState.UNKNOWN
    has_gap = bool(states) and states[-1].verdict == "UNKNOWN"
    for lane, at, verdict, text, is_known in (
        ("state", outage.detected_at, _opening(outage, states), "", _has_opening(outage, states)),
        ("state", outage.unseen_since, "UNKNOWN", outage.unseen_why, has_gap),
        ("state", outage.resolved_at, "RECOVERED", "", is_unproven or bool(ends & {"RECOVERED", "HEALTHY"})),
        ("state", outage.closed_at, "HEALTHY", "", is_unproven or "HEALTHY" in ends),
        ("notice", outage.notified_at, outage.worst.value, "", "notice" in used),
        ("shown", outage.shown_at, "", "", "shown" in used),
        ("ack", outage.acked_at, "", outage.acknowledged_by, "ack" in used),
    ):
        if at is not None and not is_known:
            marks.append(TimelineMark(at=at, lane=lane, verdict=verdict, text=text))
    return tuple(sorted(marks, key=lambda mark: mark.at))


def _mark_of(item: EvidenceItem) -> TimelineMark:
    return TimelineMark(at=item.at, lane=item.plane.value, verdict=item.verdict.value, text=item.text)


def _has_opening(outage: OutageEvent, states: Sequence[TimelineMark]) -> bool:
    return any(mark.at <= outage.detected_at + 0.001 for mark in states)


def _opening(outage: OutageEvent, states: Sequence[TimelineMark]) -> str:
    """The state it was detected in: what worsened was degraded before."""
    later = next((mark.verdict for mark in states if mark.verdict in ("DOWN", "DEGRADED")), "")
    is_down = later == "DEGRADED" or (not later and outage.worst is Severity.CRITICAL)
    return "DOWN" if is_down else "DEGRADED"


def is_history(mark: TimelineMark) -> bool:
    """Came too late to count: it has its place and changes nothing."""
    return mark.text.endswith(", history")


def line(scene: Scene, lane: str) -> Line:
    """The lane's label and its cells."""
    canvas = Canvas(scene.cells)
    marks = scene.lane(lane)
    if not marks and lane in PLANES:
        canvas.paint(max(scene.x(scene.origin), 0), "no signal", "quiet")
    _PAINTERS.get(lane, _paint_events)(scene, canvas, marks)
    return [(fit(f"  {lane}", _LABEL_CELLS), "strong" if lane == "state" else "dim"), *canvas.line()]


def _paint_plane(scene: Scene, canvas: Canvas, marks: Sequence[TimelineMark]) -> None:
    spots = _spots(scene, [mark for mark in marks if not is_history(mark)])
    for i, spot in enumerate(spots):
        verdict = spot.last.verdict
        if verdict in ("down", "impaired"):
            end = spots[i + 1].x if i + 1 < len(spots) else scene.cells if scene.is_open else spot.x + 1
            canvas.fill(spot.x, end, "─", _PLANE_LOOK[verdict][1])
    _pin(canvas, spots)
    changes = [spot for i, spot in enumerate(spots) if not i or spots[i - 1].last.verdict != spot.worst.verdict]
    late = _spots(scene, [mark for mark in marks if is_history(mark)])
    everything = sorted([*spots, *late], key=lambda spot: spot.x)
    _paint_words(scene, canvas, everything, {spot.x for spot in changes}, _plane_word)
    _paint_folds(scene, canvas)


def _pin(canvas: Canvas, spots: Sequence[_Spot]) -> None:
    """What is down since before the window says so at its left edge."""
    before = [spot for spot in spots if spot.x < 0]
    if before and before[-1].last.verdict in ("down", "impaired"):
        after = spots[len(before)].x if len(before) < len(spots) else len(canvas.cells) + 1
        word = _plane_word(before[-1])
        canvas.paint(0, "<", word.role)
        _paint_word(canvas, 0, after, narrow(word.text), word.role)


class _Spot(NamedTuple):
    """The marks of one lane that share a cell."""

    x: int
    marks: list[TimelineMark]

    @property
    def worst(self) -> TimelineMark:
        return min(self.marks, key=lambda mark: _RANK.get(mark.verdict, 3))

    @property
    def last(self) -> TimelineMark:
        return self.marks[-1]


def _spots(scene: Scene, marks: Iterable[TimelineMark]) -> list[_Spot]:
    return [_Spot(x, list(group)) for x, group in groupby(marks, key=lambda mark: scene.x(mark.at))]


class _Word(NamedTuple):
    glyph: str
    text: str
    role: str


def _plane_word(spot: _Spot) -> _Word:
    glyph, role = _PLANE_LOOK.get(spot.worst.verdict, ("?", "unk"))
    role = "dim" if all(map(is_history, spot.marks)) else role
    losses = sum(mark.verdict == "down" for mark in spot.marks)
    is_flapping = losses > 1 and any(mark.verdict == "up" for mark in spot.marks)
    text = brief(spot.worst.text) or spot.worst.verdict
    return _Word(glyph, f"{text} x{losses}" if is_flapping else text, role)


def _event_word(spot: _Spot) -> _Word:
    roles = [_event_role(mark) for mark in spot.marks]
    texts = list(dict.fromkeys(_event_text(mark) for mark in spot.marks))
    return _Word("^", ", ".join(text for text in texts[:8] if text), roles[-1])


def _event_role(mark: TimelineMark) -> str:
    if mark.lane == "notice":
        return _SEVERITY_ROLE.get(mark.verdict or mark.text, "")
    return "accent!" if mark.lane == "ack" and not _is_release(mark) else ""


def _event_text(mark: TimelineMark) -> str:
    if mark.lane == "notice":
        return mark.verdict or mark.text
    name, _, rest = (mark.text or mark.verdict).partition(" ")
    return f"{person(name)} {rest}".rstrip()


def _paint_events(scene: Scene, canvas: Canvas, marks: Sequence[TimelineMark]) -> None:
    spots = _spots(scene, marks)
    _paint_words(scene, canvas, spots, {spot.x for spot in spots}, _event_word)


def _paint_words(
    scene: Scene, canvas: Canvas, spots: Sequence[_Spot], firm: set[int], word_of: Callable[[_Spot], _Word]
) -> None:
    """Glyph and word of each spot; spots that are not `firm` never cut the word before them."""
    visible = [spot for spot in spots if 0 <= spot.x < scene.cells]
    walls = [spot.x for spot in visible if spot.x in firm]
    free, carried = 0, ""
    for spot in visible:
        if spot.x not in firm and spot.x < free:
            continue
        word = word_of(spot)
        wall = walls[bisect_right(walls, spot.x)] if walls and spot.x < walls[-1] else scene.cells + 1
        canvas.paint(spot.x, word.glyph, word.role)
        text = narrow(f"{carried}, {word.text}" if carried else word.text)
        is_carried = word.glyph == "^" and wall - spot.x < len(text) + 3 and wall <= scene.cells
        carried = text[:60] if is_carried else ""
        free = spot.x + 2 if is_carried else _paint_word(canvas, spot.x, wall, text, word.role)


def _paint_word(canvas: Canvas, x: int, wall: int, text: str, role: str) -> int:
    """The word of the glyph at `x`, whole if it fits before `wall`, else before the glyph, else cut; where it ends."""
    edge = min(wall, len(canvas.cells))
    room = min(wall - 1, len(canvas.cells)) - x - 2
    start = x - 2 - len(text)
    if len(text) > room and wall > len(canvas.cells) and _is_free(canvas, start, x):
        canvas.paint(start, f" {text} ", role, x)
    elif len(text) <= room or room >= 5:
        text = fit(text, min(room, len(text)))
        canvas.paint(x + 1, f" {text} ", role, edge)
        return x + 3 + len(text)
    return x + 2


def _is_free(canvas: Canvas, start: int, end: int) -> bool:
    return start >= 0 and all(char in " ─" for char, _ in canvas.cells[start:end])


def _paint_folds(scene: Scene, canvas: Canvas) -> None:
    """`//` where a lane crosses a fold."""
    for fold in scene.axis.folds:
        middle = fold.x + fold.cells // 2 - scene.offset
        crossed = canvas.cells[max(middle, 0) : middle + 2]
        if middle >= 0 and crossed and all(char == "─" or role.endswith("*") for char, role in crossed):
            canvas.paint(middle, "//", "dim")


class _Span(NamedTuple):
    start: int
    end: int
    state: str
    role: str


_STATE_GLYPH = {"DOWN": "X", "DEGRADED": "!", "UNKNOWN": "?", "RECOVERED": "+", "HEALTHY": "o"}
_STATE_ROLE = {"DOWN": "crit", "UNKNOWN": "unk", "RECOVERED": "ok", "HEALTHY": "dim"}
_STATE_RANK = ("HEALTHY", "RECOVERED", "UNKNOWN", "DEGRADED", "DOWN")
"""Painted in this order: where two share a cell, the worst stays."""


def _paint_state(scene: Scene, canvas: Canvas, marks: Sequence[TimelineMark]) -> None:
    spans = _state_spans(scene, marks)
    unowned = _unowned(scene)
    for span in sorted(spans, key=lambda span: _rank(span.state)):
        canvas.fill(span.start, span.end, "─", span.role)
        if span.state in ("DOWN", "DEGRADED"):
            for start, end in unowned:
                canvas.fill(max(start, span.start), min(end, span.end), " ", f"{span.role}*")
    _paint_folds(scene, canvas)
    folds = [fold.x + fold.cells // 2 - scene.offset for fold in scene.axis.folds]
    for span in sorted(spans, key=lambda span: _rank(span.state)):
        _paint_state_word(canvas, span, next((x for x in folds if x > max(span.start, 0)), scene.cells))


def _state_spans(scene: Scene, marks: Sequence[TimelineMark]) -> list[_Span]:
    """A state lasts to the next mark; each takes a cell at least."""
    first = scene.x(marks[0].at) if marks else scene.cells
    before = HealthState.UNKNOWN if marks and marks[0].verdict == "UNKNOWN" else HealthState.HEALTHY
    spans = [_Span(0, first, before.value, _STATE_ROLE[before.value])] if first > 0 else []
    for i, mark in enumerate(marks):
        start = scene.x(mark.at)
        end = scene.x(marks[i + 1].at) if i + 1 < len(marks) else scene.cells
        role = _STATE_ROLE.get(mark.verdict, degraded_role(scene.outage) if mark.verdict == "DEGRADED" else "dim")
        spans.append(_Span(start, max(end, start + 1), mark.verdict, role))
    return _distinct(spans)


def _distinct(spans: Sequence[_Span]) -> list[_Span]:
    """At most one span of a state in a cell: thousands of flaps cost no more than the cells they share."""
    return list({(span.start, span.end, span.state): span for span in spans}.values())


def _rank(state: str) -> int:
    return _STATE_RANK.index(state) if state in _STATE_RANK else 0


def _paint_state_word(canvas: Canvas, span: _Span, fold: int) -> None:
    """In the cells of the span, before the next fold."""
    start, end = max(span.start, 0), min(span.end, fold, len(canvas.cells))
    room = end - start
    glyph = _STATE_GLYPH.get(span.state, "?")
    word = f" {glyph} {span.state} "
    if span.state == "HEALTHY" and start == 0:
        word = word[1:]
    if room < len(word) - 1:
        word = f" {glyph} " if room > 3 else f" {glyph}" if room >= 2 else glyph
    for i, char in enumerate(word[:room], start):
        role = canvas.cells[i][1]
        canvas.cells[i] = (char, role if role.rstrip("*") == span.role else span.role)


def _is_release(mark: TimelineMark) -> bool:
    words = (mark.verdict or mark.text).lower()
    return mark.lane == "ack" and (words.startswith(_RELEASES) or words.endswith("undid it"))


def _unowned(scene: Scene) -> list[tuple[int, int]]:
    """The cells in which nobody had the outage."""
    out: list[tuple[int, int]] = []
    open_from: int | None = min(scene.x(scene.outage.detected_at), scene.x(scene.origin))
    for mark in scene.lane("ack"):
        x = scene.x(mark.at)
        if _is_release(mark):
            open_from = x if open_from is None else open_from
        elif open_from is not None:
            out.append((open_from, x))
            open_from = None
    if open_from is not None and not scene.outage.acknowledged_by:
        out.append((open_from, scene.cells))
    return out


_PAINTERS: dict[str, Callable[[Scene, Canvas, Sequence[TimelineMark]], None]] = {
    **dict.fromkeys(PLANES, _paint_plane),
    "state": _paint_state,
}
