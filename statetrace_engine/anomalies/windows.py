"""Pure. What one rule remembers of one subject, a small machine a kind of finding: it takes a match and says why, when
that makes a finding."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from array import array
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple  # what a checkpoint keeps

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import (
    Absence,
    Count,
    Event,
    Finding,
    Frequency,
    New,
    OffHours,
    Sequence,
    Threshold,
)

Local = Callable[[Epoch], datetime]
"""Wall time in the engine's own zone."""
_TAGS = 2_000
"""Types of messages that are remembered of one device."""
_VALUES = 8
"""Values of a subject that are counted each by itself."""


class Seen(NamedTuple):
    """A message that a rule looks at."""

    event: Event
    step: int
    """Of a sequence, from 0."""
    groups: Mapping[str, str]
    watched: float
    """Steady time without that in which nobody watched: silence and what is usual are measured by it."""


State = list[Any]
"""What a window knows, as a checkpoint keeps it."""


class Window(ABC):
    """Of one rule and one subject."""

    __slots__ = ()
    is_of_silence = False
    """A card stays open until the subject speaks again."""
    counts_all = True
    """What makes no finding by itself belongs to an open card all the same; False: it keeps none open."""

    @abstractmethod
    def take(self, seen: Seen) -> str:
        """Why this makes a finding; empty: it does not."""

    def behind(self) -> tuple[int, ...]:
        """Messages of the journal that the last finding is made of, beside the one that made it."""
        return ()

    def due(self) -> float | None:
        """When silence alone makes a finding, in time that is watched; None: never."""
        return None

    def silent(self, watched: float) -> str:
        """Why silence until now makes a finding; empty: it does not."""
        del watched
        return ""

    @abstractmethod
    def saved(self) -> State: ...

    @abstractmethod
    def give(self, state: State) -> None:
        """Takes back what `saved` told of a window of the same finding. Raises ValueError or TypeError."""


class CountWindow(Window):
    """Keeps so many times as are asked for: a flood costs no more memory than a drizzle."""

    __slots__ = ("_find", "_next", "_seen")

    def __init__(self, find: Count) -> None:
        self._find = find
        self._seen = array("d")
        """Time and sequence of each in turn: one array is half the size of two."""
        self._next = 0
        """Where the oldest stands, once as many are there as are kept."""

    def take(self, seen: Seen) -> str:
        kept, size = self._seen, 2 * self._find.at_least
        if len(kept) < size:
            kept.extend((seen.event.steady, seen.event.seq))
        else:
            kept[self._next], kept[self._next + 1] = seen.event.steady, seen.event.seq
            self._next = (self._next + 2) % size
        if len(kept) == size and seen.event.steady - kept[self._next] <= self._find.within_s:
            return f"{self._find.at_least} within {self._find.within_s:g} s"
        return ""

    def behind(self) -> tuple[int, ...]:
        ordered = (*self._seen[self._next :], *self._seen[: self._next])
        return tuple(int(seq) for seq in ordered[1:-2:2])

    def saved(self) -> State:
        return [list(self._seen), self._next]

    def give(self, state: State) -> None:
        kept, first = state
        size = 2 * self._find.at_least
        if len(kept) > size or len(kept) % 2 or first % 2 or not 0 <= first < size:
            raise ValueError("of another count")
        self._seen, self._next = array("d", kept), first


class EachWindow(Window):
    """A count for each of a few values; a value more takes the place of the one that was quiet longest."""

    __slots__ = ("_find", "_last", "_of")

    def __init__(self, find: Count) -> None:
        self._find = find
        self._of: dict[str, CountWindow] = {}
        self._last = ""

    def take(self, seen: Seen) -> str:
        value = self._last = seen.groups.get(self._find.each, "")
        window = self._of.pop(value, None) or CountWindow(self._find)
        if len(self._of) >= _VALUES:
            del self._of[next(iter(self._of))]
        self._of[value] = window
        return window.take(seen)

    def behind(self) -> tuple[int, ...]:
        return self._of[self._last].behind()

    def saved(self) -> State:
        return [[value, *window.saved()] for value, window in self._of.items()]

    def give(self, state: State) -> None:
        of = {}
        for value, kept, first in state:
            of[str(value)] = CountWindow(self._find)
            of[str(value)].give([kept, first])
        self._of = of


