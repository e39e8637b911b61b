"""Pure. The launch metrics as a page: of each a sentence and a bar a day; what has no data says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from statetrace_engine.model.launch import LaunchDay, LaunchMetrics, Span
from statetrace_tui.present import bars
from statetrace_tui.present.text import Line, count, cut, dur, fit, plain

PAD = 2
_GAP = 2
_LABEL = 8
"""Cells beside the bars for the highest value."""
_TALL_FROM = 34


class Metric(NamedTuple):
    """One figure."""

    title: str
    value: Callable[[LaunchDay], float | None]
    """Of a day."""
    words: Callable[[LaunchDay], str]
    """Of all days; empty: there is nothing to say."""
    without: str
    """What is said then."""
    is_time: bool = False


def _judged(day: LaunchDay) -> float | None:
    return None if day.cards_true is None or day.cards_false is None else day.cards_true + day.cards_false


def _share(share: float | None, word: str) -> str:
    return f": {word} {share:.0%}" if share is not None else ""


def _span(span: Span | None) -> str:
    return f"p50 {dur(span.p50)}, p95 {dur(span.p95)}, of {span.count:,}" if span is not None else ""


def _checklists(day: LaunchDay) -> str:
    if not day.checklists_full and not day.checklists_partial:
        return ""
    return f"{day.checklists_full} full, {day.checklists_partial} partial{_share(day.completion, 'finished')}"


def _steps(day: LaunchDay) -> str:
    if not day.steps_completed and not day.steps_skipped:
        return ""
    return f"{day.steps_completed:,}, {day.steps_verified:,} by evidence; {day.steps_skipped:,} skipped"


def _feedback(day: LaunchDay) -> str:
    return f"{day.cards_true} true, {day.cards_false} false{_share(day.precision, 'precision')}" if _judged(day) else ""


METRICS = (
    Metric("RUNBOOKS OPENED", lambda d: d.runbooks_opened, lambda d: f"{d.runbooks_opened:,}" if d.runbooks_opened
           else "", "no runbook was opened"),
    Metric("STEPS COMPLETED", lambda d: d.steps_completed, _steps, "no step was completed"),
    Metric("CHECKLISTS FINISHED", lambda d: d.checklists_full, _checklists, "no checklist was begun"),
    Metric("ANOMALY CARDS", lambda d: d.cards_raised, lambda d: f"{d.cards_raised:,} raised" if d.cards_raised else "",
           "no card was raised"),
    Metric("CARDS JUDGED", _judged, _feedback, "no card was judged"),
    Metric("OUTAGES", lambda d: d.outages, lambda d: count(d.outages, "outage") if d.outages else "",
           "nobody was told of an outage"),
    Metric("TIME TO ACKNOWLEDGE", lambda d: d.acknowledge.p50 if d.acknowledge is not None else None,
           lambda d: _span(d.acknowledge), "no outage was acknowledged", is_time=True),
    Metric("TIME TO RESOLVE", lambda d: d.resolve.p50 if d.resolve is not None else None,
           lambda d: _span(d.resolve), "no outage was resolved", is_time=True),
)  # fmt: skip
NOBODY = "no engine has left a word of these days"


def lines(metrics: LaunchMetrics, width: int, height: int) -> list[Line]:
    """All of it, however long; two columns where they fit."""
    inner = width - 2 * PAD
    columns = 2 if inner >= 72 else 1
    room = (inner - _GAP * (columns - 1)) // columns
    tall = 4 if height >= _TALL_FROM else 2
    out: list[Line] = [_head(metrics, inner), []]
    for first in range(0, len(METRICS), columns):
        blocks = [_block(metric, metrics, room, tall) for metric in METRICS[first : first + columns]]
        for row in range(tall + 2):
            line: Line = [(" " * PAD, "")]
            for block in blocks:
                line += [*block[row], (" " * _GAP, "")]
            out.append(cut(line, width))
    return out


def _head(metrics: LaunchMetrics, width: int) -> Line:
    days = metrics.days
    if not days:
        return [(" " * PAD, ""), ("no days were asked for", "dim")]
    empty = sum(day.is_empty for day in days)
    text = f"{days[0].day} to {days[-1].day}, UTC"
    text += f"; {count(empty, 'day')} without an engine stay empty" if empty and empty < len(days) else ""
    return [(" " * PAD, ""), (fit(text, width), "dim")]


def _block(metric: Metric, metrics: LaunchMetrics, width: int, tall: int) -> list[Line]:
    """Title, words, bars, each `width` cells."""
    values = [metric.value(day) for day in metrics.days]
    words = metric.words(metrics.total)
    nothing = NOBODY if metrics.total.is_empty else metric.without
    shown = values[-max(width - _LABEL, 1) :]
    peak = max((value for value in shown if value is not None), default=None)
    label = "" if peak is None else dur(peak) if metric.is_time else f"{peak:,.0f}"
    out: list[Line] = [
        [(fit(metric.title, width), "strong")],
        [(fit(words or nothing, width), "" if words else "dim")],
    ]
    for row, text in enumerate(bars.rows(shown, tall)):
        bar = fit(text, min(len(shown), width))
        out.append([(bar, "accent"), (fit(f" {label}" if not row else "", width - len(bar)), "dim")])
    return out


def as_text(metrics: LaunchMetrics, *, is_ascii: bool) -> str:
    """For a terminal that is no console, and for the clipboard."""
    page = "\n".join(plain(line).rstrip() for line in lines(metrics, 100, _TALL_FROM)).rstrip()
    return page.replace(bars.BLOCK, "#") if is_ascii else page
