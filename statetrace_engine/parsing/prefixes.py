"""Pure. Destinations in network form: `10.1.2.3` and `255.255.255.0` or `24` to `10.1.2.0/24`."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

_MASKS = {str(ipaddress.IPv4Network((0, length)).netmask): length for length in range(33)}
_OCTETS = tuple({str(octet): str(octet & (0xFF00 >> kept) & 0xFF) for octet in range(256)} for kept in range(9))
"""By how many of its bits are kept, what becomes of an octet as printed."""
_KEPT = tuple(
    tuple(_OCTETS[min(max(bits - before, 0), 8)] for before in (0, 8, 16, 24)) for bits in range(33)
)  # fmt: skip
_REMEMBERED = 8192
"""Each keeps the memory around it from being given back when the file that it came from is done."""
_SHORT6 = re.compile(r"(?:[1-9a-f][0-9a-f]{0,3}:){1,6}:")
"""An IPv6 network in its short form: no group is zero but those left out at its end."""


def length(mask: str) -> int | None:
    """The length of a mask: `255.255.255.0`, `24` and `/24` are 24; None: a mask with holes, or none."""
    if mask in _MASKS:
        return _MASKS[mask]
    digits = mask.removeprefix("/")
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 4 and int(digits) <= 128 else None


def network(address: str, bits: int) -> str:
    """The prefix with its host bits cleared, IPv6 as in RFC 5952; what is no address stays as printed.

    >>> network("10.1.2.3", 24), network("2001:DB8::1", 64)
    ('10.1.2.0/24', '2001:db8::/64')
    """
    if ":" in address:
        lower = address.lower()
        is_short = _SHORT6.fullmatch(lower) is not None and (lower.count(":") - 1) * 16 <= bits <= 128
        return f"{lower}/{bits}" if is_short else _network6(lower, bits)
    try:
        one, two, three, four = address.split(".")
        kept = _KEPT[bits]
        return f"{kept[0][one]}.{kept[1][two]}.{kept[2][three]}.{kept[3][four]}/{bits}"
    except (ValueError, KeyError, IndexError):
        return _odd_network(address, bits)


@lru_cache(maxsize=_REMEMBERED)
def _network6(address: str, bits: int) -> str:
    try:
        return str(ipaddress.ip_network((address, bits), strict=False))
    except ValueError:
        return f"{address}/{bits}"


def _odd_network(address: str, bits: int) -> str:
    """IPv4 with zeros before a number (`010.001.000.000`), or nothing that we know."""
    octets = [octet.lstrip("0") or "0" for octet in address.split(".") if octet.isdecimal() and octet.isascii()]
    if len(octets) != 4 or address.count(".") != 3 or bits > 32 or any(octet not in _OCTETS[8] for octet in octets):
        return f"{address.lower()}/{bits}"
    return network(".".join(octets), bits)


def prefix(text: str) -> str | None:
    """`10.1.2.3/24` in network form; None: no length in it."""
    address, _, bits = text.rpartition("/")
    found = length(bits)
    return network(address, found) if address and found is not None else None


def classful_length(address: str) -> int:
    """What an IPv4 destination printed without a length has: 8, 16 or 24 by its class, 0 for `0.0.0.0`."""
    first = address.partition(".")[0]
    octet = int(first) if first.isdecimal() and first.isascii() and len(first) < 4 else 0
    if address == "0.0.0.0":
        return 0
    return 8 if octet < 128 else 16 if octet < 192 else 24


def host(address: str) -> str:
    """An address in its short form (`2001:DB8:0::1` → `2001:db8::1`); what is no address stays as printed."""
    return _host6(address) if ":" in address else address


@lru_cache(maxsize=_REMEMBERED)
def _host6(address: str) -> str:
    bare, percent, zone = address.partition("%")
    try:
        return str(ipaddress.IPv6Address(bare)) + percent + zone
    except ValueError:
        return address
