"""Pure. How many routes each table has, from the vendors' summaries of their tables: what they share.

    Total number of routes: 1042   →   routes of default: 1042

A vendor's pattern is one of `vital_lines`: `within_vrf` and `within_family` (which has a 6 where it is IPv6's) stand
above a table, its branches `total` and `entries` are rows. What a vendor counts is what it counts: with the
host routes that it keeps for itself, or without.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from statetrace_engine.model import names
from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import vital_lines
from statetrace_engine.parsing.shown import Ask, Parse, Shown, number, vrf_asked
from statetrace_engine.parsing.vital_lines import Said

SOURCE = r"[ ]*+[A-Za-z][\w-]*+(?:[ ][\w().-]++){0,3}[ ]{2,}+\d++(?:[ ]++\d++)*+(?=[ \t]*+$)"
"""One protocol's share: what it is called, and numbers."""
PARTS = r"[ ]++(?:Intra-area:|NSSA[ ]External-1:|External:|Internal:|Level[ -]1:)[ ]"
LENGTHS = r"[ ]++/\d{1,3}[ ]*+:[ ]"
Count = Callable[[Said, Said], int | None]


def table(vrf: str | None, *, is_v6: bool) -> str:
    """What the table of a vrf is called: `RED`, `RED ipv6`."""
    return f"{names.vrf(vrf)} ipv6" if is_v6 else names.vrf(vrf)


def row(vrf: str | None, count: int | None, *, is_v6: bool) -> VitalRow | None:
    return None if count is None else VitalRow(Vital.ROUTES.value, table(vrf, is_v6=is_v6), count)


def is_v6(ask: Ask) -> bool:
    return "ipv6" in ask.command.split()


def plain(said: Said, _within: Said) -> int | None:
    return number(said.get("routes"))


def parser(pattern: re.Pattern[str], count: Count = plain) -> Parse:
    """A row a table. Where no heading says which it is, the command does."""

    def parse(text: str, ask: Ask) -> Shown:
        def total(said: Said, within: Said) -> VitalRow | None:
            vrf = said.get("vrf") or within.get("vrf") or vrf_asked(ask.command)
            family = said.get("family") or within.get("family")
            return row(vrf, count(said, within), is_v6="6" in family if family else is_v6(ask))

        return vital_lines.read(text, pattern, {"total": total, "entries": total})

    return parse
