"""Pure. The machine's records as the frozen nouns that leave the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from statetrace_engine.health import evidence
from statetrace_engine.health.agenda import Due
from statetrace_engine.health.freshness import newest
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.measuring import SOURCES
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import PathTrack, ProbeTrack, RouteTrack
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import Own
from statetrace_engine.model.health import (
    Freshness,
    HealthState,
    Overlay,
    PathHealth,
    RouteHealth,
    RouteHealthSnapshot,
)
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.route import Role
from statetrace_engine.model.signal import Source

_FLAPPING, _MAINTENANCE = int(Overlay.FLAPPING), int(Overlay.MAINTENANCE)
_STALE, _UNPROBED = int(Overlay.STALE), int(Overlay.UNPROBED)
_overlays = lru_cache(maxsize=64)(Overlay)


def health(machine: Machine, route: RouteTrack) -> RouteHealth:
    state = route.state
    record = machine.life.records.get(state.outage_id)
    lost = route.lost if record is not None and record.is_open else 0
    hold = machine.agenda.at(Due.HOLD, route.record.route_id) if state.state is HealthState.RECOVERED else None
    return RouteHealth(
        route=route.record,
        state=state.state,
        since_at=state.since_at,
        severity=state.severity,
        overlays=_overlays(state.overlays),
        failover=state.failover,
        outage_id=state.outage_id,
        cause=_cause(machine, route, record),
        remark=_remark(machine, route, record, lost),
        via=_via(route),
        acknowledged_by=record.acked_by if record is not None else "",
        acknowledged_at=record.acked_at if record is not None else None,
        hold_ends_at=None if hold is None else machine.moment.wall(hold),
        is_latched=record is not None and record.is_latched,
        primaries_lost=lost,
        primaries=len(route.primaries),
        captured_at=route.state.captured_at if route.is_captured else None,
    )


def snapshot(health: RouteHealth, taken_at: Epoch, seq: int) -> RouteHealthSnapshot:
    """The row as the store keeps it; `seq` is the journal sequence of the signal that made it."""
    return RouteHealthSnapshot(
        snapshot_id=f"{health.route.route_id}@{taken_at:.6f}",
        route_id=health.route.route_id,
        taken_at=taken_at,
        state=health.state,
        severity=health.severity,
        failover=health.failover,
        overlays=int(health.overlays),
        outage_id=health.outage_id,
        cause=health.cause,
        seq=seq,
    )


def _cause(machine: Machine, route: RouteTrack, record: OutageRecord | None) -> str:
    """The outage's first cause; for a route that nobody sees, why not (SPEC 4, rows 1 and 2)."""
    if record is not None and record.causes:
        return record.causes[0].cause.value
    state = route.state
    if state.state is not HealthState.UNKNOWN:
        return ""
    if machine.watcher.is_isolated or state.overlays & _STALE:
        return CauseKind.MONITORING_GAP.value
    return CauseKind.DEVICE_UNREACHABLE.value if route.device.state.is_unreachable else ""


def _remark(machine: Machine, route: RouteTrack, record: OutageRecord | None, lost: int) -> str:
    state = route.state
    if state.overlays & _FLAPPING and record is not None:
        return f"flapping {record.flaps} times"
    if state.overlays & _MAINTENANCE:
        return _maintenance_words(machine, route)
    if state.state is HealthState.UNKNOWN:
        return unseen_words(machine, route)
    if record is not None and record.is_latched and record.resolved_at is not None:
        return f"was down for {_seconds(record.resolved_at - record.detected_at)}"
    if state.state is HealthState.DEGRADED and record is not None and record.causes:
        if lost and lost < len(route.primaries):
            return f"{lost} of {len(route.primaries)} paths lost"
        if record.causes[0].cause is CauseKind.CONGESTION_OR_LOSS:
            return record.causes[0].detail
    return ""


