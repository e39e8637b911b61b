"""A capture told by another one: it comes back as it was, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from statetrace_engine.model import aged_text, capture_delta, edits, packed, row_delta, shifts
from statetrace_engine.model.capture_delta import NONE, Whole
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
from statetrace_engine.model.filed import CapturedRows, CapturedText, SectionSummary
from statetrace_engine.model.shifts import AS_NUMBERS, AS_PRINTED

ROWS: dict[Kind, Any] = {
    Kind.ROUTES: RouteRow, Kind.BGP_NEIGHBORS: BgpNeighborRow, Kind.OSPF_NEIGHBORS: OspfNeighborRow,
    Kind.INTERFACES: InterfaceRow, Kind.ARP: ArpRow, Kind.MAC_ADDRESSES: MacRow, Kind.NEIGHBORS: NeighborRow,
    Kind.VLANS: VlanRow, Kind.SPANNING_TREE: SpanningTreeRow, Kind.VITALS: VitalRow, Kind.VERSION: VersionRow,
    Kind.LOG: LogRow, Kind.CONFIG: ConfigRow,
}  # fmt: skip
WORDS = st.sampled_from(["10.0.0.0/8", "10.1.1.2", "up", "Gi0/1", ""])
NUMBERS = st.none() | st.integers(-5, 2**40)
LIKE_ONE = st.integers(0, 2) | st.booleans() | st.floats(0, 2)
AGES = st.sampled_from(
    ["00:00:59", "23:59:59", "1d02h", "6d23h", "3w2d", "1y12w", "1d02h03m", "01w3d04h", "99:99:99", "7w9d"]
)
LINES = st.one_of(
    st.builds("O 10.{}.0.0/16 via 10.0.0.1, {}, Gi0/1".format, st.integers(0, 9), AGES),
    st.builds(" {} {} ".format, AGES, AGES),
    st.sampled_from(["!", "interface Gi0/1", "", "a\0b", " \0", "\ud800"]),
    st.text(max_size=5),
)
TEXTS = st.lists(LINES, max_size=30).map("\n".join)


def row(kind: Kind) -> st.SearchStrategy[Any]:
    if kind is Kind.TABLE:
        return st.dictionaries(WORDS, WORDS | st.lists(WORDS, max_size=2) | LIKE_ONE, max_size=3)
    if kind is Kind.CONFIG:
        return st.builds(ConfigRow, lines=st.lists(WORDS, max_size=8).map(tuple))
    fields = {name: NUMBERS for name in ROWS[kind].__struct_fields__ if name == packed.PASSING.get(kind)}
    known = ("prefix", "ip", "mac", "name", "text", "component")
    words = {name: WORDS for name in ROWS[kind].__struct_fields__ if name in known}
    return st.builds(ROWS[kind], **fields, **words)


@st.composite
def sections(draw: st.DrawFn, kinds: st.SearchStrategy[Kind]) -> tuple[str, Kind, list[Any], list[int], list[int]]:
    kind = draw(kinds)
    rows = draw(st.lists(row(kind), max_size=20))
    starts = draw(st.lists(st.integers(0, 2**30), min_size=len(rows), max_size=len(rows)))
    return draw(st.sampled_from(["show a", "show b"])), kind, rows, starts, [start + 9 for start in starts]


def whole(text: str, offsets: list[int], shown: list[tuple[str, Kind, list[Any], list[int], list[int]]]) -> Whole:
    found = []
    for position, (command, kind, rows, starts, ends) in enumerate(shown):
        made = packed.pack(kind, rows, starts, ends)
        summary = SectionSummary(
            capture_id=1, position=position, command=command, kind=kind.value, start=0, end=0,
            text_start=len(text) // 2, text_end=len(text), is_truncated=False, rows=len(rows), unparsed=0,
            digest=made.digest,
        )  # fmt: skip
        found.append((summary, packed.shown(made.body, made.beside)))
    return Whole(aged_text.apart(text, offsets), found)


KINDS = st.sampled_from(list(Kind))
WHOLES = st.builds(
    whole,
    TEXTS,
    st.lists(st.integers(0, 2**40), max_size=10).map(lambda numbers: numbers[: len(numbers) // 2 * 2]),
    st.lists(sections(st.sampled_from([Kind.ROUTES, Kind.CONFIG, Kind.TABLE, Kind.LOG]) | KINDS), max_size=4),
)


def texts(base: Whole, *bodies: bytes) -> tuple[str, list[int]]:
    text, beside = aged_text.pack(base.text)
    return capture_delta.text_of(CapturedText(text=text, offsets=beside, deltas=bodies))


def rows_of(base: Whole, target: Whole, position: int, steps: list[capture_delta.Encoded]) -> packed.Shown:
    return capture_delta.shown_rows(captured(base, target, position, steps))


def captured(base: Whole, target: Whole, position: int, steps: list[capture_delta.Encoded]) -> CapturedRows:
    """`steps` from the target back to the base."""
    path = [position]
    for step in steps:
        if path[-1] == NONE:
            break
        path.append(step.bases[path[-1]])
    *passed, end = path
    body = beside = b""
    if end != NONE:
        shown = base.sections[end][1]
        starts, ends = shown.places
        made = packed.pack(shown.kind, shown.rows(), starts, ends)
        body, beside = made.body, made.beside
    used = list(zip(steps, passed, strict=False))[::-1]
    return CapturedRows(
        body=body,
        beside=beside,
        missed=b"",
        digest=target.sections[position][0].digest,
        deltas=tuple(step.body for step, _ in used),
        path=tuple(at for _, at in used),
    )


@given(WHOLES, WHOLES, WHOLES)
def test_any_capture_comes_back_from_any_other_and_along_a_chain(first: Whole, second: Whole, third: Whole) -> None:
    far, near = capture_delta.encode(second, third), capture_delta.encode(first, second)

    assert texts(first, near.body) == second.text.whole()
    assert texts(first, near.body, far.body) == third.text.whole()
    for position, (_, shown) in enumerate(second.sections):
        assert rows_of(first, second, position, [near]) == shown
    for position, (_, shown) in enumerate(third.sections):
        assert rows_of(first, third, position, [far, near]) == shown


@given(WHOLES, WHOLES, WHOLES, st.booleans())
def test_who_is_further_on_one_way_comes_back_as_alone(
    first: Whole, second: Whole, third: Whole, with_passing: bool
) -> None:
    far, near = capture_delta.encode(second, third), capture_delta.encode(first, second)
    near_by = [captured(first, second, at, [near]) for at in range(len(second.sections))]
    known = [capture_delta.way_to(found, [], with_passing=with_passing) for found in near_by]
    shown = [way.shown() for way in known]
    for position in range(len(third.sections)):
        found = captured(first, third, position, [far, near])
        way = capture_delta.way_to(found, known, with_passing=with_passing)
        assert way.shown() == capture_delta.shown_rows(found, with_passing=with_passing)
    assert shown == [capture_delta.shown_rows(found, with_passing=with_passing) for found in near_by]


def test_rows_of_which_nothing_was_printed_are_told_apart_by_their_number() -> None:
    none, one = (whole("", [], [("show version", Kind.VERSION, rows, [0] * len(rows), [9] * len(rows))])
                 for rows in ([], [VersionRow()]))  # fmt: skip
    assert none.sections[0][0].digest == one.sections[0][0].digest
    for base, target in ((none, one), (one, none)):
        assert rows_of(base, target, 0, [capture_delta.encode(base, target)]) == target.sections[0][1]


@given(WHOLES, WHOLES, st.data())
def test_damaged_bytes_give_nothing_or_the_same(base: Whole, target: Whole, data: st.DataObject) -> None:
    made = capture_delta.encode(base, target)
    at = data.draw(st.integers(0, len(made.body) - 1))
    other = made.body[:at] + bytes((made.body[at] ^ data.draw(st.integers(1, 255)),)) + made.body[at + 1 :]
    damaged = [made._replace(body=other)]
    with suppress(ValueError):
        assert texts(base, other) == target.text.whole()
    for position, (_, shown) in enumerate(target.sections):
        with suppress(ValueError):
            assert rows_of(base, target, position, damaged) == shown


@given(WHOLES, WHOLES, WHOLES)
def test_another_base_gives_nothing_or_the_same(base: Whole, other: Whole, target: Whole) -> None:
    made = capture_delta.encode(base, target)
    with suppress(ValueError):
        assert texts(other, made.body) == target.text.whole()


@pytest.mark.parametrize("body", [b"", b"junk", b"x\x9cK\xcb,*.)\x03\x00\x08\x9d\x02\x83"])
def test_other_bytes_are_refused(body: bytes) -> None:
    base = whole("a text", [0, 0], [])
    with pytest.raises(ValueError):
        texts(base, body)


@given(st.lists(st.integers(0, 5)), st.lists(st.integers(0, 5)))
def test_copies_are_of_what_is_there_and_in_order(base: list[int], target: list[int]) -> None:
    made = edits.copies(base, target)

    assert all(base[one.start : one.start + one.length] == target[one.at : one.at + one.length] for one in made)
    places = [place for one in made for place in range(one.at, one.at + one.length)]
    assert sorted({*places, *edits.gaps(made, len(target))}) == list(range(len(target)))
    assert edits.unpacked(edits.packed(made), len(base), len(target)) == made
    used = {place for one in made for place in range(one.start, one.start + one.length)}
    assert edits.unused(made, len(base)) == [at for at in range(len(base)) if at not in used]
    assert [base[at] for at in edits.origins(made, places)] == [target[at] for at in places]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3))), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)))
)
def test_tables_that_are_aligned_already_come_back_too(
    base: list[tuple[int, int]], target: list[tuple[int, int]]
) -> None:
    """By another column than the delta would choose itself."""
    both = [
        whole("", [], [("show ip route", Kind.ROUTES, rows, list(range(len(rows))), list(range(9, len(rows) + 9)))])
        for rows in (
            [RouteRow("default", f"10.{prefix}.0.0/16", f"10.0.0.{hop}", age_seconds=hop) for prefix, hop in side]
            for side in (base, target)
        )
    ]
    old, new = (each.sections[0][1] for each in both)
    for name in ("vrf", "prefix", "next_hop"):
        aligned = edits.Alignment(old.column, new.column, name)
        assert [aligned.differing(each) for each in ("vrf", "prefix", "next_hop")] == [
            edits.differing(old.column(each), new.column(each), aligned.made) for each in ("vrf", "prefix", "next_hop")
        ]
        made = capture_delta.encode(*both, {(0, 0): aligned})
        assert rows_of(*both, 0, [made]) == new


def test_an_age_that_is_no_age_or_grew_beyond_measure_comes_back() -> None:
    ages = [None, 5, -3, 1 << 41, 1 << 42, (1 << 43) + 5, 1 << 62, -(1 << 62)]
    pairs = [(one, other) for one in ages for other in ages]
    base, target = [one for one, _ in pairs], [other for _, other in pairs]
    found = shifts.between(base, target, AS_NUMBERS)
    assert shifts.applied(base, found, AS_NUMBERS) == target


def test_what_most_ages_grew_by_is_a_bit_each_and_the_rest_stands_as_it_is() -> None:
    base = ["1d02h"] * 9 + ["2d01h", "00:00:01", "no age", "99:99:99"]
    target = ["1d03h"] * 5 + ["1d04h"] * 4 + ["2d09h", "1d00h", "no age", "99:99:99"]
    found = shifts.between(base, target, AS_PRINTED)
    assert (found.growths, shifts.codes(found)) == ({"dh": [1, 2]}, bytes([0] * 5 + [1] * 4 + [0] * 4))
    assert (edits.summed(found.at), found.odd) == ([9, 10, 11, 12], target[9:])


@pytest.mark.parametrize(("one", "other"), [("00:12:13", "01:12:13"), ("99:59:59", "100:59:59")])
def test_what_clocks_grew_by_is_told_once_for_all(one: str, other: str) -> None:
    found = shifts.between([one] * 9, [other] * 9, AS_PRINTED)
    assert (found.growths, found.odd) == ({"::": [3600]}, [])


def test_a_section_that_the_newer_capture_lacks_has_the_base_that_stores_know() -> None:
    made = capture_delta.encode(whole("", [], []), whole("", [], [("show version", Kind.VERSION, [], [], [])]))
    assert made.bases == [-1]


@given(TEXTS, st.lists(st.integers(0, 2**40), max_size=10).map(lambda numbers: numbers[: len(numbers) // 2 * 2]))
def test_a_text_comes_back_from_its_bytes(text: str, offsets: list[int]) -> None:
    kept, older = aged_text.pack(aged_text.apart(text, offsets)), (packed.pack_text(text), packed.pack_numbers(offsets))
    for body, beside in (kept, older):
        assert capture_delta.text_of(CapturedText(text=body, offsets=beside)) == (text, offsets)


@given(TEXTS)
def test_a_part_of_a_text_is_put_together_alone(text: str) -> None:
    found = aged_text.apart(text, [0, 0])
    starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n"), len(text)]
    for first, start in enumerate(starts):
        for end in starts[first:]:
            assert found.part(start, end) == text[start:end]


@given(TEXTS)
def test_a_session_log_comes_back_from_its_bytes(text: str) -> None:
    ends = [at for at, letter in enumerate(text) if letter == "\n"]
    offsets = [0, 0, *(number for at, end in enumerate(ends) for number in (end, end + at + 1))]
    found = aged_text.apart(text, offsets)
    assert found.whole() == (text, offsets)
    assert not found.origin.plain
    assert len(found.origin.places) == 1


@given(TEXTS, TEXTS)
def test_stretches_are_alike_in_order_and_whole_lines(base: str, target: str) -> None:
    made = edits.stretches(base, target)
    assert all(base[one.start : one.start + one.length] == target[one.at : one.at + one.length] for one in made)
    assert edits.unpacked(edits.packed(made), len(base), len(target)) == made
    assert {one.at for one in made} <= {0, *(at + 1 for at, letter in enumerate(target) if letter == "\n")}
    assert edits.stretches(base, base) == ([edits.Copy(0, 0, len(base))] if base else [])


@given(st.lists(st.tuples(AGES, AGES)), st.binary(max_size=30).map(lambda raw: bytes(each & 1 for each in raw)))
def test_printed_ages_come_back(pairs: list[tuple[str, str]], hint: bytes) -> None:
    base, target = [one for one, _ in pairs], [other for _, other in pairs]
    found = shifts.between(base, target, AS_PRINTED, hint)
    assert shifts.applied(base, found, AS_PRINTED, hint) == target


@given(st.lists(st.tuples(NUMBERS, NUMBERS)))
def test_ages_come_back(pairs: list[tuple[int | None, int | None]]) -> None:
    base, target = [one for one, _ in pairs], [other for _, other in pairs]
    assert shifts.applied(base, shifts.between(base, target, AS_NUMBERS), AS_NUMBERS) == target


def test_a_table_that_only_aged_costs_a_bit_a_route() -> None:
    def table(shift: int) -> Whole:
        ages = [shift + 86400 + 977 * number for number in range(500)]
        lines = [
            f"O 10.{n}.0.0/16 via 10.0.0.1, {age // 86400}d{age // 3600 % 24:02}h, Gi0/1" for n, age in enumerate(ages)
        ]
        text = "\n".join(lines)
        starts = [n for n in range(len(text)) if not n or text[n - 1] == "\n"]
        rows = [RouteRow("default", f"10.{n}.0.0/16", age_seconds=age // 3600 * 3600) for n, age in enumerate(ages)]
        ends = [start + len(line) for start, line in zip(starts, lines, strict=True)]
        return whole(text, [0, 0], [("show ip route", Kind.ROUTES, rows, starts, ends)])

    base, target = table(5 * 3600 + 1400), table(0)
    made = capture_delta.encode(base, target)
    assert len(made.body) < 500
    assert rows_of(base, target, 0, [made]) == target.sections[0][1]


def test_counters_of_a_version_that_kept_none_come_and_go() -> None:
    rows = [InterfaceRow("Gi0/1", input_errors=7), InterfaceRow("Gi0/2")]
    made = packed.pack(Kind.INTERFACES, rows, [0, 10], [9, 19])
    new = packed.shown(made.body, made.beside)
    old = structs.replace(new, passing=[])
    for base, target in ((old, new), (new, old)):
        chain = row_delta.Chain(base)
        chain.follow(row_delta.encode(base, target, is_same=True))
        assert chain.end(target.digest) == target
    assert old.rows() == [InterfaceRow("Gi0/1"), InterfaceRow("Gi0/2")]


@pytest.mark.parametrize("numbers", [[-1, 0, 1], [0, -1, 1], [0, 0, 0], [0, 3, 3], [3, 0, 3], [0, 0]])
def test_copies_of_what_is_not_there_are_refused(numbers: list[int]) -> None:
    with pytest.raises(ValueError):
        edits.unpacked(numbers, 5, 5)
    assert edits.unpacked([0, 2, 3], 5, 5) == [edits.Copy(0, 2, 3)]


def test_ages_of_another_text_are_refused() -> None:
    two, one = (aged_text.pack(aged_text.apart(text, [0, 0])) for text in ("a 1d02h\nb 1d02h", "a 1d02h"))
    with pytest.raises(ValueError, match="its ages are another's"):
        aged_text.unpack(two[0], one[1])


def test_shifts_of_more_or_fewer_ages_are_refused() -> None:
    found = shifts.between(["1d02h", "2d03h"], ["1d03h", "2d05h"], AS_PRINTED)
    for base, other in ((["1d02h"], found), (["1d02h", "2d03h"], found._replace(bits=b""))):
        with pytest.raises(ValueError, match="ages of something else"):
            shifts.applied(base, other, AS_PRINTED)


def test_lines_that_change_places_take_their_ages_along() -> None:
    first, second = ([f"{word} {n} {n + 1}d0{n}h" for n in range(9)] for word in ("one", "other"))
    base, target = (whole("\n".join([*each, ""]), [0, 0], []) for each in (first + second, second + first))
    made = edits.stretches(base.text.marked, target.text.marked)
    assert [one.start > 0 for one in made] == [True, False]
    assert texts(base, capture_delta.encode(base, target).body) == target.text.whole()
    twice = whole("\n".join([*first, "", *first, ""]), [0, 0], [])
    assert texts(base, capture_delta.encode(base, twice).body) == twice.text.whole()


def test_a_way_without_what_passes_is_none_to_what_passes() -> None:
    tables = [
        whole("", [], [("show ip route", Kind.ROUTES, [RouteRow("default", "10.0.0.0/8", age_seconds=age)], [0], [9])])
        for age in (60, 120, 180)
    ]
    far, near = capture_delta.encode(tables[1], tables[2]), capture_delta.encode(tables[0], tables[1])
    way = capture_delta.way_to(captured(tables[0], tables[1], 0, [near]), [], with_passing=False)
    assert way.shown().passing == []
    found = captured(tables[0], tables[2], 0, [far, near])
    assert capture_delta.way_to(found, [way], with_passing=True).shown() == tables[2].sections[0][1]
    assert not way.leads_to(structs.replace(found, body=b"another's"), with_passing=False)
    assert capture_delta.way_to(found, [way], with_passing=False) is way


def test_rows_of_another_base_are_refused_by_fields_places_and_ages() -> None:
    def table(hop: str = "10.0.0.1", start: int = 0, age: int = 60) -> Whole:
        rows = [RouteRow("default", "10.0.0.0/8", hop, age_seconds=age), RouteRow("default", "11.0.0.0/8", "10.0.0.9")]
        return whole("", [], [("show ip route", Kind.ROUTES, rows, [start, start + 50], [start + 9, start + 59])])

    base, target = table(), table(age=3660)
    made = capture_delta.encode(base, target)
    assert rows_of(base, target, 0, [made]) == target.sections[0][1]
    for other, why in (
        (table(hop="10.0.0.2"), "rows are not"),
        (table(start=1), "places or ages"),
        (table(age=61), "places or ages"),
    ):
        with pytest.raises(ValueError, match=why):
            rows_of(other, target, 0, [made])


@pytest.mark.parametrize("change", [lambda new: new[:-1], lambda new: [*new, *new]])
def test_rows_without_a_place_are_refused(change: Callable[[list[Any]], list[Any]]) -> None:
    def shown(*prefixes: str) -> packed.Shown:
        rows = [RouteRow("default", each, "10.0.0.1") for each in prefixes]
        places = list(range(0, 50 * len(rows), 50))
        made = packed.pack(Kind.ROUTES, rows, places, [at + 9 for at in places])
        return packed.shown(made.body, made.beside)

    base, target = shown("10.0.0.0/8", "11.0.0.0/8"), shown("10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8")
    delta = row_delta.encode(base, target)
    assert delta.fields is not None
    delta.fields.new = list(map(change, delta.fields.new))
    with pytest.raises(ValueError, match="rows without a place"):
        row_delta.Chain(base).follow(delta)
