"""Watch mode: what the wall shows as a function, its keys and its bell with a pilot."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from fake_engine import NOW, FakeEngine, failing, healthy, outage_of
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from statetrace_engine.model.action import Acknowledge, MarkSeen
from statetrace_engine.model.health import HealthState, RouteHealth, Severity
from statetrace_engine.model.outage import CauseKind, Incident
from statetrace_engine.model.status import Banner, EngineStatus, Frame, SourceStatus
from statetrace_tui.app import ConsoleOptions, StateTraceApp
from statetrace_tui.present import big_digits, wall, wall_item
from statetrace_tui.present.book import Book
from statetrace_tui.present.header import Facts
from statetrace_tui.present.text import plain, size
from statetrace_tui.screens.watch import WatchScreen

STATUS = EngineStatus(
    version="0", pid=1, started_at=NOW - 3600, at=NOW, home="demo", devices=40, last_change_at=NOW - 19
)
FINE = [healthy(f"BOYO-A{i:02}-AR-01") for i in range(20)]


def down(name: str, age: float = 60, **more: object) -> RouteHealth:
    return failing(healthy(f"WLLS-{name}-AR-01", owner="Edge team"), NOW - age, **more)


def book_of(*rows: RouteHealth, status: EngineStatus = STATUS, incidents: tuple[Incident, ...] = ()) -> Book:
    book = Book()
    outages = tuple(
        outage_of(row, incident_id=incidents[0].incident_id if incidents else "") for row in rows if row.outage_id
    )
    book.merge(Frame(is_full=True, routes=rows, removed=(), outages=outages, incidents=incidents, status=status))
    return book


def painted(book: Book, width: int = 140, height: int = 40, **facts: object) -> list[str]:
    found = wall_item.items(filter(wall_item.is_trouble, book.rows.values()), book)
    seen = wall.paint(book, found, Facts(now=NOW, **facts), "", width, height)  # type: ignore[arg-type]
    assert all(size(line) == width for line in seen.lines)
    assert len(seen.lines) <= height
    return [plain(line) for line in seen.lines]


def row_with(lines: list[str], word: str) -> int:
    return next(y for y, line in enumerate(lines) if word in line)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40)])
@pytest.mark.parametrize("facts", [{}, {"silent_s": 17.0}], ids=["live", "silent"])
def test_a_route_that_was_never_heard_has_no_age(width: int, height: int, facts: dict[str, object]) -> None:
    unheard = msgspec.structs.replace(healthy("BOYO-B01-AR-01"), state=HealthState.UNKNOWN, since_at=0.0)
    lines = painted(book_of(unheard), width, height, **facts)
    at = row_with(lines, "BOYO-B01-AR-01")
    assert lines[at].split()[:5] == ["│", "?", "UNKNOWN", "-", "BOYO-B01-AR-01"]
    assert "since 00:00" not in "\n".join(lines)


@given(st.integers(0, 10**9), st.integers(0, 200), st.integers(0, 30))
def test_digits_are_as_large_as_fits_and_never_larger(number: int, width: int, height: int) -> None:
    scale = big_digits.scale_for([number], width, height)
    if scale is not None:
        rows = big_digits.rows(number, scale)
        assert len(rows) <= height
        assert {len(row) for row in rows} == {big_digits.cells(number, scale)}
        assert big_digits.cells(number, scale) <= width


@given(
    st.lists(
        st.tuples(st.sampled_from(list(HealthState)), st.booleans(), st.booleans(), st.floats(0, 1e6)), max_size=20
    ),
    st.integers(1, 220),
    st.integers(1, 70),
)
@settings(max_examples=100, deadline=None)
def test_every_wall_fits_whatever_is_wrong(
    states: list[tuple[HealthState, bool, bool, float]], width: int, height: int
) -> None:
    rows = [
        down(f"A{i:02}", age, state=state, is_latched=is_latched, acknowledged_by="jsm" if is_acked else "")
        for i, (state, is_latched, is_acked, age) in enumerate(states)
    ]
    painted(book_of(*rows), width, height)


def test_the_worst_comes_first_and_what_nobody_has_before_what_somebody_has() -> None:
    mild = down("MILD", 10, state=HealthState.DEGRADED, severity=Severity.MAJOR)
    lines = painted(book_of(down("HAND", 5, acknowledged_by="jsm", acknowledged_at=NOW - 3), mild, down("LOST"), *FINE))
    assert row_with(lines, "WLLS-LOST") < row_with(lines, "WLLS-MILD") < row_with(lines, "WLLS-HAND")
    assert "NOT ACKNOWLEDGED" in lines[row_with(lines, "WLLS-LOST")]
    assert "jsm" in lines[row_with(lines, "WLLS-HAND")]


def test_what_failed_and_recovered_unseen_stays_on_the_wall() -> None:
    missed = msgspec.structs.replace(
        healthy("WLLS-A09-AR-01"), is_latched=True, outage_id="OUT-1", remark="was down for 41 s"
    )
    lines = painted(book_of(missed, *FINE))
    assert "RECOVERED, NOT SEEN" in lines[row_with(lines, "WLLS-A09")]
    assert "ALL HEALTHY" not in "\n".join(lines)


def test_many_routes_of_one_incident_are_one_item() -> None:
    rows = [down("B01", 8, route=healthy("LAB-B01-CR-01", f"10.2.{i}.0/24").route) for i in range(12)]
    rows = [msgspec.structs.replace(row, outage_id=f"OUT-{i}") for i, row in enumerate(rows)]
    incident = Incident(
        incident_id="INC-1123-9QQQ",
        cause=CauseKind.DEVICE_UNREACHABLE,
        element="device LAB-B01-CR-01",
        opened_at=NOW - 8,
        closed_at=None,
        outage_ids=tuple(row.outage_id for row in rows),
        route_ids=tuple(row.route.route_id for row in rows),
        devices=("LAB-B01-CR-01",),
        sites=("LAB",),
        owners=("Lab desk",),
    )
    lines = painted(book_of(*rows, *FINE, incidents=(incident,)))
    assert "12 routes, one incident" in lines[row_with(lines, "LAB-B01-CR-01")]
    assert sum("NOT ACKNOWLEDGED" in line for line in lines) == 1


def test_all_healthy_says_how_many_and_what_is_heard() -> None:
    sources = (
        SourceStatus(name="syslog_udp", detail="", state="running", last_at=NOW),
        SourceStatus(name="probe_icmp", detail="", state="failed"),
    )
    text = "\n".join(painted(book_of(*FINE, status=msgspec.structs.replace(STATUS, sources=sources))))
    assert "ALL HEALTHY" in text
    assert "20 routes on 40 devices" in text
    assert "syslog_udp" in text
    assert "probe_icmp FAILED" in text


def test_a_quiet_wall_does_not_move() -> None:
    book = book_of(*FINE)
    one, other = (
        wall.paint(book, [], Facts(now=now, quiet_since=NOW - 19), "", 140, 40).lines for now in (NOW, NOW + 60)
    )
    assert one == other


def test_isolation_shows_what_was_in_grey_and_only_ignorance_in_colour() -> None:
    banner = Banner(kind="isolated", text="This host has lost its gateway.", since_at=NOW - 9)
    book = book_of(down("A01"), *FINE, status=msgspec.structs.replace(STATUS, is_isolated=True, banners=(banner,)))
    found = wall_item.items(filter(wall_item.is_trouble, book.rows.values()), book)
    lines = wall.paint(book, found, Facts(now=NOW), "", 140, 40).lines
    roles = {role for line in lines for _, role in line}
    assert not roles & {"crit", "crit*", "major", "major*", "ok"}
    text = "\n".join(map(plain, lines))
    assert "WAS" in text
    assert "? DOWN" in text
    assert "LOCAL ISOLATION" in text


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40), (200, 60)])
def test_numbers_are_big_at_every_usual_size(width: int, height: int) -> None:
    assert any("██" in line for line in painted(book_of(down("A01"), *FINE), width, height))


def test_an_outage_rings_once_and_only_after_its_notice() -> None:
    outage = outage_of(down("A01"))
    assert wall_item.ringing([outage], set()) == set()
    told = msgspec.structs.replace(outage, notified_at=NOW)
    assert wall_item.ringing([told], set()) == {outage.outage_id}
    assert wall_item.ringing([told], {outage.outage_id}) == set()
    assert wall_item.ringing([msgspec.structs.replace(told, acknowledged_by="jsm")], set()) == set()


class Ringing(StateTraceApp):
    """Counts the bell."""

    rung = 0

    def bell(self) -> None:
        self.rung += 1


def app_on(engine: FakeEngine, **options: object) -> Ringing:
    wanted = ConsoleOptions(screen="watch", operator="jsm@jump", **options)  # type: ignore[arg-type]
    return Ringing(engine, wanted, wall=lambda: NOW)


def text_of(app: StateTraceApp) -> str:
    assert isinstance(app.screen, WatchScreen)
    return app.screen._wall.text


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(250):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not come to that")


def told(engine: FakeEngine, name: str) -> None:
    row = down(name)
    engine.put(row)
    engine.put_outage(outage_of(row, notified_at=NOW))


async def test_the_bell_rings_once_for_each_new_outage_when_asked_for() -> None:
    engine = FakeEngine(FINE)
    told(engine, "OLD")
    app = app_on(engine, has_bell=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "WLLS-OLD" in text_of(app))
        assert app.rung == 0
        told(engine, "A01")
        await until(pilot, lambda: "WLLS-A01" in text_of(app))
        told(engine, "A01")
        told(engine, "B01")
        await until(pilot, lambda: "WLLS-B01" in text_of(app))
        assert app.rung == 2


async def test_a_wall_is_silent_unless_asked() -> None:
    engine = FakeEngine(FINE)
    app = app_on(engine, is_read_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "ALL HEALTHY" in text_of(app))
        told(engine, "A01")
        await until(pilot, lambda: "WLLS-A01" in text_of(app))
        assert app.rung == 0


async def test_a_acknowledges_only_what_was_chosen() -> None:
    engine = FakeEngine(FINE)
    told(engine, "A01")
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "WLLS-A01" in text_of(app))
        await pilot.press("a")
        assert not any(isinstance(act, Acknowledge) for act in engine.acts)
        await pilot.press("j", "a")
        await until(pilot, lambda: any(isinstance(act, Acknowledge) for act in engine.acts))
        await until(pilot, lambda: "NOT ACKNOWLEDGED" not in text_of(app))


async def test_space_releases_the_latches_in_sight() -> None:
    missed = msgspec.structs.replace(healthy("WLLS-A09-AR-01"), is_latched=True, outage_id="OUT-1")
    engine = FakeEngine([missed, *FINE])
    app = app_on(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "NOT SEEN" in text_of(app))
        await pilot.press("space")
        await until(pilot, lambda: any(isinstance(act, MarkSeen) for act in engine.acts))
        await until(pilot, lambda: "ALL HEALTHY" in text_of(app))


@pytest.mark.parametrize("why", ["read-only", "the engine is silent"])
async def test_space_does_not_say_that_it_did_what_it_could_not(why: str) -> None:
    missed = msgspec.structs.replace(healthy("WLLS-A09-AR-01"), is_latched=True, outage_id="OUT-1")
    engine = FakeEngine([missed, *FINE])
    app = app_on(engine, is_read_only=why == "read-only")
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "NOT SEEN" in text_of(app))
        if why != "read-only":
            engine.silent_for = 47.0
            await until(pilot, lambda: "ENGINE SILENT" in text_of(app))
        await pilot.press("space")
        await until(pilot, lambda: f"{why}: nothing was done" in text_of(app))
        assert not any(isinstance(act, MarkSeen) for act in engine.acts)


async def test_a_silent_engine_turns_the_wall_grey_and_says_for_how_long() -> None:
    engine = FakeEngine(FINE)
    told(engine, "A01")
    app = app_on(engine)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "WLLS-A01" in text_of(app))
        engine.silent_for = 47.0
        await until(pilot, lambda: "ENGINE SILENT  47s" in text_of(app))
        await until(pilot, lambda: "? DOWN" in text_of(app))
