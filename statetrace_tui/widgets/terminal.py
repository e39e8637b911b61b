"""What this process's terminal can show, and the driver for it."""

from __future__ import annotations

import os
import sys
import time

from textual.driver import Driver

from statetrace_engine.model import Epoch
from statetrace_tui.present.hours import Zone, utc
from statetrace_tui.present.ink import Theme
from statetrace_tui.present.terminal import theme_for
from statetrace_tui.widgets.stage import ConsoleOptions


def theme(options: ConsoleOptions) -> Theme:
    """As asked for, as far as the terminal can show it. Ask before Textual starts: it takes NO_COLOR away."""
    return theme_for(
        os.environ,
        colours(),
        wanted=options.theme,
        is_ascii=options.is_ascii,
        is_windows=sys.platform == "win32",
    )


def colours() -> int | None:
    """Colours of the terminal as terminfo says; None where there is no terminfo."""
    try:
        import curses
    except ImportError:
        return None
    try:
        curses.setupterm(fd=2)
        return max(curses.tigetnum("colors"), 0)
    except (curses.error, OSError):
        return None


def zone(time_of: str) -> Zone:
    """The clock that the setting `[console] time` names: `utc`, or `local`, whose offset may change within a day."""
    return utc if time_of == "utc" else _local


def _local(at: Epoch) -> int:
    try:
        return time.localtime(at).tm_gmtoff
    except (OverflowError, ValueError, OSError):  # a time that this system's calendar has not
        return 0


def driver_class() -> type[Driver] | None:
    """Textual's own on Windows (None); ours elsewhere."""
    if sys.platform == "win32":
        return None
    from statetrace_tui.widgets.posix_driver import PosixDriver

    return PosixDriver
