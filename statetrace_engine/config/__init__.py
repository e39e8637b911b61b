"""A home's `config/` → Settings: everything checked, every problem in one pass (SPEC 10)."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from statetrace_engine.anomalies import rules
from statetrace_engine.config import inventory_file, settings_file
from statetrace_engine.config.homes import (
    ConfigFile,
    Home,
    anomaly_files,
    config_file,
    create,
    fingerprint,
    resolve,
    runbook_files,
    shipped,
)
from statetrace_engine.config.settings import Settings
from statetrace_engine.config.settings_file import in_force
from statetrace_engine.errors import ConfigError
from statetrace_engine.model.anomaly import Rule
from statetrace_engine.model.inventory import Probe, ProbeKind, ProbeTests
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import library

__all__ = [
    "Home",
    "Settings",
    "anomaly_files",
    "anomaly_rules",
    "create",
    "fingerprint",
    "in_force",
    "load",
    "resolve",
    "runbook_files",
    "runbooks",
    "shipped",
]

_NONE = ConfigFile(name="", label="(none)", text="")


def load(home: Path) -> Settings:
    """The settings in force for this home: its own files over the shipped ones. Writes nothing.

    A runbook with a mistake, or one that is not there, keeps nobody from watching: it is in `runbook_problems`.
    Raises ConfigError with every problem of every file where there are others, StateTraceError when a file cannot be
    read.
    """
    main = config_file(home, "statetrace.toml") or _NONE
    inventory = config_file(home, "inventory.toml") or _NONE
    settings, problems = settings_file.read(main)
    books, wrong = runbooks(home)
    known = inventory_file.Known(runbooks=[book.name for book in books], snmp=settings.snmp)
    watched, asked, dangling = inventory_file.read(inventory, settings.policy, known)
    warned, broken = anomaly_rules(home, known.runbooks)
    minor = (*asked.minor, *wrong)
    if len(problems := [*problems, *dangling, *wrong]) > len(minor):
        raise ConfigError(tuple(problems))
    gateway = _gateway(settings)
    return msgspec.structs.replace(
        settings,
        inventory=msgspec.structs.replace(watched, probes=(*watched.probes, *gateway)),
        device_snmp=asked.profiles,
        snmp_addresses=asked.addresses,
        runbooks=tuple(books),
        rules=tuple(warned),
        rule_problems=tuple(broken),
        runbook_problems=minor,
        files=tuple(file.label for file in (main, inventory, *runbook_files(home)) if file is not _NONE),
    )


def runbooks(home: Path) -> tuple[list[Runbook], list[str]]:
    """Those of a home, and every problem of them by file and line."""
    files = runbook_files(home)
    read, problems = library.read({file.label: file.text for file in files if not file.problem})
    return read, [*(file.problem for file in files if file.problem), *problems]


def anomaly_rules(home: Path, runbooks: Collection[str] = ()) -> tuple[list[Rule], list[str]]:
    """The sound rules of a home, and every problem of the others by file and line."""
    files = anomaly_files(home)
    made, problems = rules.read({f.label: f.text for f in files if not f.problem}, runbooks)
    return made, [*(file.problem for file in files if file.problem), *problems]


def _gateway(settings: Settings) -> tuple[Probe, ...]:
    """The probe of the engine's own first hop, when it is configured."""
    watch = settings.watch
    if not watch.gateway:
        return ()
    port = f":{watch.gateway_port}" if watch.gateway_port else ""
    probe = Probe(
        probe_id=f"/gateway/{watch.gateway_kind}/{watch.gateway}{port}",
        hostname="",
        kind=ProbeKind(watch.gateway_kind),
        tests=ProbeTests.GATEWAY,
        target=watch.gateway,
        port=watch.gateway_port,
        interval_ms=watch.gateway_interval_ms,
    )
    return (probe,)
