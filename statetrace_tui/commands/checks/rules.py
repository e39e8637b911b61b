"""Anomaly rules: files that are broken, and rules that the engine has switched off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from statetrace_engine.config import Settings
from statetrace_engine.errors import StateTraceError
from statetrace_tui.commands import answers
from statetrace_tui.commands.checks import Check, ok, warn
from statetrace_tui.present.words import count

_NAME = "anomaly rules"


def checks(settings: Settings, home: Path) -> Iterator[Check]:
    for problem in settings.rule_problems:
        yield warn(_NAME, problem, "correct the line; the other rules run")
    try:
        statuses = answers.ask(home, lambda engine: engine.rules()) or ()
    except StateTraceError:  # the engine's own check says so
        statuses = ()
    off = [status for status in statuses if status.off and status.rule in {rule.id for rule in settings.rules}]
    for status in off:
        yield warn(_NAME, f"{status.rule} is switched off: {status.off}", "make its expression simpler")
    if not settings.rule_problems and not off:
        yield ok(_NAME, f"{count(sum(rule.is_enabled for rule in settings.rules), 'rule')} on")
