"""Pure. What a pipeline knows beyond its inventory, as one record: how a restart or a reload loses nothing."""

from __future__ import annotations

from collections.abc import Container, Mapping
from itertools import islice

from msgspec import Raw, Struct, field, msgpack
from msgspec.structs import replace

from statetrace_engine.anomalies.desk import SavedDesk
from statetrace_engine.explain.incidents import IncidentRecord, Incidents
from statetrace_engine.health.actions import Actions, Undoable
from statetrace_engine.health.conflict_rate import ConflictDay, SavedRate
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.marks import UndoableMark
from statetrace_engine.health.probe_window import SavedWindow
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import DeviceState, OutageRecord, ProbeState, RouteState, SubjectState
from statetrace_engine.health.watched import ProbeTrack, RouteTrack
from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import ChangeMark
from statetrace_engine.model.health import HealthState, Overlay
from statetrace_engine.model.inventory import Device, Maintenance, ProbeTests
from statetrace_engine.model.observation import SubjectKind, Verdict
from statetrace_engine.model.route import Role, RoutePath, RouteRecord

VERSION = 4


class Checkpoint(Struct, kw_only=True):
    version: int = VERSION
    now: float = 0.0
    offset: float = 0.0
    subjects: list[tuple[tuple[str, SubjectKind, str, str], SubjectState]] = field(default_factory=list)
    """Those of which a device has spoken."""
    probes: dict[str, ProbeState] = field(default_factory=dict)
    """Those that are not plainly answering."""
    answered: dict[str, tuple[float, int, int]] = field(default_factory=dict)
    """As `Measurer.answered`."""
    slow_ms: dict[str, float] = field(default_factory=dict)
    """What is slow for each probe that has been asked long enough."""
    windows_of_loss: dict[str, SavedWindow] = field(default_factory=dict)
    """Of probes that lost or were slow in the last minute; the others start theirs anew."""
    devices: dict[str, DeviceState] = field(default_factory=dict)
    routes: dict[str, RouteState] = field(default_factory=dict)
    """Those that are not plainly healthy."""
    outages: dict[str, OutageRecord] = field(default_factory=dict)
    """Open and latched ones; the store has the others."""
    incidents: dict[str, IncidentRecord] = field(default_factory=dict)
    agenda: list[tuple[str, str, float]] = field(default_factory=list)
    windows: list[Maintenance] = field(default_factory=list)
    undoable: dict[str, Undoable] = field(default_factory=dict)
    isolated_since: float | None = None
    parked: list[tuple[float, str, str]] = field(default_factory=list)
    lost_sources: dict[str, str] = field(default_factory=dict)
    unwatched: tuple[float, str] = (float("-inf"), "")
    captured: list[RouteRecord] = field(default_factory=list)
    """Routes that only captures tell of, as they were first watched."""
    seen: list[Device] = field(default_factory=list)
    """Devices, and addresses of devices, that only captures tell of."""
    last_capture: int = 0
    turns: tuple[int, int] = (0, 0)
    marks: tuple[ChangeMark, ...] = ()
    """What operators said of changes, oldest first."""
    undoable_marks: dict[str, UndoableMark] = field(default_factory=dict)
    looked: tuple[int, ...] = ()
    """Runs whose changes somebody has looked at."""
    conflicts: SavedRate = field(default_factory=SavedRate)
    """The windows of the last days, counted."""
    desk: SavedDesk = field(default_factory=SavedDesk)
    """Cards, and what rules remember."""


