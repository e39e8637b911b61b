"""Pure. When a capture was taken, by the device's own words: what `show clock` and its like printed.

14:03:27.104 UTC Mon Nov 23 2026          IOS, IOS XR, NX-OS, FastIron
Mon Nov 23 14:03:27 2026 … Timezone: UTC  EOS
Current time: 2026-11-23 14:03:27 UTC     JunOS
Mon Nov 23 14:03:27 UTC 2026              AOS-CX, PAN-OS, Linux
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from statetrace_engine.model import Epoch

COMMANDS = ("show clock", "show system uptime", "show time", "show date", "date")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = r"(?P<time>\d{1,2}:\d\d:\d\d(?:\.\d{1,6})?)"
_ZONE = r"(?P<zone>[A-Za-z]{1,5}|[+-]\d\d:?\d\d)"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]* +(?P<day>\d{{1,2}})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"^(?P<mark>[*.]?){_TIME}(?: (?:AM|PM))? +{_ZONE} +\w{{3}} +{_MONTH} +(?P<year>\d{{4}})",
        rf"Current time: +(?P<year>\d{{4}})-(?P<number>\d\d)-(?P<day>\d\d) +{_TIME}(?: +{_ZONE})?",
        rf"^\w{{3}} +{_MONTH} +{_TIME} +{_ZONE} +(?P<year>\d{{4}})",
        rf"^\w{{3}} +{_MONTH} +{_TIME} +(?P<year>\d{{4}})[^\n]*\n(?:Timezone|Time zone): *{_ZONE}\b",
    )
)
_HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5,
    "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AWST": 8, "SGT": 8, "HKT": 8, "JST": 9, "KST": 9,
    "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
"""Zones with one meaning; CST, IST and BST have several."""
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d\d):(\d\d(?:[.,]\d{1,9})?)")
_DAY = re.compile(
    r"(?P<year>\d{4})[-/](?P<number>\d\d)[-/](?P<iso_day>\d\d)"
    r"|(?<!\d)(?P<us_month>\d\d)/(?P<us_day>\d\d)/(?P<short>\d\d)(?!\d)"
    rf"|\b{_MONTH}\b"
)
_YEAR = re.compile(r"(?<![\d:.])20\d\d(?![\d:.])")
_AFTER = re.compile(r":\d\d(?:[.,]\d{1,9})? ?(?P<zone>Z\b|[+-]\d\d:?\d\d|(?!AM\b|PM\b)[A-Z]{2,5}\b)")
_HEAD = 2000
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_AHEAD_S = 86400.0


def read(text: str) -> Epoch | None:
    """The time that one output says; None where it says none, no zone that is known, or that it was never set (`*`)."""
    found = _found(text)
    if found is None or "*" in (found.groupdict().get("mark") or ""):
        return None
    hours = _offset_hours(found["zone"] or "UTC")
    if hours is None:
        return None
    words = found.groupdict()
    month = int(words["number"]) if words.get("number") else _MONTHS.index(words["month"]) + 1
    hour, minute, second = found["time"].split(":")
    try:
        day = datetime(int(words["year"]), month, int(words["day"]), int(hour), int(minute), tzinfo=UTC)
        at = day.timestamp() + float(second) - timedelta(hours=hours).total_seconds()
    except (ValueError, OverflowError):
        return None
    return at if at >= _EARLIEST else None


def zone_hours(text: str) -> float | None:
    """The offset from UTC that one output says; None where it names no zone, or one of several meanings."""
    found = _found(text)
    return _offset_hours(found["zone"]) if found is not None and found["zone"] else None


def moment(printed: str, hours: float | None, near: Epoch | None) -> Epoch | None:
    """A time as logs and headers print it; None where its zone or its day cannot be told.

    `hours` is the offset from UTC where the print names no zone, and `near` a moment that was not before it, for the
    year where there is none.
    """
    clock, day, year = _CLOCK.search(printed), _DAY.search(printed), _YEAR.search(printed)
    zone = _AFTER.search(printed)
    offset = _offset_hours(zone["zone"]) if zone is not None else hours
    if clock is None or day is None or offset is None:
        return None
    for each in _years(day, year, near):
        at = _instant(each, day, clock, offset)
        if at is not None and (near is None or at <= near + _AHEAD_S):
            return at
    return None


def _years(day: re.Match[str], year: re.Match[str] | None, near: Epoch | None) -> tuple[int, ...]:
    """Those that may be meant, the likeliest first."""
    if day["year"] or day["short"]:
        return (int(day["year"] or f"20{day['short']}"),)
    if year is not None:
        return (int(year[0]),)
    if near is None:
        return ()
    this = datetime.fromtimestamp(near, UTC).year
    return this + 1, this, this - 1


def _instant(year: int, day: re.Match[str], clock: re.Match[str], hours: float) -> Epoch | None:
    month = int(day["number"] or day["us_month"] or _MONTHS.index(day["month"]) + 1)
    try:
        at = datetime(year, month, int(day["day"] or day["iso_day"] or day["us_day"]), tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        return None
    return at + int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3].replace(",", ".")) - hours * 3600


def _found(text: str) -> re.Match[str] | None:
    head = text[:_HEAD].lstrip()
    return next((match for form in _FORMS if (match := form.search(head))), None)


def is_credible(at: Epoch, modified_at: Epoch) -> bool:
    """A file is written after what it tells of; a day is for zones and clocks that differ."""
    return at <= modified_at + _AHEAD_S


def _offset_hours(zone: str) -> float | None:
    if zone[0] in "+-":
        sign = -1 if zone[0] == "-" else 1
        return sign * (int(zone[1:3]) + int(zone[-2:]) / 60)
    return _HOURS.get(zone.upper())
