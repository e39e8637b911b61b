"""Pure. What operators have said of changes between captures: as it should be, or none at all; and what they have
looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Action, LookedRun, MarkChange, Undo
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.compared import ComparedChange, but_for
from statetrace_engine.model.diff import ChangeMark, ChangeType, MarkVerdict
from statetrace_engine.model.marked import MarkIndex, Subject, bounded, subject_of

MOST = 10_000
"""Then the oldest word is forgotten."""
MOST_UNDOABLE = 400
_Line = tuple[tuple[str, ...], ChangeType]


class UndoableMark(Struct, frozen=True):
    """What was said of an object before an action, and since."""

    at: float
    """Steady."""
    subject: Subject
    before: tuple[ChangeMark, ...]
    since: tuple[ChangeMark, ...]


class Marks:
    def __init__(self) -> None:
        self._marked = MarkIndex()
        self._count = 0
        self._lines: dict[str, dict[_Line, None]] = {}
        """Lines of configurations that are expected, by hostname."""
        self.undoable: dict[str, UndoableMark] = {}

    def take(self, action: MarkChange, at: Epoch, now: float = 0.0) -> None:
        """The last word counts. `now`: steady."""
        subject = subject_of(action)
        before = self._marked.of(subject)
        steps = bounded(action.steps) if action.change_type is ChangeType.CHANGED else ()
        if action.verdict is MarkVerdict.CLEARED:
            self._marked.clear(subject, steps)
        else:
            self._marked.put(
                ChangeMark(
                    hostname=subject[0],
                    kind=action.kind,
                    key=action.key,
                    change_type=action.change_type,
                    verdict=action.verdict,
                    operator=action.operator,
                    at=at,
                    note=action.note,
                    steps=steps,
                )
            )
        self._settle(subject, before)
        while self._count > MOST:
            self._forget_oldest()
        self.undoable[action.action_id] = UndoableMark(now, subject, before, self._marked.of(subject))
        while len(self.undoable) > MOST_UNDOABLE:
            del self.undoable[next(iter(self.undoable))]

    def undo(self, action_id: str) -> bool:
        """What was said of the object is as it was; False where somebody has said something of it since."""
        undone = self.undoable.pop(action_id)
        if self._marked.of(undone.subject) != undone.since:
            return False
        self._marked.set(undone.subject, undone.before)
        self._settle(undone.subject, undone.since)
        return True

    def host_of(self, action: Action) -> str:
        """Of whose change an action says something, or takes it back; empty: of none."""
        match action:
            case MarkChange():
                return subject_of(action)[0]
            case Undo() if action.action_id in self.undoable:
                return self.undoable[action.action_id].subject[0]
        return ""

    def unexpected(self, hostname: str, change: ComparedChange) -> ComparedChange | None:
        """What of a change nobody has said to be as it should, or none; None: all of it was."""
        covered = self._marked.covered((hostname, change.kind, change.key, change.change_type), change.steps)
        if covered.is_whole:
            return None
        return but_for(change, covered.rest) if covered.marks else change

    def expected_lines(self, hostname: str) -> Collection[_Line]:
        """Lines of the device's configuration that may come, or go, as somebody said."""
        return self._lines.get(hostname, {}).keys()

    def all(self) -> tuple[ChangeMark, ...]:
        """Oldest first."""
        return self._marked.all()

    def restore(self, marks: Iterable[ChangeMark], undoable: dict[str, UndoableMark] | None = None) -> None:
        self._marked, self._count, self._lines = MarkIndex(), 0, {}
        self.undoable = undoable if undoable is not None else {}
        for mark in marks:
            before = self._marked.of(subject_of(mark))
            self._marked.put(mark)
            self._settle(subject_of(mark), before)

    def _forget_oldest(self) -> None:
        subject = self._marked.oldest()
        before = self._marked.of(subject)
        self._marked.set(subject, before[1:])
        self._settle(subject, before)

    def _settle(self, subject: Subject, before: tuple[ChangeMark, ...]) -> None:
        """Counts what was said of an object, and keeps lines that are expected where a log is asked for them."""
        marks = self._marked.of(subject)
        self._count += len(marks) - len(before)
        host, kind, key, change_type = subject
        if kind is not Kind.CONFIG:
            return
        lines = self._lines.setdefault(host, {})
        lines.pop((key, change_type), None)
        if any(mark.verdict is MarkVerdict.EXPECTED for mark in marks):
            lines[key, change_type] = None
        if not lines:
            del self._lines[host]


MOST_LOOKS = 1000
"""Then the run that was first looked at longest ago counts as new again."""


class Looks:
    """Runs whose changes somebody has looked at."""

    def __init__(self) -> None:
        self._runs: dict[int, None] = {}

    def take(self, runs: Iterable[LookedRun]) -> tuple[LookedRun, ...]:
        """Those that nobody had looked at."""
        fresh = {run.run_id: run for run in runs if run.run_id not in self._runs}
        self._runs |= dict.fromkeys(fresh)
        while len(self._runs) > MOST_LOOKS:
            del self._runs[next(iter(self._runs))]
        return tuple(fresh.values())

    def all(self) -> tuple[int, ...]:
        """Oldest look first."""
        return tuple(self._runs)

    def restore(self, runs: Iterable[int]) -> None:
        self._runs = dict.fromkeys(runs)
