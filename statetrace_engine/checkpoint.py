"""Pure. What a pipeline knows beyond its inventory, as one record: how a restart or a reload loses nothing."""

from __future__ import annotations

from msgspec import Struct, field

from statetrace_engine.explain.incidents import IncidentRecord, Incidents
from statetrace_engine.health.actions import Actions, Undoable
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import DeviceState, OutageRecord, ProbeState, RouteState, SubjectState
from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.inventory import Maintenance
from statetrace_engine.model.observation import SubjectKind, Verdict


class Checkpoint(Struct, kw_only=True):
    version: int = 1
    now: float = 0.0
    offset: float = 0.0
    subjects: list[tuple[tuple[str, SubjectKind, str, str], SubjectState]] = field(default_factory=list)
    """Those that are down or impaired."""
    probes: dict[str, ProbeState] = field(default_factory=dict)
    """Those that are not plainly answering."""
    answered: list[str] = field(default_factory=list)
    """Probes whose target has ever answered: a target that never did proves nothing."""
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


def take(machine: Machine, incidents: Incidents, actions: Actions) -> Checkpoint:
    """Costs what is not quiet, not what is watched."""
    topology, life = machine.topology, machine.life
    kept = {ident: r for ident, r in life.records.items() if r.is_open or r.is_latched}
    return Checkpoint(
        now=machine.now,
        offset=life.offset,
        subjects=[(k, s.state) for k, s in topology.subjects.items() if s.state.verdict not in (None, Verdict.UP)],
        probes={
            ident: p.state
            for ident, p in topology.probes.items()
            if p.state.verdict not in (None, Verdict.UP) or p.state.suspect_since is not None
        },
        answered=[ident for ident, p in topology.probes.items() if p.state.has_answered],
        devices={h: d.state for h, d in topology.devices.items() if d.state.last_heard >= 0 or d.state.control},
        routes={ident: r.state for ident, r in topology.routes.items() if not _is_quiet(r.state, machine.now)},
        outages=kept,
        incidents={ident: r for ident, r in incidents.records.items() if r.closed is None},
        agenda=[a for a in machine.agenda.saved() if a[0] != "forget" or a[1] in kept],
        windows=[w for w in machine.windows.by_id.values() if w.declared_by],
        undoable={k: u for k, u in actions.undoable.items() if machine.now - u.at <= machine.policy.undo_s},
        isolated_since=machine.watcher.isolated_since if machine.watcher.is_isolated else None,
    )


def _is_quiet(state: RouteState, now: float) -> bool:
    is_calm = state.state is HealthState.HEALTHY and not state.outage_id and not state.overlays
    return is_calm and state.installed is None and (state.penalty == 0.0 or now - state.penalty_at > 600.0)


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
    for key, state in saved.subjects:
        subject = topology.subjects.get(key)
        if subject is not None:
            subject.state = state
    for ident in saved.answered:
        if ident in topology.probes:
            topology.probes[ident].state.has_answered = True
    for ident, probe_state in saved.probes.items():
        if ident in topology.probes:
            topology.probes[ident].state = probe_state
    for host, device_state in saved.devices.items():
        if host in topology.devices:
            topology.devices[host].state = device_state
            machine.watcher.note(topology.devices[host])
    for route_id, (state_name, since_at) in since.items():
        if route_id in topology.routes and state_name == HealthState.HEALTHY:
            topology.routes[route_id].state.healthy_since_at = since_at
    for route_id, route_state in saved.routes.items():
        if route_id in topology.routes:
            topology.routes[route_id].state = route_state
    machine.life.records = {i: r for i, r in saved.outages.items() if r.route_id in topology.routes}
    incidents.restore(saved.incidents)
    for window in saved.windows:
        machine.windows.add(window)
    machine.agenda.restore(saved.agenda)
    actions.undoable = saved.undoable
    machine.now = machine.life.now = saved.now
    machine.life.offset = saved.offset
    if saved.isolated_since is not None:
        machine.watcher.is_isolated, machine.watcher.isolated_since = True, saved.isolated_since


def adopt(old: Machine, new: Machine) -> None:
    """A reload: the new machine goes on with the records of the old one, as they are."""
    for key, subject in old.topology.subjects.items():
        if key in new.topology.subjects:
            new.topology.subjects[key].state = subject.state
    for ident, probe in old.topology.probes.items():
        if ident in new.topology.probes:
            new.topology.probes[ident].state = probe.state
            new.topology.probes[ident].window = probe.window
    for host, device in old.topology.devices.items():
        if host in new.topology.devices:
            new.topology.devices[host].state = device.state
            new.watcher.note(new.topology.devices[host])
    for route_id, route in old.topology.routes.items():
        if route_id in new.topology.routes:
            new.topology.routes[route_id].state = route.state
    new.life.records = {i: r for i, r in old.life.records.items() if not r.is_open or r.route_id in new.topology.routes}
    for window in old.windows.by_id.values():
        if window.declared_by:
            new.windows.add(window)
    new.agenda.restore(old.agenda.saved())
    new.now = new.life.now = old.now
    new.life.offset = old.life.offset
    new.watcher.is_isolated, new.watcher.isolated_since = old.watcher.is_isolated, old.watcher.isolated_since
