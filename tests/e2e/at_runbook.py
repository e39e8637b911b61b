"""A runbook of our own for a network's lost link, and real consoles that stand at it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from tests.commands.terminal import Terminal
from tests.e2e.engines import Network

_HEAD = """# Link failure
id: link-failure
causes: link-failure
escalation: after 15 min to the carrier

## Summary
The interface is down.

## Steps
"""


def home_with(network: Network, folder: Path, *steps: str) -> tuple[Path, Path]:
    """A home whose runbook for a lost link has these steps; it, and the runbook's file."""
    home = network.home(folder / "home", hold_s=30)
    book = home / "config" / "runbooks" / "link-failure.md"
    book.parent.mkdir(parents=True, exist_ok=True)
    book.write_text("\n".join((_HEAD, *steps)), encoding="utf-8")
    return home, book


class Consoles:
    """`with Consoles(home, folder) as consoles: consoles.at_runbook(host)`; all are closed in the end."""

    def __init__(self, home: Path, folder: Path, size: tuple[int, int] = (80, 24)) -> None:
        self._home, self._folder, self.size = home, folder, size
        self._opened: list[Terminal] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for console in self._opened:
            console.close()

    def open(self, host: str, account: str = "") -> Terminal:
        """It shows the routes of `host`."""
        console = Terminal(
            "console", "--home", self._home, "--theme", "dark", cwd=self._folder, size=self.size, account=account
        )
        self._opened.append(console)
        console.shows(host)
        return console

    def at_runbook(self, host: str, account: str = "") -> Terminal:
        """An outage of `host` is open, and the console at its runbook."""
        console = self.open(host, account)
        to_runbook(console)
        return console


def to_runbook(console: Terminal) -> None:
    console.shows("NOT ACKNOWLEDGED")
    console.press("gb")
    console.shows("y copies")
