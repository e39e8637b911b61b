"""Who answers a query: the engine that owns the home, through its door, else the store, read-only (SPEC 11)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from statetrace_engine.api import Engine
from statetrace_engine.control import heartbeat, lease
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.diff import ChangeMark
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.health import RouteHealth, unwatched_row
from statetrace_engine.model.monitors import Monitors
from statetrace_engine.model.outage import OutageEvent, unwatched
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.store.history import History
from statetrace_tui.commands import homes

if TYPE_CHECKING:
    from statetrace_engine.control.remote import RemoteEngine

STORE = "statetrace.db"
RECENT_S = 86400.0
"""How far back `outages` looks."""
NOBODY = "no engine runs"
TURN_S = 5.0
"""How long an engine may take from owning its home to opening its door, and from closing its door to its end."""
_LOOK_S = 0.05
_Answer = TypeVar("_Answer")


def data_dir(home: Path) -> Path:
    return home / "data"


def outages(home: Path) -> tuple[OutageEvent, ...]:
    """Open ones and those of the last 24 h, newest first. Raises StateTraceError."""
    found = ask(home, lambda engine: engine.outages())
    return _of_store(home, history(home).outages(time.time() - RECENT_S)) if found is None else found


def explanation(home: Path, outage_id: str) -> Explanation | None:
    """Why, of an outage of any age; None when nobody knows it. Raises StateTraceError."""
    from statetrace_engine import config
    from statetrace_engine.runtime import explaining

    found, is_answered = None, False

    async def question(engine: Engine) -> bool:
        nonlocal found, is_answered
        found, is_answered = await engine.explain(outage_id), True
        return True

    ask(home, question)
    if is_answered:
        return found
    known = _of_store(home, history(home).outages_by_id((outage_id,)))
    return explaining.from_store(history(home), known[0], time.time(), config.load(home)) if known else None


def guide(home: Path, outage_id: str, operator: str, runbook: str) -> GuidedRunbook | None:
    """The runbook of an outage of any age; None when nobody knows it. Raises StateTraceError."""
    from statetrace_engine import config
    from statetrace_engine.runtime import guiding

    found, is_answered = None, False

    async def question(engine: Engine) -> bool:
        nonlocal found, is_answered
        found, is_answered = await engine.guide(outage_id, operator, runbook), True
        return True

    ask(home, question)
    if is_answered:
        return found
    known = history(home).outages_by_id((outage_id,))
    if not known:
        return None
    return guiding.from_store(history(home), known[0], operator, runbook, time.time(), config.load(home))


def _of_store(home: Path, found: Iterable[OutageEvent]) -> tuple[OutageEvent, ...]:
    """No engine runs: since its last heartbeat nobody sees what was open then."""
    since_at = heartbeat.last_at(data_dir(home))
    return tuple(unwatched(outage, since_at, NOBODY) for outage in found)


def routes(home: Path) -> tuple[RouteHealth, ...]:
    """Every watched route, by site, hostname, vrf and prefix. Raises StateTraceError."""
    found = ask(home, lambda engine: engine.routes())
    if found is None:  # a gap is never green
        since_at = heartbeat.last_at(data_dir(home))
        rows = [unwatched_row(row, since_at, NOBODY) for row in history(home).current()]
    else:
        rows = list(found)
    return tuple(sorted(rows, key=lambda row: (row.route.site, row.route.hostname, row.route.vrf, row.route.prefix)))


def audit(home: Path, limit: int) -> tuple[AuditEntry, ...]:
    """Newest first. Raises StateTraceError."""
    found = ask(home, lambda engine: engine.audit(limit))
    return history(home).audit(limit) if found is None else found


def change_marks(home: Path) -> tuple[ChangeMark, ...]:
    """What operators said of changes, as the last engine left it where none runs. Raises StateTraceError."""
    found = ask(home, lambda engine: engine.change_marks())
    if found is not None:
        return found
    from statetrace_engine.checkpoint import marks_of
    from statetrace_engine.runtime import rebuild

    saved = rebuild.saved(history(home).restore())
    return marks_of(saved.frozen) if saved is not None else ()


def monitors(home: Path) -> Monitors:
    """What the engine says of its own sight, else what the store knows of it. Raises StateTraceError."""
    found = ask(home, lambda engine: engine.monitors())
    if found is None:
        from statetrace_engine.runtime import sight

        found = sight.of_store(history(home), time.time())
    return found


def cards(home: Path) -> tuple[AnomalyCard, ...]:
    """Open ones and those of the last 24 h, newest first. Raises StateTraceError."""
    found = ask(home, lambda engine: engine.cards())
    return history(home).cards(time.time() - RECENT_S) if found is None else found


def history(home: Path) -> History:
    return History(data_dir(home) / STORE)


def ask(home: Path, question: Callable[[Engine], Awaitable[_Answer]]) -> _Answer | None:
    """The running engine's answer; None when none runs. Raises StateTraceError when one runs and does not answer, and
    where one may run that nobody can find."""
    if homes.is_data_gone(home):
        raise StateTraceError(homes.gone(home))
    try:
        return asyncio.run(_asked(data_dir(home), question))
    except StateTraceError:
        if lease.read(data_dir(home)) is not None:
            raise
        return None  # it ended while it was being asked, or has not opened its door yet


def nothing(home: Path, what: str) -> str:
    """What is said where no `outage` is known; that nobody looks for any is no good news."""
    if lease.is_owned(data_dir(home)):
        return f"No {what} is open, and none was in the last 24 hours."
    return f"No {what} is known, but nobody watches: no engine runs on this home; start one: `statetrace engine`"


async def attached(data: Path, wait_s: float = TURN_S) -> RemoteEngine | None:
    """The engine that owns the home; None when none does. The caller closes it.

    Waits for one that is just starting or stopping; raises StateTraceError when it still does neither after `wait_s`.
    """
    from statetrace_engine.control.remote import RemoteEngine

    until = time.monotonic() + wait_s
    while lease.is_owned(data):
        try:
            return await RemoteEngine.connect(data)
        except StateTraceError:
            if time.monotonic() > until and lease.is_owned(data):
                raise
        await asyncio.sleep(_LOOK_S)
    return None


async def _asked(data: Path, question: Callable[[Engine], Awaitable[_Answer]]) -> _Answer | None:
    engine = await attached(data)
    if engine is None:
        return None
    try:
        return await question(engine)
    finally:
        await engine.close()
