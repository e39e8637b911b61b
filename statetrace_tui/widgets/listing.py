"""A screen with a list of rows that is worked on: cursor, marks, a filter, and an order that holds still meanwhile."""

from __future__ import annotations

from typing import ClassVar, Generic, Protocol, TypeVar

from statetrace_engine.model import Epoch
from statetrace_tui.present import list_note
from statetrace_tui.present.text import count
from statetrace_tui.widgets.frame import Moving
from statetrace_tui.widgets.modal import filter_prompt

HOLD_S = 20.0
"""The order holds still for so long after a key."""


class Rows(Protocol):
    """The list, pure."""

    marks: set[str]
    query: str

    @property
    def waiting(self) -> int:
        """Rows that belong elsewhere."""

    @property
    def count(self) -> int:
        """Rows that are listed."""

    def settle(self) -> int:
        """Everything takes its place; answers how many moved."""

    def search(self, query: str) -> None:
        """Lists only what matches."""

    def mark_all(self) -> None:
        """All that an action may be for, or nothing when all of that is marked."""


_Rows = TypeVar("_Rows", bound=Rows)


class Listing(Moving, Generic[_Rows]):
    """Moves wait while the operator is at work; Esc gives up the marks, then the filter."""

    hint: ClassVar[str] = "word  !not  field:word"
    """How to write a filter."""

    def __init__(self, rows: _Rows) -> None:
        super().__init__()
        self.list = rows
        self._touched_at: Epoch = 0.0

    def touched(self) -> None:
        self._touched_at = self.stage.wall()

    @property
    def is_held(self) -> bool:
        """The operator is at work."""
        return self.stage.wall() - self._touched_at < HOLD_S

    def settle_at_rest(self) -> bool:
        """Rows that waited take their places once nobody works any more; answers whether some did."""
        return bool(self.list.waiting) and not self.is_held and bool(self.list.settle())

    def note(self) -> tuple[str, str]:
        text, role = super().note()
        if text:
            return text, role
        rows = self.list
        said = list_note.marked(len(rows.marks)) or list_note.waiting(rows.waiting, self.key("release"))
        return said or list_note.filtered(rows.query, rows.count), "accent!"

    def search(self, text: str) -> None:
        """The list is another one now."""
        self.list.search(text)
        self.paint()

    def unmark(self) -> None:
        self.list.marks = set()
        self.paint()

    def give_up(self) -> bool:
        """The marks, else the filter; answers whether there was either."""
        if self.list.marks:
            self.unmark()
        elif self.list.query:
            self.search("")
        else:
            return False
        return True

    # Keys.

    def action_leave(self) -> None:
        if not self.give_up():
            self.stage.back()

    def action_filter(self) -> None:
        self.ask(filter_prompt(self.search, self.list.query, self.hint))

    def action_release(self) -> None:
        self.stage.say(f"{count(self.list.settle(), 'row')} moved", "dim")
        self.paint()

    def action_mark_all(self) -> None:
        self.list.mark_all()
        self.paint()
