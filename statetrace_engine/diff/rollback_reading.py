"""Pure. A configuration in the form in which a library that knows lines and nothing else takes it back rightly.

access-list 101 permit icmp any any         `no` of one such line takes the whole list away on IOS: as a block instead,
                                            whose entries can be taken away one by one
switchport trunk allowed vlan 1-9           two lines, one list: the first, typed alone, forgets what the second adds
switchport trunk allowed vlan add 200-210
inactive: ge-0/0/1 {                        a state of Junos, and no name
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from statetrace_engine.parsing import banners

_NUMBERED = re.compile(r"access-list (?P<number>\d+) (?P<entry>(?:permit|deny|remark|dynamic)\b.*)")
_STANDARD, _EXTENDED = (range(1, 100), range(1300, 2000)), (range(100, 200), range(2000, 2700))
_ALLOWED = re.compile(r"(?P<head>\s*switchport trunk allowed vlan )add (?P<more>[\d,-]+)\s*")
_INACTIVE = re.compile(r"(?P<indent>\s*)inactive: (?P<rest>.*)")
_NOT_SET = ("#", "version ", "set version ")
"""Comments of Junos, and what the system writes of itself."""
_SECRET_DATA = re.compile(r";?\s*## SECRET-DATA\s*$")


_REPEATING = ("cisco_xr", "juniper_junos")
"""Below one line of theirs the same may stand twice."""


class Read(NamedTuple):
    """A configuration, and what of it is told apart from its lines."""

    lines: tuple[str, ...]
    banners: Mapping[str, tuple[str, ...]]
    inactive: tuple[str, ...]
    """Paths of Junos that are there and count for nothing."""


def read(vendor: str, lines: Sequence[str]) -> Read:
    rest, said = banners.apart(lines)
    rest = _once(rest, vendor)
    inactive: tuple[str, ...] = ()
    if vendor == "cisco_ios":
        rest = _blocks(rest)
    elif vendor == "juniper_junos":
        rest, inactive = _active(rest)
    return Read(tuple(_whole_lists(rest)), said, inactive)


def said_apart(running: Read, wanted: Read) -> Iterator[str]:
    """What of both differs and is no matter of lines."""
    names = sorted(running.banners.keys() | wanted.banners.keys())
    for name in names:
        if running.banners.get(name) != wanted.banners.get(name):
            yield f"{name} differs: what it said is for people, and is put back by hand"


def _once(lines: Sequence[str], vendor: str) -> list[str]:
    """Without a line that was there already, at the margin or, but for policies of IOS XR, below the same line: it
    stands for the same thing, and the library refuses it. What stands below it goes along."""
    seen: list[tuple[int, set[str]]] = []
    kept: list[str] = []
    skipped: int | None = None
    for line in lines:
        words = line.strip()
        indent = len(line) - len(line.lstrip())
        if skipped is not None and indent > skipped:
            continue
        while seen and seen[-1][0] > indent:
            seen.pop()
        if not seen or seen[-1][0] < indent:
            seen.append((indent, set()))
        is_again = words in seen[-1][1] and words != "}" and (not indent or vendor not in _REPEATING)
        skipped = indent if is_again else None
        seen[-1][1].add(words)
        if not is_again:
            kept.append(line)
    return kept


def _blocks(lines: Sequence[str]) -> list[str]:
    """Numbered access lists as named ones, each where its first line stood."""
    out: list[str] = []
    found: dict[str, list[str]] = {}
    for line in lines:
        entry = _NUMBERED.fullmatch(line)
        kind = _kind(int(entry["number"])) if entry is not None else None
        if entry is None or kind is None:
            out.append(line)
            continue
        head = f"ip access-list {kind} {entry['number']}"
        if head not in found:
            out.append(head)
        found.setdefault(head, []).append(f" {entry['entry']}")
    return [each for line in out for each in (line, *found.get(line, ()))]


def _kind(number: int) -> str | None:
    if any(number in each for each in _STANDARD):
        return "standard"
    return "extended" if any(number in each for each in _EXTENDED) else None


def _whole_lists(lines: Iterable[str]) -> Iterator[str]:
    held: str | None = None
    for line in lines:
        more = _ALLOWED.fullmatch(line)
        if more is not None and held is not None and held.startswith(more["head"]):
            held = f"{held.rstrip()},{more['more']}"
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _active(lines: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Junos' lines without the word that makes them count for nothing, and the paths of those; no comments."""
    heads: list[tuple[int, str]] = []
    out, inactive = [], []
    is_comment = False
    for line in lines:
        words = line.strip()
        is_comment = is_comment or words.startswith("/*")
        if is_comment or words.startswith(_NOT_SET):
            is_comment = is_comment and not words.endswith("*/")
            continue
        if words.startswith("deactivate "):
            inactive.append(words.removeprefix("deactivate "))
            continue
        found = _INACTIVE.fullmatch(line)
        line = _SECRET_DATA.sub(";", f"{found['indent']}{found['rest']}" if found is not None else line)
        indent, words = len(line) - len(line.lstrip()), line.strip().rstrip("{;").rstrip()
        while heads and heads[-1][0] >= indent:
            heads.pop()
        if found is not None:
            inactive.append(" ".join([*(head for _, head in heads), words]))
        if line.rstrip().endswith("{"):
            heads.append((indent, words))
        out.append(line)
    return out, tuple(inactive)
