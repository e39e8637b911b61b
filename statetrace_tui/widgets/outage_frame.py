"""A screen about one outage: it asks the engine what is known of it, again when it changes, and acts for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.outage import EvidenceItem, OutageEvent
from statetrace_tui.present import outage_row
from statetrace_tui.present.book import Delta, is_open
from statetrace_tui.widgets.frame import Moving
from statetrace_tui.widgets.modal import Prompt
from statetrace_tui.widgets.reading import read_evidence

_AGAIN_S = 2.0
"""What moves without the outage: how fresh its sources are, a file of a runbook, what captures lack."""
_Known = TypeVar("_Known")


class OutageFrame(Moving, Generic[_Known]):
    """`show(OUTAGE_ID)`; without one, as it was left."""

    changed_s: ClassVar[float]
    """An outage that keeps changing is asked for so often at most."""

    def __init__(self) -> None:
        super().__init__()
        self.outage_id = ""
        self.why = ""
        """Why nothing is known of it."""
        self._is_asking = False
        self._is_stale = False
        self._asked_at = 0.0
        self._second = -1

    # What a screen fills in.

    async def fetch(self, outage_id: str) -> _Known | None:
        """What the engine knows of it; None: nothing any more."""
        raise NotImplementedError

    def take(self, found: _Known) -> None:
        """It is known now."""
        raise NotImplementedError

    @property
    def outage(self) -> OutageEvent | None:
        """As it is now."""
        return self.stage.book.outages.get(self.outage_id)

    # What the app tells.

    def follow(self, delta: Delta) -> None:
        incident = self.outage.incident_id if self.outage is not None else ""
        if delta.is_full or self.outage_id in delta.outages or incident in delta.incidents:
            self._is_stale = True
            self.paint()

    def tick(self) -> None:
        """Asks again when something changed; ages and timers move once a second."""
        outage = self.outage
        since = self.stage.monotonic() - self._asked_at
        is_old = since > _AGAIN_S and outage is not None and outage.closed_at is None
        if self.outage_id and not self._is_asking and ((self._is_stale and since > self.changed_s) or is_old):
            self._ask()
        second = int(self.stage.as_of())
        if second != self._second:
            self._second = second
            self.paint()
        if outage is not None and is_open(outage) and self.is_on_the_glass:
            self.stage.mark_shown([outage.outage_id])

    # Asking the engine.

    def turn_to(self, outage_id: str) -> None:
        """It is about that outage from now on."""
        self.outage_id, self.why, self._is_stale = outage_id, "", True
        if not self._is_asking:
            self._ask()
        if self.outage is not None and self.outage.is_latched:
            self.stage.mark_seen([outage_id])

    def _ask(self) -> None:
        self._is_asking, self._is_stale, self._asked_at = True, False, self.stage.monotonic()
        self.stage.start(self._answered(self.outage_id), self.place)

    async def _answered(self, outage_id: str) -> None:
        try:
            found = await self.fetch(outage_id)
        except StateTraceError:
            return  # the banner says that the engine is silent
        finally:
            self._is_asking = False
        if outage_id != self.outage_id:
            self._ask()
            return
        if found is not None:
            self.take(found)
        self.why = "" if found is not None else "nothing is known of it any more"
        self.lay_out()
        self.paint()

    # Keys: reading.

    def open_piece(self, piece: EvidenceItem, among: Sequence[EvidenceItem]) -> None:
        """The lines of the capture, or the message as it was received."""
        spot = piece.spot
        if spot is not None:
            what = f"{spot.command}  bytes {spot.start:,}-{spot.end:,}"
            self.stage.go("rawlog", f"capture {spot.capture_id} {spot.text_start} {spot.text_end}\t{what}\t{spot.name}")
        elif piece.source == "capture":
            self.action_capture()
        elif self.outage is not None:
            read_evidence(self, self.outage, among, piece)

    def action_capture(self) -> None:
        """The lines of the newest capture that show its route."""
        if self.outage is not None:
            self.stage.go("rawlog", f"route {self.outage.route_id}")

    # Keys: acting.

    def _targets(self) -> list[str]:
        return [self.outage_id] if self.outage is not None and outage_row.group(self.outage) < 3 else []

    def action_acknowledge(self) -> None:
        self.stage.acknowledge(self._targets())

    def action_acknowledge_with_note(self) -> None:
        targets = self._targets()
        if targets:
            self.ask(Prompt("note for this outage:", lambda note: self.stage.acknowledge(targets, note.strip())))
        else:
            self.stage.acknowledge(targets)

    def action_undo(self) -> None:
        self.stage.undo()
