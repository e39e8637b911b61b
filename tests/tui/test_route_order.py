"""Groups, order and filters: what stands where, and what a filter means."""

from __future__ import annotations

import msgspec
import pytest
from afternoon import rows
from fake_engine import failing, healthy
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.health import HealthState, Overlay, RouteHealth, Severity
from statetrace_tui.present import route_order
from statetrace_tui.present.route_lines import Kind, Layout
from statetrace_tui.present.route_order import GROUPS, SORTS, filter_of, group_of
from statetrace_tui.present.route_shelf import Shelf

ROWS = rows()
BY_ID = {row.route.route_id: row for row in ROWS}


def shelf_of(found: dict[str, RouteHealth], **how: object) -> Shelf:
    shelf = Shelf(**how)  # type: ignore[arg-type]
    for _ in shelf.fill(found):
        continue
    return shelf


def names(shelf: Shelf) -> list[str]:
    return [f"{BY_ID[i].route.hostname} {BY_ID[i].route.prefix}" for i in shelf.ids()]


def test_groups_say_who_has_what() -> None:
    assert shelf_of(BY_ID).sizes() == [4, 5, 2, 2, 107]


def test_the_worst_of_the_most_important_class_is_first() -> None:
    assert names(shelf_of(BY_ID))[:4] == [
        "WLLS-A01-AR-01 0.0.0.0/0",
        "WLLS-A01-AR-01 10.20.0.0/16",
        "LAB-A02-AR-01 2001:db8:40:1200::/56",
        "BOYO-A05-AR-01 0.0.0.0/0",
    ]


def test_prefixes_stand_in_the_order_of_their_numbers() -> None:
    made = [healthy("A-1", prefix) for prefix in ("10.100.0.0/16", "10.9.0.0/16", "10.20.0.0/16", "10.9.0.0/24")]
    found = {row.route.route_id: row for row in made}
    assert [found[i].route.prefix for i in shelf_of(found).ids()] == [
        "10.9.0.0/16",
        "10.9.0.0/24",
        "10.20.0.0/16",
        "10.100.0.0/16",
    ]


def test_an_outage_inside_maintenance_is_in_hand() -> None:
    row = failing(healthy("A-1"), severity=Severity.INFO, overlays=Overlay.MAINTENANCE)
    assert GROUPS[group_of(row)] == "IN HAND"


def test_an_open_outage_that_is_no_longer_measured_stays_in_sight() -> None:
    row = failing(healthy("A-1"), state=HealthState.UNKNOWN)
    assert GROUPS[group_of(row)] == "NOT ACKNOWLEDGED"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 120),
        ("wlls-a01", 2),
        ("state:down", 4),
        ("!state:healthy", 12),
        ("site:boyo state:degraded", 2),
        ("owner:unowned", 1),
        ("ack:jsm", 4),
        ("ack:none", 5),
        ("is:flapping", 1),
        ("~a0[12]-ar", 4),
        ("device:~^lab.*01$", 0),
        ("http://x", 0),
    ],
)
def test_a_filter_lets_through_what_it_says(text: str, count: int) -> None:
    matches = filter_of(text).matches
    found = sum(1 for row in ROWS if matches is None or matches(row))
    if text == "device:~^lab.*01$":
        assert found == sum(r.route.hostname.startswith("LAB") and r.route.hostname.endswith("01") for r in ROWS)
    elif text == "~a0[12]-ar":
        assert found == sum("A01-AR" in r.route.hostname or "A02-AR" in r.route.hostname for r in ROWS)
    else:
        assert found == count


@pytest.mark.parametrize("text", ["~(a+)+b", "~(a|aa)*c", "~" + "a" * 100, "~[", "~a*b*c*d", r"~(a)\1", "~(.*)*"])
def test_a_pattern_that_could_take_for_ever_is_refused_with_a_word(text: str) -> None:
    assert filter_of(text).problem


@given(st.text(max_size=120))
def test_no_filter_text_is_an_error(text: str) -> None:
    found = filter_of(text)
    if found.matches is not None:
        found.matches(ROWS[0])


def test_focus_keeps_what_needs_a_look() -> None:
    assert sum(route_order.needs_a_look(row) for row in ROWS) == 6


STATES = st.sampled_from(list(HealthState))
HOSTS = st.integers(0, 30)


@st.composite
def changed_row(draw: st.DrawFn) -> RouteHealth:
    row = healthy(f"S{draw(HOSTS) % 3}-{draw(HOSTS):02}")
    state = draw(STATES)
    if state is HealthState.HEALTHY:
        return row
    return failing(row, state=state, acknowledged_by=draw(st.sampled_from(["", "jsm"])), is_latched=draw(st.booleans()))


@given(
    st.lists(changed_row(), max_size=30),
    st.lists(changed_row(), max_size=30),
    st.sampled_from([letter for letter, _ in SORTS]),
    st.booleans(),
)
def test_moving_rows_one_by_one_gives_the_order_of_arranging_all(
    first: list[RouteHealth], then: list[RouteHealth], by: str, is_reversed: bool
) -> None:
    found = {row.route.route_id: row for row in first}
    shelf = shelf_of(found, by=by, is_reversed=is_reversed)
    for row in then:
        found[row.route.route_id] = row
        shelf.want(row.route.route_id, row)
    before = list(shelf.ids())
    assert before == list(shelf_of({r.route.route_id: r for r in first}, by=by, is_reversed=is_reversed).ids())
    shelf.apply()
    assert list(shelf.ids()) == list(shelf_of(found, by=by, is_reversed=is_reversed).ids())
    assert shelf.pending == 0
    for index, route_id in enumerate(shelf.ids()):
        assert shelf.index(route_id) == index
        assert shelf.at(index) == route_id


def test_a_row_that_goes_and_comes_back_has_nothing_pending() -> None:
    row = healthy("A-1")
    shelf = shelf_of({row.route.route_id: row})
    shelf.want(row.route.route_id, failing(row))
    assert shelf.pending == 1
    shelf.want(row.route.route_id, msgspec.structs.replace(row, remark="x"))
    assert shelf.pending == 0


def test_a_row_that_is_gone_leaves() -> None:
    row = healthy("A-1")
    shelf = shelf_of({row.route.route_id: row})
    shelf.want(row.route.route_id, None)
    shelf.apply()
    assert len(shelf) == 0


def test_arranging_many_rows_gives_keys_their_turn_and_sorts_them_all() -> None:
    made = [healthy(f"S{i % 7}-{i:05}") for i in range(9000)]
    found = {row.route.route_id: row for row in made}
    shelf = Shelf()
    assert sum(1 for _ in shelf.fill(found)) >= 4
    hosts = [found[route_id].route.hostname for route_id in shelf.ids()]
    assert hosts == sorted(hosts)


LAYOUTS = st.builds(Layout, st.lists(st.integers(0, 9), min_size=5, max_size=5).map(tuple), st.integers(1, 2))


@given(LAYOUTS, st.integers(0, 60), st.integers(3, 12))
def test_lines_and_rows_are_each_other_s_inverse_and_scrolling_brings_a_row_into_sight(
    layout: Layout, top: int, page: int
) -> None:
    rows = [layout.at(line) for line in range(layout.total)]
    assert [number for kind, number in rows if kind is Kind.ROW] == list(range(sum(layout.sizes)))
    for index in range(sum(layout.sizes)):
        line = layout.line_of(index)
        assert layout.at(line) == (Kind.ROW, index)
        assert 0 <= line - layout.scrolled(top, index, page) < page
