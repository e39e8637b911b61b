"""Pure. The path attributes of an UPDATE; a malformed one is a value, with what RFC 7606 makes of it.

40 01 01 00                              ORIGIN IGP
50 02 000a 02 02 0000fde9 fa56ea03       AS_PATH 65001 4200000003
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, StrEnum
from ipaddress import IPv4Address
from typing import NamedTuple, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.wire.bgp import AS_TRANS, BgpError

_OPTIONAL, _TRANSITIVE, _EXTENDED = 0x80, 0x40, 0x10
_Value = TypeVar("_Value")


class Code(IntEnum):
    ORIGIN = 1
    AS_PATH = 2
    NEXT_HOP = 3
    MED = 4
    LOCAL_PREF = 5
    ATOMIC_AGGREGATE = 6
    AGGREGATOR = 7
    COMMUNITIES = 8
    ORIGINATOR_ID = 9
    CLUSTER_LIST = 10
    MP_REACH_NLRI = 14
    MP_UNREACH_NLRI = 15
    AS4_PATH = 17
    AS4_AGGREGATOR = 18


_FLAGS = {
    Code.ORIGIN: _TRANSITIVE, Code.AS_PATH: _TRANSITIVE, Code.NEXT_HOP: _TRANSITIVE, Code.LOCAL_PREF: _TRANSITIVE,
    Code.ATOMIC_AGGREGATE: _TRANSITIVE,
    Code.MED: _OPTIONAL, Code.ORIGINATOR_ID: _OPTIONAL, Code.CLUSTER_LIST: _OPTIONAL,
    Code.MP_REACH_NLRI: _OPTIONAL, Code.MP_UNREACH_NLRI: _OPTIONAL,
    Code.AGGREGATOR: _OPTIONAL | _TRANSITIVE, Code.COMMUNITIES: _OPTIONAL | _TRANSITIVE,
    Code.AS4_PATH: _OPTIONAL | _TRANSITIVE, Code.AS4_AGGREGATOR: _OPTIONAL | _TRANSITIVE,
}  # fmt: skip
"""Whether each is optional and transitive; others' bits make it malformed."""
_DISCARDED = {Code.ATOMIC_AGGREGATE, Code.AGGREGATOR, Code.AS4_PATH, Code.AS4_AGGREGATOR}
"""Malformed, these are dropped, for nothing is decided by them (RFC 7606 section 7, RFC 6793 section 6)."""


class Origin(IntEnum):
    IGP = 0
    EGP = 1
    INCOMPLETE = 2


class SegmentKind(IntEnum):
    SET = 1
    SEQUENCE = 2
    CONFED_SEQUENCE = 3
    CONFED_SET = 4


_CONFEDERATION = (SegmentKind.CONFED_SEQUENCE, SegmentKind.CONFED_SET)


class Segment(Struct, frozen=True, gc=False):
    kind: SegmentKind
    asns: tuple[int, ...]


_Path = tuple[tuple[Segment, ...], bool]
"""Its segments, and whether they were written in two octets a number."""
_NO_PATH: _Path = ((), False)


class Treatment(StrEnum):
    """What becomes of a route whose attribute is malformed (RFC 7606 section 2)."""

    WITHDRAW = "treat-as-withdraw"
    DISCARD = "attribute discard"


class Fault(Struct, frozen=True):
    code: int
    """The attribute's; 0 for the list of attributes as a whole."""
    treatment: Treatment
    why: str


class Attributes(Struct, frozen=True, kw_only=True):
    """What an UPDATE says of all the prefixes that it announces; None or empty where it says nothing."""

    origin: Origin | None = None
    as_path: tuple[Segment, ...] = ()
    next_hop: str = ""
    """Of IPv4 unicast; the other families bring their own."""
    med: int | None = None
    local_pref: int | None = None
    is_atomic: bool = False
    communities: tuple[int, ...] = ()
    originator_id: str = ""
    cluster_list: tuple[str, ...] = ()


class Span(NamedTuple):
    """Where one attribute stands; a tuple, because a feed makes several for each UPDATE."""

    code: int
    flags: int
    start: int
    end: int


class _MalformedError(ValueError):
    pass


def spans(raw: bytes, at: int, end: int) -> tuple[list[Span], bool]:
    """The attributes between `at` and `end`, and whether the last of them overruns (it is then left out)."""
    found: list[Span] = []
    while at < end:
        if end - at < 3:
            return found, True
        flags = raw[at]
        if flags & _EXTENDED:
            start = at + 4
            stop = start + (raw[at + 2] << 8 | raw[at + 3]) if start <= end else end + 1
        else:
            start = at + 3
            stop = start + raw[at + 2]
        if stop > end:
            return found, True
        found.append(Span(raw[at + 1], flags, start, stop))
        at = stop
    return found, False


