"""What a command has stored, compared with what was there: by the command itself, where no engine does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from statetrace_engine.control import lease
from statetrace_engine.errors import HomeBusy, StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.comparison import Emit
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.runs import Runs
from statetrace_tui.commands import answers
from statetrace_tui.commands.filing import Filing
from statetrace_tui.present.words import count

MOST_NAMED = 3


class Compared(Struct, frozen=True):
    """One more of them is in the store."""

    run: DiffRun
    done: int
    of: int


class Comparing:
    """Of what a command stores: some of it whenever there is a moment (`some`), and the rest in the end (`rest`)."""

    def __init__(self, home: Path, file: Filing, emit: Emit) -> None:
        self._data = answers.data_dir(home)
        self._store = self._data / answers.STORE
        self._file, self._emit = file, emit
        self._metrics = DiffMetrics(home / "logs", self._store)
        self._runs: list[DiffRun] = []
        self._is_waiting = self._is_left = False

    def stored(self) -> None:
        """There may be something to compare."""
        self._is_waiting = True

    def some(self, until: Epoch) -> None:
        """Of what was not captured after `until`. What cannot be done is left for the end, which says why."""
        if not self._is_waiting or self._is_left:
            return
        try:
            found = [] if lease.is_owned(self._data) else list(self._some(until))
        except StateTraceError:
            self._is_left = True
            return
        self._runs += found
        self._is_waiting = bool(found)

    def rest(
        self,
        stored: Iterable[int] = (),
        *,
        show: Callable[[Compared], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> list[DiffRun] | None:
        """All runs that were compared, and those of the captures `stored` that another command compared meanwhile;
        None where an engine does it, or has begun to."""
        if lease.is_owned(self._data):
            return None
        of, done = Runs(self._store).waiting(), 0
        try:
            for run in self._rest(should_stop):
                done += 1
                self._runs.append(run)
                show(Compared(run, done, max(of, done)))  # a late capture has its follower compared again
        except HomeBusy:
            return None
        made = {run.run_id for run in self._runs}
        others = (Runs(self._store).run(each) for each in stored if each not in made)
        return [*self._runs, *(run for run in others if run is not None)]

    def close(self) -> None:
        self._metrics.write()

    def _some(self, until: Epoch) -> Iterator[DiffRun]:
        return comparison.some(self._store, self._file.runs, self._emit, time.time, metrics=self._metrics, until=until)

    def _rest(self, should_stop: Callable[[], bool]) -> Iterator[DiffRun]:
        return comparison.run(
            self._store, self._file.runs, self._emit, time.time, metrics=self._metrics, should_stop=should_stop
        )


def document(runs: list[DiffRun] | None) -> dict[str, int | None]:
    """How many captures had one before them, and what was found."""
    if runs is None:
        return {"compared": None, "changed_devices": None, "changes": None}
    devices, changes = _found(runs)
    return {"compared": len(_seconds(runs)), "changed_devices": len(devices), "changes": changes}


def sentence(runs: list[DiffRun] | None) -> str:
    """`2 devices changed: 12 changes; statetrace diff R1, R2`; empty when there was nothing to compare with."""
    if runs is None or not _seconds(runs):
        return ""
    devices, changes = _found(runs)
    partly = _named(run for run in runs if run.previous_id is not None and run.metadata.warnings)
    if not devices:
        said = "nothing changed since the captures before"
        return f"{said}, but not all was compared; `statetrace diff HOST` says what not: {partly}" if partly else said
    changed = f"{count(len(devices), 'device')} changed: {count(changes, 'change')}"
    said = f"{changed}; `statetrace diff HOST` shows them: {_named(run for run in runs if run.total)}"
    return f"{said}; not all was compared of {partly}" if partly else said


def _named(runs: Iterable[DiffRun]) -> str:
    hosts = list(dict.fromkeys(run.hostname for run in runs))
    return ", ".join([*hosts[:MOST_NAMED], *(["…"] if len(hosts) > MOST_NAMED else [])])


def _seconds(runs: list[DiffRun]) -> set[int]:
    """Runs with one before them, each once however often it was compared."""
    return {run.run_id for run in runs if run.previous_id is not None}


def _found(runs: list[DiffRun]) -> tuple[set[tuple[str, str]], int]:
    last = {run.run_id: run for run in runs}.values()
    return {(run.site, run.hostname) for run in last if run.total}, sum(run.total for run in last)
