"""An explanation's whole page as lines, and the story that tests tell on it."""

from __future__ import annotations

from afternoon import explanation, rows
from fake_engine import NOW
from msgspec.structs import replace

from statetrace_engine.model.explanation import (
    Explanation,
    SignalCell,
    SignalRow,
)
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement
from statetrace_tui.present import blocks, explain_page
from statetrace_tui.present.explain_page import Look
from statetrace_tui.present.text import Line, plain, size

STORY = explanation(rows()[0])


class Page:
    """The whole screen below the header and above the key line, as the screen puts it together."""

    def __init__(self, story: Explanation, width: int, height: int, cursor: str | None = None) -> None:
        self.width, self.side = width, explain_page.right_width(width)
        look = Look(cursor or "", NOW)
        self.head = explain_page.head(story.outage, story.sentence, NOW, width, height)
        room = height - 2 - len(self.head)
        self.left, self.right = explain_page.laid(story, look, width - self.side, self.side, room)
        if cursor is None:
            look = look._replace(cursor=blocks.kept(self.blocks, explain_page.start(self.left), ()))
            self.left, self.right = explain_page.laid(story, look, width - self.side, self.side, room)
        self.cursor = look.cursor
        self.left_lines = explain_page.column(self.left, look.cursor, width - self.side, room)
        self.right_lines = explain_page.column(self.right, look.cursor, self.side, room) if self.side else []
        self.room = room

    @property
    def blocks(self) -> list[blocks.Block]:
        return [*self.left, *self.right]

    @property
    def lines(self) -> list[Line]:
        return [*self.head, *self.left_lines, *self.right_lines]

    @property
    def text(self) -> str:
        return "\n".join(plain(line) for line in self.lines)

    def keeps_to_its_columns(self) -> bool:
        widths = [(self.head, self.width), (self.left_lines, self.width - self.side), (self.right_lines, self.side)]
        return all(size(line) <= width for lines, width in widths for line in lines) and all(
            len(lines) <= self.room for lines in (self.left_lines, self.right_lines)
        )


def made(**more: object) -> Explanation:
    return replace(STORY, **more)


def cell(plane: Plane, verdict: Verdict = Verdict.DOWN, at: float = NOW, **more: object) -> SignalCell:
    fields: dict[str, object] = {"text": "said", "seq": 7, "agreement": Agreement.SUPPORTS, **more}
    return SignalCell(plane=plane, verdict=verdict, at=at, **fields)  # type: ignore[arg-type]


def source(name: str, *cells: SignalCell, freshness: str = "event", **more: object) -> SignalRow:
    fields: dict[str, object] = {"last_at": NOW, "interval_s": None, **more}
    return SignalRow(source=name, freshness=freshness, cells=cells, **fields)  # type: ignore[arg-type]
