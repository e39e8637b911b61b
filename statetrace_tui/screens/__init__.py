"""The console's screens, by name."""

from __future__ import annotations

from importlib import import_module

from statetrace_tui.widgets.frame import Frame

_FIRST = "routes"
_PLACES = (
    _FIRST, "outages", "watch", "captures", "monitors", "rawlog", "changes", "launch", "cards", "explain", "runbook",
)  # fmt: skip


def make(place: str) -> Frame:
    """Imported when it is first opened: the first screen is on the glass sooner. Routes for a name that is none."""
    name = place if place in _PLACES else _FIRST
    frame: Frame = getattr(import_module(f"{__name__}.{name}"), f"{name.capitalize()}Screen")()
    return frame
