"""Pure. The list of outages as an operator works on it: cursor and marks by id, order that holds still, a filter.

While the operator is at work the order of what is listed does not change: new outages come in where they belong,
others wait (`3 moves wait`) until `settle` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import OutageEvent
from statetrace_tui.present import outage_row
from statetrace_tui.present.text import Line

PINS = 2
"""So many outages that nobody has stay in sight above a scrolled list."""
_FIELDS: dict[str, Callable[[OutageEvent], str]] = {
    "device": lambda o: o.hostname, "site": lambda o: o.site, "prefix": lambda o: o.prefix, "vrf": lambda o: o.vrf,
    "cause": lambda o: o.cause.value, "owner": lambda o: o.owner or "unowned", "incident": lambda o: o.incident_id,
    "state": lambda o: outage_row.face(o).word, "ack": lambda o: o.acknowledged_by, "id": lambda o: o.outage_id,
    "severity": lambda o: o.severity.value, "class": lambda o: o.route_class,
}  # fmt: skip


class OutageList:
    """Feed it with `take`, read it with `lines`."""

    def __init__(self) -> None:
        self.outages: Mapping[str, OutageEvent] = {}
        self.order: list[str] = []
        self.cursor = ""
        self.marks: set[str] = set()
        self.query = ""
        self.waiting = 0
        """Outages whose place would change with `settle`."""
        self._top = 0
        self._at = 0

    def take(self, outages: Mapping[str, OutageEvent], *, is_held: bool) -> None:
        """The outages as they are now; `is_held`: keep the order of those already listed."""
        self.outages = outages
        fresh = sorted(
            (outage_id for outage_id, outage in outages.items() if matches(outage, self.query)),
            key=lambda outage_id: outage_row.rank(outages[outage_id]),
        )
        if is_held and self.order:
            listed = set(fresh)
            kept = [outage_id for outage_id in self.order if outage_id in listed]
            self._settle(_inserted(kept, fresh))
            stay = set(kept)
            self.waiting = sum(a != b for a, b in zip(kept, (i for i in fresh if i in stay), strict=True))
        else:
            self._settle(fresh)
            self.waiting = 0
        self.marks &= outages.keys()

    def settle(self) -> int:
        """Everything takes its place, the cursor stays on its outage; answers how many moved."""
        moved = self.waiting
        self.take(self.outages, is_held=False)
        return moved

    def search(self, query: str) -> None:
        """Lists only what matches: words, `!word`, `field:value`."""
        self.query = query
        self.settle()

    def _settle(self, order: list[str]) -> None:
        line = self._at - self._top
        self.order = order
        if self.cursor in self.outages and self.cursor in set(order):
            self._at = order.index(self.cursor)
        else:
            self._at = max(0, min(self._at, len(order) - 1))
            self.cursor = order[self._at] if order else ""
        if self._top:
            self._top = max(self._at - line, 0)

    @property
    def count(self) -> int:
        """Outages that are listed."""
        return len(self.order)

    @property
    def chosen(self) -> OutageEvent | None:
        """The outage under the cursor."""
        return self.outages.get(self.cursor)

    @property
    def targets(self) -> list[str]:
        """What an action is for: the marked ones, else the one under the cursor."""
        marked = [outage_id for outage_id in self.order if outage_id in self.marks]
        return marked or ([self.cursor] if self.cursor else [])

    def move(self, by: int) -> None:
        """The cursor, by so many lines; it stops at the ends."""
        if self.order:
            self._at = max(0, min(len(self.order) - 1, self._at + by))
            self.cursor = self.order[self._at]

    def go(self, outage_id: str) -> bool:
        """The cursor to an outage; a filter that hides it is dropped. False when there is none of that id."""
        if outage_id not in self.outages:
            return False
        if outage_id not in self.order:
            self.search("")
        self.cursor = outage_id
        self._at = self.order.index(outage_id)
        return True

    def mark(self) -> None:
        """Marks or unmarks the outage under the cursor."""
        if self.cursor:
            self.marks ^= {self.cursor}

    def mark_all(self) -> None:
        """Marks all that is listed and open, or nothing when all of that is marked."""
        wanted = {outage_id for outage_id in self.order if outage_row.group(self.outages[outage_id]) < 2}
        self.marks = set() if wanted <= self.marks else self.marks | wanted

    def visible(self, height: int) -> list[str]:
        """The ids in a list of `height` lines, its heading included; scrolls so that the cursor is among them."""
        room = max(height - 1, 1)
        self._top = max(0, min(self._top, len(self.order) - room))
        self._top = min(self._top, self._at)
        pins = self._pins(room)
        if self._at >= self._top + room - len(pins):
            self._top = self._at - room + 1 + len(pins)
            pins = self._pins(room)
            self._top = max(self._top, self._at - room + 1 + len(pins))
        return [*pins, *self.order[self._top : self._top + room - len(pins)]]

    def _pins(self, room: int) -> list[str]:
        if room < 2 * PINS:
            return []
        above = (outage_id for outage_id in self.order[: self._top] if outage_row.is_new(self.outages[outage_id]))
        return [outage_id for outage_id, _ in zip(above, range(PINS), strict=False)]

    def lines(self, width: int, height: int, now: Epoch, *, is_was: bool = False) -> list[Line]:
        """The heading and the rows in sight."""
        if not self.order:
            text = "no outage matches" if self.query else "no outage, open or of the last 24 hours"
            return [outage_row.heading(width, is_was), [], [("   ", ""), (text, "dim")]]
        rows = [
            outage_row.line(
                self.outages[outage_id], width, now,
                is_here=outage_id == self.cursor, is_marked=outage_id in self.marks, is_was=is_was,
            )
            for outage_id in self.visible(height)
        ]  # fmt: skip
        return [outage_row.heading(width, is_was), *rows]


def _inserted(kept: list[str], fresh: list[str]) -> list[str]:
    """`kept` in its order, each newcomer right after the one that precedes it in `fresh`."""
    known = set(kept)
    after: dict[str, list[str]] = {}
    before = ""
    for outage_id in fresh:
        if outage_id in known:
            before = outage_id
        else:
            after.setdefault(before, []).append(outage_id)
    out = after.get("", [])
    for outage_id in kept:
        out.append(outage_id)
        out.extend(after.get(outage_id, ()))
    return out


def matches(outage: OutageEvent, query: str) -> bool:
    """Every word of the query is in its text; `!word` is not; `cause:link` is in that field."""
    if not query.strip():
        return True
    text = outage_row.search_text(outage)
    return all(_holds(outage, text, word) for word in query.lower().split())


def _holds(outage: OutageEvent, text: str, word: str) -> bool:
    if word.startswith("!"):
        return len(word) == 1 or not _holds(outage, text, word[1:])
    field, colon, value = word.partition(":")
    if colon and field in _FIELDS:
        return value in _FIELDS[field](outage).lower()
    return word in text