def take(machine: Machine, incidents: Incidents, actions: Actions) -> Checkpoint:
    """Costs what is not quiet, not what is watched."""
    topology, life = machine.topology, machine.life
    kept = {ident: r for ident, r in life.records.items() if r.is_open or r.is_latched}
    assessor, now, window = machine.assessor, machine.now, machine.assessor.conflicts.rate.current
    assessor.loud |= assessor.looked
    loud = assessor.loud = {ident: r for ident, r in assessor.loud.items() if not is_quiet(r.state, now, window)}
    saved = Checkpoint(
        now=machine.now,
        offset=machine.moment.offset,
        subjects=[(k, s.state) for k, s in topology.spoken.items()],
        devices={h: d.state for h, d in topology.devices.items() if is_known(d.state)},
        routes={ident: r.state for ident, r in loud.items()},
        outages=kept,
        incidents={ident: r for ident, r in incidents.records.items() if r.closed is None},
        agenda=[a for a in machine.agenda.saved() if a[0] != "forget" or a[1] in kept],
        windows=[w for w in machine.windows.by_id.values() if w.declared_by],
        undoable={k: u for k, u in actions.undoable.items() if machine.now - u.at <= machine.policy.undo_s},
        isolated_since=machine.watcher.isolated_since if machine.watcher.is_isolated else None,
        parked=machine.parked,
        lost_sources=machine.lost_sources,
        unwatched=machine.unwatched,
        captured=list(topology.captured.values()),
        seen=list(topology.seen.values()),
        turns=machine.assessor.turns.given,
        conflicts=machine.assessor.conflicts.rate.saved(),
        marks=machine.marks.all(),
        undoable_marks={k: u for k, u in machine.marks.undoable.items() if machine.now - u.at <= machine.policy.undo_s},
        looked=machine.looks.all(),
    )
    _take_probes(saved, machine)
    for route in loud.values():
        for probe in route.probes():
            saved.probes[probe.probe.probe_id] = probe.state
    return saved


def is_known(state: DeviceState) -> bool:
    """It has been heard of."""
    return state.last_heard >= 0 or state.control is not None or bool(state.runs)


class _Conflicts(Struct):
    conflicts: SavedRate = field(default_factory=SavedRate)


class _Marks(Struct):
    marks: tuple[ChangeMark, ...] = ()


def conflicts_of(frozen: bytes) -> dict[int, ConflictDay]:
    """The counted windows of a checkpoint by UTC day, without the rest of it; nothing of one that cannot be read."""
    try:
        return msgpack.decode(frozen, type=_Conflicts).conflicts.days
    except ValueError:
        return {}


def marks_of(frozen: bytes) -> tuple[ChangeMark, ...]:
    """What operators said of changes, without the rest of a checkpoint; nothing of one that cannot be read."""
    try:
        return msgpack.decode(frozen, type=_Marks).marks
    except ValueError:
        return ()


class Encoder:
    """The checkpoints of one machine as msgpack: what has not changed since the last one is not encoded again."""

    def __init__(self) -> None:
        self._encode = msgpack.Encoder().encode
        self._routes: dict[str, Raw] = {}
        self._outages: dict[str, Raw] = {}

    def prepare(self, machine: Machine, most: int) -> bool:
        """Encodes so many records ahead of the next checkpoint, which pays for those that change until then; whether
        more of them have changed."""
        assessor, life, encode = machine.assessor, machine.life, self._encode
        for ident in list(islice(life.changed, most)):
            self._outages[ident] = Raw(encode(life.changed.pop(ident)))
        for ident in list(islice(assessor.looked, most)):
            route = assessor.loud[ident] = assessor.looked.pop(ident)
            if not is_quiet(route.state, machine.now, assessor.conflicts.rate.current):
                self._routes[ident] = Raw(encode(route.state))
            else:
                self._routes.pop(ident, None)
        return bool(life.changed or assessor.looked)

    def encode(self, saved: Checkpoint, machine: Machine) -> bytes:
        """`saved` was taken of the machine at this very moment."""
        assessor, life = machine.assessor, machine.life
        self._routes = self._kept(self._routes, saved.routes, assessor.looked)
        self._outages = self._kept(self._outages, saved.outages, life.changed)
        assessor.looked, life.changed = {}, {}
        fields = {name: getattr(saved, name) for name in saved.__struct_fields__}
        return self._encode(fields | {"routes": self._routes, "outages": self._outages})

    def _kept(self, old: dict[str, Raw], states: Mapping[str, Struct], changed: Container[str]) -> dict[str, Raw]:
        encode = self._encode
        return {i: old[i] if i in old and i not in changed else Raw(encode(s)) for i, s in states.items()}


