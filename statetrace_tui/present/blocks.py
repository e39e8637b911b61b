"""Pure. Blocks of rows that share a screen: each keeps its heading, a cursor stands on what can be opened.

Where all rows have room all are shown. Where not, a high screen shows the first rows of every block and scrolls the one
with the cursor; on a low one the block with the cursor is open and of others at least one line is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.explanation import TouchedRoute
from statetrace_engine.model.outage import EvidenceItem
from statetrace_tui.present.text import Line, Span, size

AIRY_FROM = 30
"""Rows from which a blank line stands between blocks."""
_FLOOR = 4
"""Lines of a block that stay in sight while others scroll: its heading and its first rows."""


class Item(NamedTuple):
    """Something under the cursor."""

    key: str
    """The same as long as it is the same thing, wherever it stands."""
    target: EvidenceItem | TouchedRoute | AnomalyCard | str | None = None
    """A message to read, another route, an anomaly card, an incident's id; None: there is nothing behind it."""
    column: int = 0


class Row(NamedTuple):
    """Lines that scroll together, with what can be chosen on them, from left to right."""

    lines: list[Line]
    items: tuple[Item, ...] = ()


class Block(NamedTuple):
    name: str
    title: str
    right: Line
    """At the right end of the heading."""
    brief: Line
    """What the heading says when nothing else of the block is shown."""
    top: list[Line]
    """Below the heading; does not scroll."""
    rows: list[Row]
    foot: list[Line]
    """Below the rows; does not scroll, and goes first when there is little room."""
    urgency: int = 0
    """Low ones get what room is left before others."""

    @property
    def needed(self) -> int:
        return 1 + len(self.top) + sum(len(row.lines) for row in self.rows) + len(self.foot)

    @property
    def items(self) -> Iterator[Item]:
        return (item for row in self.rows for item in row.items)


