"""Two panes, one of them the lesser: beside the other, below or above it, or not there."""

from __future__ import annotations

from textual.containers import Container

from statetrace_tui.widgets.pane import Painted


class Columns(Container):
    """In the order that they are given."""

    def __init__(self, first: Painted, second: Painted, *, lesser: Painted, id: str) -> None:
        super().__init__(first, second, id=id)
        self._both = (first, second)
        self._lesser = lesser

    def beside(self, columns: int | str) -> None:
        """The lesser one is so wide, and as high as the other."""
        self._stand("horizontal", columns, "1fr")

    def stacked(self, rows: int) -> None:
        """The lesser one is so high, and as wide as the other."""
        self._stand("vertical", "1fr", rows)

    def alone(self) -> None:
        """The other one has all the room."""
        self._lesser.display = False

    def _stand(self, layout: str, width: int | str, height: int | str) -> None:
        self.styles.layout = layout
        self._lesser.display = True
        self._lesser.styles.width, self._lesser.styles.height = width, height

    def veil(self, is_veiled: bool) -> None:
        for pane in self._both:
            pane.veil(is_veiled)

    def repaint(self) -> None:
        for pane in self._both:
            pane.repaint()


Piece = Painted | Columns
"""What the body of a screen is made of."""
