"""Saying what a change is: as it should be, none at all, or neither any more; taken back for 10 s by one key."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from msgspec import structs

from statetrace_engine.model.action import MarkChange
from statetrace_engine.model.diff import MarkVerdict
from statetrace_tui.present.diff_changes import Entry
from statetrace_tui.present.diff_list import Marked
from statetrace_tui.widgets.stage import Stage

UNDO_S = 10.0
LOOK_S = 0.3
"""The engine is asked so often whether what was said is in force."""
_DONE = {
    MarkVerdict.EXPECTED: "expected",
    MarkVerdict.FALSE_POSITIVE: "false positive",
    MarkVerdict.CLEARED: "taken back",
}


class Marking:
    def __init__(self) -> None:
        self._last: tuple[MarkChange, ...] = ()
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

    def say(self, stage: Stage, hostname: str, entry: Entry, verdict: MarkVerdict) -> None:
        """Of each change of the entry."""
        operator = stage.options.operator
        self._act(
            stage,
            [
                MarkChange(uuid4().hex, operator, hostname, each.kind, each.key, each.change_type, verdict)
                for each in entry.changes
            ],
            verdict,
        )

    def take_back(self, stage: Stage, hostname: str, entry: Entry | None, marked: Marked) -> None:
        """What was said a moment ago, else what was said of this entry."""
        if self.left_s(stage.monotonic()) > 0:
            cleared = [structs.replace(each, action_id=uuid4().hex, verdict=MarkVerdict.CLEARED) for each in self._last]
            self._act(stage, cleared, MarkVerdict.CLEARED)
        elif entry is not None and marked.word(hostname, entry.changes):
            self.say(stage, hostname, entry, MarkVerdict.CLEARED)
        else:
            stage.say("nothing was said of this change", "dim")

    def _act(self, stage: Stage, marks: Sequence[MarkChange], verdict: MarkVerdict) -> None:
        if hindrance := stage.facts().hindrance:
            stage.say(hindrance, "major")
            return
        for number, mark in enumerate(marks):
            stage.act(mark, f"{_DONE[verdict]}: {' '.join(mark.key)[:40]}" if number == 0 else "")
        self._last = tuple(marks) if verdict is not MarkVerdict.CLEARED else ()
        self._at, self._looked = stage.monotonic(), 0.0
