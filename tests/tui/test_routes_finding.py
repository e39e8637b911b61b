"""Finding on the Routes screen: filter, focus, sort, columns."""

from __future__ import annotations

import afternoon
import pytest
from driving import console
from fake_engine import NOW

from statetrace_tui.present.route_order import SORTS
from statetrace_tui.present.route_row import CHOICES

Choices = tuple[tuple[str, str], ...]


async def test_a_filter_works_while_it_is_typed_and_escape_brings_back_what_was() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("/")
        await c.type("site:boyo")
        await c.hides("WLLS-A01")
        await c.press("escape")
        await c.shows("WLLS-A01")


async def test_a_filter_stays_until_escape() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("/")
        await c.type("!state:healthy")
        await c.press("enter")
        await c.hides("o HEALTHY   6d05h")
        await c.until(lambda: "/!state:healthy" in c.key_line)
        await c.press("escape")
        await c.shows("HEALTHY  107")


async def test_a_dangerous_pattern_is_refused() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("/")
        await c.type("~(a+)+")
        await c.press("enter")
        await c.shows("could take for ever")


async def test_focus_keeps_what_needs_a_look() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("f")
        await c.hides("IN HAND")
        assert "RECOVERED, NOT SEEN  2" in c.text
        await c.press("f")
        await c.shows("IN HAND  5")


async def test_s_and_a_letter_sorts_inside_groups_and_capital_s_flips() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("s", "t")
        await c.until(lambda: c.routes.table.order == ("t", False))
        ids = list(c.routes.table._shelf.ids())
        assert c.app.book.rows[ids[0]].since_at == NOW - 41
        await c.press("S", "g")
        ids = list(c.routes.table._shelf.ids())
        assert c.app.book.rows[ids[0]].since_at == NOW - 220


async def test_n_goes_to_the_next_failure() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("G", "n")
        assert c.cursor == "WLLS-A01-AR-01 0.0.0.0/0"
        await c.press("N")
        assert c.cursor == "WLLS-B07-AR-01 10.61.0.0/16"


async def test_a_column_is_hidden_and_shown_again() -> None:
    async with console(afternoon.engine(), (100, 30)) as c:
        await c.press("c", "c")
        await c.hides("CAUSE")
        await c.press("c", "c")
        await c.shows("CAUSE")


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 30), (140, 40)])
@pytest.mark.parametrize(("key", "choices"), [("s", SORTS), ("c", CHOICES)], ids=["sort", "column"])
async def test_every_choice_is_on_the_screen(
    key: str, choices: tuple[tuple[str, str], ...], size: tuple[int, int]
) -> None:
    async with console(afternoon.engine(), size) as c:
        await c.press(key)
        await c.until(lambda: "Esc none" in c.key_line)
        for letter, word in choices:
            await c.until(lambda said=f"{letter} {word}": said in " ".join(c.text.split()), word)
        assert c.key_line.rstrip().endswith("   Esc none")
