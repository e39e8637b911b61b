"""The Routes screen: the cursor and the order of the rows, the detail beside them, and where keys lead from there."""

from __future__ import annotations

import afternoon
import pytest
from driving import console
from fake_engine import FakeEngine, failing, healthy
from msgspec.structs import replace

from statetrace_engine.model.health import HealthState
from statetrace_engine.model.runbook import Runbook, RunbookStep
from statetrace_tui.screens.routes import SIDE_FROM
from statetrace_tui.widgets.route_pane import REST_S
from statetrace_tui.widgets.route_table import REST_S as ROWS_REST_S


async def test_the_first_screen_says_what_is_wrong_why_and_what_next() -> None:
    async with console(afternoon.engine()) as c:
        await c.shows("nothing carries: both paths are lost")
        for word in ("NOT ACKNOWLEDGED  4", "IN HAND  5", "HEALTHY  107", "4 new", "EVIDENCE", "0.97", "Rx power"):
            assert word in c.text


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 30), (131, 40), (SIDE_FROM, 40), (200, 50)])
async def test_every_size_shows_the_table_the_detail_and_the_keys(size: tuple[int, int]) -> None:
    async with console(afternoon.engine(), size) as c:
        await c.shows("nothing carries")
        lines = c.text.splitlines()
        assert len(lines) == size[1]
        assert "X DOWN" in c.text
        assert "link-failure" in c.text
        assert " NEW" in c.text
        assert "jsm 24m" in c.text
        assert lines[-1].rstrip().endswith("? help")


async def test_ascii_leaves_no_other_glyph() -> None:
    async with console(afternoon.engine(), is_ascii=True) as c:
        await c.shows("NOT ACKNOWLEDGED")
        assert c.text.isascii()


async def test_the_cursor_stays_on_its_row_when_others_come_and_go() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j")
        assert c.cursor == "LAB-A02-AR-01 2001:db8:40:1200::/56"
        c.engine.put(failing(healthy("AAAA-A01-AR-01")))
        c.engine.remove(next(iter(c.engine.rows)))
        await c.until(lambda: c.routes.table.pending == 2)
        await c.press("r")
        await c.shows("AAAA-")
        assert c.cursor == "LAB-A02-AR-01 2001:db8:40:1200::/56"


async def test_order_waits_while_the_cursor_is_active_and_says_so() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j")
        before = list(c.routes.table._shelf.ids())
        c.engine.put(failing(c.engine.rows[before[-1]]))
        await c.until(lambda: "1 move wait" in c.key_line)
        assert list(c.routes.table._shelf.ids()) == before


async def test_at_rest_rows_take_their_places() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j")
        last = list(c.routes.table._shelf.ids())[-1]
        c.engine.put(failing(c.engine.rows[last]))
        await c.until(lambda: c.routes.table.pending == 1)
        c.clock.pass_(ROWS_REST_S + 0.1)
        await c.shows("NOT ACKNOWLEDGED  5")


async def test_held_order_waits_for_the_operator() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("p")
        last = list(c.routes.table._shelf.ids())[-1]
        c.engine.put(failing(c.engine.rows[last]))
        await c.until(lambda: c.routes.table.pending == 1)
        c.clock.pass_(60)
        await c.until(lambda: "1 move wait" in c.key_line)
        await c.press("r")
        await c.shows("NOT ACKNOWLEDGED  5")


async def test_before_the_first_key_the_cursor_goes_to_the_first_failure() -> None:
    rows = [healthy(f"A-{i:02}") for i in range(50)]
    async with console(FakeEngine(rows)) as c:
        assert c.cursor == "A-00 0.0.0.0/0"
        c.engine.put(failing(rows[30]))
        await c.until(lambda: c.cursor == "A-30 0.0.0.0/0")


async def test_g_and_capital_g_and_pages_move() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("G")
        assert c.routes.table._shelf.index(c.routes.table.cursor) == 119
        await c.press("pageup")
        assert c.routes.table._shelf.index(c.routes.table.cursor) == 119 - 35
        await c.press("g")
        assert c.routes.table._shelf.index(c.routes.table.cursor) == 0
        assert "NOT ACKNOWLEDGED" in c.text


async def test_the_detail_costs_nothing_while_the_cursor_runs_and_comes_once_when_it_rests() -> None:
    async with console(afternoon.engine()) as c:
        await c.shows("nothing carries")
        calls, painted = len(c.engine.detail_calls), c.routes.pane.text
        for _ in range(8):
            await c.press("j")
            c.clock.pass_(REST_S / 2)
            c.routes.tick()
            assert c.routes.pane.text == painted
        assert len(c.engine.detail_calls) == calls
        await c.until(lambda: c.cursor.split()[0] in c.routes.pane.text)
        assert c.engine.detail_calls[calls:] == [c.routes.table.cursor]


async def test_rows_that_move_do_not_keep_the_detail_from_coming() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j")
        for i in range(6):
            c.clock.pass_(REST_S / 2)
            c.engine.put(failing(healthy(f"AAAA-A{i:02}-AR-01")))
            await c.ticks(1)
        assert "LAB-A02-AR-01" in c.routes.pane.text


