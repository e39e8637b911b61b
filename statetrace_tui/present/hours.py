"""Pure. Times of day as operators read them: on the clock of where they sit, with its offset, or in UTC with `Z`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from statetrace_engine.model import Epoch

Zone = Callable[[Epoch], int]
"""Seconds that the clock on the wall is ahead of UTC at that moment."""
_DAY_S = 86400


def utc(_: Epoch) -> int:
    """The zone without an offset."""
    return 0


def clock(at: Epoch, zone: Zone = utc, digits: int = 0) -> str:
    """Time of day with `digits` of a second, without its offset: `14:03:27`, `13:57:56.20`."""
    moment = datetime.fromtimestamp(at + zone(at), UTC)
    text = f"{moment:%H:%M:%S}"
    return f"{text}.{moment.microsecond // 10 ** (6 - digits):0{digits}d}" if digits else text


def minute(at: Epoch, zone: Zone = utc) -> str:
    """`14:03`, without its offset."""
    return f"{datetime.fromtimestamp(at + zone(at), UTC):%H:%M}"


def offset(at: Epoch, zone: Zone = utc) -> str:
    """`Z`, `+01`, `-03:30`: what stands behind a time of day."""
    seconds = zone(at)
    if not seconds:
        return "Z"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}" + (f":{minutes:02}" if minutes else "")


def clock_there(at: Epoch, zone: Zone = utc, digits: int = 0) -> str:
    """`14:03:27+01`."""
    return clock(at, zone, digits) + offset(at, zone)


def minute_there(at: Epoch, zone: Zone = utc) -> str:
    """`14:03+01`."""
    return minute(at, zone) + offset(at, zone)


def dated(at: Epoch) -> str:
    """`2026-11-23T14:03:27Z`: for what is read on another day."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def days_ago(at: Epoch, now: Epoch, zone: Zone = utc) -> int:
    """0 today, 1 yesterday, on the calendar of that clock."""
    return int((now + zone(now)) // _DAY_S) - int((at + zone(at)) // _DAY_S)


def moment(at: Epoch, now: Epoch, zone: Zone = utc) -> str:
    """Time of day, on another day the date and the minute: `13:58:04`, `11-22 13:58`."""
    if not days_ago(at, now, zone):
        return clock(at, zone)
    return f"{datetime.fromtimestamp(at + zone(at), UTC):%m-%d %H:%M}"
