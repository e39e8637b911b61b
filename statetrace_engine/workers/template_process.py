"""ntc-templates in a process that may be killed: two of them hang on damaged input, and none may hold up the rest."""

from __future__ import annotations

from multiprocessing import get_context
from typing import TYPE_CHECKING

import msgspec

from statetrace_engine.parsing.capture import Fallen
from statetrace_engine.workers import templates
from statetrace_engine.workers.pipes import Connection
from statetrace_engine.workers.worker import deaf_to_interrupts

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

LIMIT_S = 5.0
"""For one section."""
START_S = 30.0
LEAVE_S = 2.0
MOST_CHARACTERS = 8 << 20
"""Templates read 1.5 MB a second."""


class TemplateProcess:
    """Starts with the first section; `parse` is a `capture.Fallback`. Use by one thread."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self.killed = 0
        """How often it took too long or died."""

    def parse(self, vendor: str, command: str, text: str) -> Fallen:
        """Rows of ntc-templates; no rows and the reason when it hung, died or could not. Never raises."""
        if len(text) > MOST_CHARACTERS:
            return Fallen([], f"more than {MOST_CHARACTERS >> 20} MB are not given to a template")
        try:
            connection = self._started()
            if connection is None:
                return self._buried("the template process did not start")
            connection.send_bytes(msgspec.msgpack.encode(templates.Task(vendor, command, text)))
            if not connection.poll(self._limit_s):
                return self._buried(f"its template took longer than {self._limit_s:g} s and was stopped")
            return templates.answers.decode(connection.recv_bytes())
        except (EOFError, OSError):
            return self._buried("the template process died")

    def close(self) -> None:
        """Ends the process, whatever it does."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join(LEAVE_S)

    def _started(self) -> Connection | None:
        """The way to the running process; None when it does not come up."""
        if self._connection is None:
            context = get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._process = context.Process(
                target=templates.main,
                args=(theirs, self._limit_s + LEAVE_S),
                name="statetrace templates",
                daemon=True,
            )
            with deaf_to_interrupts():
                self._process.start()
            theirs.close()
            if not self._connection.poll(START_S) or self._connection.recv_bytes() != templates.READY:
                return None
        return self._connection

    def _buried(self, reason: str) -> Fallen:
        self.killed += 1
        self.close()
        return Fallen([], reason)
