"""Pure. The state table of SPEC 2: what primary, secondary and destination together mean. Total over its inputs."""

from __future__ import annotations

from enum import IntEnum
from itertools import product

from msgspec import Struct

from statetrace_engine.model.health import Failover, HealthState, Severity


class Primary(IntEnum):
    CARRIES = 0
    IMPAIRED = 1
    """Some ECMP members lost, or any impaired."""
    LOST = 2


class Secondary(IntEnum):
    INSTALLED = 0
    """Route poll, Loc-RIB or the device's own message."""
    KNOWN = 1
    NONE = 2
    """None known, all lost, or discard only."""


class Destination(IntEnum):
    """A probe beyond any path: the only one that proves survival."""

    PASSING = 0
    """Answered by a packet sent after the primary was lost."""
    PENDING = 1
    """There is a probe, and it has not decided since."""
    IMPAIRED = 2
    ABSENT = 3
    FAILING = 4
    """A burst lost with the control probe good."""


class Judgement(Struct, frozen=True):
    state: HealthState
    severity: Severity | None
    failover: Failover
    is_provisional: bool
    """DEGRADED for as long as survival is unproven, then DOWN."""
    why: str
    """The sentence before the data."""


def _judgement(
    state: HealthState, severity: Severity | None, failover: Failover, why: str, is_provisional: bool = False
) -> Judgement:
    return Judgement(state, severity, failover, is_provisional, why)


_HEALTHY = _judgement(HealthState.HEALTHY, None, Failover.NONE, "the primary carries")
_IMPAIRED = _judgement(HealthState.DEGRADED, Severity.WARNING, Failover.NONE, "traffic flows, but not as it should")
_SURVIVES = _judgement(
    HealthState.DEGRADED, Severity.MAJOR, Failover.COMPLETE, "the secondary carries; no spare is left"
)
_UNPROVEN = _judgement(
    HealthState.DEGRADED, Severity.MAJOR, Failover.IN_PROGRESS, "the primary is lost; survival is not proven yet", True
)
_LOST = _judgement(HealthState.DOWN, Severity.CRITICAL, Failover.NONE, "nothing carries: no path is left")
_SILENT = _judgement(HealthState.DOWN, Severity.CRITICAL, Failover.NONE, "the destination does not answer")
_FAILED_OVER_DEAD = _judgement(
    HealthState.DOWN, Severity.CRITICAL, Failover.COMPLETE, "failed over, but the destination does not answer"
)

UNPROVEN_EXPIRED = _judgement(HealthState.DOWN, Severity.CRITICAL, Failover.NONE, "survival unproven")
"""What a provisional judgement becomes when its time is up."""

_ANY_SECONDARY = tuple(Secondary)
_NOT_FAILING = (Destination.PASSING, Destination.PENDING, Destination.IMPAIRED, Destination.ABSENT)

# First match wins, read from the top; as SPEC 2 prints it.
_ROWS: tuple[tuple[tuple[Primary, ...], tuple[Secondary, ...], tuple[Destination, ...], Judgement], ...] = (
    ((Primary.LOST,), (Secondary.INSTALLED,), (Destination.FAILING,), _FAILED_OVER_DEAD),
    ((Primary.LOST,), _ANY_SECONDARY, (Destination.FAILING,), _LOST),
    (tuple(Primary), _ANY_SECONDARY, (Destination.FAILING,), _SILENT),
    ((Primary.CARRIES,), _ANY_SECONDARY, (Destination.IMPAIRED,), _IMPAIRED),
    ((Primary.CARRIES,), _ANY_SECONDARY, _NOT_FAILING, _HEALTHY),
    ((Primary.IMPAIRED,), _ANY_SECONDARY, _NOT_FAILING, _IMPAIRED),
    ((Primary.LOST,), (Secondary.INSTALLED,), _NOT_FAILING, _SURVIVES),
    ((Primary.LOST,), _ANY_SECONDARY, (Destination.PASSING, Destination.IMPAIRED), _SURVIVES),
    ((Primary.LOST,), _ANY_SECONDARY, (Destination.PENDING,), _UNPROVEN),
    ((Primary.LOST,), (Secondary.KNOWN,), (Destination.ABSENT,), _UNPROVEN),
    ((Primary.LOST,), (Secondary.NONE,), (Destination.ABSENT,), _LOST),
)


def _first(primary: Primary, secondary: Secondary, destination: Destination) -> Judgement:
    return next(
        judgement
        for primaries, secondaries, destinations, judgement in _ROWS
        if primary in primaries and secondary in secondaries and destination in destinations
    )


TABLE: dict[tuple[Primary, Secondary, Destination], Judgement] = {
    key: _first(*key) for key in product(Primary, Secondary, Destination)
}


def judge(primary: Primary, secondary: Secondary, destination: Destination) -> Judgement:
    return TABLE[primary, secondary, destination]
