"""Pure. One line of text being typed: `edit.press("ctrl+w")`."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, structs

from statetrace_tui.present.text import Line, cells, cut

LIMIT = 500
"""Characters that a line takes; a paste is cut there."""


class Edit(Struct, frozen=True):
    """Immutable: each key gives a new one."""

    text: str = ""
    at: int = 0

    @classmethod
    def of(cls, text: str) -> Edit:
        """With the cursor at the end."""
        return cls(text[:LIMIT], min(len(text), LIMIT))

    def insert(self, text: str) -> Edit:
        """Typed or pasted text; what is no character is dropped."""
        clean = "".join(c for c in text.replace("\n", " ") if c.isprintable())
        clean = clean[: LIMIT - len(self.text)]
        return Edit(self.text[: self.at] + clean + self.text[self.at :], self.at + len(clean))

    def press(self, key: str) -> Edit | None:
        """An editing key by Textual's name; None when it is none."""
        move = _MOVES.get(key)
        if move is not None:
            return structs.replace(self, at=max(0, min(len(self.text), move(self))))
        start = _DELETES.get(key)
        if start is not None:
            first, last = start(self)
            return Edit(self.text[:first] + self.text[last:], first)
        return None

    def line(self, width: int) -> Line:
        """At most `width` cells of the text, the cursor a filled cell, scrolled so that it is in sight."""
        before, under, after = self.text[: self.at], self.text[self.at : self.at + 1], self.text[self.at + 1 :]
        while before and cells(before) > width - 2:
            before = before[1:]
        return cut([(before, "strong"), (under or " ", "@caret"), (after, "strong")], width)


def _word_start(edit: Edit) -> int:
    return len(edit.text[: edit.at].rstrip().rpartition(" ")[0])


_MOVES: dict[str, Callable[[Edit], int]] = {
    "left": lambda e: e.at - 1,
    "right": lambda e: e.at + 1,
    "home": lambda _: 0,
    "ctrl+a": lambda _: 0,
    "end": lambda e: len(e.text),
    "ctrl+e": lambda e: len(e.text),
}
_DELETES: dict[str, Callable[[Edit], tuple[int, int]]] = {
    "backspace": lambda e: (max(0, e.at - 1), e.at),
    "ctrl+h": lambda e: (max(0, e.at - 1), e.at),
    "delete": lambda e: (e.at, min(len(e.text), e.at + 1)),
    "ctrl+w": lambda e: (_word_start(e), e.at),
    "ctrl+u": lambda e: (0, e.at),
    "ctrl+k": lambda e: (e.at, len(e.text)),
}
