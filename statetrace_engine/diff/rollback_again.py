"""Pure. What a line takes along on the device, and what is therefore typed again behind it.

vrf forwarding RED              takes the addresses of the interface away
passive-interface default       forgets which interfaces are not passive
no neighbor 10.0.0.1 peer-group PEERS       takes the whole neighbour
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from statetrace_engine.diff.rollback_writing import Line


class Taking(NamedTuple):
    """`line` takes along what stands beside it and begins with `along`; `{}` is what `line` names."""

    line: re.Pattern[str]
    along: str
    unless: str = "$"
    """Where this is typed too, it stands for `line`, which is left out."""


_TAKING = (
    Taking(re.compile(r"(?:no )?(?:ip )?vrf (?:forwarding|member)\b.*"), r"(?:ip|ipv6) "),
    Taking(re.compile(r"passive-interface default"), r"no passive-interface "),
    Taking(re.compile(r"no (?P<name>neighbor \S+) peer-group\b.*"), r"{} "),
    Taking(re.compile(r"no (?P<name>neighbor \S+) remote-as\b.*"), r"{} ", unless=r"{} remote-as "),
)


def completed(found: Sequence[Line], wanted: Sequence[Line]) -> list[Line]:
    """`wanted`: all that is to be there, in the same form."""
    below = {line.text: line.below for line in wanted}
    out: list[Line] = []
    for line in found:
        under = below.get(line.text, ())
        kept = completed(line.below, under) if line.below else []
        out.append(line._replace(below=(*kept, *_again(kept, under))))
    return out


def _again(found: Sequence[Line], wanted: Sequence[Line]) -> Iterator[Line]:
    known = {line.text for line in found}
    for taking in _TAKING:
        for line in found:
            if (taken := taking.line.fullmatch(line.text)) is None:
                continue
            name = re.escape(taken.groupdict().get("name") or "")
            along, unless = (re.compile(each.format(name)) for each in (taking.along, taking.unless))
            if any(map(unless.match, known)):
                continue
            again = [each for each in wanted if along.match(each.text) and each.text not in known]
            known |= {each.text for each in again}
            yield from again
