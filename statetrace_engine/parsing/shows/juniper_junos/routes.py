"""Pure. `show route` of JunOS: brief, terse and detail, of every table.

    0.0.0.0/0          *[BGP/170] 1w5d 20:30:29, localpref 100, from 10.0.0.1
                          AS path: 65001 I, validation-state: unverified
                        > to 172.30.25.1 via ge-0/0/1.0

The table is the VRF: `inet.0` is the default's, `RED.inet.0` is RED's; any other (`mpls.0`, `inet.3`) keeps its name.
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.parsing import ages, scan
from statetrace_engine.parsing.prefixes import host, prefix
from statetrace_engine.parsing.shown import Ask, Shown
from statetrace_engine.parsing.shows.juniper_junos import route_detail, route_terse
from statetrace_engine.parsing.shows.juniper_junos.protocols import ACTIVE, TABLE, discarded, named, table

HEADER = re.compile(r"^\S+: \d+ destinations, \d+ routes \(", re.MULTILINE)
_DETAIL = re.compile(r"^\S[^\n]* \(\d+ entr(?:y|ies), \d+ announced\)", re.MULTILINE)
_TERSE = re.compile(r"^A (?:V )?Destination +P Prf", re.MULTILINE)

_ENTRY = (
    r"(?P<mark>[*+@#-]?)\[(?P<name>[A-Za-z][\w.-]*+)(?:/(?P<pref>\d{1,10})(?:/-?\d++)?|[ ])\][ \t]*+(?P<said>[^\n]*+)"
)
_LINES = scan.rows(
    rf"(?:(?P<to>[^\s%\[]\S*+)[ ]++|[ ]++){_ENTRY}(?P<entry>)",
    r"""[ ]++(?P<chosen>>)?[ ]*+(?:
        to[ ](?:\#\d++[ ]\S++|(?!table|\#)(?P<hop>[^\s,]++))(?:[ ]via[ ](?P<out>[^\s,]++))?
      | (?:Local[ ])?via[ ](?P<only>[^\s,]++)
      | (?P<special>Discard|Reject|Receive|Multi[rR]ecv|Multicast|Unusable|Indirect|Table|Dead|Deny|Hold|Flood
                   |to[ ]table[ ]\S++|Local|Service|Tunnel|Private|indirect|unusable)
      )(?:[,; ][^\n]*)?(?P<next>)""",
    rf"{TABLE}(?P<heading>)",
    r"(?:[+@#*-][ ]=[ ]|Restart[ ]|Limit/Threshold:|\{master|\{backup|\{primary|\{secondary)[^\n]*+(?P<legend>)",
    r"""[ ]++(?:AS[ ]path:|validation-state:|Session[ ]|Communities:|[Tt]o[ ]\S+,[ ]|\#|@|Path[ ]|Load[ ]balance
        |Originator|Cluster)[^\n]*+(?P<more>)""",
    r"(?P<alone>(?:[0-9A-Fa-f.:]++/\d{1,3}+|\d++:\S++|[0-9A-Fa-f:.]{3}\S*+)(?:[ ][A-Z][A-Za-z/]*+)?)",
)

_DESTINATION = re.compile(r"[^\s%/]*+/\S")
"""Begins a line of a destination that we cannot read: what is offered below it is not the last one's."""


def parse(text: str, ask: Ask) -> Shown:
    """A RouteRow per next hop; an inactive one has `active` False; a discard's interface is the word `Discard`."""
    if _DETAIL.search(text):
        return route_detail.parse(text, ask)
    if "terse" in ask.command.split() or _TERSE.search(text):
        return route_terse.parse(text, ask)
    return _brief(text)


def _brief(text: str) -> Shown:
    shown = Shown()
    vrf, to = "default", None
    entry: re.Match[str] | None = None
    alone: re.Match[str] | None = None
    has_hops = False
    for found in _LINES.finditer(text):
        kind = found.lastgroup
        if kind == "more":
            continue
        if kind == "next" and entry and to:
            begin = found if has_hops else alone or entry
            shown.add(_row(vrf, to, entry, found), begin.start(), found.end())
            has_hops, alone = True, None
            continue
        if kind in ("rest", "next"):
            shown.unparsed.append(found.span())
            to = None if _DESTINATION.match(found[0]) else to
            continue
        if entry and not has_hops:
            shown.unparsed.append(entry.span())
        if kind == "entry":
            entry, has_hops = (found if found["to"] or to or alone else None), False
            to = found["to"] or (alone[0].split()[0] if alone else to)
            if entry is None:
                shown.unparsed.append(found.span())
            if found["to"] and alone:
                shown.unparsed.append(alone.span())
                alone = None
            continue
        if alone:
            shown.unparsed.append(alone.span())
        entry, alone = None, None
        if kind == "heading":
            vrf, to = table(found["table"]), None
        elif kind == "alone":
            alone = found
    if entry and not has_hops:
        shown.unparsed.append(entry.span())
    if alone:
        shown.unparsed.append(alone.span())
    shown.unparsed = sorted(set(shown.unparsed))
    return shown


_METRIC = re.compile(r"\b(?:metric|MED) (\d{1,10}+)")
_TAG = re.compile(r"\btag (\d{1,10}+)")


def _row(vrf: str, to: str, entry: re.Match[str], hop: re.Match[str]) -> RouteRow:
    said = entry["said"]
    metric, tag = _METRIC.search(said), _TAG.search(said)
    name, pref = entry["name"], entry["pref"]
    return RouteRow(
        vrf,
        prefix(to) or to,
        host(hop["hop"]) if hop["hop"] else None,
        hop["out"] or hop["only"] or discarded(hop["special"]),
        named(name),
        f"{name}/{pref}" if pref else name,
        int(pref) if pref else None,
        int(metric[1]) if metric else None,
        int(tag[1]) if tag else None,
        ages.seconds(said.partition(",")[0].strip()),
        entry["mark"] in ACTIVE,
    )
