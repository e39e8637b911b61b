"""Pure. Rows of a capture as bytes: what a device showed, and beside it what passes (ages) and where each row stands.

Equal tables have equal bytes and so one hash, however old their routes are: only what does not pass is in them.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
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
    TableRow,
    VersionRow,
)

ROWS: dict[Kind, Any] = {
    Kind.ROUTES: RouteRow,
    Kind.BGP_NEIGHBORS: BgpNeighborRow,
    Kind.OSPF_NEIGHBORS: OspfNeighborRow,
    Kind.INTERFACES: InterfaceRow,
    Kind.ARP: ArpRow,
    Kind.MAC_ADDRESSES: MacRow,
    Kind.NEIGHBORS: NeighborRow,
    Kind.VERSION: VersionRow,
    Kind.LOG: LogRow,
    Kind.CONFIG: ConfigRow,
    Kind.TABLE: TableRow,
}
PASSING: dict[Kind, str] = {
    Kind.ROUTES: "age_seconds",
    Kind.BGP_NEIGHBORS: "uptime_seconds",
    Kind.OSPF_NEIGHBORS: "uptime_seconds",
    Kind.VERSION: "uptime_seconds",
}
"""The field of a kind that changes by itself."""
_LEVEL = 1
"""zlib's fastest: a fifth of the size in a quarter of the time that level 6 takes."""

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
    columns, passing = _columns(kind, rows)
    plain = _sorted((kind.value, columns))
    beside = _encode((_steps(starts), [end - start for start, end in zip(starts, ends, strict=True)], passing))
    return Packed(
        blake2b(plain, digest_size=32).hexdigest(), zlib.compress(plain, _LEVEL), zlib.compress(beside, _LEVEL)
    )


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
    """Numbers that mostly grow, compressed."""
    return zlib.compress(_encode(_steps(numbers)), _LEVEL)


def unpack_numbers(body: bytes) -> list[int]:
    """Raises ValueError for bytes that `pack_numbers` did not make."""
    try:
        return list(accumulate(_numbers.decode(zlib.decompress(body))))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(f"these are no numbers: {error}") from error


def pack_text(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpack_text(body: bytes) -> str:
    """Raises ValueError for bytes that `pack_text` did not make."""
    try:
        return zlib.decompress(body).decode("utf-8", "surrogatepass")
    except zlib.error as error:
        raise ValueError(f"this is no text: {error}") from error


def _steps(numbers: Sequence[int]) -> list[int]:
    return [numbers[0], *(second - first for first, second in pairwise(numbers))] if numbers else []


def _columns(kind: Kind, rows: Sequence[Row]) -> tuple[Any, list[Any]]:
    """The rows by field and not by row: half the bytes, and zlib finds what repeats. A field that none has is left out,
    so that a new one changes no digest."""
    if kind is Kind.TABLE:
        return list(rows), []
    values = zip(*map(msgspec.structs.astuple, _structs(rows)), strict=True)
    columns = dict(zip(ROWS[kind].__struct_fields__, values, strict=bool(rows)))
    passing = columns.pop(PASSING.get(kind, ""), ())
    return {name: column for name, column in columns.items() if any(value is not None for value in column)}, [*passing]


def _rows(kind: Kind, columns: Any, passing: list[Any], count: int) -> list[Row]:
    if kind is Kind.TABLE:
        return list(columns)
    if passing:
        columns[PASSING[kind]] = passing
    absent = (None,) * count
    fields = (columns.get(name, absent) for name in ROWS[kind].__struct_fields__)
    if kind in (Kind.MAC_ADDRESSES, Kind.CONFIG):
        fields = (map(_tuples, column) for column in fields)
    return [ROWS[kind](*values) for values in zip(*fields, strict=True)]


def _tuples(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _structs(rows: Sequence[Row]) -> Sequence[Struct]:
    return [row for row in rows if isinstance(row, Struct)]
