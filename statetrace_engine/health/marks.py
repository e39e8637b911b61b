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
        self._lines: dict[tuple[str, str], dict[_Line, None]] = {}
        """Lines of configurations of which something was said, by site and hostname."""
        self.undoable: dict[str, UndoableMark] = {}

    def take(self, action: MarkChange, at: Epoch, now: float = 0.0) -> None:
        """The last word counts. `now`: steady."""
        subject = subject_of(action)
        before = self._marked.of(subject)
        steps = bounded(action.steps) if action.kind is not Kind.CONFIG else ()
        if action.verdict is MarkVerdict.CLEARED:
            self._marked.clear(subject, steps)
        else:
            self._marked.put(
                ChangeMark(
                    hostname=subject.hostname,
                    kind=action.kind,
                    key=action.key,
                    change_type=action.change_type,
                    verdict=action.verdict,
                    operator=action.operator,
                    at=at,
                    note=action.note,
                    steps=steps,
                    site=subject.site,
                )
            )
        self._settle(subject)
        while len(self._marked) > MOST:
            self._settle(self._marked.forget_oldest())
        self.undoable[action.action_id] = UndoableMark(now, subject, before, self._marked.of(subject))
        while len(self.undoable) > MOST_UNDOABLE:
            del self.undoable[next(iter(self.undoable))]

    def undo(self, action_id: str) -> bool:
        """What was said of the object is as it was; False where somebody has said something of it since."""
        undone = self.undoable.pop(action_id)
        if self._marked.of(undone.subject) != undone.since:
            return False
        self._marked.restore(undone.subject, undone.before)
        self._settle(undone.subject)
        return True

    def host_of(self, action: Action) -> str:
        """Of whose change an action says something, or takes it back; empty: of none."""
        match action:
            case MarkChange():
                return subject_of(action).hostname
            case Undo() if action.action_id in self.undoable:
                return self.undoable[action.action_id].subject.hostname
        return ""

    def unexpected(self, site: str, hostname: str, change: ComparedChange) -> ComparedChange | None:
        """What of a change nobody has said to be as it should, or none; None: all of it was."""
        subject = Subject(hostname, change.kind, change.key, change.change_type, site)
        covered = self._marked.covered(subject, change.steps)
        if covered.is_whole:
            return None
        return but_for(change, covered.rest) if covered.marks else change

    def expected_lines(self, site: str, hostname: str) -> Collection[_Line]:
        """Lines of the device's configuration that may come, or go, as somebody said."""
        lines = self._lines.get(("", hostname), {}) | self._lines.get((site, hostname), {})
        said = {line: self._marked.covered(Subject(hostname, Kind.CONFIG, *line, site), ()) for line in lines}
        return [line for line, covered in said.items() if covered.verdict is MarkVerdict.EXPECTED]

    def all(self) -> tuple[ChangeMark, ...]:
        """Oldest first."""
        return self._marked.all()

    def restore(self, marks: Iterable[ChangeMark], undoable: dict[str, UndoableMark] | None = None) -> None:
        self._marked, self._lines = MarkIndex(), {}
        self.undoable = undoable if undoable is not None else {}
        for mark in marks:
            self._marked.put(mark)
            self._settle(subject_of(mark))

    def _settle(self, subject: Subject) -> None:
        """Keeps lines of which something was said where a log is asked for them."""
        if subject.kind is not Kind.CONFIG:
            return
        for each in {subject, subject.anywhere}:
            device, line = (each.site, each.hostname), (each.key, each.change_type)
            lines = self._lines.setdefault(device, {})
            lines.pop(line, None)
            if self._marked.own(each):
                lines[line] = None
            if not lines:
                del self._lines[device]


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
