"""Pure. Rows of a capture as bytes: what a device showed, and beside it what passes (ages) and where each row stands.

Equal tables have equal bytes and so one hash, however old their routes are: only what does not pass is in them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import accumulate, pairwise
from operator import add
from sys import intern
from typing import Any, overload  # rows of any kind

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
    VitalRow,
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
    Kind.VITALS: VitalRow,
    Kind.VERSION: VersionRow,
    Kind.LOG: LogRow,
    Kind.CONFIG: ConfigRow,
    Kind.TABLE: TableRow,
}
PASSING: dict[Kind, str] = {
    Kind.ROUTES: "age_seconds",
    Kind.BGP_NEIGHBORS: "uptime_seconds",
    Kind.OSPF_NEIGHBORS: "uptime_seconds",
    Kind.INTERFACES: "input_errors",
    Kind.SPANNING_TREE: "changed_seconds",
    Kind.VITALS: "value",
    Kind.VERSION: "uptime_seconds",
}
"""The field of a kind that changes by itself: an age, a counter, a measure."""
_LEVEL = 1
"""zlib's fastest: a fifth of the size in a quarter of the time that level 6 takes."""

_NAMELESS = ""
_CHUNK = 1 << 12
_PIECE = 1 << 16
_PAIR, _MAP = b"\x92", 0x80
"""How MessagePack begins an array of two, and a map of up to fifteen."""

_encode = msgspec.msgpack.Encoder().encode
_sorted = msgspec.msgpack.Encoder(order="sorted").encode
_spans = msgspec.msgpack.Decoder(tuple[list[int], list[int], list[int | None]])
_numbers = msgspec.msgpack.Decoder(list[int])
_body = msgspec.msgpack.Decoder(tuple[str, msgspec.Raw])
_columns = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])
_list = msgspec.msgpack.Decoder(list[Any])


class Columns(Sequence[Any]):
    """Rows by field, as they are stored: each is made when somebody looks at it."""

    def __init__(self, kind: Kind, columns: Mapping[str, list[Any]], count: int) -> None:
        self._row = ROWS[kind]
        self._columns, self._count = columns, count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(self._count))]
        if not -self._count <= at < self._count:
            raise IndexError(at)
        known = self._columns
        return self._row(*(_tuples(known[name][at]) if name in known else None for name in self._row.__struct_fields__))


class Shown(Struct):
    """A section's rows as they are stored, unpacked and not made into objects."""

    kind: Kind
    columns: dict[str, list[Any]]
    """Without what passes. A fallback template's rows, which have no fields of ours, are one column without a name."""
    steps: list[int]
    """From one row's start to the next one's."""
    lengths: list[int]
    passing: list[int | None]
    """Empty for a kind of which nothing passes."""

    @property
    def count(self) -> int:
        return len(self.steps)

    @property
    def digest(self) -> str:
        hashed = blake2b(digest_size=32)
        for part in _encoded(self.kind, self.columns):
            hashed.update(part)
        return hashed.hexdigest()

    @property
    def places(self) -> tuple[list[int], list[int]]:
        """Where each row begins and ends."""
        starts = list(accumulate(self.steps))
        return starts, list(map(add, starts, self.lengths))

    def rows(self) -> list[Row]:
        """Raises ValueError where the columns are not of one length, or no fields of such rows."""
        try:
            if self.kind is Kind.TABLE:
                return list(self.columns[_NAMELESS])
            return _rows(self.kind, {**self.columns, **self._passing}, self.count)
        except (TypeError, KeyError) as error:
            raise ValueError(f"these are no rows of a capture: {error}") from error

    def column(self, name: str) -> list[Any]:
        """One field of all rows, without what passes."""
        return self.columns.get(name) or [None] * self.count

    def table(self) -> Sequence[Any]:
        """The same rows, each made when somebody looks at it; without what passes."""
        if self.kind is Kind.TABLE:
            return self.columns[_NAMELESS]
        return Columns(self.kind, self.columns, self.count)

    @property
    def _passing(self) -> dict[str, list[Any]]:
        return {PASSING[self.kind]: self.passing} if self.passing else {}


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


