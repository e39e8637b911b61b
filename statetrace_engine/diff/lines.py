"""Pure. A configuration as a set of paths: each line under the lines that hold it, whatever its neighbours are.

Indentation tells what holds what, in every vendor's own form; JunOS' braces are indented too. The order of lines under
one head is no change, as in most configurations it means nothing: numbered entries carry their order in their number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from statetrace_engine.diff.compare import Table, one_sided
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffObject

Path = tuple[str, ...]
_PASSING = re.compile(
    r"ntp clock-period |! (?:Last configuration|NVRAM config|No configuration)|## Last (?:commit|changed)|"
    r"Building configuration|Current configuration|!Time:|version \S+ by |: Saved|:? ?Written by "
)
"""Lines that a device writes anew with every showing."""
_NOTHING = ("", "!", "}", "#", "exit", "end", "return")


def changes(before: Table, after: Table) -> list[DiffChange]:
    """Lines added and removed, by their path; a line that stands twice under one head is two."""
    old, new = _counted(before), _counted(after)
    gone = _told(before, after, old - new, ChangeType.REMOVED) if after.is_whole else []
    come = _told(before, after, new - old, ChangeType.ADDED) if before.is_whole else []
    return sorted([*gone, *come], key=lambda each: (each.key, each.change_type))


def paths(lines: Sequence[str]) -> Iterator[Path]:
    """The path of each line that says something."""
    return (path for _, path in places(lines))


def places(lines: Iterable[str]) -> Iterator[tuple[int, Path]]:
    """The same, with the number of the line, from 0."""
    heads: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        words = line.strip()
        if words.removesuffix(";") in _NOTHING or _PASSING.match(words):
            continue
        indent = len(line) - len(line.lstrip())
        while heads and heads[-1][0] >= indent:
            heads.pop()
        words = words.removesuffix("{").removesuffix(";").rstrip()
        yield number, (*(head for _, head in heads), words)
        heads.append((indent, words))


def _counted(table: Table) -> Counter[Path]:
    """Of all configurations that the table has, the last: a device has one."""
    return Counter(paths(table.rows[-1].lines)) if table.rows else Counter()


def _told(before: Table, after: Table, found: Counter[Path], change_type: ChangeType) -> list[DiffChange]:
    absent_from = after if change_type is ChangeType.REMOVED else before
    return [
        one_sided(change_type, after.command, DiffObject(Kind.CONFIG, path, ()), absent_from=absent_from)
        for path in found.elements()
    ]
