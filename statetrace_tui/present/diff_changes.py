"""Pure. What changed, in the order in which it is read: one kind after another, a configuration as a tree.

A hundred thousand changes stay packed: only those that are asked for are read. A line of a configuration that was
replaced by another of its like is one entry with both.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffMetadata, DiffRun, PackedChanges
from statetrace_engine.model.marked import Whose
from statetrace_engine.model.outage import BetweenCaptures
from statetrace_engine.model.packed_changes import Glimpse, glance, unpack

_FIRST = (
    Kind.CONFIG, Kind.INTERFACES, Kind.BGP_NEIGHBORS, Kind.OSPF_NEIGHBORS, Kind.ROUTES, Kind.NEIGHBORS, Kind.VERSION,
)  # fmt: skip
_LAST = (Kind.ARP, Kind.MAC_ADDRESSES, Kind.TABLE, Kind.LOG)
KINDS = (*_FIRST, *(kind for kind in Kind if kind not in _FIRST + _LAST), *_LAST)
"""Causes before consequences."""
TYPES = (ChangeType.REMOVED, ChangeType.CHANGED, ChangeType.ADDED)
SIGNS = {ChangeType.REMOVED: "-", ChangeType.CHANGED: "~", ChangeType.ADDED: "+"}
TREE_LIMIT = 20_000
"""Lines of a configuration that are put into a tree; more are a list."""
ORDER_LIMIT = 10_000
"""Rows of one kind and type that are put in the order of their numbers; more stand in that of their letters."""
_KEPT = 32
"""Pieces that stay unpacked."""
_PAIRS_LIMIT = 400
"""Comparisons of lines with the same head and first word."""


class Part(NamedTuple):
    """Two captures that are compared."""

    hostname: str
    before_id: int | None
    after_id: int
    before_at: Epoch | None
    after_at: Epoch
    metadata: DiffMetadata
    packed: tuple[PackedChanges, ...] = ()
    other: str = ""
    """The device of the later capture, where two devices are compared."""
    run: DiffRun | None = None
    """None: they were compared because somebody asked."""
    site: str = ""
    other_site: str = ""
    namesakes: frozenset[str] = frozenset()
    """Hostnames that are at more than one site."""

    def earlier(self, command: str) -> tuple[int | None, Epoch | None]:
        """The capture with which what a command shows was compared, and when it was taken: mostly the one before."""
        found = (each for each in self.metadata.elsewhere if each.command == command)
        return next(((each.capture_id, each.captured_at) for each in found), (self.before_id, self.before_at))

    @property
    def whose(self) -> Whose | None:
        """Of what operators say that it changed; None where two devices are compared: there nothing did."""
        return Whose(self.hostname, self.site) if not self.other else None

    @property
    def name(self) -> str:
        """`R1`; `R1 at WLLS` where another site has one of that hostname."""
        return name_of(self.hostname, self.site, self.namesakes)

    @property
    def later_name(self) -> str:
        """Of the later capture's device."""
        return name_of(self.other, self.other_site, self.namesakes) if self.other else self.name


def name_of(hostname: str, site: str, namesakes: frozenset[str]) -> str:
    return f"{hostname} at {site or 'no site'}" if hostname in namesakes else hostname


