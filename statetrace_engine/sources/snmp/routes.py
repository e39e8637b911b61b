"""What a device has installed for a prefix: inetCidrRouteTable (RFC 4292), or ipCidrRouteTable where that is empty.

A prefix is a part of the tables' index, so that only its rows are walked and never the whole table:

    inetCidrRouteIfIndex . ipv4(1) . 4 . 10.1.0.0 . 16 . policy (length and arcs) . ipv4(1) . 4 . 10.1.1.2 = 3
    ipCidrRouteIfIndex . 10.1.0.0 . 255.255.0.0 . tos . 10.1.1.2 = 3
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec import Struct

from statetrace_engine.model.signal import InstalledPath, RouteReport
from statetrace_engine.sources.snmp.asking import Asking
from statetrace_engine.sources.snmp.client import Value, arcs

_INET, _CIDR = "1.3.6.1.2.1.4.24.7.1", "1.3.6.1.2.1.4.24.4.1"
_ROWS = 64
"""Paths of one prefix that are read."""
_PROTOCOLS = {
    3: "static", 8: "rip", 9: "isis", 11: "eigrp", 13: "ospf", 14: "bgp", 16: "eigrp",
}  # fmt: skip
"""IANAipRouteProtocol; the others say nothing. Not even 2, local: Linux agents say it of every route."""
_NOWHERE = {2: "reject", 5: "blackhole"}
"""inetCidrRouteType and ipCidrRouteType: what stands for the interface of a route into nothing."""
_ADDRESS_BYTES = {1: 4, 2: 16, 3: 4, 4: 16}
"""InetAddressType → bytes of the address; 3 and 4 carry a zone behind it."""


class _Table(Struct, frozen=True):
    interface: str
    kind: str
    protocol: str
    is_inet: bool


_TABLES = (
    _Table(f"{_INET}.7", f"{_INET}.8", f"{_INET}.9", is_inet=True),
    _Table(f"{_CIDR}.5", f"{_CIDR}.6", f"{_CIDR}.7", is_inet=False),
)
"""The columns with ifIndex, type and protocol, best table first."""


class Routes:
    """The watched prefixes of one device; knows which table it has."""

    def __init__(self, hostname: str, every_s: float) -> None:
        self._hostname = hostname
        self._every_s = every_s
        self._table: _Table | None = None

    async def ask(self, asking: Asking, vrf: str, prefix: str, interfaces: Mapping[int, str]) -> RouteReport | None:
        """None when the device does not say: no table, or none for this prefix. Raises SnmpError."""
        network = ip_network(prefix)
        if self._table is None or (self._table.is_inet is False and network.version == 6):
            self._table = await _table_of(asking)
        table = self._table
        if table is None or (network.version == 6 and not table.is_inet):
            return None
        walk = await asking.client.walk(f"{table.interface}.{_index(table, network)}", _ROWS)
        if not walk.rows and not await _has_rows(asking, table):
            self._table = None  # an empty table proves nothing: the agent has just started, or lost its routing daemon
            return None
        found = [
            (suffix := oid[len(table.interface) + 1 :], index, _next_hop(table, suffix)) for oid, index in walk.rows
        ]
        kinds = [f"{table.kind}.{suffix}" for suffix, _, next_hop in found if next_hop is None]
        said = await asking.get([*(f"{table.protocol}.{suffix}" for suffix, *_ in found), *kinds])
        paths = tuple(
            InstalledPath(
                next_hop,
                _interface(index, interfaces) or _named(_NOWHERE, said.get(f"{table.kind}.{suffix}")),
                _named(_PROTOCOLS, said.get(f"{table.protocol}.{suffix}")),
            )
            for suffix, index, next_hop in found
        )
        return RouteReport(self._hostname, vrf, prefix, paths, walk.is_complete, self._every_s)


async def _table_of(asking: Asking) -> _Table | None:
    for table in _TABLES:
        if await _has_rows(asking, table):
            return table
    return None


async def _has_rows(asking: Asking, table: _Table) -> bool:
    return bool((await asking.client.walk(table.interface, 1)).rows)


def _index(table: _Table, network: IPv4Network | IPv6Network) -> str:
    address = ".".join(map(str, network.network_address.packed))
    if not table.is_inet:
        return f"{address}.{network.netmask}"
    kind, size = (1, 4) if network.version == 4 else (2, 16)
    return f"{kind}.{size}.{address}.{network.prefixlen}"


def _next_hop(table: _Table, suffix: str) -> str | None:
    """None for no address, as of a connected route, and for one that cannot be read."""
    row = arcs(suffix)
    if not table.is_inet:
        return _address(row[-4:])
    at = 2 + row[1] + 1
    policy = row[at] if at < len(row) else 0
    hop = row[at + 1 + policy :]
    return _address(hop[2 : 2 + _ADDRESS_BYTES.get(hop[0], 0)]) if len(hop) > 2 else None


def _address(parts: tuple[int, ...]) -> str | None:
    if len(parts) not in (4, 16) or max(parts) > 255 or not any(parts):
        return None
    return str(ip_address(bytes(parts)))


def _interface(index: Value, interfaces: Mapping[int, str]) -> str | None:
    return interfaces.get(index) if isinstance(index, int) else None


def _named(names: Mapping[int, str], number: Value) -> str | None:
    return names.get(number) if isinstance(number, int) else None