def decode(raw: bytes, found: list[Span], *, has_as4: bool) -> tuple[Attributes, list[Fault]]:
    """The values, and what is malformed. Of an attribute that is repeated the first counts (RFC 7606 section 3 g)."""
    reading = _Reading(raw, found)
    take = reading.take
    path, is_short = take(Code.AS_PATH, lambda value: _path(value, has_as4), _NO_PATH)
    attributes = Attributes(
        origin=take(Code.ORIGIN, _origin, None),
        as_path=path,
        next_hop=take(Code.NEXT_HOP, _ipv4, ""),
        med=take(Code.MED, _number, None),
        local_pref=take(Code.LOCAL_PREF, _number, None),
        is_atomic=take(Code.ATOMIC_AGGREGATE, _nothing, False),
        communities=take(Code.COMMUNITIES, _numbers, ()),
        originator_id=take(Code.ORIGINATOR_ID, _ipv4, ""),
        cluster_list=take(Code.CLUSTER_LIST, _addresses, ()),
    )
    newer, _ = take(Code.AS4_PATH, lambda value: (_segments(value, 4), False), _NO_PATH)
    aggregator = take(Code.AGGREGATOR, _aggregator, AS_TRANS)
    # RFC 6793 section 4.2.3: a speaker of two octets that aggregated anew has outdated what AS4_PATH says.
    is_outdated = take(Code.AS4_AGGREGATOR, _aggregator, 0) != 0 and aggregator != AS_TRANS
    if newer and is_short and not is_outdated:
        attributes = replace(attributes, as_path=_merged(path, newer))
    return attributes, reading.faults


class _Reading:
    """The first span of each attribute, and the faults that reading them brings to light."""

    def __init__(self, raw: bytes, found: list[Span]) -> None:
        self._raw = raw
        self._first: dict[int, Span] = {}
        self.faults: list[Fault] = []
        for span in found:
            known = _FLAGS.get(span.code)  # type: ignore[call-overload]
            if span.code in self._first:
                self.faults.append(Fault(span.code, Treatment.DISCARD, "repeated"))
            elif known is None and not span.flags & _OPTIONAL:
                self.faults.append(Fault(span.code, Treatment.WITHDRAW, "an unknown attribute that claims to be known"))
            elif known is not None and span.flags & (_OPTIONAL | _TRANSITIVE) != known:
                self.faults.append(Fault(span.code, _treatment(span.code), "wrong flags"))
            self._first.setdefault(span.code, span)

    def take(self, code: Code, read: Callable[[bytes], _Value], absent: _Value) -> _Value:
        """The attribute's value; `absent` when it is not there, or malformed, which is then a fault."""
        span = self._first.get(code)
        if span is None:
            return absent
        try:
            return read(self._raw[span.start : span.end])
        except _MalformedError as error:
            self.faults.append(Fault(code, _treatment(code), str(error)))
            return absent


def _treatment(code: int) -> Treatment:
    return Treatment.DISCARD if code in _DISCARDED else Treatment.WITHDRAW


def _origin(value: bytes) -> Origin:
    if len(value) != 1 or value[0] > Origin.INCOMPLETE:
        raise _MalformedError("an origin that is not one of three")
    return Origin(value[0])


def _number(value: bytes) -> int:
    if len(value) != 4:
        raise _MalformedError(f"{len(value)} octets in the place of 4")
    return int.from_bytes(value, "big")


def _ipv4(value: bytes) -> str:
    return str(IPv4Address(_number(value)))


def _nothing(value: bytes) -> bool:
    if value:
        raise _MalformedError(f"{len(value)} octets in the place of none")
    return True


def _numbers(value: bytes) -> tuple[int, ...]:
    if not value or len(value) % 4:
        raise _MalformedError(f"{len(value)} octets, which is no multiple of 4")
    return tuple(int.from_bytes(value[at : at + 4], "big") for at in range(0, len(value), 4))


def _addresses(value: bytes) -> tuple[str, ...]:
    return tuple(str(IPv4Address(number)) for number in _numbers(value))


def _aggregator(value: bytes) -> int:
    """The AS number: in two octets or in four."""
    if len(value) not in (6, 8):
        raise _MalformedError(f"{len(value)} octets in the place of 6 or 8")
    return int.from_bytes(value[:-4], "big")


