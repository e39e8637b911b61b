"""Pure. A runbook as one operator works by it for one outage: every step filled in, with what has become of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import (
    GuidedBranch,
    GuidedRunbook,
    GuidedStep,
    Place,
    RemediationTask,
    StepEvidence,
    Suggestion,
    Work,
    Worker,
)
from statetrace_engine.model.runbook import Branch, Runbook, RunbookStep
from statetrace_engine.runbooks import library, tasks, vendors, ways
from statetrace_engine.runbooks.library import Fills


class Sight(Struct, frozen=True, kw_only=True):
    """What the engine sees of one step."""

    checks: tuple[str, ...] = ()
    """In words; empty: it verifies nothing."""
    unverifiable: str = ""
    evidence: tuple[StepEvidence, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """For whom and when, and what is known beside the outage."""

    operator: str
    runbook: str = ""
    """Another than the operator works by, to read."""
    at: Epoch
    opened_at: Epoch | None = None
    """When the outage opened, by the clock as it is now; None: as the outage has it."""
    vendor: str = ""
    fills: Fills
    sight: Callable[[str], Mapping[str, Sight]] = lambda _: {}
    """Of a runbook's steps, by slug."""
    suggestion: Suggestion | None = None


def of(outage: OutageEvent, books: ways.Books, asked: Asked) -> GuidedRunbook:
    """The runbook that the operator works by; of one who has not begun, the one that serves the outage."""
    work = outage.work
    serving = library.choose(outage.cause, outage.runbook, books.values())
    worker = ways.worker_of(work, asked.operator)
    if worker is not None and asked.runbook not in ("", worker.place.runbook):
        worker = None
    name = worker.place.runbook if worker is not None else asked.runbook or serving.name
    book = books.get(name) or (serving if name == serving.name else library.lost(name))
    slugs = {step.slug for step in book.steps}
    is_there = worker is not None and worker.place.step in ("", *slugs)  # else it was edited away: on from the next
    current = worker.place.step if worker is not None and is_there else ways.next_undone(book, work)
    page = _Page(book, books, work, current, asked, asked.sight(name))
    done = ways.settled(work, name) & slugs
    return GuidedRunbook(
        outage_id=outage.outage_id,
        operator=asked.operator,
        at=asked.at,
        runbook=name,
        title=book.title,
        summary=library.filled(book.summary, asked.fills),
        owner=book.owner,
        preconditions=tuple(library.filled(text, asked.fills) for text in book.preconditions),
        results=tuple(library.filled(text, asked.fills) for text in book.results),
        escalation=library.filled(book.escalation, asked.fills),
        escalate_to=book.escalate_to,
        escalate_at=_escalate_at(book, outage, asked.opened_at),
        steps=tuple(_step(number, step, page) for number, step in enumerate(book.steps, 1)),
        current=current,
        is_opened=worker is not None,
        done=len(done),
        of=len(book.steps),
        workers=tuple(other for other in work.workers if other.operator != asked.operator),
        earlier=tuple(task for task in work.tasks if task.runbook != name or task.step not in slugs),
        serving=serving.name,
        changed=_changed(worker, serving),
        gone=_gone(name, books, work, slugs),
        suggestion=asked.suggestion,
        is_over=outage.closed_at is not None,
    )


def at_hand(outage: OutageEvent, books: ways.Books) -> tuple[Runbook, int]:
    """The runbook that is worked by, else the one that serves the outage; and the number (from 0) of its next step, the
    last one when all are done."""
    serving = library.choose(outage.cause, outage.runbook, books.values())
    place = ways.next_place(outage.work, serving, books)
    book = books.get(place.runbook, serving)
    numbers = {step.slug: number for number, step in enumerate(book.steps)}
    return book, numbers.get(place.step, max(len(book.steps) - 1, 0))


