"""Events of journeys: what routers answer and send beside syslog: walks, captures, polls, BMP, traps."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from msgspec.structs import replace

from statetrace_engine.model.captured import Captured, CapturedPath, CapturedRoute
from statetrace_engine.model.signal import (
    Polled,
    PolledInterface,
    PolledSession,
    Source,
    Trap,
)
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import IpAddress, TimeTicks
from tests import journey_bmp
from tests.virtual import VirtualNetwork


def walk(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    host, prefix = (value.get("of") or event["route"]).split(" ")
    via = ((hop or None, interface or None) for hop, interface in value["via"])
    is_complete, every_s = not value.get("truncated", False), float(value.get("every_s", 0.0))
    network.report(host, prefix, *via, vrf=value.get("vrf", "default"), is_complete=is_complete, every_s=every_s)


def capture(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    """`via` are the installed paths and `known` the others, as [next hop, interface, protocol]."""
    host, prefix = (value.get("of") or event["route"]).split(" ")
    installed = [CapturedPath(*way) for way in value.get("via", ())]
    known = [replace(CapturedPath(*way), is_active=False) for way in value.get("known", ())]
    shown = CapturedRoute(value.get("vrf", "default"), prefix, (*installed, *known), not value.get("truncated", False))
    captured_at = network.wall - event.get("age_s", 0.0)
    addresses = tuple(value.get("addresses", ()))
    site, ident = value.get("site", ""), round(network.now * 1000)
    captured = Captured(ident, host, site, "cisco_ios", captured_at, (shown,), addresses)
    network.feed(captured, Source.CAPTURE, host)


def poll(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    """`interfaces` as [ifIndex, name, is oper up, is admin up], `sessions` as [protocol, neighbour, state] with `admin`
    behind it when it was shut down; `unanswered`: it says nothing, or why it cannot."""
    if "unanswered" in value:
        network.feed(Polled(event["device"], False, error=value["unanswered"]), Source.SNMP, "10.255.1.1")
        return
    interfaces = tuple(PolledInterface(i, name, admin, oper) for i, name, oper, admin in value.get("interfaces", ()))
    sessions = tuple(
        PolledSession(protocol, neighbour, "", state, state in ("established", "full"), is_admin_down=bool(admin))
        for protocol, neighbour, state, *admin in value.get("sessions", ())
    )
    cache_s, interval_s = value.get("cache_s", 0.0), value.get("interval_s", 10.0)
    uptime_s = value.get("uptime_s")
    polled = Polled(event["device"], True, uptime_s, interfaces, sessions, cache_s, interval_s=interval_s)
    network.feed(polled, Source.SNMP, "10.255.1.1")


def bmp(network: VirtualNetwork, said: list[str], event: dict[str, Any]) -> None:
    prefix = event["route"].partition(" ")[2]
    for text in said:
        network.feed(journey_bmp.payload(text, prefix), Source.BMP, event.get("peer", "10.255.1.1"))


_TRAPS = {
    "linkDown": "1.3.6.1.6.3.1.1.5.3",
    "linkUp": "1.3.6.1.6.3.1.1.5.4",
    "coldStart": "1.3.6.1.6.3.1.1.5.1",
    "bgpEstablished": "1.3.6.1.2.1.15.7.1",
    "bgpBackwardTransition": "1.3.6.1.2.1.15.7.2",
}


def trap(network: VirtualNetwork, value: list[str | int], event: dict[str, Any]) -> None:
    """The notification, then names and values in turn; a text is an OCTET STRING."""
    name, *bound = value
    pairs = zip(bound[::2], bound[1::2], strict=True)
    varbinds: list[snmp.VarBind] = [(str(oid), v.encode() if isinstance(v, str) else v) for oid, v in pairs]
    if "agent" in event:  # what forwards it names the device
        varbinds.append((snmp.TRAP_ADDRESS, IpAddress(ip_address(event["agent"]).packed)))
    message = snmp.Message(
        version=snmp.Version.V2C,
        community=b"",
        kind=snmp.PduKind.TRAP,
        request_id=1,
        varbinds=snmp.notifying(TimeTicks(100), _TRAPS[str(name)], *varbinds),
    )
    network.feed(Trap(snmp.encode(message), event.get("context", "")), Source.TRAP, event.get("peer", "10.255.1.1"))
