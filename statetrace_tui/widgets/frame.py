"""The frame of every screen: header, banners, body, key line, and a sheet above for help and the palette.

A screen derives from `Frame`, names itself, lists its `keys`, yields its `body()`, and is told what changed.
There is no widget focus: keys come to the frame, which gives them to the modal in front, else to its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from inspect import isawaitable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from statetrace_tui.present import engine_page
from statetrace_tui.present.book import Delta
from statetrace_tui.present.header import READ_ONLY, banner_lines, header_line
from statetrace_tui.present.keys import COMMON, DEEDS, TO, Key, help_lines, key_line, label_of, resolved
from statetrace_tui.present.palette import Command
from statetrace_tui.present.text import Line
from statetrace_tui.widgets.columns import Piece
from statetrace_tui.widgets.modal import HelpSheet, Modal
from statetrace_tui.widgets.pane import Pane
from statetrace_tui.widgets.reader import Reader
from statetrace_tui.widgets.stage import Stage, stage_of

LEGEND: list[Line] = [
    [(" X DOWN ", "crit*"), (" filled: nobody has it   ", ""), ("X DOWN", "crit"), (" somebody has it", "")],
    [
        ("+ RECOVERED", "ok"),
        (" not yet seen   ", ""),
        ("? UNKNOWN", "unk"),
        (" not measured   ", ""),
        ("│", "accent!"),
        (" since you looked", ""),
    ],
]


_FAR = 1_000_000
"""More rows than any list has."""


class Frame(Screen[None]):
    """One screen of the console."""

    DEFAULT_CSS = """
    Frame { layers: base top; overflow: hidden; background: transparent; }
    Frame #sheet { layer: top; dock: top; display: none; }
    Frame #banners { height: 0; }
    """
    AUTO_FOCUS = ""
    place: ClassVar[str] = ""
    """Its name: `routes`."""
    word: ClassVar[str] = ""
    """Its name on the screen: `Routes`."""
    keys: ClassVar[tuple[Key, ...]] = ()
    legend: ClassVar[list[Line]] = LEGEND
    """What its marks mean: below the keys of the help sheet."""
    is_bare: ClassVar[bool] = False
    """Without header, banners and key line."""

    def __init__(self) -> None:
        super().__init__(name=self.place)
        self._front: Modal | None = None
        self._all_keys: tuple[Key, ...] = ()
        self._table: dict[str, str] = {}
        self._header = Pane(self._header_lines, tone="raised", height=1, id="header", can_veil=False)
        self._banners = Pane(self._banner_lines, height=0, id="banners", can_veil=False)
        self._keys = Pane(self._key_lines, tone="raised", height=1, id="keys", can_veil=False)
        self._sheet = Pane(self._sheet_lines, tone="over", id="sheet", can_veil=False, has_edge=False)

    # What a screen fills in.

    def body(self) -> Iterable[Piece]:
        """What stands between header and key line, always the same."""
        raise NotImplementedError

    def follow(self, delta: Delta) -> None:
        """The book changed; `delta.is_full` also when the screen comes to the front."""

    def tick(self) -> None:
        """Four times a second and more: repaint what shows an age. A `Pane.repaint` without a change is free."""

    def show(self, subject: str) -> None:
        """Come to the front on a subject: a route or outage id; empty: as it was left."""

    def lay_out(self) -> None:
        """Gives the widgets of the body their places: when the screen is mounted, and when its size is another."""

    def veil(self, is_veiled: bool) -> None:
        """Data goes grey, or is back."""
        for part in self.body():
            part.veil(is_veiled)
        self.paint()

    def changes_of(self) -> str:
        """Whose changes `d` shows, as `diff_target` writes it: what is under the cursor; empty: as they were left."""
        return ""

    def key_words(self) -> Mapping[str, str]:
        """What some actions are called on the key line as things are now."""
        return {}

    def commands(self) -> Sequence[Command]:
        """Palette commands of this screen."""
        return ()

    def command(self, name: str, words: Sequence[str]) -> bool:  # noqa: ARG002
        """Runs one of them; False when it is none of its own."""
        return False

    # What a screen can use.

    @property
    def stage(self) -> Stage:
        return stage_of(self)

    @property
    def asked(self) -> Modal | None:
        """What takes the keys now."""
        return self._front

    @property
    def is_on_the_glass(self) -> bool:
        """What it paints is before the operator: it is in front, no sheet lies upon it, and it is as of now."""
        return self.is_current and not self._sheet.display and not self.stage.is_was

    def key(self, action: str) -> str:
        """How the key for it is written here; empty when it has none."""
        return label_of(self._all_keys, action)

    def paint(self) -> None:
        """Builds the body again; free where it says the same as before."""
        for part in self.body():
            part.repaint()

    def ask(self, modal: Modal) -> None:
        """Gives the keys to a prompt, a question or a sheet until it is done."""
        self._front = modal
        self._show_modal()

    def refresh_frame(self) -> None:
        """Header, banners, key line and a sheet that is open; free when they say the same as before."""
        if self.is_bare and self._front is None:
            self._keys.display = False
        self._banners.rise(len(self._banner_lines(self.size.width, self.size.height)))
        self._header.repaint()
        self._banners.repaint()
        self._keys.repaint()
        if self._front is not None:
            self._sheet.repaint()

    # The machinery.

    def compose(self) -> ComposeResult:
        if not self.is_bare:
            yield self._header
            yield self._banners
        yield from self.body()
        yield self._keys
        yield self._sheet

    def on_mount(self) -> None:
        self._all_keys = resolved((*self.keys, *COMMON), self.stage.options.keys)
        self._table = _dispatch(self._all_keys)
        self._keys.display = not self.is_bare
        self.lay_out()

    async def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.stage.touched()
        character = event.character if event.is_printable else None
        if self._front is not None:
            modal = self._front
            if modal.press(event.key, character) and self._front is modal:
                self._front = None
            self._show_modal()
            return
        action = self._table.get(character or event.key)
        if action is not None:
            self.touched()
            if action in DEEDS and self.stage.options.is_read_only:
                self.stage.say(READ_ONLY, "major")
                return
            if action.startswith(TO):
                self.stage.go(action.removeprefix(TO))
                return
            method = getattr(self, f"action_{action}", None) or getattr(self.app, f"action_{action}")
            done = method()
            if isawaitable(done):
                await done

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        if self._front is not None:
            self._front.paste(event.text)
            self._show_modal()

    def touched(self) -> None:
        """A key was pressed that is not for a modal."""

    def action_help(self) -> None:
        keys = self._all_keys
        self.ask(HelpSheet(lambda width, height: help_lines(self.word, keys, self.legend, width, height)))

    def action_engine(self) -> None:
        stage = self.stage
        self.ask(Reader("Engine", lambda width: engine_page.lines(stage.book.status, stage.wall(), width)))

    def _show_modal(self) -> None:
        width, height = self.size
        wide, tall = (108, 24) if width >= 120 else (min(78, width), 18)
        tall = min(tall, height - 3)
        lines = self._front.sheet(wide, tall) if self._front else []
        was = self._sheet.display
        self._sheet.display = bool(lines)
        if lines:
            high = min(len(lines) + (3 if self.stage.ink.is_flat else 1), tall)
            self._sheet.styles.width = wide
            self._sheet.styles.height = high
            self._sheet.styles.offset = ((width - wide) // 2, max((height - high) // 2, 1))
            self._sheet.repaint()
        if was != bool(lines):
            self.veil(bool(lines) or self.stage.is_was)
        self._keys.display = not self.is_bare or self._front is not None
        self._keys.repaint()

    def on_resize(self, _: events.Resize) -> None:
        if self._front is not None:
            self._show_modal()
        self.lay_out()

    def _header_lines(self, width: int, _: int) -> list[Line]:
        return [header_line(self.stage.book, self.stage.facts(), self.place, width, self.word)]

    def _banner_lines(self, width: int, _: int) -> list[Line]:
        return banner_lines(self.stage.book, self.stage.facts(), self.stage.caption(), width)

    def _key_lines(self, width: int, _: int) -> list[Line]:
        line = self._front.key_line(width) if self._front else None
        if line is None:
            note, role = self.note()
            words = self.key_words()
            keys = [key._replace(word=words.get(key.action, key.word)) for key in self._all_keys]
            line = key_line(tuple(keys), width, note, role)
        return [line]

    def note(self) -> tuple[str, str]:
        """The word on the key line and its role: what the app says, else what the screen does."""
        return self.stage.note()

    def _sheet_lines(self, width: int, height: int) -> list[Line]:
        """Where the theme has no tones, rules set the sheet apart."""
        if self._front is None:
            return []
        edge = [[("─" * width, "faint")]] if self.stage.ink.is_flat else []
        inside = height - 2 * len(edge)
        lines = self._front.sheet(width, inside)[:inside]
        return [*edge, *lines, *[[] for _ in range(inside - len(lines))], *edge]


class Moving(Frame):
    """A screen with a cursor in one list: it says how far a page is, and moves."""

    def move(self, by: int) -> None:
        """By so many rows; from beyond an end to it."""
        raise NotImplementedError

    def page_rows(self) -> int:
        """What a page key moves by: nearly all that is in sight."""
        raise NotImplementedError

    def action_down(self) -> None:
        self.move(1)

    def action_up(self) -> None:
        self.move(-1)

    def action_first(self) -> None:
        self.move(-_FAR)

    def action_last(self) -> None:
        self.move(_FAR)

    def action_page_down(self) -> None:
        self.move(max(self.page_rows(), 1))

    def action_page_up(self) -> None:
        self.move(-max(self.page_rows(), 1))


def _dispatch(keys: Sequence[Key]) -> dict[str, str]:
    table: dict[str, str] = {}
    for key in keys:
        for press in key.press.split():
            table.setdefault(" " if press == "space" else press, key.action)
    return table
