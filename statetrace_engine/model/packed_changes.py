"""Pure. Changes as bytes: what differs is written once, so that a run in which little changed costs little.

A changed object is written as it became, with what each field was before; how it was follows from that.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeAlias

import msgspec

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffObject, FieldChange, PackedChanges, Span, Value

MOST = 256
"""Changes in one piece: whoever wants the last few of a host unpacks no more than this."""
_LEVEL = 9

_encode = msgspec.msgpack.Encoder().encode
_Plain: TypeAlias = tuple[Any, ...]  # what MessagePack has of a change


def pack(changes: Iterable[DiffChange]) -> tuple[PackedChanges, ...]:
    """By kind and type, each in pieces, in the order in which they came."""
    ordered = sorted(changes, key=_class)
    return tuple(
        PackedChanges(kind, change_type, len(part), _packed(part))
        for (kind, change_type), found in groupby(ordered, _class)
        for part in _parts(found)
    )


_UNREADABLE = (zlib.error, msgspec.MsgspecError, TypeError, KeyError, ValueError, AttributeError)


def unpack(packed: PackedChanges) -> tuple[DiffChange, ...]:
    """Raises ValueError for bytes that `pack` did not make."""
    try:
        kind, change_type, plain = msgspec.msgpack.decode(zlib.decompress(packed.body))
        return tuple(_change(Kind(kind), ChangeType(change_type), *each) for each in plain)
    except _UNREADABLE as error:
        raise ValueError(f"these are no changes: {error}") from error


class Glimpse(NamedTuple):
    """What is looked for in a change, without the change: a third of the work of `unpack`."""

    key: tuple[str, ...]
    fields: dict[str, Any]
    """As it became; as it was, of a removed one. Lists stand for tuples."""
    was: dict[str, Any]
    """What the changed ones of them were."""


def glance(packed: PackedChanges) -> list[Glimpse]:
    """One for each change, in their order. Raises ValueError for bytes that `pack` did not make."""
    try:
        _, _, plain = msgspec.msgpack.decode(zlib.decompress(packed.body))
        return [Glimpse(tuple(key), dict(fields), dict(was)) for _, key, fields, _, was, _, _ in plain]
    except _UNREADABLE as error:
        raise ValueError(f"these are no changes: {error}") from error


def _class(change: DiffChange) -> tuple[Kind, ChangeType]:
    return change.kind, change.change_type


def _parts(found: Iterator[DiffChange]) -> Iterator[Sequence[DiffChange]]:
    while part := tuple(islice(found, MOST)):
        yield part


def _packed(part: Sequence[DiffChange]) -> bytes:
    kind, change_type = _class(part[0])
    return zlib.compress(_encode((kind, change_type, [_plain(change) for change in part])), _LEVEL)


def _plain(change: DiffChange) -> _Plain:
    known = change.after or change.before
    assert known is not None  # a change is of something
    before_spans = change.before.spans if change.before is not None and change.after is not None else ()
    was = [(each.field, each.before) for each in change.fields]
    return change.command, change.key, known.fields, known.spans, was, before_spans, change.confidence


def _change(
    kind: Kind,
    change_type: ChangeType,
    command: str,
    key: list[str],
    fields: list[tuple[str, Any]],
    spans: list[list[int]],
    was: list[tuple[str, Any]],
    before_spans: list[list[int]],
    confidence: float,
) -> DiffChange:
    became = DiffObject(kind, tuple(key), tuple((name, _value(value)) for name, value in fields), _spans(spans))
    if change_type is ChangeType.ADDED:
        return DiffChange(change_type, kind, command, became.key, None, became, (), confidence)
    if change_type is ChangeType.REMOVED:
        return DiffChange(change_type, kind, command, became.key, became, None, (), confidence)
    old = {name: _value(value) for name, value in was}
    before = DiffObject(
        kind,
        became.key,
        tuple((name, old.get(name, value)) for name, value in became.fields),
        _spans(before_spans),
    )
    now = dict(became.fields)
    changed = tuple(FieldChange(name, value, now[name]) for name, value in old.items())
    return DiffChange(change_type, kind, command, became.key, before, became, changed, confidence)


def _value(found: Any) -> Value:  # as MessagePack has it: lists for tuples
    return tuple(map(_value, found)) if isinstance(found, list) else found


def _spans(found: list[list[int]]) -> tuple[Span, ...]:
    return tuple((start, end) for start, end in found)
