"""Pure. What changed between two captures of one device (SPEC 5)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind

Value = str | int | bool | tuple["Value", ...] | None
"""What a field of an object holds; a tuple where the object has several rows (the next hops of a route), one a row."""
Span = tuple[int, int]


class ChangeType(StrEnum):
    ADDED = "Added"
    REMOVED = "Removed"
    CHANGED = "Changed"


class DiffObject(Struct, frozen=True, gc=False):
    """One thing that a capture shows: a route with all its next hops, an interface, a neighbour, a line of the
    configuration."""

    kind: Kind
    key: tuple[str, ...]
    """Its identity fields, as printed; empty for what a device has once."""
    fields: tuple[tuple[str, Value], ...]
    """What of it makes a change, in the order of its row's fields."""
    spans: tuple[Span, ...] = ()
    """Where it stands in its capture."""

    @property
    def name(self) -> str:
        """Its key for people: `default 10.0.0.0/8`."""
        return " ".join(filter(None, self.key)) or self.kind.value


class FieldChange(Struct, frozen=True, gc=False):
    field: str
    before: Value
    after: Value


class DiffChange(Struct, frozen=True, gc=False):
    """One object that is not as it was."""

    change_type: ChangeType
    kind: Kind
    command: str
    """By which both captures show it, in full words."""
    key: tuple[str, ...]
    before: DiffObject | None
    """None: it was not there."""
    after: DiffObject | None
    fields: tuple[FieldChange, ...] = ()
    """Of a changed one, in the order of its row's fields."""
    confidence: float = 1.0
    """0 to 1: lower where lines of the table were not understood, among which what is missed may stand."""

    @property
    def name(self) -> str:
        known = self.after or self.before
        return known.name if known is not None else self.kind.value


class How(StrEnum):
    """What somebody did to a configuration."""

    CHANGED = "changed"
    COMMITTED = "committed"
    SAVED = "saved"
    """What runs became what starts: it may have been changed long before."""


class ConfigAuthor(Struct, frozen=True, gc=False):
    """Who changed a configuration and when, where the device says so."""

    who: str
    """As the device names them; empty: it does not say."""
    how: How
    at: Epoch | None
    """None: it prints no date, or no year or zone that can be told."""
    printed_at: str = ""
    """As the device printed it."""
    origin: str = ""
    """`10.1.1.1`, `vty0`, `console`; empty: it does not say."""
    command: str = ""
    """What showed it."""
    span: Span = (0, 0)
    """Where it stands in its capture."""


class DiffMetadata(Struct, frozen=True, gc=False):
    """What was compared, and what could not be."""

    compared: tuple[str, ...]
    """Commands that both captures show."""
    only_before: tuple[str, ...] = ()
    """Commands that the newer capture does not have: nothing of them is a removal."""
    only_after: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    objects: int = 0
    """Of both sides, compared."""
    authors: tuple[ConfigAuthor, ...] = ()
    """Who changed the configuration in between, as the newer capture says, by time."""


class Diff(Struct, frozen=True, gc=False):
    changes: tuple[DiffChange, ...]
    """By kind, command and key."""
    metadata: DiffMetadata
