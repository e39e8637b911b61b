"""Pure. What an operator's action does, what it refuses and why, and what the audit says of it (SPEC 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, field

from statetrace_engine.health.agenda import Due
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import RANK, OutageRecord
from statetrace_engine.model import Epoch, compared, names
from statetrace_engine.model.action import (
    AcceptBaseline,
    Acknowledge,
    ActionResult,
    EndMaintenance,
    HandOver,
    Looked,
    Maintain,
    MarkChange,
    MarkDrill,
    MarkSeen,
    MarkShown,
    OutageAction,
    Undo,
)
from statetrace_engine.model.change import Acted, FirstLook
from statetrace_engine.model.marked import Subject, bounded, subject_of
from statetrace_engine.model.outage import TimelineMark
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.text import sanitise


class Undoable(Struct):
    operator: str
    at: float
    outage_ids: tuple[str, ...]
    was_latched: list[bool] = field(default_factory=list)
    """Of each outage: only one that nobody has acknowledged can be, so that nothing else needs to be kept."""


class Actions:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.undoable: dict[str, Undoable] = {}
        self._done: dict[str, ActionResult] = {}
        self.above: dict[type, Callable[[Any], Acted]] = {}
        """By kind of action, what the rooms above do: each takes the kind under which it stands."""

    def take(self, action: OutageAction) -> Acted:
        """Applies it once: a repeat of an action id answers what the first one did."""
        ident = getattr(action, "action_id", "")
        if ident and ident in self._done and not isinstance(action, Undo):
            return Acted(result=self._done[ident], audit=())
        acted = self._apply(action)
        if ident and not isinstance(action, Undo):
            self._done[ident] = acted.result
            while len(self._done) > 1000:
                del self._done[next(iter(self._done))]
        return acted

    def _apply(self, action: OutageAction) -> Acted:
        match action:
            case Acknowledge():
                return self._acknowledge(action)
            case Undo():
                return self._undo(action)
            case HandOver():
                return self._hand_over(action)
            case MarkSeen():
                return self._seen(action)
            case MarkShown():
                return self._shown(action)
            case Maintain():
                return self._maintain(action)
            case EndMaintenance():
                return self._end_maintenance(action)
            case AcceptBaseline():
                return self._accept_baseline(action)
            case MarkDrill():
                return self._drill(action)
            case MarkChange():
                return self._mark_change(action)
            case Looked():
                return self._looked(action)
            case _:
                return self.above[type(action)](action)

    def _acknowledge(self, action: Acknowledge) -> Acted:
        touched, refused, audit = [], {}, []
        undo = Undoable(action.operator, self._machine.now, ())
        for ident in action.outage_ids:
            record = self._machine.life.records.get(ident)
            why = self._why_not_acknowledge(record, ident)
            audit.append(self._entry(action.operator, "acknowledge", ident, why or action.note))
            if record is None or why:
                refused[ident] = why
                continue
            undo.was_latched.append(record.is_latched)
            self._set(record, action.operator, action.note, action.action_id, action.expires_at)
            touched.append(ident)
        if touched:
            undo.outage_ids = tuple(touched)
            self.undoable[action.action_id] = undo
        return Acted(result=_result(touched, refused, action.action_id), audit=tuple(audit))

    @staticmethod
    def _why_not_acknowledge(record: OutageRecord | None, ident: str) -> str:
        if record is None:
            return f"no outage {ident} is open or recent"
        if record.acked_by:
            return f"already acknowledged by {record.acked_by}"
        return "" if record.is_open or record.is_latched else "it is over"

    def _set(self, record: OutageRecord, operator: str, note: str, action_id: str, expires_at: Epoch | None) -> None:
        machine = self._machine
        at = machine.moment.now_at
        expires_at = expires_at or at + machine.policy.ack_expires_s
        record.acked_by, record.acked_at, record.ack_note = operator, at, note
        record.ack_action, record.ack_expires_at = action_id, expires_at
        record.acked_worst = max(record.worst, record.real, key=RANK.__getitem__)
        record.mark(TimelineMark(at=at, lane="ack", verdict="", text=f"{operator} {note}".strip()))
        if not record.is_open:
            record.is_latched = False
            self._unlatch(record)
        machine.agenda.set(Due.ACK_EXPIRY, record.outage_id, expires_at - machine.moment.offset)
        self._touch(record)

    def _undo(self, action: Undo) -> Acted:
        machine = self._machine
        if action.action_id in machine.marks.undoable:
            return self._undo_mark(action)
        undo = self.undoable.get(action.action_id)
        if undo is None:
            return self._not_undone(action, "there is nothing to undo")
        if machine.now - undo.at > machine.policy.undo_s:
            return self._not_undone(action, self._too_late)
        del self.undoable[action.action_id]
        touched, audit = [], []
        for ident, was_latched in zip(undo.outage_ids, undo.was_latched, strict=True):
            record = machine.life.records.get(ident)
            if record is None or record.ack_action != action.action_id:
                continue
            machine.life.lapse(record, f"{action.operator} undid it")
            if was_latched or not record.is_open:
                self._latch(record)
            touched.append(ident)
            audit.append(self._entry(action.operator, "undo", ident, ""))
            self._touch(record)
        return Acted(result=_result(touched, {}, action.action_id), audit=tuple(audit))

    @property
    def _too_late(self) -> str:
        return f"more than {self._machine.policy.undo_s:.0f} s ago"

    def _not_undone(self, action: Undo, why: str) -> Acted:
        return Acted(
            result=ActionResult(refused={action.action_id: why}, action_id=action.action_id),
            audit=(self._entry(action.operator, "undo", action.action_id, why),),
        )

    def _undo_mark(self, action: Undo) -> Acted:
        """What was said of a change, or taken back, is as it was before."""
        machine = self._machine
        undone = machine.marks.undoable[action.action_id]
        if machine.now - undone.at > machine.policy.undo_s:
            return self._not_undone(action, self._too_late)
        if not machine.marks.undo(action.action_id):
            return self._not_undone(action, "something else was said of it since")
        subject = _named(undone.subject)
        audit = self._entry(action.operator, "undo", sanitise(subject, 500), "of mark-change")
        return Acted(result=_result([subject], {}, action.action_id), audit=(audit,))

    def _hand_over(self, action: HandOver) -> Acted:
        touched, refused, audit = [], {}, []
        for ident in action.outage_ids:
            record = self._machine.life.records.get(ident)
            if record is None or not record.is_open:
                refused[ident] = "it is not open"
                continue
            self._set(record, action.to, f"handed over by {action.operator}", action.action_id, None)
            touched.append(ident)
            audit.append(self._entry(action.operator, "hand-over", ident, f"to {action.to}"))
        return Acted(result=_result(touched, refused, action.action_id), audit=tuple(audit))

    def _seen(self, action: MarkSeen) -> Acted:
        touched = []
        for ident in action.outage_ids:
            record = self._machine.life.records.get(ident)
            if record is not None and record.is_latched:
                record.is_latched = False
                self._unlatch(record)
                self._touch(record)
                touched.append(ident)
        audit = tuple(self._entry(action.operator, "seen", ident, "") for ident in touched)
        return Acted(result=_result(touched, {}, ""), audit=audit)

    def _unlatch(self, record: OutageRecord) -> None:
        route = self._machine.topology.routes.get(record.route_id)
        if route is not None and route.state.outage_id == record.outage_id:
            route.state.outage_id = ""

    def _latch(self, record: OutageRecord) -> None:
        route = self._machine.topology.routes.get(record.route_id)
        if route is not None and not route.state.outage_id and not record.is_transient:
            record.is_latched = True
            route.state.outage_id = record.outage_id

    def _shown(self, action: MarkShown) -> Acted:
        touched = []
        at = self._machine.moment.now_at
        for ident in action.outage_ids:
            record = self._machine.life.records.get(ident)
            if record is not None and record.shown_at is None:
                record.shown_at = at
                record.mark(TimelineMark(at=at, lane="shown", verdict="", text=action.operator))
                self._touch(record)
                touched.append(ident)
        return Acted(result=_result(touched, {}, ""), audit=())

    def _maintain(self, action: Maintain) -> Acted:
        window = action.window
        if window.ends_at <= self._machine.moment.now_at:
            why = "the window has ended already"
            return Acted(result=_result([], {window.maintenance_id: why}, action.action_id), audit=())
        self._machine.declare(window)
        scope = window.route_id or window.hostname or window.site
        return Acted(
            result=_result([window.maintenance_id], {}, action.action_id),
            audit=(self._entry(action.operator, "maintenance", scope, window.reason),),
        )

    def _end_maintenance(self, action: EndMaintenance) -> Acted:
        window = self._machine.windows.by_id.get(action.maintenance_id)
        if window is None:
            return Acted(result=_result([], {action.maintenance_id: "no such window"}, action.action_id), audit=())
        self._machine.end_window(action.maintenance_id)
        scope = window.route_id or window.hostname or window.site
        return Acted(
            result=_result([action.maintenance_id], {}, action.action_id),
            audit=(self._entry(action.operator, "maintenance-end", scope, ""),),
        )

    def _accept_baseline(self, action: AcceptBaseline) -> Acted:
        touched, refused, audit = [], {}, []
        for ident in action.route_ids:
            detail, why = self._machine.accept_baseline(ident)
            audit.append(self._entry(action.operator, "baseline", ident, why or detail))
            if why:
                refused[ident] = why
            else:
                touched.append(ident)
        return Acted(result=_result(touched, refused, action.action_id), audit=tuple(audit))

    def _drill(self, action: MarkDrill) -> Acted:
        touched = []
        for ident in action.outage_ids:
            record = self._machine.life.records.get(ident)
            if record is not None:
                at = self._machine.moment.now_at
                record.mark(TimelineMark(at=at, lane="context", verdict="", text=f"a drill of {action.operator}"))
                self._touch(record)
                touched.append(ident)
        audit = [self._entry(action.operator, "drill", action.scope, action.words)]
        audit += [self._entry(action.operator, "drill", ident, f"of {action.scope}") for ident in touched]
        return Acted(result=_result(touched, {}, action.action_id), audit=tuple(audit))

    def _mark_change(self, action: MarkChange) -> Acted:
        """The audit says of what it is: from what to what, or with what it came or went."""
        self._machine.marks.take(action, self._machine.moment.now_at, self._machine.now)
        subject = _named(subject_of(action))
        values = compared.said(action.change_type, bounded(action.steps))
        said = " ".join(filter(None, (action.verdict.value.replace("_", " "), action.note)))
        detail = ": ".join(filter(None, (action.change_type.value, values, said)))
        audit = self._entry(action.operator, "mark-change", sanitise(subject, 500), sanitise(detail, 1000))
        return Acted(result=_result([subject], {}, action.action_id), audit=(audit,))

    def _looked(self, action: Looked) -> Acted:
        at, hostname = self._machine.moment.now_at, names.hostname(action.hostname)
        records = self._machine.life.records
        fresh = []
        for ident in dict.fromkeys(filter(None, (action.outage_id, *self._open_on(hostname)))):
            record = records.get(ident)
            if record is None or record.looked_at is not None:
                continue
            record.looked_at = at
            text = f"{action.operator} looked at what changed"
            record.mark(TimelineMark(at=at, lane="context", verdict="", text=text))
            self._touch(record)
            fresh.append(ident)
        look = FirstLook(at=at, hostname=hostname, outage_ids=tuple(fresh), runs=self._machine.looks.take(action.runs))
        return Acted(result=_result(fresh, {}, ""), audit=(), looked=look)

    def _open_on(self, hostname: str) -> Iterator[str]:
        """Outages; a route names one that is over as long as it is latched."""
        device = self._machine.topology.devices.get(hostname)
        for route in device.routes.values() if device is not None else ():
            record = self._machine.life.records.get(route.state.outage_id)
            if record is not None and record.is_open:
                yield record.outage_id

    def _touch(self, record: OutageRecord) -> None:
        self._machine.life.dirty[record.outage_id] = record
        self._machine.touch(record.route_id)

    def _entry(self, operator: str, action: str, subject: str, detail: str) -> AuditEntry:
        at = self._machine.moment.now_at
        return AuditEntry(seq=0, at=at, operator=operator, action=action, subject=subject, detail=detail, digest="")


def _named(subject: Subject) -> str:
    """`WLLS-A01-AR-01 at WLLS interfaces GigabitEthernet0/1`."""
    where = f"{subject.hostname} at {subject.site}" if subject.site else subject.hostname
    return " ".join((where, subject.kind.value, *subject.key))


def _result(touched: list[str], refused: dict[str, str], action_id: str) -> ActionResult:
    return ActionResult(touched=tuple(touched), refused=refused, action_id=action_id)
