"""Who a capture is of, beside its hostname: what it shows that stays with a device, and which captures of that hostname
are another device's."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import BindParameter, Connection, bindparam, delete, select

from statetrace_engine.model.identity import Identity, judge
from statetrace_engine.store import database, schema
from statetrace_engine.store.prepared import Question

_rows = database.insert_rows(schema.captured_identity)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Identity).decode
_NOTHING = Identity()
_IDENT: BindParameter[int] = bindparam("ident")
_ask_body = Question(select(schema.captured_identity.c.body).where(schema.captured_identity.c.capture_id == _IDENT))


def write(connection: Connection, identities: Iterable[tuple[int, Identity]]) -> None:
    """Of captures, by id; what says nothing is not kept."""
    known = ((number, identity) for number, identity in identities if identity.is_known)
    _rows.run(connection, ((number, zlib.compress(_encode(identity), 1)) for number, identity in known))


def remove(connection: Connection, capture_ids: Sequence[int]) -> None:
    connection.execute(delete(schema.captured_identity).where(schema.captured_identity.c.capture_id.in_(capture_ids)))


def of(connection: Connection, capture_ids: Sequence[int]) -> dict[int, Identity]:
    """Of those of which something is known."""
    if not database.has_table(connection, "captured_identity"):
        return {}  # an older version wrote it
    bodies = {number: _ask_body.one(connection, ident=number) for number in capture_ids}
    return {number: found for number, row in bodies.items() if row is not None and (found := _read(*row)) is not None}


def _read(body: bytes) -> Identity | None:
    """None: it no longer decodes, and tells nothing."""
    try:
        return _decode(zlib.decompress(body))
    except (zlib.error, ValueError):
        return None


class Strangers:
    """Which captures of a hostname are of another device than one of them."""

    def __init__(self, connection: Connection, capture_id: int) -> None:
        self._connection = connection
        self._own = of(connection, [capture_id]).get(capture_id)
        self._known: dict[int, bool] = {}

    def __contains__(self, capture_id: int) -> bool:
        if self._own is None:
            return False
        if capture_id not in self._known:
            other = of(self._connection, [capture_id]).get(capture_id, _NOTHING)
            self._known[capture_id] = judge(other, self._own).is_other
        return self._known[capture_id]