def _maintenance_words(machine: Machine, route: RouteTrack) -> str:
    """`maintenance 15:30Z`: until when, in UTC and marked so: the core knows no other zone."""
    ends_at = machine.windows.ending(route, machine.moment.now_at)
    return "maintenance" if ends_at is None else f"maintenance {datetime.fromtimestamp(ends_at, UTC):%H:%M}Z"


def unseen_words(machine: Machine, route: RouteTrack) -> str:
    """Why nobody sees an UNKNOWN route."""
    if machine.watcher.is_isolated:
        return "we are cut off"
    if route.device.state.is_unreachable:
        return "device silent"
    if route.is_captured:
        return "capture too old" if route.state.overlays & _STALE else "not captured"
    if route.state.overlays & _STALE:
        sources = {SOURCES[p.probe.kind].value for p in route.probes()}
        if route.device.state.polled_at >= 0:
            sources.add(Source.SNMP.value)
        stopped = next((source for source in machine.lost_sources if source in sources), "")
        if stopped:
            return f"{stopped} stopped"
        until, why = machine.unwatched
        return f"not measured yet: {why}" if newest(route) < until and why else "stale"
    if route.state.overlays & _UNPROBED:
        return "unprobed"
    if evidence.polled(route) is not None or route.is_offered:
        return "not proven"
    is_asked = any(p.state.lost_burst is not None for p in route.probes())
    return "never answered" if is_asked else "not heard yet"


def _seconds(value: float) -> str:
    if value < 60:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.0f} h"


def _via(route: RouteTrack) -> str:
    """What carries now, as far as it is known."""
    if route.state.is_lost:
        return evidence.taken(route).partition(" ")[0]
    carrying = (p.path for p, verdict in zip(route.primaries, route.verdicts, strict=False) if not verdict.is_lost)
    return next((p.next_hop or p.interface or "" for p in carrying), "") or evidence.taken(route).partition(" ")[0]


def cards(machine: Machine) -> list[Own]:
    """All that are open, as of now."""
    topology, assessor = machine.topology, machine.assessor
    found = [
        assessor.conflicts.card(route, True) for route in topology.routes.values() if route.state.has_conflict_card
    ]
    return found + [assessor.silent_card(p, True) for p in topology.probes.values() if p.state.is_silent_target]


def paths(machine: Machine, route: RouteTrack) -> tuple[PathHealth, ...]:
    return tuple(_path(machine, route, p) for p in (*route.primaries, *route.secondaries))


def _path(machine: Machine, route: RouteTrack, path: PathTrack) -> PathHealth:
    verdict = evidence.of_path(path, route)
    is_installed = any(evidence.matches(path, i) for i in route.state.installed or ())
    is_primary = path.path.role is Role.PRIMARY
    since = max((s.state.since for s in verdict.subjects), default=None)
    if since is None:
        since = max((offer.since for offer in verdict.withdrawn), default=None)
    if since is None:
        since = max((p.state.since for p in verdict.probes), default=None)
    if verdict.is_lost and (is_primary or verdict.is_told or verdict.probes):
        word, colour = verdict.word, "down"
    elif verdict.is_impaired:
        word, colour = "impaired", "impaired"
    elif is_primary:
        is_seen = route.state.state is not HealthState.UNKNOWN
        word, colour = ("carries", "up") if is_seen else ("not proven", "unknown")
    elif is_installed:
        word, colour = "carries instead", "up"
    else:
        word, colour = ("not proven", "unknown") if route.state.is_lost else ("standby", "spare")
    return PathHealth(
        role=path.path.role,
        next_hop=path.path.next_hop,
        interface=path.path.interface,
        protocol=path.path.protocol,
        admin_distance=path.path.admin_distance,
        word=word,
        verdict=colour,
        since_at=None if since is None else machine.moment.wall(since),
    )


