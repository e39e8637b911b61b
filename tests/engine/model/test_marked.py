"""What a mark covers: laws of any change of any object."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import structs

from statetrace_engine.model import marked
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.counts import is_other_count
from statetrace_engine.model.diff import (
    ChangeMark,
    ChangeType,
    DiffChange,
    DiffObject,
    FieldChange,
    FieldStep,
    MarkVerdict,
)
from statetrace_engine.model.marked import MOST_OF_ONE, MarkIndex, Subject, subject_of

PORT = Subject("A-1", Kind.INTERFACES, ("Gi0/1",), ChangeType.CHANGED, "WLLS")
FAR = PORT._replace(site="BOYO")
ROUTE = Subject("A-1", Kind.ROUTES, ("default", "10.0.0.0/8"), ChangeType.ADDED, "WLLS")
Steps = tuple[FieldStep, ...]
COUNT = "prefixes_received"
NAMES = ("mtu", "admin_up", "oper_up", "description", COUNT)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(0, 2000), st.text(max_size=3))
VALUES: st.SearchStrategy[Any] = st.one_of(
    PLAIN,
    st.lists(PLAIN, max_size=3).map(tuple),
    st.lists(st.lists(PLAIN, max_size=2).map(tuple), max_size=2).map(tuple),
)


@st.composite
def changed(draw: st.DrawFn, most: int = len(NAMES)) -> Steps:
    """What changed of an object: each field once, each to something else."""
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=most, unique=True)):
        values = st.integers(0, 2000) if name == COUNT else VALUES
        before, after = draw(values), draw(values)
        assume(is_other_count(before, after) if name == COUNT else before != after)
        found.append(marked.step(name, before, after))
    assume(all(each.before != each.after for each in found))
    return tuple(found)


def said(steps: Steps, verdict: MarkVerdict = MarkVerdict.EXPECTED, subject: Subject = PORT) -> ChangeMark:
    host, kind, key, change_type, site = subject
    return ChangeMark(
        hostname=host, kind=kind, key=key, change_type=change_type, verdict=verdict, operator="ana", at=1.0,
        steps=steps, site=site,
    )  # fmt: skip


VERDICTS = st.sampled_from([MarkVerdict.EXPECTED, MarkVerdict.FALSE_POSITIVE])


@given(changed(), st.lists(st.tuples(changed(), VERDICTS), max_size=3), VERDICTS)
def test_the_last_word_on_a_change_counts(
    steps: Steps, before: list[tuple[Steps, MarkVerdict]], verdict: MarkVerdict
) -> None:
    index = MarkIndex([said(*each) for each in before] + [said(())])
    index.put(said(steps, verdict))
    assert index.covered(PORT, steps).verdict is verdict
    assert index.covered(PORT, steps[::-1]).verdict is verdict


@given(changed(), st.integers(0))
def test_neither_the_way_back_nor_less_nor_another_object_is_covered(steps: Steps, left_out: int) -> None:
    index = MarkIndex([said(steps)])
    back = tuple(FieldStep(each.field, each.after, each.before) for each in steps)
    assert not index.covered(PORT, back).marks
    at = left_out % len(steps)
    assert not index.covered(PORT, (*steps[:at], *steps[at + 1 :])).marks
    assert not index.covered(PORT._replace(key=("Gi0/2",)), steps).marks


@given(changed(), st.data())
def test_beside_what_is_covered_the_rest_is_left_until_it_is_too(steps: Steps, data: st.DataObject) -> None:
    assume(len(steps) > 1)
    at = data.draw(st.integers(1, len(steps) - 1))
    some, rest = steps[:at], steps[at:]
    index = MarkIndex([said(some)])
    found = index.covered(PORT, steps)
    assert (found.rest, found.verdict, found.is_whole) == (rest, None, False)
    assert set(found.fields()) == {each.field for each in some}
    index.put(said(rest, MarkVerdict.FALSE_POSITIVE))
    assert index.covered(PORT, steps).verdict is MarkVerdict.FALSE_POSITIVE
    index.put(said(rest))
    assert index.covered(PORT, steps).verdict is MarkVerdict.EXPECTED


@given(changed(), st.lists(changed(), max_size=3), st.booleans())
def test_what_is_taken_back_is_covered_by_nothing(steps: Steps, others: list[Steps], has_any: bool) -> None:
    index = MarkIndex([*map(said, others), said(steps)] + ([said(())] if has_any else []))
    index.clear(PORT, steps)
    assert not index.covered(PORT, steps).marks


@given(changed(), changed())
def test_a_mark_without_steps_is_of_whatever_changes(steps: Steps, others: Steps) -> None:
    index = MarkIndex([said(others, MarkVerdict.FALSE_POSITIVE), said(())])
    assert index.covered(PORT, steps).verdict is MarkVerdict.EXPECTED
    assert len(index.all()) == 1
    index.clear(PORT, ())
    assert not index


@given(st.lists(st.tuples(st.text(max_size=300), VALUES, VALUES), max_size=30))
def test_steps_are_bounded_once_and_come_back_from_bytes(found: list[tuple[str, Any, Any]]) -> None:
    steps = marked.bounded([FieldChange(*each) for each in found])
    assert marked.bounded(steps) == steps
    mark = said(steps)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(mark), type=ChangeMark) == mark
    assert len(steps) <= marked.MOST_FIELDS


def test_long_values_are_told_apart_and_cost_little() -> None:
    long = tuple(f"10.0.{at}.1" for at in range(200))
    texts = ("a" * 5000, "a" * 4999 + "b", long, long[:-1])
    found = marked.bounded([FieldChange("f", text, None) for text in texts])
    assert len(set(found)) == len(texts)
    assert max(len(str(each.before)) for each in found) < 250


@pytest.mark.parametrize(("again", "is_same"), [(1200, True), (1100, True), (800, False), (0, False), (None, False)])
def test_a_count_is_the_same_where_the_difference_would_be_no_change(again: int | None, is_same: bool) -> None:
    index = MarkIndex([said((FieldStep(COUNT, 1200, 0),))])
    assert index.covered(PORT, (FieldStep(COUNT, again, 0),)).is_whole is is_same


@pytest.mark.parametrize(
    ("again", "is_same"), [("down", True), ("active", True), ("idle (admin)", False), ("established", False)]
)
def test_a_neighbour_that_is_down_is_the_same_whichever_state_it_was_caught_in(again: str, is_same: bool) -> None:
    index = MarkIndex([said((FieldStep("state", "established", "idle"),))])
    assert index.covered(PORT, (FieldStep("state", "established", again),)).is_whole is is_same


def test_of_one_object_the_oldest_of_many_is_forgotten() -> None:
    index = MarkIndex(said((FieldStep("mtu", at, at + 1),)) for at in range(MOST_OF_ONE + 1))
    assert [mark.steps[0].before for mark in index.all()] == list(range(1, MOST_OF_ONE + 1))


# Of a device, not of a hostname -------------------------------------------------------------------------------------


@given(changed(), VERDICTS)
def test_what_is_said_of_one_device_is_said_of_no_namesake_at_another_site(steps: Steps, verdict: MarkVerdict) -> None:
    index = MarkIndex([said(steps, verdict), said((), subject=ROUTE)])
    assert index.covered(PORT, steps).verdict is verdict
    assert not index.covered(FAR, steps).marks
    assert not index.covered(ROUTE._replace(site="BOYO"), ()).marks
    index.clear(FAR, steps)
    assert index.covered(PORT, steps).verdict is verdict
    assert {subject_of(mark) for mark in index.all()} == {PORT, ROUTE}


@given(changed(), st.booleans())
def test_a_mark_without_a_site_covers_every_device_until_it_is_taken_back(steps: Steps, is_anyhow: bool) -> None:
    """As versions before these made them."""
    index = MarkIndex([said(() if is_anyhow else steps, subject=PORT.anywhere)])
    assert index.covered(PORT, steps).verdict is index.covered(FAR, steps).verdict is MarkVerdict.EXPECTED
    index.put(said(steps, MarkVerdict.FALSE_POSITIVE))
    assert index.covered(PORT, steps).verdict is MarkVerdict.FALSE_POSITIVE
    assert index.covered(FAR, steps).verdict is MarkVerdict.EXPECTED
    index.clear(FAR, steps)
    assert not index.covered(FAR, steps).marks
    assert index.covered(PORT, steps).verdict is MarkVerdict.FALSE_POSITIVE


def test_of_a_part_a_devices_own_word_counts() -> None:
    mtu, line, vlan = (FieldStep(name, 1, 2) for name in ("mtu", "oper_up", "vlan"))
    index = MarkIndex([said((mtu,), subject=PORT.anywhere), said((mtu,), MarkVerdict.FALSE_POSITIVE), said((line,))])
    assert index.covered(PORT, (mtu, line)).verdict is MarkVerdict.FALSE_POSITIVE
    assert [mark.site for mark in index.covered(PORT, (mtu, line, vlan)).marks] == ["WLLS", "WLLS"]
    assert index.covered(FAR, (mtu, line)).rest == (line,)


# What came or went --------------------------------------------------------------------------------------------------


def came(**fields: Any) -> DiffChange:
    found = DiffObject(Kind.ROUTES, ROUTE.key, tuple(fields.items()))
    return DiffChange(ChangeType.ADDED, Kind.ROUTES, "show ip route", found.key, None, found)


def went(**fields: Any) -> DiffChange:
    return structs.replace(came(**fields), change_type=ChangeType.REMOVED, before=came(**fields).after, after=None)


def test_what_came_or_went_is_known_with_its_values() -> None:
    assert marked.steps(came(metric=1, tag=None)) == (FieldStep("metric", None, 1),)
    assert marked.steps(went(next_hop=("10.1.1.1", "10.1.1.2"))) == (
        FieldStep("next_hop", ("10.1.1.1", "10.1.1.2"), None),
    )
    line = DiffObject(Kind.CONFIG, ("shutdown",), ())
    assert marked.steps(DiffChange(ChangeType.ADDED, Kind.CONFIG, "show run", line.key, None, line)) == ()
    row = DiffObject(Kind.TABLE, ("10", "b"), (("vlan", "10"), ("name", "b")))
    assert marked.steps(DiffChange(ChangeType.ADDED, Kind.TABLE, "show x", row.key, None, row)) == ()


@pytest.mark.parametrize("other", [{"next_hop": "10.1.1.9"}, {"metric": 2}, {"tag": 5}, {"metric": None}])
def test_the_same_key_that_comes_with_other_values_is_told_again(other: dict[str, Any]) -> None:
    values = {"next_hop": "10.1.1.2", "metric": 1, "tag": None}
    index = MarkIndex([said(marked.steps(came(**values)), subject=ROUTE)])
    assert index.covered(ROUTE, marked.steps(came(**values))).is_whole
    assert not index.covered(ROUTE, marked.steps(came(**values | other))).marks
    assert not index.covered(ROUTE._replace(change_type=ChangeType.REMOVED), marked.steps(went(**values))).marks
    index.put(said(marked.steps(came(**values | other)), MarkVerdict.FALSE_POSITIVE, ROUTE))
    assert index.covered(ROUTE, marked.steps(came(**values))).verdict is MarkVerdict.EXPECTED
    assert index.covered(ROUTE, marked.steps(came(**values | other))).verdict is MarkVerdict.FALSE_POSITIVE


def test_of_older_versions_what_came_is_expected_by_its_key() -> None:
    index = MarkIndex([said((), subject=ROUTE.anywhere)])
    assert index.covered(ROUTE, marked.steps(came(metric=1))).is_whole
    index.clear(ROUTE, marked.steps(came(metric=2)))
    assert not index
