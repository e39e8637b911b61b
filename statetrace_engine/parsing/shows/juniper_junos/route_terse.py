"""Pure. `show route terse` of JunOS.

A V Destination        P Prf   Metric 1   Metric 2  Next hop        AS path
* ? 10.0.0.0/24        B 170        100            >10.1.1.2        65001 I
                                                    10.1.2.2
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown
from statetrace_engine.parsing.shows.juniper_junos.protocols import TABLE, lettered, table

_LINES = scan.rows(
    r"""(?P<mark>[*+ -])[ ](?:[?VIUN!][ ]|[ ]{1,2})?(?:[ ]*+(?P<to>(?=[^\s.:/\d]*+[.:/\d])[^\s%>]++))?[ ]++(?P<letter>[A-Z])[ ]++(?P<pref>\d{1,10}+)
        (?:[ ]++(?P<metric>\d{1,10}+)(?=[ ]))?(?:[ ]++(?P<metric2>\d{1,10}+)(?=[ ]))?
        [ ]++(?P<first>>?[A-Za-z0-9:][^\s>]*+)(?:[ ][^\n]*)?(?P<entry>)""",
    r"[ ]{2,}(?:valid|invalid|unverified|unknown)?[ ]*+(?P<more>>?(?=[^\s.:/\d]*+[.:/\d])[A-Za-z0-9:][^\s>]*+)(?:[ ][^\n]*)?(?P<sibling>)",
    rf"{TABLE}(?P<heading>)",
    r"(?:[+@#*-][ ]=[ ]|A[ ](?:V[ ])?Destination|Restart[ ]|\{|[ ]++(?:valid|invalid|unverified|unknown)$)[^\n]*+(?P<legend>)",
)
_SPECIAL = frozenset(
    ("discard", "reject", "receive", "local", "multirecv", "multicast", "table", "indirect", "unusable")
)
_ADDRESS = re.compile(r"\d++\.\d++\.\d++\.\d++|[0-9a-fA-F]*+:[0-9a-fA-F:.]++")


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop. The first metric of a BGP route is its local preference, and so no metric."""
    del ask
    shown = Shown()
    vrf = "default"
    to: str | None = None
    last: RouteRow | None = None
    for found in _LINES.finditer(text):
        kind = found.lastgroup
        if kind == "heading":
            vrf, to, last = table(found["table"]), None, None
        elif kind == "entry" and (found["to"] or to):
            to = found["to"] or to
            assert to is not None
            last = _row(vrf, to, found)
            shown.add(last, found.start(), found.end())
        elif kind == "sibling" and last:
            hop, interface = _hop(found["more"])
            row = RouteRow(vrf, last.prefix, hop, interface, *_rest(last))
            shown.add(row, found.start(), found.end())
        elif kind != "legend":
            shown.unparsed.append(found.span())
    return shown


def _rest(row: RouteRow) -> tuple[str | None, str | None, int | None, int | None, None, None, bool | None]:
    return row.protocol, row.protocol_code, row.admin_distance, row.metric, None, None, row.active


def _row(vrf: str, to: str, found: re.Match[str]) -> RouteRow:
    letter, pref = found["letter"], found["pref"]
    hop, interface = _hop(found["first"])
    metric = found["metric2"] if letter == "B" else found["metric"]
    return RouteRow(
        vrf,
        prefix(to) or to,
        hop,
        interface,
        lettered(letter),
        letter,
        int(pref),
        int(metric) if metric else None,
        None,
        None,
        found["mark"] in "*+",
    )


def _hop(word: str) -> tuple[str | None, str | None]:
    bare = word.removeprefix(">")
    if _ADDRESS.fullmatch(bare):
        return host(bare), None
    return None, None if bare.lower() in _SPECIAL else bare
