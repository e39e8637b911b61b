"""Work by runbooks in a journey: what operators do with steps, and what has become of them.

runbooks = "shipped"                                            # of the scenario; else `{ name = TEXT }`
work = { deed = "start", step = "is-the-light-there" }          # of an event, by `by`, on the outage of its route
steps = ["is-the-light-there ana@jump completed"]               # expected
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from statetrace_engine import config
from statetrace_engine.model.action import WorkStep
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import StepDeed
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import parse
from tests.virtual import VirtualNetwork

_IDS = count()


@lru_cache
def shipped() -> tuple[Runbook, ...]:
    return config.load(Path("no such home")).runbooks


def runbooks(scenario: dict[str, Any]) -> tuple[Runbook, ...]:
    named = scenario.get("runbooks", {})
    if named == "shipped":
        return shipped()
    read = [parse(name, text) for name, text in named.items()]
    assert not [problem for _, problems in read for problem in problems]
    return tuple(book for book, _ in read)


def happen(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    found = (o for o in network.pipeline.outages() if f"{o.hostname} {o.prefix}" == event["route"])
    outage = next(found, None)
    fields = dict(value)
    network.act(
        WorkStep(
            f"work-{next(_IDS)}", event.get("by", "ana@jump"), outage.outage_id if outage else "OUT-0000-NONE",
            deed=StepDeed(fields.pop("deed")), **fields,
        )
    )  # fmt: skip


def facts(outage: OutageEvent) -> dict[str, Any]:
    tasks = outage.work.tasks
    return {
        "steps": [f"{task.step} {task.operator} {task.state}" for task in tasks],
        "proofs": [task.proof.text for task in tasks if task.proof is not None],
        "against": [task.against.text for task in tasks if task.against is not None],
        "places": {worker.operator: worker.place.step for worker in outage.work.workers},
    }
