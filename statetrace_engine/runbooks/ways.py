"""Pure. Where operators are within runbooks, which steps are left, and where one goes on from a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from statetrace_engine.model import Epoch
from statetrace_engine.model.remediation import Place, Work, Worker
from statetrace_engine.model.runbook import Branch, Runbook, RunbookStep

MOST_WORKERS = 20
"""Then the one who came first leaves the list; what they did stays."""
MOST_TRAIL = 50
Books = Mapping[str, Runbook]


def step_of(book: Runbook | None, slug: str) -> RunbookStep | None:
    return next((step for step in book.steps if step.slug == slug), None) if book is not None else None


def settled(work: Work, runbook: str) -> set[str]:
    """Its steps that somebody has done or skipped: nobody need do them again, though somebody may be at it."""
    return {task.step for task in work.tasks if task.runbook == runbook and not task.is_open}


def next_undone(book: Runbook, work: Work, after: str = "") -> str:
    """The first step behind `after` that is not done, else the first of all; empty: all are."""
    done = settled(work, book.name)
    steps = [step.slug for step in book.steps]
    start = steps.index(after) + 1 if after in steps else 0
    return next((slug for slug in (*steps[start:], *steps[:start]) if slug not in done), "")


def next_place(work: Work, serving: Runbook, books: Books) -> Place:
    """Where work goes on: where the operator is who moved last, else at the next step of the runbook that serves."""
    found = (
        worker for worker in work.workers if step_of(books.get(worker.place.runbook), worker.place.step) is not None
    )
    last = max(found, key=lambda worker: worker.since_at, default=None)
    if last is None:
        return Place(serving.name, next_undone(serving, work))
    book, here = books[last.place.runbook], last.place
    is_done = here.step in settled(work, book.name) and not any(
        task.is_open and (task.runbook, task.step) == (here.runbook, here.step) for task in work.tasks
    )
    return Place(book.name, next_undone(book, work, here.step)) if is_done else here


def worker_of(work: Work, operator: str) -> Worker | None:
    return next((worker for worker in work.workers if worker.operator == operator), None)


def onward(work: Work, here: Place, label: str, books: Books) -> Place | None:
    """Where one goes on from a step by that branch, else to the next that is not done; None: the runbook is gone."""
    book = books.get(here.runbook)
    if book is None:
        return None
    step = step_of(book, here.step)
    found = (_target(branch, here, work, books) for branch in (step.branches if step else ()) if branch.label == label)
    return next((place for place in found if place is not None), None) or Place(
        book.name, next_undone(book, work, here.step)
    )


def _target(branch: Branch, here: Place, work: Work, books: Books) -> Place | None:
    """None: it leads to what is no longer there."""
    book = books.get(branch.runbook or here.runbook)
    if book is None:
        return None
    if branch.step:
        return Place(book.name, branch.step) if step_of(book, branch.step) is not None else None
    return Place(book.name, next_undone(book, work) if branch.runbook else "")


def move(work: Work, operator: str, place: Place, at: Epoch) -> Work:
    worker = worker_of(work, operator)
    if worker is None:
        return _seat(work, Worker(operator=operator, place=place, since_at=at))
    if worker.place == place:
        return work
    trail = (*worker.trail, worker.place)[-MOST_TRAIL:]
    return _seat(work, replace(worker, place=place, since_at=at, trail=trail))


def step_back(work: Work, worker: Worker, at: Epoch) -> Work:
    """To where they were before: there is something on their trail."""
    return _seat(work, replace(worker, place=worker.trail[-1], trail=worker.trail[:-1], since_at=at))


def _seat(work: Work, worker: Worker) -> Work:
    is_known = worker_of(work, worker.operator) is not None
    seated: Iterator[Worker] = (worker if w.operator == worker.operator else w for w in work.workers)
    workers = tuple(seated) if is_known else (*work.workers, worker)
    return replace(work, workers=workers[-MOST_WORKERS:])
