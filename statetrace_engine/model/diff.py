"""Pure. What changed between two captures of one device (SPEC 5)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.filed import FiledDelta

Value = str | int | bool | tuple["Value", ...] | None
"""What a field of an object holds; a tuple where the object has several rows (the next hops of a route), one a row."""
Span = tuple[int, int]


class ChangeType(StrEnum):
    ADDED = "Added"
    REMOVED = "Removed"
    CHANGED = "Changed"


PLACE, BEHIND = "place", "behind"
"""Fields of a configuration's line that moved where the first match decides: its place in its list, from 1, and the
nearest line before it of those that have not moved (None: none is)."""


class DiffObject(Struct, frozen=True, gc=False):
    """One thing that a capture shows: a route with all its next hops, an interface, a neighbour, a line of the
    configuration."""

    kind: Kind
    key: tuple[str, ...]
    """Its identity fields, as printed; empty for what a device has once."""
    fields: tuple[tuple[str, Value], ...]
    """What of it makes a change, in the order of its row's fields."""
    spans: tuple[Span, ...] = ()
    """Where it stands: bytes of the file of two files that are compared, characters of the redacted text of a capture
    that is in the store."""

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
    elsewhere: tuple[EarlierShowing, ...] = ()
    """Commands that were compared with an older capture than the previous one: people capture one a file, too."""
    authors: tuple[ConfigAuthor, ...] = ()
    """Who changed the configuration in between, as the newer capture says, by time."""


class EarlierShowing(Struct, frozen=True, array_like=True):
    """A command that the previous capture does not show, and the newest one that does."""

    command: str
    capture_id: int
    captured_at: Epoch
    file: str = ""
    """The last part of its file's name; empty: an older version compared them."""


class Diff(Struct, frozen=True, gc=False):
    changes: tuple[DiffChange, ...]
    """By kind, command and key."""
    metadata: DiffMetadata


# Kept in the store -------------------------------------------------------------------------------------------------


class KindCount(Struct, frozen=True, array_like=True):
    """How many changes of one kind and type."""

    kind: Kind
    change_type: ChangeType
    count: int


class DiffRun(Struct, frozen=True, kw_only=True):
    """One capture of one device, compared with the previous one of the same device."""

    run_id: int
    """The capture's."""
    previous_id: int | None
    """The newest capture before it of the same device that shows any of its commands. None: there is none, and nothing
    was compared."""
    site: str
    hostname: str
    captured_at: Epoch
    previous_at: Epoch | None
    """What changed did so after this, and at `captured_at` at the latest."""
    compared_at: Epoch
    counts: tuple[KindCount, ...]
    metadata: DiffMetadata
    parser: str = ""
    """By which version of the reading its rows were made."""
    previous_parser: str = ""
    load_ms: float = 0.0
    """To read both captures from the store."""
    compare_ms: float = 0.0

    def before_of(self, command: str) -> int | None:
        """The capture with which what this command shows was compared."""
        found = (each.capture_id for each in self.metadata.elsewhere if each.command == command)
        return next(found, self.previous_id)

    def count(self, change_type: ChangeType) -> int:
        return sum(each.count for each in self.counts if each.change_type is change_type)

    @property
    def total(self) -> int:
        return sum(each.count for each in self.counts)

    @property
    def is_drift(self) -> bool:
        """The same parser read both: what differs, differs on the device."""
        return self.previous_id is not None and self.parser == self.previous_parser


class HostChange(Struct, frozen=True):
    """A change with the run that showed it."""

    run: DiffRun
    change: DiffChange


class PackedChanges(Struct, frozen=True, array_like=True):
    """Some changes of one run, of one kind and type, as the store has them: `packed_changes` makes and reads them."""

    kind: Kind
    change_type: ChangeType
    count: int
    body: bytes


class FiledRun(Struct, frozen=True, array_like=True):
    """A run on its way into the store."""

    run: DiffRun
    changes: tuple[PackedChanges, ...]
    delta: FiledDelta | None = None
    """The capture before it as what makes this one it, where that one is whole."""


class Comparison(Struct, frozen=True, kw_only=True):
    """Any two captures, compared because somebody asked."""

    before_id: int
    after_id: int
    metadata: DiffMetadata
    changes: tuple[PackedChanges, ...]


class Rollback(Struct, frozen=True, kw_only=True):
    """Candidate lines that would take a configuration back: for a person to read and to copy, never sent."""

    lines: tuple[str, ...] = ()
    reason: str = ""
    """Why there are none; empty also where nothing differs."""


class MarkVerdict(StrEnum):
    """What an operator says of a change."""

    EXPECTED = "expected"
    """The same change of the same object, from and to the same values, is not told again."""
    FALSE_POSITIVE = "false_positive"
    """Nothing changed on the device."""
    CLEARED = "cleared"
    """What was said before is taken back."""


Plain = str | int | bool | tuple[str | int | bool | None, ...] | None
"""A value as a mark knows it: bounded, one row or several."""


class FieldStep(Struct, frozen=True, array_like=True, gc=False):
    """What a field went from and to, as a mark knows it: `marked.steps` makes it."""

    field: str
    before: Plain
    after: Plain


class ChangeMark(Struct, frozen=True, kw_only=True):
    """An operator's word on one change of one object of a device; the last word counts."""

    hostname: str
    kind: Kind
    key: tuple[str, ...]
    change_type: ChangeType
    verdict: MarkVerdict
    operator: str
    at: Epoch
    note: str = ""
    steps: tuple[FieldStep, ...] = ()
    """`marked.steps`. Empty: whatever changes of it, or with whatever it came or went, as older versions had it."""
    site: str = ""
    """The device's. Empty: of every device of that hostname, as older versions had it."""
