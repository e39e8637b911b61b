"""Pure. `show route detail` and `extensive` of JunOS.

10.0.0.0/24 (2 entries, 1 announced)
        *BGP    Preference: 170/-101
                Next hop: 10.1.1.2 via ge-0/0/0.0, selected
                Age: 1d 2:03:04         Metric: 10
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re

from msgspec import Struct, field

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown, missed, number
from statetrace_engine.parsing.shows.juniper_junos.protocols import ACTIVE, TABLE, discarded, named, table

_LINES = scan.rows(
    r"(?P<to>[^\s%]\S*+)(?:[ ][A-Z][A-Za-z/]*+)?[ ]\(\d++[ ]entr(?:y|ies),[ ]\d++[ ]announced\)[^\n]*+(?P<route>)",
    r"[ ]{4,}+(?P<mark>[*+@#-]?)(?P<name>[A-Za-z][\w.-]*+)[ ]++(?:Preference:[ ](?P<pref>\d{1,10}+)(?:/-?\d++)?|/-\d++)(?P<entry>)",
    r"[ ]++Next[ ]hop:[ ](?:(?P<hop>[0-9A-Fa-f]++[.:][^\s,]*+)[ ])?via[ ](?P<out>[^\s,]++)[^\n]*+(?P<next>)",
    r"""[ ]++(?:Next[ ]hop[ ]type:[ ](?P<type>\w++)[^\n]*+(?P<typed>)|Interface:[ ](?P<own>\S++)(?P<at>)
        |Indirect[ ]next[ ]hops:[^\n]*+(?P<resolved>))""",
    rf"{TABLE}(?P<heading>)",
    r"(?:[+@#*-][ ]=[ ]|Restart[ ]|\{)[^\n]*+(?P<legend>)",
    r"[ \t]++(?P<word>Age|Tag|Metric):[ ](?P<value>\d[^\n\t]*?)(?:[ \t]{2,}+[^\n]*|\t[^\n]*)?(?P<fact>)",
    rf"(?!{scan.LOG_VERBOSE})(?:[ \t]++\S|TSI:|KRT[ ]|Page[ ]|Path[ ]|BGP[ ]|OSPF|IS-IS|Indirect|Statics|Advertised)[^\n]*+(?P<more>)",
)
_BARE = frozenset(("Discard", "Reject", "Receive", "MultiRecv", "Multirecv", "Multicast", "Local", "Table", "Unusable"))
_DESTINATION = re.compile(r"[^\s%/]*+/\S|[^\n%]*\bentr(?:y|ies),")
"""Begins what we cannot read: what is offered below it is not the last destination's."""
_METRIC = re.compile(r"\bMetric: (\d{1,10}+)")


class _Entry(Struct):
    """One protocol's offer for a destination: its facts stand below its next hops."""

    start: int
    end: int
    name: str
    pref: str | None
    is_active: bool
    hops: list[tuple[str | None, str | None]] = field(default_factory=list)
    kind: str = ""
    interface: str | None = None
    """Of a route to the device itself."""
    is_told: bool = False
    """What follows are the same next hops again, as indirect ones resolve to them."""
    facts: dict[str, str] = field(default_factory=dict)


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; the rows of one entry share its lines."""
    shown = Shown()
    vrf = "default"
    to: re.Match[str] | None = None
    entry: _Entry | None = None
    for found in _LINES.finditer(text):
        kind = found.lastgroup
        if kind in ("entry", "route", "heading"):
            _close(text, shown, vrf, to, entry)
            entry = None
            if kind == "route":
                to = found
            elif kind == "heading":
                vrf, to = table(found["table"]), None
            elif to is None:
                shown.unparsed.append(found.span())
            else:
                entry = _Entry(*found.span(), found["name"], found["pref"], found["mark"] in ACTIVE)
        elif kind == "rest":
            shown.unparsed.append(found.span())
            if _DESTINATION.match(found[0]):
                _close(text, shown, vrf, to, entry)
                to = entry = None
        elif entry:
            _tell(entry, found)
    if ask.is_truncated and entry:
        shown.unparsed = [span for span in shown.unparsed if span[0] < entry.start]
        missed(text, entry.start, len(text), shown.unparsed)
    else:
        _close(text, shown, vrf, to, entry)
    shown.unparsed = sorted(set(shown.unparsed))
    return shown


def _tell(entry: _Entry, found: re.Match[str]) -> None:
    entry.end = found.end()
    if entry.is_told:
        return
    if found.lastgroup == "next":
        entry.hops.append((host(found["hop"]) if found["hop"] else None, found["out"]))
    elif found.lastgroup == "typed":
        entry.kind = entry.kind or found["type"]
    elif found.lastgroup == "at":
        entry.interface = found["own"]
    elif found.lastgroup == "resolved":
        entry.is_told = True
    elif found.lastgroup == "fact":
        entry.facts.setdefault(found["word"], found["value"].strip())
        if metric := _METRIC.search(found[0]):
            entry.facts.setdefault("Metric", metric[1])


def _close(text: str, shown: Shown, vrf: str, to: re.Match[str] | None, entry: _Entry | None) -> None:
    if entry is None or to is None:
        return
    hops = entry.hops or ([(None, entry.interface or discarded(entry.kind))] if entry.kind in _BARE else [])
    if not hops:
        missed(text, entry.start, entry.end, shown.unparsed)
    for hop, out in hops:
        row = RouteRow(
            vrf,
            prefix(to["to"]) or to["to"],
            hop,
            out,
            named(entry.name),
            f"{entry.name}/{entry.pref}" if entry.pref else entry.name,
            int(entry.pref) if entry.pref else None,
            _number(entry.facts.get("Metric")),
            _number(entry.facts.get("Tag")),
            ages.seconds(entry.facts.get("Age", "never")),
            entry.is_active,
        )
        shown.add(row, entry.start, entry.end)


def _number(value: str | None) -> int | None:
    words = (value or "").split(None, 1)
    return number(words[0]) if words else None
