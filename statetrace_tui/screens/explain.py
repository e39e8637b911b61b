"""Explanation: why an outage is one, on one screen: signals, causes, blast radius, next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from msgspec import structs
from textual import events
from textual.containers import Container
from textual.widget import Widget

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.explanation import Explanation, TouchedRoute
from statetrace_engine.model.outage import EvidenceItem, OutageEvent
from statetrace_tui.present import blocks, diff_target, explain_causes, explain_page, outage_row
from statetrace_tui.present.blocks import Block
from statetrace_tui.present.book import Delta, is_open
from statetrace_tui.present.explain_page import Look
from statetrace_tui.present.explain_reach import Hints
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.modal import Prompt
from statetrace_tui.widgets.pane import Pane
from statetrace_tui.widgets.reading import read_evidence

_CHANGED_S = 0.25
"""An outage that keeps changing is asked for so often at most."""
_AGAIN_S = 2.0
"""What moves without the outage: how fresh its sources are."""
_FAR = 100_000


class ExplainScreen(Frame):
    """`show(OUTAGE_ID)`; without one, as it was left."""

    place: ClassVar[str] = "explain"
    word: ClassVar[str] = "Explanation"
    legend: ClassVar[list[Line]] = explain_page.LEGEND
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
        self.outage_id = ""
        self.cursor = ""
        self.explanation: Explanation | None = None
        self.left: list[Block] = []
        self.right: list[Block] = []
        self._before: list[tuple[str, str]] = []
        """Outages that were explained before this one, each with its cursor."""
        self._stood: list[str] = []
        """Keys of the items as they last stood."""
        self._why = ""
        self._is_asking = False
        self._is_stale = False
        self._asked_at = 0.0
        self._second = -1
        self._head = Pane(self._head_lines, height=2, id="explain-head")
        self._main = Pane(self._left_lines, id="explain-why")
        self._side = Pane(self._right_lines, tone="raised", has_edge=True, id="explain-reach")
        self._split = Container(self._main, self._side, id="explain-split")

    def body(self) -> Iterable[Widget]:
        return (self._head, self._split)

    # What the app tells.

    def follow(self, delta: Delta) -> None:
        incident = self.outage.incident_id if self.outage is not None else ""
        if delta.is_full or self.outage_id in delta.outages or incident in delta.incidents:
            self._is_stale = True
            self._paint()

    def tick(self) -> None:
        """Asks again when something changed; ages and timers move once a second."""
        outage = self.outage
        now = self.stage.monotonic()
        since = now - self._asked_at
        is_old = since > _AGAIN_S and outage is not None and outage.closed_at is None
        if self.outage_id and not self._is_asking and ((self._is_stale and since > _CHANGED_S) or is_old):
            self._ask()
        second = int(self.stage.as_of())
        if second != self._second:
            self._second = second
            self._paint()
        if outage is not None and is_open(outage) and self.is_on_the_glass:
            self.stage.mark_shown([outage.outage_id])

    def show(self, subject: str) -> None:
        if subject and subject != self.outage_id:
            self._before.clear()
            self._explain(subject, "")
        self._arrange()
        self._paint()

    def changes_of(self) -> str:
        """The run that shows the change under the cursor, else the time before the outage."""
        item = blocks.find(self.all_blocks, self.cursor)
        known = self.explanation.changes if self.explanation is not None and item is not None else ()
        here = next((c for c in known if item is not None and explain_causes.change_of(c) == item.target), None)
        if here is not None and here.between is not None:
            return str(diff_target.Target(here.hostname, run_id=here.between.run_id))
        return str(diff_target.before(self.outage)) if self.outage is not None else ""

    def veil(self, is_veiled: bool) -> None:
        for pane in (self._head, self._main, self._side):
            pane.veil(is_veiled)
        self._paint()

    @property
    def outage(self) -> OutageEvent | None:
        """As it is now."""
        found = self.stage.book.outages.get(self.outage_id)
        return found or (self.explanation.outage if self.explanation is not None else None)

    # Asking the engine.

    def _explain(self, outage_id: str, cursor: str) -> None:
        self.outage_id, self.cursor, self.explanation, self._why = outage_id, cursor, None, ""
        self.left, self.right, self._stood = [], [], []
        self._is_stale = True
        if not self._is_asking:
            self._ask()
        outage = self.outage
        if outage is not None and outage.is_latched:
            self.stage.mark_seen([outage_id])

    def _ask(self) -> None:
        self._is_asking, self._is_stale, self._asked_at = True, False, self.stage.monotonic()
        self.stage.start(self._fetch(self.outage_id), "explanation")

    async def _fetch(self, outage_id: str) -> None:
        try:
            found = await self.stage.engine.explain(outage_id)
        except StateTraceError:
            return  # the banner says that the engine is silent
        finally:
            self._is_asking = False
        if outage_id != self.outage_id:
            self._ask()
            return
        if found is not None:
            self.explanation = found
        self._why = "" if found is not None else "nothing is known of it any more"
        self._arrange()
        self._paint()

    # Painting.

    def on_mount(self) -> None:
        super().on_mount()
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._arrange()

    def _arrange(self) -> None:
        """Two columns where both have room; the heading is as high as its sentence."""
        width, height = self.app.size
        right = explain_page.right_width(width)
        self._split.styles.layout = "horizontal"
        self._side.display = bool(right)
        self._side.styles.width = right or 1
        rows = len(self._head_lines(width, height))
        old = self._head.styles.height
        if old is None or old.value != rows:
            self._head.styles.height = rows

    def _paint(self) -> None:
        for pane in (self._head, self._main, self._side):
            pane.repaint()

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
            return explain_page.nothing(self.outage_id, self._why or "asking the engine ..", width)
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

    def action_down(self) -> None:
        self._go(blocks.moved(self.all_blocks, self.cursor, 1))

    def action_up(self) -> None:
        self._go(blocks.moved(self.all_blocks, self.cursor, -1))

    def action_first(self) -> None:
        self._go(blocks.moved(self.all_blocks, self.cursor, -_FAR))

    def action_last(self) -> None:
        self._go(blocks.moved(self.all_blocks, self.cursor, _FAR))

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
            self._paint()

    def action_leave(self) -> None:
        """To the outage that was explained before this one, then to the screen before."""
        if self._before:
            self._explain(*self._before.pop())
            self._arrange()
            self._paint()
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
        self._arrange()
        self._paint()

    def _open_evidence(self, piece: EvidenceItem) -> None:
        spot = piece.spot
        if spot is not None:
            what = f"{spot.command}  bytes {spot.start:,}-{spot.end:,}"
            self.stage.go("rawlog", f"capture {spot.capture_id} {spot.text_start} {spot.text_end}\t{what}\t{spot.name}")
        elif piece.source == "capture":
            self.action_capture()
        elif self.explanation is not None and self.outage is not None:
            read_evidence(self, self.outage, explain_page.pieces(self.explanation), piece)

    def action_raw_log(self) -> None:
        item = blocks.find(self.all_blocks, self.cursor)
        piece = item.target if item is not None and isinstance(item.target, EvidenceItem) else None
        if piece is not None and piece.spot is not None:
            self._open_evidence(piece)
        elif self.explanation is not None and self.outage is not None:
            read_evidence(self, self.outage, explain_page.pieces(self.explanation), piece)

    def action_capture(self) -> None:
        """The lines of the newest capture that show its route."""
        if self.outage is not None:
            self.stage.go("rawlog", f"route {self.outage.route_id}")

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
