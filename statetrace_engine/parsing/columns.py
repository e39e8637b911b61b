"""Pure. Tables whose columns stand where their heading, or the ruler below it (`---- -----`), says.

Cells may be empty or hold spaces, so words cannot be counted. A value that is wider than its column pushes the rest of
its line to the right: a column then begins at the next space.
"""

from __future__ import annotations

import re
from itertools import pairwise

_DASHES = re.compile(r"-+")
_GAPS = ("", " ", "|")


def ruler(line: str) -> tuple[int, ...]:
    """Where the columns under `  ---- ------- + ---` begin."""
    return tuple(found.start() for found in _DASHES.finditer(line))


def heading(line: str, names: tuple[str, ...]) -> tuple[int, ...] | None:
    """Where the named columns begin; None: the line is not their heading."""
    starts: list[int] = []
    at = 0
    for name in names:
        at = line.find(name, at)
        if at < 0:
            return None
        starts.append(at)
        at += len(name)
    return tuple(starts)


def cells(line: str, starts: tuple[int, ...]) -> list[str]:
    """The cells of a line, each without the spaces and the `|` around it; always as many as there are columns."""
    if all(line[start - 1 : start] in _GAPS for start in starts):
        return [line[a:b].strip(" |\t") for a, b in zip((0, *starts[1:]), (*starts[1:], None), strict=True)]
    cuts = [0]
    for start in starts[1:]:
        at = max(start, cuts[-1])
        while 0 < at < len(line) and line[at - 1] not in " |" and line[at] != " ":
            at += 1
        cuts.append(at)
    cuts.append(max(len(line), cuts[-1]))
    return [line[a:b].strip(" |\t") for a, b in pairwise(cuts)]
