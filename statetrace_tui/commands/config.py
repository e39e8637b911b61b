"""`statetrace config check|show`: is the configuration right, and what is in force."""

from __future__ import annotations

import argparse
from typing import Any  # JSON

import msgspec

from statetrace_engine import config
from statetrace_engine.config import Home, Settings
from statetrace_engine.errors import ConfigError
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands import homes, output
from statetrace_tui.present.words import count


def run(options: argparse.Namespace) -> int:
    home = homes.of(options)
    return _check(home, options.json) if options.action == "check" else _show(home, options.json)


def _check(home: Home, is_json: bool) -> int:
    """0 and a summary, or 2 and every problem; a home that was typed, and is not there, is one."""
    try:
        if home.origin == "--home" and not home.path.is_dir():
            raise ConfigError((f"no home at {sanitise(str(home.path), 300)}: there is nothing to check",))
        settings = config.load(home.path)
        if problems := (*settings.runbook_problems, *settings.rule_problems):
            raise ConfigError(problems)
    except ConfigError as error:
        if is_json:
            output.document({"home": str(home.path), "ok": False, "problems": list(error.problems)})
            return error.exit_code
        raise
    if is_json:
        output.document({"home": str(home.path), "ok": True, "problems": [], **_counts(settings)})
        return 0
    where = f"{home.path} ({home.origin})" + ("" if home.path.is_dir() else ", it does not exist yet")
    print(f"{where}: no problems; {_counted(settings)}")
    return 0


def _counts(settings: Settings) -> dict[str, int]:
    inventory = settings.inventory
    return {
        "sites": len(inventory.sites),
        "devices": len(inventory.devices),
        "routes": len(inventory.routes),
        "probes": len(inventory.probes),
        "runbooks": len(settings.runbooks),
        "rules": len(settings.rules),
    }


def _counted(settings: Settings) -> str:
    return ", ".join(count(number, what[:-1], what) for what, number in _counts(settings).items())


def _show(home: Home, is_json: bool) -> int:
    """What is in force, by the names of the file. Secrets stay references."""
    settings = config.load(home.path)
    in_force = config.in_force(settings)
    if is_json:
        sections: dict[str, dict[str, Any]] = {}
        for section, name, value in in_force:
            sections.setdefault(section, {})[name] = msgspec.to_builtins(value)
        inventory = msgspec.to_builtins(settings.inventory)
        document = {"home": str(home.path), "origin": home.origin, "files": list(settings.files)}
        output.document({**document, "settings": sections, "inventory": inventory})
        return 0
    print(f"home = {home.path} ({home.origin})")
    for file in settings.files:
        print(f"read   {file}")
    for section, name, value in in_force:
        print(f"{section}.{name} = {msgspec.json.encode(value).decode()}")
    print(_counted(settings))
    return 0
