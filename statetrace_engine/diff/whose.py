"""Pure. What is to be said of a comparison where captures of one hostname may be of several devices.

A capture is never compared with one that is another device's for sure; whoever wants that names both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from statetrace_engine.model.identity import Identity, Judgement, judge

_NOTHING = Identity()
TWO = "replaced, or two devices with one hostname"


def remarks(
    capture_id: int,
    base_ids: Sequence[int],
    earlier: Sequence[int],
    known: Mapping[int, Identity],
    file_of: Callable[[int], str] = lambda _: "",
) -> list[str]:
    """`base_ids`: with which captures it is compared, the nearest first. `earlier`: those of its hostname before it,
    the nearest first. `file_of`: the name of a capture's file, asked for those that are named."""

    def named(each: int) -> str:
        return f"{each}, {file}" if (file := file_of(each)) else str(each)

    own = known.get(capture_id, _NOTHING)
    bases = {each: judge(known.get(each, _NOTHING), own) for each in base_ids}
    return [
        *_passed_over(own, base_ids, earlier, known, named),
        *_doubts(bases.values()),
        *_unknown(own, bases, earlier, known, named),
    ]


def between(before: Identity, after: Identity) -> list[str]:
    """Of two captures that somebody named."""
    return _doubts([judge(before, after)])


def _passed_over(
    own: Identity,
    base_ids: Iterable[int],
    earlier: Sequence[int],
    known: Mapping[int, Identity],
    named: Callable[[int], str],
) -> Iterator[str]:
    """The capture just before it that is not compared with it."""
    nearest = next(iter(earlier), None)
    found = judge(known.get(nearest, _NOTHING), own) if nearest is not None else None
    if nearest is not None and found is not None and found.is_other:
        differing = "; ".join(found.differing)
        with_what = next((f"but with {named(each)}" for each in base_ids), "nor with any other")
        yield f"not compared with capture {named(nearest)}, {with_what}: {differing}: {TWO}"


def _doubts(bases: Iterable[Judgement]) -> list[str]:
    return list(dict.fromkeys(f"{'; '.join(found.differing)}: {TWO}" for found in bases if found.differing))


def _unknown(
    own: Identity,
    bases: Mapping[int, Judgement],
    earlier: Sequence[int],
    known: Mapping[int, Identity],
    named: Callable[[int], str],
) -> Iterator[str]:
    """It is compared with what may be another device's."""
    unsure = [each for each, found in bases.items() if not found.is_same]
    others = [known[each] for each in earlier if each in known]
    if not unsure or not any(judge(*pair).is_other for pair in combinations(others, 2)):
        return
    if not any(judge(other, own).is_other for other in others):
        yield "two devices go by this hostname, and this capture does not show of which it is"
        return
    for each in unsure:
        which = f"capture {named(each)}, with which it is compared,"
        yield f"two devices go by this hostname, and {which} does not show of which it is"
