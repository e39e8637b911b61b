"""Pure. Changes as bytes: what differs is written once, so that a run in which little changed costs little.

A changed object is written as it became, with what each field was before; how it was follows from that. Changes of one
command with the same fields stand by field and not by change, as the rows of captures do.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, groupby, islice, repeat
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffObject, FieldChange, PackedChanges, Span, Value
from statetrace_engine.model.edits import steps

MOST = 256
"""Changes in one piece: whoever wants the last few of a host unpacks no more than this."""
_LEVEL = 7
"""The highest takes three times as long for the last half a percent."""
_WORDS = (
    b"\xa9hostname\xa7version\xa5model\xa6serial\xafshow ip interface brief\xaeshow interfaces\xabdescription"
    b"\xa8admin_up\xa7oper_up\xa2ip\xadprefix_length\xa3mac\xa4vlan\xa6duplex\xa5speed\xa3mtu\xa9remote_as"
    b"\xa5state\xb2prefixes_received\xb3show running-config\xadshow ip route\xa8next_hop\xa9interface"
    b"\xa8protocol\xadprotocol_code\xaeadmin_distance\xa6metric\xa3tag\xa6active\xa7default"
)
"""What most pieces begin with; other words here, and no piece written before can be read."""

_UNREADABLE = (
    zlib.error, msgspec.MsgspecError, TypeError, LookupError, StopIteration, RuntimeError, ValueError,
)  # fmt: skip
_encode = msgspec.msgpack.Encoder().encode


class _Form(Struct, array_like=True):
    """Changes of one command whose objects have the same fields and as many words in their keys."""

    command: str
    names: list[str]
    words: int
    confidence: float
    keys: list[list[str]]
    """By word."""
    values: list[list[Any]]
    """By field: as it became, or was where it went."""
    was: dict[str, tuple[list[int], list[Any]]]
    """Fields that were something else: of which changes, as steps, and what."""


class _Piece(Struct, array_like=True):
    kind: Kind
    change_type: ChangeType
    forms: list[_Form]
    which: list[int]
    """The form of each change."""
    spans: list[int]
    """Of all changes: how many spans …"""
    starts: list[int]
    """… from which start to which, as steps …"""
    lengths: list[int]
    """… and how long; before, and after."""


_piece = msgspec.msgpack.Decoder(_Piece)


def pack(changes: Iterable[DiffChange]) -> tuple[PackedChanges, ...]:
    """By kind and type, each in pieces, in the order in which they came."""
    ordered = sorted(changes, key=_class)
    return tuple(
        PackedChanges(kind, change_type, len(part), _packed(part))
        for (kind, change_type), found in groupby(ordered, _class)
        for part in _parts(found)
    )


def unpack(packed: PackedChanges, most: int | None = None) -> tuple[DiffChange, ...]:
    """All, or the first so many. Raises ValueError for bytes that `pack` did not make."""
    try:
        piece = _piece.decode(zlib.decompressobj(zdict=_WORDS).decompress(packed.body))
        return tuple(islice(_changes(piece), most))
    except _UNREADABLE as error:
        raise ValueError(f"these are no changes: {error}") from error


class Glimpse(NamedTuple):
    """What is looked for in a change, without the change: a fraction of the work of `unpack`."""

    key: tuple[str, ...]
    fields: dict[str, Any]
    """As it became; as it was, of a removed one. Lists stand for tuples."""
    was: dict[str, Any]
    """What the changed ones of them were."""


def glance(packed: PackedChanges) -> list[Glimpse]:
    """One for each change, in their order. Raises ValueError for bytes that `pack` did not make."""
    try:
        piece = _piece.decode(zlib.decompressobj(zdict=_WORDS).decompress(packed.body))
        told = [_glanced(form, piece.which.count(at)) for at, form in enumerate(piece.forms)]
        return [next(told[at]) for at in piece.which]
    except _UNREADABLE as error:
        raise ValueError(f"these are no changes: {error}") from error


def _glanced(form: _Form, count: int) -> Iterator[Glimpse]:
    was = [dict[str, Any]() for _ in range(count)]
    for name, (places, values) in form.was.items():
        for place, value in zip(accumulate(places), values, strict=True):
            was[place][name] = value
    keys = zip(*form.keys, strict=True) if form.keys else repeat((), count)
    rows = zip(*form.values, strict=True) if form.values else repeat((), count)
    for key, row, old in zip(keys, rows, was, strict=True):
        yield Glimpse(key, dict(zip(form.names, row, strict=True)), old)


def _class(change: DiffChange) -> tuple[Kind, ChangeType]:
    return change.kind, change.change_type


def _parts(found: Iterator[DiffChange]) -> Iterator[Sequence[DiffChange]]:
    while part := tuple(islice(found, MOST)):
        yield part


def _known(change: DiffChange) -> DiffObject:
    known = change.after or change.before
    assert known is not None  # a change is of something
    return known


def _packed(part: Sequence[DiffChange]) -> bytes:
    forms: dict[tuple[Any, ...], list[DiffChange]] = {}
    names = [_form_name(change) for change in part]
    for name, change in zip(names, part, strict=True):
        forms.setdefault(name, []).append(change)
    order = {name: at for at, name in enumerate(forms)}
    sides = [_spans_of(change) for change in part]
    spans = list(chain.from_iterable(chain.from_iterable(sides)))
    piece = _Piece(
        *_class(part[0]),
        [_form(name, found) for name, found in forms.items()],
        [order[name] for name in names],
        [len(side) for both in sides for side in both],
        list(steps(start for start, _ in spans)),
        [end - start for start, end in spans],
    )
    compressor = zlib.compressobj(_LEVEL, zdict=_WORDS)
    return compressor.compress(_encode(piece)) + compressor.flush()


def _form_name(change: DiffChange) -> tuple[Any, ...]:
    return change.command, tuple(name for name, _ in _known(change).fields), len(change.key), change.confidence


def _form(name: tuple[Any, ...], found: Sequence[DiffChange]) -> _Form:
    command, names, words, confidence = name
    was: dict[str, tuple[list[int], list[Any]]] = {}
    for at, change in enumerate(found):
        for each in change.fields:
            places, values = was.setdefault(each.field, ([], []))
            places.append(at)
            values.append(each.before)
    keys = [[change.key[at] for change in found] for at in range(words)]
    values = [[_known(change).fields[at][1] for change in found] for at in range(len(names))]
    told = {field: (list(steps(places)), before) for field, (places, before) in was.items()}
    return _Form(command, names, words, confidence, keys, values, told)


def _spans_of(change: DiffChange) -> tuple[Sequence[Span], Sequence[Span]]:
    is_both = change.before is not None and change.after is not None
    return (change.before.spans if is_both and change.before is not None else ()), _known(change).spans


# And back -------------------------------------------------------------------------------------------------------------


def _changes(piece: _Piece) -> Iterator[DiffChange]:
    told = [_told(piece.kind, piece.change_type, form, piece.which.count(at)) for at, form in enumerate(piece.forms)]
    starts = accumulate(piece.starts)
    spans = iter([(start, start + length) for start, length in zip(starts, piece.lengths, strict=True)])
    counts = iter(piece.spans)
    for at in piece.which:
        before_spans, after_spans = (tuple(islice(spans, next(counts))) for _ in range(2))
        change = next(told[at])
        yield _placed(change, before_spans, after_spans)


def _told(kind: Kind, change_type: ChangeType, form: _Form, count: int) -> Iterator[DiffChange]:
    was = [dict[str, Value]() for _ in range(count)]
    for name, (places, values) in form.was.items():
        for place, value in zip(accumulate(places), values, strict=True):
            was[place][name] = _value(value)
    for at, old in enumerate(was):
        key = tuple(column[at] for column in form.keys)
        fields = tuple((name, _value(column[at])) for name, column in zip(form.names, form.values, strict=True))
        became = DiffObject(kind, key, fields)
        yield _change(change_type, form, became, old)


def _change(change_type: ChangeType, form: _Form, became: DiffObject, old: dict[str, Value]) -> DiffChange:
    if change_type is ChangeType.ADDED:
        return DiffChange(change_type, became.kind, form.command, became.key, None, became, (), form.confidence)
    if change_type is ChangeType.REMOVED:
        return DiffChange(change_type, became.kind, form.command, became.key, became, None, (), form.confidence)
    before = DiffObject(became.kind, became.key, tuple((name, old.get(name, value)) for name, value in became.fields))
    changed = tuple(FieldChange(name, old[name], value) for name, value in became.fields if name in old)
    return DiffChange(change_type, became.kind, form.command, became.key, before, became, changed, form.confidence)


def _placed(change: DiffChange, before_spans: tuple[Span, ...], spans: tuple[Span, ...]) -> DiffChange:
    if change.before is None or change.after is None:
        known = msgspec.structs.replace(_known(change), spans=spans)
        side = "after" if change.before is None else "before"
        return msgspec.structs.replace(change, **{side: known})
    before = msgspec.structs.replace(change.before, spans=before_spans)
    return msgspec.structs.replace(change, before=before, after=msgspec.structs.replace(change.after, spans=spans))


def _value(found: Any) -> Value:  # as MessagePack has it: lists for tuples
    return tuple(map(_value, found)) if isinstance(found, list) else found
