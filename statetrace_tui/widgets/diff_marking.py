"""Saying what a change is: as it should be, none at all, or neither any more; taken back for 10 s by one key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import uuid4

from statetrace_engine.model.action import MarkChange, Undo
from statetrace_engine.model.diff import MarkVerdict
from statetrace_engine.model.marked import steps
from statetrace_tui.present.diff_changes import Entry
from statetrace_tui.present.diff_list import DiffList, Marked
from statetrace_tui.present.text import count
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.modal import Chooser
from statetrace_tui.widgets.stage import Stage

UNDO_S = 10.0
LOOK_S = 0.3
"""The engine is asked so often whether what was said is in force."""
MOST = 200
"""Entries that are marked at once; nobody has read more."""
_PAIR = 2
"""Changes of one entry: a line and what took its place."""
_DONE = {
    MarkVerdict.EXPECTED: "expected",
    MarkVerdict.FALSE_POSITIVE: "false positive",
    MarkVerdict.CLEARED: "taken back",
}
_VERDICTS = {"a": MarkVerdict.EXPECTED, "F": MarkVerdict.FALSE_POSITIVE, "u": MarkVerdict.CLEARED}
"""By the letters that mark one entry."""


class Marking:
    def __init__(self) -> None:
        self._last: tuple[MarkChange, ...] = ()
        """What was said or taken back last."""
        self._at = -UNDO_S
        self._looked = 0.0

    def is_due(self, now: float) -> bool:
        """Something was said a moment ago: marks should be asked for."""
        is_recent = now - self._at < UNDO_S and now - self._looked >= LOOK_S
        self._looked = now if is_recent else self._looked
        return is_recent

    def left_s(self, now: float) -> float:
        """How long what was said last can still be taken back."""
        return UNDO_S - (now - self._at) if self._last else 0.0

    def say(self, stage: Stage, shown: DiffList, verdict: MarkVerdict) -> None:
        """Of each change of the entry under the cursor."""
        entry = shown.chosen
        marks = self._marks(stage, shown, [entry] if entry is not None else [], verdict)
        if marks:
            self._act(stage, marks, verdict)
        else:
            stage.say("two devices differ: nothing changed" if entry is not None else "nothing is here", "dim")

    def ask_all(self, frame: Frame, shown: DiffList, marked: Marked) -> None:
        """What all entries are that the filter leaves, each an action of its own; taken back is only what was said."""
        stage, number = frame.stage, len(shown.shown)
        entries = [shown.changes.entry(at) for at in shown.shown[:MOST]]
        if number > MOST:
            stage.say(f"{number:,} are shown: filter them first, to {MOST} at most", "dim")
        elif not self._marks(stage, shown, entries, MarkVerdict.EXPECTED):
            stage.say("two devices differ: nothing changed" if entries else "nothing is here", "dim")
        else:

            def said(letter: str) -> None:
                verdict = _VERDICTS[letter]
                marks = self._marks(stage, shown, entries, verdict)
                if verdict is MarkVerdict.CLEARED:
                    marks = [each for each in marks if marked.has(each)]
                if marks:
                    self._act(stage, marks, verdict)
                else:
                    stage.say("nothing was said of these changes", "dim")

            choices = [(letter, _DONE[verdict]) for letter, verdict in _VERDICTS.items()]
            frame.ask(Chooser(f"{shown.extent} shown are", choices, said))

    def take_back(self, stage: Stage, shown: DiffList, marked: Marked) -> None:
        """What was said a moment ago, or taken back, is as it was; else what was said of the entry under the cursor."""
        entry = shown.chosen
        if self.left_s(stage.monotonic()) > 0:
            self._undo(stage)
            return
        marks = self._marks(stage, shown, [entry] if entry is not None else [], MarkVerdict.CLEARED)
        marks = [each for each in marks if marked.has(each)]
        if marks:
            self._act(stage, marks, MarkVerdict.CLEARED)
        else:
            stage.say("nothing was said of this change", "dim")

    def _undo(self, stage: Stage) -> None:
        if hindrance := stage.facts().hindrance:
            stage.say(hindrance, "major")
            return
        is_cleared = self._last[0].verdict is MarkVerdict.CLEARED
        done = f"{'as it was' if is_cleared else _DONE[MarkVerdict.CLEARED]}: {_said(self._last)}"
        for number, mark in enumerate(reversed(self._last)):
            stage.act(Undo(mark.action_id, stage.options.operator), done if number == 0 else "")
        self._last = ()
        self._at, self._looked = stage.monotonic(), 0.0

    def _marks(self, stage: Stage, shown: DiffList, entries: Iterable[Entry], verdict: MarkVerdict) -> list[MarkChange]:
        """None where two devices are compared: nothing changed there."""
        return [
            MarkChange(
                uuid4().hex,
                stage.options.operator,
                whose.hostname,
                each.kind,
                each.key,
                each.change_type,
                verdict,
                steps=steps(each),
                site=whose.site,
            )
            for entry in entries
            if (whose := shown.part_of(entry).whose) is not None
            for each in entry.changes
        ]

    def _act(self, stage: Stage, marks: Sequence[MarkChange], verdict: MarkVerdict) -> None:
        if hindrance := stage.facts().hindrance:
            stage.say(hindrance, "major")
            return
        for number, mark in enumerate(marks):
            stage.act(mark, f"{_DONE[verdict]}: {_said(marks)}" if number == 0 else "")
        self._last = tuple(marks)
        self._at, self._looked = stage.monotonic(), 0.0


def _said(marks: Sequence[MarkChange]) -> str:
    """Of what, in few words."""
    return " ".join(marks[0].key)[:40] if len(marks) <= _PAIR else count(len(marks), "change")