def shown(body: bytes, beside: bytes, like: Shown | None = None) -> Shown:
    """`like`: what has the same body. Raises ValueError for bytes that `pack` did not make."""
    try:
        kind, columns = (like.kind, like.columns) if like is not None else _unpacked(body)
        steps, lengths, passing = _spans.decode(zlib.decompress(beside))
    except (zlib.error, msgspec.MsgspecError, TypeError) as error:
        raise ValueError(f"these are no rows of a capture: {error}") from error
    found = Shown(kind, columns, steps, lengths, passing)
    if {len(each) for each in (*columns.values(), lengths, passing or steps)} - {len(steps)}:
        raise ValueError("these are no rows of a capture: places and rows do not fit")
    return found


def _unpacked(body: bytes) -> tuple[Kind, dict[str, list[Any]]]:
    kind_name, raw = _body.decode(zlib.decompress(body))
    kind = Kind(kind_name)
    return kind, {_NAMELESS: _list.decode(raw)} if kind is Kind.TABLE else _map(_columns.decode(raw))


def _map(columns: Mapping[str, msgspec.Raw]) -> dict[str, list[Any]]:
    return {name: _values(bytes(raw)) for name, raw in columns.items()}


def _values(raw: bytes) -> list[Any]:
    """A column; one whose values are all the same, as in most tables half of them are, is known by its bytes."""
    head = {0xDC: 3, 0xDD: 5}.get(raw[0], 1)
    count = int.from_bytes(raw[1:head]) if head > 1 else raw[0] & 0x0F
    size, rest = divmod(len(raw) - head, count) if count > 1 else (0, 1)
    if not rest and raw.startswith(raw[head : head + size] * count, head):
        with suppress(msgspec.DecodeError):  # no value: several, that come again and again
            value = msgspec.msgpack.decode(raw[head : head + size])
            return [intern(value) if isinstance(value, str) else value] * count
    return _list.decode(raw)


def unpack(body: bytes, beside: bytes) -> tuple[list[Row], list[int], list[int]]:
    """Rows with what passes, their starts and ends. Raises ValueError for bytes that `pack` did not make."""
    found = shown(body, beside)
    return found.rows(), *found.places


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
    """A field at a time: a table's rows are never there twice. A field that none has is left out, so that a new one
    changes no digest."""
    if kind is Kind.TABLE:
        return _encoded(kind, {_NAMELESS: rows})
    fields = [name for name in ROWS[kind].__struct_fields__ if name != PASSING.get(kind)]
    told = [name for name in fields if any(getattr(row, name) is not None for row in rows)]
    return _encoded(kind, _Fields(rows, told))


class _Fields(Mapping[str, list[Any]]):
    """Columns of rows, made when they are asked for."""

    def __init__(self, rows: Sequence[Row], names: Sequence[str]) -> None:
        self._rows, self._names = rows, names

    def __getitem__(self, name: str) -> list[Any]:
        return [getattr(row, name) for row in self._rows]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _encoded(kind: Kind, columns: Mapping[str, Sequence[Any]]) -> Iterator[bytes]:
    """MessagePack of [kind, {field: values}], a field at a time.

    The rows stand by field and not by row: half the bytes, and zlib finds what repeats.
    """
    if kind is Kind.TABLE:
        yield _sorted((kind.value, columns[_NAMELESS]))
        return
    yield _PAIR + _encode(kind.value) + bytes((_MAP | len(columns),))
    for name in sorted(columns):
        yield _encode(name)
        yield _sorted(columns[name])


def _rows(kind: Kind, columns: Mapping[str, list[Any]], count: int) -> list[Row]:
    absent = (None,) * count
    fields: Iterator[Iterable[Any]] = (columns.get(name, absent) for name in ROWS[kind].__struct_fields__)
    if kind in (Kind.MAC_ADDRESSES, Kind.VLANS, Kind.CONFIG):
        fields = (map(_tuples, column) for column in fields)
    return [ROWS[kind](*values) for values in zip(*fields, strict=True)]


def _tuples(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
