"""Pure. What has been done of a runbook: a state machine over operators' deeds and what evidence shows.

            START             evidence newer than the start, all of it as the step expects
    (none) ───────→ started ─────────────────────────────────────────────→ completed
       │ DONE, FAILED, SKIP  │ other evidence, HAND_OVER                      │
       │                     ↓                                                │ evidence takes back what it had proven
       │                in progress ←───────────────────────────────────────┘
       └────────────→ completed, skipped ←── DONE, FAILED, SKIP

A turn that an operator has ended stays as it is, unless they were mistaken: UNDO makes it what it was before, with what
evidence has shown since. Who wants to repeat a step starts it anew. BACK, JUMP and RESTART move the operator, and
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.model import Epoch
from statetrace_engine.model.action import WorkStep
from statetrace_engine.model.change import WorkTold
from statetrace_engine.model.remediation import (
    Outcome,
    Place,
    RemediationTask,
    SeenCheck,
    Standing,
    StepDeed,
    StepEvidence,
    TaskState,
    Work,
)
from statetrace_engine.model.runbook import Check, RunbookStep
from statetrace_engine.runbooks import ways
from statetrace_engine.runbooks.ways import Books

MOST_TASKS = 300
MOST_ACTIONS = 50
MOST_OF_ID = 64
NOT = "not"
SO = "so"


class Taken(Struct, frozen=True, kw_only=True):
    """What became of a deed."""

    work: Work
    refused: str = ""
    """Why it was not done; then `work` is as it was."""
    task: RemediationTask | None = None
    """The turn that it touched."""
    place: Place | None = None
    """Where the operator is now."""
    told: WorkTold | None = None


class Now(Struct, frozen=True):
    steady: float
    at: Epoch


def take(work: Work, action: WorkStep, books: Books, served: str, now: Now) -> Taken:
    """The deed done, or why not; `served` is the runbook that serves the outage."""
    ident = action.action_id[:MOST_OF_ID]
    if ident and ident in work.actions:
        return Taken(work=work)
    taken = _DEEDS[action.deed](_Turn(work, action, books, served, now))
    if taken.refused or taken.work is work:
        return taken
    actions = (*taken.work.actions, ident)[-MOST_ACTIONS:] if ident else taken.work.actions
    return replace(taken, work=replace(taken.work, actions=actions))


# Evidence ---------------------------------------------------------------------------------------------------------


class Noted(Struct, frozen=True, kw_only=True):
    """What became of a word on one check of a step."""

    work: Work
    task: RemediationTask
    told: WorkTold | None = None


def watched(work: Work) -> list[RemediationTask]:
    """Turns on which evidence may still say something: open ones, and the last that were done as expected."""
    found: dict[tuple[str, str, str], RemediationTask] = {}
    for task in work.tasks:
        found[task.runbook, task.step, task.operator] = task
    return [task for task in found.values() if task.is_open or task.outcome is Outcome.EXPECTED]


def note(work: Work, task: RemediationTask, check: str, word: StepEvidence, asked: Collection[str], now: Now) -> Noted:
    """`word` is newer than the start of the turn; one that repeats the last one, or is older, changes nothing. `asked`
    are the checks of the step that can verify anything here."""
    known = {seen.check: seen.word for seen in task.seen}
    last = known.get(check)
    is_ripe = task.is_open and all(name in known and known[name].is_so for name in asked)  # since an UNDO
    if last is not None and (word.steady < last.steady or (last.is_so is word.is_so and not is_ripe)):
        return Noted(work=work, task=task)
    known[check] = word
    seen = replace(task, seen=tuple(SeenCheck(name, said) for name, said in known.items()))
    if not word.is_so:
        new = _contradicted(seen, word)
    elif all(name in known and known[name].is_so for name in asked):
        new = _proven(seen, word, now)
    else:
        new = _moved(seen)
    told = None
    if task.is_done is not new.is_done:
        told = WorkTold.COMPLETED if new.is_done else WorkTold.TAKEN_BACK
    return Noted(work=_put(work, task, new), task=new, told=told)


def go_on(work: Work, task: RemediationTask, books: Books, now: Now) -> Work:
    """The operator of a turn that evidence has just ended goes on, if they are there."""
    worker, here = ways.worker_of(work, task.operator), Place(task.runbook, task.step)
    if worker is None or worker.place != here:
        return work
    return ways.move(work, task.operator, ways.onward(work, here, SO, books) or here, now.at)


def name_of(check: Check) -> str:
    return f"{check.kind} {check.subject}".strip()


def _moved(task: RemediationTask) -> RemediationTask:
    return replace(task, state=TaskState.IN_PROGRESS) if task.state is TaskState.STARTED else task


def _proven(task: RemediationTask, proof: StepEvidence, now: Now) -> RemediationTask:
    if task.is_open:
        return replace(
            task, state=TaskState.COMPLETED, outcome=Outcome.EXPECTED, ended_at=now.at, proof=proof, against=None
        )
    return replace(task, against=None)


def _contradicted(task: RemediationTask, against: StepEvidence) -> RemediationTask:
    """What was proven no longer holds; what an operator said stays said, with what speaks against it."""
    if task.is_done and task.proof is not None:
        return replace(_reopened(task), state=TaskState.IN_PROGRESS, against=against)
    return replace(_moved(task), against=against)


def _reopened(task: RemediationTask) -> RemediationTask:
    return replace(task, outcome=Outcome.NONE, ended_at=None, before=None)


def _put(work: Work, old: RemediationTask, new: RemediationTask) -> Work:
    return replace(work, tasks=tuple(new if task is old else task for task in work.tasks))


# Deeds ------------------------------------------------------------------------------------------------------------


class _Turn:
    """A deed, and what it is about."""

    def __init__(self, work: Work, action: WorkStep, books: Books, served: str, now: Now) -> None:
        self.work, self.action, self.books, self.now = work, action, books, now
        self.operator = action.operator
        self.worker = ways.worker_of(work, action.operator)
        self.served = served
        self.name = action.runbook or (self.worker.place.runbook if self.worker is not None else served)
        self.book = books.get(self.name)

    @property
    def slug(self) -> str:
        """The step that is meant: named, else where the operator is, else the next one."""
        if self.action.step:
            return self.action.step
        if self.worker is not None and self.worker.place.runbook == self.name:
            return self.worker.place.step
        return ways.next_undone(self.book, self.work) if self.book is not None else ""

    @property
    def own(self) -> RemediationTask | None:
        """The operator's last turn at it."""
        place, operator = (self.name, self.slug), self.operator
        turns = (t for t in reversed(self.work.tasks) if (t.runbook, t.step) == place and t.operator == operator)
        return next(turns, None)

    def step(self) -> RunbookStep | None:
        return ways.step_of(self.book, self.slug)

    def refuse(self, why: str) -> Taken:
        return Taken(work=self.work, refused=why)

    def why_no_step(self) -> str:
        """Empty: there is one, or has been when somebody began it."""
        slug = self.slug
        if any((t.runbook, t.step) == (self.name, slug) for t in self.work.tasks) or self.step() is not None:
            return ""
        if self.book is None:
            return f"no runbook {self.name} is there"
        return f"runbook {self.name} has no step {slug}" if slug else "all its steps are done: name one"

    def went(
        self, work: Work, place: Place, *, task: RemediationTask | None = None, told: WorkTold | None = None
    ) -> Taken:
        moved = ways.move(work, self.operator, place, self.now.at)
        return Taken(work=moved, task=task, place=place, told=told)


