"""The home of a command, from its options and its surroundings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.config import Home


def of(options: argparse.Namespace) -> Home:
    """By --home, $STATETRACE_HOME, the current folder, the user directories (SPEC 10). Creates nothing."""
    return config.resolve(options.home, os.environ, Path.cwd())
