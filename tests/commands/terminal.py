"""A command on a pseudo terminal, and the screen that it paints."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[2]
LIMIT_S = 40.0
_AS = """import sys
from statetrace_tui.commands import identity
identity._account = lambda uid: {account!r}
from statetrace_tui.__main__ import main
sys.exit(main(sys.argv[1:]))"""


class Terminal:
    """`statetrace ARGUMENTS` in a clean UTF-8 truecolor terminal; close it when done. `account`: who the system says is
    at it, where that must be somebody else than who runs the tests."""

    def __init__(self, *arguments: str | Path, cwd: Path, size: tuple[int, int] = (140, 40), account: str = "") -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        plain = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        program = ["-c", _AS.format(account=account)] if account else ["-m", "statetrace_tui"]
        self.process = subprocess.Popen(
            [sys.executable, *program, *map(str, arguments)],
            stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env={**kept, **plain}, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def shows(self, text: str, limit_s: float = LIMIT_S) -> None:
        """Waits until the text is on the screen."""
        deadline = time.monotonic() + limit_s
        while text not in self.text:
            assert time.monotonic() < deadline, f"{text!r} is not on the screen:\n{self.text}"
            assert self._read() or self.process.poll() is None, f"it has ended:\n{self.text}"

    def hides(self, text: str) -> None:
        """Waits until the text is on the screen no more."""
        deadline = time.monotonic() + LIMIT_S
        while text in self.text:
            assert time.monotonic() < deadline, f"{text!r} stays on the screen:\n{self.text}"
            self._read()

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def settle(self, seconds: float) -> None:
        """Keeps painting for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._read()

    def ends(self) -> int:
        """Its exit code, when it has ended by itself."""
        deadline = time.monotonic() + LIMIT_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end:\n{self.text}"
            self._read()
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    def _read(self) -> bool:
        if not select.select([self._master], [], [], 0.1)[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # Linux: the other side is closed
            return False
        self._stream.feed(data)
        return bool(data)
