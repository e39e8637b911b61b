"""Signals, rows, outages and audit entries to store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs

from statetrace_engine.model import ids
from statetrace_engine.model.action import ActionResult
from statetrace_engine.model.change import Acted, Change, HealthChanged, OutageChanged, OutageStep
from statetrace_engine.model.health import Failover, HealthState, RouteHealth, RouteHealthSnapshot, Severity
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import CauseKind, EvidenceItem, OutageEvent
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.model.signal import LogLine, Signal, Source

T0 = 1_795_442_400.0
"""2026-11-23T14:00:00Z, the beginning of an hour."""
PATIENCE_S = 30.0
"""How long a busy machine may take for what takes milliseconds."""


def line(seq: int, at: float = T0, raw: bytes = b"<189>%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Down") -> Signal:
    return Signal(seq, at, at, Source.SYSLOG_UDP, "10.0.0.1", LogLine(raw))


def lines(first: int, count: int, at: float = T0) -> list[Signal]:
    return [line(seq, at) for seq in range(first, first + count)]


def seqs(signals: Iterable[Signal]) -> list[int]:
    return [signal.seq for signal in signals]


def route(number: int) -> RouteRecord:
    host, prefix = f"WLLS-A{number:05}-AR-01", "0.0.0.0/0"
    return RouteRecord(
        route_id=ids.route_id("WLLS", host, "default", prefix),
        site="WLLS", hostname=host, vrf="default", prefix=prefix, owner="Network Core",
    )  # fmt: skip


def health(number: int, state: HealthState, at: float, outage_id: str = "") -> RouteHealth:
    return RouteHealth(route=route(number), state=state, since_at=at, outage_id=outage_id)


def snapshot(number: int, state: HealthState, at: float, seq: int, outage_id: str = "") -> RouteHealthSnapshot:
    return RouteHealthSnapshot(
        snapshot_id=f"hs-{seq}-{number}", route_id=route(number).route_id, taken_at=at, state=state, severity=None,
        failover=Failover.NONE, overlays=0, outage_id=outage_id, cause="", seq=seq,
    )  # fmt: skip


def changed(number: int, state: HealthState, at: float, seq: int, outage_id: str = "") -> HealthChanged:
    """A row and its snapshot."""
    return HealthChanged(
        health=health(number, state, at, outage_id), snapshot=snapshot(number, state, at, seq, outage_id)
    )


def outage(number: int, at: float, **more: Any) -> OutageEvent:
    record = route(number)
    plain = OutageEvent(
        outage_id=f"OUT-1123-{number:04}", route_id=record.route_id, site=record.site, hostname=record.hostname,
        vrf=record.vrf, prefix=record.prefix, route_class="standard", owner="", contact="", state=HealthState.DOWN,
        severity=Severity.CRITICAL, worst=Severity.CRITICAL, cause=CauseKind.LINK_FAILURE, occurred_at=at,
        first_signal_at=at, detected_at=at,
        evidence=(
            EvidenceItem(
                source="syslog_udp", plane=Plane.LINK, verdict=Verdict.DOWN, at=at, text="GigabitEthernet0/1 down",
                witness=record.hostname, seq=7,
            ),
        ),
    )  # fmt: skip
    return structs.replace(plain, **more)


def opened(number: int, at: float, **more: Any) -> OutageChanged:
    return OutageChanged(step=OutageStep.OPENED, outage=outage(number, at, **more))


def entry(number: int, at: float = T0, action: str = "acknowledge", detail: str = "") -> AuditEntry:
    return AuditEntry(
        seq=0, at=at + number, operator="ana@jump", action=action, subject=f"OUT-1123-{number:04}", detail=detail,
        digest="",
    )  # fmt: skip


def acted(*numbers: int, at: float = T0) -> Acted:
    return Acted(result=ActionResult(), audit=tuple(entry(number, at) for number in numbers))


def failure(number: int, at: float, seq: int) -> list[Change]:
    """A route that goes down, with its outage."""
    return [changed(number, HealthState.DOWN, at, seq, f"OUT-1123-{number:04}"), opened(number, at)]
