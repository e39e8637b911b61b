"""Pure. Of the changes between two captures those that may matter to a route, in words, as the engine takes them.

interface Gi0/1: shutdown added · ip route 0.0.0.0 0.0.0.0 10.1.1.2 removed · interface Gi0/2: mtu 1500 -> 1400
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, structs

from statetrace_engine.diff.applied import defined
from statetrace_engine.model import Epoch, marked, names
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.compared import CLOCK_S, TEXT, ComparedChange, is_done, words
from statetrace_engine.model.diff import (
    ChangeType,
    ConfigAuthor,
    DiffChange,
    DiffObject,
    EarlierShowing,
    How,
    Span,
    Value,
)
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import banners

MOST = 300
"""Of one run."""
_CONFIGURATION = ("show running-config", "show startup-config", "show configuration", "write terminal")
"""Their headers tell of the last session only."""
_NAME = 60
_NOUNS = {
    Kind.ROUTES: "route", Kind.BGP_NEIGHBORS: "bgp", Kind.OSPF_NEIGHBORS: "ospf", Kind.INTERFACES: "interface",
    Kind.ARP: "arp",
}  # fmt: skip
"""Kinds that can matter, and the configuration."""
_GONE = {ChangeType.ADDED: "added", ChangeType.REMOVED: "removed"}


class Watched(Struct, frozen=True):
    """What of a device routes depend on."""

    routes: frozenset[tuple[str, str]] = frozenset()
    """(vrf, prefix)."""
    names: frozenset[str] = frozenset()
    """Next hops, neighbours and interfaces, canonical, lower case."""


def choose(
    changes: Iterable[DiffChange], watched: Watched, applied: Mapping[str, tuple[str, ...]]
) -> tuple[tuple[ComparedChange, ...], int]:
    """At most `MOST`, those that name what is watched first, and how many were left out; `applied`: list or map of
    the configuration → to whom."""
    ranked: list[tuple[int, ComparedChange]] = []
    total = 0
    for change in changes:
        total += 1
        if _can_matter(change, watched):
            told = _told(change, applied)
            ranked.append((_rank(change, told, watched), told))
    ranked.sort(key=lambda each: each[0])
    chosen = tuple(told for _, told in ranked[:MOST])
    return chosen, total - len(chosen)


def dated(
    changes: Iterable[ComparedChange], authors: Sequence[ConfigAuthor], since: Epoch, until: Epoch
) -> tuple[ComparedChange, ...]:
    """With who did it and when, where the device names one session between the two captures: of several nobody can
    tell whose a change is, unless all are one person's. A time outside both captures is of a clock that lies."""
    did = [each for each in authors if each.how is not How.SAVED and _is_in(each.at, since, until)]
    if len({each.who for each in did}) != 1:
        return tuple(changes)
    at, by = did[0].at if len(did) == 1 else None, sanitise(did[0].who, _NAME)
    is_by_then = did[0].command.startswith(_CONFIGURATION)
    return tuple(
        structs.replace(each, by=by, at=at, is_by_then=is_by_then) if each.is_deed else each for each in changes
    )


def _is_in(at: Epoch | None, since: Epoch, until: Epoch) -> bool:
    return at is None or since - CLOCK_S <= at <= until + CLOCK_S


def placed(changes: Iterable[ComparedChange], elsewhere: Iterable[EarlierShowing]) -> tuple[ComparedChange, ...]:
    """With the older capture of commands that the previous one does not show."""
    older = {each.command: each for each in elsewhere}
    return tuple(
        structs.replace(each, previous_id=found.capture_id, previous_at=found.captured_at)
        if (found := older.get(each.command)) is not None
        else each
        for each in changes
    )


def defines_a_list(change: DiffChange) -> bool:
    """Whether it must be known to whom a list is applied."""
    return change.kind is Kind.CONFIG and bool(defined(" ".join(change.key)))


def _can_matter(change: DiffChange, watched: Watched) -> bool:
    if change.kind is Kind.ROUTES:
        vrf, prefix = change.key
        return (names.vrf(vrf), prefix) in watched.routes or "static" in _values(change, "protocol")
    if change.kind is Kind.ARP:
        return change.key[1].lower() in watched.names
    if change.kind is Kind.CONFIG:
        return banners.name(change.key[0]) is None  # it names what it likes, and moves no packet
    return change.kind in _NOUNS


def _rank(change: DiffChange, told: ComparedChange, watched: Watched) -> int:
    """What names a watched thing comes first, what was done before what only is so."""
    said = {word.strip(",:;").lower() for word in told.text.split()} | set(told.reach)
    said |= {names.interface(word).lower() for word in said}
    is_named = bool(said & watched.names) or (change.kind is Kind.ROUTES and _is_watched(change, watched))
    return (not is_named) * 2 + (not told.is_deed)


def _is_watched(change: DiffChange, watched: Watched) -> bool:
    return (names.vrf(change.key[0]), change.key[1]) in watched.routes


def _told(change: DiffChange, applied: Mapping[str, tuple[str, ...]]) -> ComparedChange:
    return ComparedChange(
        kind=change.kind,
        change_type=change.change_type,
        key=change.key,
        text=sanitise(_words(change), TEXT),
        command=change.command,
        is_deed=_is_deed(change),
        reach=applied.get(defined(" ".join(change.key)), ()) if change.kind is Kind.CONFIG else (),
        span=_span(change.after or change.before),
        confidence=change.confidence,
        steps=marked.steps(change),
    )


def _span(found: DiffObject | None) -> Span:
    if found is None or not found.spans:
        return 0, 0
    return min(start for start, _ in found.spans), max(end for _, end in found.spans)


def _is_deed(change: DiffChange) -> bool:
    if change.kind is Kind.CONFIG:
        return True
    if change.change_type is not ChangeType.CHANGED:
        return change.kind is Kind.BGP_NEIGHBORS  # those that are configured are shown, whatever becomes of them
    return is_done(change.kind, change.fields)


def _values(change: DiffChange, field: str) -> set[Value]:
    sides = (side for side in (change.before, change.after) if side is not None)
    found: set[Value] = set()
    for value in (value for side in sides for name, value in side.fields if name == field):
        found.update(value if isinstance(value, tuple) else (value,))
    return found


# Words ----------------------------------------------------------------------------------------------------------------


def _words(change: DiffChange) -> str:
    if change.kind is Kind.CONFIG:
        return f"{': '.join(change.key)} {_GONE.get(change.change_type, 'moved')}"
    noun = _noun(change)
    if change.change_type is ChangeType.CHANGED:
        return f"{noun}: {words(change.fields)}"
    known = change.after or change.before
    via = _via(known) if known is not None and change.kind is Kind.ROUTES else ""
    return f"{noun}{via} {_GONE[change.change_type]}"


def _noun(change: DiffChange) -> str:
    noun, key = _NOUNS[change.kind], change.key
    if change.kind is Kind.INTERFACES:
        return f"{noun} {key[0]}"
    vrf, rest = names.vrf(key[0]), " ".join(filter(None, reversed(key[1:])))
    return f"{noun} {rest}" + (f" vrf {vrf}" if vrf != "default" else "")


def _via(route: DiffObject) -> str:
    """` via 10.1.1.2`, by its first way."""
    fields = dict(route.fields)
    for name in ("next_hop", "interface"):
        value = fields.get(name)
        first = next(iter(value), None) if isinstance(value, tuple) else value
        if first:
            return f" via {first}"
    return ""
