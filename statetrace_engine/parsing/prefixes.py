"""Pure. Destinations in network form: `10.1.2.3` and `255.255.255.0` or `24` to `10.1.2.0/24`."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

_MASKS = {str(ipaddress.IPv4Network((0, length)).netmask): length for length in range(33)}
_KEPT = tuple((0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF for length in range(33))


def length(mask: str) -> int | None:
    """The length of a mask: `255.255.255.0`, `24` and `/24` are 24; None: a mask with holes, or none."""
    if mask in _MASKS:
        return _MASKS[mask]
    digits = mask.removeprefix("/")
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 4 and int(digits) <= 128 else None


@lru_cache(maxsize=65536)
def network(address: str, bits: int) -> str:
    """The prefix with its host bits cleared, IPv6 as in RFC 5952; what is no address stays as printed.

    >>> network("10.1.2.3", 24), network("2001:DB8::1", 64)
    ('10.1.2.0/24', '2001:db8::/64')
    """
    parts = address.split(".")
    if len(parts) == 4 and bits <= 32:
        try:
            a, b, c, d = map(int, parts)
        except ValueError:
            return f"{address}/{bits}"
        if not (0 <= a < 256 and 0 <= b < 256 and 0 <= c < 256 and 0 <= d < 256):
            return f"{address}/{bits}"
        whole = (a << 24 | b << 16 | c << 8 | d) & _KEPT[bits]
        return f"{whole >> 24}.{whole >> 16 & 255}.{whole >> 8 & 255}.{whole & 255}/{bits}"
    try:
        return str(ipaddress.ip_network((address, bits), strict=False))
    except ValueError:
        return f"{address.lower()}/{bits}"


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


@lru_cache(maxsize=65536)
def host(address: str) -> str:
    """An address in its short form (`2001:DB8:0::1` → `2001:db8::1`); what is no address stays as printed."""
    if ":" not in address:
        return address
    bare, percent, zone = address.partition("%")
    try:
        return str(ipaddress.IPv6Address(bare)) + percent + zone
    except ValueError:
        return address
