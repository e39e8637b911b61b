"""The Runbook screen of a console on the afternoon's outage, and what was done there."""

from __future__ import annotations

import guided
from driving import Console
from guided import GuidedEngine

from statetrace_engine.model.action import WorkStep
from statetrace_engine.model.remediation import StepDeed
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


def guided_by(c: Console) -> GuidedEngine:
    assert isinstance(c.engine, GuidedEngine)
    return c.engine
