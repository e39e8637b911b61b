"""A capture as the same device would have shown it later, nothing changed: ages, clocks, counters and timers differ.

# ruff
The digits of what passes are drawn anew, and their number with them where a column has room; everything else stands as
it was. What passes is found in the text, not in the rows: a parser that takes a counter for a fact is found out.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re
from random import Random

_UNITS = r"(?:year|week|day|hour|minute|min|second|sec|msec|yr|wk|hr)s?\b"
_COUNTED = (
    r"(?:packets?|pkts?|bytes(?![ ]total)|octets|bits/sec|bits/second|packets/sec|packets/second|bps|pps|bits|input\ errors?|output\ errors?|CRC|"
    r"frame\b|overruns?|underruns?|ignored|runts?|giants?|throttles|broadcasts?|multicasts?|unicasts?|unicast\ packets|"
    r"collisions?|interface\ resets?|babbles?|late\ collisions?|deferred|lost\ carrier|no\ carrier|output\ buffer|drops?|"
    r"discards?|unknown\ protocol|watchdog|dribble|pause|PAUSE|no\ buffer|errors?|carrier\ transitions|abort|"
    r"Messages?|messages?|multicast|broadcast|input\ discard|output\ discard|jumbo|if\ down\ drop|bad\ etype|bad\ proto)"
)
_CLOCK = r"(?<![\w:.-])\d{1,3}:\d\d:\d\d(?:\.\d{1,6})?(?![\w:])"
_WORDED = tuple(
    re.compile(pattern, re.VERBOSE | re.MULTILINE)
    for pattern in (
        # Ages and clocks: 1y2w, 2w3d, 1d02h, 3d04h05m, 00:12:34, 3 days, 4 hours.
        r"\b\d+y\d+w(?:\d+d)?\b|\b\d+w\d+d(?:\d+h)?\b|\b\d+d\d+h(?:\d+m(?:\d+s)?)?\b|\b\d+h\d+m(?:\d+s)?\b|\b\d+m\d+s\b",
        r"\b\d+[ywdhm](?::\d+[wdhms])+\b|(?<=[ ])\d+s(?=[ ]|$)",
        _CLOCK,
        rf"(?<![\w.:/-])\d+[ ]{_UNITS}(?:,?[ ](?:and[ ])?\d+(?:\.\d+)?[ ]{_UNITS})+|(?<![\w.:/-])\d+[ ]{_UNITS}[ ]ago",
        rf"(?<=topology[ ]change)[ ]*:[ ]\d+[ ]{_UNITS}|(?<=Since[ ]Last[ ]Change)[ ]*:[ ]\d+[ ]{_UNITS}",
        r"(?<=reliability[ ])\d+(?=/255)|(?<=txload[ ])\d+(?=/255)|(?<=rxload[ ])\d+(?=/255)",
        # Counters, with their word behind or before them.
        rf"(?<!MTU[ ])(?<!MTU:[ ])(?<!MTU[ ]is[ ])(?<!mtu[ ])(?<![\w.:/-])\d+(?=[ ]+{_COUNTED})(?![ ]bits[ ](?:wide|host))",
        r"(?<=Uptime[ ]is[ ])[^\n]*",
        r"(?<=Number[ ]of[ ]topology[ ]changes)(?:[ ]*:[ ]*\d+)|(?<=Topology[ ]Change[ ]Count)(?:[ ]*:[ ]*\d+)",
        r"(?<=ntp[ ]clock-period[ ])\d+",
        r"(?<=[ ]Aging[ ]Time[ ])[ ]*\d+",
        # When it was shown and changed, and by whom.
        r"(?<=Last[ ]configuration[ ]change[ ]at[ ])[^\n]*|(?<=NVRAM[ ]config[ ]last[ ]updated[ ]at[ ])[^\n]*",
        r"(?<=Running[ ]configuration[ ]last[ ]done[ ]at:[ ])[^\n]*|(?<=^!Time:[ ])[^\n]*|(?<=\#\#[ ]Last[ ]commit:[ ])[^\n]*",
        r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ ][A-Z][a-z]{2}[ ]+\d+[ ]\d\d:\d\d:\d\d[^\n]*",
    )
)
"""The whole match may pass: its digits are drawn anew, its other letters are not."""
_TABLES = tuple(
    re.compile(pattern, re.VERBOSE | re.MULTILINE)
    for pattern in (
        # Neighbour, version, AS: MsgRcvd, MsgSent, TblVer (IOS, NX-OS, EOS, FRR, AOS-CX).
        r"^[ ]*(?:\S+[ ]+)?[0-9a-fA-F.:]+[ ]+4[ ]+[\d.]+[ ]+(?P<a>\d+)[ ]+(?P<b>\d+)[ ]+(?P<c>\d+)[ ]+\d+[ ]+\d+[ ]",
        r"^[ ]*(?:\S+[ ]+)?[0-9a-fA-F.:]+[ ]+0[ ]+[\d.]+[ ]+(?P<a>\d+)[ ]+(?P<b>\d+)[ ]+(?P<c>\d+)[ ]+\d+[ ]+\d+[ ]",
        r"^[ ]*[\d.]+[ ]+\d+[ ]+(?P<a>\d+)[ ]+(?P<b>\d+)[ ]+(?:\d+w:\d+d|\d+d:\d+h|\d+h:\d+m:\d+s|\d+m:\d+s|never)[ ]",
        # ARP and MAC ages.
        r"^Internet[ ]+[\d.]+[ ]+(?P<a>\d+)[ ]",
        r"^[*+G ][ ]+\d+[ ]+[0-9a-f.]{14}[ ]+dynamic[ ]+(?P<a>\d+)[ ]+[FT][ ]",
        r"^[*]?[ ]+\d+[ ]+[0-9a-f.]{14}[ ]+dynamic[ ]+(?:Yes|No)[ ]+(?P<a>\d+)[ ]",
        r"^[ ]*\d+[ ]+[\d.]+[ ]+[0-9a-f.]{14}[ ]+Dynamic[ ]+(?P<a>\d+)[ ]",
        # Labelled counters (ProVision), and how long an entry lives yet (PAN-OS).
        r"(?:Rx|Tx|Errors|Collisions|Dropped)[ ]*:[ ]*(?P<a>[\d,]+)",
        r"[ ][sceib][ ]+(?P<a>\d+)[ ]*$",
        # OSPF: dead times (JunOS), events and retransmissions (FastIron).
        r"^[\d.]+[ ]+\S+[ ]+(?:Full|2Way|ExStart|Exchange|Loading|Init)[ ]+[\d.]+[ ]+\d+[ ]+(?P<a>\d+)$",
        r"^\S+(?:[ ]\d+)?[ ]+[\d.]+[ ]+\d+[ ]+[A-Z0-9]+/[A-Z]+[ ]+[\d.]+[ ]+[\d.]+[ ]+(?P<a>\d+)[ ]+\d+[ ]+(?P<b>\d+)$",
        # Who is heard: device, port, how long it is held.
        r"^[A-Za-z][\w.()-]*[ ]+[A-Z][A-Za-z]+[ ]?[\d/.]+[ ]+(?P<a>\d{1,3})[ ]+(?:[RTBSHIrPDCMs, ]+)[ ]",
        r"^[ ]+(?:Fas|Gig|Ten|Eth)[ ][\d/.]+[ ]+(?P<a>\d{1,3})[ ]",
        # Spanning trees: since when, how often; BPDUs both ways.
        r"^[ ]*\d+[ ]+[0-9a-f]{16}[ ]+\d+[ ]+\S+[ ]+[0-9a-f]+(?:[ ]+\d+){4}[ ]+(?P<a>\d+)[ ]+(?P<b>\d+)[ ]+[0-9a-f]{12}$",
        r"^[\w/]+[ ]+[A-Z][a-z]+[ ]+[A-Z][a-z]+[ ]+\d+[ ]+\d+[ ]+\w+_\w+_?\w*[ ]+(?P<a>\d+)[ ]+(?P<b>\d+)[ ]+(?P<c>\d+)[ ]+(?P<d>\d+)",
    )
)
"""The named groups pass."""
_DIGIT = re.compile(r"\d")


def reaged(text: str, random: Random) -> str:
    """The text with other digits where it tells of what passes."""
    spans = [found.span() for pattern in _WORDED for found in pattern.finditer(text)]
    spans += [found.span(name) for pattern in _TABLES for found in pattern.finditer(text) for name in found.groupdict()]
    out, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            out += [text[at:start], _other(text[start:end], random)]
            at = end
    return "".join((*out, text[at:]))


def _other(passing: str, random: Random) -> str:
    """Each digit anew: 1 to 5 where it begins a number, 0 to 5 behind, so that clocks stay clocks."""
    begins = True
    out = []
    for letter in passing:
        if letter.isdigit():
            out.append(str(random.randint(1 if begins else 0, 2 if begins else 3)))
        else:
            out.append(letter)
        begins = not letter.isdigit()
    return "".join(out)
