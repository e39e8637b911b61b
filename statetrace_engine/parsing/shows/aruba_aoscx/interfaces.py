"""Pure. AOS-CX `show interface`, `show interface brief`, `show ip interface brief`, `show interface mgmt`.

Interface 1/1/26 is up
 Admin state is up
Port      Native  Mode   Type           Enabled Status  Reason             Speed   Description
1/1/1     1       trunk  1GbT           yes     up                         1000    --
vlan10            10.1.1.1/24            up/up
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

from statetrace_engine.model.captured import InterfaceRow
from statetrace_engine.parsing import scan
from statetrace_engine.parsing.blocks import Block, blocks
from statetrace_engine.parsing.shown import Ask, Shown

_MAC = r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}"
_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"

_BRIEF = scan.rows(
    r"""[ ]*(?P<port>[A-Za-z\d][^\s%]*+)[ ]++(?P<native>\d++|--)[ ]++(?P<mode>access|trunk|routed|routed-[a-z]+|--)[ ]++
      (?P<type>\S++(?:[ ]\S++)??)[ ]++(?P<enabled>yes|no|--)[ ]++(?P<status>up|down|--)
      (?:[ ]{1,12}--(?=[ ]++(?:\d++|--|auto)[ ])|(?:[ ]++(?P<reason>[A-Z][^\n]{0,60}?)(?<![ ]))??)[ ]++(?P<speed>\d++|--|auto)(?:[ ]++(?P<description>\S[^\n]*?)(?<![ \t]))?(?P<row>)""",
    rf"""[ ]*(?P<face>[A-Za-z\d][^\s%]*+)[ ]++(?:(?P<ip>{_V4})/(?P<bits>\d{{1,2}})|No\ Address|--|[0-9A-Fa-f:]++/\d++)
      (?:[ ]\S++)?[ ]++(?P<link>up|down)/(?P<admin>up|down)(?P<ip_row>)""",
    r"[ ]*+(?:Port[ ]++Native|VLAN\b|[-=]{4,}+|Interface[ ]++IP|link/admin|[Nn]o\ )[^\n%]*+(?P<known>)",
)


def brief(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per port; an access port has its VLAN's number, another its mode."""
    del ask
    shown = Shown()
    for found in _BRIEF.finditer(text):
        kind = found.lastgroup
        if kind == "row":
            port, native, mode, _, enabled, status, _, speed, description = found.groups()[:9]
            row = InterfaceRow(
                port,
                _said(description),
                enabled == "yes" if enabled != "--" else None,
                status == "up" if status != "--" else None,
                vlan=_said(native if mode == "access" else mode),
                speed=_said(speed),
            )
        elif kind == "ip_row":
            face, ip, bits, link, admin = found.group("face", "ip", "bits", "link", "admin")
            row = InterfaceRow(face, None, admin == "up", link == "up", ip, int(bits) if bits else None)
        else:
            if kind == "rest":
                shown.unparsed.append(found.span())
            continue
        shown.add(row, found.start(), found.end())
    return shown


def _said(value: str | None) -> str | None:
    return None if value in (None, "--", "") else value


_FULL = scan.rows(
    r"(?P<begin>[ ]*(?:Interface|Aggregate)[ ](?P<name>\S++)[ ]is[ ](?P<state>\w++)[^\n%]*+)",
    rf"""(?P<field>[ ]++(?:
        Admin[ ]state[ ]is[ ](?P<admin>\w++)[^\n]*+
      | Description[ ]?:[ ](?P<description>[^\n]*\S)
      | Hardware:[^\n]*?MAC\ Address:[ ](?P<mac>{_MAC})[^\n]*+
      | MAC\ Address[ ]*+:[ ]*+(?P<mac2>{_MAC})[^\n]*+
      | IPv4\ address[ ]:?[ ]*+(?P<ip>{_V4})/(?P<bits>\d{{1,2}}+)(?![ ]++secondary)[^\n]*+
      | (?:IP\ )?MTU:?[ ](?P<mtu>\d{{1,9}}+)(?!\d)[^\n]*+
      | (?P<duplex>Full|Half)-duplex[^\n]*+
      | Speed[ ]*+:?[ ]*+(?P<speed>\d++\ [KMGT]?b/s)[^\n]*+
      | Access\ VLAN[ ]?:[ ](?P<vlan>\d++)[^\n]*+
      | VLAN\ Mode[ ]?:[ ](?P<mode>\S++)[^\n]*+ ))""",
    rf"(?:(?!{scan.LOG_VERBOSE})[ \t]++[^\n]*+)(?P<known>)",
)


def full(text: str, ask: Ask) -> Shown:
    """An InterfaceRow per interface; without a port the output is that of `show interface mgmt`."""
    if "Interface " not in text and "Aggregate " not in text and "Address Mode" in text:
        return management(text, ask)
    shown = Shown()
    for block in blocks(text, _FULL, shown.unparsed, is_truncated=ask.is_truncated):
        shown.add(_interface(block), block.start, block.end)
    return shown


def _interface(block: Block) -> InterfaceRow:
    fields = block.fields
    mode = fields.get("mode")
    return InterfaceRow(
        fields["name"],
        fields.get("description"),
        fields["admin"] == "up" if "admin" in fields else None,
        fields["state"] == "up",
        fields.get("ip"),
        int(fields["bits"]) if "bits" in fields else None,
        fields.get("mac", fields.get("mac2")),
        fields.get("vlan") or ("trunk" if mode in ("native-untagged", "native-tagged", "trunk") else mode),
        fields.get("duplex"),
        fields.get("speed"),
        int(fields["mtu"]) if "mtu" in fields else None,
    )


_MANAGEMENT = scan.rows(
    r"(?P<begin>[ ]*Address[ ]Mode[ ]*+:[^\n]*+)",
    rf"""(?P<field>[ ]*(?:
        Admin\ State[ ]*+:[ ]*+(?P<admin>\w++)
      | Link\ State[ ]*+:[ ]*+(?P<state>\w++)
      | Mac\ Address[ ]*+:[ ]*+(?P<mac>{_MAC})
      | IPv4\ address/subnet-mask[ ]*+:[ ]*+(?P<ip>{_V4})/(?P<bits>\d{{1,2}}) ))""",
    rf"(?:(?!{scan.LOG_VERBOSE})[ ]++[A-Za-z][^\n%:]{{0,60}}:[^\n]*+)(?P<known>)",
)


def management(text: str, ask: Ask) -> Shown:
    """The one InterfaceRow of the management port, named `mgmt`."""
    shown = Shown()
    for block in blocks(text, _MANAGEMENT, shown.unparsed, is_truncated=ask.is_truncated):
        said = block.fields
        row = InterfaceRow(
            "mgmt",
            None,
            said["admin"] == "up" if "admin" in said else None,
            said["state"] == "up" if "state" in said else None,
            said.get("ip"),
            int(said["bits"]) if "bits" in said else None,
            said.get("mac"),
        )
        shown.add(row, block.start, block.end)
    return shown
