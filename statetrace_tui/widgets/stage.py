"""What a screen and its widgets may ask of the app they stand on; the app is a `Stage`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast

from textual.dom import DOMNode

from statetrace_engine.api import Engine
from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Action
from statetrace_engine.model.diff import DiffRun
from statetrace_tui.present.book import Book
from statetrace_tui.present.header import Facts
from statetrace_tui.present.hours import Zone
from statetrace_tui.present.ink import Theme
from statetrace_tui.present.since import Since


@dataclass(frozen=True, kw_only=True)
class ConsoleOptions:
    """How a console was asked to be."""

    theme: str = "auto"
    """`dark`, `light`, `16`, `mono`; `auto` looks at the terminal and at NO_COLOR."""
    is_ascii: bool | None = None
    """None: ASCII when the locale or the terminal cannot do better."""
    is_read_only: bool = False
    has_mouse: bool = False
    has_bell: bool = False
    home: Path | None = None
    """Where logs and copied text go; None: a temporary folder."""
    crash_folder: Path | None = None
    """Where the log of a crash goes; None: the logs of the home."""
    home_label: str = ""
    """What the header calls this home: `demo`, a path; may be empty."""
    operator: str = ""
    """As the operating system authenticated it: `DOMAIN\\user` or `user@host`."""
    screen: str = "routes"
    """The first screen: `routes`, `outages`, `watch`."""
    caption: Callable[[], str] | None = None
    """Asked four times a second for one line to show above the data; empty: none."""
    command: Callable[[str, Sequence[str]], Awaitable[str]] | None = None
    """Runs a palette command that the console does not know itself (`break DEVICE INTERFACE`, `heal`) and says what
    happened; raises StateTraceError."""
    commands: tuple[tuple[str, str], ...] = ()
    """Those commands for the palette: (usage, what it does)."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Other keys for actions, by the names of `[keys]`."""
    time: str = "local"
    """Times of day on the clock of this machine with its offset, or `utc`."""
    seconds: float | None = None
    """Leave after so long."""

    @property
    def logs(self) -> Path | None:
        """Where a crash is written; None: a temporary folder."""
        return self.crash_folder or (self.home / "logs" if self.home is not None else None)


class Stage(Protocol):
    """The app, as seen from below."""

    ink: Theme
    book: Book
    engine: Engine
    options: ConsoleOptions
    zone: Zone
    """The clock on which times of day are shown."""
    since: Since
    """What changed while the operator was away."""
    is_was: bool
    """The data is not being measured or not arriving: show it grey, as what WAS."""

    def wall(self) -> Epoch:
        """Wall time now."""

    def as_of(self) -> Epoch:
        """Wall time of what is shown: it stands still while the engine is silent."""

    def monotonic(self) -> float:
        """Seconds on a clock that never steps, for what is felt at the keys."""

    def touched(self) -> None:
        """The operator has pressed a key."""

    def facts(self) -> Facts:
        """What header and banners are made of."""

    def caption(self) -> str:
        """The line to show above the data; may be empty."""

    def note(self) -> tuple[str, str]:
        """The word on the key line now, and its role."""

    def say(self, text: str, role: str = "accent!", for_s: float = 4.0) -> None:
        """A word on the key line that goes away by itself."""

    def acknowledge(self, outage_ids: Sequence[str], note: str = "") -> None:
        """At once, or queued visibly while the engine is silent; says how many."""

    def undo(self) -> None:
        """Takes the last acknowledgement back within 10 s."""

    def act(self, action: Action, done: str) -> None:
        """Any other action; `done` is what to say when it is in force."""

    def copy_text(self, text: str) -> None:
        """To the clipboard of the operator's own terminal, and to a file."""

    def mark_shown(self, outage_ids: Sequence[str]) -> None:
        """These were painted; told to the engine once for each."""

    def mark_seen(self, outage_ids: Sequence[str]) -> None:
        """These recovered outages were looked at."""

    def mark_looked(self, hostname: str, runs: Sequence[DiffRun], outage_id: str = "") -> None:
        """What these runs found changed on a device is on the screen; `outage_id`: the operator came from there."""

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Runs a question to the engine beside the keys."""

    def go(self, screen: str, subject: str = "") -> None:
        """To another screen by name, on a subject (a route or outage id); Esc comes back."""

    def back(self) -> None:
        """To the screen before."""


def stage_of(node: DOMNode) -> Stage:
    """The app of a widget or screen, as a `Stage`."""
    return cast(Stage, node.app)
