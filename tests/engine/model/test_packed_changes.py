"""Changes come out of the store as they went in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.diff import compare
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.diff import ChangeType, PackedChanges
from statetrace_engine.model.packed_changes import MOST, glance, pack, unpack

ROWS = st.lists(
    st.builds(
        RouteRow,
        vrf=st.sampled_from(["default", "mgmt"]),
        prefix=st.integers(0, 400).map(lambda n: f"10.{n // 256}.{n % 256}.0/24"),
        next_hop=st.sampled_from([None, "10.0.0.1", "10.0.0.2"]),
        metric=st.none() | st.integers(0, 3),
        active=st.booleans(),
    ),
    max_size=600,
)


@given(ROWS, ROWS)
def test_what_was_packed_is_unpacked(before: list[RouteRow], after: list[RouteRow]) -> None:
    changes = compare.tables(_table(before), _table(after))
    packed = pack(changes)
    found = [change for piece in packed for change in unpack(piece)]
    assert sorted(found, key=repr) == sorted(changes, key=repr)
    assert all(piece.count == len(unpack(piece)) <= MOST for piece in packed)
    assert all((change.kind, change.change_type) == (p.kind, p.change_type) for p in packed for change in unpack(p))


@given(ROWS, ROWS)
def test_a_glance_sees_what_unpacking_gives(before: list[RouteRow], after: list[RouteRow]) -> None:
    for piece in pack(compare.tables(_table(before), _table(after))):
        for glimpse, change in zip(glance(piece), unpack(piece), strict=True):
            known = change.after or change.before
            assert known is not None
            assert glimpse.key == change.key
            assert {name: _frozen(value) for name, value in glimpse.fields.items()} == dict(known.fields)
            assert {name: _frozen(value) for name, value in glimpse.was.items()} == {
                each.field: each.before for each in change.fields
            }


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize("body", [b"", b"junk", b"x\x9cK\xcb,*.)\x03\x00\x08\x9d\x02\x83"])
def test_other_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="these are no changes"):
        unpack(PackedChanges(Kind.ROUTES, ChangeType.ADDED, 1, body))
    with pytest.raises(ValueError, match="these are no changes"):
        glance(PackedChanges(Kind.ROUTES, ChangeType.ADDED, 1, body))


def _table(rows: list[RouteRow]) -> Table:
    return Table(Kind.ROUTES, "show ip route", rows, lambda at: (at * 60, at * 60 + 59))
