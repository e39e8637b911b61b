"""Pure. One scale for every lane of a timeline: linear where busy, folded where quiet (`/39s/`).

Times are seconds from an origin. Each stretch between two folds has a linear scale of its own, with more cells
where more happens; a fold has a fixed width and says how long it is. No time of a mark lies within a fold.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from statetrace_tui.present.text import dur

FOLD_CELLS = 9
FOLD_LEAST_S = 20.0
FOLD_SHARE = 0.5
"""The longest gaps are folded one by one while each is at least this share of all that then stays linear .."""
FOLD_BURSTS = 2.0
""".. or together, when the least of them is so many times what stays: bursts with equal pauses."""
CELLS_A_FOLD = 30
"""At most one fold in so many cells."""
LIMIT_S = 1e9
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
          3600, 7200, 14400, 43200, 86400, 7 * 86400)  # fmt: skip
_TICK_CELLS = 9


class Fold(NamedTuple):
    x: int
    cells: int
    seconds: float


class Stretch(NamedTuple):
    """A linear part: `start` lies at cell `x`, `end` at cell `x + cells`; labels may use cells up to `limit`."""

    start: float
    end: float
    x: int
    cells: int
    limit: int

    def at(self, t: float) -> int:
        if t <= self.start or self.end <= self.start:
            return self.x
        share = min((t - self.start) / (self.end - self.start), 1.0)
        return self.x + round(share * self.cells)


class Axis:
    """The scale of `times` (any order, any number, seconds) over `width` cells.

    `lead` cells stay free before the first time, `tail` cells after the last: room for words; both give way
    when the width is small.
    """

    def __init__(self, times: Iterable[float], width: int, lead: int = 0, tail: int = 0) -> None:
        self.width = max(width, 1)
        known = sorted({clamp(t) for t in times}) or [0.0]
        groups = _groups(known, self.width)
        self.stretches, self.folds = _lay(groups, self.width, min(lead, self.width // 6), min(tail, self.width // 4))
        self._starts: list[float] = [stretch.start for stretch in self.stretches]

    def x(self, t: float) -> int:
        """The cell of a time; never decreasing with it."""
        i = bisect_right(self._starts, clamp(t)) - 1
        return self.stretches[max(i, 0)].at(clamp(t))

    def ticks(self) -> list[tuple[int, str]]:
        """Labels by cell: offsets at round steps, and the folds by length; none touches another."""
        out: list[tuple[int, str]] = []
        for i, stretch in enumerate(self.stretches):
            out += _ticks(stretch, is_named=i > 0)
            if i < len(self.folds):
                fold = self.folds[i]
                out.append((fold.x, f"/{dur(fold.seconds)}/".center(fold.cells)[: fold.cells]))
        return _apart(out, self.width)


def _lay(groups: list[list[float]], width: int, lead: int, tail: int) -> tuple[tuple[Stretch, ...], tuple[Fold, ...]]:
    """Each group's share of the cells by how much happens in it."""
    free_room = width - FOLD_CELLS * (len(groups) - 1) - lead - tail
    weights = [2 + min(len(group), 12) for group in groups]
    x = 0
    folds: list[Fold] = []
    stretches: list[Stretch] = []
    for i, group in enumerate(groups):
        is_last = i == len(groups) - 1
        share = max(free_room * weights[i] // sum(weights), 1) + (lead if i == 0 else 0)
        cells = width - x if is_last else share
        first = x + (lead if i == 0 else 0)
        free = tail if is_last else min(12, share // 4)
        last = max(x + cells - 1 - free, first)
        stretches.append(Stretch(group[0], group[-1], first, last - first, x + cells))
        x += cells
        if not is_last:
            folds.append(Fold(x, FOLD_CELLS, groups[i + 1][0] - group[-1]))
            x += FOLD_CELLS
    return tuple(stretches), tuple(folds)


def clamp(t: float) -> float:
    """A time the scale can take: within thirty years of the origin."""
    return min(max(t, -LIMIT_S), LIMIT_S)


def _groups(times: list[float], width: int) -> list[list[float]]:
    """Cut at the longest gaps: as many as pay, at most one in CELLS_A_FOLD cells."""
    gaps = sorted(((b - a, i) for i, (a, b) in enumerate(pairwise(times), 1)), reverse=True)
    linear, cuts = times[-1] - times[0], 0
    for k, (gap, _) in enumerate(gaps[: width // CELLS_A_FOLD], 1):
        linear -= gap
        if gap < FOLD_LEAST_S:
            break
        if (cuts == k - 1 and gap >= FOLD_SHARE * linear) or gap >= FOLD_BURSTS * linear:
            cuts = k
    edges = [0, *sorted(i for _, i in gaps[:cuts]), len(times)]
    return [times[a:b] for a, b in pairwise(edges)]


def _ticks(stretch: Stretch, is_named: bool) -> list[tuple[int, str]]:
    """Labels of one stretch; `is_named`: its start is labelled even where it is no round time."""
    start, end, x, cells, limit = stretch
    named = [(x, label(start))] if is_named or end <= start else []
    if end <= start or cells < 1:
        return [tick for tick in named if tick[0] + len(tick[1]) <= limit]
    step = next((s for s in _STEPS if s * cells >= (end - start) * _TICK_CELLS), 0.0)
    count = int((end - start) / step) + 2 if step else 0
    first = -(-start // step) if step else 0.0
    marks = [(first + i) * step for i in range(min(count, cells))]
    round_ones = [(stretch.at(t), label(t)) for t in marks if start <= t <= end]
    return [tick for tick in named + round_ones if tick[0] + len(tick[1]) <= limit]


def label(t: float) -> str:
    """`0`, `+0.2s`, `-2s`, `+1m00s`."""
    if abs(t) < 0.005:
        return "0"
    size, sign = abs(t), "-" if t < 0 else "+"
    if size < 60 and abs(size - round(size)) >= 0.005:
        return f"{sign}{size:.2f}".rstrip("0") + "s"
    return sign + dur(round(size))


def _apart(ticks: list[tuple[int, str]], width: int) -> list[tuple[int, str]]:
    out: list[tuple[int, str]] = []
    free = 0
    for x, text in ticks:
        if x >= free and x + len(text) <= width:
            out.append((x, text))
            free = x + len(text) + 1
    return out
