"""Pure. The sentence before all data: what is lost, what carries, and whether that was expected.

primary lost, WLLS-A02-AR-02 carries as expected
nobody sees it now: device silent; last seen DOWN: nothing carries: no path is left
"""

from __future__ import annotations

from collections.abc import Callable

from statetrace_engine.explain.items import STANDBY
from statetrace_engine.model.health import Failover, HealthState
from statetrace_engine.model.observation import Verdict
from statetrace_engine.model.outage import CauseKind, OutageEvent

Name = Callable[[str], str]
"""A next hop's address → its device, or the address itself."""


def of(outage: OutageEvent, name: Name = str) -> str:
    """Total: for any outage at any moment."""
    if outage.unseen_since is not None:
        return f"nobody sees it now: {outage.unseen_why}; last seen {outage.state}: {_as_seen(outage, name)}"
    return _as_seen(outage, name)


def _as_seen(outage: OutageEvent, name: Name) -> str:
    if outage.closed_at is not None:
        is_proven = outage.state is not HealthState.UNKNOWN
        return "over: the primary carries again" if is_proven else "over: what spoke against it was taken back"
    if outage.resolved_at is not None:
        is_proven = outage.state is not HealthState.UNKNOWN
        taken_back = outage.survival or "what spoke against it was taken back; not yet over"
        return "the primary carries again; not yet over" if is_proven else taken_back
    if outage.state is HealthState.UNKNOWN:
        return outage.survival or "nobody can see it"
    if outage.failover is Failover.COMPLETE:
        return f"primary lost, {_carrier(outage, name)}{_but_dead(outage)}"
    if outage.failover is Failover.IN_PROGRESS:
        expected = _who(outage.expected_secondary, name)
        return f"primary lost, not proven yet that {expected or 'anything'} carries"
    if outage.cause is CauseKind.CONGESTION_OR_LOSS and outage.cause_detail:
        return f"{outage.survival}: {outage.cause_detail}" if outage.survival else outage.cause_detail
    return outage.survival or f"the route is {outage.state}"


def _carrier(outage: OutageEvent, name: Name) -> str:
    expected, taken = _who(outage.expected_secondary, name), _who(outage.taken_secondary, name)
    if not taken and _is_expected_lost(outage):
        return f"the destination answers, though {expected} is lost too"
    if not taken:
        return f"the destination answers; {expected} is expected to carry" if expected else "the destination answers"
    if not expected:
        return f"{taken} carries; nothing was expected to"
    if _hop(outage.taken_secondary) == _hop(outage.expected_secondary):
        return f"{taken} carries as expected"
    if taken == expected:  # one device, by another address
        taken, expected = _hop(outage.taken_secondary), _hop(outage.expected_secondary)
    return f"{taken} carries, and not {expected} as expected"


def _is_expected_lost(outage: OutageEvent) -> bool:
    """By the last word on that path alone."""
    named = set(outage.expected_secondary.split())
    said = [i for i in outage.evidence if i.about == STANDBY and named.intersection(i.text.replace(",", " ").split())]
    return bool(said) and max(said, key=lambda item: item.at).verdict is Verdict.DOWN


def _but_dead(outage: OutageEvent) -> str:
    return ", but the destination does not answer" if outage.state is HealthState.DOWN else ""


def _who(path: str, name: Name) -> str:
    """`10.1.2.2 GigabitEthernet0/2` → the device, else the address, else the interface."""
    return name(_hop(path)) if path else ""


def _hop(path: str) -> str:
    return path.partition(" ")[0]
