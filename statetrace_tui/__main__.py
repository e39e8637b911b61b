"""`statetrace`: the command line, and the only place where failures become exit codes (SPEC 11)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from statetrace_engine.errors import StateTraceError, WrongUsage, refused
from statetrace_tui.commands import arguments

OK, COULD_NOT = 0, 3
"""Beside 1, the answer is no, and 2, wrong usage or configuration."""
_INTERRUPTED = 130
"""128 + SIGINT, as shells expect."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code. Raises SystemExit only for --help and --version, as argparse does."""
    _speak_any_code_page()
    argv = sys.argv[1:] if argv is None else argv
    try:
        options = arguments.parser().parse_args(argv)
    except WrongUsage as error:
        return _failed(error.told, str(error), error.exit_code, is_json=arguments.asks_json(argv))
    try:
        return _run(options)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # `statetrace outages | head`: the reader has what it wanted; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _run(options: argparse.Namespace) -> int:
    try:
        return arguments.command(options).run(options)
    except StateTraceError as error:
        why = _no_room(error, options) or str(error)
        return _failed(f"statetrace: {why}", why, error.exit_code, is_json=options.json)
    except BrokenPipeError:
        raise
    except OSError as error:
        # What nobody expected of this machine: a folder without rights, a disk that is gone.
        why = _no_room(error, options) or f"{error.filename or 'the system'}: {refused(error)}"
        return _failed(f"statetrace: {why}", why, COULD_NOT, is_json=options.json)


def _no_room(error: Exception, options: argparse.Namespace) -> str | None:
    from statetrace_tui.commands import full_disk, homes  # what no command needs that succeeds

    return full_disk.words(error, homes.of(options).path)


def _failed(told: str, why: str, code: int, *, is_json: bool) -> int:
    """For people, and for a script that waits for one object: no command prints its own before it has all of it."""
    print(told, file=sys.stderr)
    if is_json:
        print(json.dumps({"error": why, "exit": code}))
    return code


def _speak_any_code_page() -> None:
    """A pipe on Windows, or a Latin locale, lacks characters that owners and folders have: they are escaped."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
