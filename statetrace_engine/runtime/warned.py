"""What the engine says of rules and runbooks that are broken, and what it is told of cards that it has forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from msgspec import structs

from statetrace_engine.anomalies.desk import Desk
from statetrace_engine.config.settings import Settings
from statetrace_engine.model.action import Action, JudgeCard
from statetrace_engine.model.anomaly import RuleStatus
from statetrace_engine.model.health import Severity
from statetrace_engine.model.text import sanitise
from statetrace_engine.store.history import History


async def recalled(action: Action, desk: Desk, history: History) -> Action:
    """What is said of a card that only the store still knows takes the card along."""
    if not isinstance(action, JudgeCard) or desk.knows_card(action.card_id):
        return action
    found = await asyncio.to_thread(history.cards_by_id, (action.card_id,))
    return structs.replace(action, of=found[0]) if found else action


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
    return _first_of(settings.rule_problems, "an anomaly rule does not run")


def of_runbooks(settings: Settings) -> str:
    """The same of runbooks."""
    return _first_of(settings.runbook_problems, "a runbook is missing or has a mistake")


def _first_of(problems: Sequence[str], what: str) -> str:
    if not problems:
        return ""
    more = f" (and {len(problems) - 1} more: statetrace config check)" if len(problems) > 1 else ""
    return sanitise(f"{what}: {problems[0]}{more}")