class AbsenceWindow(Window):
    __slots__ = ("_find", "_last")
    is_of_silence = True

    def __init__(self, find: Absence) -> None:
        self._find = find
        self._last: float | None = None

    def take(self, seen: Seen) -> str:
        self._last = seen.watched
        return ""

    def due(self) -> float | None:
        return None if self._last is None else self._last + self._find.after_s

    def silent(self, watched: float) -> str:
        due = self.due()
        if due is None or watched < due:
            return ""
        self._last = None
        return f"nothing for {_span(self._find.after_s)}"

    def saved(self) -> State:
        return [self._last]

    def give(self, state: State) -> None:
        (last,) = state
        self._last = None if last is None else float(last)


class SequenceWindow(Window):
    """The newest beginning of each step counts: whatever whole sequence ends now began as late as it can have."""

    __slots__ = ("_began", "_behind", "_find", "_seqs")
    counts_all = False

    def __init__(self, find: Sequence) -> None:
        self._find = find
        self._began: list[float | None] = [None] * (len(find.then) + 1)
        """When the sequence began that has come up to this step."""
        self._seqs: list[tuple[int, ...]] = [()] * (len(find.then) + 1)
        """Its messages."""
        self._behind: tuple[int, ...] = ()

    def take(self, seen: Seen) -> str:
        began = seen.event.steady if seen.step == 0 else self._began[seen.step - 1]
        if began is None or seen.event.steady - began > self._find.within_s:
            return ""
        if seen.step < len(self._find.then):
            known = self._began[seen.step]
            if known is None or began >= known:
                self._began[seen.step] = began
                self._seqs[seen.step] = (*(self._seqs[seen.step - 1] if seen.step else ()), seen.event.seq)
            return ""
        self._behind = self._seqs[seen.step - 1]
        self._began, self._seqs = [None] * len(self._began), [()] * len(self._seqs)
        return f"{len(self._find.then) + 1} in this order within {self._find.within_s:g} s"

    def behind(self) -> tuple[int, ...]:
        return self._behind

    def saved(self) -> State:
        return [self._began, self._seqs]

    def give(self, state: State) -> None:
        began, seqs = state
        if not len(began) == len(seqs) == len(self._began):
            raise ValueError("of another sequence")
        self._began, self._seqs = list(began), [tuple(each) for each in seqs]


class ThresholdWindow(Window):
    __slots__ = ("_find", "_since", "_times")
    counts_all = False

    def __init__(self, find: Threshold) -> None:
        self._find = find
        self._times = 0
        """In a row, since …"""
        self._since = 0.0

    def take(self, seen: Seen) -> str:
        find = self._find
        why = self._beyond(seen.groups.get(find.value, "").replace(",", ""), seen.event.fact is None)
        if why is None:
            return ""
        self._times = self._times + 1 if why else 0
        self._since = seen.event.steady if self._times < 2 else self._since
        lasted = seen.event.steady - self._since
        if self._times < find.times or lasted < find.for_s:
            return ""
        return f"{why} for {lasted:.0f} s" if find.for_s else why

    def _beyond(self, printed: str, is_message: bool) -> str | None:
        """Why the number is beyond a bound; empty: it is not; None: there is none."""
        find = self._find
        if not printed and is_message and find.is_said_in_words:
            return "it says so"
        try:
            value = float(printed)
        except ValueError:
            return None
        if find.above is not None and value > find.above:
            return f"{value:g} above {find.above:g}"
        return f"{value:g} below {find.below:g}" if find.below is not None and value < find.below else ""

    def saved(self) -> State:
        return [self._times, self._since]

    def give(self, state: State) -> None:
        times, since = state
        self._times, self._since = int(times), float(since)


