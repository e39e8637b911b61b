"""A journal fed again: without Ticks, with more of them, with a restart in the middle; and what it says compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import structs

from statetrace_engine import checkpoint
from statetrace_engine.checkpoint import Checkpoint
from statetrace_engine.health.tracks import SubjectState
from statetrace_engine.model.change import Change, IncidentChanged, Notice, OutageChanged
from statetrace_engine.model.inventory import Device
from statetrace_engine.model.signal import Gap, SettingsChanged, Signal, Source, Tick
from statetrace_engine.pipeline import Pipeline


def feed(journal: Iterable[Signal], pipeline: Pipeline | None = None) -> tuple[Pipeline, list[Change]]:
    """A pipeline that has fed it, and all that it changed."""
    pipeline = pipeline or Pipeline()
    changes: list[Change] = []
    for signal in journal:
        changes += pipeline.feed(signal) + pipeline.warn()
    return pipeline, changes


def until(journal: list[Signal], seconds: float) -> Signal:
    """A Tick so long after the journal's end: whatever was due by then has fired in every replay."""
    last = journal[-1]
    return Signal(last.seq + 1, last.received_at + seconds, last.steady + seconds, Source.ENGINE, "", Tick())


def without_ticks(journal: list[Signal]) -> list[Signal]:
    return [s for s in journal if not isinstance(s.payload, Tick)]


def with_ticks(journal: list[Signal], every_s: float, seldom_s: float = 10.0, within_s: float = 20.0) -> list[Signal]:
    """A Tick at every step of a grid as well, while the machine ran; seldom where nothing was heard for longer than
    `within_s`, for some journeys take days."""
    found: list[Signal] = []
    for signal in journal:
        heard = found[-1].steady if found else 0.0
        while found and not isinstance(signal.payload, Gap) and signal.steady - found[-1].steady > every_s:
            before = found[-1]
            step = every_s if before.steady - heard < within_s else max(every_s, seldom_s)
            at, wall = before.steady + step, before.received_at + step
            if at >= signal.steady:
                break
            found.append(Signal(before.seq, wall, at, Source.ENGINE, "", Tick()))
        found.append(signal)
    return found


def restarted(journal: list[Signal], at: int) -> tuple[Pipeline, list[Change]]:
    """Fed up to a point, frozen, thawed into another pipeline, and fed to the end.

    No checkpoint counts what a quiet probe sent in the last minute: the Gap that every real restart begins with voids
    it. There is none here, so that the rest can be compared; so the new pipeline gets those counts from the old one.
    """
    old, changes = feed(journal[:at])
    frozen = old.freeze()
    new = Pipeline(old.topology.inventory, old.policy, tuple(old.relays), runbooks=old.runbooks)
    healths = [h for r in old.topology.routes if (h := old.health(r)) is not None]
    new.thaw(frozen, {h.route.route_id: (h.state.value, h.since_at) for h in healths})
    for ident, probe in old.topology.probes.items():
        if not probe.window.is_troubled():
            new.topology.probes[ident].window = probe.window
    new, later = feed(journal[at:], new)
    return new, changes + later


def reloaded(journal: list[Signal], at: int) -> tuple[Pipeline, list[Change]]:
    """Fed up to a point, put into another machine as a reload does, and fed to the end."""
    pipeline, changes = feed(journal[:at])
    last, device = journal[at - 1], Device(hostname="NEW-A01-AR-01", site="NEW")
    inventory = pipeline.topology.inventory
    grown = structs.replace(inventory, devices=(*inventory.devices, device))
    policy = msgspec.Raw(msgspec.msgpack.encode(pipeline.policy))
    news = SettingsChanged(grown, policy, tuple(pipeline.relays), runbooks=pipeline.runbooks)
    changes += pipeline.feed(structs.replace(last, source=Source.ENGINE, peer="", payload=news))
    later = (s for s in journal[at:] if not isinstance(s.payload, SettingsChanged))
    pipeline, rest = feed(later, pipeline)
    return pipeline, changes + rest


def _matters(state: SubjectState) -> bool:
    """A device or a poll has said something of it that counts."""
    return state.verdict is not None or state.polled is not None


def untold(pipeline: Pipeline) -> list[str]:
    """What a checkpoint leaves out or tells wrongly, by a look at all that there is."""
    machine, topology = pipeline.machine, pipeline.topology
    told = msgspec.msgpack.decode(pipeline.freeze(), type=Checkpoint)
    window = machine.assessor.conflicts.rate.current
    loud = {i: r for i, r in topology.routes.items() if not checkpoint.is_quiet(r.state, machine.now, window)}
    heard = {p.probe.probe_id for r in loud.values() for p in r.probes()}
    probes = {i: p.state for i, p in topology.probes.items() if i in heard or not checkpoint.is_plain(p)}
    spoken = {key for key, _ in told.subjects}  # more may be told than must be, and truly
    whole: dict[str, object] = {
        "subjects": [(k, s.state) for k, s in topology.subjects.items() if _matters(s.state) or k in spoken],
        "routes": {i: r.state for i, r in loud.items()},
        "outages": {i: r for i, r in machine.life.records.items() if r.is_open or r.is_latched},
        "probes": probes,
        "answered": {
            i: (p.state.last_good, min(p.state.goods_in_a_row, 2), p.state.seq)
            for i, p in topology.probes.items()
            if p.state.has_answered and (checkpoint.is_plain(p) or i in probes)
        },
        "windows_of_loss": {i: p.window.saved() for i, p in topology.probes.items() if p.window.is_troubled()},
    }
    found = []
    for name, wanted in whole.items():
        got = msgspec.to_builtins(getattr(told, name))
        wanted = msgspec.to_builtins(wanted)
        if name == "subjects":
            got, wanted = {str(k): s for k, s in got}, {str(k): s for k, s in wanted}
        if name == "answered":  # what is told of a probe as a whole counts before this
            got, wanted = ({i: a for i, a in some.items() if i not in probes} for some in (got, wanted))
        found += differences(wanted, got, name)
    return found


def said(pipeline: Pipeline, changes: list[Change]) -> dict[str, Any]:
    """All that people saw in the end: outages, rows, incidents, and every notice."""
    outages = {c.outage.outage_id: c.outage for c in changes if isinstance(c, OutageChanged)}
    outages |= {o.outage_id: o for o in pipeline.outages()}
    incidents = {c.incident.incident_id: c.incident for c in changes if isinstance(c, IncidentChanged)}
    rows = {r: pipeline.health(r) for r in pipeline.topology.routes}
    return {
        "notices": [(c.outage.outage_id, c.kind, c.at) for c in changes if isinstance(c, Notice)],
        "outages": msgspec.to_builtins(outages),
        "rows": msgspec.to_builtins(rows),
        "incidents": msgspec.to_builtins(incidents),
        "isolated": pipeline.is_isolated,
    }


def differences(one: Any, other: Any, path: str = "", is_known: Callable[[str], bool] = lambda _: False) -> list[str]:
    """Where two such reports differ, path by path."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = one.keys() | other.keys()
        return [d for k in sorted(keys) for d in differences(one.get(k), other.get(k), f"{path}/{k}", is_known)]
    if isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{path}/{i}", is_known)]
    return [] if one == other or is_known(path) else [f"{path}: {one!r} != {other!r}"]
