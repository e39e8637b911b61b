"""The console in real terminals: what it leaves behind, what it survives, and what each kind of terminal shows."""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("needs a pty", allow_module_level=True)

import fcntl
import pty
import struct
import termios

import pyte

CHILD = Path(__file__).with_name("console_child.py")
LIMIT_S = 30.0
KEPT = ("PATH", "HOME", "SYSTEMROOT", "TMPDIR", "PYTHONPYCACHEPREFIX")


def environment(home: Path, **changes: str) -> dict[str, str]:
    """A clean UTF-8 truecolor terminal, but for the changes."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    plain = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "TEST_HOME": str(home)}
    return kept | plain | changes


class Pty:
    """A program on a pseudo terminal, with the screen it paints."""

    def __init__(
        self, env: dict[str, str], *arguments: str, size: tuple[int, int] = (100, 30), errors: int | None = None
    ) -> None:
        """`errors`: where its standard error goes instead."""
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.before = termios.tcgetattr(slave)
        self._slave = slave
        self.process = subprocess.Popen(
            [sys.executable, str(CHILD), *arguments], stdin=slave, stdout=slave,
            stderr=slave if errors is None else errors, env=env,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip

    def read(self, timeout_s: float = 0.1) -> bytes:
        if not select.select([self.master], [], [], timeout_s)[0]:
            return b""
        data = os.read(self.master, 1 << 16)
        self.output += data
        self._stream.feed(data)
        return data

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def shows(self, text: str) -> None:
        deadline = time.monotonic() + LIMIT_S
        while text not in self.text:
            assert time.monotonic() < deadline, f"{text!r} is not on the screen:\n{self.text}"
            self.read()

    def send(self, data: bytes) -> None:
        os.write(self.master, data)

    def settle(self) -> None:
        """Until nothing has been painted for 0.3 s."""
        while self.read(0.3):
            continue

    def wait_until_full(self) -> None:
        """Until what the program writes has nowhere to go: unread bytes stand still though it has more to say."""
        deadline, unread, since = time.monotonic() + LIMIT_S, -1, time.monotonic()
        while time.monotonic() - since < 1.0:
            assert time.monotonic() < deadline, "the terminal never filled up"
            now = struct.unpack("i", fcntl.ioctl(self.master, termios.FIONREAD, b"\0" * 4))[0]
            if now != unread:
                unread, since = now, time.monotonic()
            self.send(b"\x1b[6~" if unread % 2 else b"\x1b[5~")
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def exit_code(self, *, is_reading: bool = True) -> int:
        deadline = time.monotonic() + LIMIT_S
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it did not end"
            if is_reading:
                self.read(0.05)
            else:
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.2)
        while is_reading and self.read(0.05):
            continue
        return int(self.process.returncode)

    def is_restored(self) -> bool:
        """The alternate screen left, the cursor shown, modes off, the line discipline as it was."""
        out = self.output
        is_left = out.rfind(b"\x1b[?1049l") > out.rfind(b"\x1b[?1049h")
        is_shown = out.rfind(b"\x1b[?25h") > out.rfind(b"\x1b[?25l")
        is_unfocused = out.rfind(b"\x1b[?1004l") > out.rfind(b"\x1b[?1004h")
        return is_left and is_shown and is_unfocused and termios.tcgetattr(self._slave) == self.before

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self._slave)


@contextmanager
def terminal(home: Path, *arguments: str, size: tuple[int, int] = (100, 30), **env: str) -> Iterator[Pty]:
    made = Pty(environment(home, **env), *arguments, size=size)
    try:
        yield made
    finally:
        made.close()


def test_q_leaves_with_zero_and_gives_the_terminal_back(tmp_path: Path) -> None:
    with terminal(tmp_path) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.send(b"q")
        assert t.exit_code() == 0
        assert t.is_restored()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_gives_the_terminal_back(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with terminal(tmp_path) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.process.send_signal(number)
        assert t.exit_code() == code
        assert t.is_restored()


def test_errors_that_are_written_elsewhere_take_no_screen_with_them(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    with errors.open("wb") as file:
        t = Pty(environment(tmp_path), errors=file.fileno())
    try:
        t.shows("NOT ACKNOWLEDGED")
        t.send(b"q")
        assert t.exit_code() == 0
        assert t.is_restored()
    finally:
        t.close()
    assert errors.read_bytes() == b""


def test_a_terminal_that_stopped_reading_does_not_hold_the_console(tmp_path: Path) -> None:
    with terminal(tmp_path, "busy", size=(200, 50)) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.wait_until_full()
        for at in range(80):  # each wants to paint, and there is no room for it
            t.send(b"gG"[at % 2 : at % 2 + 1])
            with suppress(subprocess.TimeoutExpired):
                t.process.wait(0.03)
        t.process.send_signal(signal.SIGTERM)
        assert t.exit_code(is_reading=False) == 143


def test_a_terminal_that_went_away_ends_the_console(tmp_path: Path) -> None:
    made = Pty(environment(tmp_path))
    try:
        made.shows("NOT ACKNOWLEDGED")
    finally:
        os.close(made.master)
    assert made.process.wait(LIMIT_S) == 129
    os.close(made._slave)


@pytest.mark.parametrize("noise", [b"\xff", b"caf\xe9", b"\x1b[M \xe1\xa0", bytes(range(128, 256))])
def test_bytes_that_are_no_utf8_do_not_end_it(tmp_path: Path, noise: bytes) -> None:
    with terminal(tmp_path) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.send(noise)
        t.settle()
        t.send(b"\x1b\x1b?")
        t.shows("what the keys do here")
        t.send(b"\x1bq")
        t.send(b"q")
        assert t.exit_code() == 0


def test_a_crash_exits_with_one_and_names_its_log(tmp_path: Path) -> None:
    with terminal(tmp_path, "broken") as t:
        code = t.exit_code()
        assert code == 1
        assert t.is_restored()
        (log,) = (tmp_path / "logs").glob("console-crash-*.log")
        said = t.output.decode("utf-8", "replace").replace("\r\n", "")
        assert log.name in said
        assert "a bug in the detail" in said
        assert "Traceback" in log.read_text(encoding="utf-8")
        assert "Traceback" not in said


def test_a_crash_is_logged_where_it_stays(tmp_path: Path) -> None:
    with terminal(tmp_path, "broken", "crash_folder=yes") as t:
        assert t.exit_code() == 1
        (log,) = (tmp_path / "stays").glob("console-crash-*.log")
        assert str(log) in t.output.decode("utf-8", "replace").replace("\r\n", "")
        assert not (tmp_path / "logs").exists()


def test_all_quiet_is_not_a_byte(tmp_path: Path) -> None:
    with terminal(tmp_path, "quiet") as t:
        t.shows("quiet since")
        t.settle()
        t.settle()
        assert t.read(2.5) == b""


def test_the_screen_is_the_same_with_every_cell_repainted(tmp_path: Path) -> None:
    shown = []
    for full in ("", "1"):
        with terminal(tmp_path, size=(140, 40), STATETRACE_FULL_REPAINT=full) as t:
            t.shows("EVIDENCE")
            for keys in (b"jjj", b"?", b"\x1b", b"G", b"\x1b[5~", b"/boyo\r", b"g", b":so"):
                t.send(keys)
                t.settle()
            shown.append([re.sub(r"\d+", "", line).split() for line in t.screen.display])
    assert shown[0] == shown[1]


def test_ctrl_l_repairs_a_screen_that_something_else_wrote_on(tmp_path: Path) -> None:
    with terminal(tmp_path) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.settle()
        t._stream.feed(b"\x1b[10;1Hsomebody else wrote this")
        t.send(b"\x0c")
        t.settle()
        assert "somebody" not in t.text


def test_a_suspended_console_paints_everything_when_it_is_resumed(tmp_path: Path) -> None:
    with terminal(tmp_path) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.settle()
        t.process.send_signal(signal.SIGTSTP)
        deadline = time.monotonic() + LIMIT_S
        while not t.is_restored():
            assert time.monotonic() < deadline, "it did not give the terminal to the shell"
            t.read()
        assert os.WIFSTOPPED(os.waitpid(t.process.pid, os.WUNTRACED)[1]), "a signal to go on must find it stopped"
        t.screen.reset()
        t.process.send_signal(signal.SIGCONT)
        t.shows("NOT ACKNOWLEDGED")
        t.shows("? help")


def test_another_size_is_another_layout(tmp_path: Path) -> None:
    with terminal(tmp_path, size=(140, 40)) as t:
        t.shows("EVIDENCE")
        t.resize(80, 24)
        t.shows("cause  link-failure")
        assert len(t.screen.display) == 24
        t.resize(140, 40)
        t.shows("EVIDENCE")


def test_titles_and_copies_are_ascii(tmp_path: Path) -> None:
    with terminal(tmp_path) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.send(b"y")
        t.shows("copied, also in")
        for sequence in re.findall(rb"\x1b\].*?(?:\x07|\x1b\\)", t.output):
            assert sequence.isascii()
        assert b"\x1b]52;c;" in t.output
        assert "OUT-1123-7KQ2" in (tmp_path / "data" / "copied.txt").read_text(encoding="utf-8")


def test_the_mouse_is_off_unless_asked_for(tmp_path: Path) -> None:
    with terminal(tmp_path) as t:
        t.shows("NOT ACKNOWLEDGED")
        assert b"\x1b[?1000h" not in t.output
    with terminal(tmp_path, "afternoon", "has_mouse=yes") as t:
        t.shows("NOT ACKNOWLEDGED")
        assert b"\x1b[?1000h" in t.output


@pytest.mark.parametrize("size", [(140, 40), (80, 24)])
def test_a_key_that_moves_the_cursor_is_few_bytes(tmp_path: Path, size: tuple[int, int]) -> None:
    with terminal(tmp_path, "many", size=size) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.settle()
        spent = sorted(_bytes_until_the_cursor_moved(t) for _ in range(60))
        assert spent[48] <= 600  # a page turned, or a detail painted on a machine that stalls, is more
        assert sum(spent) / 60 <= 600


def _cursor_row(t: Pty) -> str:
    return next(line[:80] for line in t.screen.display if line.startswith(">"))


def _bytes_until_the_cursor_moved(t: Pty) -> int:
    before, count = _cursor_row(t), 0
    t.send(b"j")
    deadline = time.monotonic() + LIMIT_S
    while not (here := [line for line in t.screen.display if line.startswith(">")]) or here[0][:80] == before:
        assert time.monotonic() < deadline, t.text
        count += len(t.read(0.02))
    return count


# Kinds of terminals.

_COLOUR = re.compile(rb"\x1b\[[0-9;]*?(?<![0-9])(3[0-7]|4[0-7]|9[0-7]|10[0-7]|38;|48;)[0-9;]*m")
_DEEP = re.compile(rb"\x1b\[[0-9;]*(38|48);[25];")


@pytest.mark.parametrize(
    ("env", "has_colour", "has_deep", "is_ascii"),
    [
        ({}, True, True, False),
        ({"COLORTERM": "", "TERM": "xterm-256color"}, True, True, False),
        ({"COLORTERM": "", "TERM": "linux"}, True, False, False),
        ({"COLORTERM": "", "TERM": "vt100"}, False, False, True),
        ({"COLORTERM": "", "TERM": "dumb"}, False, False, True),
        ({"NO_COLOR": "1"}, False, False, False),
        ({"LC_ALL": "C"}, True, True, True),
    ],
    ids=["truecolor", "256", "linux", "vt100", "dumb", "NO_COLOR", "LC_ALL=C"],
)
def test_a_terminal_gets_what_it_can_show(
    tmp_path: Path, env: dict[str, str], has_colour: bool, has_deep: bool, is_ascii: bool
) -> None:
    with terminal(tmp_path, **env) as t:
        t.shows("NOT ACKNOWLEDGED")
        t.shows("X DOWN")
        t.settle()
        assert bool(_COLOUR.search(t.output)) is has_colour
        assert bool(_DEEP.search(t.output)) is has_deep
        assert t.output.isascii() is is_ascii
        t.send(b"q")
        assert t.exit_code() == 0


TMUX = shutil.which("tmux")


@pytest.mark.skipif(TMUX is None, reason="needs tmux")
@pytest.mark.parametrize(
    "env", ["TERM=tmux-256color", "TERM=linux", "TERM=vt100", "NO_COLOR=1", "LC_ALL=C"], ids=lambda env: env
)
def test_in_tmux_the_whole_way(tmp_path: Path, env: str) -> None:
    assert TMUX is not None
    socket = ["-L", f"statetrace-{os.getpid()}-{env.replace('=', '-')}", "-f", os.devnull]
    tmux = [TMUX, *socket]
    base = environment(tmp_path)
    command = f"{shlex.join(['env', env, sys.executable, str(CHILD)])}; echo left with $?; cat"

    def pane() -> str:
        return subprocess.run(
            [*tmux, "capture-pane", "-p"], env=base, capture_output=True, text=True, check=True
        ).stdout

    def shows(text: str) -> str:
        deadline = time.monotonic() + LIMIT_S
        while text not in (shown := pane()):
            assert time.monotonic() < deadline, f"{text!r} is not in the pane:\n{shown}"
        return shown

    try:
        subprocess.run([*tmux, "-u", "new-session", "-d", "-x", "100", "-y", "30", command], env=base, check=True)
        shows("NOT ACKNOWLEDGED")
        subprocess.run([*tmux, "send-keys", "j", "a"], env=base, check=True)
        shown = shows("acknowledged 1 outage")
        if env in ("LC_ALL=C", "TERM=vt100"):
            assert shown.isascii()
        subprocess.run([*tmux, "resize-window", "-x", "80", "-y", "24"], env=base, check=True)
        assert len(shows("cause  link-failure").splitlines()[1]) <= 80
        subprocess.run([*tmux, "send-keys", "q"], env=base, check=True)
        shows("left with 0")
    finally:
        subprocess.run([*tmux, "kill-server"], env=base, check=False)