class FrequencyWindow(Window):
    """Counts by bucket: as many numbers as the baseline has buckets."""

    __slots__ = ("_before", "_bucket", "_count", "_find")
    counts_all = False

    def __init__(self, find: Frequency) -> None:
        self._find = find
        self._before: deque[int] = deque(maxlen=max(1, math.ceil(find.baseline_s / find.bucket_s)))
        self._bucket: int | None = None
        self._count = 0

    def take(self, seen: Seen) -> str:
        bucket = math.floor(seen.watched / self._find.bucket_s)
        if self._bucket is None or bucket < self._bucket:
            self._bucket = bucket if self._bucket is None else self._bucket
        if bucket > self._bucket:
            self._before.append(self._count)
            empty = min(bucket - self._bucket - 1, self._before.maxlen or 0)
            self._before.extend([0] * empty)
            self._bucket, self._count = bucket, 0
        self._count += 1
        return self._why()

    def _why(self) -> str:
        before = self._before
        if len(before) < (before.maxlen or 0) or self._count < self._find.at_least:
            return ""  # not watched for a whole baseline yet
        mean = sum(before) / len(before)
        spread = math.sqrt(sum((each - mean) ** 2 for each in before) / len(before))
        if self._count <= mean + self._find.sigmas * spread or self._count <= self._find.factor * mean:
            return ""
        return f"{self._count} within {self._find.bucket_s:g} s, usually {mean:.1f}"

    def saved(self) -> State:
        return [list(self._before), self._bucket, self._count]

    def give(self, state: State) -> None:
        before, bucket, count = state
        self._before.clear()
        self._before.extend(map(int, before))
        self._bucket, self._count = bucket, int(count)


class NewWindow(Window):
    __slots__ = ("_find", "_first", "_known")
    counts_all = False

    def __init__(self, find: New) -> None:
        self._find = find
        self._first: float | None = None
        self._known: dict[str, None] = {}

    def take(self, seen: Seen) -> str:
        if not seen.event.tag:
            return ""
        self._first = seen.watched if self._first is None else self._first
        if seen.event.tag in self._known:
            return ""
        if len(self._known) < _TAGS:
            self._known[seen.event.tag] = None
        return f"first {seen.event.tag}" if seen.watched - self._first >= self._find.learn_s else ""

    def saved(self) -> State:
        return [self._first, list(self._known)]

    def give(self, state: State) -> None:
        self._first, known = state
        self._known = dict.fromkeys(known)


class OffHoursWindow(Window):
    __slots__ = ("_find", "_local")
    counts_all = False

    def __init__(self, find: OffHours, local: Local) -> None:
        self._local = local
        self._find = find

    def take(self, seen: Seen) -> str:
        find, at = self._find, self._local(seen.event.at)
        if find.weekends and at.weekday() >= 5:  # Saturday
            return f"at {at:%H:%M} of a {at:%A}"
        if find.start <= find.end:
            is_off = find.start <= at.hour < find.end
        else:
            is_off = at.hour >= find.start or at.hour < find.end
        return f"at {at:%H:%M}" if is_off else ""

    def saved(self) -> State:
        return []

    def give(self, state: State) -> None:
        pass


_OF_KIND: dict[type, Callable[..., Window]] = {
    Count: CountWindow,
    Absence: AbsenceWindow,
    Sequence: SequenceWindow,
    Threshold: ThresholdWindow,
    Frequency: FrequencyWindow,
    New: NewWindow,
}


def _span(seconds: float) -> str:
    """`900 s`, `7 days`."""
    days, rest = divmod(seconds, 86400.0)
    return f"{seconds:g} s" if rest or not days else f"{days:.0f} day{'s' if days > 1 else ''}"


def window(find: Finding, local: Local) -> Window:
    if isinstance(find, OffHours):
        return OffHoursWindow(find, local)
    return EachWindow(find) if isinstance(find, Count) and find.each else _OF_KIND[type(find)](find)
