"""The Runbook screen with a pilot: how it is opened and left, what its keys do, how it follows the engine."""

from __future__ import annotations

import guided
import pytest
from driving import Console, console
from fake_engine import NOW
from guided import OUTAGE, RUNBOOK, GuidedEngine
from msgspec.structs import replace
from textual.geometry import Region

from statetrace_engine.model.action import Acknowledge, MarkShown, WorkStep
from statetrace_engine.model.capture_view import CaptureLine, CaptureSpot
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.remediation import StepDeed, StepEvidence, Suggestion, TaskState
from statetrace_engine.model.runbook import Branch
from statetrace_engine.runbooks.guide import Sight
from statetrace_tui.present import guide_next
from statetrace_tui.present.text import plain
from statetrace_tui.screens.runbook import RunbookScreen

FIRST, LIGHT, SECONDARY, HAND = (f"step {step.slug}" for step in guided.BOOK.steps)
COMMAND = "show interfaces GigabitEthernet0/1"


def screen_of(c: Console) -> RunbookScreen:
    assert isinstance(c.app.screen, RunbookScreen)
    return c.app.screen


def deeds(c: Console) -> list[tuple[StepDeed, str]]:
    return [(act.deed, act.step) for act in c.engine.acts if isinstance(act, WorkStep)]


async def opened(c: Console) -> RunbookScreen:
    await c.press("b")
    await c.shows("Link failure   step 1 of 4")
    await c.until(lambda: deeds(c), "opening it is told")
    return screen_of(c)


# There and back.


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


def guided_by(c: Console) -> GuidedEngine:
    assert isinstance(c.engine, GuidedEngine)
    return c.engine


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


# Working.


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


# Copying.


async def test_what_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = guided.engine()
    engine.suggestion = Suggestion(command="show version", why="no capture shows it")
    copied: list[str] = []
    async with console(engine) as c:
        monkeypatch.setattr(c.app, "copy_text", copied.append)
        await opened(c)
        await c.press("x")
        await c.shows("[!] 1")
        await c.press("k", "y", "Y", "e")
        assert copied[:2] == [COMMAND, "show version"]
        for words in (
            OUTAGE,
            "to the carrier",
            "Bring circuit id",
            "1 See the port GigabitEthernet0/1: not as expected",
        ):
            assert words in copied[2]
        await c.press("G", "k", "y")
        assert len(copied) == 3
        await c.shows("this step has no command")


async def test_a_command_with_a_value_missing_is_whole_on_the_screen_and_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied: list[str] = []
    async with console(guided.engine(), (80, 24)) as c:
        monkeypatch.setattr(c.app, "copy_text", copied.append)
        await opened(c)
        await c.press("j", "j")
        await c.shows("show ip route <neighbour?>")
        assert "missing" in c.text
        await c.press("y")
        assert copied == ["show ip route <neighbour?>"]
        await c.shows("put in neighbour")


# Reading.


async def test_tab_goes_to_the_evidence_and_enter_opens_the_message() -> None:
    engine = guided.engine()
    engine.signals = {1: "<187>1: %LINK-3-UPDOWN: Gi0/1 down"}
    async with console(engine) as c:
        screen = await opened(c)
        await c.press("tab")
        assert screen.is_reading
        assert "Enter open" in c.key_line
        await c.press("G", "k")
        found = screen.piece
        await c.press("enter")
        await c.shows("AS RECEIVED")
        await c.press("escape")
        assert screen.piece == found
        await c.press("escape")
        assert not screen.is_reading
        assert screen.cursor == FIRST


async def test_l_opens_the_newest_of_what_the_step_checks() -> None:
    engine = guided.engine()
    spot = CaptureSpot(
        capture_id=3, name="a.log", text_start=0, text_end=9, start=100, end=140, command="show interfaces"
    )
    seen = StepEvidence(source="capture", is_so=False, at=NOW - 1, text="Gi0/1 down", seq=900, capture_id=3, spot=spot)
    engine.sight[RUNBOOK, "see-the-port"] = Sight(checks=("GigabitEthernet0/1 is up",), evidence=(seen,))
    engine.texts[3] = [CaptureLine(number=1, text="GigabitEthernet0/1 is down", start=100, is_marked=True)]
    async with console(engine) as c:
        screen = await opened(c)
        await c.shows("Gi0/1 is up")
        await c.press("l")
        await c.shows("show interfaces  bytes 100-140")
        await c.press("escape")
        await c.until(lambda: c.app.screen.name == "runbook")
        assert screen.cursor == FIRST


async def test_e_upper_explains_and_r_reads_the_whole_runbook() -> None:
    engine = guided.engine()
    engine.runbooks[RUNBOOK] = guided.BOOK
    async with console(engine) as c:
        screen = await opened(c)
        await c.press("r")
        await c.shows("more below")
        await c.press("G")
        await c.shows("DONE WHEN")
        await c.press("escape", "E")
        await c.until(lambda: c.app.screen.name == "explain")
        await c.press("escape")
        await c.until(lambda: c.app.screen is screen)


# Following.


