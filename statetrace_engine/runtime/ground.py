"""What an engine stands on before it knows its past: clock, queue, journal, store, and who keeps its tasks alive.

Listeners open on it first, so that a port that is taken ends the start before anything is written.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from statetrace_engine.clock import Clock
from statetrace_engine.config.settings import Settings
from statetrace_engine.control.lease import Lease
from statetrace_engine.model import Epoch
from statetrace_engine.runtime import rebuild
from statetrace_engine.runtime.custody import Custody
from statetrace_engine.runtime.supervisor import Supervisor
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.store.history import History
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.writer import StoreWriter
from statetrace_engine.telemetry import Telemetry

PATIENT_S, HASTY_S = 12.0, 0.3
"""For a disk at the end: when it works, and when it is known not to."""


class Ground:
    """Made on the engine's thread. Raises StoreError when the store is there and cannot be read."""

    def __init__(self, settings: Settings, home: Path, lease: Lease, wall: Callable[[], Epoch]) -> None:
        self.settings = settings
        self.home = home
        self.data = home / "data"
        self.history = History(self.data / "statetrace.db")
        self.restored = self.history.restore()
        self.journal = Journal(self.data / "journal", wall, after_seq=self.restored.last_seq)
        self.writer = StoreWriter(self.data / "statetrace.db", wall, wait_journaled=self.journal.wait_written)
        self.custody = Custody(self.data, lease, self.journal, self.writer)
        self.clock = Clock(wall, not_before=self._last_steady())
        self.inbox = Inbox(settings.engine.queue_signals, self.clock)
        self.supervisor = Supervisor(wall)
        self.telemetry = Telemetry(home / "logs", wall)

    def close(self) -> None:
        """Everything handed over goes to disk, if the disk takes it."""
        wait_s = HASTY_S if self.journal.error else PATIENT_S
        self.journal.flush(wait_s)
        self.journal.close(wait_s)
        wait_s = HASTY_S if self.writer.error or self.journal.error else PATIENT_S
        self.writer.flush(wait_s)
        self.writer.close(wait_s)
        self.telemetry.write()

    def _last_steady(self) -> float:
        """Engine time goes on from where it stopped, whatever the wall clock did meanwhile."""
        saved = rebuild.saved(self.restored)
        last = self.journal.get(self.journal.last_seq)
        return max(saved.steady if saved is not None else 0.0, last.steady if last is not None else 0.0)
