"""Runbooks and what was done by them, as JSON (SPEC 11) and as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from statetrace_engine.model.remediation import (
    GuidedRunbook,
    GuidedStep,
    RemediationTask,
    StepEvidence,
    TaskState,
    Worker,
)
from statetrace_engine.model.runbook import Runbook, RunbookStep
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands import output
from statetrace_tui.commands.json_form import Json, moment, spot

_MARKS = {
    None: " ",
    TaskState.STARTED: "~",
    TaskState.IN_PROGRESS: "~",
    TaskState.COMPLETED: "x",
    TaskState.SKIPPED: "-",
}


def runbook(book: Runbook) -> Json:
    return {
        "name": book.name,
        "title": book.title,
        "causes": list(book.causes),
        "variant_of": list(book.variant_of),
        "vendors": list(book.vendors),
        "severities": list(book.severities),
        "owner": book.owner or None,
        "summary": book.summary,
        "preconditions": list(book.preconditions),
        "expected_results": list(book.results),
        "escalate_to": book.escalate_to or None,
        "escalate_after_seconds": book.escalate_after_s,
        "escalation": book.escalation or None,
        "steps": [_plain_step(step) for step in book.steps],
    }


def _plain_step(step: RunbookStep) -> Json:
    return {
        "title": step.title,
        "step": step.slug,
        "commands": step.commands,
        "expect": step.expect or None,
        "so": step.so or None,
        "checks": [f"{check.kind} {check.subject}" for check in step.checks],
        "branches": [
            {"if": branch.label, "runbook": branch.runbook or None, "step": branch.step or None}
            for branch in step.branches
        ],
    }


def guide(found: GuidedRunbook) -> Json:
    """One outage's runbook with its steps' states."""
    return {
        "outage_id": found.outage_id,
        "operator": found.operator,
        "runbook": found.runbook,
        "serving": found.serving,
        "title": found.title,
        "summary": found.summary,
        "owner": found.owner or None,
        "preconditions": list(found.preconditions),
        "expected_results": list(found.results),
        "escalation": found.escalation or None,
        "escalate_to": found.escalate_to or None,
        "escalate_at": moment(found.escalate_at),
        "over": found.is_over,
        "opened": found.is_opened,
        "current": found.current or None,
        "done": found.done,
        "of": found.of,
        "changed": found.changed or None,
        "gone": found.gone or None,
        "suggestion": (
            {"command": found.suggestion.command, "why": found.suggestion.why, "step": found.suggestion.step or None}
            if found.suggestion
            else None
        ),
        "steps": [_step(step) for step in found.steps],
        "workers": [_worker(worker) for worker in found.workers],
        "earlier": [task(each) for each in found.earlier],
    }


def _step(step: GuidedStep) -> Json:
    return {
        "number": step.number,
        "step": step.step,
        "title": step.title,
        "command": step.command or None,
        "foreign": step.foreign or None,
        "missing": list(step.missing),
        "expect": step.expect or None,
        "so": step.so or None,
        "branches": [{"if": branch.label, "then": branch.text} for branch in step.branches],
        "checks": list(step.checks),
        "unverifiable": step.unverifiable or None,
        "evidence": [_evidence(word) for word in step.evidence],
        "task": task(step.task) if step.task else None,
        "turns": step.turns,
        "current": step.is_current,
        "others": list(step.others),
    }


def task(one: RemediationTask) -> Json:
    """One turn at one step."""
    return {
        "runbook": one.runbook,
        "step": one.step,
        "title": one.title,
        "operator": one.operator,
        "state": str(one.state),
        "outcome": str(one.outcome) or None,
        "started_at": moment(one.started_at),
        "ended_at": moment(one.ended_at),
        "reason": one.reason or None,
        "proof": _evidence(one.proof) if one.proof else None,
        "against": _evidence(one.against) if one.against else None,
    }


def _evidence(word: StepEvidence) -> Json:
    return {
        "source": word.source,
        "as_expected": word.is_so,
        "at": moment(word.at),
        "text": word.text,
        "seq": word.seq,
        "capture_id": word.capture_id or None,
        **spot(word.spot),
    }


def _worker(worker: Worker) -> Json:
    return {
        "operator": worker.operator,
        "runbook": worker.place.runbook,
        "step": worker.place.step or None,
        "since": moment(worker.since_at),
    }


# Lines ------------------------------------------------------------------------------------------------------------


def lines(found: GuidedRunbook) -> Iterator[str]:
    """`[x] 1  Is the light there?`, the step at hand marked, with who did it and what shows it."""
    yield f"{found.runbook}: {found.title}  ({found.done} of {found.of} done)"
    yield from filter(None, (found.summary, found.changed, found.gone))
    if found.escalate_at:
        yield f"escalate at {output.local(found.escalate_at)} to {found.escalate_to}"
    for worker in found.workers:
        yield f"{worker.operator} is {_where(worker, found)} since {output.local(worker.since_at)}"
    for step in found.steps:
        yield ""
        yield from _step_lines(step)
    if found.earlier:
        yield ""
        yield "done before"
        yield from (f"  {each.runbook}: {each.title}: {_done(each)}" for each in found.earlier)
    if found.suggestion:
        yield ""
        yield f"next: {found.suggestion.command}  ({found.suggestion.why})"


def _where(worker: Worker, found: GuidedRunbook) -> str:
    """`at step 2`, of another runbook with its name."""
    place = worker.place
    if place.runbook != found.runbook:
        return f"at {place.step or 'the end'} of {place.runbook}"
    number = next((step.number for step in found.steps if step.step == place.step), 0)
    return f"at step {number}" if number else f"at {place.step or 'the end'}"


def _step_lines(step: GuidedStep) -> Iterator[str]:
    mark = _MARKS[step.task.state if step.task else None]
    yield f"{'>' if step.is_current else ' '} [{mark}] {step.number}  {sanitise(step.title)}"
    parts = [
        (f"{step.foreign or 'run'}: ", step.command),
        ("expect: ", step.expect),
        ("if not: " if step.expect else "do: ", step.so),
    ]
    parts += [(f"if {branch.label} -> ", branch.text) for branch in step.branches]
    parts += [("checks: ", "; ".join(step.checks)), ("cannot verify: ", step.unverifiable)]
    parts += [("sees: ", _said(word)) for word in step.evidence[:2]]
    if step.task:
        parts.append(("", _done(step.task)))
    yield from (f"        {label}{sanitise(text, 300)}" for label, text in parts if text)


def _done(one: RemediationTask) -> str:
    """`completed by ana@jump 14:03:27, as expected: GigabitEthernet0/1 up (signal 812)`."""
    words = f"{one.state} by {one.operator} {output.local(one.ended_at or one.started_at)}"
    outcome = f", {one.outcome}" if one.outcome else ""
    proof = f": {_said(one.proof)}" if one.proof and one.is_done else f": {one.reason}" if one.reason else ""
    against = f"; but {_said(one.against)}" if one.against else ""
    return f"{words}{outcome}{proof}{against}"


def _said(word: StepEvidence) -> str:
    where = f"{word.spot.name} {word.spot.start}-{word.spot.end}" if word.spot else f"signal {word.seq}"
    return f"{word.source}  {output.local(word.at)}  {word.text}  ({where})"