async def test_tab_gives_the_keys_to_the_detail_and_escape_takes_them_back() -> None:
    async with console(afternoon.engine(), (140, 24)) as c:
        await c.shows("nothing carries")
        cursor = c.cursor
        await c.press("tab", "G")
        await c.shows("netcore@example.net")
        await c.press("j", "j", "g")
        await c.shows("more below")
        assert c.cursor == cursor
        await c.press("escape", "j")
        assert c.cursor != cursor


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_z_gives_the_whole_screen_to_the_detail_and_takes_it_back(size: tuple[int, int]) -> None:
    async with console(afternoon.engine(), size) as c:
        await c.shows("nothing carries")
        await c.press("z", "G")
        await c.shows("LAST SIGNALS")
        assert "IN HAND" not in c.text
        await c.press("escape")
        await c.shows("IN HAND  5")
        await c.press("Z")
        await c.hides("nothing carries")
        assert "IN HAND  5" in c.text


async def test_on_a_narrow_screen_tab_opens_the_whole_detail() -> None:
    async with console(afternoon.engine(), (80, 24)) as c:
        await c.shows("nothing carries")
        await c.press("tab")
        await c.shows("EVIDENCE")
        await c.press("tab")
        await c.shows("IN HAND  5")


async def test_a_cursor_that_walks_off_the_page_turns_it_and_keeps_some_of_it_in_sight() -> None:
    async with console(FakeEngine([healthy(f"A-{i:02}") for i in range(60)]), (100, 24)) as c:
        await c.press(*("j" * 15))
        assert "A-03" not in c.text
        assert "A-14" in c.text
        assert c.cursor == "A-15 0.0.0.0/0"
        await c.press(*("j" * 5))
        assert "A-14" in c.text


async def test_the_detail_belongs_to_the_row_that_is_named_above_it() -> None:
    async with console(afternoon.engine()) as c:
        await c.shows("EVIDENCE")
        await c.press("G")
        await c.hides("EVIDENCE")
        assert c.engine.detail_calls[-1] == c.routes.table.cursor


async def test_resizing_keeps_the_cursor_and_moves_the_detail() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "j")
        await c.pilot.resize_terminal(80, 24)
        await c.shows("cause  silent-blackhole")
        assert c.cursor == "LAB-A02-AR-01 2001:db8:40:1200::/56"


async def test_twenty_thousand_routes_are_arranged_while_keys_work() -> None:
    rows = [healthy(f"S{i % 7}-{i:05}") for i in range(20_000)]
    async with console(FakeEngine([*rows, failing(healthy("Z-1"))])) as c:
        await c.shows("HEALTHY  20,000")
        await c.press("j")
        assert c.cursor == "S0-00000 0.0.0.0/0"


async def test_text_of_a_device_reaches_the_screen_harmless() -> None:
    row = replace(failing(healthy("EVIL-A01")), cause="", remark="\x1b]0;owned\x07\x1b[2J\u202e")
    async with console(FakeEngine([row])) as c:
        await c.shows(".]0;owned")
        assert "\x1b" not in c.text
        assert row.state is HealthState.DOWN


async def test_l_shows_the_evidence_and_the_message_behind_it() -> None:
    engine = afternoon.engine()
    engine.signals = {1: "<189>1: WLLS-A01-AR-01: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"}
    async with console(engine) as c:
        await c.shows("EVIDENCE")
        await c.press("l", "j")
        await c.shows("%LINK-3-UPDOWN")
        await c.press("escape")
        await c.hides("%LINK-3-UPDOWN")


async def test_b_on_a_route_that_is_well_opens_its_runbook_to_read() -> None:
    step = RunbookStep(title="Check the optics", commands={"any": "show interfaces {interface}"}, expect="light")
    rows = [healthy("WLLS-A01-AR-01", runbook="link-failure"), healthy("WLLS-A02-AR-01")]
    engine = FakeEngine(rows)
    engine.runbooks = {"link-failure": Runbook(name="link-failure", title="A link is down", steps=(step,))}
    async with console(engine) as c:
        await c.press("b")
        await c.shows("Check the optics")
        await c.press("escape", "G", "b")
        await c.shows("no runbook for this route now")


async def test_t_goes_to_the_timeline_of_the_outage_and_back() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("j", "t")
        await c.shows("first signal")
        await c.press("j", "t")
        await c.until(lambda: c.app.front is not None and c.app.front.place == "routes")
        await c.press("escape")
        await c.ticks(2)
        assert c.routes.place == "routes"


async def test_a_wide_table_shows_the_last_hour_of_what_is_in_trouble() -> None:
    engine = afternoon.engine()
    async with console(engine, (200, 50)) as c:
        await c.press("j")
        await c.shows("LAST HOUR")
        first = next(iter(engine.rows))
        await c.until(lambda: any("──X" in line and "WLLS-A01-AR-01" in line for line in c.text.splitlines()))
        troubled = {i for i, row in engine.rows.items() if row.state is not HealthState.HEALTHY or row.is_latched}
        await c.until(lambda: troubled <= set(engine.detail_calls))
        await c.ticks(10)
        assert set(engine.detail_calls) == troubled
        others = [i for i in engine.detail_calls if i not in (c.routes.table.cursor, first)]
        assert len(others) == len(set(others))


async def test_the_last_hour_is_not_asked_for_where_it_has_no_column() -> None:
    engine = afternoon.engine()
    async with console(engine, (140, 40)) as c:
        await c.press("j")
        await c.ticks(12)
        assert set(engine.detail_calls) <= {next(iter(engine.rows)), c.routes.table.cursor}
