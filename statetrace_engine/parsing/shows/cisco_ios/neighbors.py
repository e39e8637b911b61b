"""Pure. `show cdp neighbors` and `show lldp neighbors`, brief and detail.

    Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
    sw2.example.net  Gig 0/1           155              S I   WS-C3750  Gig 1/0/1
    Device ID           Local Intf     Hold-time  Capability      Port ID
    sw3                 Gi0/2          120        B,R             Gi0/0

A long CDP name stands on a line of its own; a long LLDP name runs into the local interface, at column 20.
"""

from __future__ import annotations

import re

from statetrace_engine.model.captured import NeighborRow
from statetrace_engine.parsing import device_ids, scan
from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.prefixes import host
from statetrace_engine.parsing.shown import Ask, Shown

_PORT = r"[A-Z][A-Za-z-]{1,22}[ ]?\d[\d/.:]*+"
_FACE = r"[A-Z][A-Za-z-]{0,22}[ ]?\d[\d/.:]*+|mgmt0|[Vv]lan[ ]?\d++"
_CDP = late(
    rf"""^(?:
      (?:(?P<device>\S[^\n]{{0,200}}?)(?<![ ]))??[ ]*+(?<![^\s])(?P<local>{_FACE})[ ]++(?P<hold>\d{{1,5}})[ ]++
      (?P<capability>(?:[RTBSHIrPDCMst](?:[ ]|,(?=[A-Z])))*)[ ]*+(?P<more>\S[^\n]*)
    | (?P<heading>Capability\ Codes?:[^\n]*|[ ]{{4,}}+[A-Za-z]\ -\ [^\n]*|[A-Za-z]\ -\ [A-Z][^\n]*|
        Device\ ID\ +Local[^\n]*|Total\ [^\n]*|{scan.CLOCK})
    | (?P<alone>[^\s%*][^\s%]*+)
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_CDP_PORT = late(
    rf"""(?P<platform>.*?)(?:^|(?<![ ])[ ]++)(?P<port>(?:{_PORT}|[Pp]ort[ ]\S++|
        [A-Za-z]++[ ]\d++/\d++/\w++|Bundle-Ether\S++|\S++))[ ]*+$""",
    re.VERBOSE,
)
_LLDP = late(
    rf"""^(?:
      (?P<device>[^\n]{{20}})(?P<local>[A-Z][A-Za-z-]*+\d[\d/.]*+)[ ]++(?P<hold>\d{{1,6}}+)
      [ ]++(?:(?P<capability>[A-Z](?:,[A-Z])*+)[ ]++)?(?P<port>\S[^\n]*)
    | (?P<free_device>\S{{1,200}}+)[ ]++(?P<free_local>[A-Z][A-Za-z-]*+\d[\d/.]*+)[ ]++\d{{1,6}}+
      [ ]++(?:[A-Z](?:,[A-Z])*+[ ]++)?(?P<free_port>\S[^\n]*)
    | (?P<heading>Capability\ codes:[^\n]*|[ ]+\([A-Z]\)[^\n]*|Device\ ID\ +Local[^\n]*|
        Total\ entries[^\n]*|{scan.CLOCK})
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_DETAIL = late(
    rf"""^(?:
      (?P<rule>-{{10,}}+)
    | Device\ ID:[ ]*+(?P<hostname>\S[^\n]*)
    | System\ Name:[ ]*+(?P<system_name>\S[^\n]*)
    | Local\ Intf:[ ]*+(?P<local>\S[^\n]*)
    | Interface:[ ]*+(?P<interface>[^,\n]++),[ ]*+Port\ ID[ ]\(outgoing\ port\):[ ]*+(?P<outgoing>[^\n]*)
    | Port\ id:[ ]*+(?P<port_id>\S[^\n]*)
    | Platform:[ ]*+(?P<platform>[^,\n]++)[^\n]*
    | [ ]++IP(?:v6)?\ [Aa]ddress:[ ]*+(?P<address>[0-9A-Fa-f:.]++)[^\n]*
    | [ ]++IP(?:V6)?:[ ]*+(?P<managed>[0-9A-Fa-f:.]++)[^\n]*
    | (?P<total>Total\ (?:cdp\ )?entries[^\n]*|{scan.CLOCK})
    | (?P<other>(?![^\n%]{{0,80}}%[A-Z0-9_]++(?:-[A-Z0-9_]++)*-[0-7]-)[^\n]*\S[^\n]*)
    | (?P<rest>[^\n]*\S[^\n]*)
    )[ \t]*+$""",
    re.VERBOSE | re.MULTILINE,
)
_NAMES = ("hostname", "system_name", "local", "interface", "outgoing", "port_id", "platform", "address", "managed")


def parse_cdp(text: str, ask: Ask) -> Shown:
    """A NeighborRow per line of `show cdp neighbors`."""
    del ask
    shown = Shown()
    alone: tuple[str, int, int] | None = None
    for found in _CDP.finditer(text):
        if found["rest"] is not None:
            shown.unparsed.append(found.span())
            continue
        device, start = found["device"], found.start()
        if found["local"] is not None and alone and not device:
            (device, start, _), alone = alone, None
        if alone:
            shown.unparsed.append(alone[1:])
            alone = None
        if found["alone"] is not None:
            alone = (found["alone"], found.start(), found.end())
        elif found["local"] is not None:
            ends = _CDP_PORT.match(found["more"])
            platform, port = (
                (ends["platform"].strip() or None, ends["port"]) if ends else (None, found["more"].rstrip())
            )
            name = device_ids.hostname(device) if device else None
            shown.add(NeighborRow(found["local"], name, port, platform), start, found.end())
    if alone:
        shown.unparsed.append(alone[1:])
    shown.unparsed.sort()
    return shown


def parse_lldp(text: str, ask: Ask) -> Shown:
    """A NeighborRow per line of `show lldp neighbors`."""
    del ask
    shown = Shown()
    for found in _LLDP.finditer(text):
        local = found["local"] or found["free_local"]
        if local is not None:
            device, port = found["device"] or found["free_device"], found["port"] or found["free_port"]
            shown.add(NeighborRow(local, device.strip() or None, port.rstrip()), *found.span())
        elif found["heading"] is None:
            shown.unparsed.append(found.span())
    return shown


def parse_detail(text: str, ask: Ask) -> Shown:
    """A NeighborRow per entry of `detail`; of a truncated text the last is held back."""
    shown = Shown()
    seen: dict[str, str] = {}
    head, end = (0, 0), 0
    for found in _DETAIL.finditer(text):
        if found["rest"] is not None:
            shown.unparsed.append(found.span())
        elif found["rule"] is not None or found["total"] is not None:
            _end(shown, seen, head, end)
            seen = {}
        else:
            if not seen:
                head = found.span()
                seen["first"] = found[0]
            end = found.end()
            for name in _NAMES:
                if found[name] is not None:
                    seen.setdefault(name, found[name].rstrip())
    if ask.is_truncated and seen:
        shown.unparsed.append(head)
    else:
        _end(shown, seen, head, end)
    shown.unparsed.sort()
    return shown


def _end(shown: Shown, seen: dict[str, str], head: tuple[int, int], end: int) -> None:
    """An entry is a row when it says of itself who, or behind which interface; else its first line is unparsed."""
    local = seen.get("local") or seen.get("interface")
    hostname, port = seen.get("hostname") or seen.get("system_name"), seen.get("outgoing") or seen.get("port_id")
    if local is None and hostname is None and port is None:
        if seen:
            shown.unparsed.append(head)
        return
    address = seen.get("address") or seen.get("managed")
    row = NeighborRow(
        local or "",
        hostname and device_ids.hostname(hostname),
        port,
        (seen.get("platform") or "").strip() or None,
        host(address) if address else None,
    )
    shown.add(row, head[0], end)
