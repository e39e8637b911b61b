"""The Explanation screen with a pilot: how it is opened and left, what opens from it, how it follows the engine."""

from __future__ import annotations

import afternoon
import pytest
from driving import Console, console
from fake_engine import NOW, FakeEngine
from msgspec.structs import replace
from textual.geometry import Region

from statetrace_engine.model.action import Acknowledge, MarkSeen, MarkShown
from statetrace_engine.model.capture_view import CaptureLine, CaptureSpot
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.health import HealthState, WhyNot
from statetrace_engine.model.observation import Verdict
from statetrace_engine.model.outage import BetweenCaptures
from statetrace_tui.screens.explain import ExplainScreen

FIRST = "OUT-1123-7KQ2"
SECOND = "OUT-1123-7KQ3"
SENTENCE = "nothing carries: the primary is lost"


def staged() -> FakeEngine:
    """Both routes of the first incident explained, with the messages behind the first."""
    engine = afternoon.engine()
    known = engine.explanations[FIRST]
    other = replace(known, outage=engine.open_outages[SECOND], sentence="the same link, another prefix", signals=())
    engine.explanations[SECOND] = other
    engine.signals = {1: "<187>1: %LINK-3-UPDOWN: Gi0/1 down", 4: "<189>2: %BGP-5-ADJCHANGE: 10.1.1.2 Down", 77: "cfg"}
    return engine


def screen_of(c: Console) -> ExplainScreen:
    assert isinstance(c.app.screen, ExplainScreen)
    return c.app.screen


async def opened(c: Console) -> ExplainScreen:
    await c.press("e")
    await c.shows(SENTENCE)
    await c.shows("SIGNALS")
    return screen_of(c)


# There and back.


async def test_e_on_routes_explains_the_row_and_esc_comes_back_to_it() -> None:
    async with console(staged()) as c:
        await c.press("j", "k")
        before = c.cursor
        await opened(c)
        assert c.engine.explained == [FIRST]
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "routes")
        assert c.cursor == before


async def test_e_on_outages_explains_the_outage_and_esc_comes_back_to_it() -> None:
    async with console(staged(), screen="outages") as c:
        await c.shows(FIRST)
        await c.press("j")
        cursor = c.app.screen.list.cursor  # type: ignore[attr-defined]
        await c.press("e")
        await c.until(lambda: c.engine.explained == [cursor])
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "outages")
        assert c.app.screen.list.cursor == cursor  # type: ignore[attr-defined]


async def test_e_on_the_wall_explains_the_worst_and_esc_comes_back_to_the_wall() -> None:
    async with console(staged(), screen="watch") as c:
        await c.until(lambda: c.app.screen.items)  # type: ignore[attr-defined]
        await c.press("e")
        await c.until(lambda: c.app.screen.name == "explain" and c.engine.explained)
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "watch")


async def test_a_route_that_is_well_has_nothing_to_explain() -> None:
    async with console(staged()) as c:
        await c.press("G", "e")
        await c.shows("no outage on this route")
        assert c.app.screen.name == "routes"


async def test_an_outage_that_nobody_knows_any_more_is_said_to_be_so() -> None:
    async with console(staged()) as c:
        c.app.go("explain", "OUT-1001-GONE")
        await c.shows("nothing is known of it any more")
        await c.press("j", "enter", "tab", "right", "l", "L", "y", "Y", "a", "A", "b", "G")
        assert c.app.screen.name == "explain"


# What opens from it.


async def test_enter_shows_the_message_behind_the_item_and_esc_keeps_the_cursor() -> None:
    async with console(staged()) as c:
        screen = await opened(c)
        await c.press("right")
        await c.press("enter")
        await c.shows("%BGP-5-ADJCHANGE")
        await c.press("k")
        await c.press("escape")
        assert screen.asked is None
        assert screen.cursor == "cell syslog_udp session"


async def test_l_turns_the_pages_of_all_that_was_said() -> None:
    async with console(staged()) as c:
        await opened(c)
        await c.press("l")
        await c.shows("%LINK-3-UPDOWN")
        await c.press("g")
        await c.shows("cfg")
        await c.shows("change")


