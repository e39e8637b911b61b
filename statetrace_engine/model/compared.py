"""Pure. What the engine takes from the comparison of two captures: the changes that may matter to a route, in words.

interface GigabitEthernet0/1: shutdown added · ip route 0.0.0.0 0.0.0.0 10.1.1.2 removed · bgp 10.1.1.2: state idle
"""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, Span

CLOCK_S = 60.0
"""A device's clock and that of whoever took the capture differ by so much at most."""


class ChangedValue(Struct, frozen=True, array_like=True, gc=False):
    """A field of an object that somebody configured otherwise: `mtu`, `1500`, `1400`."""

    field: str
    before: str
    after: str


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
    values: tuple[ChangedValue, ...] = ()
    """Of one that changed, what of it was done: by them it is known when it is taken back."""


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
