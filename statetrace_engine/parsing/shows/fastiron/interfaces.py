"""Pure. FastIron `show interfaces`, `show interfaces brief`, `show ip interface`.

Port       Link    State   Dupl Speed Trunk Tag Pvid Pri MAC             Name
1/1/1      Up      Forward Full 10G   11    Yes N/A  0   c0c5.2050.a500  uplink
Interface         IP-Address      OK?  Method    Status             Protocol   VRF
Ve 10             10.1.1.1        YES  NVRAM     up                 up         default-vrf
GigabitEthernet1/1/1 is up, line protocol is up
  Hardware is GigabitEthernet, address is 001b.ed6b.2000 (bia 001b.ed6b.2000)
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.blocks import Block, blocks
from statetrace_engine.parsing.shown import Ask, Shown

_MAC = r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}"
_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_WORD = r"[^\s%]++"

_BRIEF = scan.rows(
    rf"""[ ]*(?P<port>[A-Za-z]+\ \d[\d/:]*|{_WORD})[ ]++(?P<link>Up|Down|Disable[d]?|ERR-DIS\w*|Err-Dis\w*|Empty|None)[ ]++
      (?P<state>{_WORD})[ ]++(?P<duplex>Full|Half|None|N/A|Auto)[ ]++(?P<speed>{_WORD})[ ]++{_WORD}[ ]++(?:Yes|No|N/A)[ ]++
      (?:(?P<vlan>\d++|N/A|None|-)[ ]++)?(?:\d|N/A|level\d)[ ]++(?P<mac>{_MAC}|N/A|None)(?:[ ]++(?P<name>[^\n]*\S))?(?P<row>)""",
    rf"""[ ]*(?P<face>[A-Za-z]{_WORD}(?:\ [^\s%]{{1,20}})?)[ ]++(?P<ip>{_V4}|unassigned)[ ]++(?:YES|NO|Yes|No)[ ]++\w++[ ]++
      (?P<status>[a-z/]++(?:\ down)?)[ ]++(?P<line>up|down)(?:[ ]++{_WORD}){{0,2}}(?P<ip_row>)""",
    r"[ ]*+(?:Port[ ]++Link|Interface[ ]++IP-Address)[^\n]*+(?P<known>)",
)


def brief(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per port or per address; `Disable` is administratively down, other states are not."""
    del ask
    shown = Shown()
    for found in _BRIEF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            port, link, _, duplex, speed, vlan, mac, name = found.groups()[:8]
            row = InterfaceRow(
                port,
                name,
                not link.startswith("Disable"),
                link == "Up",
                None,
                None,
                _said(mac),
                _said(vlan),
                _said(duplex),
                _said(speed),
            )
        elif kind == "ip_row":
            status, ip = found["status"], found["ip"]
            row = InterfaceRow(
                found["face"], None, "admin" not in status, found["line"] == "up", ip if ip[0].isdigit() else None
            )
        else:
            if kind == "rest":
                shown.unparsed.append(found.span())
            continue
        shown.add(row, found.start(), found.end())
    return shown


def _said(value: str | None) -> str | None:
    return None if value in ("None", "none", "N/A", "-", "unknown") else value


_FULL = scan.rows(
    r"""(?P<begin>(?:[ ]++(?=\d*+Gig))?(?P<name>[A-Za-z0-9][^,\n]{0,60}?)\ is\ (?P<state>[A-Za-z][^,\n]{0,60}?)(?:\ \([^()\n]*+\))?,
        \ line\ protocol\ is\ (?P<line>\w++)[^\n]*+)""",
    rf"""(?P<field>[ ]++(?:
        Hardware\ is\ [^,\n]++,\ address\ is\ (?P<mac>{_MAC})[^\n]*+
      | (?:Port|Interface)\ name\ is\ (?P<description>[^\n]*\S)
      | Configured\ speed\ [^,\n]++,\ actual\ (?P<speed>[^,\s]++)(?:,\ configured\ duplex\ [^,\n]++,\ actual\ (?P<duplex>\S++))?
        [^\n]*+
      | (?:Member\ of\ L2\ VLAN\ ID|Untagged\ member\ of\ L2\ VLAN)\ (?P<vlan>\d++)[^\n]*+
      | (?:(?:Member|Tagged\ member)\ of\ (?P<vlans>\d++)\ L2\ VLANs?|Member\ of\ (?P<dual>[^\n]*?\ dual\ mode))[^\n]*+
      | (?:Internet|IP)\ address\ is:?\ (?P<ip>{_V4})/(?P<bits>\d{{1,2}})(?:[^\n]*?\ MTU\ (?P<ipmtu>\d{{1,9}}+)(?!\d))?[^\n]*+
      | (?:IP\ )?MTU\ (?P<mtu>\d{{1,9}}+)\ bytes[^\n]*+ ))""",
    rf"(?:(?!{scan.LOG_VERBOSE})(?:[ \t]++[^\n]*+|(?:UC|MC|Egress|Ingress|Queue|Oversubscribed|High|Low|Total|Multicast|Unicast)"
    r"\ [^\n%]*+|No\ such\ [^\n%]*+))(?P<known>)",
)


def full(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface; a port of several VLANs is a `trunk`."""
    shown = Shown()
    for block in blocks(text, _FULL, shown.unparsed, is_truncated=ask.is_truncated):
        shown.add(_interface(block), block.start, block.end)
    return shown


def _interface(block: Block) -> InterfaceRow:
    fields = block.fields
    state, mtu = fields["state"], fields.get("mtu") or fields.get("ipmtu")
    ip = fields.get("ip") if fields.get("ip") != "0.0.0.0" else None
    return InterfaceRow(
        fields["name"],
        fields.get("description"),
        "disabled" not in state.lower().replace("err-disabled", "") and "admin" not in state.lower(),
        state == "up" and fields["line"] == "up",
        ip,
        int(fields["bits"]) if ip else None,
        fields.get("mac"),
        fields.get("vlan") or ("trunk" if "vlans" in fields or "dual" in fields else None),
        _said(fields.get("duplex")),
        _said(fields.get("speed")),
        int(mtu) if mtu else None,
    )
