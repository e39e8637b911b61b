"""Pure. The list of changes as an operator works on it: a cursor, a filter, marks; only what is in sight is made.

Entries are as high as they need to be, so nothing is counted in lines but what is on the screen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from statetrace_engine.model.action import MarkChange
from statetrace_engine.model.diff import ChangeMark, ChangeType, DiffChange, MarkVerdict
from statetrace_engine.model.marked import (
    NOTHING,
    Covered,
    MarkIndex,
    Subject,
    Whose,
    steps,
    subject_in,
    subject_of,
)
from statetrace_tui.present import diff_rows
from statetrace_tui.present.diff_changes import Changes, Entry, Item, Part
from statetrace_tui.present.diff_filter import Query
from statetrace_tui.present.diff_rows import Look
from statetrace_tui.present.hours import Zone, minute
from statetrace_tui.present.text import Line, fit, size

SAID = {MarkVerdict.EXPECTED: "expected", MarkVerdict.FALSE_POSITIVE: "false positive"}
_CHUNK = 2048


class Marked:
    """What operators said of changes."""

    def __init__(self, marks: Iterable[ChangeMark] = ()) -> None:
        self._marks = MarkIndex(marks)

    def __bool__(self) -> bool:
        return bool(self._marks)

    def of(self, whose: Whose | None, change: DiffChange) -> Covered:
        """`whose`: None, of nobody's: two devices are compared."""
        if whose is None or not self._marks.of(subject := subject_in(whose, change)):
            return NOTHING
        return self._marks.covered(subject, steps(change))

    def has(self, action: MarkChange) -> bool:
        """Something was said of the change that this would be said of, or of some of it."""
        return bool(self._marks.covered(subject_of(action), action.steps).marks)

    def word(self, whose: Whose | None, changes: Sequence[DiffChange]) -> str:
        """What was said of all of them; empty where of some nothing was."""
        found = [self.of(whose, change).verdict for change in changes]
        return SAID[found[-1]] if found and all(found) and found[-1] is not None else ""

    def parts(self, whose: Whose | None, changes: Sequence[DiffChange]) -> tuple[str, ...]:
        """Fields of which something was said, where of others nothing was."""
        return self.of(whose, changes[0]).fields() if len(changes) == 1 else ()

    def expects(self, item: Item, entry: Callable[[], Entry]) -> bool:
        """Somebody said that it is as it should be; `entry` is asked where something was said of such a thing."""
        types = (item.change_type,) if len(item.keys) == 1 else (ChangeType.REMOVED, ChangeType.ADDED)
        both = zip(item.keys, types, strict=True)
        if not all(self._marks.of(Subject(item.hostname, item.kind, *each, item.site)) for each in both):
            return False
        whose, changes = Whose(item.hostname, item.site), entry().changes
        return bool(changes) and all(self.of(whose, each).verdict is MarkVerdict.EXPECTED for each in changes)


class Selection(NamedTuple):
    """What a filter and the marks leave."""

    shown: Sequence[int]
    """Numbers of entries, rising."""
    hidden: int = 0
    """Expected changes that the filter would show."""
    pairs: int = 0
    """Of those that are shown, how many are two changes: a line and what took its place."""


def select(
    changes: Changes, items: Sequence[Item], query: Query, marked: Marked,
    is_wanted: Callable[[], bool] = lambda: True, *, shows_expected: bool,
) -> Selection | None:  # fmt: skip
    """`items` are all of the changes. None when it is wanted no longer: that is asked now and then."""
    found: Sequence[int] = range(len(items))
    if query.tests:
        passed: list[int] = []
        for first in range(0, len(items), _CHUNK):
            if not is_wanted():
                return None
            part = items[first : first + _CHUNK]
            passed += [at for at, item in enumerate(part, first) if query.matches(item)]
        found = passed
    if shows_expected or not marked:
        return Selection(found, 0, _pairs(items, found))
    kept = [at for at in found if not marked.expects(items[at], partial(changes.entry, at))]
    pairs = _pairs(items, kept)
    return Selection(kept, len(found) - len(kept) + _pairs(items, found) - pairs, pairs)


def _pairs(items: Sequence[Item], shown: Iterable[int]) -> int:
    return sum(len(items[at].keys) > 1 for at in shown)


