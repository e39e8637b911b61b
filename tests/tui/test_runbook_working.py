"""The Runbook screen with a pilot: what its keys do to a step."""

from __future__ import annotations

import guided
from at_runbook import COMMAND, FIRST, HAND, LIGHT, SECONDARY, deeds, opened
from driving import console
from guided import RUNBOOK
from msgspec.structs import replace

from statetrace_engine.model.action import Acknowledge, WorkStep
from statetrace_engine.model.remediation import StepDeed
from statetrace_engine.model.runbook import Branch


async def test_enter_begins_a_step_and_enter_again_says_that_it_was_as_expected() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        assert "Enter start" in c.key_line
        await c.press("enter")
        await c.shows("started 0s")
        assert "Enter done" in c.key_line
        c.clock.pass_(31)
        await c.shows("started 31s")
        await c.press("space")
        await c.shows("[x] 1  See the port GigabitEthernet0/1")
        await c.until(lambda: screen.cursor == LIGHT, "the cursor goes along")
        assert "1 of 4 done" in c.text
        assert deeds(c)[1:] == [(StepDeed.START, "see-the-port"), (StepDeed.DONE, "see-the-port")]


async def test_x_on_a_step_with_several_ways_asks_which_and_goes_there() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        await c.press("x")
        await c.shows("[!] 1")
        await c.until(lambda: screen.cursor == LIGHT)
        await c.press("x")
        await c.shows("x step 4, Hand it to whoever owns the fibre")
        await c.shows("1 big ones vanish")
        await c.press("x")
        await c.shows("step 2 was not as expected: on with step 4")
        await c.until(lambda: screen.cursor == HAND, "the branch is taken")
        assert "not as expected" in c.text
        await c.press("B")
        await c.until(lambda: screen.cursor == LIGHT, "back to where we were")


async def test_a_way_with_a_name_is_never_taken_unasked() -> None:
    engine = guided.engine()
    first, second, *rest = guided.BOOK.steps
    named = replace(first, branches=(Branch(label="it comes and goes", runbook="mtu-blackhole"),))
    engine.books[RUNBOOK] = replace(guided.BOOK, steps=(named, second, *rest))
    async with console(engine, (80, 24)) as c:
        screen = await opened(c)
        assert "it comes and goes: runbook mtu-blackhole" in c.text
        await c.press("x", "x")
        await c.until(lambda: screen.cursor == LIGHT, "on to the next step")


async def test_a_branch_leads_to_another_runbook_and_back() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        await c.press("j", "x", "1")
        await c.shows("MTU blackhole   step 1 of 1")
        assert screen.cursor == "step sizes"
        assert "1 step of link-failure" in c.text
        await c.press("B")
        await c.shows("Link failure   step")
        await c.press("J", "S")
        await c.shows("this is the runbook that serves it")


async def test_s_asks_why_and_does_nothing_without_a_reason() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        await c.press("s", "enter")
        await c.shows("a step is skipped with a reason")
        await c.press("s")
        await c.type("no optic here")
        await c.press("enter")
        await c.shows("skipped")
        await c.shows("no optic here")
        skips = [act for act in c.engine.acts if isinstance(act, WorkStep) and act.deed is StepDeed.SKIP]
        assert [act.reason for act in skips] == ["no optic here"]


async def test_one_may_jump_start_anew_and_hand_over() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        await c.press("j", "j", "J")
        await c.shows("step 3 of 4")
        assert screen.cursor == SECONDARY
        await c.press("R")
        await c.shows("step 1 of 4")
        await c.until(lambda: screen.cursor == FIRST)
        await c.press("enter", "H")
        await c.type("ana@jump1")
        await c.press("enter")
        await c.shows("ana at step 1")
        assert "in progress" in c.text


async def test_enter_on_a_step_that_is_done_goes_on_to_the_next() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        await c.press("x")
        await c.until(lambda: screen.cursor == LIGHT)
        await c.press("k")
        assert screen.cursor == FIRST
        before = deeds(c)
        await c.press("enter")
        assert screen.cursor == LIGHT
        assert deeds(c) == before


async def test_what_the_engine_refuses_is_said() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        await c.press("B")
        await c.shows("refused: there is nothing before it")


async def test_a_step_that_was_ended_by_mistake_is_taken_back_by_one_key() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        await c.press("U")
        await c.shows("you have ended no step")
        await c.press("x")
        await c.until(lambda: screen.cursor == LIGHT)
        await c.press("U")
        await c.until(lambda: screen.cursor == FIRST)
        await c.shows("step 1 is open again")
        assert deeds(c)[-1] == (StepDeed.UNDO, "see-the-port")
        assert screen.step is not None
        assert screen.step.task is not None
        assert screen.step.task.is_open


async def test_the_step_under_the_cursor_is_taken_back_before_the_last_one() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        await c.press("x")
        await c.until(lambda: screen.cursor == LIGHT)
        await c.press("enter")
        await c.until(lambda: deeds(c)[-1] == (StepDeed.START, "is-there-light"))
        await c.shows("started")
        await c.press("enter")
        await c.until(lambda: screen.cursor == SECONDARY)
        await c.press("k", "k")
        await c.until(lambda: screen.cursor == FIRST)
        await c.press("U")
        await c.until(lambda: deeds(c)[-1] == (StepDeed.UNDO, "see-the-port"))


async def test_a_acknowledges_and_u_takes_it_back() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        await c.press("a")
        await c.until(lambda: [act for act in c.engine.acts if isinstance(act, Acknowledge)])
        await c.shows("jsm has it")
        await c.press("u")
        await c.shows("not acknowledged")


async def test_a_read_only_console_does_none_of_it_and_says_so() -> None:
    async with console(guided.engine(), is_read_only=True) as c:
        await c.press("b")
        await c.shows("Link failure   step 1 of 4")
        for key in ("enter", "x", "s", "H", "B", "J", "R"):
            c.app.say("")
            await c.press(key)
            await c.shows("read-only: nothing was done")
        assert deeds(c) == []


async def test_while_the_engine_is_silent_deeds_wait_and_what_was_known_stays() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        c.engine.silent_for = 9.0
        c.clock.pass_(9)
        await c.shows("ENGINE SILENT")
        await c.press("enter")
        await c.shows("waits for the engine")
        assert COMMAND in c.text
        assert len(deeds(c)) == 1
        c.engine.silent_for = None
        await c.shows("started")


async def test_the_cursor_goes_along_with_a_deed_that_waited_for_the_engine() -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        c.engine.silent_for = 9.0
        await c.shows("ENGINE SILENT")
        await c.press("x")
        await c.shows("1 queued")
        for _ in range(3):
            c.clock.pass_(4)
            await c.ticks(1)
        c.engine.silent_for = None
        await c.shows("[!] 1")
        await c.until(lambda: screen.guide is not None and screen.cursor == f"step {screen.guide.current}")
        assert screen.cursor != FIRST
