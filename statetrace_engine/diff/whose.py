"""Pure. What is to be said of a comparison where captures of one hostname may be of several devices.

A capture is never compared with one that is another device's for sure; whoever wants that names both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from statetrace_engine.model.identity import Identity, Judgement, judge

_NOTHING = Identity()
TWO = "replaced, or two devices with one hostname"


def remarks(capture_id: int, base_id: int | None, earlier: Sequence[int], known: Mapping[int, Identity]) -> list[str]:
    """`base_id`: with which capture it is compared; None: with none. `earlier`: those of its hostname before it, the
    nearest first."""
    own = known.get(capture_id, _NOTHING)
    base = judge(known.get(base_id, _NOTHING), own) if base_id is not None else None
    return [*_passed_over(own, base_id, earlier, known), *_doubts(base), *_unknown(own, base, earlier, known)]


def between(before: Identity, after: Identity) -> list[str]:
    """Of two captures that somebody named."""
    return _doubts(judge(before, after))


def _passed_over(
    own: Identity, base_id: int | None, earlier: Sequence[int], known: Mapping[int, Identity]
) -> Iterator[str]:
    """The capture just before it that is not compared with it."""
    nearest = next(iter(earlier), None)
    found = judge(known.get(nearest, _NOTHING), own) if nearest is not None else None
    if found is not None and found.is_other:
        differing = "; ".join(found.differing)
        with_what = f"but with {base_id}" if base_id is not None else "nor with any other"
        yield f"not compared with capture {nearest}, {with_what}: {differing}: {TWO}"


def _doubts(found: Judgement | None) -> list[str]:
    return [f"{'; '.join(found.differing)}: {TWO}"] if found is not None and found.differing else []


def _unknown(
    own: Identity, base: Judgement | None, earlier: Sequence[int], known: Mapping[int, Identity]
) -> Iterator[str]:
    """It is compared with whatever came before it, where that may be another device's."""
    if base is None or base.is_same:
        return
    others = [known[each] for each in earlier if each in known]
    are_two = any(judge(*pair).is_other for pair in combinations(others, 2))
    if are_two and not any(judge(other, own).is_other for other in others):
        yield "two devices go by this hostname, and this capture does not show of which it is"
