"""Pure. Lists of a configuration whose first match decides: which lines are of one, in which order, and what moved.

ip access-list extended EDGE       policy-map P     policy-statement OUT {     access-list 101 permit ip any any
 permit ip any any                  class VOICE         term A {

A list is known by the path of its head, or by what its lines begin with.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set

from statetrace_engine.model.diff import BEHIND, PLACE, Value

Path = tuple[str, ...]
"""A line under the lines that hold it."""
_ACCESS = r"(?:ip|ipv4|ipv6|mac) access-list |access-list (?:ip|ipv6|mac) "
_ACCESS_LIST = re.compile(_ACCESS)
_FIRST_DECIDES = re.compile(rf"{_ACCESS}|policy-map |(?:policy-statement|route-policy|filter) ")
"""Heads of what is asked from its first line on until one matches."""
_LISTED = re.compile(r"(?:ipv6 )?access-list (?!(?:ip|ipv6|mac) \S+$)\S+ ")
"""The same, written out with every line of it."""
_DOES = r"(?=(?:permit|deny|remark|comment)\b)"
_NUMBER = re.compile(rf"(?:seq(?:uence)? )?\d+ {_DOES}")
_LISTED_NUMBER = re.compile(rf"(?<= )seq \d+ {_DOES}")
"""Of an entry of an access list, where it stands."""
_TERM = re.compile(
    r"""(set (?:\S+ )*?(?:policy-statement|filter) (?:"[^"]*"|\S+)) (term (?:"[^"]*"|\S+))(?: |$)""",
)
"""Junos' own, in a line of what it prints by `display set`; the lines of a term follow each other."""

Listed = tuple[Path, int]
"""A line of a list, and how often it stood there before."""
Lists = dict[Path | str, list[Listed]]


def moved(before: Lists, after: Lists) -> Iterator[tuple[list[Listed], list[Listed], list[Listed]]]:
    """Of each list of both: as it was, as it is, and what moved in it: as little as explains it, the same in whichever
    direction it is asked."""
    for name in before.keys() & after.keys():
        one, other = sorted((before[name], after[name]))
        at = {line: number for number, line in enumerate(other)}
        both = [line for line in one if line in at]
        kept = longest_rise([at[line] for line in both])
        yield before[name], after[name], [line for line in both if at[line] not in kept]


def standing(listed: Sequence[Listed], stayed: Set[Listed]) -> dict[Listed, tuple[tuple[str, Value], ...]]:
    """The place of each line of a list, and what it stands behind, in one walk: a list may have 20,000 lines."""
    found: dict[Listed, tuple[tuple[str, Value], ...]] = {}
    behind: Value = None
    for place, (path, times) in enumerate(listed, 1):
        found[path, times] = (PLACE, place), (BEHIND, behind)
        if (path, times) in stayed:
            which = f" ({times + 1})" if times else ""  # of lines that read alike, so that one is not taken for another
            behind = f"{path[-1]}{which}"
    return found


def lists(shown: Iterable[Path]) -> Lists:
    """The lines of each such list in their order."""
    found: Lists = {}
    seen: Counter[Path] = Counter()
    for path in map(said, shown):
        listed, term = _LISTED.match(path[-1]), term_of(path)
        if term is not None:
            if not seen[term]:
                found.setdefault(term[:-1], []).append((term, 0))
            seen[term] += 1
        elif len(path) > 1 and _FIRST_DECIDES.match(path[-2]):
            found.setdefault(path[:-1], []).append((path, seen[path]))
        elif listed is not None:
            found.setdefault(listed[0], []).append((path, seen[path]))
        seen[path] += 1
    return found


def said(path: Path) -> Path:
    """A line without its number in its access list: `10 permit ip any any` → `permit ip any any`. Numbered anew it says
    the same, where it stands in the order is what counts."""
    words = path[-1]
    if len(path) > 1 and _ACCESS_LIST.match(path[-2]):
        return (*path[:-1], _NUMBER.sub("", words, count=1)) if _NUMBER.match(words) else path
    if len(path) == 1 and " seq " in words and _LISTED.match(words):
        return (_LISTED_NUMBER.sub("", words, count=1),)
    return path


def term_of(path: Path) -> Path | None:
    """The term that a line of `display set` is of, below its list: `set … filter F term A then accept` → `set … filter
    F`, `term A`."""
    is_set = len(path) == 1 and path[0].startswith("set ") and " term " in path[0]
    found = _TERM.match(path[0]) if is_set else None
    return (found[1], found[2]) if found is not None else None


def longest_rise(numbers: Sequence[int]) -> set[int]:
    """The members of a longest subsequence that rises; the numbers differ."""
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tops, number)
        before[number] = tops[at - 1] if at else None
        tops[at : at + 1] = [number]
    found, last = set[int](), tops[-1] if tops else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found
