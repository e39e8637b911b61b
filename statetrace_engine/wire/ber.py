"""Pure. BER (X.690), as much of it as SNMP uses: a bounded reader, and a writer.

    30 0b | 02 01 01 | 04 06 70 75 62 6c 69 63        SEQUENCE { INTEGER 1, OCTET STRING "public" }

Definite lengths only. A reader goes forward only and an item takes two octets at least, so time and the number of items
are linear in the size, which is bounded. Agents that write lengths or numbers longer than need be are understood.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from msgspec import Struct

MAX_SIZE = 65_535
"""Octets: a datagram holds no more."""
MAX_DEPTH = 8
MAX_ARCS = 128
MAX_ARC = 2**32 - 1
"""RFC 2578 section 3.5, both."""

INTEGER, BIT_STRING, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x03, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
"""RFC 2578 section 2, the APPLICATION tags."""
_MAX_OID_SIZE = MAX_ARCS * 5
_CONSTRUCTED, _LONG_TAG = 0x20, 0x1F
"""X.690 section 8.1.2: what holds items, and tags of more than one octet, of which SNMP has none."""
_NEVER_EMPTY = frozenset((INTEGER, OBJECT_IDENTIFIER, IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, 0x47))
"""0x47 is the UInteger32 of old."""


class BerError(ValueError):
    """Not what it should be; the text says what is wrong with it. Nothing else is raised here."""


class IpAddress(Struct, frozen=True):
    """`str` of it is the address."""

    octets: bytes
    """4."""

    def __str__(self) -> str:
        return ".".join(map(str, self.octets))


class Counter32(Struct, frozen=True):
    value: int


class Gauge32(Struct, frozen=True):
    """Unsigned32 too."""

    value: int


class TimeTicks(Struct, frozen=True):
    value: int
    """Hundredths of a second."""


class Counter64(Struct, frozen=True):
    value: int


class Opaque(Struct, frozen=True):
    octets: bytes


class Absent(Enum):
    """What stands in place of a value (RFC 3416 section 3)."""

    NO_SUCH_OBJECT = 0x80
    NO_SUCH_INSTANCE = 0x81
    END_OF_MIB_VIEW = 0x82


Unsigned = Counter32 | Gauge32 | TimeTicks | Counter64
Value = int | bytes | str | None | IpAddress | Unsigned | Opaque | Absent
"""`bytes` is an OCTET STRING, `str` an OBJECT IDENTIFIER with dots, None is NULL."""


class Reader:
    """The items of `raw`, one after the other; each method takes the next, and raises BerError when it is another."""

    __slots__ = ("_at", "_depth", "_end", "_raw")

    def __init__(self, raw: bytes) -> None:
        if len(raw) > MAX_SIZE:
            raise BerError(f"{len(raw)} octets are more than the {MAX_SIZE} that are read")
        self._raw, self._at, self._end, self._depth = raw, 0, len(raw), 0

    @property
    def is_done(self) -> bool:
        return self._at == self._end

    @property
    def position(self) -> int:
        """Where in the datagram the next item begins."""
        return self._at

    @property
    def next_tag(self) -> int:
        """-1 when nothing is left."""
        return self._raw[self._at] if self._at < self._end else -1

    def enter(self, tag: int) -> Reader:
        """A reader of what a SEQUENCE or another constructed item holds."""
        start = self._begin(tag)
        if self._depth == MAX_DEPTH:
            raise BerError(f"nested deeper than {MAX_DEPTH}")
        inner = Reader.__new__(Reader)
        inner._raw, inner._at, inner._end, inner._depth = self._raw, start, self._at, self._depth + 1
        return inner

    def integer(self) -> int:
        return _integer(self._body(INTEGER))

    def octets(self) -> bytes:
        return self._body(OCTET_STRING)

    def item(self, tag: int) -> bytes:
        """An item with its tag and length, unread."""
        at = self._at
        self._begin(tag)
        return self._raw[at : self._at]

    def skip(self, tag: int) -> int:
        """Passes over an item; how many octets it holds."""
        start = self._begin(tag)
        return self._at - start

    def oid(self) -> str:
        return _dotted(self._body(OBJECT_IDENTIFIER))

    def value(self) -> Value:
        """Whatever a variable may be bound to."""
        tag = self.next_tag
        start = self._begin(tag)
        read = _READ.get(tag)
        if read is None:
            raise BerError(f"tag {tag:#04x} is that of no value")
        return read(self._raw[start : self._at])

    def rest(self) -> bytes:
        """The octets of all that is left, unread."""
        start, self._at = self._at, self._end
        return self._raw[start : self._end]

    def finish(self) -> None:
        """Raises BerError when anything is left."""
        if self._at != self._end:
            raise BerError(f"{self._end - self._at} octets more than expected")

    def _body(self, tag: int) -> bytes:
        start = self._begin(tag)
        return self._raw[start : self._at]

    def _begin(self, tag: int) -> int:
        """Where the contents of the next item begin; the reader stands behind them."""
        raw, at, end = self._raw, self._at, self._end
        if end - at < 2:
            raise BerError("ends where an item should be")
        if raw[at] != tag:
            raise BerError(f"tag {raw[at]:#04x} where {tag:#04x} should be")
        length, start = raw[at + 1], at + 2
        if length > 0x7F:
            start, length = _long_length(raw, start, end)
        self._at = start + length
        if self._at > end:
            self._at = at
            raise BerError(f"an item of {length} octets where {end - start} are left")
        return start


def is_sound(raw: bytes) -> bool:
    """Whether `raw` is one whole item of sound items, whatever they say: for parsers that believe every length.

    30 05 | 02 01 01 | 05 00  → yes          30 05 | 02 01 01 | 05 01  → no: the last ends beyond the first
    """
    try:
        whole = Reader(raw)
        _look_into(whole, whole.next_tag, 0)
        whole.finish()
    except BerError:
        return False
    return True


def _look_into(reader: Reader, tag: int, around: int) -> None:
    """Takes one item of a reader of an item tagged `around`; raises BerError when anything in it is not sound."""
    if tag == BIT_STRING or tag & _LONG_TAG == _LONG_TAG:
        raise BerError(f"tag {tag:#04x} is none of SNMP's")  # RFC 2578 section 7.1.4
    if not tag & _CONSTRUCTED:
        if not reader.skip(tag) and tag in _NEVER_EMPTY:
            raise BerError("a number without octets")
        return
    inner = reader.enter(tag)
    if inner.is_done and tag == around == SEQUENCE:  # it binds a name to a value; the list of such may be empty
        raise BerError("a variable without a name")
    while not inner.is_done:
        _look_into(inner, inner.next_tag, tag)


def _long_length(raw: bytes, at: int, end: int) -> tuple[int, int]:
    """Where the contents begin, and their length in octets."""
    size = raw[at - 1] & 0x7F
    if size == 0:
        raise BerError("a length that is not told")
    if size > 4:
        raise BerError(f"a length of {size} octets")
    if at + size > end:
        raise BerError("ends within a length")
    return at + size, int.from_bytes(raw[at : at + size], "big")


def _integer(body: bytes) -> int:
    if not 1 <= len(body) <= 8:
        raise BerError(f"an INTEGER of {len(body)} octets")
    return int.from_bytes(body, "big", signed=True)


def _unsigned(body: bytes, bits: int) -> int:
    """Agents that leave out the zero before a high bit mean the number without a sign."""
    if not 1 <= len(body) <= bits // 8 + 1:
        raise BerError(f"a number of {len(body)} octets where {bits} bits suffice")
    value = int.from_bytes(body, "big")
    if value >> bits:
        raise BerError(f"a number of more than {bits} bits")
    return value


@lru_cache(maxsize=4096)
def _dotted(body: bytes) -> str:
    """Devices send the same names again and again."""
    if not body:
        raise BerError("an OBJECT IDENTIFIER without arcs")
    if len(body) > _MAX_OID_SIZE:
        raise BerError(f"an OBJECT IDENTIFIER of {len(body)} octets")
    if body[-1] & 0x80:
        raise BerError("an OBJECT IDENTIFIER that ends within an arc")
    arcs = _arcs(body)
    first = min(arcs[0] // 40, 2)
    arcs[:1] = [first, arcs[0] - 40 * first]
    if len(arcs) > MAX_ARCS:
        raise BerError(f"an OBJECT IDENTIFIER of {len(arcs)} arcs")
    if max(arcs) > MAX_ARC:
        raise BerError("an arc above 2**32 - 1")
    return ".".join(map(str, arcs))


def _arcs(body: bytes) -> list[int]:
    """As encoded: the first two in one number (X.690 section 8.19.4)."""
    arcs, arc, is_first = [], 0, True
    for octet in body:
        if is_first and octet == 0x80:
            raise BerError("an arc that begins with an empty octet")
        arc = arc << 7 | octet & 0x7F
        if arc > MAX_ARC + 80:
            raise BerError("an arc above 2**32 - 1")
        is_first = octet < 0x80
        if is_first:
            arcs.append(arc)
            arc = 0
    return arcs


def _ip_address(body: bytes) -> IpAddress:
    if len(body) != 4:
        raise BerError(f"an IpAddress of {len(body)} octets")
    return IpAddress(body)


def _empty(body: bytes, value: Absent | None) -> Absent | None:
    if body:
        raise BerError(f"{len(body)} octets in an item that holds none")
    return value


def _absent(value: Absent) -> Callable[[bytes], Value]:
    return lambda body: _empty(body, value)


_READ: dict[int, Callable[[bytes], Value]] = {
    INTEGER: _integer,
    OCTET_STRING: lambda body: body,
    NULL: lambda body: _empty(body, None),
    OBJECT_IDENTIFIER: _dotted,
    IP_ADDRESS: _ip_address,
    COUNTER32: lambda body: Counter32(_unsigned(body, 32)),
    GAUGE32: lambda body: Gauge32(_unsigned(body, 32)),
    TIME_TICKS: lambda body: TimeTicks(_unsigned(body, 32)),
    COUNTER64: lambda body: Counter64(_unsigned(body, 64)),
    OPAQUE: Opaque,
    **{absent.value: _absent(absent) for absent in Absent},
}


def item(tag: int, *parts: bytes) -> bytes:
    """An item of a one-octet tag and what it holds."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    if len(length) > 4:
        raise BerError(f"{size} octets in one item")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    return item(SEQUENCE, *parts)