async def test_a_step_goes_green_by_itself_and_says_by_what() -> None:
    engine = guided.engine()
    engine.sight[RUNBOOK, "see-the-port"] = Sight(checks=("GigabitEthernet0/1 is up",))
    async with console(engine) as c:
        screen = await opened(c)
        await c.press("enter")
        await c.shows("nothing seen of it yet")
        c.clock.pass_(10)
        engine.prove("GigabitEthernet0/1 up")
        await c.shows("verified")
        await c.shows("Gi0/1 up   snmp 14:03:37  10s after it began")
        await c.ticks(2)
        assert screen.cursor == FIRST, "the cursor does not move by itself"
        assert "step 2 of 4" in c.text
        engine.deny("GigabitEthernet0/1 down")
        await c.shows("in progress")
        await c.shows("since then")
        assert open_task(engine).state is TaskState.IN_PROGRESS


def open_task(engine: GuidedEngine) -> guided.RemediationTask:
    return engine.open_outages[OUTAGE].work.tasks[-1]


async def test_what_others_do_is_there_by_itself() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        guided_by(c).other(StepDeed.START, "is-the-secondary")
        await c.shows("mko at step 3")
        await c.shows("ALSO AT WORK")


async def test_the_escalation_counts_down_and_is_loud_when_it_is_over() -> None:
    async with console(guided.engine(), (80, 24)) as c:
        await opened(c)
        await c.shows("escalate in 13m48s to the carrier")
        c.clock.pass_(60)
        await c.shows("escalate in 12m48s")
        c.clock.pass_(900)
        await c.shows("ESCALATE  2m11s overdue to the carrier")


async def test_another_cause_is_said_and_its_runbook_is_a_key_away() -> None:
    engine = guided.engine()
    engine.books["congestion"] = replace(guided.OTHER_BOOK, name="congestion", title="Congestion")
    async with console(engine) as c:
        await opened(c)
        revised = replace(engine.open_outages[OUTAGE], cause=CauseKind.CONGESTION_OR_LOSS, runbook="congestion")
        engine.put_outage(revised)
        await c.shows("congestion serves the outage now")
        assert "Link failure" in c.text
        await c.press("S")
        await c.shows("Congestion   step 1 of 1")


async def test_a_runbook_that_is_deleted_while_it_is_open_is_said_to_be_gone() -> None:
    engine = guided.engine()
    async with console(engine) as c:
        await opened(c)
        await c.press("enter")
        await c.shows("started")
        del engine.books[RUNBOOK]
        await c.shows("RUNBOOK GONE")
        await c.shows("what was done by it is kept")
        await c.press("j", "k", "enter", "x", "y")
        assert c.app.screen.name == "runbook"


async def test_a_runbook_that_was_edited_keeps_the_cursor_on_its_step() -> None:
    engine = guided.engine()
    async with console(engine) as c:
        screen = await opened(c)
        await c.press("j", "j")
        first, *rest = guided.BOOK.steps
        engine.books[RUNBOOK] = replace(
            guided.BOOK, steps=(first, replace(first, slug="new", title="A new one"), *rest)
        )
        await c.shows("A new one")
        assert screen.cursor == SECONDARY


async def test_only_what_changed_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console(guided.engine()) as c:
        screen = await opened(c)
        await c.ticks(3)
        painted: list[Region] = []
        for pane in (screen._steps, screen._side):
            monkeypatch.setattr(pane, "refresh", lambda *areas, **_: painted.extend(areas or [Region()]))
        asked = len(guided_by(c).guided)
        await c.until(lambda: len(guided_by(c).guided) > asked, "asked again")
        await c.ticks(2)
        assert painted == []
        guided_by(c).other(StepDeed.START, "is-the-secondary")
        await c.until(lambda: painted)
        await c.ticks(2)
        assert all(area.height == 1 for area in painted)


async def test_it_is_asked_for_when_it_changed_and_otherwise_seldom() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        await c.ticks(3)
        asked = len(guided_by(c).guided)
        await c.ticks(5)
        assert len(guided_by(c).guided) <= asked + 1


async def test_one_that_is_over_is_not_opened_nor_asked_for_again() -> None:
    engine = guided.engine()
    over = replace(engine.open_outages[OUTAGE], state=HealthState.HEALTHY, resolved_at=NOW - 40, closed_at=NOW - 10)
    engine.put_outage(over)
    async with console(engine) as c:
        c.app.go("runbook", OUTAGE)
        await c.shows("the outage is over")
        await c.ticks(3)
        asked = len(engine.guided)
        c.clock.pass_(30)
        await c.ticks(3)
        assert len(engine.guided) == asked
        assert deeds(c) == []
        assert "escalate in" not in c.text


async def test_it_tells_that_the_outage_was_shown() -> None:
    async with console(guided.engine()) as c:
        await opened(c)
        await c.until(lambda: [a for a in c.engine.acts if isinstance(a, MarkShown) and OUTAGE in a.outage_ids])


# Narrow.


async def test_another_size_lays_it_out_anew_and_keeps_the_cursor() -> None:
    async with console(guided.engine(), (140, 40)) as c:
        screen = await opened(c)
        await c.press("j")
        await c.shows("LIVE EVIDENCE")
        await c.pilot.resize_terminal(80, 24)
        await c.hides("ESCALATION")
        assert screen.cursor == LIGHT
        assert "transceiver detail" in c.text
        await c.pilot.resize_terminal(200, 50)
        await c.shows("ESCALATION")
        assert screen.cursor == LIGHT
