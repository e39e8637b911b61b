"""The Runbook screen with a pilot: how it is opened and left, and who names it besides."""

from __future__ import annotations

import guided
import pytest
from at_runbook import COMMAND, FIRST, LIGHT, deeds, guided_by, opened, screen_of
from driving import console
from guided import OUTAGE, RUNBOOK
from msgspec.structs import replace

from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.remediation import StepDeed
from statetrace_tui.present import guide_next
from statetrace_tui.present.text import plain


async def test_b_on_routes_opens_the_next_step_with_its_command_and_esc_comes_back_to_the_row() -> None:
    async with console(guided.engine()) as c:
        before = c.cursor
        screen = await opened(c)
        assert screen.cursor == FIRST
        assert f"WLLS-A01-AR-01# {COMMAND}" in c.text
        assert deeds(c) == [(StepDeed.OPEN, "")]
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "routes")
        assert c.cursor == before


@pytest.mark.parametrize("place", ["outages", "watch", "explain"])
async def test_b_opens_it_wherever_an_outage_is_shown(place: str) -> None:
    async with console(guided.engine()) as c:
        c.app.go(place, OUTAGE)
        await c.until(lambda: c.app.screen.name == place)
        await c.shows("WLLS-A01-AR-01")
        await c.press("b")
        await c.until(lambda: c.app.screen.name == "runbook" and deeds(c))
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == place)


async def test_it_opens_again_where_the_operator_was_and_is_told_once() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        await c.press("enter")
        await c.shows("started")
        await c.press("enter")
        await c.shows("step 2 of 4")
        await c.press("g", "escape", "b")
        await c.shows("step 2 of 4")
        await c.until(lambda: screen_of(c).cursor == LIGHT, "at the next step, wherever it was left")
        assert [deed for deed, _ in deeds(c)].count(StepDeed.OPEN) == 1


async def test_it_goes_on_at_the_next_step_when_somebody_else_has_done_ours() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        await c.press("escape")
        engine = guided_by(c)
        engine.other(StepDeed.DONE, "see-the-port")
        await c.press("b")
        await c.shows("step 2 of 4")
        await c.until(lambda: screen_of(c).cursor == LIGHT)
        assert "as expected" in c.text
        assert "mko" in c.text


async def test_an_outage_that_nobody_knows_any_more_is_said_to_be_so() -> None:
    async with console(guided.engine()) as c:
        c.app.go("runbook", "OUT-1001-GONE")
        await c.shows("nothing is known of it any more")
        keys = (
            "j",
            "enter",
            "x",
            "s",
            "y",
            "Y",
            "e",
            "H",
            "B",
            "J",
            "R",
            "S",
            "tab",
            "l",
            "L",
            "r",
            "E",
            "a",
            "A",
            "u",
        )
        for key in keys:
            await c.press(key, "escape")
            c.app.go("runbook", "OUT-1001-GONE")
        await c.ticks(1)
        assert deeds(c) == []


async def test_wherever_an_outage_is_listed_its_runbook_and_next_step_are_named() -> None:
    async with console(guided.engine(), (230, 40), screen="outages") as c:
        c.app.go("outages", OUTAGE)
        await c.shows("link-failure: first step")
        await c.shows(f"next  link-failure 1 of 4  {COMMAND}  b opens it")
        guided_by(c).other(StepDeed.START, "is-there-light")
        await c.shows("link-failure: is there light")
        guided_by(c).other(StepDeed.DONE, "see-the-port")
        await c.shows("next  link-failure 2 of 4")
        await c.press("w")
        await c.shows("link-failure: is there light")


@pytest.mark.parametrize("size", [(80, 24), (120, 32), (140, 40)], ids=str)
async def test_where_the_list_has_no_room_for_it_the_next_step_stands_below(size: tuple[int, int]) -> None:
    async with console(guided.engine(), size, screen="outages") as c:
        c.app.go("outages", OUTAGE)
        await c.shows(f"next  link-failure 1 of 4  {COMMAND[:30]}")
        assert "NEXT STEP" not in c.text


def test_a_next_step_in_another_vendors_words_says_so_or_is_named_by_its_title() -> None:
    found = replace(guided.runbook(), current=guided.runbook().steps[0].step)
    steps = tuple(replace(step, foreign="no command for PAN-OS; as on Cisco IOS") for step in found.steps)
    found = replace(found, steps=steps)
    wide, narrow = (plain(guide_next.line(found, "b", found.at, width)) for width in (130, 76))
    assert f"no command for PAN-OS; as on Cisco IOS: {found.steps[0].command}" in wide
    assert found.steps[0].command not in narrow
    assert found.steps[0].title[:20] in narrow


@pytest.mark.parametrize(("cause", "is_named"), [(CauseKind.LINK_FAILURE, True), (CauseKind.DEVICE_UNREACHABLE, False)])
async def test_no_prompt_of_a_device_that_is_gone_stands_before_a_command(cause: CauseKind, is_named: bool) -> None:
    made = guided.engine()
    made.put_outage(replace(made.open_outages[OUTAGE], cause=cause, runbook=RUNBOOK))
    async with console(made) as c:
        await opened(c)
        assert (f"# {COMMAND}" in c.text, COMMAND in c.text) == (is_named, True)
