"""Pure. Which runbook serves an outage: its cause's, or that of a special case of it that the evidence shows."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from statetrace_engine.explain.causes import MAX_PREFIX
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.model.health import Failover, HealthState
from statetrace_engine.model.observation import Plane, Reason
from statetrace_engine.model.outage import CauseKind

FLAPPING = 3
"""Losses of one primary within one outage."""
_IGPS = ("ospf", "isis", "eigrp")
_Test = Callable[[OutageRecord], bool]


class Case(Struct, frozen=True):
    runbook: str
    causes: frozenset[CauseKind]
    is_so: _Test


def _reason(reason: Reason) -> _Test:
    return lambda record: any(seen.fact.reason is reason for seen in record.evidence)


def _has_too_many_prefixes(record: OutageRecord) -> bool:
    """As the device said, or as captures show."""
    is_named = bool(record.causes) and record.causes[0].detail == MAX_PREFIX
    return is_named or _reason(Reason.MAX_PREFIX)(record)


def _nothing_carries(record: OutageRecord) -> bool:
    is_lost = record.state is HealthState.DOWN and record.failover is Failover.NONE
    return is_lost and bool(record.expected_secondary) and not record.taken_secondary


def _has_no_session(record: OutageRecord) -> bool:
    return not any(seen.fact.plane is Plane.SESSION for seen in (*record.evidence, *record.standing))


def _is_of_an_igp(record: OutageRecord) -> bool:
    gone = {seen.fact.protocol for seen in record.evidence if seen.fact.plane is Plane.SESSION}
    return not gone.isdisjoint(_IGPS) and "bgp" not in gone


def _is_seen_by_captures(record: OutageRecord) -> bool:
    return any(change.between is not None and change.is_deed and not change.is_expected for change in record.changes)


CASES = (
    Case(
        "floating-static",
        frozenset(
            {
                CauseKind.LINK_FAILURE,
                CauseKind.NEIGHBOUR_LOSS,
                CauseKind.NEXT_HOP_UNREACHABLE,
                CauseKind.UPSTREAM_FAILURE,
            }
        ),
        _nothing_carries,
    ),
    Case("igp-adjacency", frozenset({CauseKind.NEIGHBOUR_LOSS}), _is_of_an_igp),
    Case("bgp-hold-timer", frozenset({CauseKind.NEIGHBOUR_LOSS}), _reason(Reason.HOLD_TIMER)),
    Case("bgp-authentication", frozenset({CauseKind.NEIGHBOUR_LOSS}), _reason(Reason.AUTHENTICATION)),
    Case("bgp-full-table", frozenset({CauseKind.NEIGHBOUR_LOSS}), _has_too_many_prefixes),
    Case("optics", frozenset({CauseKind.LINK_FAILURE}), lambda record: record.flaps >= FLAPPING),
    Case("next-hop-arp", frozenset({CauseKind.NEXT_HOP_UNREACHABLE}), _has_no_session),
    Case("config-rollback", frozenset({CauseKind.CONFIG_CHANGE}), _is_seen_by_captures),
)
"""The first that is so; the most urgent stands first."""


def runbook_for(cause: CauseKind, record: OutageRecord) -> str:
    """Its name; `generic` serves only the unknown (SPEC 4)."""
    if cause is CauseKind.UNKNOWN:
        return "generic"
    return next((case.runbook for case in CASES if cause in case.causes and case.is_so(record)), cause.value)
