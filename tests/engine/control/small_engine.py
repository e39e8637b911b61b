"""An `api.Engine` small enough to read: rows and mailboxes, no pipeline. Run as a program it serves a home's door."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path

from msgspec import structs

from statetrace_engine.control.door import Door
from statetrace_engine.control.lease import Lease
from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch, ids
from statetrace_engine.model.action import Acknowledge, Action, ActionResult
from statetrace_engine.model.anomaly import AnomalyCard, RuleStatus
from statetrace_engine.model.capture_view import CaptureLine, CapturePage, CaptureSpot
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.diff import (
    ChangeMark,
    ChangeType,
    Comparison,
    DiffMetadata,
    DiffRun,
    PackedChanges,
    Rollback,
)
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.filed import CaptureSummary, SectionSummary, Stored
from statetrace_engine.model.health import HealthState, RouteHealth, Severity
from statetrace_engine.model.launch import LaunchDay, LaunchMetrics
from statetrace_engine.model.monitors import Monitors
from statetrace_engine.model.outage import CauseKind, Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.model.route import RouteRecord
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.status import EngineStatus, Frame
from statetrace_engine.reports.lateness import delay

T0 = 1_795_442_400.0
PATIENCE_S = 30.0
"""How long a busy machine may take for what takes milliseconds."""


def row(number: int, since_at: float = T0, state: HealthState = HealthState.HEALTHY) -> RouteHealth:
    host = f"WLLS-A{number:05}-AR-01"
    record = RouteRecord(
        route_id=ids.route_id("WLLS", host, "default", "0.0.0.0/0"), site="WLLS", hostname=host, vrf="default",
        prefix="0.0.0.0/0",
    )  # fmt: skip
    return RouteHealth(route=record, state=state, since_at=since_at)


def outage(number: int) -> OutageEvent:
    record = row(number).route
    return OutageEvent(
        outage_id=f"OUT-1123-{number:04}", route_id=record.route_id, site=record.site, hostname=record.hostname,
        vrf=record.vrf, prefix=record.prefix, route_class="standard", owner="", contact="", state=HealthState.DOWN,
        severity=Severity.CRITICAL, worst=Severity.CRITICAL, cause=CauseKind.UNKNOWN, occurred_at=T0,
        first_signal_at=T0, detected_at=T0,
    )  # fmt: skip


def drift(number: int, hostname: str) -> DiffRun:
    return DiffRun(
        run_id=number, previous_id=None, site="WLLS", hostname=hostname, captured_at=T0, previous_at=None,
        compared_at=T0, counts=(), metadata=DiffMetadata(compared=()),
    )  # fmt: skip


def status(at: float = T0) -> EngineStatus:
    return EngineStatus(version="0", pid=1, started_at=T0, at=at, home="/home")


def frame(
    rows: Iterable[RouteHealth] = (), *, is_full: bool = False, removed: tuple[str, ...] = (),
    outages: tuple[OutageEvent, ...] = (), at: float = T0,
) -> Frame:  # fmt: skip
    return Frame(is_full=is_full, routes=tuple(rows), removed=removed, outages=outages, incidents=(), status=status(at))


class SmallSubscription(Mailbox):
    def __init__(self, engine: SmallEngine) -> None:
        super().__init__()
        self._engine = engine
        self.pulls = 0

    def pull(self) -> Frame | None:
        self.pulls += 1
        return super().pull()

    def close(self) -> None:
        self._engine.subscriptions.remove(self)


class SmallEngine:
    """`rows` are what it watches; `offer` tells the subscribers of a change."""

    def __init__(self, rows: Iterable[RouteHealth] = ()) -> None:
        self.rows = tuple(rows)
        self.subscriptions: list[SmallSubscription] = []
        self.acts: list[Action] = []

    def offer(self, *rows: RouteHealth) -> None:
        for subscription in self.subscriptions:
            subscription.offer(frame(rows))

    def subscribe(self) -> SmallSubscription:
        subscription = SmallSubscription(self)
        subscription.offer(frame(self.rows, is_full=True))
        self.subscriptions.append(subscription)
        return subscription

    async def act(self, action: Action) -> ActionResult:
        if isinstance(action, Acknowledge) and not action.outage_ids:
            raise StateTraceError("nothing to acknowledge")
        self.acts.append(action)
        return ActionResult(touched=("OUT-1",), refused={"OUT-2": "it is over"}, action_id="a1")

    async def routes(self) -> tuple[RouteHealth, ...]:
        return self.rows

    async def outages(self) -> tuple[OutageEvent, ...]:
        return (outage(1), outage(2))

    async def incidents(self) -> tuple[Incident, ...]:
        return ()

    async def status(self) -> EngineStatus:
        return status()

    async def monitors(self) -> Monitors:
        return Monitors(at=T0, is_live=True, senders=3, unknown_senders={"10.9.9.9": 2}, last=(delay(outage(1)),))

    async def route_detail(self, route_id: str) -> RouteDetail | None:
        known = next((kept for kept in self.rows if kept.route.route_id == route_id), None)
        if known is None:
            return None
        return RouteDetail(
            health=known, outage=None, paths=(), freshness=(), why_not=(), incident=None, survival="",
            strip=bytes(60), loss_now=None, signals=(),
        )  # fmt: skip

    async def timeline(self, outage_id: str) -> Timeline | None:
        return Timeline(outage=outage(1), marks=()) if outage_id == "OUT-1123-0001" else None

    async def explain(self, outage_id: str) -> Explanation | None:
        if outage_id != "OUT-1123-0001":
            return None
        return Explanation(
            outage=outage(1), at=T0, sentence="s", signals=(), causes=(), changes=(), radius=None, next_step=None,
            why_not_yet=(), why_not_down=(),
        )  # fmt: skip

    async def signal_text(self, seq: int) -> str | None:
        return f"signal {seq}" if seq else None

    async def runbook(self, name: str) -> Runbook | None:
        return Runbook(name=name, title="T") if name == "generic" else None

    async def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        if outage_id != "OUT-1123-0001":
            return None
        return GuidedRunbook(outage_id=outage_id, operator=operator, at=T0, runbook=runbook or "generic", title="T")

    async def file_captures(self, files: bytes) -> Stored:
        return Stored()

    async def captures(self) -> tuple[CaptureSummary, ...]:
        return ()

    async def capture_sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        return ()

    async def capture_page(self, capture_id: int, first: int, count: int, mark: tuple[int, int]) -> CapturePage | None:
        line = CaptureLine(first, f"{capture_id} {mark}", 0)
        return CapturePage(capture_id=capture_id, total_lines=count, first=first, lines=(line,)) if capture_id else None

    async def capture_find(self, capture_id: int, line: int, words: str, is_back: bool) -> int:
        return -line if is_back else len(words) + capture_id

    async def capture_spot(self, route_id: str) -> CaptureSpot | None:
        return None

    async def diff_runs(
        self, hostname: str, site: str, from_at: Epoch, to_at: Epoch, limit: int
    ) -> tuple[DiffRun, ...]:
        return tuple(drift(number, hostname or site) for number in range(limit))

    async def diff_changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        return (PackedChanges(Kind.ROUTES, ChangeType.ADDED, run_id, b""),)

    async def diff_between(self, before_id: int, after_id: int) -> Comparison | None:
        return None

    async def diff_rollback(self, before_id: int, after_id: int) -> Rollback | None:
        return Rollback(lines=(f"no line {before_id}", f"line {after_id}"))

    async def change_marks(self) -> tuple[ChangeMark, ...]:
        return ()

    async def cards(self) -> tuple[AnomalyCard, ...]:
        return ()

    async def clusters(self) -> tuple[Cluster, ...]:
        return ()

    async def rules(self) -> tuple[RuleStatus, ...]:
        return ()

    async def launch_metrics(self, days: int) -> LaunchMetrics:
        return LaunchMetrics(days=(), total=LaunchDay(day=""))

    async def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        entry = AuditEntry(seq=0, at=T0, operator="ana", action="undo", subject="", detail="", digest="")
        return tuple(structs.replace(entry, seq=seq) for seq in range(min(limit, 1_200), 0, -1))

    async def close(self) -> None: ...


async def serve(data_dir: Path) -> None:
    lease = Lease.acquire(data_dir)
    door = Door(SmallEngine(map(row, range(5))), lease.token)
    lease.publish(await door.open())
    print("open", flush=True)
    await door.run()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
