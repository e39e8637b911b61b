"""Explanation: why an outage is one, on one screen: signals, causes, blast radius, next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from msgspec import structs

from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.explanation import Explanation, TouchedRoute
from statetrace_engine.model.outage import EvidenceItem, OutageEvent
from statetrace_tui.present import blocks, diff_target, explain_causes, explain_page, outage_row
from statetrace_tui.present.blocks import Block
from statetrace_tui.present.explain_page import Look
from statetrace_tui.present.explain_reach import Hints
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.columns import Columns, Piece
from statetrace_tui.widgets.outage_frame import OutageFrame
from statetrace_tui.widgets.pane import Pane
from statetrace_tui.widgets.reading import read_evidence


class ExplainScreen(OutageFrame[Explanation]):
    """The cursor stands on what can be opened."""

    place: ClassVar[str] = "explain"
    word: ClassVar[str] = "Explanation"
    legend: ClassVar[list[Line]] = explain_page.LEGEND
    changed_s: ClassVar[float] = 0.25
    keys: ClassVar[tuple[Key, ...]] = (
        *MOVES,
        Key("a", "acknowledge", "ack", "ACT", "acknowledge"),
        Key("A", "acknowledge_with_note", "note", "ACT", "with a note"),
        Key("u", "undo", "", "ACT", "undo (10 s)"),
        Key("enter t", "open", "open", "MOVE", "what was received"),
        Key("tab", "pane", "block", "MOVE", "next block"),
        Key("shift+tab", "previous_pane", "", "MOVE", "block before"),
        Key("right >", "right", "", "MOVE", "beside it", "left"),
        Key("left <", "left"),
        Key("y", "copy", "copy", "ACT", "copy command"),
        Key("Y", "copy_all", "copy all", "ACT", "copy all"),
        Key("b", "runbook", "runbook", "LOOK", "runbook"),
        Key("l", "raw_log", "log", "LOOK", "evidence, capture", "capture"),
        Key("L", "capture"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.cursor = ""
        self.explanation: Explanation | None = None
        self.left: list[Block] = []
        self.right: list[Block] = []
        self._before: list[tuple[str, str]] = []
        """Outages that were explained before this one, each with its cursor."""
        self._stood: list[str] = []
        """Keys of the items as they last stood."""
        self._head = Pane(self._head_lines, height=2, id="explain-head")
        self._main = Pane(self._left_lines, id="explain-why")
        self._side = Pane(self._right_lines, tone="raised", has_edge=True, id="explain-reach")
        self._split = Columns(self._main, self._side, lesser=self._side, id="explain-split")

    def body(self) -> Iterable[Piece]:
        return (self._head, self._split)

    # What the app tells.

    def show(self, subject: str) -> None:
        if subject and subject != self.outage_id:
            self._before.clear()
            self._explain(subject, "")
        self.paint()

    def changes_of(self) -> str:
        """The run that shows the change under the cursor, else the time before the outage."""
        item = blocks.find(self.all_blocks, self.cursor)
        known = self.explanation.changes if self.explanation is not None and item is not None else ()
        here = next((c for c in known if item is not None and explain_causes.change_of(c) == item.target), None)
        if here is not None and here.between is not None:
            return str(diff_target.Target(here.hostname, run_id=here.between.run_id))
        return str(diff_target.before(self.outage)) if self.outage is not None else ""

    @property
    def outage(self) -> OutageEvent | None:
        """As it is now."""
        found = self.stage.book.outages.get(self.outage_id)
        return found or (self.explanation.outage if self.explanation is not None else None)

    # Asking the engine.

    def _explain(self, outage_id: str, cursor: str) -> None:
        self.cursor, self.explanation = cursor, None
        self.left, self.right, self._stood = [], [], []
        self.turn_to(outage_id)
        self.lay_out()

    async def fetch(self, outage_id: str) -> Explanation | None:
        return await self.stage.engine.explain(outage_id)

    def take(self, found: Explanation) -> None:
        self.explanation = found

    # Painting.

    def lay_out(self) -> None:
        """Two columns where both have room; the heading is as high as its sentence."""
        width, height = self.app.size
        right = explain_page.right_width(width)
        if right:
            self._split.beside(right)
        else:
            self._split.alone()
        self._head.rise(len(self._head_lines(width, height)))

    def _look(self) -> Look:
        hints = Hints(self.key("runbook"), self.key("copy"))
        return Look(self.cursor, self.stage.as_of(), self.stage.zone, hints)

    @property
    def _now_known(self) -> Explanation | None:
        """The explanation as asked for, with the outage as it is now."""
        known, outage = self.explanation, self.outage
        return structs.replace(known, outage=outage) if known is not None and outage is not None else None

    def _head_lines(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 (its height follows from its lines)
        outage = self.outage
        if outage is None:
            return explain_page.nothing(self.outage_id, self.why or "asking the engine ..", width)
        sentence = self.explanation.sentence if self.explanation is not None else outage_row.said(outage)
        return explain_page.head(outage, sentence, self.stage.as_of(), width, self.app.size.height)

    def _lay(self, height: int) -> bool:
        known = self._now_known
        if known is None:
            return False
        right = explain_page.right_width(self.app.size.width)
        widths = (self.app.size.width - right, max(right - self.stage.ink.is_flat, 0))
        self.left, self.right = explain_page.laid(known, self._look(), *widths, height)
        wanted = self.cursor or explain_page.start(self.left)
        cursor = blocks.kept(self.all_blocks, wanted, self._stood)
        if cursor != self.cursor:
            self.cursor = cursor
            self.left, self.right = explain_page.laid(known, self._look(), *widths, height)
        self._stood = [item.key for block in self.all_blocks for item in block.items]
        return True

    def _left_lines(self, width: int, height: int) -> list[Line]:
        if not self._lay(height):
            return []
        return explain_page.column(self.left, self.cursor, width, height)

    def _right_lines(self, width: int, height: int) -> list[Line]:
        return explain_page.column(self.right, self.cursor, width, height) if self.right else []

    @property
    def all_blocks(self) -> list[Block]:
        return [*self.left, *self.right]

    # Keys: moving.

    def move(self, by: int) -> None:
        self._go(blocks.moved(self.all_blocks, self.cursor, by))

    def action_page_down(self) -> None:
        self._go(blocks.turned(self.all_blocks, self.cursor, 1))

    def action_page_up(self) -> None:
        self._go(blocks.turned(self.all_blocks, self.cursor, -1))

    def action_pane(self) -> None:
        self.action_page_down()

    def action_previous_pane(self) -> None:
        self.action_page_up()

    def action_right(self) -> None:
        self._go(blocks.aside(self.all_blocks, self.cursor, 1))

    def action_left(self) -> None:
        self._go(blocks.aside(self.all_blocks, self.cursor, -1))

    def _go(self, cursor: str) -> None:
        if cursor != self.cursor:
            self.cursor = cursor
            self.paint()

    def action_leave(self) -> None:
        """To the outage that was explained before this one, then to the screen before."""
        if self._before:
            self._explain(*self._before.pop())
            self.paint()
        else:
            self.stage.back()

    # Keys: reading.

    def action_open(self) -> None:
        """What stands behind the item under the cursor: the message, the capture, the other outage, the runbook."""
        item = blocks.find(self.all_blocks, self.cursor)
        target = item.target if item is not None else None
        if isinstance(target, EvidenceItem):
            self._open_evidence(target)
        elif isinstance(target, TouchedRoute):
            self._open_other(target.outage_id, f"{target.hostname} {target.prefix} has no outage: it cannot be seen")
        elif isinstance(target, AnomalyCard):
            self.stage.go("cards", target.card_id)
        elif isinstance(target, str):
            incident = self.stage.book.incidents.get(target)
            self._open_other(incident.outage_ids[0] if incident and incident.outage_ids else "", f"{target} is over")
        elif self.cursor.startswith("step"):
            self.action_runbook()
        else:
            self.stage.say("nothing stands behind it", "dim")

    def _open_other(self, outage_id: str, otherwise: str) -> None:
        if not outage_id or outage_id == self.outage_id:
            self.stage.say("this is the one" if outage_id else otherwise, "dim")
            return
        self._before.append((self.outage_id, self.cursor))
        self._explain(outage_id, "")
        self.paint()

    def _open_evidence(self, piece: EvidenceItem) -> None:
        if self.explanation is not None:
            self.open_piece(piece, explain_page.pieces(self.explanation))

    def action_raw_log(self) -> None:
        item = blocks.find(self.all_blocks, self.cursor)
        piece = item.target if item is not None and isinstance(item.target, EvidenceItem) else None
        if piece is not None and piece.spot is not None:
            self._open_evidence(piece)
        elif self.explanation is not None and self.outage is not None:
            read_evidence(self, self.outage, explain_page.pieces(self.explanation), piece)

    def action_runbook(self) -> None:
        """What to do about it, at its next step."""
        if self.outage is not None:
            self.stage.go("runbook", self.outage.outage_id)

    def action_copy(self) -> None:
        step = self.explanation.next_step if self.explanation is not None else None
        if step is not None and step.command:
            self.stage.copy_text(step.command)
            if step.foreign:
                self.stage.say(f"copied, but there is {step.foreign}", "warn", 8.0)
        else:
            self.stage.say("the next step has no command", "dim")

    def action_copy_all(self) -> None:
        known = self._now_known
        if known is not None:
            self.stage.copy_text(explain_page.as_text(known, self._look()))
