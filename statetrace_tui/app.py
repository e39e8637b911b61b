"""The console: follows the engine, hands each change to the screen in front, and carries the operator's actions.

`run(engine, options)` is all that a command calls. Keys and actions never wait for the follow tick.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from textual._compositor import CompositorUpdate
from textual.app import App
from textual.screen import Screen
from textual.worker import WorkerFailed

from statetrace_engine.api import Engine, Subscription
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Action
from statetrace_engine.model.diff import DiffRun
from statetrace_tui import screens
from statetrace_tui.present.book import Book, Delta
from statetrace_tui.present.header import READ_ONLY, SILENT_AFTER_S, Facts, is_was
from statetrace_tui.present.ink import NAMES, Theme
from statetrace_tui.present.keys import BEHIND, PLACES, tab_keys
from statetrace_tui.present.palette import COMMANDS, Command
from statetrace_tui.present.since import Since
from statetrace_tui.widgets import clipboard, crash, terminal
from statetrace_tui.widgets.acts import Acts
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.modal import Palette, Question
from statetrace_tui.widgets.stage import ConsoleOptions
from statetrace_tui.widgets.sweeper import Sweeper
from statetrace_tui.widgets.thin_output import ThinOutput, Written
from statetrace_tui.widgets.warmer import Warmer
from statetrace_tui.widgets.watermark import Watermark

__all__ = ["ConsoleOptions", "StateTraceApp", "run"]

PULL_S = 0.1
"""How often the engine is asked while frames are small."""
BUSY_PULL_S = 0.25
"""And after a frame of more than `BUSY_ROWS` rows."""
BUSY_ROWS = 20
CAPTION_S = 0.2
BACKLOG = 6
"""Writes waiting for the terminal from which nothing more is painted until it has caught up."""
KEEP_OUTAGES_S = 86400.0
_HANGUP_CODES = {"SIGTERM": 143, "SIGHUP": 129}


class StateTraceApp(App[None]):
    """A `Stage` for the screens."""

    TITLE = "StateTrace"
    ENABLE_COMMAND_PALETTE = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS = []

    def __init__(
        self,
        engine: Engine,
        options: ConsoleOptions | None = None,
        *,
        wall: Callable[[], Epoch] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.options = options or ConsoleOptions()
        self.ink = terminal.theme(self.options)
        self.zone = terminal.zone(self.options.time)
        super().__init__(driver_class=terminal.driver_class(), ansi_color=True)
        self.animation_level = "none"
        self.engine = engine
        self.book = Book()
        self.is_was = False
        self._filters = []
        self._wall = wall
        self._monotonic = monotonic
        self._acts = Acts(engine, self.options.operator, self._say_from_acts, monotonic)
        self._sweeper = Sweeper(monotonic)
        self._warmer = Warmer(monotonic, _load_likely)
        self._watermark = Watermark(None if self.options.is_read_only else self.options.home, self.options.operator)
        self.since = Since(self._watermark.read(), wall())
        self._subscription: Subscription | None = None
        self._frames: dict[str, Frame] = {}
        self._trail: list[str] = []
        self._words = ("", "")
        self._words_until = 0.0
        self._silent_s = 0.0
        self._next_pull = 0.0
        self._next_caption = 0.0
        self._caption = ""
        self._is_sending = False
        self._is_owed = False
        self._last_words = ""
        self._thin = None if os.environ.get("STATETRACE_FULL_REPAINT") else ThinOutput()

    # Life.

    def get_default_screen(self) -> Screen[Any]:
        """The first screen, without a blank one before it."""
        return self._frame(self.options.screen)

    def on_mount(self) -> None:
        # Textual shows the default screen without pushing it, and a screen that was not pushed cannot be switched.
        self.screen._push_result_callback(self, None)
        self._catch_signals()
        if not self.is_headless:
            self._sweeper.begin()
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        self._subscription = self.engine.subscribe()
        self._follow()
        self.set_interval(PULL_S, self._follow, name="follow")
        if self.options.seconds is not None:
            self.set_timer(self.options.seconds, self.exit)

    def on_unmount(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
        self._watermark.keep(self.since.looked_at, is_last=True)

    def _catch_signals(self) -> None:
        """SIGTERM and SIGHUP end the console as `q` does: the terminal is given back."""
        loop = asyncio.get_running_loop()
        for name, code in _HANGUP_CODES.items():
            number = getattr(signal, name, None)
            if number is not None and sys.platform != "win32" and not self.is_headless:
                loop.add_signal_handler(number, self.exit, None, code)

    # Following the engine.

    def _follow(self) -> None:
        """One tick: take what changed, unless the terminal is behind; then repaint what tells the time."""
        now = self._monotonic()
        if self._subscription is None or now < self._next_pull or self._backlog():
            return
        if self._is_owed:
            self._is_owed = False
            self.screen.refresh()
        frame = self._subscription.pull()
        self._silent_s = self._subscription.silent_s()
        self._next_pull = now + PULL_S / 2
        delta: Delta | None = None
        if self.options.caption is not None and now >= self._next_caption:
            self._next_caption = now + CAPTION_S
            self._caption = self.options.caption()
        if frame is not None:
            delta = self.book.merge(frame)
            self.since.follow(delta, self.book.rows, self.book.outages)
            if frame.is_full:
                self._sweeper.keep()
                self._warmer.shown()
            if len(delta.routes) > BUSY_ROWS:
                self._next_pull = now + BUSY_PULL_S - PULL_S / 2
        self.since.tick(self._wall(), self.book.rows, self.book.outages)
        self._show(delta)
        self._sweeper.tick()
        self._warmer.tick()

    def touched(self) -> None:
        self._sweeper.pressed()
        self._warmer.pressed()
        self.since.pressed(self._wall())
        self._watermark.keep(self.since.looked_at)

    def _show(self, delta: Delta | None) -> None:
        front = self.front
        was = is_was(self.book, self.facts())
        if was != self.is_was:
            self.is_was = was
            if front is not None:
                front.veil(was)
        if self._acts.waiting and self._silent_s <= SILENT_AFTER_S and not self._is_sending:
            self._start(self._send_waiting(), "send what waited")
        if front is not None:
            if delta is not None:
                front.follow(delta)
            front.tick()
            front.refresh_frame()

    def _backlog(self) -> int:
        return int(getattr(self._driver, "backlog", 0))

    # Stage.

    @property
    def front(self) -> Frame | None:
        """The screen in front; None before the first."""
        return self.screen if self._screen_stack and isinstance(self.screen, Frame) else None

    def wall(self) -> Epoch:
        return self._wall()

    def as_of(self) -> Epoch:
        return self._wall() - (self._silent_s if self._silent_s > SILENT_AFTER_S else 0.0)

    def monotonic(self) -> float:
        return self._monotonic()

    def facts(self) -> Facts:
        status = self.book.status
        is_calm = status is not None and not self.book.has_open and not self.book.new and not self.is_was
        since = (status.last_change_at or status.started_at) if status is not None and is_calm else None
        return Facts(
            now=self._wall(),
            silent_s=self._silent_s,
            queued=self._acts.waiting,
            quiet_since=since,
            label=self.options.home_label,
            is_read_only=self.options.is_read_only,
            zone=self.zone,
            tab_keys=tab_keys(self.options.keys),
            changed=len(self.since.marks),
            away_from=self.since.away_from,
        )

    def caption(self) -> str:
        return self._caption

    def note(self) -> tuple[str, str]:
        if self._monotonic() < self._words_until:
            return self._words
        return self._acts.note(self.front.key("undo") if self.front is not None else "")

    def say(self, text: str, role: str = "accent!", for_s: float = 4.0) -> None:
        self._words = (text, role)
        self._words_until = self._monotonic() + for_s
        if self.front is not None:
            self.front.refresh_frame()

    def _say_from_acts(self, text: str, role: str) -> None:
        self.say(text, role, 2.0)

    def acknowledge(self, outage_ids: Sequence[str], note: str = "") -> None:
        if not outage_ids:
            self.say("nothing here to acknowledge", "dim")
            return
        self.act(*self._acts.acknowledge(outage_ids, note))

    def undo(self) -> None:
        undone = self._acts.undo()
        if undone is None:
            self.say("nothing to undo: 10 s are over", "dim")
        else:
            self.act(*undone)

    def act(self, action: Action, done: str) -> None:
        if self.options.is_read_only:
            self.say(READ_ONLY, "major")
        elif self._silent_s > SILENT_AFTER_S:
            self._acts.wait(action, done, "it is silent")
        else:
            self._start(self._acts.send(action, done), "act")

    def mark_shown(self, outage_ids: Sequence[str]) -> None:
        action = self._acts.shown(outage_ids)
        if action is not None and self._silent_s <= SILENT_AFTER_S:
            self._start(self._acts.send(action, ""), "mark shown")

    def mark_seen(self, outage_ids: Sequence[str]) -> None:
        if outage_ids and not self.options.is_read_only and self._silent_s <= SILENT_AFTER_S:
            self._start(self._acts.send(self._acts.seen(outage_ids), ""), "mark seen")

    def mark_looked(self, hostname: str, runs: Sequence[DiffRun], outage_id: str = "") -> None:
        if not self.options.is_read_only and self._silent_s <= SILENT_AFTER_S:
            self._start(self._acts.send(self._acts.looked(hostname, runs, outage_id), ""), "mark looked")

    def copy_text(self, text: str) -> None:
        where = clipboard.copy(text, self.options.home, os.environ, self._write)
        self.say(f"copied, also in {where}" if where else "copied")

    def go(self, screen: str, subject: str = "") -> None:
        front = self.front
        if self._trail and self._trail[-1] == screen:
            self._trail.pop()  # there and back is no detour to walk again
        elif front is not None and front.place != screen:
            self._trail.append(front.place)
            del self._trail[:-20]
        self._bring(screen, subject)

    def back(self) -> None:
        if self._trail:
            self._bring(self._trail.pop(), "")

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Runs a screen's own question to the engine beside the keys; a bug in it ends the console with its log."""
        self._start(work, name)

    # Keys of every screen.

    def action_diff(self) -> None:
        if self.front is not None and self.front.place != "changes":
            self.go("changes", self.front.changes_of())

    def action_leave(self) -> None:
        self.back()

    def action_redraw(self) -> None:
        """The terminal may show anything: every cell is written again."""
        if self._thin is not None:
            self._thin.invalidate()
        self.screen.refresh()

    def action_palette(self) -> None:
        if self.front is not None:
            self.front.ask(Palette(self._commands(), self._run_command))

    async def action_quit(self) -> None:
        if self._acts.waiting and self.front is not None:
            lost = f"{self._acts.waiting} acknowledgements wait for the engine and would be lost. Leave?"
            self.front.ask(Question(lost, self.exit))
        else:
            self.exit()

    def _commands(self) -> tuple[Command, ...]:
        injected = tuple(Command(usage, what) for usage, what in self.options.commands)
        return (*injected, *(self.front.commands() if self.front else ()), *COMMANDS)

    def _run_command(self, line: str) -> None:
        name, *words = line.split() or [""]
        if name in (*PLACES, *BEHIND):
            self.go(name)
        elif name == "theme":
            self._change_theme(words[0] if words else "")
        elif name == "help" and self.front is not None:
            self.call_later(self.front.action_help)
        elif name == "redraw":
            self.action_redraw()
        elif name == "quit":
            self.call_later(self.action_quit)
        elif self.front is not None and self.front.command(name, words):
            return
        elif self.options.command and any(usage.split()[0] == name for usage, _ in self.options.commands):
            self._start(self._injected(name, words), "command")
        elif name:
            self.say(f"no such command: {name}", "major")

    async def _injected(self, name: str, words: Sequence[str]) -> None:
        assert self.options.command is not None
        try:
            said = await self.options.command(name, words)
        except StateTraceError as error:
            self.say(str(error), "crit", 8.0)
        else:
            self.say(said, for_s=8.0)

    def _change_theme(self, name: str) -> None:
        if name not in NAMES:
            self.say("theme dark, light, 16 or mono", "major")
            return
        self.ink = Theme(name, self.ink.is_ascii)
        self.screen.refresh(layout=True)
        for widget in self.screen.walk_children():
            widget.refresh()

    # The machinery.

    def _frame(self, place: str) -> Frame:
        frame = self._frames.get(place)
        if frame is None:
            frame = self._frames[place] = screens.make(place)
            self.install_screen(frame, place)
        return frame

    def _bring(self, place: str, subject: str) -> None:
        frame = self._frame(place)
        if frame is not self.screen:
            self.switch_screen(place)
        self.call_after_refresh(self._arrive, frame, subject)

    def _arrive(self, frame: Frame, subject: str) -> None:
        if frame is self.screen:
            frame.follow(Delta(is_full=True))
            frame.veil(self.is_was)
            frame.show(subject)
            frame.tick()
            frame.refresh_frame()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self.run_worker(work, name=name, group=name, exit_on_error=True)

    async def _send_waiting(self) -> None:
        self._is_sending = True
        try:
            await self._acts.send_waiting()
        finally:
            self._is_sending = False

    def _write(self, codes: str) -> None:
        if self._driver is not None and not self.is_headless:
            self._driver.write(codes)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Textual's own, with only the cells that differ."""
        is_live = self._running and not self._closed and not self.is_headless and not self._batch_count
        if is_live and self._backlog() > BACKLOG:
            self._is_owed = True
            self.post_display_hook()
            return
        if self._thin is not None and is_live and isinstance(renderable, CompositorUpdate):
            renderable = self._thin.diff(renderable, *self.size, self.console)
            if isinstance(renderable, Written) and not renderable.codes:
                self.post_display_hook()
                return
        super()._display(screen, renderable)

    def _handle_exception(self, error: Exception) -> None:
        """A bug: the traceback goes to a file whose name is the last thing on the terminal."""
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            cause = error.error if isinstance(error, WorkerFailed) else error
            path = crash.write(cause, self.options.logs, self._wall())
            self._last_words = crash.last_words(cause, path)
        self._return_code = 1
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """The last words as they are: Textual's own cuts them at the terminal's edge."""
        super()._print_error_renderables()
        if self._last_words and not self.is_headless:
            print(self._last_words, file=sys.__stderr__)
            self._last_words = ""

    def panic(self, *renderables: Any) -> None:
        self._return_code = self._return_code or 1
        super().panic(*renderables)


def _load_likely() -> None:
    for place in screens.AT_A_KEY:
        screens.load(place)


def run(engine: Engine, options: ConsoleOptions) -> int:
    """Opens the console until the operator leaves; the process's exit code: 0, 1 after a crash, 128 + n by signal n.

    The engine is the caller's to close.
    """
    app = StateTraceApp(engine, options)
    app.run(mouse=options.has_mouse)
    return app.return_code or 0
