"""What takes the keys for a while: a prompt on the key line, a question, the palette, the help sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from statetrace_tui.present import palette, picking
from statetrace_tui.present.cursor import Cursor
from statetrace_tui.present.edit import Edit
from statetrace_tui.present.palette import Command
from statetrace_tui.present.picking import Choice
from statetrace_tui.present.text import Line, size, spread


class Modal(Protocol):
    """Keys go here until `press` answers True."""

    def press(self, key: str, character: str | None) -> bool:
        """Takes a key; True when the modal is done."""

    def paste(self, text: str) -> None: ...

    def key_line(self, width: int) -> Line | None:
        """What it shows instead of the key line; None: nothing."""

    def sheet(self, width: int, height: int) -> list[Line]:
        """What it shows on a sheet above the screen; empty: no sheet."""


class Prompt:
    """One line of text. `on_change` hears each key; `on_done` the text, `on_cancel` Esc."""

    def __init__(
        self,
        title: str,
        on_done: Callable[[str], None],
        *,
        value: str = "",
        hint: str = "",
        on_change: Callable[[str], None] | None = None,
        on_cancel: Callable[[], None] | None = None,
    ) -> None:
        self._title = title
        self._hint = hint
        self._edit = Edit.of(value)
        self._on_done = on_done
        self._on_change = on_change
        self._on_cancel = on_cancel

    def press(self, key: str, character: str | None) -> bool:
        if key == "enter":
            self._on_done(self._edit.text)
            return True
        if key in ("escape", "ctrl+c") or (key == "backspace" and not self._edit.text):
            if self._on_cancel:
                self._on_cancel()
            return True
        edit = self._edit.press(key)
        if edit is None and character and character.isprintable():
            edit = self._edit.insert(character)
        self._take(edit)
        return False

    def paste(self, text: str) -> None:
        self._take(self._edit.insert(text))

    def key_line(self, width: int) -> Line | None:
        title: Line = [(self._title, "accent!"), (" ", "")]
        hint: Line = [(f"  {self._hint}", "dim")] if self._hint and width >= 60 else []
        room = width - 3 - len(self._title) - sum(len(text) for text, _ in hint)
        return spread([*title, *self._edit.line(room)], hint, width)

    def sheet(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        return []

    def _take(self, edit: Edit | None) -> None:
        if edit is not None and edit != self._edit:
            changed = edit.text != self._edit.text
            self._edit = edit
            if changed and self._on_change:
                self._on_change(edit.text)


def filter_prompt(search: Callable[[str], None], before: str, hint: str) -> Prompt:
    """Words that are searched for with each key; Esc brings back those of `before`."""
    return Prompt("/", search, value=before, hint=hint, on_change=search, on_cancel=lambda: search(before))


class Question:
    """Yes or no, before something is destroyed."""

    def __init__(self, text: str, on_yes: Callable[[], None]) -> None:
        self._text = text
        self._on_yes = on_yes

    def press(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        if character in ("y", "Y"):
            self._on_yes()
        return True

    def paste(self, text: str) -> None: ...

    def key_line(self, width: int) -> Line | None:
        return spread(
            [(self._text, "strong")], [("y", "key"), (" yes   ", "dim"), ("any other", "key"), (" no", "dim")], width
        )

    def sheet(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        return []


_NONE: Line = [("Esc", "key"), (" none", "dim")]


class Chooser:
    """The next key chooses: `s` then a letter sorts."""

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], on_choice: Callable[[str], None]) -> None:
        """`choices`: (letter, word)."""
        self._title = title
        self._choices = choices
        self._on_choice = on_choice

    def press(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        if any(character == letter for letter, _ in self._choices):
            self._on_choice(str(character))
        return True

    def paste(self, text: str) -> None: ...

    def key_line(self, width: int) -> Line | None:
        row = self._row()
        left = (
            row if self._fits(row, width) else [(f"{self._title}  ", "accent!"), ("the letter of one of these", "dim")]
        )
        return spread(left, _NONE, width)

    def sheet(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """A line for each where they do not fit side by side: on 80 columns `sort by` does not."""
        if self._fits(self._row(), width):
            return []
        return [[], *([("   ", ""), (letter, "key"), (f"  {word}", "")] for letter, word in self._choices)]

    def _row(self) -> Line:
        row: Line = [(f"{self._title}  ", "accent!")]
        for letter, word in self._choices:
            row += [(letter, "key"), (f" {word}   ", "dim")]
        return row

    def _fits(self, row: Line, width: int) -> bool:
        return size(row) + size(_NONE) + 2 <= width


class Palette:
    """`:` and a command by name, fuzzy."""

    def __init__(self, commands: Sequence[Command], on_done: Callable[[str], None]) -> None:
        self._commands = commands
        self._edit = Edit()
        self._at = 0
        self._on_done = on_done

    def press(self, key: str, character: str | None) -> bool:
        if key in ("escape", "ctrl+c") or (key == "backspace" and not self._edit.text):
            return True
        if key == "enter":
            self._on_done(palette.chosen(self._commands, self._edit.text, self._at))
            return True
        if key in ("up", "down", "ctrl+p", "ctrl+n"):
            self._at = max(0, self._at + (1 if key in ("down", "ctrl+n") else -1))
            return False
        if key == "tab":
            self._edit = Edit.of(palette.completed(self._commands, self._edit.text, self._at))
            return False
        edit = self._edit.press(key)
        if edit is None and character and character.isprintable():
            edit = self._edit.insert(character)
        if edit is not None:
            self._edit, self._at = edit, 0 if edit.text != self._edit.text else self._at
        return False

    def paste(self, text: str) -> None:
        self._edit = self._edit.insert(text)

    def key_line(self, width: int) -> Line | None:
        return spread([(":", "accent!"), *self._edit.line(width - 30)], [("Tab completes, Enter runs", "dim")], width)

    def sheet(self, width: int, height: int) -> list[Line]:
        found = palette.matching(self._commands, self._edit.text)
        self._at = min(self._at, max(len(found) - 1, 0))
        first = max(0, self._at - (height - 3))
        return palette.lines(found[first : first + height - 2], self._at - first, width)


class Picker:
    """One of a list, by typing some of its letters; `on_done` hears its value."""

    def __init__(self, title: str, choices: Sequence[Choice], on_done: Callable[[str], None]) -> None:
        self._title = title
        self._choices = choices
        self._edit = Edit()
        self._cursor = Cursor()
        self._on_done = on_done

    @property
    def _found(self) -> list[Choice]:
        return picking.matching(self._choices, self._edit.text)

    def press(self, key: str, character: str | None) -> bool:
        if key in ("escape", "ctrl+c") or (key == "backspace" and not self._edit.text):
            return True
        found = self._found
        if key == "enter":
            if found:
                self._on_done(found[min(self._cursor.at, len(found) - 1)].value)
            return bool(found)
        by = {"up": -1, "ctrl+p": -1, "down": 1, "ctrl+n": 1, "tab": 1, "pageup": -10, "pagedown": 10}.get(key)
        if by is not None:
            self._cursor.move(by, len(found))
            return False
        edit = self._edit.press(key)
        if edit is None and character and character.isprintable():
            edit = self._edit.insert(character)
        self._take(edit)
        return False

    def paste(self, text: str) -> None:
        self._take(self._edit.insert(text))

    def _take(self, edit: Edit | None) -> None:
        if edit is not None and edit.text != self._edit.text:
            self._cursor = Cursor()
        self._edit = edit or self._edit

    def key_line(self, width: int) -> Line | None:
        title: Line = [(f"{self._title}  ", "accent!")]
        hint: Line = [
            (f"{len(self._found):,} of {len(self._choices):,}   ", "dim"),
            ("Enter", "key"),
            (" takes it", "dim"),
        ]
        return spread([*title, *self._edit.line(max(width - size(title) - size(hint) - 4, 4))], hint, width)

    def sheet(self, width: int, height: int) -> list[Line]:
        found = self._found
        rows = self._cursor.window(len(found), max(height - 3, 1))
        return [[], *picking.lines([found[i] for i in rows], self._cursor.at - self._cursor.top, width), []]


class HelpSheet:
    """The keys of the screen in front; any key closes it."""

    def __init__(self, build: Callable[[int, int], list[Line]]) -> None:
        self._build = build

    def press(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        return True

    def paste(self, text: str) -> None: ...

    def key_line(self, width: int) -> Line | None:  # noqa: ARG002
        return None

    def sheet(self, width: int, height: int) -> list[Line]:
        return self._build(width, height)
