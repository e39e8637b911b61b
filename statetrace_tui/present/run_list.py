"""Pure. The runs to choose from: a cursor, how many are shown together, and one to compare another with."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import DiffRun
from statetrace_tui.present import diff_runs
from statetrace_tui.present.cursor import Cursor
from statetrace_tui.present.diff_runs import Flags
from statetrace_tui.present.diff_target import Target
from statetrace_tui.present.hours import Zone
from statetrace_tui.present.text import Line

MOST_TOGETHER = 20
"""Runs that are shown one below the other."""


class RunList:
    """Newest first; the cursor stays on its run when others come."""

    def __init__(self) -> None:
        self.runs: tuple[DiffRun, ...] = ()
        self.last = 1
        """So many from the cursor on are shown together."""
        self.base: DiffRun | None = None
        self.shown: tuple[int, ...] = ()
        """Whose changes were asked for; empty when two captures are compared."""
        self._cursor = Cursor()

    def open(self, runs: Sequence[DiffRun], target: Target) -> None:
        """Those of another target: the cursor on its run, else on the newest; all of a window together."""
        self.runs, self.base, self._cursor = tuple(runs), None, Cursor()
        self._cursor.at = next((i for i, run in enumerate(runs) if run.run_id == target.run_id), 0)
        self.last = min(max(len(runs), 1), MOST_TOGETHER) if target.has_window else 1

    def renew(self, runs: Sequence[DiffRun]) -> None:
        here = self.chosen
        self.runs = tuple(runs)
        ids = [run.run_id for run in runs]
        if here is not None and here.run_id in ids:
            self._cursor.at = ids.index(here.run_id)

    @property
    def chosen(self) -> DiffRun | None:
        return self.runs[min(self._cursor.at, len(self.runs) - 1)] if self.runs else None

    @property
    def together(self) -> tuple[DiffRun, ...]:
        return self.runs[self._cursor.at : self._cursor.at + self.last]

    @property
    def is_shown(self) -> bool:
        """What was asked for is what the cursor is on."""
        return self.shown == tuple(run.run_id for run in self.together)

    def ask(self) -> tuple[DiffRun, ...]:
        """What is to be shown now."""
        self.shown = tuple(run.run_id for run in self.together)
        return self.together

    def move(self, by: int) -> None:
        self._cursor.move(by, len(self.runs))

    def take_last(self, number: int) -> None:
        self.last = max(1, min(number, len(self.runs) - self._cursor.at, MOST_TOGETHER))

    def lines(
        self, target: Target, width: int, height: int, now: Epoch, zone: Zone, *, is_tall: bool, has_keys: bool,
        namesakes: frozenset[str] = frozenset(),
    ) -> list[Line]:  # fmt: skip
        out = diff_runs.heading(target, len(self.runs), self.last, now, zone, width, is_tall=is_tall)
        rows = max((height - len(out)) // (diff_runs.TALL if is_tall else 1), 1)
        for i in self._cursor.window(len(self.runs), rows):
            run = self.runs[i]
            flags = Flags(i == self._cursor.at, run.run_id in self.shown, run == self.base, has_keys)
            out += diff_runs.lines(run, width, now, zone, flags, is_tall=is_tall, namesakes=namesakes)
        return out
