"""The Outages screen: its rows and order as functions, its keys with a pilot and an engine in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any  # for the fields of one Struct, by name

import msgspec
import pytest
from fake_engine import NOW, FakeEngine, failing, healthy, outage_of
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from statetrace_engine.model.action import Acknowledge, HandOver, MarkSeen, MarkShown
from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import EvidenceItem, OutageEvent, Timeline, TimelineMark
from statetrace_engine.model.runbook import Runbook, RunbookStep
from statetrace_tui.app import ConsoleOptions, StateTraceApp
from statetrace_tui.present import outage_row, runbook_page
from statetrace_tui.present.outage_list import OutageList, matches
from statetrace_tui.present.text import plain, size
from statetrace_tui.screens.outages import OutagesScreen


def an_outage(name: str, age: float = 60, **more: object) -> OutageEvent:
    row = failing(healthy(f"WLLS-{name}-AR-01", owner="Edge team"), NOW - age)
    fields: dict[str, object] = {"outage_id": f"OUT-1123-{name}", "notified_at": NOW - age + 1}
    return outage_of(row, **(fields | more))


ACKED: dict[str, Any] = {"acknowledged_by": "EXAMPLE\\mko", "acked_at": NOW - 30}
OVER: dict[str, Any] = {"state": HealthState.HEALTHY, "resolved_at": NOW - 10, "closed_at": NOW - 5}


def listed(*outages: OutageEvent) -> OutageList:
    found = OutageList()
    found.take({outage.outage_id: outage for outage in outages}, is_held=False)
    return found


@pytest.mark.parametrize("width", [80, 100, 140, 200])
def test_a_row_fills_its_width_exactly(width: int) -> None:
    line = outage_row.line(an_outage("A01"), width, NOW)
    assert size(line) <= width
    assert size(outage_row.heading(width)) <= width
    assert "OUT-1123-A01" in plain(line)
    assert ("PREFIX" in plain(outage_row.heading(width))) is (width >= 96)


def test_filled_means_that_nobody_has_it() -> None:
    assert any(role == "crit*" for _, role in outage_row.line(an_outage("A01"), 100, NOW))
    assert not any(role.endswith("*") for _, role in outage_row.line(an_outage("A01", **ACKED), 100, NOW))


@pytest.mark.parametrize("state", [HealthState.DOWN, HealthState.DEGRADED, HealthState.RECOVERED])
def test_what_nobody_sees_any_more_is_unknown_and_says_what_it_was(state: HealthState) -> None:
    resolved = NOW - 20 if state is HealthState.RECOVERED else None
    blind = an_outage("A01", state=state, resolved_at=resolved, unseen_since=NOW - 10, unseen_why="device silent")
    row = plain(outage_row.line(blind, 260, NOW))
    assert row[2:].startswith(" ? UNKNOWN ")
    assert f"was {state}, nobody sees it: device silent" in row
    roles = [role for _, role in outage_row.line(blind, 200, NOW)]
    assert not any(role.startswith(("crit", "major", "ok")) for role in roles)
    assert outage_row.group(blind) == (2 if resolved else 0)
    assert matches(blind, "state:unknown")


def test_maintenance_is_never_filled() -> None:
    planned = an_outage("A01", is_maintenance=True, severity=Severity.INFO)
    assert not any(role.endswith("*") for _, role in outage_row.line(planned, 140, NOW))
    assert "maint" in plain(outage_row.line(planned, 140, NOW))


def test_detection_counts_from_the_occurrence_and_not_from_the_first_signal() -> None:
    slow = an_outage("A01", occurred_at=NOW - 60.5, first_signal_at=NOW - 60, detected_at=NOW - 59.96)
    assert "0.54s" in plain(outage_row.line(slow, 140, NOW))


@pytest.mark.parametrize(
    ("operator", "name"),
    [
        ("jsm@jump1", "jsm"), (r"CORP\jsm", "jsm"), ("jsm", "jsm"), ("", ""), ("root@jump1 (jsm)", "jsm"),
        (r"watch@jump1 (CORP\jsm)", "jsm"), ("odd (name", "name"),
    ],
)  # fmt: skip
def test_a_person_is_called_by_who_they_are_and_not_by_the_account_they_share(operator: str, name: str) -> None:
    assert outage_row.person(operator) == name


def test_what_nobody_has_comes_first_then_in_hand_then_over() -> None:
    mild = an_outage("MILD", 10, state=HealthState.DEGRADED, severity=Severity.MAJOR, worst=Severity.MAJOR)
    order = listed(
        an_outage("OVER", **OVER), an_outage("HAND", **ACKED), mild, an_outage("OLD", 900), an_outage("NEW")
    ).order
    assert [outage_id[9:] for outage_id in order] == ["NEW", "OLD", "MILD", "HAND", "OVER"]


def test_a_recovery_that_nobody_saw_stays_above_what_is_over() -> None:
    order = listed(an_outage("OVER", **OVER), an_outage("SEEN", 90, is_latched=True, **OVER)).order
    assert order[0].endswith("SEEN")


def test_the_cursor_stays_on_its_outage_while_others_come() -> None:
    found = listed(an_outage("A"), an_outage("B", 70), an_outage("C", 80))
    found.move(1)
    found.take({**found.outages, **{o.outage_id: o for o in [an_outage("N", 1)]}}, is_held=True)
    assert found.cursor == "OUT-1123-B"
    assert found.order[0] == "OUT-1123-N"


def test_order_holds_still_while_the_operator_works_and_waits_to_be_released() -> None:
    first = {o.outage_id: o for o in (an_outage("A"), an_outage("B", 70))}
    found = OutageList()
    found.take(first, is_held=False)
    found.take({**first, "OUT-1123-A": an_outage("A", **ACKED)}, is_held=True)
    assert [i[9:] for i in found.order] == ["A", "B"]
    assert found.waiting == 2
    found.settle()
    assert [i[9:] for i in found.order] == ["B", "A"]


def test_new_outages_stay_in_sight_above_a_scrolled_list() -> None:
    found = listed(an_outage("HOT", 5), *[an_outage(f"{i:03}", 100 + i, **ACKED) for i in range(50)])
    found.move(40)
    shown = found.visible(8)
    assert shown[0] == "OUT-1123-HOT"
    assert found.cursor in shown
    assert len(shown) == 7


@given(st.integers(0, 40), st.lists(st.integers(-50, 50), max_size=12), st.integers(1, 20), st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_the_cursor_is_always_in_sight_and_no_row_is_shown_twice(
    count: int, moves: list[int], height: int, new: int
) -> None:
    found = listed(*[an_outage(f"{i:03}", 100 + i, **({} if i < new else ACKED)) for i in range(count)])
    for by in moves:
        found.move(by)
        shown = found.visible(height)
        assert len(set(shown)) == len(shown) <= max(height - 1, 1)
        assert not count or found.cursor in shown


def test_a_filter_knows_words_negation_and_fields() -> None:
    outage = an_outage("A01")
    assert matches(outage, "wlls link-f")
    assert matches(outage, "cause:link !owner:lab")
    assert not matches(outage, "!edge")
    assert not matches(outage, "device:boyo")


def test_thousands_of_outages_are_listed_by_their_visible_rows_only() -> None:
    found = listed(*[an_outage(f"{i:05}", i) for i in range(5000)])
    assert len(found.lines(140, 20, NOW)) == 20


def test_a_runbook_fills_in_what_the_evidence_knows_and_shows_what_it_does_not() -> None:
    seen = evidence(7, Plane.LINK, "GigabitEthernet0/1 down", "WLLS-A01-AR-01")
    step = RunbookStep(
        title="Look", commands={"any": "show interfaces {interface} {neighbour}"}, expect="up", so="go on"
    )
    outage = an_outage("A01", evidence=(seen,))
    page = runbook_page.lines(Runbook(name="x", title="X", steps=(step,)), outage, 78)
    text = "\n".join(map(plain, page))
    assert "show interfaces GigabitEthernet0/1 <neighbour?>" in text
    assert all(size(line) <= 78 for line in page)


def test_a_runbook_to_read_has_the_commands_that_the_steps_have() -> None:
    """The global table is no vrf called default, a vrf of odd letters is no other one, and IPv6 is spelled as such."""
    commands = {"cisco_ios": "show ip route vrf {vrf} {network} {mask}", "frr": "ip route get vrf {vrf} {prefix}"}
    step = RunbookStep(title="Look", commands=commands, expect="up", so="go on")
    book = Runbook(name="x", title="X", summary="{hostname} is out", steps=(step,))

    def page(outage: OutageEvent | None, of: dict[str, str] | None = None) -> str:
        return "\n".join(map(plain, runbook_page.lines(book, outage, 78, of)))

    outage = an_outage("A01", prefix="10.1.0.0/16", vrf="default")
    assert "WLLS-A01-AR-01 is out" in page(outage)
    assert "show ip route 10.1.0.0 255.255.0.0" in page(outage)
    assert "show ip route vrf <vrf?> 10.1.0.0" in page(an_outage("A01", prefix="10.1.0.0/16", vrf="CUST#1"))
    assert "show ipv6 route 2001:db8::/32" in page(an_outage("A01", prefix="2001:db8::/32", vrf="default"))
    assert "R1 is out" in page(None, {"hostname": "R1"})


def evidence(seq: int, plane: Plane = Plane.LINK, text: str = "Gi0/1 down", witness: str = "W") -> EvidenceItem:
    return EvidenceItem(
        source="syslog_udp", plane=plane, verdict=Verdict.DOWN, at=NOW - 60, text=text, witness=witness, seq=seq
    )


def engine_with(*outages: OutageEvent) -> FakeEngine:
    engine = FakeEngine()
    engine.put_outage(*outages)
    return engine


def app_on(engine: FakeEngine, **options: object) -> StateTraceApp:
    wanted = ConsoleOptions(screen="outages", operator="jsm@jump", **options)  # type: ignore[arg-type]
    return StateTraceApp(engine, wanted, wall=lambda: NOW)


def screen_of(app: StateTraceApp) -> OutagesScreen:
    assert isinstance(app.screen, OutagesScreen)
    return app.screen


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(250):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not come to that")


def below(app: StateTraceApp) -> str:
    return screen_of(app)._below.text


async def test_the_timeline_is_of_the_outage_under_the_cursor() -> None:
    first, second = an_outage("A01"), an_outage("B01", 90)
    engine = engine_with(first, second)
    mark = TimelineMark(at=NOW - 90, lane="session", verdict="down", text="10.1.1.2 lost")
    engine.timelines[second.outage_id] = Timeline(outage=second, marks=(mark,))
    app = app_on(engine)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "OUT-1123-A01" in below(app))
        await pilot.press("j")
        await until(pilot, lambda: "10.1.1.2 lost" in below(app))
        assert "OUT-1123-B01" in below(app)


async def test_a_console_that_is_made_larger_gives_the_list_the_rows_that_it_fills() -> None:
    app = app_on(engine_with(*(an_outage(f"A{number:02}", 60 + number) for number in range(20))))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: screen_of(app)._list.size.height == 7)
        await pilot.resize_terminal(140, 60)
        await until(pilot, lambda: screen_of(app)._list.size.height == 22)


async def test_marks_go_before_the_filter() -> None:
    app = app_on(engine_with(an_outage("A01"), an_outage("B01", 90)))
    async with app.run_test(size=(140, 40)) as pilot:
        listed = screen_of(app).list
        await until(pilot, lambda: len(listed.order) == 2)
        await pilot.press("slash", *"a01", "enter", "space", "escape")
        assert (listed.marks, listed.query) == (set(), "a01")
        await pilot.press("escape")
        assert listed.query == ""


async def test_the_timeline_is_fetched_again_when_its_outage_changes() -> None:
    outage = an_outage("A01")
    engine = engine_with(outage)
    app = app_on(engine)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "OUT-1123-A01" in below(app))
        mark = TimelineMark(at=NOW - 50, lane="data", verdict="down", text="0 of 20")
        engine.timelines[outage.outage_id] = Timeline(outage=outage, marks=(mark,))
        engine.put_outage(msgspec.structs.replace(outage, survival="nothing carries"))
        await until(pilot, lambda: "0 of 20" in below(app))
        assert "nothing carries" in below(app)


async def test_an_outage_says_when_nobody_sees_its_route_any_more_and_when_somebody_does_again() -> None:
    outage = an_outage("A01", survival="nothing carries")
    engine = engine_with(outage)
    app = app_on(engine)
    async with app.run_test(size=(200, 40)) as pilot:
        await until(pilot, lambda: " X DOWN" in screen_of(app)._list.text)
        engine.put_outage(msgspec.structs.replace(outage, unseen_since=NOW, unseen_why="snmp stopped"))
        await until(pilot, lambda: " ? UNKNOWN" in screen_of(app)._list.text)
        assert "was DOWN, nobody s" in screen_of(app)._list.text
        assert " ? UNKNOWN " in below(app)
        assert "was DOWN, nobody sees it: snmp stopped" in below(app)
        engine.put_outage(outage)
        await until(pilot, lambda: " X DOWN" in screen_of(app)._list.text)
        assert "was DOWN" not in screen_of(app)._list.text


async def test_a_acknowledges_the_outage_under_the_cursor_and_marks_go_together() -> None:
    engine = engine_with(an_outage("A01"), an_outage("B01", 90), an_outage("C01", 99))
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(screen_of(app).list.order) == 3)
        await pilot.press("a")
        await until(pilot, lambda: any(isinstance(act, Acknowledge) for act in engine.acts))
        await pilot.press("space", "space", "a")
        await until(pilot, lambda: sum(isinstance(act, Acknowledge) for act in engine.acts) == 2)
        acks = [act for act in engine.acts if isinstance(act, Acknowledge)]
        assert [act.outage_ids for act in acks] == [("OUT-1123-A01",), ("OUT-1123-A01", "OUT-1123-B01")]
        assert screen_of(app).list.marks == set()


async def test_a_note_goes_with_the_acknowledgement() -> None:
    engine = engine_with(an_outage("A01"))
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(screen_of(app).list.order))
        await pilot.press("A", *"carrier", "enter")
        await until(pilot, lambda: any(isinstance(act, Acknowledge) for act in engine.acts))
        assert next(act.note for act in engine.acts if isinstance(act, Acknowledge)) == "carrier"


async def test_hand_over_names_somebody() -> None:
    engine = engine_with(an_outage("A01"))
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(screen_of(app).list.order))
        await pilot.press("H", *"mko", "enter")
        await until(pilot, lambda: any(isinstance(act, HandOver) for act in engine.acts))
        assert next(act.to for act in engine.acts if isinstance(act, HandOver)) == "mko"


async def test_open_outages_are_told_to_be_shown_once_they_are_painted() -> None:
    engine = engine_with(an_outage("A01"), an_outage("OVER", **OVER))
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any(isinstance(act, MarkShown) for act in engine.acts))
        assert [act.outage_ids for act in engine.acts if isinstance(act, MarkShown)] == [("OUT-1123-A01",)]


async def test_what_opens_beneath_a_sheet_is_shown_when_the_sheet_is_gone() -> None:
    engine = engine_with(an_outage("A01"))
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any(isinstance(act, MarkShown) for act in engine.acts))
        await pilot.press("question_mark")
        engine.put_outage(an_outage("B01", 1))
        await until(pilot, lambda: "OUT-1123-B01" in screen_of(app).list.order)
        await pilot.pause()
        assert ("OUT-1123-B01",) not in [act.outage_ids for act in engine.acts if isinstance(act, MarkShown)]
        await pilot.press("escape")
        await until(
            pilot,
            lambda: ("OUT-1123-B01",) in [act.outage_ids for act in engine.acts if isinstance(act, MarkShown)],
        )


async def test_a_latch_is_released_when_the_cursor_is_put_on_it() -> None:
    engine = engine_with(an_outage("A01"), an_outage("MISS", 90, is_latched=True, **OVER))
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(screen_of(app).list.order) == 2)
        assert not any(isinstance(act, MarkSeen) for act in engine.acts)
        await pilot.press("j")
        await until(pilot, lambda: any(isinstance(act, MarkSeen) for act in engine.acts))


async def test_l_shows_the_message_behind_each_piece_of_evidence() -> None:
    items = (evidence(7), evidence(8, Plane.SESSION, "bgp 10.1.1.2 down"))
    engine = engine_with(an_outage("A01", evidence=items))
    engine.signals = {7: "<187>1: %LINK-3-UPDOWN: Gi0/1 down", 8: "<189>2: %BGP-5-ADJCHANGE: 10.1.1.2 Down"}
    app = app_on(engine)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: bool(screen_of(app).list.order))
        await pilot.press("l")
        await until(pilot, lambda: "%LINK-3-UPDOWN" in screen_of(app)._sheet.text)
        assert "journal 7" in screen_of(app)._sheet.text
        await pilot.press("j")
        await until(pilot, lambda: "%BGP-5-ADJCHANGE" in screen_of(app)._sheet.text)
        await pilot.press("escape")
        assert screen_of(app).asked is None


async def test_b_opens_its_runbook_and_esc_comes_back_to_the_outage() -> None:
    engine = engine_with(an_outage("A01"), an_outage("B01", 90))
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(screen_of(app).list.order) == 2)
        await pilot.press("j")
        cursor = screen_of(app).list.cursor
        await pilot.press("b")
        await until(pilot, lambda: app.screen.name == "runbook")
        assert app.screen.outage_id == cursor  # type: ignore[attr-defined]
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.name == "outages")
        assert screen_of(app).list.cursor == cursor


async def test_tab_walks_the_timeline_and_esc_comes_out_of_it() -> None:
    outage = an_outage("A01")
    engine = engine_with(outage, an_outage("B01", 90))
    app = app_on(engine)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "OUT-1123-A01" in below(app))
        await pilot.press("tab", "j")
        await until(pilot, lambda: "> +" in below(app))
        assert screen_of(app).list.cursor == "OUT-1123-A01"
        await pilot.press("plus")
        await until(pilot, lambda: "x2" in below(app))
        await pilot.press("escape", "j")
        await until(pilot, lambda: "OUT-1123-B01" in below(app))


async def test_a_filter_narrows_as_it_is_typed_and_esc_takes_it_back() -> None:
    engine = engine_with(an_outage("A01"), an_outage("B01", 90))
    app = app_on(engine)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: len(screen_of(app).list.order) == 2)
        await pilot.press("slash", *"b01")
        assert screen_of(app).list.order == ["OUT-1123-B01"]
        await pilot.press("escape")
        assert len(screen_of(app).list.order) == 2


async def test_no_outage_is_said_in_words() -> None:
    app = app_on(FakeEngine())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "no outage" in screen_of(app)._list.text)
        await pilot.press("a", "l", "b", "j", "tab", "plus", "H", "A", "enter")


async def test_esc_comes_back_from_the_route_to_the_same_outage() -> None:
    rows = [failing(healthy(f"WLLS-{name}-AR-01"), NOW - age) for name, age in (("A01", 60), ("B01", 90))]
    engine = FakeEngine(rows)
    app = app_on(engine)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: len(screen_of(app).list.order) == 2)
        await pilot.press("j")
        chosen = screen_of(app).list.cursor
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.name == "routes")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen.name == "outages")
        assert screen_of(app).list.cursor == chosen


async def test_an_outage_named_by_another_screen_is_the_one_shown() -> None:
    engine = engine_with(an_outage("A01"), an_outage("B01", 90))
    wanted = ConsoleOptions(screen="watch", operator="jsm@jump")
    app = StateTraceApp(engine, wanted, wall=lambda: NOW)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: len(app.book.outages) == 2)
        app.go("outages", "OUT-1123-B01")
        await until(pilot, lambda: app.screen.name == "outages" and "OUT-1123-B01" in below(app))