async def test_enter_on_what_a_capture_shows_opens_its_bytes_and_esc_comes_back() -> None:
    engine = staged()
    known = engine.explanations[FIRST]
    spot = CaptureSpot(
        capture_id=3, name="a.log", text_start=0, text_end=9, start=100, end=140, command="show ip route"
    )
    piece = replace(known.causes[0].evidence[0], source="capture", seq=900, spot=spot, text="0.0.0.0/0 is not there")
    engine.explanations[FIRST] = replace(known, causes=(replace(known.causes[0], evidence=(piece,)),))
    engine.texts[3] = [CaptureLine(number=1, text="S*  0.0.0.0/0", start=100, is_marked=True)]
    async with console(engine) as c:
        screen = await opened(c)
        screen.cursor = "piece link-failure 900 link"
        await c.press("enter")
        await c.shows("show ip route  bytes 100-140")
        await c.shows("S*  0.0.0.0/0")
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "explain")
        assert screen.cursor == "piece link-failure 900 link"


async def test_d_leads_to_the_run_of_the_change_under_the_cursor_else_to_the_time_before() -> None:
    engine = staged()
    known = engine.explanations[FIRST]
    (change,) = known.changes
    between = BetweenCaptures(
        run_id=9, previous_id=8, from_at=0.0, to_at=1.0, kind=Kind.CONFIG, key=("x",), change_type=ChangeType.ADDED
    )
    engine.explanations[FIRST] = replace(known, changes=(replace(change, between=between),))
    async with console(engine) as c:
        screen = await opened(c)
        screen.cursor = f"change {change.seq}"
        assert screen.changes_of() == f"{change.hostname}#9"
        screen.cursor = "cell syslog_udp session"
        assert screen.changes_of().startswith(f"{known.outage.hostname}@")


@pytest.mark.parametrize("key", ["enter", "l"])
async def test_a_change_that_captures_show_opens_where_it_stands(key: str) -> None:
    engine = staged()
    known = engine.explanations[FIRST]
    spot = CaptureSpot(
        capture_id=3, name="a.log", text_start=0, text_end=9, start=100, end=109, command="show running-config"
    )
    (change,) = known.changes
    engine.explanations[FIRST] = replace(known, changes=(replace(change, spot=spot, source="capture"),))
    engine.texts[3] = [CaptureLine(number=1, text=" shutdown", start=100, is_marked=True)]
    async with console(engine) as c:
        screen = await opened(c)
        screen.cursor = f"change {change.seq}"
        await c.press(key)
        await c.shows("show running-config  bytes 100-109")


async def test_enter_on_another_route_explains_that_one_and_esc_comes_back_to_the_first() -> None:
    async with console(staged()) as c:
        screen = await opened(c)
        screen.cursor = "route rt-2"
        await c.press("enter")
        await c.shows("the same link, another prefix")
        await c.press("escape")
        await c.shows(SENTENCE)
        assert screen.cursor == "route rt-2"
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "routes")


async def test_the_runbook_opens_from_the_step_and_by_its_key() -> None:
    async with console(staged()) as c:
        screen = await opened(c)
        for keys in (("b",), ("G", "k", "enter")):
            await c.press(*keys)
            await c.until(lambda: c.app.screen.name == "runbook", f"{keys} opens the runbook")
            await c.press("escape")
            await c.until(lambda: c.app.screen is screen)


# Acting.


async def test_a_acknowledges_and_u_takes_it_back() -> None:
    async with console(staged()) as c:
        await opened(c)
        await c.press("a")
        await c.until(lambda: [act for act in c.engine.acts if isinstance(act, Acknowledge)])
        await c.shows("jsm")
        await c.hides("not acknowledged")
        await c.press("u")
        await c.shows("not acknowledged")


async def test_y_copies_the_command_and_upper_y_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    async with console(staged()) as c:
        monkeypatch.setattr(c.app, "copy_text", copied.append)
        await opened(c)
        await c.press("y", "Y")
        assert copied[0] == "show interfaces Gi0/1 transceiver"
        for words in (SENTENCE, "SIGNALS", "WHY NOT YET", "10.20.0.0/16"):
            assert words in copied[1]


async def test_it_tells_that_it_was_shown_and_that_a_recovery_was_seen() -> None:
    engine = staged()
    async with console(engine) as c:
        await opened(c)
        await c.until(lambda: [a for a in c.engine.acts if isinstance(a, MarkShown) and FIRST in a.outage_ids])
        missed = replace(engine.open_outages[SECOND], is_latched=True, resolved_at=NOW, closed_at=NOW)
        engine.put_outage(replace(missed, state=HealthState.HEALTHY))
        await c.ticks(2)
        c.app.go("explain", SECOND)
        await c.until(lambda: [a for a in c.engine.acts if isinstance(a, MarkSeen) and SECOND in a.outage_ids])


# Following.


def changed(known: Explanation) -> Explanation:
    """The stamp probe is well again: one cell of one row."""
    rows = list(known.signals)
    at = next(i for i, row in enumerate(rows) if row.source == "probe_stamp")
    rows[at] = replace(rows[at], cells=(replace(rows[at].cells[0], verdict=Verdict.UP, at=NOW - 1),))
    return replace(known, signals=tuple(rows))


