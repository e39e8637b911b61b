"""Pure. Prefix-preserving pseudonyms of addresses: what was in one network is in one network, to the bit.

The construction of Crypto-PAn (Xu et al., 2002: each bit is flipped or not by a keyed function of the bits before it),
with BLAKE2b, one digest for the 255 nodes of a byte. Nodes on the way to a special range never flip, so that special
addresses stay themselves, none other becomes one, and classes A, B and C are kept. Nor does the last bit flip: of a
link of two addresses (RFC 3021) the even one is read as its network, and must be the same where it stands alone.
"""

from __future__ import annotations

from hashlib import blake2b
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

_SPECIAL_4 = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
_SPECIAL_6 = ("::/8", "fe80::/10", "ff00::/8")
_CLASSES_4 = ("192.0.0.0/3",)
_CLASSES_6 = ("2000::/3", "fc00::/7")
_MASKS = frozenset(
    {(0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF for length in range(33)}
    | {0xFFFFFFFF >> length for length in range(33)}
)
"""Masks and wildcards: they say how long a prefix is, and are no addresses."""


class Addresses:
    """The pseudonyms under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._flips: dict[tuple[int, bytes], int] = {}
        self._known: dict[tuple[int, int, int], int] = {}

    def ipv4(self, number: int, length: int = 32) -> int:
        """The pseudonym of the first `length` bits; those behind them stay."""
        return self._mapped(number, length, 32)

    def ipv6(self, number: int, length: int = 128) -> int:
        """The same for 128 bits."""
        return self._mapped(number, length, 128)

    def _mapped(self, number: int, length: int, width: int) -> int:
        if any(number >> shift == prefix for prefix, shift in _SPECIALS[width]):
            return number
        asked = (width, number, length)
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = self._flipped(number, length, width)
        return known

    def _flipped(self, number: int, length: int, width: int) -> int:
        raw = number.to_bytes(width // 8, "big")
        mask = 0
        for index in range((length + 7) // 8):
            mask |= self._byte(width, raw, index) << (width - 8 * (index + 1))
        kept = width - length
        return number ^ (mask >> kept << kept)

    def _byte(self, width: int, raw: bytes, index: int) -> int:
        """The bits to flip in one byte: for each, what its node says, a node being the bits before it."""
        before = raw[:index]
        nodes = self._flips.get((width, before))
        if nodes is None:
            digest = blake2b(bytes((width,)) + before, key=self._key, person=b"addresses", digest_size=32).digest()
            nodes = self._flips[width, before] = int.from_bytes(digest, "big")
        node, mask, value = 1, 0, raw[index]
        for place in range(7, -1, -1):
            depth = 8 * index + 7 - place
            if nodes >> node & 1 and not _is_pinned(width, raw, depth):
                mask |= 1 << place
            node = node << 1 | (value >> place & 1)
        return mask


def _paths(prefixes: tuple[str, ...]) -> frozenset[tuple[int, int]]:
    """Every node on the way to each: how many bits stand before it, and which."""
    networks: list[IPv4Network | IPv6Network] = [ip_network(prefix) for prefix in prefixes]
    return frozenset(
        (depth, int(network.network_address) >> (network.max_prefixlen - depth))
        for network in networks
        for depth in range(network.prefixlen)
    )


_PINNED = {32: _paths(_SPECIAL_4 + _CLASSES_4), 128: _paths(_SPECIAL_6 + _CLASSES_6)}
_DEEPEST = {width: max(depth for depth, _ in nodes) for width, nodes in _PINNED.items()}


def _is_pinned(width: int, raw: bytes, depth: int) -> bool:
    if depth == width - 1:
        return True
    if depth > _DEEPEST[width]:
        return False
    return (depth, int.from_bytes(raw[:4], "big") >> (32 - depth)) in _PINNED[width]


def _shifts(prefixes: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    networks = [ip_network(prefix) for prefix in prefixes]
    return tuple(
        (int(one.network_address) >> (one.max_prefixlen - one.prefixlen), one.max_prefixlen - one.prefixlen)
        for one in networks
    )


_SPECIALS = {32: _shifts(_SPECIAL_4), 128: _shifts(_SPECIAL_6)}


def mask_length(number: int) -> int | None:
    """The prefix length that a mask or a wildcard says; None: it is an address."""
    if number not in _MASKS:
        return None
    return number.bit_count() if number >> 31 else 32 - number.bit_count()


def ipv4_text(number: int) -> str:
    return str(IPv4Address(number))


def ipv6_text(number: int, as_printed: str) -> str:
    """In the letters of the device."""
    text = str(IPv6Address(number))
    return text.upper() if as_printed.upper() == as_printed and as_printed.lower() != as_printed else text
