"""Pure. A cursor in a list of lines that is longer than its pane."""

from __future__ import annotations


class Cursor:
    """`at` is the chosen index, `top` the first in sight; both stay within the list."""

    def __init__(self) -> None:
        self.at = 0
        self.top = 0

    def move(self, by: int, length: int) -> None:
        self.at = max(0, min(self.at + by, length - 1))

    def window(self, length: int, room: int) -> range:
        """The indices in sight, the cursor among them."""
        room = max(room, 1)
        self.at = max(0, min(self.at, length - 1))
        self.top = max(0, min(self.top, length - room, self.at))
        self.top = max(self.top, self.at - room + 1)
        return range(self.top, min(self.top + room, length))
