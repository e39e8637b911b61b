"""Pure. One command by whatever tells of it: a line that somebody typed, as logged, or a line of a configuration that
came or went between two captures.

`interface Gi0/1: no mtu 1400` as logged · `interface GigabitEthernet0/1 | mtu 1400` removed
"""

from __future__ import annotations

import re
from functools import lru_cache

from statetrace_engine.model import names
from statetrace_engine.model.diff import ChangeType

_NEGATION = frozenset(("no", "undo", "delete", "default", "deactivate"))
_SET = "set"
Command = tuple[bool, tuple[str, ...]]
"""Whether it takes away, and what."""


@lru_cache(maxsize=4096)
def of_text(text: str) -> Command:
    """`interface Gi0/1: no mtu 1400` → (True, (interface, gigabitethernet0/1, mtu, 1400))."""
    mode, _, line = text.rpartition(": ")
    is_gone, words = _plain(line)
    return is_gone, (*_words(mode), *words)


@lru_cache(maxsize=4096)
def of_line(key: tuple[str, ...], change_type: ChangeType) -> Command:
    """The command that makes it: a `no shutdown` that is gone is a `shutdown`."""
    is_gone, words = _plain(key[-1])
    return is_gone != (change_type is ChangeType.REMOVED), (*(w for head in key[:-1] for w in _words(head)), *words)


def _plain(line: str) -> Command:
    words = _words(line)
    is_gone = words[:1] != () and words[0] in _NEGATION
    return is_gone, words[1:] if is_gone or words[:1] == (_SET,) else words


_SPACED = re.compile(r"(?<=[A-Za-z]) (?=\d+/)")
"""`GigabitEthernet 0/1`."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(names.interface(word.strip("\"';:")).lower() for word in _SPACED.sub("", text).split())
