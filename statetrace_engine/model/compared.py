"""Pure. What the engine takes from the comparison of two captures: the changes that may matter to a route, in words.

interface GigabitEthernet0/1: shutdown added · ip route 0.0.0.0 0.0.0.0 10.1.1.2 removed · bgp 10.1.1.2: state idle
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, FieldChange, FieldStep, Span, Value
from statetrace_engine.model.peer_states import FULL, SHUT, holds
from statetrace_engine.model.text import sanitise

CLOCK_S = 60.0
"""A device's clock and that of whoever took the capture differ by so much at most."""


class ComparedChange(Struct, frozen=True, array_like=True, gc=False):
    """One object that the newer capture shows otherwise."""

    kind: Kind
    change_type: ChangeType
    key: tuple[str, ...]
    """As `DiffChange` has it: by it an operator's mark is known."""
    text: str
    """Sanitised and redacted."""
    command: str = ""
    """By which both captures show it."""
    is_deed: bool = True
    """Somebody did it; False: it may be what followed of something (a state, a route that is gone)."""
    reach: tuple[str, ...] = ()
    """Neighbours and interfaces to which the list or map that it is of is applied, lower case."""
    span: Span = (0, 0)
    """Characters of the capture that shows it: of the newer one, or of the older one where it is gone; (0, 0): it is
    known by its key alone."""
    confidence: float = 1.0
    at: Epoch | None = None
    """When it was done, where the device says so; or only by when, …"""
    is_by_then: bool = False
    """… as it says no more than when it was last configured."""
    by: str = ""
    """Who did it, where the device says so."""
    previous_id: int = 0
    """The older capture, where it is another one than that of the comparison: that one does not show this command. 0:
    it is not; …"""
    previous_at: Epoch = 0.0
    """… and when it was taken."""
    steps: tuple[FieldStep, ...] = ()
    """What changed of it, or with what it came or went, as marks know it: `marked.steps`."""


class Compared(Struct, frozen=True, tag="compared", array_like=True):
    """What changed on a device between two captures. A whole table never goes this way."""

    run_id: int
    """The newer capture's."""
    previous_id: int
    hostname: str
    site: str
    captured_at: Epoch
    previous_at: Epoch
    """What changed did so after this, and at `captured_at` at the latest."""
    is_drift: bool = True
    """False: another parser read the older capture, so that a difference may be the parser's."""
    changes: tuple[ComparedChange, ...] = ()
    left_out: int = 0
    """Changes that matter to no route, or for which there was no room."""

    @property
    def has_steps(self) -> bool:
        """Not made by a version whose changes had none."""
        return all(each.steps for each in self.changes if each.kind is not Kind.CONFIG)


# What changed of an object, in words ----------------------------------------------------------------------------------

TEXT = 240
_DONE = {
    Kind.INTERFACES: frozenset(("admin_up", "ip", "prefix_length", "vlan", "mtu")),
    Kind.BGP_NEIGHBORS: frozenset(("remote_as",)),
}
"""Fields that only somebody who configures the device changes; that a BGP session is shut, or no more, is another."""
_STATE = "state"
_STATES = {"admin_up": ("admin", "up", "down"), "oper_up": ("line", "up", "down"), "active": ("installed", "yes", "no")}


def but_for(change: ComparedChange, rest: Sequence[FieldStep]) -> ComparedChange:
    """The change of an object with no more of it than this."""
    noun = change.text.partition(": ")[0]
    text = sanitise(f"{noun}: {words(rest)}", TEXT)
    return replace(change, text=text, is_deed=is_done(change.kind, rest), steps=tuple(rest))


def is_done(kind: Kind, changed: Iterable[FieldChange | FieldStep]) -> bool:
    """Somebody did it: it did not follow of something else."""
    return any(each.field in _DONE.get(kind, ()) or _is_of_shutting(kind, each) for each in changed)


def becomes(kind: Kind, steps: Iterable[FieldStep], held: str) -> bool:
    """Whether a BGP session is held down so (`peer_states`), and was not before."""
    return kind is Kind.BGP_NEIGHBORS and any(
        each.field == _STATE and holds(each.after, held) and not holds(each.before, held) for each in steps
    )


def _is_of_shutting(kind: Kind, each: FieldChange | FieldStep) -> bool:
    is_state = kind is Kind.BGP_NEIGHBORS and each.field == _STATE
    return is_state and holds(each.before, SHUT) is not holds(each.after, SHUT)


def done(change: ComparedChange) -> tuple[FieldStep, ...]:
    """What of a changed object somebody did, or its device by itself, and not as what followed of something."""
    changed = change.steps if change.change_type is ChangeType.CHANGED else ()
    return tuple(step for step in changed if is_done(change.kind, (step,)) or becomes(change.kind, (step,), FULL))


def words(changed: Iterable[FieldChange | FieldStep]) -> str:
    """`mtu 1500 -> 9000, line up -> down`."""
    return ", ".join(map(_step, changed))


def said(change_type: ChangeType, steps: Iterable[FieldStep]) -> str:
    """The same; of what came or went, with what: `next hop 10.1.1.2, metric 20`."""
    if change_type is ChangeType.CHANGED:
        return words(steps)
    at = 2 if change_type is ChangeType.ADDED else 1
    return ", ".join(f"{told[0]} {told[at]}" for told in map(_told, steps))


def _step(change: FieldChange | FieldStep) -> str:
    label, before, after = _told(change)
    return f"{label} {before} -> {after}"


def _told(change: FieldChange | FieldStep) -> tuple[str, str, str]:
    label, *states = _STATES.get(change.field, (change.field.replace("_", " "),))
    return label, _value(change.before, states), _value(change.after, states)


def _value(value: Value, states: Sequence[str]) -> str:
    if isinstance(value, tuple):
        return "/".join(_value(each, states) for each in value)
    if isinstance(value, bool):
        return (states or ("yes", "no"))[not value]
    return "-" if value is None else str(value)
