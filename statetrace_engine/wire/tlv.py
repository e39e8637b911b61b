"""Pure. Whether bytes are BER from end to end, as SNMP uses it: every length known, and within what surrounds it.

    30 05 02 01 01 05 00  → yes          30 05 02 01 01 05 01  → no: the last value ends beyond the message

For parsers that are not our own and do not look before they read.
"""

from __future__ import annotations

MAX_SIZE = 65_535
_MAX_DEPTH = 16
_CONSTRUCTED = 0x20
_SEQUENCE = 0x30
_LONG_TAG = 0x1F
"""Tags of more than one byte: SNMP has none."""
_BIT_STRING = 0x03
"""Nor these (RFC 2578 section 7.1.4)."""
_NUMBERS = frozenset((0x02, 0x06, 0x40, 0x41, 0x42, 0x43, 0x46, 0x47))
"""Integers, OIDs, addresses and counters, which have at least one byte."""


def is_sound(raw: bytes) -> bool:
    """Whether `raw` is one whole value with sound values in it; work is proportional to its length."""
    if not 2 <= len(raw) <= MAX_SIZE:
        return False
    around: list[tuple[int, int]] = []
    """Tag and end of the values around the one being looked at."""
    parent, limit, at = 0, len(raw), 0
    while True:
        while at == limit:
            if not around:
                return True
            parent, limit = around.pop()
        start, end = extent(raw, at, limit)
        tag = raw[at]
        if not start or (parent == 0 and end != limit):
            return False
        if tag == _BIT_STRING or (start == end and _needs_content(tag, parent)):
            return False
        if tag & _CONSTRUCTED:
            if len(around) >= _MAX_DEPTH:
                return False
            around.append((parent, limit))
            parent, limit, at = tag, end, start
        else:
            at = end


def _needs_content(tag: int, parent: int) -> bool:
    """A sequence in a sequence binds a value to a name; the list of such is in a PDU and may be empty."""
    return tag in _NUMBERS or tag == parent == _SEQUENCE


def extent(raw: bytes, at: int, limit: int) -> tuple[int, int]:
    """Where the contents of the value at `at` begin and end; (0, 0) when that is not before `limit`."""
    start = at + 2
    if start > limit or raw[at] & _LONG_TAG == _LONG_TAG:
        return 0, 0
    size = raw[at + 1]
    if size > 0x7F:
        count = size & 0x7F
        start += count
        if not 1 <= count <= 4 or start > limit:
            return 0, 0
        size = int.from_bytes(raw[start - count : start], "big")
    end = start + size
    return (start, end) if end <= limit else (0, 0)
