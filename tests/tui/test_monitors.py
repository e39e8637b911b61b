"""The Monitors: their lines as functions, their keys with a pilot and an engine in memory."""

from __future__ import annotations

import pytest
import sighted
from driving import Console, console
from fake_engine import NOW, FakeEngine, failing, healthy
from msgspec.structs import replace

from statetrace_engine.model.health import HealthState, Overlay
from statetrace_engine.model.monitors import Concern, Concerned, Monitors
from statetrace_tui.present import monitor_rows
from statetrace_tui.present.monitor_rows import Seen
from statetrace_tui.present.route_order import filter_of
from statetrace_tui.present.text import plain, size
from statetrace_tui.screens.monitors import MonitorsScreen
from statetrace_tui.screens.outages import OutagesScreen
from statetrace_tui.screens.routes import RoutesScreen

ROWS = {
    row.route.route_id: row
    for row in (
        healthy("WLLS-A01-AR-01", owner="Core"),
        replace(healthy("WLLS-A01-AR-01", "10.2.0.0/16", owner="Core"), state=HealthState.UNKNOWN),
        replace(healthy("BOYO-A01-AR-01", owner="Core"), state=HealthState.UNKNOWN, overlays=Overlay.UNPROBED),
        replace(healthy("BOYO-A02-AR-01"), overlays=Overlay.CONFLICTING),
        replace(healthy("BOYO-A03-AR-01", owner="Core"), state=HealthState.UNKNOWN, overlays=Overlay.STALE),
    )
}


def engine() -> FakeEngine:
    return sighted.fill(FakeEngine(ROWS.values()))


def page(monitors: Monitors, width: int = 138) -> list[str]:
    return [plain(row.line).rstrip() for row in monitor_rows.rows(Seen(monitors, ROWS), width, is_airy=False)]


def heads(monitors: Monitors) -> list[str]:
    return [line.split(" ─")[0].strip() for line in page(monitors) if "──── " in line and line[1:4].isupper()]


def test_when_nothing_is_wrong_one_sentence_says_so_and_nothing_has_a_colour() -> None:
    well = sighted.calm()
    assert [plain(line) for line in monitor_rows.sentence(well, 138)] == [
        "every source speaks, every route is seen, nothing contradicts"
    ]
    roles = {role for row in monitor_rows.rows(Seen(well, ROWS), 138, is_airy=True) for _, role in row.line}
    assert not roles & {"crit", "crit!", "major", "warn", "warn!", "unk", "unk!"}


def test_the_sentence_names_all_that_is_wrong_the_worst_first() -> None:
    lines = [plain(line) for line in monitor_rows.sentence(sighted.troubled(tuple(ROWS)), 138)]
    assert len(lines) == 2
    said = [part for line in lines for part in line.split("; ")]
    assert said == [
        "1 source does not run",
        "1,204 signals dropped",
        "sources contradict on 1 route",
        "conflict rate 3.2 %",
        "2 routes nobody sees",
        "14 routes nobody watches",
        "1 source has never spoken",
        "2 devices have never spoken",
    ]


@pytest.mark.parametrize("width", [78, 118])
def test_a_source_that_runs_and_has_trouble_is_marked_and_says_all_of_it(width: int) -> None:
    well = sighted.calm()
    trouble = "1 of 3 devices do not answer: BOYO-A01-AR-01; WLLS-A01-AR-01: wrong key; WLLS-A02-AR-01: malformed"
    ill = replace(well, voices=(*well.voices, sighted.voice("snmp", "polling", 3.0, 3.0, 1.0, error=trouble)))
    assert [plain(line) for line in monitor_rows.sentence(ill, width)] == ["1 source is in trouble"]
    lines = page(ill, width)
    assert any(line.startswith(" % snmp") for line in lines)
    assert trouble in " ".join(line.strip() for line in lines)
    assert all(len(line) <= width for line in lines)


