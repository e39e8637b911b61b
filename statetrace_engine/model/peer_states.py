"""Pure. States of a BGP session: as they are printed, and as far as two captures can tell them apart.

A neighbour that is down tries again and again: which step a capture catches it at is chance. That it is shut
(`idle (admin)`), or held down for its number of prefixes (`idle (pfxct)`), are states of their own.
"""

from __future__ import annotations

import re

DOWN = "down"
SHUT = "idle (admin)"
FULL = "idle (pfxct)"
_TRYING = frozenset(("idle", "connect", "active", "opensent", "openconfirm"))
"""RFC 4271 8.2.2: every state but Established."""
_HELD = {"(admin)": SHUT, "(pfxct)": FULL}
_WORDS = {"shut": SHUT}
"""Of captures that were read before their brackets were."""
_PRINTED = re.compile(r"\(?([^\s()!]+)\)?(?: ?(\((?:admin|pfxct)\)))?", re.IGNORECASE)


def printed(text: str) -> str:
    """`Idle (Admin)` and `Idle(Admin)` → `idle (admin)`; what else stands in brackets passes: `Idle (GR)` → `idle`.
    Empty: no word."""
    found = _PRINTED.match(text)
    return " ".join(filter(None, found.groups())).lower() if found is not None else ""


def settled(state: object) -> object:
    """`active` → `down`, `shut (admin)` → `idle (admin)`, `established` → `established`. Of several rows, of each."""
    if isinstance(state, tuple):
        return tuple(map(settled, state))
    if not isinstance(state, str):
        return state
    word = state.lower()
    if word in _TRYING:
        return DOWN
    return _WORDS.get(word) or _HELD.get(word.rpartition(" ")[2], state)


def holds(state: object, what: str) -> bool:
    """Whether a session, or one of several, is held down so: `SHUT` or `FULL`."""
    known = settled(state)
    return what in known if isinstance(known, tuple) else known == what
