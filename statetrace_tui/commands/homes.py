"""The home of a command, from its options and its surroundings."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.config import Home
from statetrace_engine.model.text import sanitise


def of(options: argparse.Namespace) -> Home:
    """By --home, $STATETRACE_HOME, the current folder, the user directories (SPEC 10). Creates nothing."""
    return config.resolve(options.home, os.environ, Path.cwd())


def asked(options: argparse.Namespace) -> Home:
    """As `of`, for a command that only asks: a --home that does not exist, mistyped perhaps, is said on stderr."""
    home = of(options)
    if options.home is not None and not home.path.is_dir():
        print(f"statetrace: no home at {sanitise(str(home.path), 300)}: nothing is known there", file=sys.stderr)
    return home


def say_empty(home: Home, text: str) -> None:
    """Why the answer is empty, on stderr; of a home that does not exist `asked` has said it."""
    if home.origin != "--home" or home.path.is_dir():
        print(text, file=sys.stderr)


def is_data_gone(home: Path) -> bool:
    """This home has logs, so an engine has run on it, and nothing is left of what it kept."""
    return _has_any(home / "logs") and not _has_any(home / "data")


def gone(home: Path) -> str:
    return (
        f"{home / 'data'} is gone: nothing can be said. An engine of it that still runs watches on, in memory only; "
        "put the folder back, or stop that engine and start it anew"
    )


def _has_any(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
