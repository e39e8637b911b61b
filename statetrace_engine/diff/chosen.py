"""Pure. Which changes somebody wants to see: `bgp,routes`, `removed`, whatever holds `10.8.`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct, structs

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, Diff, DiffChange, Value

_ALSO = {"lldp": Kind.NEIGHBORS, "cdp": Kind.NEIGHBORS, "configuration": Kind.CONFIG}
"""What people call some kinds."""
_One = TypeVar("_One")


class Chosen(Struct, frozen=True):
    """An empty field lets everything pass."""

    kinds: frozenset[Kind] = frozenset()
    change_types: frozenset[ChangeType] = frozenset()
    pattern: re.Pattern[str] | None = None
    """Searched in the kind, the key, the command and every value, before and after."""

    def holds(self, change: DiffChange) -> bool:
        return (
            (not self.kinds or change.kind in self.kinds)
            and (not self.change_types or change.change_type in self.change_types)
            and (self.pattern is None or any(map(self.pattern.search, _words(change))))
        )

    def of(self, diff: Diff) -> Diff:
        return structs.replace(diff, changes=tuple(filter(self.holds, diff.changes)))


def kinds(text: str) -> frozenset[Kind]:
    """`bgp,routes`: each a kind, or as much of it as no other begins with. Raises ValueError for what is none."""
    return frozenset(_kind(word) for word in _named(text))


def change_types(text: str) -> frozenset[ChangeType]:
    """`added,removed`. Raises ValueError for what is none."""
    return frozenset(_one(word, {each.value.lower(): each for each in ChangeType}) for word in _named(text))


def _named(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip().lower())]


def _kind(word: str) -> Kind:
    return _one(word, {each.value: each for each in Kind if each is not Kind.LOG} | _ALSO)


def _one(word: str, known: dict[str, _One]) -> _One:
    meant = {known[word]} if word in known else {value for name, value in known.items() if name.startswith(word)}
    if len(meant) != 1:
        raise ValueError(f"{word}: not one of {', '.join(known)}")
    return meant.pop()


def _words(change: DiffChange) -> Iterable[str]:
    yield f"{change.kind.value} {' '.join(change.key)}"
    yield change.command
    for side in (change.before, change.after):
        for name, value in side.fields if side is not None else ():
            yield f"{name} {_said(value)}"


def _said(value: Value) -> str:
    if isinstance(value, tuple):
        return " ".join(map(_said, value))
    return "" if value is None else str(value)