def freshness(machine: Machine, route: RouteTrack) -> tuple[Freshness, ...]:
    found: dict[str, ProbeTrack] = {}
    for track in (*route.probes(), *route.device.controls):
        key = f"{track.probe.kind.value} {track.probe.tests.value}"
        newest = found.get(key)
        if newest is None or track.state.last_good > newest.state.last_good:
            found[key] = track
    rows = [_fresh(machine, key, track) for key, track in found.items()]
    rows += _polled(machine, route)
    told = route.device.state.told
    rows += [
        Freshness(source=source.value, last_at=machine.moment.wall(at), interval_s=None, word="event")
        for source, at in told.items()
    ] or [Freshness(source="syslog", last_at=None, interval_s=None, word="never")]
    if route.device.state.bmp_at >= 0:
        rows.append(_bmp(machine, route))
    if route.state.captured:
        rows.append(_captured(machine, route))
    return tuple(rows)


def _bmp(machine: Machine, route: RouteTrack) -> Freshness:
    """An event source; where nobody is connected any longer, what it said is old."""
    state = route.device.state
    return Freshness(
        source="bmp",
        last_at=machine.moment.wall(state.bmp_at),
        interval_s=state.report_interval_s or None,
        word="stale" if state.is_bmp_lost else "event",
    )


_CAPTURE_AGES = ((86400.0, "fresh"), (2 * 86400.0, "late"), (7 * 86400.0, "old"))
"""SPEC 9: green, yellow, orange; then red."""


def _captured(machine: Machine, route: RouteTrack) -> Freshness:
    age = machine.now - route.state.captured
    word = next((word for limit, word in _CAPTURE_AGES if age < limit), "stale")
    return Freshness(source="capture", last_at=route.state.captured_at, interval_s=None, word=word)


def _polled(machine: Machine, route: RouteTrack) -> Iterator[Freshness]:
    """Of its primary paths' interfaces and sessions, the one that polls have told of least recently; and of the route
    itself."""
    if route.device.state.polled_at < 0:
        return
    newest = [evidence.newest_polled(path) for path in route.primaries]
    oldest = min((s for s in newest if s is not None), key=lambda state: state.polled_at, default=None)
    if oldest is not None and all(newest):
        yield _periodic(machine, "snmp", oldest.polled_at, oldest.poll_interval_s)
    if route.state.polled_at >= 0:
        yield _periodic(machine, "snmp route", route.state.polled_at, route.state.poll_interval_s)


def _fresh(machine: Machine, source: str, track: ProbeTrack) -> Freshness:
    """A burst that nobody answered is a word as well."""
    state = track.state
    newest = max(state.last_good, state.last_sample)
    return _periodic(machine, source, newest, track.probe.interval_ms / 1e3, state.has_answered)


def _periodic(machine: Machine, source: str, last: float, interval_s: float, has_answered: bool = True) -> Freshness:
    age = machine.now - last
    word = "never" if not has_answered else "fresh"
    if word == "fresh" and age > 3 * max(interval_s, 1.0):
        word = "stale"
    elif word == "fresh" and age > 2 * max(interval_s, 1.0):
        word = "late"
    return Freshness(
        source=source, last_at=machine.moment.wall(last) if last >= 0 else None, interval_s=interval_s, word=word
    )


def strip(machine: Machine, route: RouteTrack) -> bytes:
    """The last hour by minutes, oldest first: worst loss of its probes in percent, 101 while it was down by
    evidence, 255 where nothing is known."""
    rows = [p.window.minutes(machine.now) for p in route.probes()]
    worst = [max((r[i] for r in rows if r[i] != 255), default=255) for i in range(60)]
    record = machine.life.records.get(route.state.outage_id)
    if record is not None:
        end = record.resolved if record.resolved is not None else machine.now
        newest = int(machine.now) // 60
        for minute in range(max(int(record.opened) // 60, newest - 59), int(end) // 60 + 1):
            index = 59 - (newest - minute)
            worst[index] = 101 if worst[index] == 255 else worst[index]
    return bytes(worst)