def _take_probes(saved: Checkpoint, machine: Machine) -> None:
    """There are more of them than of anything else, so the measurer keeps the tale of those that plainly answer."""
    measurer = machine.measurer
    saved.answered, saved.slow_ms = measurer.answered, measurer.slow_ms
    for ident, probe in list(measurer.odd.items()):
        if probe.window.is_troubled():
            saved.windows_of_loss[ident] = probe.window.saved()
        elif is_plain(probe):
            del measurer.odd[ident]
        if not is_plain(probe):
            saved.probes[ident] = probe.state
        elif probe.state.has_answered:
            measurer.note_answer(probe)


MISSED_S = 10.0
"""So long a miss of a control probe still says something of the bursts of its device's paths."""


BACK_S = 300.0
"""So long the return of a device says whether it restarted, or only its agent did."""


def is_plain(probe: ProbeTrack) -> bool:
    """It never answered, or it answers and has done so for a while."""
    state = probe.state
    is_up = state.verdict is None or state.verdict is Verdict.UP
    has_missed = 0 <= state.last_good - state.last_miss <= MISSED_S and state.last_miss >= 0
    is_back = probe.probe.tests is ProbeTests.CONTROL and state.since > 0 and state.last_good - state.since <= BACK_S
    is_odd = has_missed or is_back or state.is_silent_target
    return is_up and state.suspect_since is None and not is_odd


def is_quiet(state: RouteState, now: float, window: int) -> bool:
    """Plainly healthy, or never heard of: a restart finds both again by itself; `window` is the present one."""
    if (
        state.outage_id
        or state.installed is not None
        or state.disagrees_since is not None
        or state.disagreed_s
        or state.counted_until >= window > 0
        or state.baseline
        or state.captured
        or state.offers
    ):
        return False
    if state.silent_targets or state.absent_walks or state.waiting:
        return False
    if state.state is HealthState.HEALTHY:
        return not state.overlays and (state.penalty == 0.0 or now - state.penalty_at > 600.0)
    is_unheard = state.state is HealthState.UNKNOWN and not state.recent and state.penalty == 0.0
    is_unheard = is_unheard and state.isolated_state is None
    return is_unheard and state.healthy_since_at == 0.0 and not state.overlays & ~Overlay.UNPROBED


def give(
    saved: Checkpoint,
    machine: Machine,
    incidents: Incidents,
    actions: Actions,
    since: dict[str, tuple[str, Epoch]],
) -> None:
    """Puts it back into a fresh machine; what the inventory no longer has is dropped.

    `since` tells the age of quiet routes: route id → (state, since). They start as unknown, because nobody has
    watched them, and take their age up again with the first proof.
    """
    topology = machine.topology
    for route_id, route_state in saved.routes.items():
        if route_id in topology.routes:
            topology.routes[route_id].state = route_state
    _restore_baselines(machine)
    for key, state in saved.subjects:
        subject = topology.known(key)
        if subject is not None:
            subject.state, topology.spoken[subject.key] = state, subject
    _give_probes(saved, topology)
    for host, device_state in saved.devices.items():
        if host in topology.devices:
            topology.devices[host].state = device_state
    for route_id, (state_name, since_at) in since.items():
        if route_id not in topology.routes or route_id in saved.routes:
            continue
        if state_name == HealthState.HEALTHY:
            topology.routes[route_id].state.healthy_since_at = since_at
        elif state_name == HealthState.UNKNOWN:
            topology.routes[route_id].state.since_at = since_at
    machine.life.records = {i: r for i, r in saved.outages.items() if r.route_id in topology.routes}
    for record in machine.life.records.values():  # versions before these kept no site of a change
        record.between = tuple(b if b.site else replace(b, site=topology.site_of(b.hostname)) for b in record.between)
    for window in saved.windows:
        machine.windows.add(window)
    machine.agenda.restore(saved.agenda)
    machine.parked, machine.lost_sources = saved.parked, saved.lost_sources
    machine.unwatched = saved.unwatched
    actions.undoable = saved.undoable
    machine.moment.move(saved.now, saved.offset)
    machine.assessor.turns.given = saved.turns
    if saved.isolated_since is not None:
        machine.watcher.is_isolated, machine.watcher.isolated_since = True, saved.isolated_since
    machine.assessor.conflicts.restore(saved.conflicts, saved.offset)
    machine.marks.restore(saved.marks, saved.undoable_marks)
    machine.looks.restore(saved.looked)
    machine.measurer.restore()
    incidents.restore(saved.incidents, saved.now)


