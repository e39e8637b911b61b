"""Pure. A configuration as a set of paths: each line under the lines that hold it, whatever its neighbours are.

Indentation tells what holds what, in every vendor's own form; JunOS' braces are indented too. The order of lines under
one head is no change, as in most configurations it means nothing. Where the first that matches decides, in access
lists, the classes of a policy and Junos' terms, a line that stands elsewhere than before has moved: it is changed, in
its place of the list and in what it stands behind. The number of an entry is where it stands, and no part of what it
says: entries that were numbered anew are the same. What a banner says is held by the banner, whatever it reads like.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, compress, count
from operator import ne

from msgspec.structs import replace

from statetrace_engine.diff import order
from statetrace_engine.diff.compare import Table, UnreadableError, one_sided
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffObject, FieldChange, Span
from statetrace_engine.parsing import banners

Path = order.Path
_PASSING = re.compile(
    r"ntp clock-period |! (?:Last configuration|NVRAM config|No configuration)|## Last (?:commit|changed)|"
    r"Building configuration|Current configuration|!Time:|version \S+ by |: Saved|:? ?Written by "
)
"""Lines that a device writes anew with every showing."""
_SET = re.compile(r"(?:prefix|as-path|community|extcommunity|large-community|rd)-set ")
"""Heads of IOS XR whose members end in a comma, all but the last."""
_NOTHING = frozenset(
    ("", "!", "}", "#", "exit", "end", "return", "exit-address-family", "exit-peer-policy", "exit-peer-session",
     "exit-vrf", "end-policy", "end-set", "end-policy-map", "end-class-map", "end-group", "end-template")
)  # fmt: skip
"""What only closes what stands above it."""
_INACTIVE, _SECRET = "inactive: ", " ## SECRET-DATA"
"""What Junos says of a line: it counts for nothing, with all that it holds, which is told as one line more below it and
not as another name; it holds a secret."""
_WRITTEN = ("set ", "deactivate ", "protect ")
_SAMPLE = 100
_ENDS, _BEHIND_END = ("end", "return"), 3
"""The last line of a configuration that has such a one."""


def breaks_off(lines: Sequence[str], beside: Sequence[str]) -> bool:
    """Whether these lines lack the end that those have, as where somebody left the pager: `end`, or the braces of what
    is open."""
    if not lines or not beside:
        return False
    if _has_end(beside) and not _has_end(lines):
        return True
    return _opened(beside) == 0 and _opened(lines) > 0


def _has_end(lines: Sequence[str]) -> bool:
    """Maybe with something behind it: `Connection to 10.0.0.1 closed.`"""
    return any(line.rstrip() in _ENDS for line in lines[-_BEHIND_END:])


def _opened(lines: Sequence[str]) -> int:
    """How many braces stay open, of a configuration that has them at its margin."""
    if not any(line.endswith("{") and line[:1].strip() for line in lines):
        return -1
    return sum(line.endswith("{") for line in lines) - sum(line.strip() == "}" for line in lines)


def _is_written_out(lines: Sequence[str]) -> bool:
    return sum(line.startswith(_WRITTEN) for line in lines[:_SAMPLE]) > len(lines[:_SAMPLE]) / 2


def ended(before: Table, after: Table) -> tuple[Table, Table]:
    """Both, the one that breaks off beside the other as cut off: of one system, as not all have an end.

    Raises UnreadableError, also where one is written out in `set` lines and the other is not: Junos shows a
    configuration in either way by one command.
    """
    if before.vendor != after.vendor or not before.rows or not after.rows:
        return before, after
    old, new = before.rows[-1].lines, after.rows[-1].lines
    if _is_written_out(old) != _is_written_out(new):
        raise UnreadableError("`set` lines on one side, and not on the other")
    return (
        before._replace(is_whole=before.is_whole and not breaks_off(old, new)),
        after._replace(is_whole=after.is_whole and not breaks_off(new, old)),
    )


def changes(before: Table, after: Table) -> list[DiffChange]:
    """Lines added, removed and moved, by their path; a line that stands twice under one head is two."""
    old, new = (tuple(_paths(lines)) for lines in _apart(_lines(before), _lines(after)))
    gone = _told(before, after, _surplus(old, new), ChangeType.REMOVED) if after.is_whole else []
    come = _told(before, after, _surplus(new, old), ChangeType.ADDED) if before.is_whole else []
    moved = _moved(before, after, old, new) if before.is_whole and after.is_whole else []
    return sorted([*gone, *come, *moved], key=lambda each: (each.key, each.change_type))


def _moved(before: Table, after: Table, old: Iterable[Path], new: Iterable[Path]) -> list[DiffChange]:
    """Lines of both that stand elsewhere in a list whose first match decides. `old` and `new` are what differs: only
    where something moved there the whole is looked at, which knows how each list begins."""
    if not any(moved for *_, moved in order.moved(order.lists(old), order.lists(new))):
        return []
    found = order.moved(*(order.lists(_paths(_lines(table))) for table in (before, after)))
    return [change for was, now, moved in found for change in _changed(after.command, was, now, moved)]


def _changed(
    command: str, was: Sequence[order.Listed], now: Sequence[order.Listed], moved: Sequence[order.Listed]
) -> Iterator[DiffChange]:
    stayed = set(was) & set(now) - set(moved)
    stood, stands = order.standing(was, stayed), order.standing(now, stayed)
    for line in moved:
        old, new = (DiffObject(Kind.CONFIG, line[0], fields[line]) for fields in (stood, stands))
        both = zip(old.fields, new.fields, strict=True)
        fields = tuple(FieldChange(name, one, other) for (name, one), (_, other) in both if one != other)
        yield DiffChange(ChangeType.CHANGED, Kind.CONFIG, command, line[0], old, new, fields)


# Lines and where they stand -------------------------------------------------------------------------------------------


def paths(lines: Sequence[str]) -> Iterator[Path]:
    """The path of each line that says something."""
    return _paths(banners.nested(lines))


def places(lines: Sequence[str]) -> Iterator[tuple[int, Path]]:
    """The same, with the number of the line, from 0."""
    return _places(banners.nested(lines))


def _paths(nested: Iterable[str]) -> Iterator[Path]:
    return (path for _, path in _places(nested))


def _places(nested: Iterable[str]) -> Iterator[tuple[int, Path]]:
    heads: list[tuple[int, str]] = []
    for number, line in enumerate(nested):
        words = line.strip()
        if _says_nothing(words):
            continue
        indent = len(line) - len(line.lstrip())
        while heads and heads[-1][0] >= indent:
            heads.pop()
        is_inactive = words.startswith(_INACTIVE)
        words = words.removeprefix(_INACTIVE).removesuffix("{").removesuffix(_SECRET).removesuffix(";").rstrip()
        if heads and _SET.match(heads[-1][1]):
            words = words.removesuffix(",")
        yield number, (*(head for _, head in heads), words)
        if is_inactive:
            yield number, (*(head for _, head in heads), words, _INACTIVE.rstrip(": "))
        heads.append((indent, banners.name(line) or words))


Spans = Mapping[Path, Sequence[Span]]


def spans(text: str, start: int) -> dict[Path, list[Span]]:
    """Where each line of a configuration stands, by its path, an entry with a number also by what it says, and each
    term of `display set`, which begins with its first line; the text begins at `start`."""
    shown = text.splitlines(keepends=True)
    starts = list(accumulate(map(len, shown), initial=start))
    found: dict[Path, list[Span]] = {}
    for number, path in places(shown):
        span = starts[number], starts[number] + len(shown[number].rstrip())
        found.setdefault(path, []).append(span)
        if term := order.term_of(path):
            found.setdefault(term, [span])
        if (said := order.said(path)) != path:
            found.setdefault(said, []).append(span)
    return found


def placed(
    changes: Iterable[DiffChange], before: Callable[[str], Spans], after: Callable[[str], Spans]
) -> tuple[DiffChange, ...]:
    """The same with where lines stand, by the command that shows them. One that is there more often than it came or
    went cannot be told from its equals."""
    changes = tuple(changes)
    told = Counter(_name(each) for each in changes if each.kind is Kind.CONFIG)
    passed: Counter[tuple[str, Path, ChangeType]] = Counter()
    out: list[DiffChange] = []
    for change in changes:
        name = _name(change)
        if name in told:
            sides = {"before": (change.before, before), "after": (change.after, after)}
            at, passed[name] = passed[name], passed[name] + 1
            for side, (known, spans_of) in sides.items():
                found = spans_of(change.command).get(change.key, ()) if known is not None else ()
                if known is not None and len(found) == told[name]:
                    change = replace(change, **{side: replace(known, spans=(found[at],))})
        out.append(change)
    return tuple(out)


def _name(change: DiffChange) -> tuple[str, Path, ChangeType]:
    return change.command, change.key, change.change_type


def _lines(table: Table) -> Sequence[str]:
    """Of all configurations that the table has, the last: a device has one."""
    return banners.nested(table.rows[-1].lines) if table.rows else ()


def _apart(old: Sequence[str], new: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Both without what they begin and end with alike, as far as whole sections go: it counts the same for both."""
    same = _same(old, new)
    while same and not _begins_section(old, new, same):
        same -= 1
    old, new = old[same:], new[same:]
    rest = _same(old[::-1], new[::-1])
    while rest and not _begins_section(old[len(old) - rest :], new[len(new) - rest :], 0):
        rest -= 1
    return old[: len(old) - rest], new[: len(new) - rest]