def _path(value: bytes, has_as4: bool) -> _Path:
    """An AS_PATH in the width that was announced, or, where only that makes sense, in the other one.

    FRR 8.4 sends the stale routes of a peer that is down in two octets and calls them four: a path that cannot be
    read is a route treated as withdrawn, so the other reading is tried first.
    """
    try:
        return _segments(value, 4 if has_as4 else 2), not has_as4
    except _MalformedError:
        return _segments(value, 2 if has_as4 else 4), has_as4


def _segments(value: bytes, width: int) -> tuple[Segment, ...]:
    at, end = 0, len(value)
    segments = []
    while at < end:
        stop = at + 2 + value[at + 1] * width if end - at > 2 else end + 1
        if stop > end or value[at + 1] == 0 or not 1 <= value[at] <= 4:
            raise _MalformedError("a segment of an AS path is cut short, empty or of no known kind")
        asns = tuple(int.from_bytes(value[one : one + width], "big") for one in range(at + 2, stop, width))
        segments.append(Segment(SegmentKind(value[at]), asns))
        at = stop
    return tuple(segments)


def _hops(path: tuple[Segment, ...]) -> int:
    """A set counts once, a confederation not at all (RFC 4271 9.1.2.2, RFC 5065 5.3)."""
    return sum(1 if s.kind == SegmentKind.SET else len(s.asns) for s in path if s.kind not in _CONFEDERATION)


def _merged(older: tuple[Segment, ...], newer: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """AS4_PATH behind what only AS_PATH knows (RFC 6793 section 4.2.3)."""
    newer = tuple(segment for segment in newer if segment.kind not in _CONFEDERATION)
    missing = _hops(older) - _hops(newer)
    if missing < 0:
        return older
    before = []
    for segment in older:
        if segment.kind in _CONFEDERATION:
            before.append(segment)
        elif missing <= 0:
            break
        elif segment.kind == SegmentKind.SET:
            before.append(segment)
            missing -= 1
        else:
            before.append(Segment(segment.kind, segment.asns[:missing]))
            missing -= len(segment.asns)
    return (*before, *newer)


def encode(attributes: Attributes, *, has_as4: bool) -> bytes:
    """The attributes in the order of their codes, those for other families left to `bgp_update`."""
    written = []
    if attributes.origin is not None:
        written.append((Code.ORIGIN, bytes((attributes.origin,))))
        written.append((Code.AS_PATH, _encode_path(attributes.as_path, 4 if has_as4 else 2)))
    if attributes.next_hop:
        written.append((Code.NEXT_HOP, IPv4Address(attributes.next_hop).packed))
    for code, number in ((Code.MED, attributes.med), (Code.LOCAL_PREF, attributes.local_pref)):
        if number is not None:
            written.append((code, number.to_bytes(4, "big")))
    if attributes.is_atomic:
        written.append((Code.ATOMIC_AGGREGATE, b""))
    if attributes.communities:
        written.append((Code.COMMUNITIES, b"".join(one.to_bytes(4, "big") for one in attributes.communities)))
    if attributes.originator_id:
        written.append((Code.ORIGINATOR_ID, IPv4Address(attributes.originator_id).packed))
    if attributes.cluster_list:
        written.append((Code.CLUSTER_LIST, b"".join(IPv4Address(one).packed for one in attributes.cluster_list)))
    if not has_as4 and any(asn > 0xFFFF for segment in attributes.as_path for asn in segment.asns):
        plain = tuple(segment for segment in attributes.as_path if segment.kind not in _CONFEDERATION)
        written.append((Code.AS4_PATH, _encode_path(plain, 4)))
    return b"".join(envelope(code, value) for code, value in written)


def envelope(code: Code, value: bytes) -> bytes:
    """One attribute with its flags and its length."""
    size = len(value)
    if size > 0xFF:
        return bytes((_FLAGS[code] | _EXTENDED, code)) + size.to_bytes(2, "big") + value
    return bytes((_FLAGS[code], code, size)) + value


def _encode_path(path: tuple[Segment, ...], width: int) -> bytes:
    return b"".join(
        bytes((segment.kind, len(segment.asns)))
        + b"".join((asn if width == 4 or asn <= 0xFFFF else AS_TRANS).to_bytes(width, "big") for asn in segment.asns)
        for segment in path
    )


def only(found: list[Span], code: Code) -> Span | None:
    """The attribute that must not be repeated. Raises BgpError when it is (RFC 7606 section 3 g)."""
    spans_of = [span for span in found if span.code == code]
    if len(spans_of) > 1:
        raise BgpError(f"{code.name} more than once")
    return spans_of[0] if spans_of else None
