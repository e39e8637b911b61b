"""That somebody has looked at what changed: told to the engine of the home, else to telemetry by ourselves."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import ActionResult, Looked, LookedRun, looked_run
from statetrace_engine.model.change import Acted, FirstLook
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.telemetry import Telemetry
from statetrace_tui.commands import answers, identity


def tell(home: Path, hostname: str, runs: Iterable[DiffRun]) -> None:
    """`runs` are those of which changes were shown. Nothing that goes wrong here is worth a word."""
    seen = tuple(map(looked_run, runs))
    action = Looked(identity.spoken(identity.current()), hostname, runs=seen)
    try:
        answer = answers.ask(home, lambda engine: engine.act(action))
    except StateTraceError:
        return
    if answer is None and seen:
        _tell_alone(home, hostname, seen)


def _tell_alone(home: Path, hostname: str, runs: tuple[LookedRun, ...]) -> None:
    """Once a run, as far as the end of the newest file of telemetry knows."""
    from statetrace_engine.runtime import telling

    telemetry = Telemetry(home / "logs", time.time)
    known = {event.get("RunId") for event in telemetry.recent("DriftDetectionTime")}
    fresh = tuple(run for run in runs if run.run_id not in known)
    look = FirstLook(at=time.time(), hostname=hostname, outage_ids=(), runs=fresh)
    telling.tell(Acted(result=ActionResult(), audit=(), looked=look), telemetry.emit, {})
    telemetry.write()