def _give_probes(saved: Checkpoint, topology: Topology) -> None:
    for ident, (last_good, goods, seq) in saved.answered.items():
        if ident in topology.probes:
            topology.probes[ident].state = ProbeState(
                verdict=Verdict.UP,
                has_answered=True,
                last_good=last_good,
                last_sample=last_good,
                goods_in_a_row=goods,
                seq=seq,
            )
    for ident, state in saved.probes.items():
        if ident in topology.probes:
            topology.probes[ident].state = state
    for ident, window in saved.windows_of_loss.items():
        if ident in topology.probes:
            topology.probes[ident].window.give(window)
    for ident, limit_ms in saved.slow_ms.items():
        if ident in topology.probes:
            topology.probes[ident].window.learn(limit_ms)


def adopt(old: Machine, new: Machine) -> None:
    """A reload: the new machine goes on with the records of the old one, as they are."""
    for route_id, route in new.topology.routes.items():
        before = old.topology.routes.get(route_id)
        if before is not None:
            route.state = before.state
        if before is None or _primaries(before) != _primaries(route):
            route.state.watched_since = old.now
    _restore_baselines(new)
    spoken = old.topology.spoken
    for key, subject in old.topology.subjects.items():
        if key in spoken or subject.state.polled_at >= 0:
            known = new.topology.known(key)
            if known is not None:
                known.state = subject.state
                if key in spoken:
                    new.topology.spoken[known.key] = known
    for ident, probe in old.topology.probes.items():
        if ident in new.topology.probes:
            new.topology.probes[ident].state = probe.state
            new.topology.probes[ident].window = probe.window
    for host, device in old.topology.devices.items():
        if host in new.topology.devices:
            new.topology.devices[host].state = device.state
    new.life.records = {i: r for i, r in old.life.records.items() if not r.is_open or r.route_id in new.topology.routes}
    _tell_of_renamed(old, new)
    for window in old.windows.by_id.values():
        if window.declared_by:
            new.windows.add(window)
    new.agenda.restore(old.agenda.saved())
    new.parked, new.lost_sources = old.parked, old.lost_sources
    new.unwatched = old.unwatched
    new.moment.move(old.now, old.moment.offset)
    new.assessor.turns.given = old.assessor.turns.given
    new.watcher.is_isolated, new.watcher.isolated_since = old.watcher.is_isolated, old.watcher.isolated_since
    new.assessor.conflicts.restore(old.assessor.conflicts.rate.saved(), old.moment.offset)
    new.marks.restore(old.marks.all(), old.marks.undoable)
    new.looks.restore(old.looks.all())
    new.measurer.restore()


def _tell_of_renamed(old: Machine, new: Machine) -> None:
    """Open outages of routes that have another owner, contact or runbook now."""
    for record in new.life.records.values():
        before, now = (machine.topology.routes.get(record.route_id) for machine in (old, new))
        if record.is_open and before is not None and now is not None and before.record != now.record:
            new.life.dirty[record.outage_id] = record


def _primaries(route: RouteTrack) -> list[RoutePath]:
    """Those that the inventory names."""
    return [path for path in route.named if path.role is Role.PRIMARY]


def _restore_baselines(machine: Machine) -> None:
    """Learnt paths come before the subjects: what was said of their interfaces must find them."""
    for route in machine.topology.routes.values():
        machine.assessor.baselines.restore(route)
