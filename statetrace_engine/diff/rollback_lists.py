"""Pure. Access lists of IOS whose entries show no numbers, numbered so that one entry more moves no other.

permit tcp any any            10 permit tcp any any          what stays keeps the number that it has behind
deny ip any any               20 deny ip any any             `ip access-list resequence NAME 10 10`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from statetrace_engine.diff.order import longest_rise

_HEAD = re.compile(r"ip access-list (?:standard|extended) (?P<name>\S+)")
_ENTRY = re.compile(r"\s+(?:permit|deny)\b")
_STEPS = (10, 100, 1000, 10000)


class Numbered(NamedTuple):
    """Both configurations with numbers, and the step of the running one's, by the list's name."""

    running: tuple[str, ...]
    wanted: tuple[str, ...]
    steps: Mapping[str, int]


def numbered(running: Sequence[str], wanted: Sequence[str]) -> Numbered:
    """Of lists that both have."""
    has, had = _lists(running), _lists(wanted)
    numbers: tuple[dict[int, int], dict[int, int]] = ({}, {})
    steps: dict[str, int] = {}
    for name in has.keys() & had.keys():
        ours = [running[at].strip() for at in has[name]]
        theirs = [wanted[at].strip() for at in had[name]]
        if ours == theirs:
            continue
        steps[name], counted = _counted(ours, theirs)
        numbers[0].update((at, steps[name] * place) for place, at in enumerate(has[name], 1))
        numbers[1].update(zip(had[name], counted, strict=True))
    return Numbered(_with(running, numbers[0]), _with(wanted, numbers[1]), steps)


def _lists(lines: Sequence[str]) -> dict[str, list[int]]:
    """Where the entries without numbers stand, by the list's name; a list with a number in it has none of them."""
    found: dict[str, list[int]] = {}
    name: str | None = None
    for at, line in enumerate(lines):
        if line[:1].strip():
            head = _HEAD.fullmatch(line.rstrip())
            name = head["name"] if head is not None else None
        elif name is not None and _ENTRY.match(line):
            found.setdefault(name, []).append(at)
    return found


def _counted(ours: Sequence[str], theirs: Sequence[str]) -> tuple[int, list[int]]:
    """A step that leaves room for what comes in between, and the number of each of their entries."""
    places = {entry: place for place, entry in enumerate(ours, 1)}
    kept = longest_rise([places[entry] for entry in theirs if entry in places])
    behind = list(_behind(theirs, places, kept))
    step = next((step for step in _STEPS if all(room < step for _, room in behind)), _STEPS[-1])
    return step, [step * place + room for place, room in behind]


def _behind(theirs: Sequence[str], places: Mapping[str, int], kept: set[int]) -> Iterator[tuple[int, int]]:
    """Behind which of our entries each of theirs stands, and as which one there; 0 for the entry itself."""
    place = room = 0
    for entry in theirs:
        at = places.get(entry, 0)
        place, room = (at, 0) if at in kept and at > place else (place, room + 1)
        yield place, room


def _with(lines: Sequence[str], numbers: Mapping[int, int]) -> tuple[str, ...]:
    return tuple(f" {numbers[at]} {line.strip()}" if at in numbers else line for at, line in enumerate(lines))
