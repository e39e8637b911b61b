"""Home, lease and heartbeat: is the engine of this home alive."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from statetrace_engine.config import Home
from statetrace_engine.control import heartbeat, lease
from statetrace_engine.errors import StateTraceError, no_right
from statetrace_tui.commands import homes
from statetrace_tui.commands.checks import Check, fail, ok, warn

_PUT_BACK = "put the folder back, or stop that engine and start it anew"
_REMEDIES = {
    "data": "put the folder back; else a backup of it, with the engine stopped",
    "config": "`statetrace config check` names every line",
    "rules": "`statetrace anomalies check` names every line",
    "runbooks": "`statetrace config check` names every line",
}
_SOURCE_REMEDY = "look at what it names: is it on, is its secret right, does it let us see what is asked"
STALE_S = 5.0
"""The engine touches the file every second."""


def home_check(home: Home) -> Check:
    """Can it be written; nothing is created."""
    existing = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    where = f"{home.path} ({home.origin})"
    if not os.access(existing, os.W_OK) or not existing.is_dir():
        return fail("home", f"{where} cannot be written", "change its owner, or choose another with --home")
    return ok("home", where if home.path.exists() else f"{where}; it does not exist yet and will be made")


def rights_check(home: Path) -> Check | None:
    """The first of its folders and files that this user may not read; None: there is none."""
    parts = ("", "config", "config/anomalies", "config/runbooks", "data", "data/statetrace.db", "data/journal", "logs")
    for place in (home / part for part in parts):
        wanted = os.R_OK if place.suffix else os.R_OK | os.X_OK  # a folder
        if os.access(place, os.F_OK) and not os.access(place, wanted):
            why, _, remedy = no_right().partition("; ")
            return fail("rights", f"{place}: {why}", remedy)
    return None


def checks(home: Path, *, must_live: bool) -> Iterator[Check]:
    """Lease and heartbeat; without an engine a failure only when one must be there."""
    data = home / "data"
    if homes.is_data_gone(home):
        yield fail("data folder", f"{data} is gone; an engine of it that still runs cannot be found", _PUT_BACK)
    words = lease.read(data)
    if words is None:
        found = "an engine is starting or stopping" if lease.is_owned(data) else "no engine runs on this home"
        yield (
            fail("engine", found, "start it: `statetrace engine`, or the service") if must_live else ok("engine", found)
        )
    else:
        yield ok("engine", f"process {words.pid}, its door on 127.0.0.1:{words.port}")
    if words is not None or must_live:
        yield _heartbeat(data)
    if words is not None and not must_live:
        yield from _said(home)


def _said(home: Path) -> Iterator[Check]:
    """What it says above its data on every console."""
    from statetrace_tui.commands import answers  # the store's room: not for `doctor --live`

    try:
        status = answers.ask(home, lambda engine: engine.status())
    except StateTraceError as error:
        yield fail("engine says", str(error), "its log in logs/ says why; restart the engine")
        return
    if status is None:
        return
    for source in status.sources:
        if source.error:
            yield warn(f"source {source.name}", source.error, _SOURCE_REMEDY)
    for banner in status.banners:
        remedy = _REMEDIES.get(banner.kind, "see its Monitors, and its log in logs/")
        yield warn("engine says", banner.text, remedy)


def _heartbeat(data: Path) -> Check:
    remedy = "its log in logs/ says why; restart the engine"
    at = heartbeat.last_at(data)
    if at is None:
        return fail("heartbeat", f"{data / heartbeat.NAME} is not there", remedy)
    age_s = time.time() - at
    if age_s > STALE_S:
        return fail("heartbeat", f"stale: {age_s:.1f} s old, more than {STALE_S:.0f} s", remedy)
    if age_s < -STALE_S:
        return warn("heartbeat", f"{-age_s:.0f} s in the future", "the wall clock was set back; check it")
    return ok("heartbeat", f"{max(age_s, 0.0):.1f} s old")
