"""The frame of every screen: help, palette, banners, an engine that is silent or gone."""

from __future__ import annotations

import afternoon
from driving import console
from fake_engine import NOW

from statetrace_engine.model.status import Banner


async def test_help_lists_every_key_of_the_screen_and_any_key_closes_it() -> None:
    async with console(afternoon.engine()) as c:
        await c.press("?")
        for key in c.routes.keys:
            if key.section:
                assert key.help in c.text
        await c.press("escape")
        await c.hides("what the keys do here")


async def test_the_palette_runs_a_command_by_its_letters() -> None:
    async with console(afternoon.engine()) as c:
        await c.press(":")
        await c.type("sown")
        await c.shows("sort owner")
        await c.press("enter")
        await c.until(lambda: c.routes.table.order[0] == "o")


async def test_injected_commands_get_their_words() -> None:
    asked: list[tuple[str, list[str]]] = []

    async def command(name: str, words: object) -> str:
        asked.append((name, list(words)))  # type: ignore[call-overload]
        return "cut WLLS-A01-AR-01 Gi0/1"

    options = {"command": command, "commands": (("break DEVICE INTERFACE", "cut a link"), ("heal", "mend"))}
    async with console(afternoon.engine(), **options) as c:
        await c.press(":")
        await c.type("break WLLS-A01-AR-01 Gi0/1")
        await c.press("enter")
        await c.shows("cut WLLS-A01-AR-01 Gi0/1")
        assert asked == [("break", ["WLLS-A01-AR-01", "Gi0/1"])]


async def test_an_unknown_command_is_said() -> None:
    async with console(afternoon.engine()) as c:
        await c.press(":")
        await c.type("fly")
        await c.press("enter")
        await c.shows("no such command: fly")


async def test_a_silent_engine_greys_the_data_and_queues_acknowledgements_in_sight() -> None:
    async with console(afternoon.engine()) as c:
        c.engine.silent_for = 47.0
        await c.shows("ENGINE SILENT  47s")
        assert " WAS " in c.text
        await c.press("a")
        await c.shows("sent on its return: 1")
        assert not c.acks
        c.engine.silent_for = None
        await c.until(lambda: c.acks, "the acknowledgement was sent")
        await c.hides("ENGINE SILENT")


async def test_an_engine_that_is_gone_keeps_the_acknowledgement_waiting() -> None:
    async with console(afternoon.engine()) as c:
        c.engine.is_gone = True
        await c.press("a")
        await c.shows("waits for the engine")
        c.engine.is_gone = False
        await c.until(lambda: c.acks)


async def test_isolation_is_a_banner_and_everything_is_what_it_was() -> None:
    async with console(afternoon.engine()) as c:
        banner = Banner(kind="isolated", text="This host has lost its gateway.", since_at=NOW - 9)
        c.engine.say(is_isolated=True, banners=(banner,))
        await c.shows("LOCAL ISOLATION")
        await c.shows("? DOWN")
        c.engine.say(is_isolated=False, banners=())
        await c.shows("X DOWN")


async def test_a_caption_stands_above_the_data() -> None:
    async with console(afternoon.engine(), caption=lambda: "5 s  a cut, injected 14:03:25.10") as c:
        await c.shows("injected 14:03:25.10")


async def test_quitting_with_acknowledgements_waiting_asks() -> None:
    async with console(afternoon.engine()) as c:
        c.engine.is_gone = True
        await c.press("a")
        await c.shows("waits for the engine")
        await c.press("q")
        await c.shows("would be lost. Leave?")
        await c.press("n")
        assert c.app.is_running


async def test_a_theme_is_changed_by_name() -> None:
    async with console(afternoon.engine()) as c:
        await c.press(":")
        await c.type("theme mono")
        await c.press("enter")
        await c.until(lambda: c.app.ink.name == "mono")
        styles = {segment.style for strip in c.app.screen._compositor.render_strips() for segment in strip}
        assert all(style is None or style.color is None for style in styles)