class DiffList:
    """Feed it with `take` and `choose`, read it with `lines`."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.shown: Sequence[int] = range(0)
        self.hidden = self.pairs = 0
        self.at = 0
        """The chosen one's place in `shown`."""
        self._top = 0

    def take(self, changes: Changes) -> None:
        """Others; the cursor goes to the first."""
        self.changes, self.shown, self.hidden, self.pairs = changes, range(len(changes)), 0, changes.pairs
        self.at = self._top = 0

    def choose(self, selection: Selection) -> None:
        """The cursor stays on its entry, or goes to the next that is left."""
        here = self.shown[self.at] if self.shown else 0
        self.shown, self.hidden, self.pairs = selection
        self.at = min(bisect_left(self.shown, here), max(len(self.shown) - 1, 0))
        self._top = min(self._top, self.at)

    @property
    def extent(self) -> str:
        """`24`; where a line and what took its place are one row, `24 rows, 28 changes`."""
        rows = len(self.shown)
        return f"{rows:,} rows, {rows + self.pairs:,} changes" if self.pairs else f"{rows:,}"

    @property
    def chosen(self) -> Entry | None:
        return self.changes.entry(self.shown[self.at]) if self.shown else None

    def part_of(self, entry: Entry) -> Part:
        return self.changes.parts[entry.part]

    def move(self, by: int) -> None:
        self.at = max(0, min(self.at + by, len(self.shown) - 1))

    def point(self, number: int) -> None:
        """To an entry by its number, where it is shown and the cursor is where it was at first."""
        place = bisect_left(self.shown, number)
        if self.at == 0 and place < len(self.shown) and self.shown[place] == number:
            self.at = place

    def go_group(self, by: int) -> None:
        """To the first of the next group, where there is one; back to the first of this one, then of the one before."""
        if not self.shown:
            return
        group = self.changes.groups[self._group(self.at)]
        if by > 0:
            following = bisect_left(self.shown, group.first + group.length)
            self.at = following if following < len(self.shown) else self.at
            return
        first = bisect_left(self.shown, group.first)
        if first == self.at and first > 0:
            first = bisect_left(self.shown, self.changes.groups[self._group(first - 1)].first)
        self.at = first

    def lines(self, look: Look, height: int, marked: Marked, zone: Zone, *, is_here: bool) -> list[Line]:
        """At most `height`, the chosen entry whole among them where it can be."""
        if not self.shown or height <= 0:
            return []
        self.at = max(0, min(self.at, len(self.shown) - 1))
        self._top = max(0, min(self._top, self.at))
        blocks = self._from(self._top, self.at, look, height, marked, zone, is_here=is_here)
        if blocks is None:
            self._top = self._first_for(self.at, look, height, marked, zone)
            blocks = self._from(self._top, self.at, look, height, marked, zone, is_here=is_here) or []
        out = [line for block in blocks for line in block]
        place = self._top + len(blocks)
        while len(out) < height and place < len(self.shown):
            out += self._block(place, place == self._top, look, marked, zone, is_here=False)
            place += 1
        return out[:height]

    def _from(
        self, top: int, at: int, look: Look, height: int, marked: Marked, zone: Zone, *, is_here: bool
    ) -> list[list[Line]] | None:
        """The entries from `top` to `at`; None where they do not fit."""
        if at - top > height:
            return None
        blocks: list[list[Line]] = []
        used = 0
        for place in range(top, at + 1):
            block = self._block(place, place == top, look, marked, zone, is_here=is_here and place == at)
            used += len(block)
            blocks.append(block)
            if used > height and place > top:
                return None
        return blocks

    def _first_for(self, at: int, look: Look, height: int, marked: Marked, zone: Zone) -> int:
        """The earliest entry from which the one at `at` is still whole on the screen."""
        used = 0
        for place in range(at, -1, -1):
            below_another = len(self._block(place, False, look, marked, zone, is_here=False))
            as_first = len(self._block(place, True, look, marked, zone, is_here=False))
            if used + as_first > height:
                return min(place + 1, at)
            used += below_another
        return 0

    def _block(
        self, place: int, is_first: bool, look: Look, marked: Marked, zone: Zone, *, is_here: bool
    ) -> list[Line]:
        """An entry with what stands above it: its group's heading, the heads of its line."""
        number = self.shown[place]
        entry = self.changes.entry(number)
        group = self._group(place)
        starts = place == 0 or self._group(place - 1) != group
        before = None if is_first or starts else self.changes.entry(self.shown[place - 1])
        part = self.part_of(entry)
        out: list[Line] = [[]] if look.is_airy and starts and not is_first else []
        if starts or is_first:
            if len(self.changes.parts) > 1 and (is_first or place == 0 or self._part(place - 1) != entry.part):
                out.append(part_line(part, look.width, zone))
            out.append(diff_rows.heading(self.changes.groups[group], look.width))
        shown = look._replace(
            said=marked.word(part.whose, entry.changes), parts=marked.parts(part.whose, entry.changes)
        )
        return [*out, *diff_rows.lines(entry, before, shown, is_here=is_here)]

    def _group(self, place: int) -> int:
        return self.changes.group_at(self.shown[place])

    def _part(self, place: int) -> int:
        return self.changes.groups[self._group(place)].part


def part_line(part: Part, width: int, zone: Zone) -> Line:
    """Whose changes follow, where several comparisons are shown one below the other."""
    since = f"{minute(part.before_at, zone)} to " if part.before_at is not None else ""
    line: Line = [("  ", ""), (f" {part.name}  ", "strong"), (f"{since}{minute(part.after_at, zone)} ", "")]
    return [(text, f"@over {role}".strip()) for text, role in [*line, (fit("", width - size(line)), "")]]