def integer(value: int) -> bytes:
    if not -(2**63) <= value < 2**63:
        raise BerError(f"{value} takes more than 8 octets")
    size = (value if value >= 0 else value + 1).bit_length() // 8 + 1
    return item(INTEGER, value.to_bytes(size, "big", signed=True))


def octets(value: bytes) -> bytes:
    return item(OCTET_STRING, value)


@lru_cache(maxsize=4096)
def oid(dotted: str) -> bytes:
    """`1.3.6.1`."""
    words = dotted.split(".")
    if not 2 <= len(words) <= MAX_ARCS or not all(word.isascii() and word.isdigit() for word in words):
        raise BerError(f"{dotted[:80]!r} is no OBJECT IDENTIFIER of 2 to {MAX_ARCS} arcs")
    if any(len(word) > 10 for word in words) or max(arcs := [int(word) for word in words]) > MAX_ARC:
        raise BerError(f"{dotted[:80]!r} has an arc above 2**32 - 1")
    first, second, *rest = arcs
    if first > 2 or (first < 2 and second > 39):
        raise BerError(f"{dotted[:80]!r} begins as no OBJECT IDENTIFIER does")
    return item(OBJECT_IDENTIFIER, *map(_arc, (first * 40 + second, *rest)))


def _arc(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


_UNSIGNED: dict[type[Unsigned], tuple[int, int]] = {
    Counter32: (COUNTER32, 32),
    Gauge32: (GAUGE32, 32),
    TimeTicks: (TIME_TICKS, 32),
    Counter64: (COUNTER64, 64),
}


def value(value: Value) -> bytes:
    """The item of a value, whatever it is."""
    match value:
        case None:
            return item(NULL)
        case Absent():
            return item(value.value)
        case int():
            return integer(value)
        case bytes():
            return octets(value)
        case str():
            return oid(value)
        case IpAddress():
            if len(value.octets) != 4:
                raise BerError(f"an IpAddress of {len(value.octets)} octets")
            return item(IP_ADDRESS, value.octets)
        case Opaque():
            return item(OPAQUE, value.octets)
    tag, bits = _UNSIGNED[type(value)]
    if not 0 <= value.value < 1 << bits:
        raise BerError(f"{value.value} is no number of {bits} bits")
    return item(tag, value.value.to_bytes(value.value.bit_length() // 8 + 1, "big"))
