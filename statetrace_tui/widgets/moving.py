"""The keys that move a cursor, for a screen that says what a move by so many rows does."""

from __future__ import annotations

_FAR = 10_000_000


class Moving:
    """Of a screen whose table has `MOVES`."""

    def rows_of_page(self) -> int:
        """What a page key moves by."""
        raise NotImplementedError

    def move(self, by: int) -> None:
        """So many rows down, up where negative; it stops at the ends."""
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
        self.move(self.rows_of_page())

    def action_page_up(self) -> None:
        self.move(-self.rows_of_page())