def test_blocks_in_trouble_come_first_and_say_it_in_glyph_word_and_colour() -> None:
    bad = sighted.troubled(tuple(ROWS))
    assert heads(bad)[:3] == ["SOURCES", "BACKLOG", "CONTRADICTIONS"]
    assert heads(sighted.calm())[0] == "SOURCES"
    lines = page(bad)
    for wanted in (
        " % snmp", "restarting", "1,204 dropped", " ? bmp", "never spoke", "10.9.9.9", "1,204 messages",
        "41 messages not understood: 10.9.9.9: no header", "3.2 % of 1,512 windows today, 2 more on healthy routes",
        "disagree on link GigabitEthernet0/1", "BOYO-B01-CR-01",
        "A probe target answers nobody: 10.1.1.2 answers nobody",
        "12 outages today", "1.10 s +-0.13 to the glass", "0.00 s not shown", "12 signals wait",
    ):  # fmt: skip
        assert any(wanted in line for line in lines), wanted


def test_messages_of_floods_that_no_rule_looked_at_are_no_quiet_network() -> None:
    seen = replace(sighted.calm(), rules_skipped=12_345)
    assert [plain(line) for line in monitor_rows.sentence(seen, 138)] == ["no rule looked at 12,345 messages"]
    assert any("12,345 messages of floods: no rule looked at them" in line for line in page(seen))


def test_no_answer_is_not_a_good_answer() -> None:
    """Nothing could be compared: that is no rate of 0."""
    none = sighted.calm(conflicts=replace(sighted.calm().conflicts, windows=0, conflicting=0), voices=())
    text = "\n".join(page(none))
    assert "nothing to compare today" in text
    assert " % of" not in text


def test_an_address_of_several_devices_is_named_with_them() -> None:
    hosts = ("WLLS-A01-AR-01", "BOYO-A01-AR-01")
    lines = page(sighted.calm(shared=7, shared_addresses={"10.1.1.1": hosts}))
    line = next(line for line in lines if "10.1.1.1" in line)
    assert "of WLLS-A01-AR-01 and BOYO-A01-AR-01: what comes from it counts only with its name" in line
    assert any("and 6 more addresses of several devices" in line for line in lines)


@pytest.mark.parametrize("width", [78, 98, 118, 138, 198])
def test_rows_fit_their_width(width: int) -> None:
    for monitors in (sighted.calm(), sighted.troubled(tuple(ROWS))):
        for row in monitor_rows.rows(Seen(monitors, ROWS), width, is_airy=False):
            if "card" not in row.key:  # a card's words are cut by the pane
                assert size(row.line) <= width, plain(row.line)


@pytest.mark.parametrize(
    ("per_s", "words"),
    [(None, "-"), (0.0, "0/s"), (0.2, "0.2/s"), (9.4, "9.4/s"), (14.2, "14/s"), (118.0, "120/s"), (1249.0, "1,200/s")],
)
def test_a_rate_has_two_digits_that_count(per_s: float | None, words: str) -> None:
    assert monitor_rows.rate(per_s) == words


def test_what_hardly_changes_reads_the_same() -> None:
    before = sighted.calm()
    wobbled = replace(
        before,
        at=NOW + 3,
        voices=tuple(replace(v, per_s=(v.per_s or 0) * 1.08, received=v.received + 9) for v in before.voices),
    )
    assert page(monitor_rows.steady(before, wobbled)) == page(before)
    doubled = replace(before, voices=tuple(replace(v, per_s=(v.per_s or 0) * 2) for v in before.voices))
    assert page(monitor_rows.steady(before, doubled)) != page(before)


def test_each_concern_leads_to_exactly_its_routes() -> None:
    """The filter on the Routes screen finds what the engine counted."""
    from statetrace_engine.reports.sight import concerns_of

    for concern in Concern:
        counted = Concerned(concern=concern, count=1, route_ids=())
        seen = Seen(sighted.calm(concerns=(counted,)), ROWS)
        row = next(r for r in monitor_rows.rows(seen, 138, is_airy=False) if r.key == f"concern {concern}")
        matches = filter_of(row.subject[1:]).matches
        assert matches is not None
        found = {ident for ident, each in ROWS.items() if matches(each)}
        assert found == {ident for ident, each in ROWS.items() if concern in concerns_of(each)}, concern


async def watched(c: Console) -> MonitorsScreen:
    screen = c.app.screen
    assert isinstance(screen, MonitorsScreen)
    await c.until(lambda: "SOURCES" in c.text)
    return screen