async def test_new_evidence_is_there_by_itself_and_only_its_lines_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(staged()) as c:
        screen = await opened(c)
        await c.press("j", "j")
        cursor = screen.cursor
        await c.ticks(3)
        painted: list[Region] = []
        real = screen._main.refresh
        monkeypatch.setattr(
            screen._main, "refresh", lambda *areas, **how: (painted.extend(areas), real(*areas, **how))[1]
        )
        c.engine.explanations[FIRST] = changed(c.engine.explanations[FIRST])
        c.engine.put_outage(replace(c.engine.open_outages[FIRST], flaps=2))
        await c.shows("o +71.0")
        assert screen.cursor == cursor
        assert {area.y for area in painted} == {6}


async def test_when_nobody_sees_its_route_any_more_the_page_says_so_by_itself() -> None:
    async with console(staged()) as c:
        await opened(c)
        blind = replace(c.engine.open_outages[FIRST], unseen_since=NOW, unseen_why="we are cut off")
        c.engine.explanations[FIRST] = replace(
            c.engine.explanations[FIRST], outage=blind, sentence="nobody sees it now: we are cut off; last seen DOWN: x"
        )
        c.engine.put_outage(blind)
        await c.shows(" ? UNKNOWN ")
        await c.shows("nobody sees it now: we are cut off")


async def test_what_did_not_change_is_not_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(staged()) as c:
        screen = await opened(c)
        await c.ticks(3)
        painted: list[object] = []
        for pane in (screen._head, screen._main, screen._side):
            monkeypatch.setattr(pane, "refresh", lambda *areas, **_: painted.extend(areas or ["whole"]))
        asked = len(c.engine.explained)
        await c.until(lambda: len(c.engine.explained) > asked, "asked again: sources grow old by themselves")
        await c.ticks(2)
        assert painted == []


async def test_a_timer_counts_down_every_second() -> None:
    engine = staged()
    why = WhyNot(what="notice", rule="the grace of its class is 9 s", missing="recovery", fires_at=NOW + 9)
    engine.explanations[FIRST] = replace(engine.explanations[FIRST], why_not_yet=(why,))
    async with console(engine) as c:
        await opened(c)
        await c.shows("in 9s")
        c.clock.pass_(4)
        await c.shows("in 5s")


async def test_one_that_is_over_is_not_asked_for_again() -> None:
    engine = staged()
    over = replace(engine.open_outages[FIRST], state=HealthState.HEALTHY, resolved_at=NOW - 40, closed_at=NOW - 10)
    engine.explanations[FIRST] = replace(engine.explanations[FIRST], outage=over)
    engine.put_outage(over)
    async with console(engine) as c:
        c.app.go("explain", FIRST)
        await c.shows(SENTENCE)
        await c.ticks(3)
        asked = len(c.engine.explained)
        c.clock.pass_(30)
        await c.ticks(3)
        assert len(c.engine.explained) == asked


async def test_while_the_engine_is_silent_what_was_known_stays() -> None:
    async with console(staged()) as c:
        await opened(c)
        c.engine.is_gone = True
        c.engine.silent_for = 9.0
        c.clock.pass_(9)
        await c.shows("ENGINE SILENT")
        await c.ticks(3)
        assert SENTENCE in c.text
        assert "SIGNALS" in c.text


# Narrow.


async def test_at_80x24_tab_opens_the_next_block_and_nothing_is_lost() -> None:
    async with console(staged(), (80, 24)) as c:
        screen = await opened(c)
        seen = c.text
        for key in ("tab", "tab", "tab"):
            await c.press(key)
            await c.ticks(1)
            seen += c.text
        for words in (
            "together",
            "against",
            "touches",
            "10.20.0.0/16",
            "call the site",
            "WHY NOT YET",
            "INC-1123-03F1",
        ):
            assert words in seen
        assert screen.cursor == "step"
        await c.press("shift+tab")
        assert screen.cursor.startswith(("incident", "route"))


async def test_another_size_lays_it_out_anew_and_keeps_the_cursor() -> None:
    async with console(staged(), (140, 40)) as c:
        screen = await opened(c)
        await c.press("tab")
        cursor = screen.cursor
        await c.pilot.resize_terminal(80, 24)
        await c.shows("BLAST RADIUS  2 routes")
        assert screen.cursor == cursor
        await c.pilot.resize_terminal(200, 50)
        await c.shows("WHY NOT YET")
        assert screen.cursor == cursor
