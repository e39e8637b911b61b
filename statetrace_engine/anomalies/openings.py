"""Pure. Who may come before whom, by the table of sequences: an index by place and time that changes one at a time.

It is looked at from both ends: what a member follows, and who may follow a member. Both cost what is near in place
and time, whatever else there is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter

from msgspec import Struct, field

from statetrace_engine.anomalies.members import Member
from statetrace_engine.anomalies.places import Place
from statetrace_engine.anomalies.sequences import LAST_STAGE, SEQUENCES, STAGES, Sequence, Touch
from statetrace_engine.model import Epoch

_AFTER_ALL = "\U0010ffff"
"""Behind every id."""
_TOUCHES = tuple(Touch)
_PLACES: tuple[Callable[[Place], frozenset[str]], ...] = tuple(
    {
        Touch.DEVICE: attrgetter("hosts"),
        Touch.LINK: attrgetter("links"),
        Touch.OVER: attrgetter("over"),
        Touch.SITE: attrgetter("sites"),
    }[touch]
    for touch in _TOUCHES
)  # fmt: skip
"""Where what follows is looked up, by the number of its touch."""
_TOUCH_OF = tuple(_TOUCHES.index(sequence.touch) for sequence in SEQUENCES)
_MET: Mapping[Touch, Touch] = {Touch.OVER: Touch.DEVICE}
"""Where what came before is looked for: what leads over a device touches that device."""


def _opening(sequence: Sequence) -> tuple[frozenset[str], int]:
    return sequence.first, _TOUCHES.index(_MET.get(sequence.touch, sequence.touch))


_OPENINGS = tuple(dict.fromkeys(map(_opening, SEQUENCES)))
"""What may come first, and where: once for all rows that have it alike."""
_OPENING_OF = tuple(_OPENINGS.index(_opening(sequence)) for sequence in SEQUENCES)
_OPENING: Mapping[str, tuple[int, ...]] = {
    kind: tuple(number for number, (first, _) in enumerate(_OPENINGS) if kind in first)
    for kind in frozenset().union(*(first for first, _ in _OPENINGS))
}
_FIRST_OF: Mapping[str, tuple[int, ...]] = {
    kind: tuple(row for row, sequence in enumerate(SEQUENCES) if kind in sequence.first) for kind in _OPENING
}
_FOLLOWING: Mapping[str, tuple[int, ...]] = {
    kind: tuple(row for row, sequence in enumerate(SEQUENCES) if kind in sequence.then or not sequence.then)
    for kind in frozenset().union(*(sequence.then for sequence in SEQUENCES))
}
_FOLLOWING_ANYTHING = tuple(row for row, sequence in enumerate(SEQUENCES) if not sequence.then)
_STAGES_OF = tuple(sorted({STAGES.get(kind, LAST_STAGE) for kind in sequence.first}) for sequence in SEQUENCES)


class Link(Struct, frozen=True, gc=False):
    row: int
    """Of `SEQUENCES`."""
    opener: str
    """The member that it follows."""


class _Openers(Struct, gc=False):
    """What may come before others in one sequence, at one place, in one stage."""

    items: list[Member] = field(default_factory=list)
    """In the order of their beginnings."""
    loudest: list[Member] = field(default_factory=list)
    """Of those up to here, the one that was heard of last."""

    def put(self, item: Member) -> None:
        at = bisect_left(self.items, item.began, key=_began)
        self.items.insert(at, item)
        self.loudest.insert(at, item)
        self._tell_from(at)

    def drop(self, item: Member) -> None:
        at = bisect_left(self.items, item.began, key=_began)
        del self.items[at], self.loudest[at]
        self._tell_from(at, goes_on=False)

    def _tell_from(self, at: int, *, goes_on: bool = True) -> None:
        """What changed here is felt until another was louder anyway."""
        top = self.loudest[at - 1] if at else None
        for number in range(at, len(self.items)):
            item = self.items[number]
            if top is None or item.last_at >= top.last_at:
                top = item
            if self.loudest[number] is top and not goes_on:
                return
            self.loudest[number], goes_on = top, False

    def before(self, key: tuple[Epoch, str], at_least: Epoch) -> Member | None:
        """Of those that stand before it, the one heard of last, unless that is too long ago."""
        at = bisect_left(self.items, key, key=_began)
        found = self.loudest[at - 1] if at else None
        return found if found is not None and found.last_at >= at_least else None


_began = attrgetter("began")
_At = dict[tuple[int, int], _Openers]
"""By one of `_OPENINGS` and a stage: few and near for whoever looks at one place."""


class Openings:
    def __init__(self) -> None:
        self._openers: dict[str, _At] = {}
        """By place."""
        self._followers: tuple[dict[str, list[tuple[Epoch, str]]], ...] = tuple({} for _ in _TOUCHES)
        """By touch and place: who may follow something there, in the order of beginnings."""

    def put(self, item: Member) -> None:
        for where, key in _stands(item):
            self._openers.setdefault(where, {}).setdefault(key, _Openers()).put(item)
        for touch, where in _looks(item):
            insort(self._followers[touch].setdefault(where, []), item.began)

    def drop(self, item: Member) -> None:
        for where, key in _stands(item):
            here = self._openers[where]
            here[key].drop(item)
            if not here[key].items:
                del here[key]
            if not here:
                del self._openers[where]
        for touch, where in _looks(item):
            listed = self._followers[touch][where]
            del listed[bisect_left(listed, item.began)]
            if not listed:
                del self._followers[touch][where]

    def link_of(self, item: Member) -> Link | None:
        """By the first row that fits, to the one that was heard of last."""
        for row in _rows(item.kind):
            sequence = SEQUENCES[row]
            found = [
                opener
                for where in _PLACES[_TOUCH_OF[row]](item.place)
                if (here := self._openers.get(where)) is not None
                for stage in _STAGES_OF[row]
                if stage <= item.stage
                and (openers := here.get((_OPENING_OF[row], stage))) is not None
                and (opener := _before(item, stage, openers, sequence)) is not None
            ]
            if found:
                return Link(row, max(found, key=attrgetter("heard")).ident)
        return None

    def may_follow(self, item: Member) -> Iterator[tuple[int, str]]:
        """Rows, and ids of those that begin within their windows, of any kind."""
        for row in _FIRST_OF.get(item.kind, ()):
            sequence, followers = SEQUENCES[row], self._followers[_TOUCH_OF[row]]
            since, until = (item.first_at - sequence.early_s, ""), (item.last_at + sequence.window_s, _AFTER_ALL)
            for where in _PLACES[_OPENINGS[_OPENING_OF[row]][1]](item.place):
                listed = followers.get(where, ())
                for at in range(bisect_left(listed, since), bisect_right(listed, until)):
                    yield row, listed[at][1]


def _rows(kind: str) -> tuple[int, ...]:
    """Of `SEQUENCES`, by which something of this kind may follow."""
    return _FOLLOWING.get(kind, _FOLLOWING_ANYTHING)


def _stands(item: Member) -> Iterator[tuple[str, tuple[int, int]]]:
    for number in _OPENING.get(item.kind, ()):
        for where in _PLACES[_OPENINGS[number][1]](item.place):
            yield where, (number, item.stage)


def _looks(item: Member) -> Iterator[tuple[int, str]]:
    for touch in sorted({_TOUCH_OF[row] for row in _rows(item.kind)}):
        for where in _PLACES[touch](item.place):
            yield touch, where


def _before(item: Member, stage: int, openers: _Openers, sequence: Sequence) -> Member | None:
    until = item.began if stage == item.stage else (item.first_at + sequence.early_s, "")
    return openers.before(until, item.first_at - sequence.window_s)