async def stand_on(c: Console, screen: MonitorsScreen, key: str) -> None:
    for _ in range(40):
        if screen.chosen is not None and screen.chosen.key == key:
            return
        await c.press("j")
    raise AssertionError(f"{key} is not on the page\n{c.text}")


async def test_five_opens_the_monitors_and_escape_goes_back() -> None:
    async with console(engine()) as c:
        await c.until(lambda: "WLLS-A01-AR-01" in c.text)
        await c.press("5")
        await c.until(lambda: isinstance(c.app.screen, MonitorsScreen) and "SOURCES" in c.text)
        assert "5 Monitors" in c.text
        await c.press("escape")
        await c.until(lambda: isinstance(c.app.screen, RoutesScreen))


async def test_enter_on_a_concern_shows_its_routes_and_escape_leads_back_to_it() -> None:
    async with console(engine(), screen="monitors") as c:
        screen = await watched(c)
        await stand_on(c, screen, "concern blind")
        await c.press("enter")
        await c.until(lambda: isinstance(c.app.screen, RoutesScreen) and c.routes.table.count == 1)
        assert c.cursor == "WLLS-A01-AR-01 10.2.0.0/16"
        await c.press("escape", "escape")
        await c.until(lambda: c.app.screen is screen)
        assert screen.chosen is not None
        assert screen.chosen.key == "concern blind"


async def test_a_contradiction_leads_to_its_route_a_source_to_the_engine_and_a_delay_to_its_outage() -> None:
    made = engine()
    first = next(iter(ROWS))
    made.put(failing(ROWS[first], NOW - 30, outage_id="OUT-1123-7K2Q"))
    async with console(made, screen="monitors", size=(140, 60)) as c:
        screen = await watched(c)
        await c.press("enter")
        await c.until(lambda: "process 4117" in c.text, "the engine's page")
        await c.press("escape")
        await stand_on(c, screen, "delay OUT-1123-7K2Q")
        await c.press("enter")
        await c.until(lambda: isinstance(c.app.screen, OutagesScreen) and "OUT-1123-7K2Q" in c.text)
        await c.press("escape", "g")
        await c.until(lambda: c.app.screen is screen)
        await stand_on(c, screen, f"conflict {first}")
        await c.press("enter")
        await c.until(lambda: isinstance(c.app.screen, RoutesScreen))
        assert c.cursor == "WLLS-A01-AR-01 0.0.0.0/0"


async def test_the_cursor_stays_on_its_row_when_the_order_changes() -> None:
    async with console(engine(), screen="monitors") as c:
        screen = await watched(c)
        await stand_on(c, screen, "concern unprobed")
        c.engine.sight = replace(sighted.troubled(tuple(ROWS)), backlog=sighted.calm().backlog, cards=())
        await c.ticks(8)
        assert screen.chosen is not None
        assert screen.chosen.key == "concern unprobed"


async def test_it_asks_once_a_second_while_it_is_in_front_and_not_behind_another() -> None:
    async with console(engine(), screen="monitors") as c:
        await watched(c)
        asked = c.engine.monitor_calls
        await c.ticks(15)
        assert asked + 2 <= c.engine.monitor_calls <= asked + 4
        await c.press("1")
        await c.until(lambda: isinstance(c.app.screen, RoutesScreen))
        asked = c.engine.monitor_calls
        await c.ticks(8)
        assert c.engine.monitor_calls == asked


async def test_when_nothing_changes_nothing_is_painted() -> None:
    made = FakeEngine(ROWS.values())
    made.sight = sighted.calm()
    async with console(made, screen="monitors") as c:
        screen = await watched(c)
        await c.ticks(6)
        painted: list[object] = []
        screen._page.refresh = lambda *regions, **_: painted.append(regions)  # type: ignore[assignment]
        asked = c.engine.monitor_calls
        await c.ticks(12)
        assert c.engine.monitor_calls > asked
        assert painted == []


async def test_an_engine_that_is_gone_is_said_and_the_last_page_stays() -> None:
    async with console(engine(), screen="monitors") as c:
        await watched(c)
        c.engine.is_gone = True
        await c.until(lambda: "the engine is gone" in c.key_line)
        assert "SOURCES" in c.text
