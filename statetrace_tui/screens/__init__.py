"""The console's screens, by name."""

from __future__ import annotations

from statetrace_tui.widgets.frame import Frame


def make(place: str) -> Frame:
    """Imported when it is first opened: the first screen is on the glass sooner."""
    if place == "outages":
        from statetrace_tui.screens.outages import OutagesScreen

        return OutagesScreen()
    if place == "watch":
        from statetrace_tui.screens.watch import WatchScreen

        return WatchScreen()
    if place == "captures":
        from statetrace_tui.screens.captures import CapturesScreen

        return CapturesScreen()
    if place == "monitors":
        from statetrace_tui.screens.monitors import MonitorsScreen

        return MonitorsScreen()
    if place == "rawlog":
        from statetrace_tui.screens.rawlog import RawlogScreen

        return RawlogScreen()
    if place == "changes":
        from statetrace_tui.screens.changes import ChangesScreen

        return ChangesScreen()
    if place == "launch":
        from statetrace_tui.screens.launch import LaunchScreen

        return LaunchScreen()
    if place == "cards":
        from statetrace_tui.screens.cards import CardsScreen

        return CardsScreen()
    if place == "explain":
        from statetrace_tui.screens.explain import ExplainScreen

        return ExplainScreen()
    if place == "runbook":
        from statetrace_tui.screens.runbook import RunbookScreen

        return RunbookScreen()
    from statetrace_tui.screens.routes import RoutesScreen

    return RoutesScreen()
