"""Pure. What the vendors' tables of a device's vitals share: lines, headings above them, and words for a state.

    Fan1(sys_fan1)  N9K-C9300-FAN2       --     front-to-back   Ok

A vendor's pattern is one of `scan.rows`; the empty group at a branch's end says what the line is (`fan`), and its
fields have that name before theirs (`fan_name`). `within` sets what following lines are a part of; `known` says
nothing. What a line's row is called stands in a table: `part(Vital.FAN, "fan {name}")`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.shown import Ask, Parse, Shown

Said = dict[str, str]
Make = Callable[[Said, Said], VitalRow | None]
"""(fields of the line, what it is within) → a row; None: it is understood and tells nothing. It may change what
following lines are within."""
_GOOD = late(r"(?:ok|good|normal|green|online|ready|prsnt|powered-up|passed|operational|on)\b(?![ -]?fail)")
_BAD = late(
    r"fail|fault|insufficient|\bnot[ -]ok\b|\bbad\b|critical|emergency|alarm|alert|\bred\b|yellow|warning|shut ?down|"
    r"no (?:input|response)|power loss|err-disable|removed|mismatch|invalid|not ?prsnt|overheat|stall|stopped|\bdown\b|"
    r"\bcheck\b|\bminor\b|\bmajor\b"
)
_NUMBERS = ("value", "percent", "celsius")
_HIGHEST = 1000
"""No device is warmer, and none uses more percent."""


def known(*beginnings: str) -> str:
    """The branch for lines that say nothing: those that begin so, rulers, and the clock above an answer."""
    return rf"(?:(?:{'|'.join(beginnings)}|[ ]*+[-=]{{2}})[^\n]*+|{scan.CLOCK})(?P<known>)"


def read(text: str, pattern: re.Pattern[str], makes: Mapping[str, Make]) -> Shown:
    """A row a line: what a cut-off text shows, it shows whole."""
    shown = Shown()
    within: Said = {}
    for found in pattern.finditer(text):
        kind = found.lastgroup or "rest"
        if kind == "known":
            continue
        if kind == "within":
            within |= _said(found, "within")
        elif kind in makes:
            row = makes[kind](_said(found, kind), within)
            if row is not None:
                shown.add(row, found.start(), found.end())
        else:
            shown.unparsed.append(found.span())
    return shown


def parser(pattern: re.Pattern[str], makes: Mapping[str, Make]) -> Parse:
    """As `read`: whatever was asked, and wherever its answer ends."""

    def parse(text: str, ask: Ask) -> Shown:
        del ask
        return read(text, pattern, makes)

    return parse


def part(what: Vital, name: str) -> Make:
    """The row of most lines: `name` (`{member} fan {unit}`) is filled in from the line and what it is within, and has
    fields named `value`, `percent` or `celsius`, and `status`, where the line has them."""

    def make(said: Said, within: Said) -> VitalRow:
        number = next((said[each] for each in _NUMBERS if each in said), None)
        return row(what, named(name, said, within), number, said.get("status"))

    return make


def named(name: str, said: Said, within: Said) -> str:
    """What is not there is empty."""
    return name.format_map(defaultdict(str, {**within, **said}))


def _said(found: re.Match[str], kind: str) -> Said:
    head = f"{kind}_"
    groups = found.groupdict().items()
    return {
        name.removeprefix(head): said.strip() for name, said in groups if said is not None and name.startswith(head)
    }


def row(what: Vital, component: str, printed: str | None = None, status: str | None = None) -> VitalRow:
    """`printed`: the number as it stands there."""
    word = " ".join(status.lower().split()) if status else None
    return VitalRow(what.value, " ".join(component.split()), whole(printed), word, is_ok(word))


def limited(what: Vital, component: str, printed: str | None, limit: str | None) -> VitalRow:
    """A number with the bound from which on it is too much."""
    value, bound = whole(printed), _number(limit)
    exact = _number(printed)
    is_below = exact < bound if exact is not None and bound else None
    return VitalRow(what.value, " ".join(component.split()), value, None, is_below)


def share(what: Vital, component: str, used: str, total: str) -> VitalRow | None:
    """So much of so much, in percent."""
    part, whole_of = _number(used), _number(total)
    if part is None or not whole_of or part > whole_of:
        return None
    return VitalRow(what.value, component, round(100 * part / whole_of))


def busy(component: str, idle: str) -> VitalRow | None:
    """A processor by the percent of its time in which it did nothing."""
    left = _number(idle)
    return VitalRow(Vital.CPU.value, component, round(100 - left)) if left is not None and left <= 100 else None


def whole(printed: str | None) -> int | None:
    """A number as printed, rounded; None: none, or no number that a device can mean."""
    found = _number(printed)
    return round(found) if found is not None and abs(found) <= _HIGHEST else None


def _number(printed: str | None) -> float | None:
    try:
        return float(printed) if printed and len(printed) < 16 else None
    except ValueError:
        return None


def is_ok(status: str | None) -> bool | None:
    """None: a word that says neither, or that the part is not there (`absent`, `not present`)."""
    if not status:
        return None
    word = status.lower()
    if _BAD.search(word):
        return False
    return True if _GOOD.match(word) else None
