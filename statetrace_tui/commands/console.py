"""`statetrace`: the console on this home's engine, starting one or attaching to the one that runs."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import sys
from pathlib import Path

import msgspec

from statetrace_engine import config
from statetrace_engine.config.keys import KeySettings
from statetrace_engine.config.settings import ConsoleSettings
from statetrace_engine.errors import StateTraceError
from statetrace_tui import app
from statetrace_tui.app import ConsoleOptions, StateTraceApp
from statetrace_tui.commands import answers, homes, identity, live


def run(options: argparse.Namespace) -> int:
    """The console's exit code; raises StateTraceError when it cannot open."""
    need_terminal()
    home = homes.of(options).path
    settings = config.load(home)
    wanted = console_options(options, settings.console, settings.keys, home)
    code = asyncio.run(_attached(home, wanted))
    if code is not None:
        return code
    with live.engine(settings, home) as engine:
        code = app.run(engine, wanted)
        _leave(code, f"stopping the engine of {home} ..")
    _leave(code, f"nothing watches {home} now; `statetrace engine --home {home}` watches without a console")
    return code


def need_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise StateTraceError("the console needs a terminal; without one use `statetrace engine`, `outages`, `routes`")


def console_options(
    options: argparse.Namespace, settings: ConsoleSettings, keys: KeySettings, home: Path
) -> ConsoleOptions:
    """What was typed over what is configured."""
    said = vars(options)
    by_setting = {"ascii": True, "unicode": False}.get(settings.glyphs)
    return ConsoleOptions(
        keys=msgspec.structs.asdict(keys),
        theme=said.get("theme", settings.theme),
        is_ascii=True if said.get("ascii") else by_setting,
        is_read_only=said.get("read_only", settings.read_only),
        has_mouse=said.get("mouse", settings.mouse),
        has_bell=said.get("bell", settings.bell),
        home=home,
        home_label=str(home),
        operator=identity.spoken(identity.current()),
        screen=said.get("screen", "routes"),
        time=settings.time,
        seconds=said.get("seconds"),
    )


async def _attached(home: Path, wanted: ConsoleOptions) -> int | None:
    """On the engine of another process, whose connection lives on the console's own event loop; None without one."""
    engine = await answers.attached(answers.data_dir(home))
    if engine is None:
        return None
    console = StateTraceApp(engine, dataclasses.replace(wanted, home_label=f"attached to {wanted.home_label}"))
    try:
        await console.run_async(mouse=wanted.has_mouse)
    finally:
        await engine.close()
    code = console.return_code or 0
    _leave(code, f"the engine of {home} goes on without this console")
    return code


def _leave(code: int, words: str) -> None:
    """What the console leaves behind, on the terminal that it gave back; after a crash its last words stand alone."""
    if not code:
        print(f"statetrace: {words}", file=sys.stderr, flush=True)
