"""The console's screens, by name."""

from __future__ import annotations

from importlib import import_module

from statetrace_tui.widgets.frame import Frame

_FIRST = "routes"
_PLACES = (
    _FIRST, "outages", "watch", "captures", "monitors", "rawlog", "changes", "launch", "cards", "explain", "runbook",
)  # fmt: skip
AT_A_KEY = ("runbook", "explain", "outages")
"""What an outage's keys open, which an operator presses in a hurry: the likeliest first."""


def load(place: str) -> type[Frame]:
    """Imported when it is first opened, or when nobody waits: the first screen is on the glass sooner."""
    found: type[Frame] = getattr(import_module(f"{__name__}.{place}"), f"{place.capitalize()}Screen")
    return found


def make(place: str) -> Frame:
    """Routes for a name that is none."""
    return load(place if place in _PLACES else _FIRST)()