def _open(turn: _Turn) -> Taken:
    name = turn.action.runbook or (turn.served if _has_not_begun(turn) else turn.name)
    book = turn.books.get(name)
    if book is None:
        return turn.refuse(f"no runbook {name} is there")
    here = turn.worker.place if turn.worker is not None else None
    is_new = here is None or here.runbook != name
    if turn.action.step:
        return _jump(turn)
    if here is not None and not is_new and not _is_behind(turn, here):
        return Taken(work=turn.work, place=here)
    place = Place(name, ways.next_undone(book, turn.work))
    return turn.went(turn.work, place, told=WorkTold.OPENED if is_new else None)


def _has_not_begun(turn: _Turn) -> bool:
    """The operator has only looked, and the outage may be served by another runbook since."""
    worker = turn.worker
    return worker is None or not (worker.trail or any(t.runbook == worker.place.runbook for t in turn.work.tasks))


def _is_behind(turn: _Turn, here: Place) -> bool:
    """Somebody, or evidence, has done that step meanwhile."""
    own = turn.own
    return here.step in ways.settled(turn.work, here.runbook) and not (own is not None and own.is_open)


def _start(turn: _Turn) -> Taken:
    why = turn.why_no_step()
    if why:
        return turn.refuse(why)
    own, place = turn.own, Place(turn.name, turn.slug)
    if own is not None and own.is_open:
        return turn.went(turn.work, place, task=own)
    if len(turn.work.tasks) >= MOST_TASKS:
        return turn.refuse(f"{MOST_TASKS} turns are kept for an outage: no more can be begun")
    task = _begun(turn)
    return turn.went(replace(turn.work, tasks=(*turn.work.tasks, task)), place, task=task)


def _begun(turn: _Turn) -> RemediationTask:
    step = turn.step()
    return RemediationTask(
        outage_id=turn.action.outage_id,
        runbook=turn.name,
        step=turn.slug,
        title=step.title if step is not None else turn.slug,
        operator=turn.operator,
        state=TaskState.STARTED,
        started_at=turn.now.at,
        started=turn.now.steady,
    )


def _end(turn: _Turn, state: TaskState, outcome: Outcome, label: str, told: WorkTold) -> Taken:
    """Ends the operator's turn, or one that begins and ends at once; one that has ended stays as it is."""
    why = turn.why_no_step()
    own = turn.own
    if not why and own is not None and not own.is_open:
        why = f"it is {own.state} already: start it again to repeat it"
    if not why and own is None and len(turn.work.tasks) >= MOST_TASKS:
        why = f"{MOST_TASKS} turns are kept for an outage: no more can be begun"
    if why:
        return turn.refuse(why)
    begun = own or _begun(turn)
    before = Standing(own.state, own.reason) if own is not None else None
    ended = replace(begun, state=state, outcome=outcome, ended_at=turn.now.at, reason=turn.action.reason, before=before)
    work = _put(turn.work, own, ended) if own is not None else replace(turn.work, tasks=(*turn.work.tasks, ended))
    here = Place(turn.name, turn.slug)
    onward = ways.onward(work, here, label, turn.books)
    return turn.went(work, onward if onward is not None else here, task=ended, told=told)


