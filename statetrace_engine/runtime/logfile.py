"""The engine's log: one rotating file that holds no secret and no control character, and never speaks on a terminal."""

from __future__ import annotations

import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import redact

MAX_BYTES = 2_000_000
_LONGEST = 4000


class LogFile(RotatingFileHandler):
    """A disk that cannot be written costs lines; logging's own complaint would go over the console's screen."""

    lost = 0

    def close(self) -> None:
        """What it has not written by now is lost with it."""
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # logging's own names
        self.lost += 1


class PlainLines(logging.Formatter):
    """Exceptions quote what devices and files said."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(plain(line) for line in super().format(record).split("\n"))


def plain(line: str) -> str:
    """The line without secrets and control characters."""
    clean, _ = redact.line(line.encode("utf-8", "surrogateescape"))
    return sanitise(clean.decode("utf-8", "replace"), _LONGEST)


def log_to(folder: Path) -> None:
    """What `statetrace.*` logs goes to `engine.log` in the folder from here on, and nowhere else."""
    root = logging.getLogger("statetrace")
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    handler = LogFile(folder / "engine.log", maxBytes=MAX_BYTES, backupCount=3, encoding="utf-8", delay=True)
    handler.setFormatter(PlainLines("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False


def close() -> None:
    """Lets go of the file, which Windows could not delete otherwise; a late line opens it again."""
    for handler in logging.getLogger("statetrace").handlers:
        handler.close()
