"""Pure. FastIron `show arp` in its three forms, `show mac-address`, `show ipv6 neighbor`.

No.   IP Address       MAC Address    Type     Age Port               Status
1     10.101.1.27      0015.5d01.3005 Dynamic  0    lg7               Valid
No.   IP               MAC            Port   Age VlanId
1     192.168.1.170    0010.5a11.d042 7      0   1
Protocol  Address           Age (min)  Hardware Addr   Type   Interface
Internet  10.1.1.1          5          cc4e.2415.015e  ARPA   ve10
MAC-Address     Port                 Type         VLAN
70db.9895.73aa  1/2/1                Dynamic      3
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import ArpRow, MacRow
from statetrace_engine.parsing import prefixes, scan
from statetrace_engine.parsing.shown import Ask, Shown, vrf_asked

_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_V6 = r"[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+"
_MAC = r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"
_PORT = r"[A-Za-z_]+\ \d[\d/:*-]*|[^\s%]++"
_VRF = r"(?:Entries\ in|ARP\ entries\ for)\ (?:VRF|vrf)\ (?P<vrf>[^\s:]++):?"

_ARP = scan.rows(
    rf"""[ ]*\d++[ ]++(?P<ip>{_V4})[ ]++(?P<mac>{_MAC}|None|INCOMPLETE|Pending)[ ]++(?P<type>[A-Za-z][\w-]*+)[ ]++
      (?:\d++|None|-)(?:[ ]++(?P<port>(?!(?:Valid|Pend|Pending|Invalid)\b)(?:{_PORT})))?
      (?:[ ]++[A-Za-z][\w/-]*+)?(?:[ ]++(?:\d{{1,4}}|-|None|N/A))?(?P<row>)""",
    rf"""[A-Za-z]\S*+[ ]++(?P<ip_ios>{_V4})[ ]++[\w:-]++[ ]++(?P<mac_ios>{_MAC}|None)[ ]++[A-Za-z][\w-]*+[ ]++
      (?P<port_ios>{_PORT})(?P<ios>)""",
    rf"[ ]*\d++[ ]++(?P<ip_old>{_V4})[ ]++(?P<mac_old>{_MAC}|None)[ ]++(?P<port_old>\d[\d/]*+)[ ]++\d++[ ]++\d++(?P<old>)",
    rf"""[ ]*(?:\d++[ ]++)?(?P<ip6>{_V6})[ ]++(?:(?:\d{{1,4}}|-|N/A)[ ]++)?(?P<mac6>{_MAC}|0|None)[ ]++
      (?:\*?(?:REACH|STALE|DELAY|PROBE|INCOMP|PERM|STATIC)\w*[ ]++)?(?:(?:\d++|None|-)[ ]++(?=[A-Za-z0-9]))?(?P<port6>{_PORT})
      (?:[ ]++\w++){{0,3}}(?P<row6>)""",
    _VRF,
    r"""[ ]*+(?:All\ ARPs|Total\ |Protocol[ ]++Address|No\.?[ ]++IP|IP(?:v6)?(?:\ Address|-Address)?[ ]++|Entries\ in\ default|LinkLayer|
        IPv6\ (?:Address|Total)|Maximum)[^\n%]*+(?P<known>)""",
)


def arp(text: str, ask: Ask) -> Shown:
    """An ArpRow per entry; MAC None while it is pending."""
    shown = Shown()
    vrf = vrf_asked(ask.command) or "default"
    for found in _ARP.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            ip, mac, port = found.group("ip", "mac", "port")
            shown.add(ArpRow(ip, mac if mac[0] in _HEX else None, port, vrf), *found.span())
        elif kind in ("ios", "old"):
            ip, mac, port = found.group(f"ip_{kind}", f"mac_{kind}", f"port_{kind}")
            shown.add(ArpRow(ip, mac if mac[0] in _HEX else None, port, vrf), *found.span())
        elif kind == "row6":
            mac = found["mac6"]
            shown.add(
                ArpRow(prefixes.host(found["ip6"]), None if mac in ("0", "None") else mac, found["port6"], vrf),
                *found.span(),
            )
        elif kind == "vrf":
            vrf = found["vrf"]
        elif kind == "rest":
            shown.unparsed.append(found.span())
    return shown


_HEX = frozenset("0123456789abcdefABCDEF")

_TABLE = scan.rows(
    rf"""[ ]*(?P<mac>{_MAC})[ ]++(?P<port>[A-Za-z_]+\ \d[\d/:]*(?=[ ]++[A-Za-z])|[^\s%]++)
      (?P<before>(?:[ ]++\d{{1,9}}){{0,3}})(?:[ ]++(?P<type>[A-Za-z][\w-]*+))?(?P<after>(?:[ ]++(?:\d{{1,9}}|N/A))*+)
      (?:[ ]++[A-Za-z][\w-]*+)?(?P<row>)""",
    r"""[ ]*+(?:Total\ |MAC[- ]Address|Type\ Code|No\ |Static\ entries|[A-Z]{1,4}:)[^\n%]*+(?P<known>)""",
)


def mac_addresses(text: str, ask: Ask) -> Shown:
    """A MacRow per entry; its VLAN is the last number (older versions print a hardware index before it)."""
    del ask
    shown = Shown()
    for found in _TABLE.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            mac, port, before, _, after = found.groups()[:5]
            numbers = (after or before).split()
            shown.add(MacRow(mac, numbers[-1] if numbers else None, (port,)), *found.span())
        elif kind == "rest":
            shown.unparsed.append(found.span())
    return shown
