"""Other keys: what they do, and that key line, hints and help name them."""

from __future__ import annotations

from importlib import import_module

import afternoon
from driving import console
from msgspec import structs

from statetrace_engine.config.keys import KeySettings
from statetrace_engine.model.action import Acknowledge
from statetrace_tui.present.keys import COMMON, Key, key_line, resolved
from statetrace_tui.present.text import plain
from tests.docs.keys_page import SCREENS


async def test_a_key_of_one_s_own_does_it_and_the_old_one_does_not() -> None:
    async with console(afternoon.engine(), keys={"acknowledge": "x f5", "down": "e"}) as c:
        cursor = c.cursor
        await c.press("j", "a")
        assert c.cursor == cursor
        await c.press("e", "x")
        await c.until(lambda: [a for a in c.engine.acts if isinstance(a, Acknowledge)])
        assert c.cursor != cursor


async def test_key_line_help_and_hints_name_the_keys_that_there_are() -> None:
    wanted = {
        "acknowledge": "x",
        "down": "e",
        "undo": "ctrl+u",
        "help": "f1",
        "runbook": "R",
        "bell": "",
        "go_outages": "o",
    }
    async with console(afternoon.engine(), keys=wanted) as c:
        await c.shows("R runbook")
        assert c.key_line.startswith(" x ack")
        assert " 1 Routes  o Outages  3 Watch" in c.text
        assert c.key_line.rstrip().endswith("F1 help")
        await c.press("x")
        await c.shows("^U undoes")
        await c.press("f1")
        await c.shows("e k     down, up")


def test_a_key_that_is_taken_away_is_not_named() -> None:
    shown = resolved((Key("a", "acknowledge", "ack", "ACT", "acknowledge"), *COMMON), {"acknowledge": "", "help": ""})
    line = plain(key_line(shown, 140))
    assert "ack" not in line
    assert "help" not in line


def test_every_screen_is_tested_with_the_keys_that_a_home_has() -> None:
    """A console takes its keys from the settings, a test from what the screen itself says."""
    home = structs.asdict(KeySettings())
    for place in SCREENS:
        module = import_module(f"statetrace_tui.screens.{place}")
        screen = next(found for found in vars(module).values() if getattr(found, "place", None) == place)
        for key in (*screen.keys, *COMMON):
            assert key.press == home.get(key.action, key.press), (place, key.action)
