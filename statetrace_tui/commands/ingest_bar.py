"""The progress bar of `ingest` on a terminal: how much, how fast, how long yet; rejected files above it. Behind it the
one of the comparisons: `comparing 12 of 40`."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from statetrace_engine.runtime.ingesting.run import Event, Planned, Settled, Settlement
from statetrace_tui.commands.comparing import Compared


class Bar:
    def __init__(self) -> None:
        self._console = Console(file=sys.stderr)
        self._progress = Progress(
            TextColumn("reading"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TextColumn("{task.fields[files]} files"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task = self._progress.add_task("", total=None, files="0")
        self._compared: tuple[Progress, TaskID] | None = None
        self._files = 0
        self._seen: set[str] = set()
        self._progress.start()

    def show(self, event: Event | Compared) -> None:
        from statetrace_tui.commands.ingest import lines

        if isinstance(event, Compared):
            self._compare(event)
            return
        if isinstance(event, Planned):
            self._files = event.files
            self._progress.update(self._task, total=event.size_bytes, files=f"0/{event.files}")
            return
        if event.file.path not in self._seen:
            self._seen.add(event.file.path)
            seen = f"{len(self._seen)}/{self._files}"
            self._progress.update(self._task, advance=event.file.size_bytes, files=seen)
        if isinstance(event, Settled) and (event.settlement is Settlement.REJECTED or event.remarks):
            for line in lines(event):
                self._progress.console.print(Text(line))

    def _compare(self, event: Compared) -> None:
        if self._compared is None:
            self._progress.stop()
            columns = TextColumn("comparing {task.completed} of {task.total}"), BarColumn(), TimeRemainingColumn()
            progress = Progress(*columns, console=self._console)
            self._compared = progress, progress.add_task("", total=event.of)
            progress.start()
        progress, task = self._compared
        progress.update(task, completed=event.done, total=event.of)

    def close(self) -> None:
        self._progress.stop()
        if self._compared is not None:
            self._compared[0].stop()
