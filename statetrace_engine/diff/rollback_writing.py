"""Pure. Candidate lines as a person may type them: in an order that cuts off nobody; what cannot be typed, as comments.

! needs its secret: neighbor 10.0.0.1 password 7 <redacted:password:8a1f00c2>
ip route 0.0.0.0 0.0.0.0 10.1.1.2
no ip route 0.0.0.0 0.0.0.0 Null0
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple


class Line(NamedTuple):
    """A line, those below it, and what leaves them again."""

    text: str
    below: tuple[Line, ...] = ()
    end: str = ""
    is_end_above: bool = False
    """It stands at the line's own depth, not at that of the lines below it."""


_COMMENTS = {"juniper_junos": "#", "hp_procurve": ";"}
"""What begins a comment, where it is not `!`."""
UNKNOWN = re.compile(r"<redacted:|<removed>|(?<= )\.{5,}(?= |$)")
"""A secret that was replaced, by us or by the device, cannot be put back from a capture."""
_KEYED_IN = re.compile(r"(?:no )?(?:certificate|key-string|private-key|key-data)\b")
_HARDWARE = re.compile(
    r"no interface (?:\S*(?:Ethernet|GigE|Serial|Management|Cellular|ATM|POS|mgmt)[^\s.]* ?[\d/:]+"
    r"|ethernet \S+|\d+(?:/\d+)+)",
    re.IGNORECASE,
)
_LIST = re.compile(r"(?:no )?(?:ip|ipv4|ipv6|mac|access-list) (?:access-list|ip|ipv6|mac)\b")
_NUMBER = re.compile(r"no (?P<number>\d+) .*")
_IOS_LIST = re.compile(r"ip access-list (?:standard|extended) (?P<name>\S+)")
_BY_PLACE = re.compile(r"(?:policy-map |ipv6 access-list |ip (?:as-path|community-list|extcommunity-list)\b)")
_ONE = re.compile(
    r"(?:description|mtu|ip mtu|bandwidth|speed|duplex|hostname|ip default-gateway|ip domain[ -]name"
    r"|switchport (?:mode|access vlan|trunk allowed vlan|trunk native vlan)|vlan (?:access|trunk allowed|trunk native)"
    r"|standby \d+ priority|ip ospf cost|spanning-tree vlan \S+ priority|exec-timeout"
    r"|snmp-server (?:location|contact)|(?:neighbor \S+ )?(?:remote-as|update-source|ebgp-multihop|maximum-prefix)"
    r"|neighbor \S+ description)(?= )"
    r"|(?P<what>(?:neighbor \S+ )?(?:route-map|prefix-list|filter-list|distribute-list)|ip access-group) \S+ "
    r"(?P<way>in|out)$"
)
"""Commands of which a device has one at a place: typed again, the new value stands for the old, and nothing is without
one in between."""
_ADDRESS = re.compile(r"ip address(?! .*\bsecondary\b)(?= )")
_OVERWRITES_ADDRESS = {"cisco_ios", "cisco_nxos", "arista_eos", "aruba_aoscx"}
_STATIC = re.compile(r"no (?P<way>(?:ip|ipv6) route (?:vrf \S+ )?\S+(?: \d+\.\d+\.\d+\.\d+)? \S+)")
_NEEDS_EXIT = {"hp_procurve"}
"""Elsewhere a line of the margin is taken from below, as configurations show them."""
_MAKES_BEFORE_BREAKING = {"cisco_ios", "cisco_nxos"}


def remarks(vendor: str, texts: Iterable[str]) -> list[str]:
    return [_comment(vendor, text) for text in texts]


def written(vendor: str, lines: Sequence[Line], steps: Mapping[str, int]) -> list[str]:
    """`steps`: what access lists of IOS are to be numbered by, in which nobody sees the numbers that the lines name."""
    return list(_written(vendor, lines, steps, "", ""))


def _written(vendor: str, lines: Sequence[Line], steps: Mapping[str, int], indent: str, head: str) -> Iterator[str]:
    yield from (indent + _comment(vendor, text) for text in _to_know(lines, head))
    for line in _ordered(vendor, lines):
        why = _why_not(vendor, line)
        if why:
            yield from (indent + _comment(vendor, f"{why}: {text}") for text in _flat(line))
            continue
        listed = _IOS_LIST.fullmatch(line.text)
        if listed is not None and listed["name"] in steps:
            step = steps[listed["name"]]
            yield f"{indent}ip access-list resequence {listed['name']} {step} {step}"
        number = _NUMBER.fullmatch(line.text) if _LIST.match(head) else None
        yield indent + (f"no {number['number']}" if number is not None else line.text)
        yield from _written(vendor, line.below, steps, f"{indent}  ", line.text)
        if line.below and (line.end != "exit" or vendor in _NEEDS_EXIT) and line.end:
            yield indent + ("" if line.is_end_above else "  ") + line.end


def _to_know(lines: Sequence[Line], head: str) -> Iterator[str]:
    """Before any of them is typed."""
    if _BY_PLACE.match(head) and any(not each.text.startswith("no ") for each in lines):
        yield "the first that matches decides: each line to the place where it stood"
    made = {line.text for line in lines if line.below}
    for line in lines:
        if line.text.startswith("no ") and line.text[3:] in made:
            yield f"all of it goes before it comes again, and nothing does its work in between: {line.text[3:]}"


def _why_not(vendor: str, line: Line) -> str:
    """Why it is a comment; empty: it can be typed."""
    if UNKNOWN.search(line.text) or (_KEYED_IN.match(line.text) and any(map(UNKNOWN.search, _flat(line)))):
        return "needs its secret"
    return "hardware goes by no line" if vendor != "cisco_xr" and _HARDWARE.fullmatch(line.text) else ""


def _flat(line: Line) -> Iterator[str]:
    yield line.text
    for each in line.below:
        yield from _flat(each)


def _ordered(vendor: str, lines: Sequence[Line]) -> list[Line]:
    """Nothing is taken away that is overwritten anyhow, and a way only when the one to take its place is there."""
    set_again = {key for line in lines if (key := _single(vendor, line.text))}
    kept = [line for line in lines if not _is_overwritten(vendor, line.text, set_again)]
    if vendor not in _MAKES_BEFORE_BREAKING:
        return kept
    back = {way for line in kept if (way := _way(f"no {line.text}"))}
    ways = [_way(line.text) for line in kept]  # one that is back with another distance is one line of the device
    is_late = [way != "" and way not in back for way in ways]
    return [line for late in (False, True) for line, each in zip(kept, is_late, strict=True) if each is late]


def _is_overwritten(vendor: str, text: str, set_again: Set[str]) -> bool:
    return text.startswith("no ") and _single(vendor, text.removeprefix("no ")) in set_again


def _way(text: str) -> str:
    """Of the line that takes a static route away."""
    found = _STATIC.match(text)
    return found["way"] if found is not None else ""


def _single(vendor: str, text: str) -> str:
    if (found := _ONE.match(text)) is not None:
        return f"{found['what']} {found['way']}" if found["what"] else found[0]
    found = _ADDRESS.match(text) if vendor in _OVERWRITES_ADDRESS else None
    return found[0] if found is not None else ""


def _comment(vendor: str, text: str) -> str:
    return f"{_COMMENTS.get(vendor, '!')} {text}"
