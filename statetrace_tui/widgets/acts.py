"""What operators do, on its way to the engine: at once, or waiting in sight until the engine is back; never lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import uuid4

from statetrace_engine.api import Engine
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import (
    Acknowledge,
    Action,
    ActionResult,
    Looked,
    MarkSeen,
    MarkShown,
    Undo,
    looked_run,
    made_safe,
)
from statetrace_engine.model.diff import DiffRun
from statetrace_tui.present.text import count

UNDO_S = 10.0
"""SPEC 6."""
WAITING_LIMIT = 1000
"""Actions kept while the engine is silent; then they are refused."""


class Undoable(NamedTuple):
    """The last acknowledgement, as long as `u` takes it back."""

    action_id: str
    outages: int
    until: float
    """Monotonic seconds."""


class Acts:
    """Sends actions; `say(text, role)` tells the operator what came of them."""

    def __init__(
        self, engine: Engine, operator: str, say: Callable[[str, str], None], monotonic: Callable[[], float]
    ) -> None:
        self._engine = engine
        self._operator = operator
        self._say = say
        self._monotonic = monotonic
        self._waiting: deque[tuple[Action, str]] = deque()
        self._shown: set[str] = set()
        self.undoable: Undoable | None = None

    @property
    def waiting(self) -> int:
        """Actions that wait for the engine."""
        return len(self._waiting)

    def note(self, undo_key: str) -> tuple[str, str]:
        """What can be taken back or waits, for the key line, and its role."""
        left = self.undoable.until - self._monotonic() if self.undoable else 0.0
        if left > 0:
            return f"{undo_key} undoes  {int(left) + 1} s", "accent!"
        return (f"{self.waiting} queued", "unk") if self.waiting else ("", "")

    def acknowledge(self, outage_ids: Sequence[str], note: str) -> tuple[Action, str]:
        """An acknowledgement by this operator, and what to say when it is in force."""
        action = Acknowledge(uuid4().hex, self._operator, tuple(dict.fromkeys(outage_ids)), note)
        return action, f"acknowledged {count(len(action.outage_ids), 'outage')}"

    def undo(self) -> tuple[Action, str] | None:
        """Takes the last acknowledgement back; None when there is none or it is older than 10 s."""
        last = self.undoable
        if last is None or self._monotonic() > last.until:
            return None
        self.undoable = None
        return Undo(last.action_id, self._operator), f"took back {count(last.outages, 'acknowledgement')}"

    def shown(self, outage_ids: Sequence[str]) -> Action | None:
        """Painted for the first time; None when the engine knows already."""
        fresh = tuple(i for i in outage_ids if i not in self._shown)
        self._shown.update(fresh)
        return MarkShown(self._operator, fresh) if fresh else None

    def seen(self, outage_ids: Sequence[str]) -> Action:
        return MarkSeen(self._operator, tuple(outage_ids))

    def looked(self, hostname: str, runs: Sequence[DiffRun] = (), outage_id: str = "") -> Action:
        """What changed on a device is on the screen; `outage_id`: the operator came from there."""
        seen = tuple(looked_run(run) for run in runs if run.total)
        return Looked(self._operator, hostname, outage_id, seen)

    async def send(self, action: Action, done: str) -> None:
        """Applies it; when the engine is gone it waits in sight, in order."""
        try:
            result = await self._engine.act(made_safe(action))
        except StateTraceError as error:
            self.wait(action, done, str(error))
            return
        self._report(action, result, done)

    def wait(self, action: Action, done: str, why: str) -> None:
        """Keeps an action for the engine's return. What only paints tell (shown, seen, looked) is not worth keeping."""
        if isinstance(action, MarkShown):
            self._shown.difference_update(action.outage_ids)
            return
        if isinstance(action, MarkSeen | Looked):
            return
        if len(self._waiting) >= WAITING_LIMIT:
            self._say(f"refused: {WAITING_LIMIT} actions wait already", "crit")
            return
        self._waiting.append((action, done))
        self._say(f"waits for the engine: {why}", "unk")

    async def send_waiting(self) -> None:
        """The engine is back: everything that waited, in order, until one cannot be sent."""
        sent = 0
        while self._waiting:
            action, done = self._waiting[0]
            try:
                result = await self._engine.act(made_safe(action))
            except StateTraceError:
                return
            self._waiting.popleft()
            sent += 1
            self._report(action, result, f"sent what waited: {done}" if sent == 1 else f"sent {sent} that waited")

    def _report(self, action: Action, result: ActionResult, done: str) -> None:
        if isinstance(action, Acknowledge) and result.touched:
            until = self._monotonic() + UNDO_S
            self.undoable = Undoable(action.action_id, len(result.touched), until)
            done = f"acknowledged {count(len(result.touched), 'outage')}"
        elif isinstance(action, Undo) and not result.touched:
            done = ""
        if result.refused:
            first = next(iter(result.refused.values()))
            more = f" and {len(result.refused) - 1} more" if len(result.refused) > 1 else ""
            self._say(f"{done + '; ' if result.touched else ''}refused: {first}{more}", "major")
        elif done:
            self._say(done, "accent!")
