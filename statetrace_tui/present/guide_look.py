"""Pure. How a guided runbook is looked at: where the cursor is, what time it is, which keys are named; a step's state
and an escalation in words, each with a glyph."""

from __future__ import annotations

from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.remediation import (
    GuidedRunbook,
    GuidedStep,
    Outcome,
    RemediationTask,
    StepEvidence,
    TaskState,
)
from statetrace_tui.present.hours import Zone, moment, utc
from statetrace_tui.present.outage_row import person
from statetrace_tui.present.text import Line, dur

PAD = 2
BEFORE, AFTER, PAST = "before", "after", "past"
"""Rows that are no steps: what to have at hand, what is so in the end, what was done by other runbooks."""
SOON_S = 120.0
"""Before an escalation, from when on it is a warning."""


class Hints(NamedTuple):
    """Keys that are named on the page; empty: there is none."""

    work: str = "Enter"
    fail: str = "x"
    copy: str = "y"
    suggestion: str = "Y"
    escalation: str = "e"
    serving: str = "S"


class Look(NamedTuple):
    cursor: str
    """The open row: the key of a step, or one of `BEFORE`, `AFTER`, `PAST`."""
    now: Epoch
    zone: Zone = utc
    hints: Hints = Hints()
    is_reading: bool = False
    """The evidence has the keys."""


def key_of(slug: str) -> str:
    """The cursor's key for a step, whatever a runbook calls it."""
    return f"step {slug}"


class Status(NamedTuple):
    """What has become of a step: `[x]`, `verified`, a role."""

    mark: str
    word: str
    role: str


def status(step: GuidedStep, guide: GuidedRunbook, now: Epoch) -> Status:
    task = step.task
    if task is None:
        return Status("[ ]", "next", "accent!") if step.is_current else Status("[ ]", "", "dim")
    if task.is_open:
        is_mine = task.operator == guide.operator
        return Status("[>]", f"{task.state.value} {dur(now - task.started_at)}", "accent!" if is_mine else "accent")
    if task.state is TaskState.SKIPPED:
        return Status("[-]", "skipped", "dim")
    if task.outcome is Outcome.OTHER:
        return Status("[!]", "not as expected", "major")
    if task.against is not None:
        return Status("[?]", "no longer so", "unk")
    return Status("[x]", "verified" if task.proof is not None else "as expected", "ok")


def ended(task: RemediationTask | None, guide: GuidedRunbook, look: Look) -> str:
    """`14:02:58`, and who it was where it was somebody else: what stands behind a step's state."""
    if task is None:
        return ""
    at = moment(task.ended_at, look.now, look.zone) if task.ended_at is not None else ""
    return "  ".join(filter(None, (at, "" if task.operator == guide.operator else person(task.operator))))


def is_met(step: GuidedStep) -> bool:
    """It is done, as expected, and nothing speaks against that: what it means if not is of no use any more."""
    task = step.task
    return task is not None and task.outcome is Outcome.EXPECTED and task.against is None


def differs(step: GuidedStep) -> bool:
    """It was done and was not as expected, or what was seen since it began says so."""
    task = step.task
    if task is None:
        return False
    if task.outcome is Outcome.OTHER or task.against is not None:
        return True
    newest = step.evidence[0] if step.evidence else None
    return newest is not None and not newest.is_so and task.is_open and is_newer(newest, task)


def taken_back(step: GuidedStep | None, guide: GuidedRunbook) -> RemediationTask | None:
    """What an operator would take back: the step under the cursor, where they have ended it, else the last that they
    have; None: there is none."""
    turns = [*guide.earlier, *(each.task for each in guide.steps if each.task is not None)]
    ended = [turn for turn in turns if turn.operator == guide.operator and turn.is_ended_by_hand]
    if step is not None and step.task in ended:
        return step.task
    return max(ended, key=lambda turn: turn.ended_at or 0.0, default=None)


def is_newer(seen: StepEvidence, task: RemediationTask) -> bool:
    """It was seen after that turn began."""
    return seen.steady > task.started if seen.steady and task.started else seen.at > task.started_at


def escalation(guide: GuidedRunbook, now: Epoch) -> Line:
    """`escalate in 13m48s`, `ESCALATE 3m12s overdue`; empty: there is no time for it."""
    if guide.escalate_at is None:
        return []
    left = guide.escalate_at - now
    if left <= 0:
        return [(" ! ESCALATE ", "crit*"), (f" {dur(-left)} overdue", "crit")]
    is_soon = left <= SOON_S
    return [("escalate in ", "warn" if is_soon else "dim"), (dur(left), "warn" if is_soon else "strong")]
