"""Runbook: what to do about an outage, step by step, beside what is seen of it; `b` wherever an outage is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from uuid import uuid4

from statetrace_engine.model.action import WorkStep
from statetrace_engine.model.outage import EvidenceItem
from statetrace_engine.model.remediation import GuidedRunbook, StepDeed
from statetrace_tui.present import blocks, guide_feed, guide_look, guide_page, guide_step, guide_steps
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.guide_frame import GuideFrame
from statetrace_tui.widgets.modal import Chooser, Prompt
from statetrace_tui.widgets.reading import read_runbook

_PAGE, _STEPS_A_PAGE = 8, 3
"""What a page key moves by: pieces of evidence, steps."""


class RunbookScreen(GuideFrame):
    """Keys of it: what is done with a step is told to the engine, which says where it leads."""

    place: ClassVar[str] = "runbook"
    word: ClassVar[str] = "Runbook"
    legend: ClassVar[list[Line]] = guide_page.LEGEND
    keys: ClassVar[tuple[Key, ...]] = (
        Key("enter space", "work", "start", "ACT", "start, done, open"),
        Key("x", "fail_step", "differs", "ACT", "not as expected"),
        Key("s", "skip_step", "skip", "ACT", "skip, with a reason"),
        Key("y", "copy", "copy", "ACT", "copy command"),
        Key("Y", "copy_hint", "", "ACT", "copy the other one"),
        Key("tab", "pane", "evidence", "MOVE", "steps, evidence"),
        Key("l", "raw_log", "log", "LOOK", "evidence, capture", "capture"),
        Key("L", "capture"),
        Key("e", "escalation", "escalate", "ACT", "copy escalation"),
        Key("H", "hand_over", "hand over", "ACT", "hand over to"),
        *MOVES,
        Key("B", "step_back", "", "MOVE", "step before"),
        Key("J", "jump", "", "MOVE", "go on from here"),
        Key("R", "restart", "", "MOVE", "from the first"),
        Key("S", "serving", "", "MOVE", "runbook of now"),
        Key("U", "undo_step", "", "ACT", "undo a step"),
        Key("u", "undo", "", "ACT", "undo (10 s)"),
        Key("a", "acknowledge", "ack", "ACT", "acknowledge"),
        Key("A", "acknowledge_with_note", "", "ACT", "with a note"),
        Key("r", "read_all", "", "LOOK", "all of it"),
        Key("E", "why", "", "LOOK", "explain it"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._is_arriving = False

    def show(self, subject: str) -> None:
        self._is_arriving = self._is_arriving or bool(subject)
        super().show(subject)

    def came(self, found: GuidedRunbook) -> None:
        """Opening it is a deed: others see who works by it, and it goes on where somebody else has done a step."""
        if not self._is_arriving:
            return
        self._is_arriving = False
        here = next((step.task for step in found.steps if step.is_current), None)
        is_behind = here is not None and not here.is_open and found.done < found.of
        if (not found.is_opened or is_behind) and not found.is_over and not self.stage.facts().hindrance:
            self._act(StepDeed.OPEN, "")

    def key_words(self) -> Mapping[str, str]:
        """What Enter does now."""
        if self.is_reading:
            return {"work": "open", "pane": "steps"}
        return {"work": _WORDS[self._next_deed()] if self.guide is not None else ""}

    # Keys: moving.

    def page_rows(self) -> int:
        return _PAGE if self.is_reading else _STEPS_A_PAGE

    def move(self, by: int) -> None:
        if self.is_reading:
            self.piece = blocks.moved([self.feed], self.piece, by)
        elif self.guide is not None:
            self.stay()
            self.cursor = blocks.moved([guide_page.shortest(self.guide, self.look())], self.cursor, by)
        self.paint()

    def action_pane(self) -> None:
        self.is_reading = not self.is_reading and bool(self.feed.rows)
        self.paint()

    def action_leave(self) -> None:
        """Out of the evidence, then back."""
        if self.is_reading:
            self.action_pane()
        else:
            self.stage.back()

    # Keys: working.

    def _next_deed(self) -> StepDeed | None:
        """What Enter does with the step under the cursor; None: it has been done, and Enter goes on to the next."""
        step = self.step
        if step is None or self.guide is None:
            return None
        task = step.task
        if task is None or (task.is_open and task.operator != self.guide.operator):
            return StepDeed.START
        if task.is_open:
            return StepDeed.DONE
        return StepDeed.START if step.is_current else None

    def action_work(self) -> None:
        if self.is_reading:
            self._open_piece()
            return
        deed = self._next_deed()
        if deed is not None:
            self._work(deed, _DONE[deed])
        elif self.guide is not None:
            self.cursor = guide_steps.start(self.guide)
            self.paint()

    def _work(self, deed: StepDeed, done: str, reason: str = "", to: str = "") -> None:
        """With the step under the cursor."""
        step = self.step
        if step is None:
            self.stage.say("choose a step first", "dim")
        else:
            self._act(deed, f"step {step.number} {done}", step.step, reason, to)

    def _act(
        self, deed: StepDeed, done: str, step: str = "", reason: str = "", to: str = "", runbook: str = ""
    ) -> None:
        guide = self.guide
        if guide is None:
            return
        self.leave(guide.current)
        operator = self.stage.options.operator
        name = runbook or guide.runbook
        self.stage.act(WorkStep(uuid4().hex, operator, self.outage_id, name, step, deed, reason, to), done)

    def action_fail_step(self) -> None:
        """Takes its branch; where there are several ways the operator says which, by the same key the plain one."""
        step, guide = self.step, self.guide
        ways = guide_step.ways(step) if step is not None else []
        if guide is None or step is None or not ways:
            self._work(StepDeed.FAILED, self._failed(""))
            return
        plain = guide_step.plain_way(step, guide)
        letters = {self.key("fail_step") or "0": "", **{str(at): way.label for at, way in enumerate(ways[:9], 1)}}
        words = [plain, *(way.label for way in ways)]

        def chosen(letter: str) -> None:
            self._work(StepDeed.FAILED, self._failed(letters[letter]), to=letters[letter])

        self.ask(Chooser("not as expected:", list(zip(letters, words, strict=False)), chosen))

    def _failed(self, label: str) -> str:
        """`was not as expected: on with step 5, Hand it over`."""
        step, guide = self.step, self.guide
        label = label or guide_step.FAILED
        found = next((each for each in step.branches if each.label == label), None) if step is not None else None
        leads = f": on with {guide_step.where(found, guide)}" if found is not None and guide is not None else ""
        return f"was not as expected{leads}"

    def action_skip_step(self) -> None:
        step = self.step
        if step is None:
            self._work(StepDeed.SKIP, "")
            return

        def done(reason: str) -> None:
            if reason.strip():
                self._work(StepDeed.SKIP, "skipped", reason.strip())
            else:
                self.stage.say("a step is skipped with a reason", "major")

        self.ask(Prompt(f"skip step {step.number}, because:", done))

    def action_undo_step(self) -> None:
        """The one under the cursor, where the operator has ended it, else the last that they have."""
        guide = self.guide
        if guide is None:
            return
        turn = guide_look.taken_back(self.step, guide)
        if turn is None:
            self.stage.say("you have ended no step: there is nothing to take back", "dim")
        else:
            number = next((each.number for each in guide.steps if each.task is turn), 0)
            done = f"step {number}" if number else f"a step of {turn.runbook}"
            self._act(StepDeed.UNDO, f"{done} is open again", turn.step, runbook=turn.runbook)

    def action_step_back(self) -> None:
        self._act(StepDeed.BACK, "back")

    def action_jump(self) -> None:
        self._work(StepDeed.JUMP, "is where you go on")

    def action_restart(self) -> None:
        self._act(StepDeed.RESTART, "from the first step; what was done stays done")

    def action_serving(self) -> None:
        """From the runbook of a cause that was revised to that of the cause as it is now."""
        guide = self.guide
        if guide is None or guide.serving in ("", guide.runbook):
            self.stage.say("this is the runbook that serves it", "dim")
            return
        self._act(StepDeed.JUMP, f"by {guide.serving} now", runbook=guide.serving)

    def action_hand_over(self) -> None:
        def done(to: str) -> None:
            if to.strip():
                self._act(StepDeed.HAND_OVER, f"handed over to {to.strip()}", to=to.strip())

        if self.guide is not None:
            self.ask(Prompt("hand your step over to:", done, hint="a name"))

    # Keys: copying.

    def action_copy(self) -> None:
        step = self.step
        if step is None or not step.command:
            self.stage.say("this step has no command" if step is not None else "choose a step first", "dim")
            return
        self.stage.copy_text(step.command)
        if step.foreign:
            self.stage.say(f"copied, but there is {step.foreign}", "warn", 8.0)
        if step.missing:
            names = ", ".join(name.replace("_", " ") for name in step.missing)
            self.stage.say(f"copied, but it is not whole: put in {names}", "warn", 8.0)

    def action_copy_hint(self) -> None:
        found = self.guide.suggestion if self.guide is not None else None
        if found is None:
            self.stage.say("no other command is suggested", "dim")
        else:
            self.stage.copy_text(found.command)

    def action_escalation(self) -> None:
        """What to say to whom, with what was done."""
        if self.guide is not None and self.outage is not None:
            self.stage.copy_text(guide_page.escalation(self.guide, self.outage, self.look()))

    # Keys: reading.

    def _open_piece(self) -> None:
        found = blocks.find([self.feed], self.piece)
        if found is not None and isinstance(found.target, EvidenceItem):
            self.open_piece(found.target, list(guide_feed.targets(self.feed)))

    def action_raw_log(self) -> None:
        """What stands behind the evidence under the cursor; from a step, behind its newest."""
        found = blocks.find([self.feed], self.piece) if self.is_reading else None
        pieces = list(guide_feed.targets(self.feed))
        newest = guide_feed.newest(self.step, pieces)
        target = found.target if found is not None else newest
        if isinstance(target, EvidenceItem):
            self.open_piece(target, pieces)
        else:
            self.stage.say("no evidence is known of it", "dim")

    def action_read_all(self) -> None:
        """The runbook as it is written."""
        if self.guide is not None:
            read_runbook(self, self.guide.runbook, self.outage)

    def action_why(self) -> None:
        if self.outage_id:
            self.stage.go("explain", self.outage_id)


_DONE = {StepDeed.START: "begun", StepDeed.DONE: "done, as expected"}
_WORDS = {StepDeed.START: "start", StepDeed.DONE: "done", None: "go on"}
