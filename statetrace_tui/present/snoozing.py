"""Pure. Until when a card is not shown: a few choices, or a time typed on one line, `15:30 carrier works`, `2h30m`."""

from __future__ import annotations

import re
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_tui.present.hours import Zone
from statetrace_tui.present.maintenance import seconds

HOUR_S = 3600.0
DAY_S = 86400.0
LONGEST_S = 31 * DAY_S
MORNING_H = 8
HINT = "15:30 or 2h30m, and a reason"
CHOICES = (("1", "1 h"), ("4", "4 h"), ("m", f"tomorrow {MORNING_H:02}:00"), ("t", "a time .."))
"""The letter after `s`."""
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


class Until(NamedTuple):
    at: Epoch
    reason: str = ""


def chosen(letter: str, now: Epoch, zone: Zone) -> Until | None:
    """None: a time has to be typed."""
    if letter in "14":
        return Until(now + int(letter) * HOUR_S)
    return Until(_on(now, zone, 1, MORNING_H, 0)) if letter == "m" else None


def read(text: str, now: Epoch, zone: Zone) -> Until | str:
    """A time of day, the next that comes, or how long, and a reason behind it; or what is wrong with it."""
    when, _, reason = text.strip().partition(" ")
    clock = _CLOCK.fullmatch(when)
    if clock:
        hour, minute = int(clock[1]), int(clock[2])
        at = _on(now, zone, 0, hour, minute)
        return Until(at if at > now else _on(now, zone, 1, hour, minute), reason.strip())
    lasts = seconds(when)
    if lasts is None:
        return f"not understood: {HINT}"
    if lasts > LONGEST_S:
        return "at most 31d: disable the rule instead"
    return Until(now + lasts, reason.strip())


def _on(now: Epoch, zone: Zone, days: int, hour: int, minute: int) -> Epoch:
    """A time of day, so many days from today, on the clock on the wall."""
    midnight = (now + zone(now)) // DAY_S * DAY_S + days * DAY_S
    local = midnight + hour * HOUR_S + minute * 60.0
    at = local - zone(now)
    return local - zone(at)
