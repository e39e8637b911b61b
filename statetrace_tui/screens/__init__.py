"""The console's screens, by name."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from statetrace_tui.widgets.frame import Frame

_CLASSES: Mapping[str, str] = {
    "routes": "RoutesScreen",
    "outages": "OutagesScreen",
    "watch": "WatchScreen",
    "captures": "CapturesScreen",
    "monitors": "MonitorsScreen",
    "rawlog": "RawlogScreen",
    "changes": "ChangesScreen",
    "launch": "LaunchScreen",
    "cards": "CardsScreen",
    "explain": "ExplainScreen",
    "runbook": "RunbookScreen",
}
"""Each in a module of its name."""
AT_A_KEY = ("runbook", "explain", "outages")
"""What an outage's keys open, which an operator presses in a hurry: the likeliest first."""


def load(place: str) -> type[Frame]:
    """Imported when it is first opened, or when nobody waits: the first screen is on the glass sooner."""
    found: type[Frame] = getattr(import_module(f"{__name__}.{place}"), _CLASSES[place])
    return found


def make(place: str) -> Frame:
    """An unknown place is Routes."""
    return load(place if place in _CLASSES else "routes")()
