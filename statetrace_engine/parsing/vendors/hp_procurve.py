"""Pure. HP ProCurve and ArubaOS-Switch: an event's number and module, then its text.

    00077 ports: port 24 is now off-line
    02617 vrrp: Virtual router 10 on VLAN 10 moved from Backup to Master

Seen as printed: ports, in published logs. Not checked against a device or a guide: the words of VRRP, trunks, restarts.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

import re

from statetrace_engine.parsing import facts, surroundings
from statetrace_engine.parsing.facts import Message


def _port(groups: facts.Groups, vendor: str) -> facts.Said:
    return facts.link({**groups, "state": b"up" if groups["state"] in (b"on", b"active") else b"down"}, vendor)


def _noted(words: bytes) -> facts.Build:
    return lambda groups, vendor: facts.restarted({**groups, "text": words + (groups["text"] or b"")}, vendor)


MESSAGES = facts.table(
    "hp_procurve",
    ("vrrp: ", rb"(?=.{0,100}?\b(?:[Vv]irtual [Rr]outer|VR|VRID|vrid) (?P<group>\d{1,5}))(?=.{0,100}?\b(?P<iface>(?:VLAN|vlan|Vlan) ?\d{1,4}))"
     rb".{0,160}?(?:from (?P<old>\w{1,16}) )?to (?P<state>\w{1,16})", surroundings.gateway("vrrp")),
    ("vrrp: ", rb"", None),
    ("system: System went down", rb":? *(?P<text>.*)", _noted(b"System went down: ")),
    ("system: System Booted", rb"(?P<text>.*)", _noted(b"System booted")),
    ("system: Operator ", rb"(?P<text>(?:warm|cold) (?:reload|reboot|boot).*)", _noted(b"Operator ")),
    ("system: Operator ", rb"", None),
)  # fmt: skip
MESSAGES = (
    *MESSAGES,
    Message(("Trk",), re.compile(rb"ports: +trunk (?P<iface>Trk\d{1,4}) is now (?P<state>active|inactive)\b"), _port, "hp_procurve", True),
    Message(("-line", "Trk"), re.compile(rb"ports: +(?:[\w-]{1,12}: +)?port (?P<iface>(?:\d{1,2}/)?[A-Za-z]?\d[\d/]{0,8}|Trk\d{1,4})(?: in Trk\d{1,4})? is now (?P<state>on|off)-line\b"), _port,
            "hp_procurve", True),
    Message(("-line", "Trk"), re.compile(rb""), None, "hp_procurve", True),
)  # fmt: skip
