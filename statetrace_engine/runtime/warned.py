"""What is said of anomaly rules: how each does, which files are broken, which are switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from statetrace_engine.config.settings import Settings
from statetrace_engine.model.anomaly import RuleStatus
from statetrace_engine.model.health import Severity
from statetrace_engine.model.text import sanitise


def broken(problems: Sequence[str]) -> Iterator[RuleStatus]:
    """One for each file that cannot be used, by the first of its mistakes."""
    told: set[str] = set()
    for problem in problems:
        name = PurePath(problem.partition(".json")[0].removeprefix("(shipped) ")).name
        if name not in told:
            told.add(name)
            yield RuleStatus(
                rule=sanitise(name, 64),
                title="its file is broken",
                severity=Severity.INFO,
                kind="file",
                off=sanitise(problem, 300),
            )


def sentence(settings: Settings) -> str:
    """What must be said above the data; empty when all rules are sound."""
    problems = settings.rule_problems
    if not problems:
        return ""
    more = f" (and {len(problems) - 1} more: statetrace config check)" if len(problems) > 1 else ""
    return sanitise(f"an anomaly rule does not run: {problems[0]}{more}")


def off(statuses: Sequence[RuleStatus]) -> dict[str, str]:
    """Rules that should run and do not, with the reason."""
    return {status.rule: status.off for status in statuses if status.off}
