"""`statetrace doctor`: what is wrong with this installation, and how to put it right."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from statetrace_engine.config import Home
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands import homes, output
from statetrace_tui.commands.checks import Check, Mark, engine


def run(options: argparse.Namespace) -> int:
    """0; 1 when a check failed."""
    home = homes.of(options)
    found = list(engine.checks(home.path, must_live=True) if options.live else _all(home))
    is_well = all(check.mark is not Mark.FAIL for check in found)
    if options.json:
        output.document({"ok": is_well, "checks": [{**check._asdict(), "mark": str(check.mark)} for check in found]})
    else:
        for check in found:
            print(f"{check.mark:<5} {check.name:<15} {sanitise(check.found)}")
            if check.remedy:
                print(f"{'':<21} -> {sanitise(check.remedy)}")
    return 0 if is_well else 1


def _all(home: Home) -> Iterator[Check]:
    # Imported here: `doctor --live` is asked every few seconds by a service manager.
    from statetrace_tui.commands.checks import inventory, machine, network, polling, rules, terminal

    yield engine.home_check(home)
    yield from machine.checks(home.path)
    yield from terminal.checks()
    if (unread := engine.rights_check(home.path)) is not None:
        yield unread  # what follows reads it
        return
    settings, about_config = inventory.load(home.path)
    yield from about_config
    yield from engine.checks(home.path, must_live=False)
    if settings is not None:
        yield from network.checks(settings, home.path)
        yield from polling.checks(settings, home.path)
        yield from inventory.checks(settings)
        yield from rules.checks(settings, home.path)
