"""All that a front end may call: one protocol, met by the engine in this process and by the door to another.

The methods are coroutines on the caller's own event loop and never block it. `Subscription.pull` is a plain
call that takes microseconds: a console calls it a few times a second and paints what it returns.
"""

from __future__ import annotations

from typing import Protocol

from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Action, ActionResult
from statetrace_engine.model.anomaly import AnomalyCard, RuleStatus
from statetrace_engine.model.capture_view import CapturePage, CaptureSpot
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.diff import ChangeMark, Comparison, DiffRun, PackedChanges, Rollback
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.filed import CaptureSummary, SectionSummary, Stored
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.launch import LaunchMetrics
from statetrace_engine.model.monitors import Monitors
from statetrace_engine.model.outage import Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.status import EngineStatus, Frame


class Subscription(Protocol):
    def pull(self) -> Frame | None:
        """What changed since the last call; None when nothing did. The first frame is complete.

        A frame with only a newer status comes at most once a second.
        """

    def silent_s(self) -> float:
        """Seconds since the engine last gave a sign of life; a console shows a banner above 3."""

    def close(self) -> None: ...


class Engine(Protocol):
    """Raises StateTraceError from any method when the engine is gone."""

    def subscribe(self) -> Subscription: ...

    async def act(self, action: Action) -> ActionResult:
        """Applies and audits it; returns when it is in the journal and in force."""

    async def routes(self) -> tuple[RouteHealth, ...]: ...

    async def outages(self) -> tuple[OutageEvent, ...]:
        """Open ones and those of the last 24 h, newest first."""

    async def incidents(self) -> tuple[Incident, ...]: ...

    async def status(self) -> EngineStatus: ...

    async def monitors(self) -> Monitors:
        """What the engine says of its own sight, as of now: a console on it asks once a second."""

    async def route_detail(self, route_id: str) -> RouteDetail | None: ...

    async def timeline(self, outage_id: str) -> Timeline | None: ...

    async def explain(self, outage_id: str) -> Explanation | None:
        """Signals, causes, changes, radius and next step of an outage, open or over; None when nobody knows it."""

    async def signal_text(self, seq: int) -> str | None:
        """The journaled message behind a piece of evidence, sanitised for a terminal."""

    async def runbook(self, name: str) -> Runbook | None: ...

    async def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        """The runbook of an outage, open or over, as that operator works by it: `act(WorkStep(…))` does; `runbook`
        names another one to read. None when nobody knows the outage."""

    async def file_captures(self, files: bytes) -> Stored:
        """Puts what was read of some files, as `filed.encode` writes it, into store and view; answers when it is there.

        What is there already changes nothing.
        """

    async def captures(self) -> tuple[CaptureSummary, ...]:
        """The last capture of every device, by site and hostname."""

    async def capture_sections(self, capture_id: int) -> tuple[SectionSummary, ...]:
        """In the order of the capture."""

    async def capture_page(self, capture_id: int, first: int, count: int, mark: tuple[int, int]) -> CapturePage | None:
        """At most 500 lines of its redacted text from line `first` (from 1) on; those that `mark`, characters of the
        text, touches are marked. None when it is no longer there."""

    async def capture_find(self, capture_id: int, line: int, words: str, is_back: bool) -> int:
        """The next line after (or before) `line` with these words in it, in any case, else the first from the other
        end; without words, the next that no parser understood. 0: there is none."""

    async def capture_spot(self, route_id: str) -> CaptureSpot | None:
        """Where the newest capture that shows this route shows it."""

    async def diff_runs(
        self, hostname: str, site: str, from_at: Epoch, to_at: Epoch, limit: int
    ) -> tuple[DiffRun, ...]:
        """Captures of a device (of all: empty) with what changed since the one before it, counted; newest first, at
        most 1000."""

    async def diff_changes(self, run_id: int) -> tuple[PackedChanges, ...]:
        """What a run found changed; `packed_changes.unpack` reads it."""

    async def diff_between(self, before_id: int, after_id: int) -> Comparison | None:
        """Any two captures, compared now; None when one is gone."""

    async def diff_rollback(self, before_id: int, after_id: int) -> Rollback | None:
        """Candidate lines that take the later configuration back to the earlier; None when a capture is gone."""

    async def change_marks(self) -> tuple[ChangeMark, ...]:
        """What operators said of changes, oldest first: `act(MarkChange(…))` says it."""

    async def cards(self) -> tuple[AnomalyCard, ...]:
        """Open ones, snoozed ones too, and those of the last 24 h; newest first. `EngineStatus.cards.version` says when
        they are others."""

    async def clusters(self) -> tuple[Cluster, ...]:
        """What belongs together of these cards and of the outages that `outages` tells, oldest first; cards that are
        false positives belong to nothing."""

    async def rules(self) -> tuple[RuleStatus, ...]:
        """How each rule does, those of the engine itself too; by name."""

    async def launch_metrics(self, days: int) -> LaunchMetrics:
        """What is done with runbooks, cards and outages, by day: the last so many days."""

    async def audit(self, limit: int = 200) -> tuple[AuditEntry, ...]:
        """Newest first."""

    async def close(self) -> None:
        """Leaves the engine: stops the one in this process, or only this connection."""
