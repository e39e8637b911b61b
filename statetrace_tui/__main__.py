"""`statetrace`: the command line, and the only place where failures become exit codes (SPEC 11)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from statetrace_engine.errors import StateTraceError
from statetrace_tui.commands import arguments

OK, COULD_NOT = 0, 3
"""Beside 1, the answer is no, and 2, wrong usage or configuration."""
_INTERRUPTED = 130
"""128 + SIGINT, as shells expect."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code.

    Raises SystemExit only for wrong usage and --help, as argparse does.
    """
    _speak_any_code_page()
    options = arguments.parser().parse_args(argv)
    try:
        return arguments.command(options).run(options)
    except StateTraceError as error:
        print(f"statetrace: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # `statetrace outages | head`: the reader has what it wanted; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        # What nobody expected of this machine: a folder without rights, a disk that is gone.
        print(f"statetrace: {error.filename or 'the system'}: {error.strerror or error}", file=sys.stderr)
        return COULD_NOT


def _speak_any_code_page() -> None:
    """A pipe on Windows, or a Latin locale, lacks characters that owners and folders have: they are escaped."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
