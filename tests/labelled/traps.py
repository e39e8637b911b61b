"""The SNMP notifications of labelled faults, as a device's agent encodes them (version 2c).

bgpBackwardTransition carries bgpPeerLastError: the last NOTIFICATION of either direction, and that of an earlier
session where none ended this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import IpAddress, TimeTicks

SENDING = frozenset(("cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos"))
_OF_INTERFACE = "1.3.6.1.2.1.2.2.1"
_NAME = "1.3.6.1.2.1.31.1.1.1.1"
_OF_PEER = "1.3.6.1.2.1.15.3.1"
_OF_NEIGHBOUR = "1.3.6.1.2.1.14.10.1"
_DOWN = 2
_IDLE = 1


def _encode(oid: str, values: Iterable[snmp.VarBind], uptime_s: float) -> bytes:
    bound = snmp.notifying(TimeTicks(int(uptime_s * 100)), oid, *values)
    return snmp.encode(
        snmp.Message(
            version=snmp.Version.V2C, community=b"x", kind=snmp.PduKind.TRAP, request_id=1, varbinds=tuple(bound)
        )
    )


def link_down(index: int, interface: str, is_admin: bool, uptime_s: float) -> bytes:
    name = interface.encode()
    values = (
        (f"{_OF_INTERFACE}.1.{index}", index),
        (f"{_OF_INTERFACE}.2.{index}", name),
        (f"{_NAME}.{index}", name),
        (f"{_OF_INTERFACE}.7.{index}", 2 if is_admin else 1),
        (f"{_OF_INTERFACE}.8.{index}", _DOWN),
    )
    return _encode("1.3.6.1.6.3.1.1.5.3", values, uptime_s)


def bgp_backward(neighbour: str, last_error: tuple[int, int], uptime_s: float) -> bytes:
    values = (
        (f"{_OF_PEER}.7.{neighbour}", IpAddress(IPv4Address(neighbour).packed)),
        (f"{_OF_PEER}.14.{neighbour}", bytes(last_error)),
        (f"{_OF_PEER}.2.{neighbour}", _IDLE),
    )
    return _encode("1.3.6.1.2.1.15.7.2", values, uptime_s)


def ospf_changed(neighbour: str, router_id: str, uptime_s: float) -> bytes:
    values = (
        (f"{_OF_NEIGHBOUR}.1.{neighbour}.0", IpAddress(IPv4Address(neighbour).packed)),
        (f"{_OF_NEIGHBOUR}.2.{neighbour}.0", 0),
        (f"{_OF_NEIGHBOUR}.3.{neighbour}.0", IpAddress(IPv4Address(router_id).packed)),
        (f"{_OF_NEIGHBOUR}.6.{neighbour}.0", 1),
    )
    return _encode("1.3.6.1.2.1.14.16.2.2", values, uptime_s)
