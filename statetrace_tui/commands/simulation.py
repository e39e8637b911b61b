"""The demo's simulated network as a child process, which this side knows only by its words and its sockets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self  # Any: JSON

import statetrace_engine
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.text import sanitise
from statetrace_engine.simulate import truth
from statetrace_engine.simulate.truth import Record

_READY_S = 30.0
_END_S = 3.0
_LONGEST_WORDS = 200
_HEARD = ("syslog_udp", "syslog_tcp", "trap", "bmp")
"""Sources that devices speak to; they are asked by the others."""


class Simulation:
    """Made by `launch`; a thread reads what the child says."""

    def __init__(self, child: subprocess.Popen[str], log: Path) -> None:
        self._child = child
        self._log = log
        self._said = threading.Condition()
        self._is_ready = False
        self._faults: dict[int, Record] = {}
        self._caption: tuple[str, Epoch] = ("", 0.0)
        self._error = ""
        self._errors = 0
        threading.Thread(target=self._listen, name="simulation", daemon=True).start()

    @classmethod
    def launch(cls, inventory: Path, log: Path, *arguments: str) -> Self:
        """Starts it; returns when the inventory is written and the network waits for `start`.

        Raises StateTraceError when it does not come up.
        """
        # -P and PYTHONPATH: the child finds this very package, and nothing of the folder the demo is tried in.
        root = str(Path(statetrace_engine.__file__).parent.parent)
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        command = [sys.executable, "-P", "-m", "statetrace_engine.simulate", "--inventory-out", str(inventory)]
        with log.open("w", encoding="utf-8") as errors:
            child = subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": paths},
            )
        simulation = cls(child, log)
        if not simulation._wait_ready():
            simulation.close()
            raise StateTraceError(f"the simulated network did not start: {simulation._last_words()}")
        return simulation

    def start(self, listeners: Mapping[str, str], inbox: Path | None = None) -> None:
        """The devices begin to speak to these addresses, by source, captures of them to be filed there, and the script
        to play."""
        filed = {"inbox": str(inbox)} if inbox is not None else {}
        self._tell({"start": {source: listeners[source] for source in _HEARD if source in listeners} | filed})

    def break_link(self, device: str, interface: str) -> str:
        """What the network said to it; raises StateTraceError when there is no such link."""
        return self._do({"break": [device, interface]})

    def heal(self) -> str:
        """Mends what the viewer broke, else everything; raises StateTraceError when nothing is broken."""
        return self._do({"heal": True})

    def faults(self) -> list[Record]:
        """All that was injected so far, from the network's own log."""
        with self._said:
            return list(self._faults.values())

    def caption(self) -> tuple[str, Epoch]:
        """The last thing that happened, and when; empty before the first."""
        with self._said:
            return self._caption

    def ending(self) -> str:
        """That the network has ended by itself, and its last words; empty while it lives."""
        return "" if self._child.poll() is None else self._ending()

    def close(self) -> None:
        """Ends the child; harmless when repeated."""
        if self._child.stdin is not None and not self._child.stdin.closed:
            with suppress(OSError):  # it is gone already
                self._child.stdin.close()
        try:
            self._child.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _do(self, command: dict[str, Any]) -> str:
        """Waits for the caption or the error that answers it."""
        with self._said:
            before = (self._caption, self._errors)
            self._tell(command)
            is_answered = self._said.wait_for(lambda: (self._caption, self._errors) != before, timeout=2.0)
            if not is_answered or self._errors != before[1]:
                raise StateTraceError(self._error or "the simulated network does not answer")
            return self._caption[0]

    def _tell(self, command: dict[str, Any]) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(command) + "\n")
            self._child.stdin.flush()
        except (OSError, ValueError) as error:
            raise StateTraceError(self._ending()) from error

    def _wait_ready(self) -> bool:
        until = time.monotonic() + _READY_S
        with self._said:
            while not self._is_ready and self._child.poll() is None and time.monotonic() < until:
                self._said.wait(0.1)
            return self._is_ready

    def _listen(self) -> None:
        assert self._child.stdout is not None
        self._listen_to(self._child.stdout)
        with self._said:
            self._said.notify_all()

    def _listen_to(self, words: IO[str]) -> None:
        for line in words:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            with self._said:
                self._take(message)
                self._said.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        match message:
            case {"ready": True}:
                self._is_ready = True
            case {"fault": dict(fault)}:
                record = truth.decode(fault)
                self._faults[record.fault_id] = record
            case {"caption": str(text), "at": float(at)}:
                self._caption = (text, at)
            case {"error": str(text)}:
                self._error = text
                self._errors += 1

    def _ending(self) -> str:
        return f"the simulated network has ended: {self._last_words()}"

    def _last_words(self) -> str:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            lines = []
        code = self._child.poll()
        silence = "it said nothing" if code is None else f"it said nothing, exit code {code}"
        return sanitise(next((line for line in reversed(lines) if line.strip()), silence), _LONGEST_WORDS)
