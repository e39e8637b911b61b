"""Pure. What is said of a route that nobody can see: neither green nor down, and what is missing."""

from __future__ import annotations

from statetrace_engine.health import evidence
from statetrace_engine.health.table import Judgement
from statetrace_engine.health.watched import DeviceTrack, RouteTrack
from statetrace_engine.model.health import Failover, HealthState, Severity
from statetrace_engine.model.observation import Verdict

OUTSIDE_WITNESS_S = 30.0
"""A neighbour's word on a device counts from so long before its first miss."""


def _unknown(severity: Severity | None, why: str) -> Judgement:
    return Judgement(HealthState.UNKNOWN, severity, Failover.NONE, False, why)


ISOLATED = _unknown(Severity.WARNING, "we are cut off: nobody can see")
_SILENT_DEVICE = _unknown(Severity.WARNING, "its device does not answer")
_DEAD_DEVICE = Judgement(
    HealthState.DOWN, Severity.CRITICAL, Failover.NONE, False, "its device does not answer, and its neighbours lost it"
)
STALE = _unknown(Severity.WARNING, "not measured: neither good nor bad")
OUTDATED = _unknown(Severity.WARNING, "its last capture is too old to say anything")
UNHEARD = _unknown(None, "nothing has been heard of it yet")
UNPROBED = _unknown(None, "no probe or poll watches it")
_UNANSWERED = _unknown(Severity.WARNING, "its device answers, but none of its probes ever was: nobody can see")
_UNPROVEN = _unknown(
    None, "polls tell of its link and sessions only: a probe, or its route in the table, would prove it"
)
_OFFERED = _unknown(
    None, "its neighbours offer it, as BMP says: a probe, its route in the table, or its best path would prove it"
)
NO_PROOF = (UNPROBED, UNHEARD, _UNANSWERED, _UNPROVEN, _OFFERED)


def of_device(device: DeviceTrack) -> Judgement:
    """Of one that is unreachable: it is down where a neighbour says so."""
    since = device.state.suspect_since or device.state.unreachable_at or 0.0
    is_lost = any(s.is_down and s.state.since >= since - OUTSIDE_WITNESS_S for s in device.outside)
    return _DEAD_DEVICE if is_lost else _SILENT_DEVICE


def unproven(route: RouteTrack) -> Judgement:
    """Of one that nothing has proven, by the best of what watches it."""
    if any(True for _ in route.probes()):
        return _UNANSWERED if _is_unanswered(route) else UNHEARD
    if evidence.polled(route) is not None:
        return _UNPROVEN
    return _OFFERED if route.is_offered else UNPROBED


def _is_unanswered(route: RouteTrack) -> bool:
    """Every probe of it has lost its burst, none was ever answered, and its device answers."""
    control = route.device.state
    is_good = control.control is Verdict.UP and control.suspect_since is None
    return is_good and all(p.state.lost_burst is not None for p in route.probes() if not p.probe.is_silent)
