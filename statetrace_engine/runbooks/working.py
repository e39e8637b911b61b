"""Pure. Work by runbooks within the pipeline: operators' deeds and what signals show, kept with each outage."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.model import names
from statetrace_engine.model.action import ActionResult, HandOver, WorkStep
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.change import Acted, Change, Worked, WorkTold
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.observation import Observation
from statetrace_engine.model.outage import OutageEvent, TimelineMark
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook, RemediationTask, StepDeed, StepEvidence
from statetrace_engine.model.runbook import Check, Runbook, RunbookStep
from statetrace_engine.model.signal import Signal
from statetrace_engine.runbooks import checks, filling, guide, library, tasks, ways
from statetrace_engine.runbooks.checks import Heard, Scene, when
from statetrace_engine.runbooks.guide import Sight


class Watch(Struct, frozen=True):
    """What may say something on the steps of an outage that verify themselves."""

    hosts: frozenset[str]
    probes: frozenset[str]
    route_id: str
    names: frozenset[str]
    """Interfaces, neighbours, next hops and the prefix: what else is said of a host is about something else."""
    wants_all: bool
    """A step asks whether the device says anything."""


class Working:
    """`event` makes of a record the outage that leaves the engine: it names the runbook that serves it."""

    def __init__(
        self,
        machine: Machine,
        event: Callable[[OutageRecord], OutageEvent],
        runbooks: Iterable[Runbook],
        tell: Callable[[Change], None],
    ) -> None:
        self._machine = machine
        self._event = event
        self._tell_all = tell
        self.books = {runbook.name: runbook for runbook in runbooks}
        self._watches: dict[str, Watch] = {}
        """By outage: those with steps that verify themselves, and nothing else costs a signal anything."""
        self._of_host: dict[str, list[str]] = {}
        self._of_probe: dict[str, list[str]] = {}
        self._of_route: dict[str, list[str]] = {}
        self._heard = Heard()
        self._touched: dict[str, None] = {}
        """Outages of which this signal may say something."""

    def install(self, runbooks: Iterable[Runbook]) -> None:
        """These are in force from here on; what was done by others stays done."""
        self.books = {runbook.name: runbook for runbook in runbooks}
        self.restore()

    # Listening ----------------------------------------------------------------------------------------------------

    def restore(self) -> None:
        """After the records of outages were given back."""
        self._watches = {}
        for record in self._machine.life.records.values():
            self._watch(record)
        self._index()

    def wants(self, hostname: str) -> bool:
        """Whether what that device says, repeats included, may verify a step."""
        return hostname in self._of_host

    def hear(self, observation: Observation, steady: float | None = None) -> None:
        """A word of a device, of a time on the engine's clock; call it only where `wants` says so."""
        fact = observation.fact
        of_host = self._of_host.get(observation.hostname, ()) if not observation.is_history else ()
        said = {fact.name, f"{fact.vrf}|{fact.name}", *fact.peer_names}
        touched = [ident for ident in of_host if self._watches[ident].wants_all or said & self._watches[ident].names]
        if touched:
            self._heard.words.append((observation, when(observation) if steady is None else steady))
            self._touched |= dict.fromkeys(touched)

    def probed(self, probe_id: str) -> None:
        if probe_id in self._of_probe:
            self._touched |= dict.fromkeys(self._of_probe[probe_id])

    def captured(self, told: Captured) -> None:
        host = names.hostname(told.hostname)
        if host in self._of_host:
            self._heard.captured = told
            self._touched |= dict.fromkeys(self._of_host[host])

    def compared(self, told: Compared) -> None:
        host = names.hostname(told.hostname)
        if host in self._of_host:
            self._heard.compared = told
            self._touched |= dict.fromkeys(self._of_host[host])

    def follow(self, signal: Signal | None = None) -> None:
        """What this signal, or a deadline, has shown of steps that verify themselves; before anybody is told of it."""
        if not self._watches:
            return
        for route_id in self._of_route.keys() & self._machine.assessor.dirty.keys():
            self._touched |= dict.fromkeys(self._of_route[route_id])
        heard, self._heard = self._heard, Heard()
        touched, self._touched = self._touched, {}
        if signal is not None:
            heard.seq, heard.steady, heard.received_at = signal.seq, signal.steady, signal.received_at
        for outage_id in touched:
            record = self._machine.life.records.get(outage_id)
            if record is not None and record.is_open:
                self._verify(record, heard)

    def refresh(self, changed: Iterable[OutageRecord]) -> None:
        """Of outages of which something changed: it may be over, or others may say something on it."""
        if self._watches:
            known = dict(self._watches)
            for record in changed:
                if record.outage_id in known:
                    self._watch(record)
            if known != self._watches:
                self._index()

    def _watch(self, record: OutageRecord) -> None:
        route = self._machine.topology.routes.get(record.route_id)
        asked = [(task, check.kind) for task in tasks.watched(record.work) for check in self._checks(task)]
        if route is None or not record.is_open or not asked:
            self._watches.pop(record.outage_id, None)
            return
        hosts = {change.hostname for change in record.changes} | {route.record.hostname}
        probes = [*route.probes(), *route.device.controls]
        names_ = {name for path in (*route.primaries, *route.secondaries) for name in path.depends_on()}
        self._watches[record.outage_id] = Watch(
            hosts=frozenset(hosts),
            probes=frozenset(track.probe.probe_id for track in probes),
            route_id=record.route_id,
            names=frozenset(names_ | {route.record.prefix}),
            wants_all=any(task.is_open and kind == "device" for task, kind in asked),
        )

    def _checks(self, task: RemediationTask) -> tuple[Check, ...]:
        step = ways.step_of(self.books.get(task.runbook), task.step)
        return step.checks if step is not None else ()

    def _index(self) -> None:
        self._of_host, self._of_probe, self._of_route = {}, {}, {}
        for outage_id, watch in self._watches.items():
            self._of_route.setdefault(watch.route_id, []).append(outage_id)
            for host in watch.hosts:
                self._of_host.setdefault(host, []).append(outage_id)
            for probe_id in watch.probes:
                self._of_probe.setdefault(probe_id, []).append(outage_id)

    # Verifying ----------------------------------------------------------------------------------------------------

    def _verify(self, record: OutageRecord, heard: Heard) -> None:
        scene = self._scene(record, heard)
        if scene is None:
            return
        before, moment = record.work, self._machine.moment
        work = before
        now = tasks.Now(moment.now, moment.now_at)
        for task in tasks.watched(work):
            looked = ((check, checks.look(check, scene)) for check in self._checks(task))
            seen = {tasks.name_of(check): found for check, found in looked if not found.why_not}
            for name, found in seen.items():
                word = checks.decided(found, task.started)
                if word is None:
                    continue
                noted = tasks.note(work, task, name, word, seen.keys(), now)
                work, task = noted.work, noted.task  # the next check goes on with it
                if noted.told is not None:
                    record.work = work
                    self._tell_verified(record, noted.told, task, word)
                    work = tasks.go_on(work, task, self.books, now) if task.is_done else work
        if work is not before:
            record.work = work
            self._touch(record)

    def _scene(self, record: OutageRecord, heard: Heard) -> Scene | None:
        route = self._machine.topology.routes.get(record.route_id)
        if route is None:
            return None
        failed = filling.failed_path(self._event(record).evidence, route.record.paths)
        path = next((track for track in (*route.primaries, *route.secondaries) if track.path == failed), None)
        return Scene(self._machine, record, route, path, heard)

    def _sight(self, record: OutageRecord, runbook: str) -> dict[str, Sight]:
        """What the engine sees now of every step of a runbook that checks anything, by its slug."""
        scene, book = self._scene(record, Heard()), self.books.get(runbook)
        if scene is None or book is None:
            return {}
        return {step.slug: self._sight_of(step, scene) for step in book.steps if step.checks}

    @staticmethod
    def _sight_of(step: RunbookStep, scene: Scene) -> Sight:
        seen = [checks.look(check, scene) for check in step.checks]
        words = {word for each in seen for word in each.words}
        return Sight(
            checks=tuple(each.text for each in seen if each.text),
            unverifiable="; ".join(dict.fromkeys(each.why_not for each in seen if each.why_not)),
            evidence=tuple(sorted(words, key=lambda word: word.steady, reverse=True)),
        )

    def _tell_verified(self, record: OutageRecord, told: WorkTold, task: RemediationTask, word: StepEvidence) -> None:
        said = "verified" if told is WorkTold.COMPLETED else "no longer so"
        at = self._machine.moment.now_at
        record.mark(TimelineMark(at=at, lane="runbook", verdict="", text=f"{said}: {task.title}: {word.text}"))
        self._tell_all(self._of_task(record, told, task))

    def guide(self, outage_id: str, operator: str, runbook: str) -> GuidedRunbook | None:
        """A runbook as that operator works by it; None for an outage that nobody knows, or no longer."""
        record = self._machine.life.records.get(outage_id)
        if record is None:
            return None
        route, outage = self._machine.topology.routes.get(record.route_id), self._event(record)
        asked = guide.Asked(
            operator=operator,
            runbook=runbook,
            at=self._machine.moment.now_at,
            opened_at=self._machine.moment.wall(record.opened),
            vendor=route.device.device.vendor if route is not None else "",
            fills=filling.fills(outage, route.record if route is not None else None),
            sight=lambda name: self._sight(record, name),
        )
        return guide.of(outage, self.books, asked)

    # Acting -------------------------------------------------------------------------------------------------------

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
        self._watch(record)
        self._index()
        self._tell(record, taken, action)
        self._touch(record)
        return Acted(result=ActionResult(touched=(action.outage_id,), action_id=action.action_id), audit=(entry,))

    def hand_over(self, action: HandOver, outage_ids: Iterable[str]) -> None:
        """Outages were handed over, and with them what their operator does by runbooks."""
        moment = self._machine.moment
        for record in filter(None, map(self._machine.life.records.get, outage_ids)):
            if ways.worker_of(record.work, action.operator) is None:
                continue
            given = WorkStep("", action.operator, record.outage_id, deed=StepDeed.HAND_OVER, to=action.to)
            record.work = tasks.take(record.work, given, self.books, "", tasks.Now(moment.now, moment.now_at)).work
            self._touch(record)

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
            self._tell_all(self._worked(record, taken.told, taken.place.runbook, taken.place.step, action.operator))
        elif taken.told is not None and task is not None:
            self._tell_all(self._of_task(record, taken.told, task))

    def _of_task(self, record: OutageRecord, told: WorkTold, task: RemediationTask) -> Worked:
        worked = self._worked(record, told, task.runbook, task.step, task.operator)
        lasted_s = max((task.ended_at or task.started_at) - task.started_at, 0.0)
        return replace(worked, is_verified=task.proof is not None, duration_s=lasted_s)

    def _worked(self, record: OutageRecord, told: WorkTold, runbook: str, step: str, operator: str) -> Worked:
        book = self.books.get(runbook)
        slugs = {each.slug for each in book.steps} if book is not None else set()
        done = ways.settled(record.work, runbook)
        return Worked(
            what=told, outage_id=record.outage_id, runbook=runbook, step=step, operator=operator, is_verified=False,
            done=len(done & slugs) if slugs else len(done), of=len(slugs),
        )  # fmt: skip

    def _touch(self, record: OutageRecord) -> None:
        self._machine.life.dirty[record.outage_id] = record
        self._machine.touch(record.route_id)