def _same(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both begin with."""
    return next(compress(count(), map(ne, old, new)), min(len(old), len(new)))


def _begins_section(old: Sequence[str], new: Sequence[str], at: int) -> bool:
    """Whatever stands from there on has no head before it."""
    first = (lines[at] for lines in (old, new) if at < len(lines))
    return all(line[:1].strip() and not _says_nothing(line.strip()) for line in first)


def _says_nothing(words: str) -> bool:
    return words.removesuffix(";") in _NOTHING or _PASSING.match(words) is not None


def _surplus(here: Sequence[Path], there: Sequence[Path]) -> list[Path]:
    """Lines that say what is said here more often than there: of those that say the same the ones whose number is not
    there, and rather the last."""
    more = Counter(map(order.said, here)) - Counter(map(order.said, there))
    of_each: dict[Path, list[Path]] = {}
    for path in reversed(here):
        if (said := order.said(path)) in more:
            of_each.setdefault(said, []).append(path)
    known = set(there)
    return [path for said, alike in of_each.items() for path in sorted(alike, key=known.__contains__)[: more[said]]]


def _told(before: Table, after: Table, found: Iterable[Path], change_type: ChangeType) -> list[DiffChange]:
    absent_from = after if change_type is ChangeType.REMOVED else before
    return [
        one_sided(change_type, after.command, DiffObject(Kind.CONFIG, path, ()), absent_from=absent_from)
        for path in found
    ]
