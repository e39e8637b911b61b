"""Pure. PAN-OS `show arp all`, `show mac all`, `show interface all|logical|hardware`, `show lldp neighbors all`.

    ethernet1/13        28    1000/full/up/auto       00:1b:17:aa:bb:02
    ethernet1/8.81      300   3    ZONE_TECH        vr:vrf01                 81     192.0.2.17/27
    ethernet1/1         192.0.2.1       00:1b:17:00:01:10 ethernet1/1         c      1743
    Trust-VLAN          0:1b:17:0:1:10    ethernet1/5       c   24

`show interface all` names a port twice, once as hardware and once as logical: both are rows.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import ArpRow, InterfaceRow, MacRow, NeighborRow
from statetrace_engine.parsing import prefixes, scan
from statetrace_engine.parsing.blocks import blocks
from statetrace_engine.parsing.shown import Ask, Shown

_MAC = r"[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}"
_IP = r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]*+"
_HEADS = (
    r"(?:total\ |maximum\ of|default\ timeout|status:|name[ ]|interface[ ]|vlan[ ]|-{6,}+|aggregation\ groups|\u200b|"
    r"[A-Za-z][\w-]*+\ members:|[ ]{2}(?:[a-z]+\d\S*[ ]?)++)"
)

_ARP = scan.rows(
    rf"""(?P<face>[A-Za-z][^\s%]*+)[ ]++(?P<ip>{_IP})[ ]++(?P<mac>{_MAC}|\(incomplete\)|incomplete)
      (?:[ ]++(?P<port>[A-Za-z][^\s%]++))?[ ]++(?P<status>[scei])(?:[ ]++\d++)?(?P<row>)""",
    rf"{_HEADS}[^\n%]*+(?P<known>)",
)


def arp(text: str, ask: Ask) -> Shown:
    """An ArpRow per entry; MAC None while it is incomplete."""
    del ask
    shown = Shown()
    for found in _ARP.finditer(text):
        if found.lastgroup == "row":
            face, ip, mac = found.groups()[:3]
            shown.add(ArpRow(prefixes.host(ip), mac if ":" in mac else None, face), *found.span())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_MACS = scan.rows(
    rf"(?P<vlan>[^\s%]++)[ ]++(?P<mac>{_MAC})[ ]++(?P<port>[^\s%]++)[ ]++(?P<status>[scie])(?:[ ]++\d++)?(?P<row>)",
    rf"{_HEADS}[^\n%]*+(?P<known>)",
)


def mac_addresses(text: str, ask: Ask) -> Shown:
    """A MacRow per entry; the VLAN is a name here."""
    del ask
    shown = Shown()
    for found in _MACS.finditer(text):
        if found.lastgroup == "row":
            vlan, mac, port = found.groups()[:3]
            shown.add(MacRow(mac, vlan, (port,)), *found.span())
        elif found.lastgroup == "rest":
            shown.unparsed.append(found.span())
    return shown


_NAME = r"[A-Za-z][^\s%:]*+"
_FACES = scan.rows(
    rf"""(?P<name>{_NAME})[ ]++\d++[ ]++(?P<speed>\[n/a\]|[^\s/%]++)/(?P<duplex>\[n/a\]|[^\s/%]++)/(?P<state>[^\s/%]++)(?:/\S++)?
      (?:[ ]++(?P<mac>{_MAC}))?(?P<hardware>)""",
    rf"""(?P<logical_name>{_NAME})[ ]++\d++[ ]++\d++[ ]++(?:(?P<zone>(?!vr:|lr:|N/A|ha[ ])[^\s%]++(?:\ [^\s%]++){{0,15}}?)[ ]++)?
      (?P<forwarding>(?:vr|lr|vlan|vwire|tap|ha)[^\s]*+(?:\ [^\s\d][^\s]*+)*+|N/A)[ ]++(?P<tag>\d++)
      (?:[ ]++(?P<address>N/A|Dynamic\S*+|(?P<ip>{_IP})(?:/(?P<bits>\d{{1,3}}))?))?(?P<logical>)""",
    rf"[ ]++(?:{_IP})(?:/\d{{1,3}})?(?P<known_address>)",
    rf"{_HEADS}[^\n%]*+(?P<known>)",
)


def interfaces(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per line; of several addresses the first."""
    del ask
    shown = Shown()
    for found in _FACES.finditer(text):
        kind = found.lastgroup
        if kind == "hardware":
            name, speed, duplex, state, mac = found.groups()[:5]
            is_down = "power-down" in state or "disabled" in state
            row = InterfaceRow(
                name,
                None,
                False if is_down else None,
                state == "up",
                None,
                None,
                mac,
                None,
                _said(duplex),
                _said(speed),
            )
        elif kind == "logical":
            name, tag, ip, bits = found.group("logical_name", "tag", "ip", "bits")
            row = InterfaceRow(
                name,
                ip=prefixes.host(ip) if ip else None,
                prefix_length=int(bits) if bits else None,
                vlan=tag if tag != "0" else None,
            )
        else:
            if kind == "rest":
                shown.unparsed.append(found.span())
            continue
        shown.add(row, found.start(), found.end())
    return shown


def _said(value: str) -> str | None:
    return None if value in ("ukn", "[n/a]", "unknown") else value


_LLDP = scan.rows(
    r"(?P<begin>Local\ information:)",
    r"""(?P<field>[ ]*(?:
        Local\ interface:\ ++(?P<local>\S++)
      | Port\ ID:\ ++(?P<port>[^\n]*\S)
      | System\ name:\ ++(?P<name>[^\n]*\S)
      | System\ description:\ ++(?P<platform>[^\n]*\S)
      | Management\ address:\ ++(?P<address>\S++)
      | Chassis\ ID:\ ++(?P<chassis>[^\n]*\S) ))""",
    rf"(?:(?!{scan.FOREIGN})[^\n%]*\S)(?P<known>)",
)


def neighbors(text: str, ask: Ask) -> Shown:
    """A NeighborRow per neighbour; a port that hears nobody gives none."""
    shown = Shown()
    for block in blocks(text, _LLDP, shown.unparsed, is_truncated=ask.is_truncated):
        said = block.fields
        if "chassis" in said or "port" in said:
            row = NeighborRow(
                said.get("local", ""), said.get("name"), said.get("port"), said.get("platform"), said.get("address")
            )
            shown.add(row, block.start, block.end)
    return shown