class Keys:
    """Keys of items, each once: what comes twice is numbered."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, *parts: object) -> str:
        key = " ".join(str(part) for part in parts)
        again = self._seen[key] = self._seen.get(key, 0) + 1
        return key if again == 1 else f"{key} ({again})"


Head = Callable[[Block, int, bool, bool], Line]
"""(block, rows that are hidden, is it the one with the cursor, is only the heading left) → its line."""


def stacked(blocks: Sequence[Block], cursor: str, height: int, head: Head) -> list[Line]:
    """The blocks one below the other on at most `height` lines."""
    here = block_of(blocks, cursor)
    air = int(sum(block.needed + 1 for block in blocks) <= height + 1 or height >= AIRY_FROM)
    heights = _shared(blocks, here, height - air * (len(blocks) - 1))
    out: list[Line] = []
    for block, rows in zip(blocks, heights, strict=True):
        out += [[]] * air if out else []
        out += _laid(block, cursor if block.name == here else "", rows, head, is_here=block.name == here)
    return out[: max(height, 0)]


def _shared(blocks: Sequence[Block], here: str, height: int) -> list[int]:
    """Lines for each block: on a high screen its first rows, then what is left by urgency, wherever the cursor is;
    else its heading, then what the one with the cursor needs, then the others."""
    floors = [min(block.needed, _FLOOR + len(block.top)) for block in blocks]
    is_calm = height >= AIRY_FROM - _FLOOR and sum(floors) <= height
    given = floors if is_calm else [1] * len(blocks)
    left = height - sum(given)
    for at in sorted(range(len(blocks)), key=lambda at: (not is_calm and blocks[at].name != here, blocks[at].urgency)):
        more = max(min(blocks[at].needed - given[at], left), 0)
        if given[at] + more < min(blocks[at].needed, 2 + len(blocks[at].top)):
            continue  # a heading over nothing says less than the line that stands for the block
        given[at] += more
        left -= more
    return given


def _laid(block: Block, cursor: str, height: int, head: Head, *, is_here: bool) -> list[Line]:
    if height <= 1 and block.needed > 1:
        return [head(block, 0, is_here, True)]
    room = height - 1 - len(block.top)
    foot = block.foot if room - len(block.foot) >= min(sum(len(row.lines) for row in block.rows), 2) else []
    shown, hidden = _window(block.rows, cursor, room - len(foot))
    return [head(block, hidden, is_here, False), *block.top, *shown, *foot][:height]


def _window(rows: Sequence[Row], cursor: str, room: int) -> tuple[list[Line], int]:
    """The lines in sight, the row of the cursor among them, and how many rows are not."""
    first = 0
    at = next((i for i, row in enumerate(rows) if any(item.key == cursor for item in row.items)), 0)
    while first < at and sum(len(row.lines) for row in rows[first : at + 1]) > room:
        first += 1
    lines: list[Line] = []
    shown = 0
    for row in rows[first:]:
        if lines and len(lines) + len(row.lines) > room:
            break
        lines += row.lines
        shown += 1
    return lines[: max(room, 0)], len(rows) - shown


def with_stops(block: Block) -> Block:
    """A block on which nothing can be opened can still be gone to."""
    if any(row.items for row in block.rows) or not block.rows:
        return block
    first = block.rows[0]._replace(items=(Item(f"block {block.name}"),))
    return block._replace(rows=[first, *block.rows[1:]])


def block_of(blocks: Iterable[Block], cursor: str) -> str:
    """The name of the block with the cursor; empty: none has it."""
    return next((block.name for block in blocks for item in block.items if item.key == cursor), "")


def find(blocks: Iterable[Block], cursor: str) -> Item | None:
    """What is under the cursor."""
    return next((item for block in blocks for item in block.items if item.key == cursor), None)


def kept(blocks: Sequence[Block], cursor: str, before: Sequence[str]) -> str:
    """The cursor, or where it goes when what it stood on is gone: to the nearest of `before`, the keys as they stood,
    that is still there; else, as when there was none yet, to the first."""
    keys = [item.key for block in blocks for item in block.items]
    if cursor in keys or not keys:
        return cursor
    if cursor not in before:
        return keys[0]
    at = before.index(cursor)
    alive = set(keys)
    near = sorted((abs(i - at), i, key) for i, key in enumerate(before) if key in alive)
    return near[0][2] if near else keys[0]


def moved(blocks: Sequence[Block], cursor: str, by: int) -> str:
    """So many rows down, up where negative; it stays in its column as far as the row has it."""
    rows = [row.items for block in blocks for row in block.rows if row.items]
    if not rows:
        return cursor
    at = next((i for i, items in enumerate(rows) if any(item.key == cursor for item in items)), 0)
    column = next((item.column for item in rows[at] if item.key == cursor), 0)
    to = rows[max(0, min(at + by, len(rows) - 1))]
    return min(to, key=lambda item: abs(item.column - column)).key


def aside(blocks: Sequence[Block], cursor: str, by: int) -> str:
    """To what stands beside it on its row."""
    for block in blocks:
        for row in block.rows:
            keys = [item.key for item in row.items]
            if cursor in keys:
                return keys[max(0, min(keys.index(cursor) + by, len(keys) - 1))]
    return cursor


def turned(blocks: Sequence[Block], cursor: str, by: int) -> str:
    """To the first item of the next block, or of the one before; round and round."""
    names = [block.name for block in blocks if any(block.items)]
    here = block_of(blocks, cursor)
    if not names:
        return cursor
    to = names[(names.index(here) + by) % len(names)] if here in names else names[0]
    return next(item.key for block in blocks if block.name == to for item in block.items)


def toned(line: Iterable[Span], width: int) -> Line:
    """A row under the cursor: on its own ground to the edge."""
    spans = [(text, role if role.startswith("@") else f"@sel {role}".strip()) for text, role in line]
    return [*spans, (" " * max(width - size(spans), 0), "@sel")]
