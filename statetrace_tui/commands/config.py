"""`statetrace config check|show`: is the configuration right, and what is in force."""

from __future__ import annotations

import argparse
from typing import Any  # JSON

import msgspec

from statetrace_engine import config
from statetrace_engine.config import Home, Settings
from statetrace_engine.errors import ConfigError
from statetrace_tui.commands import homes, output


def run(options: argparse.Namespace) -> int:
    home = homes.of(options)
    return _check(home, options.json) if options.action == "check" else _show(home, options.json)


def _check(home: Home, is_json: bool) -> int:
    """0 and a summary, or 2 and every problem."""
    try:
        settings = config.load(home.path)
    except ConfigError as error:
        if is_json:
            output.document({"home": str(home.path), "ok": False, "problems": list(error.problems)})
            return error.exit_code
        raise
    if is_json:
        output.document({"home": str(home.path), "ok": True, "problems": [], **_counts(settings)})
        return 0
    counted = ", ".join(f"{count} {what}" for what, count in _counts(settings).items())
    print(f"{home.path} ({home.origin}): no problems; {counted}")
    return 0


def _counts(settings: Settings) -> dict[str, int]:
    inventory = settings.inventory
    return {
        "sites": len(inventory.sites),
        "devices": len(inventory.devices),
        "routes": len(inventory.routes),
        "probes": len(inventory.probes),
        "runbooks": len(settings.runbooks),
    }


def _show(home: Home, is_json: bool) -> int:
    settings = config.load(home.path)
    document: dict[str, Any] = {
        "home": str(home.path),
        "origin": home.origin,
        "files": list(settings.files),
        "settings": msgspec.to_builtins(msgspec.structs.replace(settings, runbooks=(), files=())),
    }
    del document["settings"]["runbooks"], document["settings"]["files"]
    if is_json:
        output.document(document)
        return 0
    print(f"home = {home.path} ({home.origin})")
    for file in settings.files:
        print(f"read   {file}")
    for line in _flat("", {key: value for key, value in document["settings"].items() if key != "inventory"}):
        print(line)
    print(", ".join(f"{count} {what}" for what, count in _counts(settings).items()))
    return 0


def _flat(prefix: str, value: Any) -> list[str]:
    """`syslog.udp = "0.0.0.0:5514"`, a line a setting."""
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in _flat(f"{prefix}.{key}" if prefix else key, inner)]
    return [f"{prefix} = {msgspec.json.encode(value).decode()}"]