def _escalate_at(book: Runbook, outage: OutageEvent, opened_at: Epoch | None) -> Epoch | None:
    if book.escalate_after_s is None or outage.closed_at is not None:
        return None
    return (outage.detected_at if opened_at is None else opened_at) + book.escalate_after_s


def _changed(worker: Worker | None, serving: Runbook) -> str:
    """Who went from the one that serves into another knows it."""
    if worker is None or any(place.runbook == serving.name for place in (worker.place, *worker.trail)):
        return ""
    return f"{serving.name} serves the outage now: {serving.title}"


def _gone(name: str, books: ways.Books, work: Work, slugs: set[str]) -> str:
    if name not in books:
        return f"runbook {name} is no longer there: what was done by it is kept"
    lost = dict.fromkeys(task.title for task in work.tasks if task.runbook == name and task.step not in slugs)
    return f"it was edited: no longer in it: {', '.join(lost)}" if lost else ""


class _Page(Struct, frozen=True):
    """What all steps of a guide have in common."""

    book: Runbook
    books: ways.Books
    work: Work
    current: str
    asked: Asked
    sight: Mapping[str, Sight]


def _step(number: int, step: RunbookStep, page: _Page) -> GuidedStep:
    book, work, asked = page.book, page.work, page.asked
    turns = [task for task in work.tasks if (task.runbook, task.step) == (book.name, step.slug)]
    words = library.fill(step, asked.vendor, asked.fills)
    task = shown(turns, asked.operator)
    in_words = tuple(library.filled(tasks.name_of(check), asked.fills) for check in step.checks)
    sight = page.sight.get(step.slug, Sight(checks=in_words))
    here = (worker.operator for worker in work.workers if worker.place == Place(book.name, step.slug))
    return GuidedStep(
        number=number,
        step=step.slug,
        title=words.title,
        command=words.command,
        prompt=vendors.prompt(asked.vendor),
        foreign=words.foreign,
        missing=words.missing,
        expect=words.expect,
        so=words.so,
        branches=tuple(_branch(branch, book, page.books) for branch in step.branches),
        checks=sight.checks,
        unverifiable=sight.unverifiable,
        evidence=_evidence(sight, task),
        task=task,
        done_by=done_by(turns, task),
        turns=len(turns),
        is_current=step.slug == page.current,
        others=tuple(operator for operator in here if operator != asked.operator),
    )


def _evidence(sight: Sight, task: RemediationTask | None) -> tuple[StepEvidence, ...]:
    """As of now, and what was seen since the step began and cannot be seen again: a capture."""
    seen = (known.word for known in task.seen) if task is not None else ()
    words = {(word.seq, word.text): word for word in (*seen, *sight.evidence)}
    return tuple(sorted(words.values(), key=lambda word: word.steady, reverse=True))


def shown(turns: list[RemediationTask], operator: str) -> RemediationTask | None:
    """The turn that tells how a step stands: the operator's own open one, else the one of which something came last.
    One that began later may be of somebody who has left, and hides nobody's result."""
    own = (task for task in turns if task.is_open and task.operator == operator)
    last = max(reversed(turns), key=lambda task: task.ended_at or task.started_at, default=None)
    return next(own, last)


def done_by(turns: list[RemediationTask], task: RemediationTask | None) -> str:
    """Who else has ended a turn at a step whose told turn is open: it need not be done again."""
    if task is None or not task.is_open:
        return ""
    others = (turn.operator for turn in reversed(turns) if not turn.is_open and turn.operator != task.operator)
    return next(others, "")


def _branch(branch: Branch, book: Runbook, books: ways.Books) -> GuidedBranch:
    target = books.get(branch.runbook) if branch.runbook else book
    step = ways.step_of(target, branch.step)
    title = step.title if step is not None else target.title if branch.runbook and target is not None else ""
    text = f"runbook {branch.runbook}" if branch.runbook else f'go to "{title}"' if branch.step else "end"
    return GuidedBranch(label=branch.label, text=text, runbook=branch.runbook, step=branch.step, title=title)
