"""Pure. The list of cards as an operator works on it: groups, a cursor and marks by id, an order that holds still.

A row that belongs elsewhere now stays where it is while the operator moves about; it moves when they rest, or with
`settle`. What a change costs is that of looking at what changed, and a painting that of the rows in sight.
"""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_tui.present import card_entry, card_row
from statetrace_tui.present.card_entry import GROUPS, NEW, RANK, Entry, Kind, Known
from statetrace_tui.present.route_lines import Kind as LineKind
from statetrace_tui.present.route_lines import Layout
from statetrace_tui.present.shelf import Place, Shelf
from statetrace_tui.present.text import Line, rule

_FAR_FUTURE = 1e11
_NOTHING = Known({}, (), {}, {}, {})
AIRY_FROM = 24
"""Lines of a list from which groups are set apart by a blank line."""


class _CardShelf(Shelf[Entry]):
    """The worst first, then the newest; members of a cluster right below it."""

    def __init__(self, owner: CardList) -> None:
        super().__init__(len(GROUPS))
        self._owner = owner

    def place_of(self, row_id: str, row: Entry) -> Place | None:
        owner = self._owner
        if row.inside:
            cluster = owner.entries.get(row.inside)
            place = self.place_of(row.inside, cluster) if cluster is not None else None
            return None if place is None else (place[0], f"{place[1]}\x01{owner.nth(row):06}\0{row_id}")
        if owner.words and not card_entry.matches(row, owner.known, owner.words):
            return None
        return row.group, f"{RANK[row.severity]}{_FAR_FUTURE - row.first_at:018.3f}\0{row_id}"


