"""A screen of one outage's runbook: it asks the engine for it, keeps the cursor on its step, and paints it beside the
outage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.model.outage import CauseKind, OutageEvent
from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep
from statetrace_tui.present import blocks, diff_target, explain_page, guide_feed, guide_page, guide_side, guide_steps
from statetrace_tui.present.blocks import Block
from statetrace_tui.present.guide_look import Hints, Look
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.columns import Columns, Piece
from statetrace_tui.widgets.outage_frame import OutageFrame
from statetrace_tui.widgets.pane import Pane

_LEAVING_S = 5.0
"""The cursor goes along with what an own deed led to as long as that is felt to be one."""


class GuideFrame(OutageFrame[GuidedRunbook]):
    """`show(OUTAGE_ID)`, at the operator's next step; without one, as it was left."""

    changed_s: ClassVar[float] = 0.1

    def __init__(self) -> None:
        super().__init__()
        self.cursor = ""
        self.is_reading = False
        """The evidence has the keys."""
        self.piece = ""
        """The evidence under the cursor."""
        self.guide: GuidedRunbook | None = None
        self.feed = Block("evidence", "", [], [], [], [], [])
        self._stood: list[str] = []
        """Keys of the evidence as it last stood."""
        self._rows_stood: list[str] = []
        """Keys of the steps."""
        self._leaving: tuple[str, float] | None = None
        """The step that an own deed leaves, and until when the cursor goes along with it."""
        self._head = Pane(self._head_lines, height=2, id="guide-head")
        self._side = Pane(self._side_lines, id="guide-outage")
        self._steps = Pane(self._step_lines, tone="raised", has_edge=True, id="guide-steps")
        self._below = Pane(self._feed_lines, height=guide_page.FEED_LEAST, id="guide-evidence")
        self._split = Columns(self._side, self._steps, lesser=self._side, id="guide-split")

    def body(self) -> Iterable[Piece]:
        return (self._head, self._split, self._below)

    # What the app tells.

    def show(self, subject: str) -> None:
        """An outage by name: at its next step, also when it was left elsewhere."""
        if subject:
            if subject != self.outage_id:
                self.guide, self._stood = None, []
            self.cursor, self.piece, self.is_reading, self._leaving, self._rows_stood = "", "", False, None, []
            if self.guide is not None:
                self.cursor = guide_steps.start(self.guide)
            self.turn_to(subject)
        self.paint()

    def changes_of(self) -> str:
        return str(diff_target.before(self.outage)) if self.outage is not None else ""

    @property
    def step(self) -> GuidedStep | None:
        """The one under the cursor."""
        return guide_page.chosen(self.guide, self.cursor)

    # Asking the engine.

    async def fetch(self, outage_id: str) -> GuidedRunbook | None:
        return await self.stage.engine.guide(outage_id, self.stage.options.operator)

    def take(self, found: GuidedRunbook) -> None:
        """The cursor goes along with what the operator did, and nowhere by itself."""
        step, until = self._leaving or (found.current, 0.0)
        if not self.cursor or (found.current != step and self.stage.monotonic() < until):
            self.cursor, self._leaving = guide_steps.start(found), None
        self.guide = found
        rows = guide_page.shortest(found, self.look())
        self.cursor = blocks.kept([rows], self.cursor, self._rows_stood)
        self._rows_stood = [item.key for item in rows.items]
        self.came(found)

    def leave(self, step: str) -> None:
        """The operator does something with it: the cursor goes where that leads."""
        self._leaving = (step, self.stage.monotonic() + _LEAVING_S)

    def stay(self) -> None:
        """The operator has moved the cursor."""
        self._leaving = None

    def came(self, found: GuidedRunbook) -> None:
        """It was asked for, and is in `guide`."""

    # Painting.

    def lay_out(self) -> None:
        """The outage beside the steps where both have room, else above them."""
        width, height = self.app.size
        side = guide_page.side_width(width)
        if side:
            self._split.beside(side)
        else:
            self._split.alone()
        self._head.display = self._below.display = not side
        self._steps.has_edge = bool(side)
        self._below.rise(guide_page.feed_height(height, is_flat=self.stage.ink.is_flat))

    def paint(self) -> None:
        if self._leaving is not None and self.stage.facts().queued:
            self.leave(self._leaving[0])  # the deed waits for the engine, and the cursor with it
        super().paint()
        self.refresh_frame()  # what Enter does is another thing on another row

    def look(self) -> Look:
        names = ("work", "fail_step", "copy", "copy_hint", "escalation", "serving")
        hints = Hints(*(self.key(name) for name in names))
        return Look(self.cursor, self.stage.as_of(), self.stage.zone, hints, self.is_reading)

    def _head_lines(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 (it is two lines)
        outage = self.outage
        if outage is None:
            return []
        return guide_page.head(outage, self.guide, self.stage.as_of(), width)

    def _side_lines(self, width: int, height: int) -> list[Line]:
        outage = self.outage
        if outage is None:
            return []
        row = self.stage.book.rows.get(outage.route_id)
        look = self.look()
        top = guide_side.card(outage, self.guide, row.route if row is not None else None, look, width)
        return [*top, *self._evidence(outage, look, width, height - len(top), has_head=True)]

    def _feed_lines(self, width: int, height: int) -> list[Line]:
        outage = self.outage
        has_head = height > guide_page.FEED_LEAST
        return self._evidence(outage, self.look(), width, height, has_head=has_head) if outage is not None else []

    def _evidence(self, outage: OutageEvent, look: Look, width: int, height: int, *, has_head: bool) -> list[Line]:
        seen = guide_feed.entries(self.step, outage)
        self.feed = guide_feed.block(seen, self.piece, look, width)
        piece = blocks.kept([self.feed], self.piece, self._stood)
        if piece != self.piece:
            self.piece = piece
            self.feed = guide_feed.block(seen, piece, look, width)
        self._stood = [item.key for item in self.feed.items]
        return guide_feed.lines(self.feed, piece, look, width, height, has_head=has_head)

    def _step_lines(self, width: int, height: int) -> list[Line]:
        outage, guide = self.outage, self.guide
        if outage is None or guide is None:
            return explain_page.nothing(self.outage_id, self.why or "asking the engine ..", width)
        is_airy = height >= blocks.AIRY_FROM
        is_gone = outage.cause is CauseKind.DEVICE_UNREACHABLE and outage.closed_at is None
        where = "" if is_gone else outage.hostname  # nobody types at a device that is gone: its neighbours are asked
        return guide_page.steps(guide, self.look(), width, height, where, is_airy=is_airy)
