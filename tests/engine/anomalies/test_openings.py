"""Who may come before whom, however it was put together: the one heard of last of those that began earlier."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.anomalies.members import Member
from statetrace_engine.anomalies.openings import _Openers
from statetrace_engine.anomalies.places import Place
from statetrace_engine.model.health import Severity

NOWHERE = Place(frozenset())


def member(number: int, first_at: int, last_at: int) -> Member:
    return Member(f"CARD-{number:02}", "CpuHigh", 5, float(first_at), float(last_at), NOWHERE, "", Severity.INFO, False)


MOMENTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20)


@given(MOMENTS, st.lists(st.integers(0, 19), max_size=20), st.integers(-1, 11), st.integers(0, 9))
def test_what_was_put_and_dropped_in_any_order_is_found_as_by_a_look_at_all(
    moments: list[tuple[int, int]], gone: list[int], at: int, at_least: int
) -> None:
    openers, known = _Openers(), {n: member(n, first, last) for n, (first, last) in enumerate(moments)}
    for one in known.values():
        openers.put(one)
    for number in gone:
        if (one_gone := known.pop(number, None)) is not None:
            openers.drop(one_gone)
        key = (float(at), "")
        earlier = sorted((one for one in known.values() if one.began < key), key=lambda one: one.began)
        loudest = max(earlier, key=lambda one: (one.last_at, one.began), default=None)
        wanted = loudest if loudest is not None and loudest.last_at >= at_least else None
        assert openers.before(key, float(at_least)) == wanted
