"""The laws of a comparison: nothing against itself, a mirror, an application, no absence where a table is cut off."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.diff import compare, lines, loose, runs
from statetrace_engine.diff.compare import Table
from statetrace_engine.diff.fields import FIELDS, Fields
from statetrace_engine.model.captured import BgpNeighborRow, ConfigRow, Kind
from statetrace_engine.model.diff import ChangeType, DiffChange
from statetrace_engine.model.packed import ROWS

WORDS = st.sampled_from(["a", "b", "10.1.1.1", "Gi0/1", "O E2", "O*E2", ""])


def field_values(kind: Kind, name: str) -> st.SearchStrategy[Any]:
    (field,) = [each for each in msgspec.structs.fields(ROWS[kind]) if each.name == name]
    types = str(field.type)
    if (kind, name) == (Kind.BGP_NEIGHBORS, "state"):
        return st.sampled_from(
            [None, "established", "idle", "active", "openconfirm", "idle (admin)", "shut (admin)", "idle (pfxct)"]
        )
    if "tuple" in types:
        return st.lists(WORDS, max_size=2).map(tuple)
    if "bool" in types:
        return st.sampled_from([True, False, None])
    if "int" in types:
        return st.sampled_from([None, 0, 1, 100, 107, 1000])
    return WORDS if name in FIELDS[kind].identity else st.one_of(st.none(), WORDS)


@cache
def rows(kind: Kind) -> st.SearchStrategy[list[Any]]:
    names = ROWS[kind].__struct_fields__
    return st.lists(st.builds(ROWS[kind], **{name: field_values(kind, name) for name in names}), max_size=6)


INDENTED = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", "c", "!", "}"])), max_size=8)
CONFIGURATION = INDENTED.map(lambda some: [ConfigRow(tuple(" " * indent + word for indent, word in some))])
CELLS = st.one_of(WORDS, st.lists(WORDS, max_size=2))
TEMPLATE = st.lists(
    st.dictionaries(st.sampled_from(["PORT", "VLAN", "UPTIME", "MEMBERS"]), CELLS, max_size=3), max_size=4
)


COMPARED = (*FIELDS, Kind.CONFIG, Kind.TABLE)
each_kind = pytest.mark.parametrize("kind", COMPARED)
each_kind_of_rows = pytest.mark.parametrize("kind", FIELDS)
each_kind_of_lines = pytest.mark.parametrize("kind", [Kind.CONFIG, Kind.TABLE])
some = settings(max_examples=40)


SHOWN: dict[Kind, st.SearchStrategy[list[Any]]] = {Kind.CONFIG: CONFIGURATION, Kind.TABLE: TEMPLATE}
"""Strategies are made once: to make one takes longer than to draw of it."""


@st.composite
def tables(draw: st.DrawFn, kind: Kind) -> tuple[Table, Table]:
    """Two showings of one kind by one command."""

    def table() -> Table:
        shown: list[Any] = draw(SHOWN[kind] if kind in SHOWN else rows(kind))
        return Table(kind, "show it", shown, is_whole=draw(st.booleans()), is_read=not shown or draw(st.booleans()))

    return table(), table()


def changes(before: Table, after: Table) -> tuple[DiffChange, ...]:
    return runs.diff([before], [after]).changes


def whole(table: Table) -> Table:
    return table._replace(is_whole=True)


@each_kind
@some
@given(data=st.data())
def test_nothing_against_itself(kind: Kind, data: st.DataObject) -> None:
    pair = data.draw(tables(kind))
    assert not changes(pair[0], pair[0])


@each_kind
@some
@given(data=st.data())
def test_the_mirror_is_the_comparison_of_the_mirror(kind: Kind, data: st.DataObject) -> None:
    pair = data.draw(tables(kind))
    before, after = pair
    there = sorted(map(repr, map(compare.mirror, changes(before, after))))
    assert there == sorted(map(repr, changes(after, before)))


@each_kind_of_rows
@some
@given(data=st.data())
def test_applied_to_the_older_gives_the_newer(kind: Kind, data: st.DataObject) -> None:
    pair = data.draw(tables(kind))
    before, after = map(whole, pair)
    become = compare.apply(compare.objects(before), compare.tables(before, after))
    wanted = compare.objects(after)
    assert become.keys() == wanted.keys()
    for key, found in become.items():
        counted = FIELDS[before.kind].counted
        for (name, has), (_, wants) in zip(found.fields, wanted[key].fields, strict=True):
            assert has == wants or name in counted, (key, name)


@each_kind_of_lines
@some
@given(data=st.data())
def test_lines_applied_to_the_older_give_the_newer(kind: Kind, data: st.DataObject) -> None:
    """A line, and a row of a template, may be there twice."""
    before, after = map(whole, data.draw(tables(kind)))
    become = counted(before)
    for change in changes(before, after):
        if change.change_type is not ChangeType.CHANGED:  # a line that moved is there as often as before
            become[said(change)] += 1 if change.change_type is ChangeType.ADDED else -1
    assert +become == counted(after)
    assert min(become.values(), default=0) >= 0


def counted(table: Table) -> Counter[object]:
    """What a table that is compared by lines says, and how often: all of it is new where there was nothing."""
    nothing = table._replace(rows=[], is_read=True)
    return Counter(map(said, changes(nothing, table)))


def said(change: DiffChange) -> object:
    known = change.after or change.before
    assert known is not None
    return known.key, known.fields


@each_kind
@some
@given(data=st.data())
def test_what_is_cut_off_shows_no_absence(kind: Kind, data: st.DataObject) -> None:
    pair = data.draw(tables(kind))
    before, after = pair
    found = {change.change_type for change in changes(before, after)}
    if not after.is_whole:
        assert ChangeType.REMOVED not in found
    if not before.is_whole:
        assert ChangeType.ADDED not in found


@each_kind
@some
@given(data=st.data(), shown=st.integers(0, 8))
def test_a_table_cut_off_anywhere_changed_nothing(kind: Kind, data: st.DataObject, shown: int) -> None:
    """Also not within an object of several rows: a route whose second next hop is cut off has not lost it."""
    pair = data.draw(tables(kind))
    table = whole(pair[0])
    rows = [ConfigRow(row.lines[:shown]) for row in table.rows] if table.kind is Kind.CONFIG else table.rows[:shown]
    cut = table._replace(rows=rows, is_whole=False)
    assert not changes(table, cut)
    assert not changes(cut, table)


@each_kind_of_rows
@some
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_neither_order_nor_age_is_a_change(kind: Kind, data: st.DataObject, random: Any) -> None:
    pair = data.draw(tables(kind))
    table = pair[0]
    volatile = FIELDS[table.kind].volatile
    aged = [msgspec.structs.replace(row, **dict.fromkeys(volatile, 987_654)) for row in table.rows]
    random.shuffle(aged)
    assert not changes(table, table._replace(rows=aged))


SHUT = ["idle (admin)", "shut (admin)", "active (admin)", "shut"]
TRYING = ["idle", "active", "connect", "opensent", "openconfirm"]


@pytest.mark.parametrize("state", TRYING)
def test_a_neighbour_that_is_down_in_both_is_not_another(state: str) -> None:
    assert not changes(neighbour("idle"), neighbour(state))
    assert [each.change_type for each in changes(neighbour("established"), neighbour(state))] == [ChangeType.CHANGED]
    assert [each.change_type for each in changes(neighbour(state), neighbour("established"))] == [ChangeType.CHANGED]
    for held in (*SHUT, "idle (pfxct)"):
        assert [each.change_type for each in changes(neighbour(state), neighbour(held))] == [ChangeType.CHANGED]
        assert [each.change_type for each in changes(neighbour(held), neighbour(state))] == [ChangeType.CHANGED]


@pytest.mark.parametrize("word", SHUT)
def test_a_neighbour_that_is_shut_is_so_in_every_vendors_words_and_not_held_for_its_prefixes(word: str) -> None:
    assert not changes(neighbour("idle (admin)"), neighbour(word))
    assert not changes(neighbour(word), neighbour("shut"))
    assert [each.change_type for each in changes(neighbour(word), neighbour("idle (pfxct)"))] == [ChangeType.CHANGED]


def neighbour(state: str) -> Table:
    return Table(Kind.BGP_NEIGHBORS, "show it", [BgpNeighborRow("default", "10.0.0.1", "65001", state)])


@each_kind_of_rows
@some
@given(data=st.data())
def test_every_difference_that_counts_is_told(kind: Kind, data: st.DataObject) -> None:
    """Against a plain computation: rows grouped by identity, every field of state side by side."""
    pair = data.draw(tables(kind))
    before, after = map(whole, pair)
    spec = FIELDS[before.kind]
    told = {change.key for change in compare.tables(before, after)}
    old, new = grouped(spec, before.rows), grouped(spec, after.rows)
    for key in old.keys() | new.keys():
        is_other = old.get(key) != new.get(key)
        if spec.counted:  # a small difference of a count is none
            assert key not in told or is_other
        else:
            assert (key in told) == is_other


def grouped(spec: Fields, rows: Any) -> dict[tuple[str, ...], set[Any]]:
    found: dict[tuple[str, ...], set[Any]] = {}
    for row in rows:
        key = tuple(str(getattr(row, name) or "") for name in spec.identity)
        values = tuple(
            " ".join(getattr(row, name).replace("*", " ").split())
            if name == "protocol_code" and getattr(row, name)
            else getattr(row, name)
            for name in spec.state + spec.counted
        )
        if "protocol_code" in spec.state:
            at = spec.state.index("protocol_code")
            code = values[at]
            words = code and " ".join(word for word in code.split() if word[0].isalpha() and "/" not in word)
            values = (*values[:at], words if words is not None else None, *values[at + 1 :])
        found.setdefault(key, set()).add(values)
    return found


CONFIGURATIONS = st.lists(
    st.sampled_from(
        ["interface A", "interface B", " ip 1", " ip 2", "  deep", "!", "", "end", " !", "router", "  end"]
    ),
    max_size=12,
)


@given(CONFIGURATIONS, CONFIGURATIONS, CONFIGURATIONS, CONFIGURATIONS)
def test_what_configurations_begin_and_end_with_alike_counts_for_neither(
    head: list[str], old: list[str], new: list[str], tail: list[str]
) -> None:
    before, after = ([*head, *middle, *tail] for middle in (old, new))
    told = lines.changes(*(Table(Kind.CONFIG, "show run", [ConfigRow(tuple(each))]) for each in (before, after)))
    one, other = (Counter(lines.paths(each)) for each in (before, after))
    assert Counter(each.key for each in told if each.change_type is ChangeType.REMOVED) == one - other
    assert Counter(each.key for each in told if each.change_type is ChangeType.ADDED) == other - one


@pytest.mark.parametrize("kind", FIELDS)
def test_every_field_of_every_kind_is_in_one_class(kind: Kind) -> None:
    spec = FIELDS[kind]
    classed = [*spec.identity, *spec.state, *spec.counted, *spec.volatile]
    assert sorted(classed) == sorted(ROWS[kind].__struct_fields__)


def test_every_kind_can_be_compared_but_a_log() -> None:
    compared = {*FIELDS, Kind.CONFIG, Kind.TABLE}
    assert set(Kind) - compared == {Kind.LOG}
    assert lines.changes
    assert loose.changes


@given(CONFIGURATION, CONFIGURATION)
def test_a_line_is_placed_where_it_stands_or_not_at_all(old: list[ConfigRow], new: list[ConfigRow]) -> None:
    rows = (*old, *new)
    texts = [" before\n" + "".join(f"{line}\n" for line in row.lines) for row in rows]
    told = lines.changes(*(Table(Kind.CONFIG, "show run", [row]) for row in rows))
    spans = [lines.spans(text[len(" before\n") :], len(" before\n")) for text in texts]
    found = lines.placed(told, lambda _: spans[0], lambda _: spans[1])
    counts = [Counter(lines.paths(row.lines)) for row in rows]
    taken = Counter((each.change_type, each.key) for each in told)
    places = []
    for change in found:
        side, at = (change.before, 0) if change.before is not None else (change.after, 1)
        assert side is not None
        assert bool(side.spans) is (counts[at][change.key] == taken[change.change_type, change.key])
        assert [texts[at][slice(*span)].strip() for span in side.spans] == [change.key[-1]] * len(side.spans)
        places += [(at, span) for span in side.spans]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("head", ["prefix-set A", "community-set A"])
def test_what_ends_a_set_of_ios_xr_differs_not_by_its_comma(head: str) -> None:
    before = Table(Kind.CONFIG, "show run", [ConfigRow((head, " 10.0.0.0/8,", " 11.0.0.0/8"))])
    after = Table(Kind.CONFIG, "show run", [ConfigRow((head, " 10.0.0.0/8,", " 11.0.0.0/8,", " 12.0.0.0/8"))])
    assert [(c.key[-1], c.change_type) for c in lines.changes(before, after)] == [("12.0.0.0/8", ChangeType.ADDED)]