class CardList:
    """Feed it with `take`, read it with `lines`."""

    def __init__(self) -> None:
        self.known = _NOTHING
        self.entries: dict[str, Entry] = {}
        self.unfolded: set[str] = set()
        self.cursor = ""
        self.marks: set[str] = set()
        self.query = ""
        self.words: tuple[str, ...] = ()
        self._nth: dict[str, int] = {}
        self._shelf = _CardShelf(self)
        self._top = 0
        self._index = 0
        self._parts = [0] * len(GROUPS)
        """Rows of each group that are parts of a cluster above them."""

    def nth(self, member: Entry) -> int:
        """Its place in its cluster."""
        return self._nth.get(member.ident, 0)

    # What there is.

    def take(self, known: Known, *, is_held: bool) -> None:
        """What is known now; `is_held`: rows that are listed stay where they are."""
        before, self.known = self.entries, known
        self.unfolded &= {cluster.cluster_id for cluster in known.clusters}
        self.entries = card_entry.entries(known, self.unfolded)
        self._nth = {
            tie.member: number
            for cluster in known.clusters
            if cluster.cluster_id in self.unfolded
            for number, tie in enumerate(cluster.ties)
        }
        gone = [ident for ident in before if ident not in self.entries]
        for ident in gone:
            self._shelf.want(ident, None)
        for ident, entry in self.entries.items():
            self._shelf.want(ident, entry)
        if is_held:
            self._let_in(before, gone)
        else:
            self._shelf.apply()
        self._parts = [0] * len(GROUPS)
        for ident, entry in self.entries.items() if self.unfolded else ():
            group = self._shelf.group_at(ident) if entry.inside else None
            if group is not None:
                self._parts[group] += 1
        self.marks &= self.entries.keys()
        self._find()

    def _let_in(self, before: dict[str, Entry], gone: list[str]) -> None:
        """What is new comes in and what has gone goes; all else waits."""
        waits = [ident for ident in before if ident not in gone and self._shelf.waits(ident)]
        if not waits:
            self._shelf.apply()
            return
        moved = {ident: self.entries[ident] for ident in waits}
        for ident in waits:
            self._shelf.keep(ident)
        self._shelf.apply()
        for ident, entry in moved.items():
            self._shelf.want(ident, entry)

    def settle(self) -> int:
        """Everything takes its place, the cursor stays on its row; answers how many moved."""
        moved = self._shelf.apply()
        self._find()
        return moved

    @property
    def waiting(self) -> int:
        """Rows that belong elsewhere."""
        return self._shelf.pending

    @property
    def count(self) -> int:
        """Rows that are listed."""
        return len(self._shelf)

    def sizes(self) -> dict[str, int]:
        return dict(zip(GROUPS, self._shelf.sizes(), strict=True))

    def search(self, query: str) -> None:
        """Lists only what matches: words, `!word`, `rule:word`."""
        self.query, self.words = query, tuple(query.lower().split())
        self.take(self.known, is_held=False)

    def fold(self, cluster_id: str) -> None:
        """Shows the members of a cluster, or hides them."""
        self.unfolded ^= {cluster_id}
        self.take(self.known, is_held=False)

    # The cursor.

    @property
    def chosen(self) -> Entry | None:
        """The row under the cursor."""
        return self.entries.get(self.cursor)

    @property
    def targets(self) -> list[Entry]:
        """What an action is for: the marked rows, else the one under the cursor."""
        marked = [self.entries[ident] for ident in self._shelf.ids() if ident in self.marks]
        return marked or ([self.chosen] if self.chosen is not None else [])

    def move(self, by: int) -> None:
        """So many rows; it stops at the ends."""
        if self.count:
            self._index = max(0, min(self._index + by, self.count - 1))
            self.cursor = self._shelf.at(self._index)

    def go(self, ident: str) -> bool:
        """To a row; a filter that hides it is dropped, and the cluster around it unfolded."""
        if ident not in self.entries:
            inside = self.known.inside.get(ident)
            if inside is None:
                return False
            self.fold(inside.cluster_id)
        if self._shelf.index(ident) is None:
            self.search("")
        self.cursor = ident
        self._find()
        return True

    def mark(self) -> None:
        if self.cursor:
            self.marks ^= {self.cursor}

    def mark_all(self) -> None:
        """All that is listed and that nobody has looked at, or nothing when all of that is marked."""
        wanted = {i for i in self._shelf.ids() if self.entries[i].group == NEW and self.entries[i].kind is Kind.CARD}
        self.marks = set() if wanted <= self.marks else self.marks | wanted

    def _find(self) -> None:
        """The cursor is on its row; once that has gone, on the one that has its place."""
        index = self._shelf.index(self.cursor)
        if index is None:
            self._index = max(0, min(self._index, self.count - 1))
            self.cursor = self._shelf.at(self._index) if self.count else ""
        else:
            self._index = index

    # Painting.

    def _layout(self, height: int) -> Layout:
        return Layout(tuple(self._shelf.sizes()), 2 if height >= AIRY_FROM else 1)

    def lines(self, width: int, height: int, now: Epoch) -> list[Line]:
        """The heading, and what of groups and rows is in sight; scrolls so that the cursor is."""
        if not self.count:
            text = "no card matches" if self.query else "no card, open or of the last 24 hours"
            return [card_row.heading(width), [], [("   ", ""), (text, "dim")]]
        layout, room = self._layout(height), max(height - 1, 1)
        self._top = layout.scrolled(self._top, self._index, room)
        self._top = max(0, min(self._top, layout.total - room))
        shown = [
            self._line(layout, number, width, now) for number in range(self._top, min(self._top + room, layout.total))
        ]
        return [card_row.heading(width), *shown]

    def _line(self, layout: Layout, number: int, width: int, now: Epoch) -> Line:
        kind, at = layout.at(number)
        if kind is LineKind.HEADING:
            number = self._shelf.sizes()[at] - self._parts[at]
            return rule(width, f"{GROUPS[at]}  {number:,}", 2, "strong" if at == NEW else "dim")
        if kind is LineKind.BLANK:
            return []
        ident = self._shelf.at(at)
        return card_row.line(
            self.entries[ident], width, now,
            is_here=ident == self.cursor, is_marked=ident in self.marks,
        )  # fmt: skip
