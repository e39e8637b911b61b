"""Pure. The notifications that routers send beside their log: linkDown, linkUp and the two of BGP (RFC 2863, RFC 1657).

All share one address here, so each names its own in snmpTrapAddress, as a proxy does (RFC 3584 section 3.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address

from statetrace_engine.simulate.messages import Event
from statetrace_engine.simulate.network import Node
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import IpAddress, TimeTicks

SENDING = frozenset(("cisco_ios", "cisco_nxos", "juniper_junos"))
"""Vendors whose devices send traps here; the others only log."""
_COMMUNITY = b"demo"
_IF_INDEX, _IF_DESCR, _ADMIN, _OPER, _IF_NAME = (
    *(f"1.3.6.1.2.1.2.2.1.{column}" for column in (1, 2, 7, 8)),
    "1.3.6.1.2.1.31.1.1.1.1",
)
_PEER_STATE = "1.3.6.1.2.1.15.3.1.2"
_UP, _DOWN = 1, 2
_IDLE, _ESTABLISHED = 1, 6

_Fields = Mapping[str, str]


def _link(oper: int, admin: int = _UP) -> Callable[[_Fields], Sequence[snmp.VarBind]]:
    def values(fields: _Fields) -> Sequence[snmp.VarBind]:
        name, index = fields["interface"].encode(), int(fields["index"])
        told = ((_IF_INDEX, index), (_IF_DESCR, name), (_IF_NAME, name), (_ADMIN, admin), (_OPER, oper))
        return tuple((f"{column}.{index}", value) for column, value in told)

    return values


def _session(state: int) -> Callable[[_Fields], Sequence[snmp.VarBind]]:
    return lambda fields: ((f"{_PEER_STATE}.{fields['neighbour']}", state),)


_TRAPS: Mapping[Event, tuple[str, Callable[[_Fields], Sequence[snmp.VarBind]]]] = {
    Event.LINK_DOWN: ("1.3.6.1.6.3.1.1.5.3", _link(_DOWN)),
    Event.SHUT: ("1.3.6.1.6.3.1.1.5.3", _link(_DOWN, _DOWN)),
    Event.LINK_UP: ("1.3.6.1.6.3.1.1.5.4", _link(_UP)),
    Event.BGP_UP: ("1.3.6.1.2.1.15.7.1", _session(_ESTABLISHED)),
    Event.BGP_DOWN: ("1.3.6.1.2.1.15.7.2", _session(_IDLE)),
}


def datagram(node: Node, event: Event, fields: _Fields, uptime_s: float) -> bytes | None:
    """What the device sends about an event; None when it sends nothing."""
    trap = _TRAPS.get(event)
    if trap is None or node.vendor not in SENDING:
        return None
    oid, values = trap
    address = IpAddress(IPv4Address(node.addresses[0]).packed)
    bound = snmp.notifying(TimeTicks(int(uptime_s * 100)), oid, *values(fields), (snmp.TRAP_ADDRESS, address))
    message = snmp.Message(
        version=snmp.Version.V2C, community=_COMMUNITY, kind=snmp.PduKind.TRAP, request_id=1, varbinds=tuple(bound)
    )
    return snmp.encode(message)
