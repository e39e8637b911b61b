"""Where a command's captures go: through the door of the engine that owns the home, else into the store itself.

The home is owned for the moment of each write only, so that an engine may start or stop while a long run goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from statetrace_engine.control import lease
from statetrace_engine.control.lease import Lease
from statetrace_engine.errors import HomeBusy
from statetrace_engine.model import filed
from statetrace_engine.model.diff import FiledRun
from statetrace_engine.model.filed import FiledDelta, FiledFile, Stored
from statetrace_tui.commands import answers

if TYPE_CHECKING:
    from statetrace_engine.store.session import Session

_Written = TypeVar("_Written")


class Filing:
    """`with Filing(home) as file: file(files)`; raises StateTraceError when they cannot be written."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._session: Session | None = None
        self._is_prepared = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.close()

    def prepare(self) -> None:
        """Imports what writing takes, where no engine does it: for whoever waits for something else."""
        if not self._is_prepared and not lease.is_owned(answers.data_dir(self._home)):
            from statetrace_engine.store import session  # noqa: F401  # SQLAlchemy
        self._is_prepared = True

    def __call__(self, files: Sequence[FiledFile]) -> Stored:
        until = time.monotonic() + answers.TURN_S
        while True:
            stored = answers.ask(self._home, lambda engine: engine.file_captures(filed.encode(files)))
            if stored is not None:
                return stored
            try:
                return self._write(files)
            except HomeBusy:  # an engine has just started, or another command writes
                if time.monotonic() > until:
                    raise

    def runs(self, runs: Sequence[FiledRun], deltas: Sequence[FiledDelta] = ()) -> None:
        """Comparisons go into the store itself. Raises HomeBusy where an engine has started: it makes its own."""
        self._owning(lambda session: session.write_runs(runs, deltas))

    def _write(self, files: Sequence[FiledFile]) -> Stored:
        return self._owning(lambda session: session.write_captures(files))

    def _owning(self, write: Callable[[Session], _Written]) -> _Written:
        from statetrace_engine.store.session import Session  # SQLAlchemy: only when there is something to write

        data = answers.data_dir(self._home)
        owned = Lease.acquire(data)
        try:
            self._session = self._session or Session(data / answers.STORE, time.time)
            return write(self._session)
        finally:
            owned.release()
