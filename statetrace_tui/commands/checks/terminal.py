"""What the console will find: the terminal, its colours and its glyphs."""

from __future__ import annotations

import locale
import os
import shutil
import sys
from collections.abc import Iterator

from statetrace_tui.commands.checks import Check, ok, warn

_SMALLEST = (80, 24)


def checks() -> Iterator[Check]:
    if not sys.stdout.isatty():
        yield ok("terminal", "none here: the output is not a terminal")
        return
    columns, rows = shutil.get_terminal_size()
    term = os.environ.get("TERM", "") or ("Windows console" if sys.platform == "win32" else "")
    found = f"{term or 'TERM is not set'}, {columns}x{rows}, {_colours()}, {_multiplexer()}"
    if term in ("", "dumb"):
        yield warn("terminal", found, "export TERM=xterm-256color, or what your terminal is")
    elif (columns, rows) < _SMALLEST or rows < _SMALLEST[1]:
        yield warn("terminal", found, "make the window at least 80x24")
    else:
        yield ok("terminal", found)
    encoding = (sys.stdout.encoding or locale.getpreferredencoding(False)).lower()
    if encoding.replace("-", "") == "utf8":
        yield ok("glyphs", "UTF-8")
    else:
        yield warn("glyphs", f"{encoding}: the console keeps to ASCII", "export LANG=C.UTF-8, or leave it")


def _colours() -> str:
    if os.environ.get("NO_COLOR"):
        return "no colour (NO_COLOR)"
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million colours"
    try:
        import curses  # not on Windows

        curses.setupterm()
        return f"{max(curses.tigetnum('colors'), 0)} colours"
    except (ImportError, OSError, RuntimeError):
        return "colours unknown"
    except curses.error:
        return "colours unknown"


def _multiplexer() -> str:
    return "in tmux" if os.environ.get("TMUX") else "in screen" if os.environ.get("STY") else "no multiplexer"
