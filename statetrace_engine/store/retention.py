"""How long history is kept, and its deletion in short transactions, so that no batch waits behind it.

The audit is never pruned: cutting its beginning off would break the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from sqlalchemy import Connection, Table, and_, delete, func, select

from statetrace_engine.model import Epoch
from statetrace_engine.store import capture_rows, schema
from statetrace_engine.store.rollups import DAY_S
from statetrace_engine.store.thinning import Thinning

Step = Callable[[Connection], tuple[int, bool]]
"""Deletes one chunk: how many rows, and whether it was the last."""

_CHUNK = 5_000
_HEX = "0123456789abcdef"
"""Ids are hex digests, so that their first digits cut the roll-ups into 256 even chunks."""


class Retention(Struct, frozen=True, kw_only=True):
    """Days (SPEC 8), and how many runs."""

    snapshots_days: float = 30
    rollups_days: float = 366
    outages_days: float = 366
    cards_days: float = 90
    """Anomaly cards that are over."""
    captures_days: float = 366
    """The newest of each device stays."""
    runs: int = 50
    """Captures of a device, with their comparisons; of those before, the last of each day for 30 days."""


def steps(now: Epoch, keep: Retention) -> Iterator[Step]:
    """Each is called until it says that it is done."""
    yield lambda connection: _old_snapshots(connection, now - keep.snapshots_days * DAY_S)
    yield lambda connection: _old_outages(connection, now - keep.outages_days * DAY_S)
    yield lambda connection: _old_cards(connection, now - keep.cards_days * DAY_S)
    yield Thinning(now, keep.runs)
    yield lambda connection: capture_rows.remove_old(connection, now - keep.captures_days * DAY_S)
    for table in (schema.rollup_hour, schema.rollup_day):
        for first in _HEX:
            for second in _HEX:
                yield _rollup_step(table, f"rt-{first}{second}", now - keep.rollups_days * DAY_S)


def _old_snapshots(connection: Connection, before: Epoch) -> tuple[int, bool]:
    """From the oldest id on, which needs no index on time: ids are in order of arrival."""
    table = schema.snapshot
    first = connection.scalar(select(func.min(table.c.id)))
    if first is None:
        return 0, True
    chunk = table.c.id < first + _CHUNK
    removed = connection.execute(delete(table).where(and_(chunk, table.c.taken_at < before))).rowcount
    is_left = connection.scalar(select(table.c.id).where(chunk).limit(1)) is not None
    return removed, is_left


def _old_outages(connection: Connection, before: Epoch) -> tuple[int, bool]:
    """Closed ones, with their evidence; incidents go with the last outage that could name them."""
    table = schema.outage
    old = select(table.c.outage_id).where(table.c.closed_at < before).limit(_CHUNK // 10)
    ids = list(connection.scalars(old))
    connection.execute(delete(schema.evidence).where(schema.evidence.c.outage_id.in_(ids)))
    connection.execute(delete(table).where(table.c.outage_id.in_(ids)))
    connection.execute(delete(schema.incident).where(schema.incident.c.closed_at < before))
    return len(ids), len(ids) < _CHUNK // 10


def _old_cards(connection: Connection, before: Epoch) -> tuple[int, bool]:
    columns = schema.anomaly_card.c
    ids = list(connection.scalars(select(columns.card_id).where(columns.ended_at < before).limit(_CHUNK // 10)))
    connection.execute(delete(schema.anomaly_card).where(columns.card_id.in_(ids)))
    return len(ids), len(ids) < _CHUNK // 10


def _rollup_step(table: Table, prefix: str, before: Epoch) -> Step:
    def step(connection: Connection) -> tuple[int, bool]:
        within = and_(table.c.route_id >= prefix, table.c.route_id < prefix + "g")
        return connection.execute(delete(table).where(and_(within, table.c.start_at < before))).rowcount, True

    return step
