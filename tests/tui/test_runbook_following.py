"""The Runbook screen with a pilot: how it follows the engine."""

from __future__ import annotations

import guided
import pytest
from at_runbook import FIRST, SECONDARY, deeds, guided_by, opened
from driving import console
from fake_engine import NOW
from guided import OUTAGE, RUNBOOK, GuidedEngine
from msgspec.structs import replace
from textual.geometry import Region

from statetrace_engine.model.action import MarkShown
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.remediation import StepDeed, TaskState
from statetrace_engine.runbooks.guide import Sight


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
