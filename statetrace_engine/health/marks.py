"""Pure. What operators have said of changes between captures: as it should be, or none at all; and what they have
looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from statetrace_engine.model import Epoch, names
from statetrace_engine.model.action import LookedRun, MarkChange
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeMark, ChangeType, MarkVerdict

MOST = 10_000
"""Then the oldest word is forgotten."""
_Key = tuple[str, Kind, tuple[str, ...], ChangeType]
_Line = tuple[tuple[str, ...], ChangeType]


class Marks:
    def __init__(self) -> None:
        self._by_key: dict[_Key, ChangeMark] = {}
        self._lines: dict[str, dict[_Line, None]] = {}
        """Lines of configurations that are expected, by hostname."""

    def take(self, action: MarkChange, at: Epoch) -> None:
        """The last word counts."""
        host = names.hostname(action.hostname)
        key = (host, action.kind, action.key, action.change_type)
        self._forget(key)
        if action.verdict is MarkVerdict.CLEARED:
            return
        self._keep(
            ChangeMark(
                hostname=host,
                kind=action.kind,
                key=action.key,
                change_type=action.change_type,
                verdict=action.verdict,
                operator=action.operator,
                at=at,
                note=action.note,
            )
        )
        while len(self._by_key) > MOST:
            self._forget(next(iter(self._by_key)))

    def said(self, hostname: str, kind: Kind, key: tuple[str, ...], change_type: ChangeType) -> MarkVerdict | None:
        """None: nobody has said anything of it."""
        mark = self._by_key.get((hostname, kind, key, change_type))
        return mark.verdict if mark is not None else None

    def expected_lines(self, hostname: str) -> Collection[_Line]:
        """Lines of the device's configuration that may come, or go, as somebody said."""
        return self._lines.get(hostname, {}).keys()

    def all(self) -> tuple[ChangeMark, ...]:
        """Oldest first."""
        return tuple(self._by_key.values())

    def restore(self, marks: Iterable[ChangeMark]) -> None:
        self._by_key, self._lines = {}, {}
        for mark in marks:
            self._keep(mark)

    def _keep(self, mark: ChangeMark) -> None:
        self._by_key[mark.hostname, mark.kind, mark.key, mark.change_type] = mark
        if mark.kind is Kind.CONFIG and mark.verdict is MarkVerdict.EXPECTED:
            self._lines.setdefault(mark.hostname, {})[mark.key, mark.change_type] = None

    def _forget(self, key: _Key) -> None:
        self._by_key.pop(key, None)
        host, _, line, change_type = key
        lines = self._lines.get(host, {})
        if key[1] is Kind.CONFIG:
            lines.pop((line, change_type), None)
        if not lines:
            self._lines.pop(host, None)


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