def namesakes(devices: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Hostnames that are at more than one site; of (hostname, site)."""
    sites: dict[str, str] = {}
    return frozenset(hostname for hostname, site in devices if sites.setdefault(hostname, site) != site)


class Entry(NamedTuple):
    """What the cursor stands on."""

    part: int
    kind: Kind
    change_type: ChangeType
    key: tuple[str, ...]
    changes: tuple[DiffChange, ...]
    """One; a removed and an added line of a configuration that replaced it; none where it can no longer be read."""


class Group(NamedTuple):
    """Entries of one kind and type; of a configuration, those of all types."""

    part: int
    kind: Kind
    change_type: ChangeType | None
    first: int
    length: int
    pieces: tuple[PackedChanges, ...] = ()
    starts: tuple[int, ...] = ()
    """Where each piece begins, from `first`."""
    order: tuple[int, ...] = ()
    """Which of its changes stand where; empty: as they are packed."""
    tree: tuple[tuple[DiffChange, ...], ...] = ()
    pairs: int = 0
    """Entries of two changes: a line of a configuration and what took its place."""


class Changes:
    """All entries of some comparisons, by number from 0."""

    def __init__(self, parts: Sequence[Part] = ()) -> None:
        self.parts = tuple(parts)
        self.groups: list[Group] = []
        self.unreadable = 0
        """Changes whose bytes no longer decode."""
        self._piece = lru_cache(_KEPT)(_read)
        for number, part in enumerate(self.parts):
            self._lay(number, part)
        self._firsts = [group.first for group in self.groups]
        self.pairs = sum(group.pairs for group in self.groups)

    def __len__(self) -> int:
        return self.groups[-1].first + self.groups[-1].length if self.groups else 0

    def group_at(self, at: int) -> int:
        """The number of the group in which an entry is."""
        return bisect_right(self._firsts, at) - 1

    def entry(self, at: int) -> Entry:
        group = self.groups[self.group_at(at)]
        inside = at - group.first
        if group.tree:
            return _entry(group, group.tree[inside])
        if group.order:
            inside = group.order[inside]
        number = bisect_right(group.starts, inside) - 1
        found = self._piece(group.pieces[number])
        inside -= group.starts[number]
        return _entry(group, found[inside : inside + 1])

    def place_of(self, wanted: BetweenCaptures, items: Sequence[Item]) -> int | None:
        """The number of the entry that has a change, by what was read of each entry; None: it is not among them."""
        for group in self.groups:
            if group.kind is not wanted.kind or self.parts[group.part].after_id != wanted.run_id:
                continue
            for at in range(group.first, min(group.first + group.length, len(items))):
                if wanted.key in items[at].keys and _has(items[at], wanted):
                    return at
        return None

    def _lay(self, number: int, part: Part) -> None:
        for kind in KINDS:
            mine = [piece for piece in part.packed if piece.kind is kind and piece.count]
            if kind is Kind.CONFIG and mine and sum(piece.count for piece in mine) <= TREE_LIMIT:
                self._lay_tree(number, mine)
                continue
            for change_type in TYPES:
                pieces = tuple(piece for piece in mine if piece.change_type is change_type)
                if pieces:
                    ends = tuple(accumulate((piece.count for piece in pieces), initial=0))
                    order = _order(pieces) if ends[-1] <= ORDER_LIMIT else ()
                    group = Group(number, kind, change_type, len(self), ends[-1], pieces, ends[:-1], order)
                    self.groups.append(group)

    def _lay_tree(self, number: int, pieces: Iterable[PackedChanges]) -> None:
        found: list[DiffChange] = []
        for piece in pieces:
            read = _read(piece)
            self.unreadable += piece.count - len(read)
            found += read
        if found:
            tree = tuple(tree_of(found))
            pairs = len(found) - len(tree)
            self.groups.append(Group(number, Kind.CONFIG, None, len(self), len(tree), tree=tree, pairs=pairs))


def _read(packed: PackedChanges) -> tuple[DiffChange, ...]:
    try:
        return unpack(packed)
    except ValueError:
        return ()


def _order(pieces: Sequence[PackedChanges]) -> tuple[int, ...]:
    """Empty where one of them cannot be read."""
    try:
        keys = [tuple(map(natural, each.key)) for piece in pieces for each in glance(piece)]
    except ValueError:
        return ()
    is_whole = len(keys) == sum(piece.count for piece in pieces)
    return tuple(sorted(range(len(keys)), key=keys.__getitem__)) if is_whole else ()


def _entry(group: Group, changes: tuple[DiffChange, ...]) -> Entry:
    change_type = group.change_type or (ChangeType.CHANGED if len(changes) == 2 else changes[0].change_type)
    return Entry(group.part, group.kind, change_type, changes[-1].key if changes else (), changes)


def laid(changes: Sequence[DiffChange]) -> Iterator[tuple[Kind, Sequence[DiffChange]]]:
    """Changes that nobody packed, kind by kind in the order in which the screen has them."""
    by_kind: dict[Kind, list[DiffChange]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, []).append(change)
    for kind in sorted(by_kind, key=KINDS.index):
        found = by_kind[kind]
        if kind is Kind.CONFIG and len(found) <= TREE_LIMIT:
            yield kind, [change for both in tree_of(found) for change in both]
        else:
            is_long = len(found) > ORDER_LIMIT
            yield kind, sorted(found, key=lambda each: (TYPES.index(each.change_type), _place(each, is_long)))


def _place(change: DiffChange, is_long: bool) -> tuple[str, ...]:
    return change.key if is_long else tuple(map(natural, change.key))


# A configuration as a tree ---------------------------------------------------------------------------------------

_DIGITS = re.compile(r"\d+")


def natural(text: str) -> str:
    """Sorts by the numbers in it: `Gi0/2` before `Gi0/10`."""
    return _DIGITS.sub(lambda found: found[0].zfill(10), text)


def tree_of(changes: Iterable[DiffChange]) -> list[tuple[DiffChange, ...]]:
    """Lines below their heads; a removed line with the added one that took its place."""
    ordered = sorted(changes, key=lambda change: (tuple(map(natural, change.key)), change.change_type.value))
    partner = _partners(ordered)
    taken = {id(added) for added in partner.values()}
    return [
        (change, partner[id(change)]) if id(change) in partner else (change,)
        for change in ordered
        if id(change) not in taken
    ]


_LIKE = 0.5
_HAS_ONE = ("description", "name", "hostname")
"""Of these a head has one, so that two of them are before and after however little they have in common."""


def _partners(changes: Sequence[DiffChange]) -> dict[int, DiffChange]:
    """Removed lines (by identity) → the added line that took their place. A line with lines below it has none."""
    heads = {change.key[:depth] for change in changes for depth in range(1, len(change.key))}
    alike: dict[tuple[str, ...], tuple[list[DiffChange], list[DiffChange]]] = {}
    for change in changes:
        if change.key and change.key not in heads and change.change_type is not ChangeType.CHANGED:
            sides = alike.setdefault((*change.key[:-1], change.key[-1].split(" ")[0]), ([], []))
            sides[change.change_type is ChangeType.ADDED].append(change)
    found: dict[int, DiffChange] = {}
    for gone, come in alike.values():
        if 0 < len(gone) * len(come) <= _PAIRS_LIMIT:
            for change in gone:
                best = max(come, key=lambda other: _likeness(change, other), default=None)
                if best is not None and _likeness(change, best):
                    found[id(change)] = best
                    come.remove(best)
    return found


def _likeness(one: DiffChange, other: DiffChange) -> float:
    """How much of two lines is the same, 0 where it is too little to take the one for the other's successor."""
    first, last = one.key[-1].split(), other.key[-1].split()
    head, tail = common(first, last)
    share = (head + tail) / max(len(first), len(last), 1)
    if first and first[:1] == last[:1] and first[0] in _HAS_ONE:
        return max(share, _LIKE)
    least = _LIKE if len(one.key) > 1 else 0.6  # two words at the margin name a thing: `vlan 10` and `vlan 20`
    return share if share >= least else 0.0


def common(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many words at their beginning, and how many after those at their end, are the same."""
    shortest = min(len(one), len(other))
    head = next((i for i in range(shortest) if one[i] != other[i]), shortest)
    tail = next((i for i in range(shortest - head) if one[-1 - i] != other[-1 - i]), shortest - head)
    return head, tail


# What is looked for ----------------------------------------------------------------------------------------------


class Item(NamedTuple):
    """An entry as a filter sees it."""

    hostname: str
    kind: Kind
    change_type: ChangeType
    keys: tuple[tuple[str, ...], ...]
    """Of its changes, the removed one first."""
    words: str
    """Lower case."""
    site: str = ""


def _has(item: Item, wanted: BetweenCaptures) -> bool:
    """The change of this key is of this type: of a line and what took its place, the first is gone."""
    if len(item.keys) == 1:
        return item.change_type is wanted.change_type
    return (item.keys[0] == wanted.key) is (wanted.change_type is ChangeType.REMOVED)


class Scan:
    """Reads every change once, as little of it as filters and sentences need; `items` are in the order of entries."""

    def __init__(self, changes: Changes) -> None:
        self.changes = changes
        self.items: list[Item] = []
        self.unreadable = changes.unreadable

    def run(self) -> Iterator[tuple[Group, Sequence[Glimpse]]]:
        """Piece by piece, with what was read of it."""
        for group in self.changes.groups:
            whose = self.changes.parts[group.part].whose or _NOBODY
            for entry in group.tree:
                self._note(whose, group, entry)
            if group.tree:
                yield group, ()
            first = len(self.items)
            for piece in group.pieces:
                found = self._glanced(piece)
                self.items += [_item(whose, group, glimpse) for glimpse in found or [_NOTHING] * piece.count]
                yield group, found
            if group.order:
                packed = self.items[first:]
                self.items[first:] = [packed[at] for at in group.order]

    def _note(self, whose: Whose, group: Group, changes: tuple[DiffChange, ...]) -> None:
        keys = tuple(change.key for change in changes)
        words = " ".join(word for key in keys for word in key).lower()
        change_type = ChangeType.CHANGED if len(changes) == 2 else changes[0].change_type
        self.items.append(Item(whose.hostname, group.kind, change_type, keys, words, whose.site))

    def _glanced(self, piece: PackedChanges) -> Sequence[Glimpse]:
        """Empty, and counted, where it can no longer be read."""
        try:
            found = glance(piece)
        except ValueError:
            found = []
        if len(found) != piece.count:
            self.unreadable += piece.count
            return []
        return found


_NOTHING = Glimpse((), {}, {})
_NOBODY = Whose("")


_BY_VLAN = (Kind.MAC_ADDRESSES, Kind.VLANS)


def _item(whose: Whose, group: Group, glimpse: Glimpse) -> Item:
    key, fields, was = glimpse
    told = was if group.change_type is ChangeType.CHANGED else fields
    spoken = [" ".join(key), f"vlan {key[0]}" if group.kind in _BY_VLAN and key else ""]
    for name, value in told.items():
        if value not in (None, ""):
            spoken.append(f"{name} {value}")
        if told is was:
            spoken.append(f"{name} {fields.get(name)}")
    change_type = group.change_type or ChangeType.CHANGED
    return Item(whose.hostname, group.kind, change_type, (key,), " ".join(spoken).lower(), whose.site)
