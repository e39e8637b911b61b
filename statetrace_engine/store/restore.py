"""What a restart needs of the store, read without SQLAlchemy: its import would cost more than the whole read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState
from statetrace_engine.store import readonly


class Restored(Struct, frozen=True, kw_only=True):
    """Where the store stands: thaw `checkpoint`, then feed the journal after `checkpoint_seq`."""

    last_seq: int = 0
    """Changes of signals up to here are in the store already."""
    checkpoint_seq: int = 0
    checkpoint: bytes | None = None
    """None: feed the whole journal."""
    since: dict[str, tuple[HealthState, Epoch]] = {}
    """By route: its state, and when it entered it."""


def read(path: Path) -> Restored:
    """The beginning for a store that does not exist, or is empty. Raises StoreError when it cannot be read."""
    if not path.exists():
        return Restored()
    try:
        with closing(readonly.connect(path)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'route_current'").fetchone():
                return Restored()
            connection.execute("BEGIN")
            words = dict(connection.execute("SELECT key, value FROM meta"))
            rows = connection.execute("SELECT route_id, state, since_at FROM route_current").fetchall()
        return Restored(
            last_seq=_number(words.get("last_seq")),
            checkpoint_seq=_number(words.get("checkpoint_seq")),
            checkpoint=words.get("checkpoint"),
            since={route_id: (HealthState(state), since_at) for route_id, state, since_at in rows},
        )
    except (sqlite3.Error, msgspec.MsgspecError, ValueError) as error:
        raise readonly.unreadable(path, error) from error


def _number(value: bytes | None) -> int:
    return 0 if value is None else msgspec.msgpack.decode(value, type=int)
