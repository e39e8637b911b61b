"""The Runbook screen with a pilot: what is copied and read there, at any size."""

from __future__ import annotations

import guided
import pytest
from at_runbook import COMMAND, FIRST, LIGHT, opened
from driving import console
from fake_engine import NOW
from guided import OUTAGE, RUNBOOK

from statetrace_engine.model.capture_view import CaptureLine, CaptureSpot
from statetrace_engine.model.remediation import StepEvidence, Suggestion
from statetrace_engine.runbooks.guide import Sight


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
