"""Pure. How late outages were known: each part over many of them, and the last ones with their parts side by side.

s occurrence to signal  ███─────────      0.01   0.30   1.20
  OUT-1123-7K2Q         sssssseeeeeeeeeegg      1.10 s +-0.13 to the glass
"""

from __future__ import annotations

from statetrace_engine.model.monitors import Delay, Monitors, Spread
from statetrace_tui.present.monitor_block import FINE, Block, Row
from statetrace_tui.present.text import Line, count, dur, fit, size, spread

_PARTS = (
    ("s", "occurrence to signal", "accent"),
    ("e", "signal to outage", "strong"),
    ("n", "outage to notice", "dim"),
    ("g", "outage to glass", ""),
)
"""The letter of a bar, what it is, its colour."""


def block(found: Monitors, width: int) -> Block:
    late, of = (found.today, "today") if found.today.outages else (found.recent, "of the last")
    if not late.outages:
        return Block("HOW LATE WE KNOW", "no outage yet", FINE, ())
    spreads = (late.signal, late.evaluation, late.notice, late.glass)
    most = max((spread.p95 for spread in spreads if spread), default=0.0)
    made = [_part(*part, of_part, most, width) for part, of_part in zip(_PARTS, spreads, strict=True)]
    made += [_delay(delay, _longest(found), width) for delay in found.last]
    right = f"{count(late.outages, 'outage')} {of if of == 'today' else ''}".rstrip() + "   p50    p95    max, s"
    return Block("HOW LATE WE KNOW", right, FINE, tuple(made))


def _longest(found: Monitors) -> float:
    return max((delay.total_s for delay in found.last), default=0.0)


def _part(letter: str, name: str, role: str, of: Spread | None, most: float, width: int) -> Row:
    left: Line = [(f" {letter} ", role), (fit(name, 22), "")]
    if of is None:
        return Row([*left, ("none yet", "dim")])
    values = "".join(f"{_seconds(value):>7}" for value in (of.p50, of.p95, of.max))
    room = max(width - size(left) - len(values) - 4, 0)
    median, rest = (round(room * value / most) if most else 0 for value in (of.p50, of.p95))
    reach: Line = [("█" * median, role), ("─" * (rest - median), "faint")]
    return Row(spread([*left, *reach], [(values, "strong")], width), f"part {letter}", "outages")


def _delay(delay: Delay, longest: float, width: int) -> Row:
    """One outage: its parts side by side, a letter each."""
    left: Line = [("   ", ""), (fit(delay.outage_id, 22), "strong")]
    room = max(width - size(left) - 25, 0)
    parts = (delay.signal_s, delay.evaluation_s, 0.0, delay.glass_s or 0.0)
    stack: Line = []
    for (letter, _, role), value in zip(_PARTS, parts, strict=True):
        stack.append((letter * (round(room * value / longest) if longest else 0), role))
    unsure = f" +-{_seconds(delay.uncertain_s)}" if delay.uncertain_s >= 0.005 else ""
    far = "to the glass" if delay.glass_s is not None else "not shown"
    tail = f"{_seconds(delay.total_s)} s{unsure} {far}"
    return Row(spread([*left, *stack], [(tail, "dim")], width), f"delay {delay.outage_id}", "outages", delay.outage_id,
               delay.outage_id)  # fmt: skip


def _seconds(value: float) -> str:
    if value < 10:
        return f"{value + 0.0 if value >= 0.005 else 0.0:.2f}"
    return f"{value:.1f}" if value < 100 else dur(value)
