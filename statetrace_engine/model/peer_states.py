"""Pure. States of a BGP session, as far as two captures can tell them apart.

A neighbour that is down tries again and again: which step a capture catches it at is chance. That it is held down
(`idle (admin)`, `shut`) is a state of its own.
"""

from __future__ import annotations

DOWN = "down"
_TRYING = frozenset(("idle", "connect", "active", "opensent", "openconfirm"))
"""RFC 4271 8.2.2: every state but Established."""


def settled(state: object) -> object:
    """`active` → `down`, `established` → `established`. Of several rows, of each."""
    if isinstance(state, tuple):
        return tuple(map(settled, state))
    return DOWN if isinstance(state, str) and state.lower() in _TRYING else state
