"""Pure. What JunOS calls protocols and routing tables, in our words."""

from __future__ import annotations

TABLE = r"(?P<table>[^\s:]++):[ ]\d++[ ]destinations,[ ]\d++[ ]routes[ ]\([^\n]*+"
"""`inet.0: 12 destinations, 14 routes (11 active, 0 holddown, 1 hidden)`, for verbose patterns."""

ACTIVE = frozenset("*+@#")
"""The marks of routes in use: `@` to choose and announce, `#` to forward (under multipath), `*` and `+` for both."""

_NAMES = {"direct": "connected", "is-is": "isis", "ospf2": "ospf", "ospf3": "ospf", "ripng": "rip"}
_LETTERS = {
    "B": "bgp", "D": "connected", "L": "local", "S": "static", "O": "ospf", "I": "isis", "R": "rip", "A": "aggregate",
    "P": "pim", "M": "mpls", "K": "kernel", "E": "evpn", "V": "vpn",
}  # fmt: skip


def named(name: str) -> str:
    """`Direct` → connected, `OSPF3` → ospf."""
    lower = name.lower()
    return _NAMES.get(lower, lower)


def lettered(letter: str) -> str | None:
    """What the one letter of `show route terse` means."""
    return _LETTERS.get(letter)


def discarded(kind: str | None) -> str | None:
    """The kind of a next hop that leads nowhere, which stands for its interface; None: it leads somewhere."""
    return kind if kind and kind.lower() in ("discard", "reject") else None


def table(name: str) -> str:
    """The VRF of a routing table: `inet.0` → default, `RED.inet6.0` → RED, `mpls.0` as it is."""
    if name in ("inet.0", "inet6.0"):
        return "default"
    for end in (".inet.0", ".inet6.0"):
        if name.endswith(end) and len(name) > len(end):
            return name.removesuffix(end)
    return name
