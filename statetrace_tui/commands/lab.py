"""The commands that break and heal a user's lab, each in a session of its own: Ctrl-C reaches only the drill."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from msgspec import Struct

from statetrace_engine.errors import ConfigError
from statetrace_engine.model import Epoch
from statetrace_engine.model.text import decode
from statetrace_engine.parsing import redact

_KEPT_BYTES = 4096
"""Of what a command says, its end: it may say anything, for ever."""
_TURN_S = 0.05
_LEAVE_S = 2.0
"""Between asking a command to end and ending it."""
_DRAIN_S = 0.5
"""What it left behind may keep its output open; nobody waits for that."""


class Command(Struct, frozen=True):
    """One of the user's commands, ready to be run."""

    words: str | list[str]
    """A string for a shell, and on Windows, whose programs split their own command line."""
    is_shell: bool
    limit_s: float


class Ran(Struct, frozen=True, kw_only=True):
    """What became of it. It did its work somewhere between the two moments."""

    began_at: Epoch
    ended_at: Epoch
    failure: str = ""
    """`exit code 255: connection refused`; empty when it ended well."""


def command(option: str, text: str, *, is_shell: bool, limit_s: float) -> Command:
    """Split as a POSIX shell splits, and nothing expanded. Raises ConfigError, naming the option."""
    words: str | list[str] = text
    try:
        if not is_shell and sys.platform != "win32":
            words = shlex.split(text)
    except ValueError as error:
        raise ConfigError((f"{option}: {error}",)) from None
    if not text.strip() or not words or "\0" in text:
        raise ConfigError((f"{option}: no command",))
    return Command(words, is_shell, limit_s)


def run(of: Command, should_stop: Callable[[], bool] = lambda: False) -> Ran:
    """Runs it to its end; whatever it started ends with it at its limit, or when `should_stop`."""
    began_at = time.time()
    try:
        process = subprocess.Popen(
            of.words,
            shell=of.is_shell,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except (OSError, ValueError) as error:  # ValueError: a lone surrogate that no file system takes
        said = getattr(error, "strerror", None) or str(error)
        return Ran(began_at=began_at, ended_at=time.time(), failure=f"cannot be started: {said}")
    said = _Said(process.stdout)
    ending = _Ending(process)
    why = ending.wait(of.limit_s, should_stop)
    if why:
        _end(process, ending)
    return Ran(began_at=began_at, ended_at=ending.at or time.time(), failure=why or said.failure(process.returncode))


class _Ending:
    """When the process ended, to the moment: waiting with a limit looks only now and then."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.at: Epoch | None = None
        self.has_come = threading.Event()
        threading.Thread(target=self._await, args=(process,), name="drill command", daemon=True).start()

    def wait(self, limit_s: float, should_stop: Callable[[], bool]) -> str:
        """Why it must be ended; empty: it has."""
        until = time.monotonic() + limit_s
        while not self.has_come.wait(_TURN_S):
            if should_stop():
                return "interrupted"
            if time.monotonic() > until:
                return f"not done after {limit_s:g} s"
        return ""

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self.at = time.time()
        self.has_come.set()


class _Said:
    """Reads on for as long as the command says something, and keeps the end of it."""

    def __init__(self, out: IO[bytes] | None) -> None:
        assert out is not None
        self._kept = b""
        self._reading = threading.Thread(target=self._read, args=(out,), name="drill output", daemon=True)
        self._reading.start()

    def failure(self, code: int) -> str:
        if code == 0:
            return ""
        self._reading.join(_DRAIN_S)
        last, _ = redact.line(self._kept.strip().rpartition(b"\n")[2])
        word = f"exit code {code}" if code > 0 else f"ended by signal {-code}"
        return f"{word}: {decode(last, 200)}" if last else word

    def _read(self, out: IO[bytes]) -> None:
        with suppress(OSError, ValueError), out:
            while piece := os.read(out.fileno(), 65536):
                self._kept = (self._kept + piece)[-_KEPT_BYTES:]


def _end(process: subprocess.Popen[bytes], ending: _Ending) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
            if ending.has_come.wait(_LEAVE_S):
                return
    ending.has_come.wait(_LEAVE_S)
