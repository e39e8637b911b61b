"""The other end of the pool: a process that reads one file after the other until nobody asks any more.

It collects no garbage while it reads (rows die with their file), survives Ctrl-C, which is its parent's to decide, and
ends when its parent does.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from importlib import import_module
from mmap import PAGESIZE as PAGE_BYTES
from pathlib import Path

from statetrace_engine.workers.pipes import Connection

READY, ANSWER, REFUSAL, RETIRED, BROKEN = b"r", b"a", b"x", b"z", b"b"
"""The first byte of a message."""
RETIRE_MB = 120
"""Memory that a reader may have grown to when it takes the next file: above it, a new one starts with little."""


def main(connection: Connection, read: str, memory_limit_mb: int, limit_s: float) -> None:
    """Answers jobs with `read`, `package.module:name`, until the other end is closed, or one takes longer than
    `limit_s`: the other end stops it sooner, where it still can."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _be_silent()
    _limit_memory(memory_limit_mb)
    module, _, name = read.partition(":")
    try:
        function = getattr(import_module(module), name)
    except (ImportError, AttributeError, SyntaxError, MemoryError) as error:
        with suppress(OSError):
            connection.send_bytes(BROKEN + f"{type(error).__name__}: {error}".encode())
        return
    gc.collect()
    gc.freeze()
    gc.disable()
    with suppress(EOFError, OSError):  # the parent is gone
        connection.send_bytes(READY)
        while True:
            job = connection.recv_bytes()
            try:
                with ended_after(limit_s):
                    message = ANSWER + function(job)
            except MemoryError:
                message = REFUSAL + f"reading it needs more than {memory_limit_mb} MB".encode()
            except Exception as error:  # noqa: BLE001  # a bug that one file meets costs that file: here it is a value
                message = REFUSAL + f"a defect in reading it: {type(error).__name__}: {_place(error)}".encode()
            del job
            connection.send_bytes(message)
            del message
            gc.collect()
            if _used_mb() > RETIRE_MB:
                connection.send_bytes(RETIRED)
                return


@contextmanager
def ended_after(limit_s: float) -> Iterator[None]:
    """The process ends when what is done within takes longer, be it in one match of a pattern that never comes back.

    Who asked for it would kill it; this is for when that was killed itself.
    """
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(limit_s, file=nowhere, exit=True)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """A process that starts within does not hear the Ctrl-C that its parent hears, from its first instruction on.

    Only the main thread can arrange that; elsewhere nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def beside_a_console() -> None:
    """To be called before a process starts. multiprocessing keeps one of its own beside those that it starts, and hands
    that the descriptor of `sys.stderr`; a console has put something there that has none (-1), and nothing would start.
    """
    if os.name == "posix":
        from multiprocessing import resource_tracker  # no other system has it

        with redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()


def _be_silent() -> None:
    """A console may be on the terminal that this would write its errors to."""
    with suppress(OSError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 2)
        os.close(nothing)


def _place(error: BaseException) -> str:
    """Where it was raised, without its message, which may quote the file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')} line {trace.tb_lineno}" if trace is not None else "unknown"


def _limit_memory(limit_mb: int) -> None:
    """Where the system can: Linux."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = limit_mb << 20
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))


def _used_mb() -> float:
    """The memory that this process has now; 0 where the system does not say so easily."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * PAGE_BYTES / (1 << 20)
