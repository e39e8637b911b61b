"""Pure. Work by runbooks within the pipeline: operators' deeds and what signals show, kept with each outage."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.model.action import ActionResult, WorkStep
from statetrace_engine.model.change import Acted, Change, Worked, WorkTold
from statetrace_engine.model.outage import OutageEvent, TimelineMark
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import RemediationTask
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import library, tasks


class Working:
    """`event` makes of a record the outage that leaves the engine: it names the runbook that serves it."""

    def __init__(self, machine: Machine, event: Callable[[OutageRecord], OutageEvent]) -> None:
        self._machine = machine
        self._event = event
        self.books: dict[str, Runbook] = {}
        self.out: list[Change] = []

    def install(self, runbooks: Iterable[Runbook]) -> None:
        """These are in force from here on; what was done by others stays done."""
        self.books = {runbook.name: runbook for runbook in runbooks}

    def take(self, action: WorkStep) -> Acted:
        record = self._machine.life.records.get(action.outage_id)
        if record is None:
            refused = {action.outage_id: f"no outage {action.outage_id} is open or recent"}
            return Acted(result=ActionResult(refused=refused, action_id=action.action_id), audit=())
        outage = self._event(record)
        served = library.choose(outage.cause, outage.runbook, self.books.values()).name
        moment = self._machine.moment
        taken = tasks.take(record.work, action, self.books, served, tasks.Now(moment.now, moment.now_at))
        entry = self._entry(action, served, taken)
        if taken.refused:
            refused = {action.outage_id: taken.refused}
            return Acted(result=ActionResult(refused=refused, action_id=action.action_id), audit=(entry,))
        if taken.work is record.work:
            return Acted(result=ActionResult(touched=(action.outage_id,), action_id=action.action_id), audit=())
        record.work = taken.work
        self._tell(record, taken, action)
        self._touch(record)
        return Acted(result=ActionResult(touched=(action.outage_id,), action_id=action.action_id), audit=(entry,))

    def _entry(self, action: WorkStep, served: str, taken: tasks.Taken) -> AuditEntry:
        task, place = taken.task, taken.place
        runbook = task.runbook if task is not None else action.runbook or (place.runbook if place else served)
        step = task.step if task is not None else action.step or (place.step if place else "")
        words = (f"{runbook} {step}".strip(), action.to, action.reason, taken.refused)
        return AuditEntry(
            seq=0, at=self._machine.moment.now_at, operator=action.operator,
            action=f"runbook-{action.deed.value.replace(' ', '-')}", subject=action.outage_id,
            detail=": ".join(filter(None, words)), digest="",
        )  # fmt: skip

    def _tell(self, record: OutageRecord, taken: tasks.Taken, action: WorkStep) -> None:
        task, at = taken.task, self._machine.moment.now_at
        if task is not None:
            words = f"{action.operator}: {action.deed.value} {task.title}"
            record.mark(TimelineMark(at=at, lane="runbook", verdict="", text=words))
        if taken.told is WorkTold.OPENED and taken.place is not None:
            self.out.append(self._worked(record, taken.told, taken.place.runbook, taken.place.step, action.operator))
        elif taken.told is not None and task is not None:
            self.out.append(self._of_task(record, taken.told, task))

    def _of_task(self, record: OutageRecord, told: WorkTold, task: RemediationTask) -> Worked:
        worked = self._worked(record, told, task.runbook, task.step, task.operator)
        lasted_s = max((task.ended_at or task.started_at) - task.started_at, 0.0)
        return replace(worked, is_verified=task.proof is not None, duration_s=lasted_s)

    def _worked(self, record: OutageRecord, told: WorkTold, runbook: str, step: str, operator: str) -> Worked:
        book = self.books.get(runbook)
        slugs = {each.slug for each in book.steps} if book is not None else set()
        done = tasks.settled(record.work, runbook)
        return Worked(
            what=told, outage_id=record.outage_id, runbook=runbook, step=step, operator=operator, is_verified=False,
            done=len(done & slugs) if slugs else len(done), of=len(slugs),
        )  # fmt: skip

    def _touch(self, record: OutageRecord) -> None:
        self._machine.life.dirty[record.outage_id] = record
        self._machine.touch(record.route_id)
