"""The terminal on Linux and macOS: Textual's driver with its faults mended.

A byte that is no UTF-8 is shown as nothing instead of ending the console; a terminal that went away never blocks
it; `statetrace 2>errors` still has a screen; and the app can see whether the terminal keeps up.
"""

from __future__ import annotations

import io
import os
import selectors
import sys
from codecs import getincrementaldecoder
from typing import Any, cast

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

_CLOSE_WITHIN_S = 1.0


class _Unbreakable(io.TextIOBase):
    """A terminal that may hang up or stop reading: what cannot be written is dropped.

    Written past Python's own buffers, whose locks a writer that is stuck would hold against the end of the process.
    """

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno
        self._texts: list[str] = []

    def write(self, text: str) -> int:
        self._texts.append(text)
        return len(text)

    def flush(self) -> None:
        data = "".join(self._texts).encode("utf-8", "replace")
        self._texts.clear()
        try:
            while data:
                data = data[os.write(self._fileno, data) :]
        except OSError:
            return

    def fileno(self) -> int:
        return self._fileno

    def isatty(self) -> bool:
        return os.isatty(self._fileno)


class PosixDriver(LinuxDriver):
    """See the module."""

    def __init__(
        self, app: App[object], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = cast(Any, _Unbreakable(sys.__stdout__.fileno() if sys.__stdout__ else 1))

    @property
    def backlog(self) -> int:
        """Writes that wait for a terminal that does not keep up."""
        return self._writer_thread._queue.qsize() if self._writer_thread else 0

    def run_input_thread(self) -> None:
        """Keys until the console ends; the end of the input ends the console."""
        parser = XTermParser(self._debug)
        decoder = getincrementaldecoder("utf-8")(errors="replace")
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(0.1):
                    data = _read(self.fileno)
                    if not data:
                        self._loop.call_soon_threadsafe(self._app.exit, None, 129)
                        return
                    for message in parser.feed(decoder.decode(data)):
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)

    def close(self) -> None:
        """Ends the writer; a terminal that reads nothing any more holds it for a second at most."""
        writer = self._writer_thread
        if writer is None:
            return
        if not writer._queue.full():
            writer._queue.put_nowait(None)
            writer.join(_CLOSE_WITHIN_S)


def _read(fileno: int) -> bytes:
    try:
        return os.read(fileno, 4096)
    except OSError:
        return b""
