"""Pure. Rows of a capture as bytes: what a device showed, and beside it what passes (ages) and where each row stands.

Equal tables have equal bytes and so one hash, however old their routes are: only what does not pass is in them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import accumulate, pairwise
from typing import Any  # rows of any kind

import msgspec
from msgspec import Struct

from statetrace_engine.model.captured import (
    ArpRow,
    BgpNeighborRow,
    ConfigRow,
    InterfaceRow,
    Kind,
    LogRow,
    MacRow,
    NeighborRow,
    OspfNeighborRow,
    RouteRow,
    Row,
    SpanningTreeRow,
    TableRow,
    VersionRow,
    VlanRow,
)

ROWS: dict[Kind, Any] = {
    Kind.ROUTES: RouteRow,
    Kind.BGP_NEIGHBORS: BgpNeighborRow,
    Kind.OSPF_NEIGHBORS: OspfNeighborRow,
    Kind.INTERFACES: InterfaceRow,
    Kind.ARP: ArpRow,
    Kind.MAC_ADDRESSES: MacRow,
    Kind.NEIGHBORS: NeighborRow,
    Kind.VLANS: VlanRow,
    Kind.SPANNING_TREE: SpanningTreeRow,
    Kind.VERSION: VersionRow,
    Kind.LOG: LogRow,
    Kind.CONFIG: ConfigRow,
    Kind.TABLE: TableRow,
}
PASSING: dict[Kind, str] = {
    Kind.ROUTES: "age_seconds",
    Kind.BGP_NEIGHBORS: "uptime_seconds",
    Kind.OSPF_NEIGHBORS: "uptime_seconds",
    Kind.SPANNING_TREE: "changed_seconds",
    Kind.VERSION: "uptime_seconds",
}
"""The field of a kind that changes by itself."""
_LEVEL = 1
"""zlib's fastest: a fifth of the size in a quarter of the time that level 6 takes."""

_CHUNK = 1 << 12
_PIECE = 1 << 20
_PAIR, _MAP = b"\x92", 0x80
"""How MessagePack begins an array of two, and a map of up to fifteen."""

_encode = msgspec.msgpack.Encoder().encode
_sorted = msgspec.msgpack.Encoder(order="sorted").encode
_spans = msgspec.msgpack.Decoder(tuple[list[int], list[int], list[int | None]])
_numbers = msgspec.msgpack.Decoder(list[int])


class Packed(Struct, frozen=True):
    digest: str
    """BLAKE2b-256 of the rows without what passes, in hex."""
    body: bytes
    """These rows, compressed."""
    beside: bytes
    """Where each stands, and what passes of it, compressed."""


def pack(kind: Kind, rows: Sequence[Row], starts: Sequence[int], ends: Sequence[int]) -> Packed:
    """Rows and their places: byte offsets, or any numbers that mostly grow."""
    hashed, compressor = blake2b(digest_size=32), zlib.compressobj(_LEVEL)
    body = []
    for part in _parts(kind, rows):
        hashed.update(part)
        body.append(compressor.compress(part))
    body.append(compressor.flush())
    passing = [getattr(row, PASSING[kind]) for row in rows] if kind in PASSING else []
    beside = _encode((_steps(starts), [end - start for start, end in zip(starts, ends, strict=True)], passing))
    return Packed(hashed.hexdigest(), b"".join(body), zlib.compress(beside, _LEVEL))


def unpack(body: bytes, beside: bytes) -> tuple[list[Row], list[int], list[int]]:
    """Rows with what passes, their starts and ends. Raises ValueError for bytes that `pack` did not make."""
    try:
        kind_name, columns = msgspec.msgpack.decode(zlib.decompress(body))
        kind = Kind(kind_name)
        steps, lengths, passing = _spans.decode(zlib.decompress(beside))
        starts = list(accumulate(steps))
        rows = _rows(kind, columns, passing, len(starts))
    except (zlib.error, msgspec.MsgspecError, TypeError) as error:
        raise ValueError(f"these are no rows of a capture: {error}") from error
    return rows, starts, [start + length for start, length in zip(starts, lengths, strict=True)]


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """Numbers that mostly grow, compressed; a few thousand of them are there twice at a time."""
    compressor = zlib.compressobj(_LEVEL)
    count = len(numbers)
    packed = [compressor.compress(_array(count))]
    for at in range(0, count, _CHUNK):
        before = numbers[at - 1] if at else 0
        part = _encode(_steps((before, *numbers[at : at + _CHUNK]))[1:])
        packed.append(compressor.compress(part[len(_array(min(_CHUNK, count - at))) :]))
    return b"".join((*packed, compressor.flush()))


def _array(count: int) -> bytes:
    """How MessagePack begins an array of so many."""
    if count < 1 << 4:
        return bytes((0x90 | count,))
    return b"\xdc" + count.to_bytes(2, "big") if count < 1 << 16 else b"\xdd" + count.to_bytes(4, "big")


def unpack_numbers(body: bytes) -> list[int]:
    """Raises ValueError for bytes that `pack_numbers` did not make."""
    try:
        return list(accumulate(_numbers.decode(zlib.decompress(body))))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"these are no numbers: {error}") from error


def pack_text(text: str) -> bytes:
    compressor = zlib.compressobj(_LEVEL)
    pieces = (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
    packed = [compressor.compress(piece.encode("utf-8", "surrogatepass")) for piece in pieces]
    return b"".join((*packed, compressor.flush()))


def unpack_text(body: bytes) -> str:
    """Raises ValueError for bytes that `pack_text` did not make."""
    try:
        return zlib.decompress(body).decode("utf-8", "surrogatepass")
    except zlib.error as error:
        raise ValueError(f"this is no text: {error}") from error


def _steps(numbers: Sequence[int]) -> list[int]:
    return [numbers[0], *(second - first for first, second in pairwise(numbers))] if numbers else []


def _parts(kind: Kind, rows: Sequence[Row]) -> Iterator[bytes]:
    """MessagePack of [kind, {field: values}], a field at a time: a table's rows are never there twice.

    The rows stand by field and not by row: half the bytes, and zlib finds what repeats. A field that none has is left
    out, so that a new one changes no digest.
    """
    if kind is Kind.TABLE:
        yield _sorted((kind.value, rows))
        return
    fields = [name for name in ROWS[kind].__struct_fields__ if name != PASSING.get(kind)]
    told = sorted(name for name in fields if any(getattr(row, name) is not None for row in rows))
    yield _PAIR + _encode(kind.value) + bytes((_MAP | len(told),))
    for name in told:
        yield _encode(name)
        yield _sorted([getattr(row, name) for row in rows])


def _rows(kind: Kind, columns: Any, passing: list[Any], count: int) -> list[Row]:
    if kind is Kind.TABLE:
        return list(columns)
    if passing:
        columns[PASSING[kind]] = passing
    absent = (None,) * count
    fields = (columns.get(name, absent) for name in ROWS[kind].__struct_fields__)
    if kind in (Kind.MAC_ADDRESSES, Kind.VLANS, Kind.CONFIG):
        fields = (map(_tuples, column) for column in fields)
    return [ROWS[kind](*values) for values in zip(*fields, strict=True)]


def _tuples(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
