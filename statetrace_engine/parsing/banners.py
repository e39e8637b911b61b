"""Pure. Banners of a configuration: prose for people, whose lines may read like any line of it.

banner motd ^C          banner login            banner motd #Keep out#
interface Gi0/1         no ip routing
^C                      EOF
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_HEAD = re.compile(
    r"(?:set )?(?P<name>banner(?: (?:motd|login|exec|incoming|slip-ppp|prompt-timeout|post-login|pre-login|lcd))?"
    r"|aaa authentication (?:banner|fail-message))[ \t]*(?:(?P<delimiter>\^[A-Z]|\x03|[^\sA-Za-z0-9])(?P<text>.*))?\s*"
)
"""One with a word behind it (`banner motd line Keep out` of FRR) stands on its line."""
_BEGINNINGS = ("banner", "set banner", "aaa authentication ")
_INITIALS = "".join(each[0] for each in _BEGINNINGS)
"""Told from most lines at once: both configurations of every comparison are gone through."""
_HEREDOC = "EOF"
_LONGEST = 500


class Banner(NamedTuple):
    """Where a banner stands, by the numbers of its first and last line, from 0."""

    name: str
    first: int
    last: int


def nested(lines: Sequence[str]) -> Sequence[str]:
    """The same lines, what a banner says indented below its first line, and its end blank. Not to be done twice."""
    found = list(_banners(lines))
    if not found:
        return lines
    out = list(lines)
    for banner in found:
        for number in range(banner.first + 1, banner.last + 1):
            out[number] = f" {lines[number].strip()}"
        if banner.last > banner.first:
            out[banner.last] = _without_end(lines[banner.first], out[banner.last])
    return out


def apart(lines: Sequence[str]) -> tuple[Sequence[str], Mapping[str, tuple[str, ...]]]:
    """The lines that are no banner's, and each banner's own by its name."""
    found = list(_banners(lines))
    if not found:
        return lines, {}
    within = {number for banner in found for number in range(banner.first, banner.last + 1)}
    rest = [line for number, line in enumerate(lines) if number not in within]
    return rest, {each.name: tuple(map(str.rstrip, lines[each.first : each.last + 1])) for each in found}


def name(line: str) -> str | None:
    """Of a banner's first line, without what it says: `banner motd ^CKeep` → `banner motd`."""
    found = _HEAD.fullmatch(line) if _may_begin(line) else None
    return found["name"] if found is not None else None


def _banners(lines: Sequence[str]) -> Iterator[Banner]:
    at = 0
    for number in [number for number, line in enumerate(lines) if line[:1] in _INITIALS and _may_begin(line)]:
        found = _HEAD.fullmatch(lines[number]) if number >= at else None
        if found is None:
            continue
        last = _last(lines, number, found)
        if last is not None:
            yield Banner(found["name"], number, last)
            at = last + 1


def _may_begin(line: str) -> bool:
    return line.startswith(_BEGINNINGS)


def _last(lines: Sequence[str], first: int, head: re.Match[str]) -> int | None:
    """The number of the line that ends it; None where none does: then nobody knows how far it goes."""
    delimiter = head["delimiter"]
    if delimiter is not None and delimiter in head["text"]:
        return first
    for number in range(first + 1, min(first + _LONGEST, len(lines))):
        line = lines[number]
        if delimiter in line if delimiter is not None else line.strip() == _HEREDOC:
            return number
    return None


def _without_end(head: str, line: str) -> str:
    found = _HEAD.fullmatch(head)
    delimiter = found["delimiter"] if found is not None else None
    return line[: line.index(delimiter)].rstrip() if delimiter is not None else ""
