"""What a device's uptime (sysUpTime, RFC 3418, in hundredths of a second) says of when it began."""

from __future__ import annotations

WRAPS_AT = 2**32
"""Hundredths of a second: 497 days."""
_SLACK_S = 5.0
_DRIFT = 0.01
"""A device's clock may be off by so much, and its answer may have waited."""
_WAITED_S = 30.0
"""An agent or a machine that is busy may let an answer wait for longer; no question is open for as long."""


def is_late(late_s: float, elapsed_s: float) -> bool:
    """Whether an uptime that is `late_s` seconds less than expected after `elapsed_s` is off by more than clocks."""
    return late_s > _SLACK_S + _DRIFT * elapsed_s


def is_another(ahead_s: float, elapsed_s: float) -> bool:
    """Whether an uptime that is `ahead_s` seconds more than expected is of another device, and not of an answer before
    it that waited."""
    return ahead_s > _WAITED_S + _DRIFT * elapsed_s


def could_begin_within(uptime_s: float, elapsed_s: float) -> bool:
    """Whether a device that has run for `uptime_s` can have begun in the last `elapsed_s`, at whose start it answered.

    One that has run for longer was there all the while: what seems to be missing is an answer that waited.
    """
    return uptime_s <= elapsed_s * (1 + _DRIFT) + _WAITED_S
