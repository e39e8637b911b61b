"""Which captures of a device are kept: the newest so many, and before them the last of each day for 30 days.

A day is thinned when none of it is among the newest any more, all at once: so the capture after what goes is compared
anew once a day, with the last of the day before, and what changed between two captures that are kept is always told.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, func, select

from statetrace_engine.model import Epoch
from statetrace_engine.store import capture_rows, run_rows, schema
from statetrace_engine.store.rollups import DAY_S

DAILY_DAYS = 30
_CHUNK = 50
_capture = schema.capture.c


class Thinning:
    """A step of `retention`: some captures of one device at a time."""

    def __init__(self, now: Epoch, runs: int) -> None:
        self._now, self._runs = now, runs
        self._waiting: list[str] | None = None

    def __call__(self, connection: Connection) -> tuple[int, bool]:
        if self._waiting is None:
            self._waiting = _with_more(connection, self._runs)
        if not self._waiting:
            return 0, True
        ids = self._of_host(connection, self._waiting[-1])
        if len(ids) <= _CHUNK:
            self._waiting.pop()
        chunk = ids[:_CHUNK]
        capture_rows.remove(connection, chunk)
        run_rows.compare_again(connection, chunk)
        return len(chunk), not self._waiting

    def _of_host(self, connection: Connection, hostname: str) -> list[int]:
        order = _capture.site, _capture.captured_at.desc(), _capture.capture_id.desc()
        columns = _capture.site, _capture.capture_id, _capture.captured_at
        rows = connection.execute(select(*columns).where(_capture.hostname == hostname).order_by(*order)).all()
        by_site = groupby(rows, key=itemgetter(0))
        devices = [[(number, at) for _, number, at in found] for _, found in by_site]
        return [number for captures in devices for number in superfluous(captures, self._now, self._runs)]


def superfluous(captures: Sequence[tuple[int, Epoch]], now: Epoch, runs: int) -> list[int]:
    """Of one device's captures, newest first with their times: those that go."""
    unfinished = {_day(at) for _, at in captures[:runs]}
    told, found = set[int](), []
    for number, at in captures[runs:]:
        day = _day(at)
        if day in unfinished:
            continue
        if day in told or at < now - DAILY_DAYS * DAY_S:
            found.append(number)
        told.add(day)
    return found


def _day(at: Epoch) -> int:
    return int(at // DAY_S)


def _with_more(connection: Connection, runs: int) -> list[str]:
    counted = select(_capture.hostname).where(_capture.hostname != "").group_by(_capture.hostname)
    return sorted(connection.scalars(counted.having(func.count() > runs)), reverse=True)
