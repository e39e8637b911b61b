"""Pure. What a simulated device's SNMP agent has to say, as OIDs and values: of its interfaces, sessions and routes.

Sources: RFC 3418 (system), 2863 (IF-MIB), 4293 (ipAdEntIfIndex), 4292 (inetCidrRouteTable), 4273 (BGP4-MIB), 4750
(OSPF-MIB). Of the route table only watched prefixes are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network

from statetrace_engine.simulate.faults import State, port_fields
from statetrace_engine.simulate.network import Link, Network, Node
from statetrace_engine.wire.ber import Gauge32, IpAddress, Value

UPTIME = "1.3.6.1.2.1.1.3.0"
_SYSTEM, _INTERFACES, _IF_X = "1.3.6.1.2.1.1", "1.3.6.1.2.1.2", "1.3.6.1.2.1.31.1.1.1"
_ADDRESS_INTERFACE, _ROUTE = "1.3.6.1.2.1.4.20.1.2", "1.3.6.1.2.1.4.24.7.1"
_OSPF_ROUTER_ID, _OSPF_NEIGHBOUR = "1.3.6.1.2.1.14.1.1.0", "1.3.6.1.2.1.14.10.1"
_BGP, _BGP_PEER = "1.3.6.1.2.1.15", "1.3.6.1.2.1.15.3.1"
_UP, _DOWN = 1, 2
_ETHERNET, _OTHER = 6, 1
"""IANAifType."""
_MBIT_S = 1000
_BGP_IDLE, _BGP_ESTABLISHED, _BGP_START = 1, 6, 2
_BGP_CEASE = b"\x06\x00"
_OSPF_DOWN, _OSPF_FULL = 1, 8
_BLACKHOLE, _REMOTE = 5, 4
"""inetCidrRouteType."""
_PROTOCOLS = {"static": 3, "ospf": 13, "bgp": 14}
"""IANAipRouteProtocol."""
_PHYSICAL, _NULL0 = 500, 1000
"""ifIndex of the port below a unit of Junos, above the unit's own; and of Null0."""

Row = tuple[str, Value]
Rows = Callable[[Network, Node, State], Iterator[Row]]


def system(_network: Network, node: Node, _state: State) -> Iterator[Row]:
    yield f"{_SYSTEM}.1.0", f"{node.vendor}, simulated".encode()
    yield f"{_SYSTEM}.2.0", "0.0"
    yield f"{_SYSTEM}.5.0", node.hostname.encode()
    yield f"{_INTERFACES}.1.0", len(_named(node))
    for index, port in enumerate(node.ports, 1):
        yield f"{_ADDRESS_INTERFACE}.{port.address}", index


def interfaces(network: Network, node: Node, state: State) -> Iterator[Row]:
    """ifTable and ifXTable."""
    ends = network.ends_of(node.hostname)
    down = {end.this.interface for end in ends if not state.is_up(end.link)}
    shut = {end.this.interface for end in ends if state.is_shut(end.this)}
    for index, name in _named(node).items():
        is_null = index == _NULL0
        port = "" if is_null else node.ports[(index - 1) % _PHYSICAL].interface
        table: dict[int, Value] = {
            1: index, 2: name.encode(), 3: _OTHER if is_null else _ETHERNET, 4: 1500,
            7: _DOWN if port in shut else _UP, 8: _DOWN if port in down else _UP,
        }  # fmt: skip
        yield from ((f"{_INTERFACES}.2.1.{column}.{index}", value) for column, value in table.items())
        yield f"{_IF_X}.1.{index}", name.encode()
        yield f"{_IF_X}.15.{index}", Gauge32(_MBIT_S)


def sessions(network: Network, node: Node, state: State) -> Iterator[Row]:
    """bgpPeerTable and ospfNbrTable, and what says that they are served at all."""
    yield f"{_BGP}.1.0", b"\x10"
    yield f"{_BGP}.2.0", node.asn
    yield f"{_BGP}.4.0", _address(node.router_id)
    yield _OSPF_ROUTER_ID, _address(node.router_id)
    for end in network.ends_of(node.hostname):
        fields, is_up = port_fields(network, end.this, end.other), state.is_up(end.link)
        neighbour, router_id = end.other.address, _address(fields["router_id"] if is_up else "0.0.0.0")
        if end.link.protocol == "ospf":
            table: dict[int, Value] = {
                1: _address(neighbour), 2: 0, 3: _address(fields["router_id"]), 6: _OSPF_FULL if is_up else _OSPF_DOWN,
            }  # fmt: skip
            yield from ((f"{_OSPF_NEIGHBOUR}.{column}.{neighbour}.0", value) for column, value in table.items())
            continue
        table = {
            1: router_id, 2: _BGP_ESTABLISHED if is_up else _BGP_IDLE, 3: _BGP_START, 5: _address(end.this.address),
            7: _address(neighbour), 9: int(fields["asn"]), 14: b"\0\0" if is_up else _BGP_CEASE,
        }  # fmt: skip
        yield from ((f"{_BGP_PEER}.{column}.{neighbour}", value) for column, value in table.items())


def routes(network: Network, node: Node, state: State) -> Iterator[Row]:
    """inetCidrRouteTable: the next hop is a part of the index."""
    link = state.carries(node.hostname)
    if link is None and not state.discards(node.hostname):
        return
    for route in network.routes_of(node.hostname):
        row = f"{_prefix(route.prefix)}.2.0.0.1.4.{link.far.address if link else '0.0.0.0'}"
        yield from (
            (f"{_ROUTE}.{column}.{row}", value) for column, value in zip((7, 8, 9), _leading(node, link), strict=True)
        )


def _leading(node: Node, link: Link | None) -> tuple[int, int, int]:
    """ifIndex, type and protocol of a route."""
    if link is None:
        return _NULL0, _BLACKHOLE, _PROTOCOLS["static"]
    return node.index_of(link.near.interface), _REMOTE, _PROTOCOLS[link.protocol]


def _named(node: Node) -> dict[int, str]:
    """Every interface by its index: the ports, what Junos has below its units, and Null0."""
    found = {index: port.interface for index, port in enumerate(node.ports, 1)}
    below = {index + _PHYSICAL: name.partition(".")[0] for index, name in found.items() if "." in name}
    return found | below | {_NULL0: "Null0"}


def _prefix(text: str) -> str:
    """`10.1.0.0/16` → `1.4.10.1.0.0.16`."""
    network = IPv4Network(text)
    return f"1.4.{network.network_address}.{network.prefixlen}"


def _address(text: str) -> IpAddress:
    return IpAddress(IPv4Address(text).packed)
