"""Rows as bytes: everything comes back, and what passes makes no difference."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model import packed
from statetrace_engine.model.captured import (
    ArpRow,
    BgpNeighborRow,
    ConfigRow,
    InterfaceRow,
    Kind,
    LogRow,
    MacRow,
    NeighborRow,
    OspfNeighborRow,
    RouteRow,
    SpanningTreeRow,
    VersionRow,
    VitalRow,
    VlanRow,
)

KINDS: dict[Kind, Any] = {
    Kind.ROUTES: RouteRow,
    Kind.BGP_NEIGHBORS: BgpNeighborRow,
    Kind.OSPF_NEIGHBORS: OspfNeighborRow,
    Kind.INTERFACES: InterfaceRow,
    Kind.ARP: ArpRow,
    Kind.MAC_ADDRESSES: MacRow,
    Kind.NEIGHBORS: NeighborRow,
    Kind.VLANS: VlanRow,
    Kind.SPANNING_TREE: SpanningTreeRow,
    Kind.VITALS: VitalRow,
    Kind.VERSION: VersionRow,
    Kind.LOG: LogRow,
    Kind.CONFIG: ConfigRow,
}
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
tables = st.one_of(
    *(st.tuples(st.just(kind), st.lists(st.from_type(row), max_size=6)) for kind, row in KINDS.items()),
    st.tuples(st.just(Kind.TABLE), st.lists(st.dictionaries(texts, texts | st.lists(texts, max_size=2)), max_size=4)),
)


def test_every_kind_can_be_packed() -> None:
    assert packed.ROWS.keys() == set(Kind)


@given(tables, st.data())
def test_what_is_packed_comes_back(table: tuple[Kind, list[Any]], data: st.DataObject) -> None:
    kind, rows = table
    starts = data.draw(st.lists(st.integers(0, 2**40), min_size=len(rows), max_size=len(rows)))
    ends = [start + data.draw(st.integers(0, 500)) for start in starts]
    try:
        found = packed.pack(kind, rows, starts, ends)
    except (UnicodeEncodeError, OverflowError):
        return  # no device's text and no number of a device: msgpack has neither

    assert packed.unpack(found.body, found.beside) == (rows, starts, ends)


def test_ages_change_no_digest() -> None:
    old = [RouteRow(vrf="default", prefix="10.0.0.0/8", next_hop="10.1.1.2", age_seconds=age) for age in (5, 7)]
    new = [msgspec.structs.replace(row, age_seconds=99) for row in old]

    first, second = packed.pack(Kind.ROUTES, old, [0, 9], [9, 18]), packed.pack(Kind.ROUTES, new, [5, 14], [14, 23])

    assert (first.digest, first.body) == (second.digest, second.body)
    assert packed.unpack(second.body, second.beside) == (new, [5, 14], [14, 23])


def test_a_next_hop_changes_the_digest() -> None:
    one, other = (
        packed.pack(Kind.ROUTES, [RouteRow(vrf="default", prefix="10.0.0.0/8", next_hop=hop)], [0], [9])
        for hop in ("10.1.1.2", "10.1.1.3")
    )

    assert one.digest != other.digest


@given(st.lists(st.integers(0, 2**40)), texts)
def test_numbers_and_texts_come_back(numbers: list[int], text: str) -> None:
    assert packed.unpack_numbers(packed.pack_numbers(numbers)) == numbers
    assert packed.unpack_text(packed.pack_text(text)) == text


@given(st.binary(max_size=40))
def test_other_bytes_are_no_rows(raw: bytes) -> None:
    for unpack in (
        lambda: packed.unpack(raw, raw),
        lambda: packed.unpack_numbers(raw),
        lambda: packed.unpack_text(raw),
    ):
        with pytest.raises(ValueError):
            unpack()
