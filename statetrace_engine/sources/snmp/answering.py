"""Whose an answer is: a device with several addresses may answer from another one than it was asked at.

The number of a request, which is drawn by chance, says what an answer answers. It is taken from the address that was
asked and from the device's others; from anywhere else it is refused, and said: anybody could have sent it.
"""

from __future__ import annotations

import errno
import socket
from ipaddress import IPv6Address, ip_address

from statetrace_engine.sources import address
from statetrace_engine.sources.snmp.client import SnmpError, Trouble
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import BerError

Destination = tuple[str, int] | tuple[str, int, int, int]


def number(raw: bytes) -> int | None:
    """By which request and answer are known; None when it is no message of SNMP."""
    try:
        return snmp.number(raw)
    except BerError:
        return None


def bare(host: str) -> str:
    """One spelling for one address: without the interface that it may name, IPv4 mapped into IPv6 as IPv4."""
    return str(ip_address(address.peer(host).partition("%")[0]))


def from_elsewhere(sender: str) -> SnmpError:
    return SnmpError(Trouble.ELSEWHERE, f"{sender}; add it to the device's addresses in the inventory if it is one")


def destination(host: str, port: int) -> Destination:
    """As sockets want it, who know an interface by its number: `fe80::1%eth0` → `("fe80::1", 161, 0, 2)`.

    Raises OSError when there is no such interface.
    """
    if ":" not in host:
        return host, port
    plain, _, zone = host.partition("%")
    return str(IPv6Address(plain)), port, 0, _index(zone)


def _index(zone: str) -> int:
    if not zone or zone.isdecimal():
        return int(zone or 0)
    try:
        return socket.if_nametoindex(zone)
    except OSError:  # whose own words and number are another's on each system
        raise OSError(errno.ENXIO, f"no interface {zone} here") from None