def _done(turn: _Turn) -> Taken:
    return _end(turn, TaskState.COMPLETED, Outcome.EXPECTED, SO, WorkTold.COMPLETED)


def _failed(turn: _Turn) -> Taken:
    step, label = turn.step(), turn.action.to or NOT
    labels = [branch.label for branch in step.branches] if step is not None else []
    if turn.action.to and label not in (NOT, *labels):
        return turn.refuse(f"no branch {label}; there are {', '.join(labels) or 'none'}")
    return _end(turn, TaskState.COMPLETED, Outcome.OTHER, label, WorkTold.COMPLETED)


def _skip(turn: _Turn) -> Taken:
    if not turn.action.reason.strip():
        return turn.refuse("skipping a step needs a reason")
    return _end(turn, TaskState.SKIPPED, Outcome.NONE, "", WorkTold.SKIPPED)


def _back(turn: _Turn) -> Taken:
    if turn.worker is None or not turn.worker.trail:
        return turn.refuse("there is nothing before it")
    return Taken(work=ways.step_back(turn.work, turn.worker, turn.now.at), place=turn.worker.trail[-1])


def _jump(turn: _Turn) -> Taken:
    if turn.book is None:
        return turn.refuse(f"no runbook {turn.name} is there")
    slug = turn.action.step or ways.next_undone(turn.book, turn.work)
    if turn.action.step and turn.why_no_step():
        return turn.refuse(turn.why_no_step())
    is_new = turn.worker is None or turn.worker.place.runbook != turn.name
    return turn.went(turn.work, Place(turn.name, slug), told=WorkTold.OPENED if is_new else None)


def _restart(turn: _Turn) -> Taken:
    if turn.book is None or not turn.book.steps:
        return turn.refuse(f"no runbook {turn.name} is there")
    return turn.went(turn.work, Place(turn.name, turn.book.steps[0].slug))


def _hand_over(turn: _Turn) -> Taken:
    to = turn.action.to.strip()
    if not to or to == turn.operator:
        return turn.refuse("name the operator who takes it over")
    place = turn.worker.place if turn.worker is not None else Place(turn.name, turn.slug)
    reason = f"handed over by {turn.operator} {turn.action.reason}".strip()
    is_at = {(task.runbook, task.step) for task in turn.work.tasks if task.is_open and task.operator == to}
    tasks = tuple(
        replace(task, operator=to, state=TaskState.IN_PROGRESS, reason=reason)
        if task.is_open and task.operator == turn.operator and (task.runbook, task.step) not in is_at
        else task
        for task in turn.work.tasks
    )
    others = tuple(worker for worker in turn.work.workers if worker.operator != turn.operator)
    work = replace(turn.work, tasks=tasks, workers=others)
    return Taken(work=ways.move(work, to, place, turn.now.at), place=place)


def _undo(turn: _Turn) -> Taken:
    task = turn.own if turn.action.step else _ended_last(turn)
    if task is None:
        return turn.refuse("there is nothing of yours to take back")
    if not task.is_ended_by_hand:
        return turn.refuse("it is open" if task.is_open else "evidence has made it green: start it again to repeat it")
    was = task.before or Standing(TaskState.STARTED, "")
    state = TaskState.IN_PROGRESS if task.seen else was.state
    opened = replace(_reopened(task), state=state, reason=was.reason)
    work, here = _put(turn.work, task, opened), Place(task.runbook, task.step)
    if turn.worker is not None and turn.worker.trail[-1:] == (here,):
        work = ways.step_back(work, turn.worker, turn.now.at)  # the way on is forgotten with what led there
    told = WorkTold.NOT_SKIPPED if task.state is TaskState.SKIPPED else WorkTold.TAKEN_BACK
    return turn.went(work, here, task=opened, told=told)


def _ended_last(turn: _Turn) -> RemediationTask | None:
    """Of the operator's last turns at every step the one that they have ended last."""
    turns = {(task.runbook, task.step): task for task in turn.work.tasks if task.operator == turn.operator}
    ended = [task for task in turns.values() if task.is_ended_by_hand]
    return max(reversed(ended), key=lambda task: task.ended_at or 0.0, default=None)


_DEEDS: Mapping[StepDeed, Callable[[_Turn], Taken]] = {
    StepDeed.OPEN: _open,
    StepDeed.START: _start,
    StepDeed.DONE: _done,
    StepDeed.FAILED: _failed,
    StepDeed.SKIP: _skip,
    StepDeed.BACK: _back,
    StepDeed.JUMP: _jump,
    StepDeed.RESTART: _restart,
    StepDeed.HAND_OVER: _hand_over,
    StepDeed.UNDO: _undo,
}
